"""Django checks that find a deployment which would mix up centres, before it serves anybody."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from bancheng.centres.models import Kind

FIRST_MIDDLEWARE = "bancheng.centres.middleware.CentreMiddleware"
KEY_FUNCTION = "bancheng.centres.cache.centre_key"
SESSIONS = "bancheng.identity.sessions"
PGBOUNCER_PORT = 6432


def _error(number: int, message: str, hint: str) -> Error:
    return Error(message, hint=hint, id=f"bancheng.E{number:03}")


@register(Tags.security)
def requests_get_their_centre_first(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Whatever stands before it would work in the schema of the request before."""
    if settings.MIDDLEWARE[:1] == [FIRST_MIDDLEWARE]:
        return []
    return [_error(1, "MIDDLEWARE does not begin with the centre's", f"Put {FIRST_MIDDLEWARE!r} first.")]


@register(Tags.caches)
def caches_are_kept_apart(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Without the schema in its key, one centre reads what another cached."""
    return [
        _error(
            2, f"CACHES[{name!r}] shares its keys between centres", f"Set KEY_FUNCTION to {KEY_FUNCTION!r}."
        )
        for name, cache in settings.CACHES.items()
        if cache.get("KEY_FUNCTION") != KEY_FUNCTION
    ]


@register(Tags.models)
def no_table_is_both_public_and_a_centres(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[CheckMessage]:
    """A query in a schema that is missing its table would silently use the public one."""
    types = settings.TENANT_TYPES
    shared = {app for app in types[Kind.PUBLIC.value]["APPS"] if _has_tables(app)}
    owned = {app for kind, each in types.items() if kind != Kind.PUBLIC.value for app in each["APPS"]}
    return [
        _error(3, f"{app} has tables in public and in centres", "Name it in one list of TENANT_TYPES only.")
        for app in sorted(shared & owned)
    ]


@register(Tags.security)
def cookies_stay_at_their_host(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A session belongs to one centre, by its table, its signature and its cookie."""
    found: list[CheckMessage] = [
        _error(4, f"{name} sends one centre's cookie to all others", f"Leave {name} unset.")
        for name in ("SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN")
        if getattr(settings, name, None)
    ]
    if settings.SESSION_ENGINE != SESSIONS:
        found.append(
            _error(
                5, "SESSION_ENGINE does not keep sessions by schema", f"Set SESSION_ENGINE to {SESSIONS!r}."
            )
        )
    if any("*" in origin for origin in settings.CSRF_TRUSTED_ORIGINS):
        hint = "Leave CSRF_TRUSTED_ORIGINS empty: each host trusts itself."
        found.append(_error(6, "CSRF_TRUSTED_ORIGINS lets one centre's pages post to another's", hint))
    return found


@register(Tags.database)
def no_pooler_in_between(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """PgBouncer in transaction mode answers with other centres' rows. It cannot be seen, only guessed."""
    if str(settings.DATABASES["default"].get("PORT", "")) != str(PGBOUNCER_PORT):
        return []
    return [
        Warning(
            f"DATABASE_URL names port {PGBOUNCER_PORT}, which is usually PgBouncer",
            hint="In transaction mode it mixes up centres. Connect to PostgreSQL itself.",
            id="bancheng.W001",
        )
    ]


def _has_tables(app: str) -> bool:
    return any(config.name == app and any(config.get_models()) for config in apps.get_app_configs())
