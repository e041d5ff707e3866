"""What can be known of deploy/ without a container engine, a systemd or an nginx at hand."""

import configparser
import os
import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SERVICES = [unit for unit in UNITS if "watch" not in unit.name]
DOCKERFILE = (DEPLOY / "compose" / "Dockerfile").read_text("utf-8")
COMPOSE = (DEPLOY / "compose" / "compose.yaml").read_text("utf-8")
SECRETS = ("SECRET_KEY", "BANCHENG_FIELD_KEYS", "BANCHENG_INDEX_KEY")


def unit(path: Path) -> configparser.RawConfigParser:
    """A unit file. A key that stands twice keeps its last value, which no test here asks for."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys of systemd have capitals
    parser.read(path, "utf-8")
    return parser


def names_in(example: Path) -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", example.read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_service_gains_no_rights_and_writes_nowhere_but_its_folder(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["User"] == "bancheng"
    assert service["NoNewPrivileges"] == service["ProtectHome"] == service["PrivateTmp"] == "true"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_service_restarts_and_belongs_to_the_target(path: Path) -> None:
    parsed = unit(path)
    assert parsed["Service"]["Restart"] == "always"
    assert parsed["Install"]["WantedBy"] == "bancheng.target"
    assert path.name in unit(DEPLOY / "systemd" / "bancheng.target")["Unit"]["Wants"]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_service_runs_what_the_project_has(path: Path) -> None:
    program, *arguments = shlex.split(unit(path)["Service"]["ExecStart"])
    assert Path(program).parent == Path("/opt/bancheng/.venv/bin")
    files = [Path(each) for each in arguments if each.startswith("/opt/bancheng/")]
    assert all((ROOT / each.relative_to("/opt/bancheng")).is_file() for each in files)


@pytest.mark.parametrize("script", ["systemd/bancheng", "systemd/watch", "compose/postgres/10-bancheng.sh"])
def test_a_script_can_be_executed(script: str) -> None:
    assert os.access(DEPLOY / script, os.X_OK)


@pytest.mark.parametrize("example", ["compose/.env.example", "systemd/bancheng.env.example"])
def test_an_example_holds_no_secret_that_somebody_could_start_with(example: str) -> None:
    text = (DEPLOY / example).read_text("utf-8")
    for name in SECRETS:
        assert re.search(rf"^{name}=$", text, re.MULTILINE), name


def test_every_variable_of_the_compose_file_is_explained_in_its_example() -> None:
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE))
    assert used - {"BANCHENG_VERSION"} == names_in(DEPLOY / "compose" / ".env.example")


def test_no_container_starts_on_tables_of_another_release() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_only_the_proxy_is_reached_from_outside_and_applications_gain_no_rights() -> None:
    parsed = yaml.safe_load(COMPOSE)
    assert [name for name, service in parsed["services"].items() if "ports" in service] == ["nginx"]
    assert parsed["networks"]["inside"] == {"internal": True}
    for name in ("migrate", "web", "worker", "beat"):
        service = parsed["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_a_secret_that_is_not_set_stops_compose() -> None:
    for name in (*SECRETS, "POSTGRES_PASSWORD", "VALKEY_PASSWORD"):
        assert f"${{{name}:?}}" in COMPOSE
        assert f"${{{name}:-" not in COMPOSE


def test_the_image_runs_as_nobody_special_and_names_no_secret() -> None:
    assert re.search(r"^USER 10001$", DOCKERFILE, re.MULTILINE)
    declared = re.findall(r"^(?:ARG|ENV)\s.*(?:\\\n.*)*", DOCKERFILE, re.MULTILINE)
    assert declared
    assert not any(name in line for line in declared for name in SECRETS)


def test_the_image_installs_by_hash_only() -> None:
    assert "--require-hashes -r /build/requirements.txt" in DOCKERFILE


def test_what_the_image_copies_exists_and_is_sent_to_the_builder() -> None:
    sent = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"]
    joined = DOCKERFILE.replace("\\\n", " ")
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", joined, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists(), source
            assert any(source == each or source.startswith(f"{each}/") for each in sent), source


def test_the_proxy_overwrites_what_the_application_trusts() -> None:
    conf = (DEPLOY / "nginx" / "bancheng.conf.template").read_text("utf-8")
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in conf
    assert "proxy_set_header Host $http_host;" in conf
    assert "server_name .${BASE_DOMAIN};" in conf
    assert "$request " not in conf  # the log names paths, never query strings
    assert "$args" not in conf


def test_every_command_of_the_handbook_exists() -> None:
    from django.core.management import get_commands

    handbook = (DEPLOY / "handbook.md").read_text("utf-8")
    commands = set(re.findall(r"^bancheng ([a-z_]+)", handbook, re.MULTILINE))
    assert commands
    assert commands <= set(get_commands())


def test_every_file_that_the_books_point_to_exists() -> None:
    for book in ("README.md", "CONTRIBUTING.md", "deploy/handbook.md"):
        text = (ROOT / book).read_text("utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if "://" not in target and not target.startswith("docs/screenshots/"):
                assert ((ROOT / book).parent / target).exists(), f"{book}: {target}"
