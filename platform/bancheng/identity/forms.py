"""The forms of login and of changing one's password."""

from typing import Any, Final

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest

from bancheng.errors import Refused
from bancheng.identity.models import Staff

WRONG: Final = "用户名或密码不对，请重新输入。"
"""The same sentence whether the account does not exist, is closed, or the password is wrong."""


class LoginForm(forms.Form):
    """Valid when name and password belong to an active person here; `get_user` is then that person."""

    username = forms.CharField(
        label="用户名",
        max_length=30,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}
        ),
        error_messages={"required": "请输入用户名。"},
    )
    password = forms.CharField(
        label="密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请输入密码。"},
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.staff: Staff | None = None

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "username" in given and "password" in given:
            try:
                found = authenticate(self.request, username=given["username"], password=given["password"])
            except Refused as locked:
                raise forms.ValidationError(locked.message, code=locked.code) from locked
            if not isinstance(found, Staff):
                raise forms.ValidationError(WRONG, code="wrong")
            self.staff = found
        return given

    def get_user(self) -> Staff | None:
        return self.staff


class PasswordForm(forms.Form):
    """The rules are checked by `actions.change_password`; here only that the two new ones are the same."""

    old_password = forms.CharField(
        label="原密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autofocus": True, "autocomplete": "current-password"}),
        error_messages={"required": "请输入原密码。"},
    )
    new_password = forms.CharField(
        label="新密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少10位，不能全是数字，不能与用户名相近，也不能是常见密码。",
        error_messages={"required": "请输入新密码。"},
    )
    repeated = forms.CharField(
        label="再输一次新密码",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "请再输一次新密码。"},
    )

    def clean_repeated(self) -> str:
        repeated = str(self.cleaned_data["repeated"])
        if "new_password" in self.cleaned_data and repeated != self.cleaned_data["new_password"]:
            raise forms.ValidationError("两次输入的新密码不一致，请重新输入。", code="different")
        return repeated
