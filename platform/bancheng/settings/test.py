"""The tests: throwaway servers, fixed keys, cheap password hashing."""

import os
from urllib.parse import urlsplit

os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 50)
os.environ.setdefault("BANCHENG_FIELD_KEYS", "dGVzdHMtb25seS1maWVsZC1rZXktMzItYnl0ZXMhISE=")
os.environ.setdefault("BANCHENG_INDEX_KEY", "dGVzdHMtb25seS1pbmRleC1rZXktMzItYnl0ZXMhISE=")

from bancheng.settings.base import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files come from the sources: no collectstatic before a test run.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# The workers of pytest-xdist share one Valkey, and each has its own numbered database there.
if "PYTEST_XDIST_WORKER" in os.environ:
    _number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) + 1
    REDIS_URL = urlsplit(REDIS_URL)._replace(path=f"/{_number}").geturl()  # noqa: F405
    CELERY_BROKER_URL = CELERY_RESULT_BACKEND = REDIS_URL
    CACHES["default"]["LOCATION"] = REDIS_URL  # noqa: F405
# The test database alone may be truncated between tests; see privacy/append_only.py.
TESTING = True
