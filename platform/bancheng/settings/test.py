"""The tests: throwaway servers, fixed keys, cheap password hashing."""

import os

os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 50)
os.environ.setdefault("BANCHENG_FIELD_KEYS", "dGVzdHMtb25seS1maWVsZC1rZXktMzItYnl0ZXMhISE=")
os.environ.setdefault("BANCHENG_INDEX_KEY", "dGVzdHMtb25seS1pbmRleC1rZXktMzItYnl0ZXMhISE=")

from bancheng.settings.base import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The test database alone may be truncated between tests; see privacy/append_only.py.
TESTING = True
