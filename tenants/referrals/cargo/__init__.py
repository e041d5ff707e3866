"""What travels with a referral: chosen files and consents, packed here, checked there, destroyed in time.

`packing` is the side that sends, `unpacking` the side that receives, `keeping` what both do with it after.
Nothing travels that was not chosen.
"""

from tenants.referrals.cargo.keeping import (
    consent_withdrawn,
    destroy,
    hear_consent_withdrawn,
    open_file,
    release,
    to_destroy,
)
from tenants.referrals.cargo.packing import (
    Choices,
    attach,
    check,
    choices,
    chosen,
    copy,
    empty,
    file_body,
    manifest,
    post_files,
    rehearse,
    version,
)
from tenants.referrals.cargo.unpacking import FileUnsound, arrive_file, expect

__all__ = [
    "Choices",
    "FileUnsound",
    "arrive_file",
    "attach",
    "check",
    "choices",
    "chosen",
    "consent_withdrawn",
    "copy",
    "destroy",
    "empty",
    "expect",
    "file_body",
    "hear_consent_withdrawn",
    "manifest",
    "open_file",
    "post_files",
    "rehearse",
    "release",
    "to_destroy",
    "version",
]
