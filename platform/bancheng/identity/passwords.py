"""Password rules whose sentence Django's own Chinese catalogue does not have."""

from django.contrib.auth.password_validation import MinimumLengthValidator


class LongEnough(MinimumLengthValidator):
    """Django's rule with a Chinese sentence: its catalogue still has an older version's wording."""

    def get_error_message(self) -> str:
        return f"密码太短，请至少用{self.min_length}位。"

    def get_help_text(self) -> str:
        return f"密码至少{self.min_length}位。"
