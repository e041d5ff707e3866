"""The doctor works with nothing running, names what is missing, and never shows a password."""

from io import StringIO

import pytest
from django.core.management import call_command

from bancheng.devstack import doctor
from bancheng.devstack.doctor import Finding, Mark


def of(findings: list[Finding], label: str) -> Finding:
    return next(finding for finding in findings if finding.label == label)


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "BANCHENG_DEMO"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BANCHENG_HOME", "/nowhere")


@pytest.mark.usefixtures("nothing_runs")
def test_without_a_database_it_says_how_to_get_one_and_exits_with_1() -> None:
    said = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("doctor", stdout=said)
    assert end.value.code == 1
    assert "[缺失] 数据库：没有可连接的数据库；用 make demo 启动" in said.getvalue()


def test_an_unreachable_database_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:hidden@127.0.0.1:1/bancheng")
    findings = list(doctor.postgres())
    assert of(findings, "数据库").mark is Mark.BAD
    assert "127.0.0.1:1 连接不上" in of(findings, "数据库").text
    assert not any("hidden" in finding.text for finding in findings)


def test_a_queue_that_is_away_is_not_essential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:hidden@127.0.0.1:1/0")
    finding = of(list(doctor.valkey()), "消息队列")
    assert finding.mark is Mark.LOOK
    assert "hidden" not in finding.text


def test_reachable_servers_are_named_with_their_versions() -> None:
    assert "PostgreSQL" in of(list(doctor.postgres()), "数据库").text
    assert "可连接" in of(list(doctor.valkey()), "消息队列").text


@pytest.mark.parametrize(
    ("name", "weak"), [("FIELD_KEYS", []), ("FIELD_KEYS", ["c2hvcnQ="]), ("INDEX_KEY", "no!")]
)
def test_a_weak_key_is_essential(
    name: str, weak: object, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    setattr(settings, name, weak)
    [finding] = doctor.keys()
    assert finding.mark is Mark.BAD
    assert f"BANCHENG_{name}" in finding.text


def test_one_check_that_fails_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[Finding]:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "instance", broken)
    findings = doctor.examine()
    assert any("ZeroDivisionError" in finding.text for finding in findings)
    assert of(findings, "Node.js")
