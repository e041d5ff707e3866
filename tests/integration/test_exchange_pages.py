"""The operator's page of messages between units: what waits, what was given up, and putting it back."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from uuid6 import uuid7

from bancheng.centres.scope import in_centre
from bancheng.exchange import inbox, lines, own_keys, selectors
from bancheng.exchange.models import CaseLine, Inbox, Message, Peer, PeerKey, PeerUnit, Refusal
from bancheng.exchange.outbox import post
from bancheng.exchange.signing import PrivateKey
from bancheng.identity.roles import OFFICE_ROLES, Role
from bancheng.overview import operations
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from bancheng.timekeeping.clock import SHANGHAI
from tests import schemas

ZHANGBEI, CITY, OFFICE = "130722", "130700", "130700-office"
MONDAY = datetime(2026, 3, 9, 10, 0, tzinfo=SHANGHAI)
PLANTED = "欧阳示例"


@pytest.fixture
def operator(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.OPERATOR))


def posted(number: str = "张北社转〔2026〕1号") -> Message:
    """A message of 张北 to the city whose body names somebody."""
    with in_centre(ZHANGBEI):
        return post(
            case_id=uuid7(),
            source=ZHANGBEI,
            target=CITY,
            kind="referral.sent",
            header={"number": number},
            body={"name": PLANTED},
        )


def given_up(number: str = "张北社转〔2026〕1号") -> Message:
    """The same, after it could not be delivered."""
    message = posted(number)
    message.state, message.failures = Message.State.DEAD, inbox.MAX_FAILURES
    message.last_error = "UnknownKind: no handler for referral.sent"
    message.save()
    lines.block(message)
    return message


def arrived_and_given_up(number: str = "张北社转〔2026〕2号") -> Inbox:
    """One that was held at the city and then refused by its handler."""
    message = posted(number)
    entry = Inbox.objects.create(
        message_id=message.id,
        case_id=message.case_id,
        source=ZHANGBEI,
        target=CITY,
        seq=2,
        kind="referral.confirmed",
        header=message.header,
        body=message.body,
        digest=message.digest,
        created_at=message.created_at,
        received_at=clock.now(),
        state=Inbox.State.DEAD,
        failures=inbox.MAX_FAILURES,
        last_error="tenants.referrals.reading.OutOfPlace",
    )
    Message.objects.filter(pk=message.pk).update(state=Message.State.DELIVERED, body=None)
    lines.block(entry)
    return entry


def peer() -> Peer:
    """The province's own system, whose clock is ahead and which does not answer just now."""
    found = Peer.objects.create(
        code="province",
        name="示例省级系统",
        url="https://exchange.example.gov.cn",
        added_at=MONDAY,
        last_seen_at=MONDAY,
        skew=7,
        failures=3,
        retry_at=MONDAY + timedelta(minutes=1),
        last_error="连接超时",
        last_error_at=MONDAY,
    )
    PeerUnit.objects.create(peer=found, code="130000", name="示例省级中心")
    key = PrivateKey.new().public
    PeerKey.objects.create(
        peer=found, key_id=key.key_id, algorithm=key.algorithm, public_key=str(key), trusted_at=MONDAY
    )
    return found


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


# --- What is seen ------------------------------------------------------------------------------------


def test_where_nothing_waits_every_part_says_so(operator: Client) -> None:
    page = text(operator.get("/exchange/"))
    for said in ("没有停办的消息", "全部送达", "没有候序的消息", "没有登记外部系统", "没有等待"):
        assert said in page
    assert "拒收记录" not in page


def test_what_waits_stands_by_its_unit(operator: Client, zhangbei: Any, city: Any) -> None:
    posted()
    (flow,) = selectors.counterparts()
    assert (flow.target, flow.pending, flow.dead) == (CITY, 1, 0)
    assert city.short_name in text(operator.get("/exchange/"))


def test_what_was_given_up_is_listed_with_its_reason_on_either_side(
    operator: Client, zhangbei: Any, city: Any
) -> None:
    given_up()
    arrived_and_given_up()
    page = text(operator.get("/exchange/"))
    for said in (
        "张北社转〔2026〕1号",
        "张北社转〔2026〕2号",
        "UnknownKind: no handler",
        "未能送达",
        "收到后未能办理",
        "2 件待处理",
    ):
        assert said in page


def test_no_body_is_shown_nor_anything_of_it(operator: Client, zhangbei: Any, city: Any) -> None:
    message = given_up()
    for path in ("/exchange/", f"/exchange/{message.pk}/"):
        assert PLANTED not in text(operator.get(path))


def test_a_long_list_comes_in_pages(operator: Client, zhangbei: Any, city: Any) -> None:
    for serial in range(22):
        given_up(f"张北社转〔2026〕{serial + 1}号")
    assert len(operator.get("/exchange/").context["dead"]) == 20
    assert len(operator.get("/exchange/?page=2").context["dead"]) == 2
    assert len(operator.get("/exchange/?page=nonsense").context["dead"]) == 20


def test_what_came_early_is_shown_waiting(operator: Client, zhangbei: Any, city: Any) -> None:
    entry = arrived_and_given_up()
    Inbox.objects.filter(pk=entry.pk).update(state=Inbox.State.HELD)
    assert [letter.number for letter in operations.held()] == ["张北社转〔2026〕2号"]
    assert "确认反馈（第2条）" in text(operator.get("/exchange/"))


def test_a_peer_shows_its_units_fingerprint_clock_and_trouble(operator: Client) -> None:
    found = peer()
    page = text(operator.get("/exchange/"))
    (stand,) = operations.peer_stands()
    assert stand.light == ("red", "连续失败3次")
    for said in (found.name, "示例省级中心（130000）", "快7秒", "连接超时", *stand.fingerprints):
        assert said in page


@pytest.mark.parametrize(
    ("changed", "light"),
    [
        ({"failures": 0}, ("green", "正常")),
        ({"failures": 0, "last_seen_at": None}, ("grey", "尚未联系")),
        ({"suspended_at": MONDAY}, ("grey", "已停用")),
    ],
)
def test_a_peer_has_a_light_with_its_word(db: None, changed: dict[str, Any], light: tuple[str, str]) -> None:
    peer()
    Peer.objects.update(**changed)
    assert operations.peer_stands()[0].light == light


@pytest.mark.parametrize(
    ("skew", "said"), [(None, ""), (0, "一致"), (-1, "一致"), (9, "快9秒"), (-9, "慢9秒")]
)
def test_a_peers_clock_is_said_against_ours(db: None, skew: int | None, said: str) -> None:
    peer()
    Peer.objects.update(skew=skew)
    assert operations.peer_stands()[0].skew == said


def test_our_own_fingerprint_is_there_to_be_read_out(operator: Client) -> None:
    own = own_keys.ensure()
    page = text(operator.get("/exchange/"))
    assert own.fingerprint in page
    assert "在用" in page


def test_what_was_refused_is_listed_with_its_reason(operator: Client) -> None:
    Refusal.objects.create(
        peer="",
        code="unknown_key",
        day=MONDAY.date(),
        at=MONDAY,
        status=401,
        detail="签名密钥未登记",
        count=4,
    )
    page = text(operator.get("/exchange/"))
    assert "签名密钥未登记" in page
    assert "不明" in page


def test_more_of_everything_takes_no_more_queries(operator: Client, zhangbei: Any, city: Any) -> None:
    given_up()
    peer()
    few = _queries(operator)
    for serial in range(2, 8):
        given_up(f"张北社转〔2026〕{serial}号")
        posted(f"张北社转〔2026〕{serial + 100}号")
    assert _queries(operator) == few


# --- Putting it back ---------------------------------------------------------------------------------


def test_the_operator_puts_a_message_back_after_being_asked(
    operator: Client, zhangbei: Any, city: Any
) -> None:
    message = given_up()
    asked = text(operator.get(f"/exchange/{message.pk}/"))
    assert "张北社转〔2026〕1号" in asked
    assert Message.objects.get().state == Message.State.DEAD
    assert "已放回" in text(operator.post(f"/exchange/{message.pk}/", follow=True))
    message.refresh_from_db()
    assert (message.state, message.failures) == (Message.State.PENDING, 0)
    assert not operations.blocked().exists()
    with in_centre(ZHANGBEI):
        assert audit.entries(act="exchange.replay").get().subject_id == str(message.pk)


def test_what_died_on_arrival_is_put_back_there(operator: Client, zhangbei: Any, city: Any) -> None:
    entry = arrived_and_given_up()
    assert operator.post(f"/exchange/{entry.message_id}/").status_code == 302
    entry.refresh_from_db()
    assert (entry.state, entry.failures) == (Inbox.State.HELD, 0)
    assert not CaseLine.objects.filter(blocked_at__isnull=False).exists()


def test_a_second_press_is_refused_in_a_sentence(operator: Client, zhangbei: Any, city: Any) -> None:
    message = given_up()
    operator.post(f"/exchange/{message.pk}/")
    assert "不需要重新投递" in text(operator.post(f"/exchange/{message.pk}/"), 409)
    assert "可能已经重新投递" in text(operator.get(f"/exchange/{message.pk}/"), 404)


def test_an_unknown_message_is_not_found(operator: Client) -> None:
    for method in ("get", "post"):
        assert getattr(operator, method)(f"/exchange/{UUID(int=0)}/").status_code == 404


def test_htmx_gets_a_dialog_and_goes_on_to_the_list(operator: Client, zhangbei: Any, city: Any) -> None:
    message, headers = given_up(), {"HX-Request": "true"}
    assert 'id="replay-form"' in text(operator.get(f"/exchange/{message.pk}/", headers=headers))
    assert operator.post(f"/exchange/{message.pk}/", headers=headers).headers["HX-Redirect"] == "/exchange/"


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES - {Role.OPERATOR}))
def test_messages_are_the_operators(office: Any, zhangbei: Any, city: Any, role: Role) -> None:
    message = given_up()
    client = schemas.client_for(office, schemas.make_staff(office, role))
    assert client.get("/exchange/").status_code == 403
    assert client.post(f"/exchange/{message.pk}/").status_code == 403
    message.refresh_from_db()
    assert message.state == Message.State.DEAD


def test_without_a_login_there_is_nothing(office: Any) -> None:
    assert schemas.client_for(office).get("/exchange/").status_code == 302


def _queries(client: Client) -> int:
    client.get("/exchange/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/exchange/").status_code == 200
    return len(captured)
