"""The terms of a referral, in working days; all of them house rules."""

SIGN_WITHIN_DAYS = 1
"""Within which the other side is to sign for a referral."""

MATERIAL_WITHIN_DAYS = 5
"""Within which home gives material that was asked for, unless the asking unit names another day."""

SILENT_DAYS = 5
"""Without a word from the other side, after which it is chased."""
