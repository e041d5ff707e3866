"""What `make demo` is asked for, and where the second system stands."""

from pathlib import Path

import pytest

from bancheng.devstack import demo
from bancheng.devstack.demo import Options
from bancheng.devstack.ports import free_ports
from bancheng.devstack.supervisor import Failed

OPTIONS = Options(Path("/srv/demo"), 8000, "127.0.0.1", ("seed", "migrate_all"))


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "BIND", "PEER", "BANCHENG_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_word_there_is_the_city_alone() -> None:
    assert not demo.options_from_environment(()).peer


@pytest.mark.parametrize(("said", "peer"), [("1", True), ("0", False), ("", False)])
def test_peer_asks_for_the_province(said: str, peer: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEER", said)

    assert demo.options_from_environment(()).peer is peer


@pytest.mark.parametrize(("name", "said"), [("PEER", "ja"), ("PORT", "0"), ("PORT", "八千")])
def test_a_wrong_value_is_named(name: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, said)

    with pytest.raises(Failed, match=f"{name}={said}"):
        demo.options_from_environment(())


def test_the_province_has_a_folder_and_a_port_of_its_own() -> None:
    port = free_ports(1)[0]
    province = demo.province_beside(Options(OPTIONS.place, port, "127.0.0.1", ()))

    assert province.place == Path("/srv/demo-peer")
    assert port < province.port <= port + 20
    assert province.called("web") == "peer-web"


def test_each_system_is_seeded_by_its_own_command() -> None:
    province = demo.province_beside(OPTIONS)

    assert [step[2] for step in demo.steps(province, OPTIONS.commands)] == [
        ["migrate_all"],
        ["seed", "--province"],
    ]
