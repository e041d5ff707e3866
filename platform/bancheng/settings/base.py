"""What every deployment shares. Values come from the environment; without one, from the running demo."""

import os
from pathlib import Path

import environ

from bancheng.devstack.discovery import running_environment

for _name, _value in running_environment().items():
    os.environ.setdefault(_name, _value)

env = environ.Env()
ROOT = Path(__file__).resolve().parents[3]
PACKAGE = Path(__file__).resolve().parents[1]

SECRET_KEY = env("SECRET_KEY", default="")
DEBUG = False
BASE_DOMAIN = env("BASE_DOMAIN", default="localhost")
ALLOWED_HOSTS = [BASE_DOMAIN, f".{BASE_DOMAIN}"]

# --- Tenancy -----------------------------------------------------------------------------------------
# Three kinds of schema. The public one holds the registry, dictionaries, exchange headers and facts, and
# never an account, a session or a personal record: no table exists both there and in a tenant, so a query
# that lands in public by mistake finds nothing at all.
HAS_MULTI_TYPE_TENANTS = True
MULTI_TYPE_DATABASE_FIELD = "kind"
TENANT_MODEL = "centres.Centre"
TENANT_DOMAIN_MODEL = "centres.Host"
TENANT_LIMIT_SET_CALLS = True
PUBLIC_SCHEMA_NAME = "public"

_PUBLIC_APPS = [
    "django_tenants",
    "bancheng.centres",
    "bancheng.timekeeping",
    "bancheng.catalogue",
    "bancheng.exchange",
    "bancheng.overview",
    "bancheng.precedents",
]
_ACCOUNT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "rest_framework.authtoken",
    "bancheng.privacy",
    "bancheng.identity",
]
_OFFICE_APPS = [*_ACCOUNT_APPS, "bancheng.bulletins"]
_CENTRE_APPS = [
    *_ACCOUNT_APPS,
    "tenants.matters",
    "tenants.notices",
    "tenants.casework",
    "tenants.coordination",
    "tenants.referrals",
    "tenants.replies",
    "tenants.improvement",
]
# These own no table; they are loaded in every process and belong to no schema.
_CODE_APPS = [
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "bancheng.web",  # before django.forms, whose widget templates FORM_RENDERER needs
    "django.forms",
    "tenants.workbook",
    "tenants.demo",
]
TENANT_TYPES = {
    "public": {"APPS": _PUBLIC_APPS, "URLCONF": "bancheng.urls.public"},
    "centre": {"APPS": _CENTRE_APPS, "URLCONF": "tenants.urls"},
    "office": {"APPS": _OFFICE_APPS, "URLCONF": "tenants.office_urls"},
}
INSTALLED_APPS = list(dict.fromkeys([*_PUBLIC_APPS, *_CENTRE_APPS, *_OFFICE_APPS, *_CODE_APPS]))
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]

DATABASES = {"default": env.db_url("DATABASE_URL", default="postgresql://localhost/bancheng")}
DATABASES["default"] |= {
    "ENGINE": "django_tenants.postgresql_backend",
    "CONN_MAX_AGE": 0,
    # Asked when it is taken from the pool: after a restart of PostgreSQL nobody gets a dead one.
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})  # such as sslmode of the URL
    | {
        # Small pools with a short life: a backend that touched many schemas keeps their catalogue in memory.
        "pool": {
            "min_size": 1,
            "max_size": env.int("DB_POOL_SIZE", default=8),
            "max_lifetime": 600,
            "timeout": 10,
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Web ---------------------------------------------------------------------------------------------
WSGI_APPLICATION = "bancheng.wsgi.application"
ROOT_URLCONF = "bancheng.urls.public"
MIDDLEWARE = [
    "bancheng.centres.middleware.CentreMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "bancheng.web.middleware.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bancheng.identity.middleware.SchemaSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "bancheng.identity.middleware.StaffMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bancheng.web.middleware.RefusalPages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "bancheng.web.context.shell",
            ],
            "builtins": ["bancheng.web.templatetags.bancheng"],
        },
    }
]
FORM_RENDERER = "bancheng.web.forms.Renderer"
# In the session: a cookie would carry messages to another host.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(ROOT / "staticfiles"))
# Memory stays bounded: of fields a megabyte, of files what one request may carry; nothing goes to disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # a list of rows that is too long is refused beside the list
UPLOAD_MAX_BYTES = 10 * 1024 * 1024  # the proxy lets a little more pass: deploy/nginx
FILE_UPLOAD_HANDLERS = ["bancheng.web.uploads.LimitedUploads"]

# --- Identity ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.Staff"
AUTHENTICATION_BACKENDS = ["bancheng.identity.backends.CentreBackend"]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "bancheng.identity.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "bancheng.identity.sessions"
SESSION_COOKIE_AGE = 2 * 3600  # of idleness: the session middleware renews it while somebody works
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "bancheng.web.views.csrf_failure"

# --- Language and time -------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["bancheng.web.formats"]
FIRST_DAY_OF_WEEK = 1

# --- Broker and cache --------------------------------------------------------------------------------
REDIS_URL = env("REDIS_URL", default="redis://localhost:6379/0")
# Redis may lose everything, or be away: the cache then misses, nothing else changes.
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "bancheng.centres.cache.centre_key",
        "REVERSE_KEY_FUNCTION": "bancheng.centres.cache.reverse_key",
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 0.2, "SOCKET_TIMEOUT": 0.5},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_IMPORTS = (
    "tasks.bulletins",
    "tasks.city",
    "tasks.deadlines",
    "tasks.exchange",
    "tasks.improvement",
    "tasks.notices",
    "tasks.records",
    "tasks.replies",
    "tasks.statistics",
    "tasks.schedule",
)
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
# For the one chord that there is: whether a centre's turn went well. Lost, or away, it costs a minute.
CELERY_RESULT_BACKEND = REDIS_URL
CELERY_RESULT_EXPIRES = 600
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"retry_policy": {"max_retries": 1, "timeout": 1}}
CELERY_REDIS_SOCKET_CONNECT_TIMEOUT = 0.5
CELERY_REDIS_SOCKET_TIMEOUT = 3
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Otherwise Celery closes the whole pool before and after every task, and each pays for a new connection.
# `bancheng.celery` gives the connection back after a task, as Django does after a request.
CELERY_DB_REUSE_MAX = 1_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
# Short, so that a broker that is away costs a request next to nothing; the sweeps find the work later.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 3,
    "socket_keepalive": True,
    "retry_on_timeout": False,
    "max_retries": 0,  # with one retry kombu sleeps 2 s in the middle of somebody's request
}

# --- Keys --------------------------------------------------------------------------------------------
# Field encryption and blind indexes: base64 of 32 random bytes; `bancheng keys new` makes one. Of several
# field keys the first encrypts, all decrypt.
FIELD_KEYS = env.list("BANCHENG_FIELD_KEYS", default=[])
INDEX_KEY = env("BANCHENG_INDEX_KEY", default="")

# --- API ---------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "bancheng.identity.authentication.CentreSessionAuthentication",
        "bancheng.identity.authentication.CentreTokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["bancheng.web.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "bancheng.web.api.Pages",
    "EXCEPTION_HANDLER": "bancheng.web.api.problem_details",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "PAGE_SIZE": 20,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "办成 API",
    "VERSION": "1",
    "DESCRIPTION": "与网页相同的操作。出错时以application/problem+json（RFC 9457）说明原因。",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["bancheng.web.openapi.add_problems"],
    "SWAGGER_UI_SETTINGS": {"validatorUrl": None, "persistAuthorization": False, "docExpansion": "none"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Short messages ----------------------------------------------------------------------------------
# A class with send(key, telephone, text), see tenants/replies/sms.py; the default writes private files.
SMS_GATEWAY = env("BANCHENG_SMS_GATEWAY", default="tenants.replies.sms.FileGateway")
SMS_FOLDER = env("BANCHENG_SMS_FOLDER", default=str(ROOT / "var" / "sms"))

# --- The reporter's own page -------------------------------------------------------------------------
# Whether X-Forwarded-For is the proxy's word. Where nothing stands in front, anybody may write into it.
BEHIND_PROXY = False

# --- Telemetry ---------------------------------------------------------------------------------------
# What is sent is scrubbed to no personal data at all: bancheng.privacy.sentry.
SENTRY_DSN = env("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env("SENTRY_ENVIRONMENT", default="production")
SENTRY_RELEASE = env("SENTRY_RELEASE", default="bancheng")
SENTRY_TRACES_SAMPLE_RATE = env.float("SENTRY_TRACES_SAMPLE_RATE", default=0.0)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "bancheng.privacy.logs.SafeFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Django's own handlers would mail tracebacks with local variables and print query strings.
    # What the readers of uploaded files complain of may quote them.
    "loggers": {
        "django": {"handlers": []},
        "django.server": {"handlers": [], "propagate": True},
        "PIL": {"level": "CRITICAL"},
        "pypdf": {"level": "CRITICAL"},
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
}
