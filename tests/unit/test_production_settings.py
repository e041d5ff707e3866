"""A deployment with an unsafe environment does not start, and says which variable and how to mend it."""

import base64
import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from bancheng.settings.refusals import problems, refuse_unsafe

ROOT = Path(__file__).resolve().parents[2]
TESTS_KEY = base64.b64encode(b"tests-only-index-key-32-bytes!!!").decode()


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    """An environment with which a deployment may start."""
    return {
        "SECRET_KEY": base64.b64encode(secrets.token_bytes(48)).decode(),
        "BANCHENG_FIELD_KEYS": f"{new_key()},{new_key()}",
        "BANCHENG_INDEX_KEY": new_key(),
        "BASE_DOMAIN": "window.example.gov.cn",
        "DATABASE_URL": "postgresql://bancheng:p@db.invalid:5432/bancheng?sslmode=require",
        "REDIS_URL": "redis://:p@valkey.invalid:6379/0",
        "STATIC_ROOT": str(tmp_path / "static"),
    }


def python(code: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run code under the production settings, in a process that inherits no variable of ours."""
    bare = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "bancheng.settings.production",
        "PYTHONIOENCODING": "utf-8",
    }
    command = [sys.executable, "-P", "-c", code]
    return subprocess.run(command, env=bare | environ, capture_output=True, text=True, check=False)


def refused(environ: dict[str, str]) -> set[str]:
    return {problem.variable for problem in problems(environ)}


def test_a_good_environment_has_no_problem(good: dict[str, str]) -> None:
    refuse_unsafe(good)


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "BANCHENG_FIELD_KEYS", "BANCHENG_INDEX_KEY", "BASE_DOMAIN", "DATABASE_URL", "REDIS_URL"],
)
def test_each_required_variable_is_missed_by_name(good: dict[str, str], name: str) -> None:
    del good[name]
    assert refused(good) == {name}
    assert refused(good | {name: ""}) == {name}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "x" * 80),
        ("SECRET_KEY", "django-insecure-" + "abcdefghijklmnopqrstuvwxyz" * 2),
        ("SECRET_KEY", "tests-only-" + "abcdefghijklmnopqrstuvwxyz" * 2),
        ("BANCHENG_FIELD_KEYS", "not base64"),
        ("BANCHENG_FIELD_KEYS", base64.b64encode(b"sixteen bytes!!!").decode()),
        ("BANCHENG_FIELD_KEYS", base64.b64encode(bytes(32)).decode()),
        ("BANCHENG_FIELD_KEYS", f"{base64.b64encode(bytes(range(32))).decode()}, {TESTS_KEY}"),
        ("BANCHENG_INDEX_KEY", TESTS_KEY),
        ("BANCHENG_INDEX_KEY", base64.b64encode(b"a pass phrase of 32 characters..").decode()),
        ("BASE_DOMAIN", "*"),
        ("BASE_DOMAIN", "."),
        ("BASE_DOMAIN", "*.gov.cn"),
        ("BASE_DOMAIN", ".example.gov.cn"),
        ("BASE_DOMAIN", "localhost"),
        ("BASE_DOMAIN", "demo.localhost"),
        ("BASE_DOMAIN", "192.0.2.7"),
        ("BASE_DOMAIN", "https://example.gov.cn"),
        ("BASE_DOMAIN", "example.gov.cn:8443"),
        ("DATABASE_URL", "sqlite:///data.db"),
        ("DATABASE_URL", "postgresql://u:p@db.invalid:6432/d?pgbouncer=true"),
        ("REDIS_URL", "amqp://broker.invalid"),
        ("DEBUG", "true"),
        ("DJANGO_DEBUG", "1"),
        ("ALLOWED_HOSTS", "example.gov.cn,*"),
    ],
)
def test_an_unsafe_value_is_refused_by_name(good: dict[str, str], name: str, value: str) -> None:
    assert refused(good | {name: value}) == {name}


def test_one_key_cannot_serve_two_purposes(good: dict[str, str]) -> None:
    good["BANCHENG_INDEX_KEY"] = good["BANCHENG_FIELD_KEYS"].split(",")[1]
    assert refused(good) == {"BANCHENG_INDEX_KEY"}


def test_the_keys_of_the_demo_on_this_machine_are_refused(
    good: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANCHENG_HOME", str(tmp_path))
    made = {name: good[name] for name in ("SECRET_KEY", "BANCHENG_INDEX_KEY")}
    (tmp_path / "secrets.json").write_text(json.dumps(made), "utf-8")
    assert refused(good) == {"SECRET_KEY", "BANCHENG_INDEX_KEY"}


def test_all_problems_are_told_at_once_with_the_command_and_without_the_secret(good: dict[str, str]) -> None:
    weak = "weak-but-not-to-be-repeated"
    with pytest.raises(ImproperlyConfigured) as raised:
        refuse_unsafe(good | {"SECRET_KEY": weak, "BASE_DOMAIN": "*"})
    told = str(raised.value)
    assert "2处问题" in told
    assert "BASE_DOMAIN" in told
    assert "openssl rand -base64 48" in told
    assert weak not in told


def test_the_web_application_does_not_start_with_an_unsafe_environment(good: dict[str, str]) -> None:
    started = python("import bancheng.wsgi", good | {"BASE_DOMAIN": "*"})
    assert started.returncode != 0
    assert "ImproperlyConfigured" in started.stderr
    assert "BASE_DOMAIN" in started.stderr


def test_a_good_environment_passes_the_checks_for_deployment_without_a_warning(good: dict[str, str]) -> None:
    code = (
        "from django.core.management import execute_from_command_line as run;"
        " run(['bancheng', 'check', '--deploy', '--fail-level', 'WARNING'])"
    )
    checked = python(code, good)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_gunicorn_accepts_the_configuration_that_the_units_name(good: dict[str, str]) -> None:
    arguments = ["gunicorn", "--check-config", "--config", str(ROOT / "deploy" / "gunicorn.conf.py")]
    code = (
        f"import sys; sys.argv = {[*arguments, 'bancheng.wsgi:application']!r};"
        " from gunicorn.app.wsgiapp import run; run()"
    )
    checked = python(code, good)
    assert checked.returncode == 0, checked.stderr


def test_static_files_get_names_that_browsers_may_keep_for_ever(good: dict[str, str]) -> None:
    code = (
        "from django.core.management import execute_from_command_line as run;"
        " run(['bancheng', 'collectstatic', '--noinput', '--verbosity', '0'])"
    )
    collected = python(code, good)
    assert collected.returncode == 0, collected.stderr
    manifest = json.loads((Path(good["STATIC_ROOT"]) / "staticfiles.json").read_text("utf-8"))
    assert manifest["paths"]["web/app.css"] != "web/app.css"
    assert (Path(good["STATIC_ROOT"]) / manifest["paths"]["web/app.css"]).is_file()


def test_what_production_promises_of_https_cookies_and_hosts(good: dict[str, str]) -> None:
    promised = {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["window.example.gov.cn", ".window.example.gov.cn"],
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_TRUSTED_ORIGINS": [],
    }
    code = (
        "import json; from django.conf import settings;"
        f" print(json.dumps({{name: getattr(settings, name) for name in {list(promised)}}}))"
    )
    assert json.loads(python(code, good).stdout) == promised


def test_the_options_of_the_database_url_reach_the_connection(good: dict[str, str]) -> None:
    code = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS']['sslmode'])"
    assert python(code, good).stdout.strip() == "require"


def test_an_error_in_production_is_one_line_of_json_without_its_text(good: dict[str, str]) -> None:
    code = (
        "import django, logging; django.setup()\n"
        "try: float('卡号 130726199001010027')\n"
        "except ValueError: logging.getLogger('somewhere').exception('it failed')"
    )
    lines = python(code, good).stderr.splitlines()
    assert len(lines) == 1
    told = json.loads(lines[0])
    assert (told["level"], told["logger"]) == ("ERROR", "somewhere")
    assert told["message"].startswith("it failed")
    assert "builtins.ValueError" in told["message"]
    assert "130726" not in lines[0]
