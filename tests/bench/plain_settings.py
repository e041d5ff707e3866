"""The same project for one centre alone, without tenancy: what bench_list measures tenancy against."""

from bancheng.settings.test import *  # noqa: F403

PLAIN_SCHEMA = "c130722"
DATABASES["default"]["ENGINE"] = "tests.bench.plain_backend"  # noqa: F405
DATABASES["default"]["OPTIONS"]["options"] = f"-c search_path={PLAIN_SCHEMA},public"  # noqa: F405
ROOT_URLCONF = "tenants.urls"
MIDDLEWARE = ["tests.bench.plain.OneCentreMiddleware", *MIDDLEWARE[1:]]  # noqa: F405  # for CentreMiddleware
