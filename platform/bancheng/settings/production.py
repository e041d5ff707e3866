"""A real deployment: HTTPS behind a proxy, secrets from the environment, and no start with an unsafe one."""

import os

from bancheng.settings.refusals import refuse_unsafe

refuse_unsafe(os.environ)

from bancheng.settings.base import *  # noqa: E402, F403
from bancheng.settings.base import LOGGING, env  # noqa: E402

# --- HTTPS -------------------------------------------------------------------------------------------
# The proxy ends TLS and overwrites this header; nothing but the proxy reaches the web processes.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
BEHIND_PROXY = True  # X-Forwarded-For is overwritten by it, too
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Browsers preload registrable domains only (gov.cn as a whole), which is not ours to ask for.
SECURE_HSTS_PRELOAD = False
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# --- Cookies -----------------------------------------------------------------------------------------
# "__Host-": browsers take them over HTTPS alone, for one host alone, and from no other host below the domain.
SESSION_COOKIE_NAME = "__Host-sessionid"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_SECURE = True
# Empty on purpose: each host trusts itself. A wildcard here would let one centre's pages post to another's.
CSRF_TRUSTED_ORIGINS: list[str] = []

# --- Static files ------------------------------------------------------------------------------------
# `bancheng collectstatic` gives each file a name with its hash; browsers then keep it for ever.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Logs --------------------------------------------------------------------------------------------
LOGGING["formatters"] = {"line": {"()": "bancheng.privacy.logs.JsonLines"}}
