"""Each misconfiguration that would mix up centres has a check that finds it and a hint that mends it."""

from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks

from bancheng.centres import checks

OURS = "bancheng."


def found() -> set[str]:
    """The ids of our own checks that complain."""
    return {str(message.id) for message in run_checks() if str(message.id).startswith(OURS)}


def test_these_settings_are_sound() -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MIDDLEWARE", ["django.middleware.common.CommonMiddleware", *settings.MIDDLEWARE], "bancheng.E001"),
        (
            "CACHES",
            {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
            "bancheng.E002",
        ),
        ("SESSION_COOKIE_DOMAIN", ".window.example.gov.cn", "bancheng.E004"),
        ("CSRF_COOKIE_DOMAIN", ".window.example.gov.cn", "bancheng.E004"),
        ("SESSION_ENGINE", "django.contrib.sessions.backends.cache", "bancheng.E005"),
        ("CSRF_TRUSTED_ORIGINS", ["https://*.window.example.gov.cn"], "bancheng.E006"),
        (
            "TENANT_TYPES",
            settings.TENANT_TYPES
            | {"public": {"APPS": [*settings.TENANT_TYPES["public"]["APPS"], "bancheng.privacy"]}},
            "bancheng.E003",
        ),
    ],
)
def test_a_setting_that_mixes_up_centres_is_found(
    monkeypatch: pytest.MonkeyPatch, name: str, value: Any, expected: str
) -> None:
    monkeypatch.setattr(settings, name, value)
    assert expected in found()


def test_a_port_that_is_usually_a_pooler_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATABASES", {"default": {"PORT": 6432}})
    assert [message.id for message in checks.no_pooler_in_between(None)] == ["bancheng.W001"]


def test_the_usual_port_is_not_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATABASES", {"default": {"PORT": 5432}})
    assert checks.no_pooler_in_between(None) == []
