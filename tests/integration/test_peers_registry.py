"""Registering peers by hand, the change of keys, and the command that does it; every act is audited."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from bancheng.centres.scope import in_centre, in_public
from bancheng.errors import Conflict, Invalid, NotFound
from bancheng.exchange import checks, own_keys, peers
from bancheng.exchange.models import OwnKey, Peer, PeerKey
from bancheng.exchange.signing import PrivateKey, PublicKey
from bancheng.privacy import audit, rotation
from bancheng.timekeeping import clock
from tests import far_end
from tests.far_end import UNIT, FarEnd

pytestmark = pytest.mark.usefixtures("zhangbei", "office")


@pytest.fixture
def far() -> Iterator[FarEnd]:
    """A peer that listens; we know each other."""
    with far_end.running() as far:
        far_end.introduce(far)
        yield far


def told(*arguments: str) -> str:
    """What `bancheng peer …` prints."""
    out = StringIO()
    call_command("peer", *arguments, stdout=out)
    return out.getvalue()


def card(**other: Any) -> dict[str, Any]:
    """What `peers.add` takes."""
    public = PrivateKey.new().public
    said = {
        "code": "hebei",
        "name": "示例省级系统",
        "url": "https://exchange.example.org",
        "key": str(public),
        "fingerprint": public.fingerprint,
        "units": {UNIT: "示例省级中心"},
    }
    return said | other


def acts(office: Any) -> list[str]:
    """What the office's trail says of peers, oldest first."""
    with in_centre(office.code):
        return [entry.act for entry in audit.entries() if entry.act.startswith("exchange.")][::-1]


# --- Registering ----------------------------------------------------------------------------------------


def test_a_peer_is_registered_with_its_key_and_units(office: Any) -> None:
    peer = peers.add(**card())
    assert [unit.code for unit in peers.units()] == [UNIT]
    assert len(peers.keys_of(peer)) == 1
    assert acts(office) == ["exchange.peer_added"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "Hebei"),
        ("code", "h"),
        ("code", ""),
        ("name", "  "),
        ("units", {}),
        ("units", {"13": "短"}),
        ("units", {"130000": " "}),
        ("key", "ed25519:AAAA"),
        ("key", "省"),
        ("url", "http://exchange.example.org"),
        ("url", "ftp://exchange.example.org"),
        ("url", "https://user:word@exchange.example.org"),
        ("url", "https://exchange.example.org/path"),
        ("url", "https://exchange.example.org?x=1"),
        ("url", "https://[::1"),
        ("url", "https://example.org:99999"),
        ("url", "https://"),
        ("url", "exchange.example.org"),
    ],
)
def test_what_does_not_hold_is_refused_and_nothing_is_registered(field: str, value: Any) -> None:
    with pytest.raises(Invalid) as raised:
        peers.add(**card(**{field: value}))
    assert raised.value.errors[field][0].endswith("。")
    assert not Peer.objects.exists()


@pytest.mark.parametrize("url", ["http://localhost:8001", "http://province.localhost", "http://127.0.0.2:1"])
def test_without_tls_only_on_this_machine(url: str) -> None:
    assert peers.add(**card(url=url)).url == url


def test_a_key_whose_fingerprint_is_another_is_not_trusted() -> None:
    with pytest.raises(Invalid, match="指纹与公钥不符"):
        peers.add(**card(fingerprint=PrivateKey.new().public.fingerprint))
    assert not Peer.objects.exists()


def test_our_own_centre_is_no_peers_unit() -> None:
    with pytest.raises(Conflict, match="130722是本系统的中心"):
        peers.add(**card(units={"130722": "张北"}))
    assert not Peer.objects.exists()


def test_a_unit_is_served_by_one_peer() -> None:
    peers.add(**card())
    with pytest.raises(Conflict, match="已由外部系统“hebei”受理"):
        peers.add(**card(code="other"))


def test_a_peer_is_registered_once() -> None:
    peers.add(**card())
    with pytest.raises(Conflict, match="已经登记"):
        peers.add(**card(units={"140000": "示例"}))


def test_what_is_not_registered_is_not_found() -> None:
    with pytest.raises(NotFound):
        peers.find("nobody")


# --- Keys -----------------------------------------------------------------------------------------------


def test_our_private_key_is_sealed_where_it_lies() -> None:
    own_keys.ensure()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT private_key FROM exchange_ownkey")
        stored = bytes(cursor.fetchone()[0])
    assert own_keys.current().raw not in stored


def test_our_first_key_is_made_once() -> None:
    assert own_keys.ensure() == own_keys.ensure()
    assert OwnKey.objects.count() == 1


def test_a_change_of_our_key_goes_in_two_steps(office: Any) -> None:
    old = own_keys.ensure()
    new = own_keys.begin_change()
    assert (own_keys.current().public, own_keys.begin_change()) == (old, new)
    own_keys.finish_change()
    assert own_keys.current().public == new
    retired = OwnKey.objects.get(state=OwnKey.State.RETIRED)
    assert (retired.key_id, retired.private_key) == (old.key_id, None)
    assert acts(office)[-1] == "exchange.own_key_change"


def test_a_change_that_was_not_begun_cannot_be_finished() -> None:
    own_keys.ensure()
    with pytest.raises(Conflict):
        own_keys.finish_change()


def test_a_change_needs_a_key_to_change() -> None:
    with pytest.raises(Conflict):
        own_keys.begin_change()


def test_a_retired_key_of_ours_keeps_no_private_half() -> None:
    own_keys.ensure()
    with pytest.raises(IntegrityError):
        OwnKey.objects.update(state=OwnKey.State.RETIRED)


def test_two_keys_of_a_peer_at_most() -> None:
    peers.add(**card())
    second, third = PrivateKey.new().public, PrivateKey.new().public
    peers.trust(code="hebei", key=str(second), fingerprint=second.fingerprint)
    with pytest.raises(Conflict, match="已有2把密钥并存"):
        peers.trust(code="hebei", key=str(third), fingerprint=third.fingerprint)


def test_the_last_key_of_a_peer_is_not_retired() -> None:
    peers.add(**card())
    with pytest.raises(Conflict, match="唯一"):
        peers.distrust(code="hebei", key_id=PeerKey.objects.get().key_id)


def test_a_retired_key_is_not_trusted_again() -> None:
    said = card()
    peers.add(**said)
    second = PrivateKey.new().public
    peers.trust(code="hebei", key=str(second), fingerprint=second.fingerprint)
    peers.distrust(code="hebei", key_id=PublicKey.parse(said["key"]).key_id)
    with pytest.raises(Conflict, match="不能再用"):
        peers.trust(code="hebei", key=said["key"], fingerprint=said["fingerprint"])


def test_our_private_key_follows_a_change_of_the_field_keys(settings: Any) -> None:
    from bancheng.privacy import keys

    before = own_keys.ensure()
    settings.FIELD_KEYS = [keys.new_key(), *settings.FIELD_KEYS]
    with in_public():
        assert rotation.rotate() == 1
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    assert own_keys.current().public == before


def test_without_its_field_key_our_key_is_said_to_be_unreadable(settings: Any) -> None:
    from bancheng.privacy import keys

    own_keys.ensure()
    settings.FIELD_KEYS = [keys.new_key()]
    with pytest.raises(own_keys.NoOwnKey, match="无法解密"):
        own_keys.current()


# --- The command ----------------------------------------------------------------------------------------


def test_the_command_shows_the_public_key_and_never_the_private() -> None:
    shown = told("key")
    public = own_keys.ensure()
    assert str(public) in shown
    assert public.fingerprint in shown
    assert own_keys.current().raw.hex() not in shown


def arguments(said: dict[str, Any], fingerprint: bool = True) -> list[str]:
    given = ["add", said["code"], "--name", said["name"], "--url", said["url"], "--key", said["key"]]
    given += [f"--unit={code}={name}" for code, name in said["units"].items()]
    return [*given, "--fingerprint", said["fingerprint"]] if fingerprint else given


def test_the_command_registers_a_peer_and_lists_it() -> None:
    said = card()
    assert "已登记示例省级系统（hebei）" in told(*arguments(said))
    listed = told("list")
    assert said["fingerprint"] in listed
    assert "130000示例省级中心" in listed
    assert "还没有联系上过" in listed


def test_without_the_fingerprint_nothing_is_trusted_and_it_is_shown() -> None:
    said = card()
    with pytest.raises(CommandError) as raised:
        told(*arguments(said, fingerprint=False))
    assert said["fingerprint"] in str(raised.value)
    assert not Peer.objects.exists()


def test_an_empty_registry_says_so() -> None:
    assert told("list").strip() == "还没有登记外系统。"
    assert told("refusals").strip() == "没有拒收过消息。"


def test_a_peer_is_tested_by_name_key_clock_and_time(far: FarEnd) -> None:
    far.ahead = timedelta(seconds=30)
    said = told("test", "province")
    assert "已联系上示例省级系统" in said
    assert far.key.public.key_id in said
    assert "对方时钟快" in said
    assert "毫秒" in said


def test_a_peer_that_does_not_know_us_says_so_when_tested(far: FarEnd) -> None:
    far.trusted.clear()
    with pytest.raises(CommandError, match="签名用的密钥未经登记"):
        told("test", "province")


def test_a_new_key_is_not_used_before_every_peer_knows_it(far: FarEnd) -> None:
    old = own_keys.ensure()
    told("rotate")
    assert "还没有登记本系统的新密钥" in told("test", "province")
    with pytest.raises(CommandError, match="province还不认新密钥"):
        told("rotate", "--finish")
    assert own_keys.current().public == old
    far.trusted.append(own_keys.upcoming().public)
    assert "已登记本系统的新密钥" in told("test", "province")
    assert "已改用密钥" in told("rotate", "--finish")
    assert own_keys.current().public != old


def test_a_peer_that_is_gone_for_good_does_not_keep_the_old_key(far: FarEnd) -> None:
    told("rotate")
    far.trusted.clear()
    assert "已改用密钥" in told("rotate", "--finish", "--force")


def test_trust_and_distrust_from_the_terminal(far: FarEnd) -> None:
    second = PrivateKey.new().public
    told("trust", "province", "--key", str(second), "--fingerprint", second.fingerprint)
    told("distrust", "province", far.key.public.key_id)
    assert list(peers.keys_of(peers.find("province"))) == [second.key_id]


def test_an_old_key_that_was_forgotten_is_called_to_mind(far: FarEnd) -> None:
    second = PrivateKey.new().public
    peers.trust(code="province", key=str(second), fingerprint=second.fingerprint)
    assert "并存" not in told("list")
    with clock.at(clock.now() + timedelta(days=31)):
        assert f"请停用旧密钥{far.key.public.key_id}" in told("list")


def test_a_peer_is_suspended_and_resumed_from_the_terminal(far: FarEnd, office: Any) -> None:
    told("suspend", "province")
    assert "已停用" in told("list")
    told("resume", "province")
    assert acts(office)[-2:] == ["exchange.peer_suspended", "exchange.peer_resumed"]


@pytest.mark.parametrize("act", ["test", "suspend", "resume", "refusals"])
def test_an_unknown_code_is_one_sentence(act: str) -> None:
    with pytest.raises(CommandError, match="没有登记代码为“nobody”的外部系统"):
        told(act, "nobody")


def test_a_unit_without_a_name_is_one_sentence(far: FarEnd) -> None:
    with pytest.raises(CommandError, match="--unit"):
        told("units", "province", "--unit", "130001")


# --- Checks ---------------------------------------------------------------------------------------------


def test_a_peer_without_tls_fails_the_check_of_a_deployment() -> None:
    peers.add(**card(url="http://localhost:8001"))
    assert [found.id for found in checks.peers_are_reached_safely(None)] == ["bancheng.E007", "bancheng.E008"]


def test_peers_over_tls_with_a_key_of_ours_pass() -> None:
    peers.add(**card())
    own_keys.ensure()
    assert checks.peers_are_reached_safely(None) == []


def test_without_peers_no_key_is_asked_for() -> None:
    assert checks.peers_are_reached_safely(None) == []
