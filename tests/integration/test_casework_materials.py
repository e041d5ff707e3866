"""Materials: the checklist of a matter, asking for everything at once, 容缺, and the papers of it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import ObtainedBy
from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from bancheng.timekeeping.holders import Holder
from tenants.casework.actions import materials as actions
from tenants.casework.actions.materials import Line
from tenants.casework.forms.materials import SupplyMaterialForm
from tenants.casework.models import Material, MaterialStatus
from tenants.casework.selectors import materials as selectors
from tenants.matters import panels
from tenants.matters.models import Matter
from tenants.matters.states import State
from tenants.notices.kinds import NoticeKind
from tenants.notices.models import Notice
from tests import schemas
from tests.desk import REPORTER, Desk

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=clock.SHANGHAI)
S = MaterialStatus


@pytest.fixture(autouse=True)
def on_a_tuesday() -> Any:
    with clock.at(TUESDAY):
        yield


def check(desk: Desk, matter: Matter, *lines: Line, role: str = Role.HANDLER) -> Matter:
    version = selectors.version(matter)
    return actions.check_materials(
        matter_id=matter.pk, actor=desk.actor(role), version=version, lines=list(lines)
    )


def ask(desk: Desk, matter: Matter, *names: str, role: str = Role.HANDLER) -> Matter:
    return actions.ask_material(matter_id=matter.pk, actor=desk.actor(role), names=names)


def receive(desk: Desk, matter: Matter, *lines: Line) -> Matter:
    return actions.receive_material(
        matter_id=matter.pk,
        actor=desk.actor(Role.WINDOW_CLERK),
        version=selectors.version(matter),
        lines=list(lines),
    )


def material(matter: Matter, name: str) -> Material:
    return Material.objects.get(matter=matter, name=name)


def lacking(matter: Matter) -> list[str]:
    """What somebody outside has to bring, as far as was checked."""
    return [m.name for m in selectors.stored(matter) if actions.waits_for_reporter(m)]


def follows(
    name: str, day: date | None, *, of: Matter | None = None, undertaking: str = "承诺按期补齐。"
) -> Line:
    known = {"id": material(of, name).pk} if of else {"name": name}
    return Line(**known, status=S.FOLLOWS, follow_by=day, undertaking=undertaking)  # type: ignore[arg-type]


# --- Checking ----------------------------------------------------------------------------------------


def test_the_first_check_copies_what_the_item_needs(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, Line(name="死亡证明", status=S.RECEIVED))
    listed = [m.name for m in catalogue.materials("YL10")]
    assert [m.name for m in selectors.stored(matter)] == listed
    assert material(matter, "户籍注销记录").obtained_by == ObtainedBy.SHARED
    assert str(selectors.completeness(selectors.stored(matter))) == "7项，已备1项，缺6项"


def test_completeness_counts_what_follows_apart_and_what_does_not_apply_not_at_all(desk: Desk) -> None:
    matter = desk.handling()
    check(
        desk,
        matter,
        Line(name="死亡证明", status=S.RECEIVED),
        Line(name="户籍注销记录", status=S.SHARED, source="公安"),
        follows("与死者关系的凭证", date(2026, 12, 1)),
        Line(name="申领人社会保障卡或银行账户", status=S.NOT_NEEDED),
    )
    assert str(selectors.completeness(selectors.stored(matter))) == "6项，已备2项，容缺1项，缺3项"


def test_what_came_says_when_by_whom_and_from_where(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, Line(name="死亡证明", status=S.RECEIVED, source="本人送到窗口"))
    came = material(matter, "死亡证明")
    assert (came.settled_at, came.settled_by_id) == (TUESDAY, desk.actor(Role.HANDLER).id)
    assert came.source == "本人送到窗口"


def test_a_line_that_is_not_named_stays_as_it_is(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, Line(name="死亡证明", status=S.RECEIVED))
    with clock.at(TUESDAY + timedelta(days=1)):
        check(desk, matter, Line(name="火化安排单", status=S.MISSING), role=Role.WINDOW_CLERK)
    assert material(matter, "死亡证明").settled_at == TUESDAY
    assert selectors.stored(matter)[-1].name == "火化安排单"


def test_saying_the_same_again_keeps_who_received_it(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, Line(name="死亡证明", status=S.RECEIVED))
    with clock.at(TUESDAY + timedelta(days=1)):
        again = Line(id=material(matter, "死亡证明").pk, status=S.RECEIVED)
        done = check(desk, matter, again, role=Role.WINDOW_CLERK)
    assert material(matter, "死亡证明").settled_by_id == desk.actor(Role.HANDLER).id
    assert done.events.last().note == "核对无变化。"


def test_what_turns_out_to_be_useless_is_missing_again(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, Line(name="死亡证明", status=S.RECEIVED, source="本人"))
    check(desk, matter, Line(id=material(matter, "死亡证明").pk, status=S.MISSING))
    again = material(matter, "死亡证明")
    assert (again.settled_at, again.settled_by, again.source) == (None, None, "")


def test_a_new_item_brings_its_own_materials(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, Line(name="死亡证明", status=S.RECEIVED))
    Matter.objects.filter(pk=matter.pk).update(item_code="YL06")
    matter.refresh_from_db()
    names = [m.name for m in selectors.checklist(matter)]
    assert "死亡证明" in names
    assert "职工人事档案" in names


def test_the_timeline_says_what_was_found(desk: Desk) -> None:
    done = check(desk, desk.handling(), Line(name="死亡证明", status=S.RECEIVED))
    event = done.events.last()
    assert event.data.items() >= {"total": 7, "ready": 1, "follows": 0, "missing": 6}.items()
    assert event.note.startswith("待补：申领人身份证件、")
    assert "已收：死亡证明" in event.note


def test_the_department_of_another_matter_checks_nothing(desk: Desk) -> None:
    matter = desk.handling()
    with pytest.raises(NotAllowed):
        actions.check_materials(
            matter_id=matter.pk, actor=desk.actor(Role.HANDLER, "YB"), version=0, lines=[]
        )


# --- 容缺 --------------------------------------------------------------------------------------------


def test_what_may_follow_needs_a_day_and_an_undertaking(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, follows("与死者关系的凭证", date(2026, 12, 1)))
    row = material(matter, "与死者关系的凭证")
    assert (row.follow_by, row.undertaking) == (date(2026, 12, 1), "承诺按期补齐。")


def test_where_the_item_forbids_it_nothing_follows(desk: Desk) -> None:
    with pytest.raises(Invalid, match="“死亡证明”：按规定不能容缺"):
        check(desk, desk.handling(), follows("死亡证明", date(2026, 12, 1)))


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (None, "请填写容缺材料的补齐日期"),
        (date(2026, 11, 23), "不能早于今天"),
        (date(2026, 11, 28), "不是工作日"),
        (date(2027, 3, 1), "最迟为"),
    ],
)
def test_the_day_of_what_follows_is_a_working_day_in_reach(desk: Desk, day: date | None, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        check(desk, desk.handling(), follows("与死者关系的凭证", day))


def test_an_undertaking_is_in_words(desk: Desk) -> None:
    with pytest.raises(Invalid, match="请写明容缺承诺的内容"):
        check(desk, desk.handling(), follows("与死者关系的凭证", date(2026, 12, 1), undertaking=""))


def test_sharing_says_from_where(desk: Desk) -> None:
    with pytest.raises(Invalid, match="从哪个部门或系统共享取得"):
        check(desk, desk.handling(), Line(name="户籍注销记录", status=S.SHARED))


def test_what_followed_too_late_is_found_and_shown(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, follows("与死者关系的凭证", date(2026, 12, 1)))
    assert not selectors.follow_overdue(date(2026, 12, 1)).exists()
    (late,) = selectors.follow_overdue(date(2026, 12, 2))
    assert (late.name, late.matter.pk) == ("与死者关系的凭证", matter.pk)
    with clock.at(TUESDAY + timedelta(days=8)):
        page = Browser(desk, Role.HANDLER).get(address("act", matter.pk, "ask_material"))
    assert "容缺到期未补" in page.content.decode()


def test_what_followed_in_time_is_not_late(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, follows("与死者关系的凭证", date(2026, 12, 1)))
    check(desk, matter, Line(id=material(matter, "与死者关系的凭证").pk, status=S.RECEIVED))
    assert not selectors.follow_overdue(date(2026, 12, 31)).exists()


def test_a_day_that_passed_does_not_stop_the_check_of_other_lines(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, follows("与死者关系的凭证", date(2026, 12, 1)))
    with clock.at(TUESDAY + timedelta(days=10)):
        came = Line(id=material(matter, "死亡证明").pk, status=S.RECEIVED)
        check(desk, matter, came, follows("与死者关系的凭证", date(2026, 12, 1), of=matter))
    assert material(matter, "死亡证明").status == S.RECEIVED


# --- Asking and receiving ----------------------------------------------------------------------------


def test_asking_stops_at_the_reporter(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明", "火化安排单")
    request = selectors.open_request(matter)
    assert request
    assert (matter.state, matter.holder, matter.pauses) == (State.AWAITING_MATERIAL, Holder.REPORTER, 1)
    assert (request.number, request.names) == (1, ["死亡证明", "火化安排单"])
    assert request.answer_by == date(2026, 12, 1)
    assert lacking(matter) == ["死亡证明", "火化安排单"]


def test_nothing_asked_is_refused(desk: Desk) -> None:
    with pytest.raises(Invalid, match="至少列明一项"):
        ask(desk, desk.handling())


def test_everything_that_lacks_is_asked_for_at_once(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, Line(name="死亡证明", status=S.RECEIVED))
    with pytest.raises(Invalid, match="补正须一次告知全部所缺材料，还缺“申领人身份证件”“与死者关系的凭证”"):
        ask(desk, matter, "丧葬补助金和抚恤金申领表", "申领人社会保障卡或银行账户")
    assert ask(desk, matter, *lacking(matter)).pauses == 1


def test_what_the_window_gets_is_not_asked_of_the_reporter(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter)
    form = ask_form(desk, matter)
    assert "参保缴费和待遇领取记录" in dict(form.fields["wanted"].choices)
    assert "参保缴费和待遇领取记录" not in form.initial["wanted"]
    assert form.initial["wanted"] == lacking(matter)


def test_the_second_request_is_the_leads(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    receive(desk, matter, Line(id=material(matter, "死亡证明").pk, status=S.RECEIVED))
    with pytest.raises(Conflict, match="须由窗口负责人提出"):
        ask(desk, matter, "火化安排单")
    again = ask(desk, matter, "火化安排单", role=Role.WINDOW_LEAD)
    assert again.pauses == 2
    assert [r.number for r in selectors.requests(matter)] == [2, 1]


def test_what_came_goes_back_to_handling(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明", "火化安排单", "与死者关系的凭证", "户籍注销记录")
    done = receive(
        desk,
        matter,
        Line(id=material(matter, "死亡证明").pk, status=S.RECEIVED),
        Line(id=material(matter, "火化安排单").pk, status=S.NOT_NEEDED),
        follows("与死者关系的凭证", date(2026, 12, 8), of=matter),
        Line(id=material(matter, "户籍注销记录").pk, status=S.MISSING, obtained_by=ObtainedBy.WINDOW),
    )
    assert (done.state, selectors.open_request(matter)) == (State.HANDLING, None)
    assert done.events.last().data.items() >= {"count": 4, "received": 1}.items()
    assert material(matter, "户籍注销记录").obtained_by == ObtainedBy.WINDOW


def test_of_everything_asked_for_it_is_said_how_it_goes_on(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明", "火化安排单")
    with pytest.raises(Invalid, match="请逐项说明“火化安排单”"):
        receive(desk, matter, Line(id=material(matter, "死亡证明").pk, status=S.RECEIVED))
    assert Matter.objects.get(pk=matter.pk).state == State.AWAITING_MATERIAL
    assert material(matter, "死亡证明").status == S.MISSING


def test_what_was_not_asked_for_is_not_received_there(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    with pytest.raises(Invalid, match="不在清单中"):
        receive(desk, matter, Line(name="别的材料", status=S.RECEIVED))


def test_what_came_while_waiting_needs_no_second_word(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    check(desk, matter, Line(id=material(matter, "死亡证明").pk, status=S.RECEIVED))
    assert receive(desk, matter).state == State.HANDLING


# --- The reporter ------------------------------------------------------------------------------------


def test_the_reporter_says_what_was_brought_and_the_window_is_told(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    clerk, handler = desk.actor(Role.WINDOW_CLERK), desk.actor(Role.HANDLER)
    done = actions.supply_material(
        matter_id=matter.pk,
        actor=Actor.reporter(desk.centre.code),
        text="已交到窗口。",
        item="死亡证明",
    )
    assert (done.state, done.events.last().note) == (State.AWAITING_MATERIAL, "已交到窗口。")
    assert material(matter, "死亡证明").status == S.MISSING
    told = Notice.objects.filter(matter=matter, kind=NoticeKind.MATERIAL_SUPPLIED)
    assert set(told.values_list("recipient_id", flat=True)) == {clerk.id, handler.id}


def test_nobody_speaks_in_the_reporters_place(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    with pytest.raises(NotAllowed):
        actions.supply_material(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), text="已交。")


def test_the_reporter_chooses_among_what_lacks_in_at_most_500_signs(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    reporter = Actor.reporter(desk.centre.code)
    assert SupplyMaterialForm(
        {"text": "已寄出。", "item": "死亡证明"}, matter=matter, actor=reporter
    ).is_valid()
    wrong = SupplyMaterialForm({"text": "字" * 501, "item": "别的"}, matter=matter, actor=reporter)
    assert set(wrong.errors) == {"text", "item"}


# --- Two at once -------------------------------------------------------------------------------------


def test_who_checked_an_older_list_is_told(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, Line(name="死亡证明", status=S.RECEIVED))
    with pytest.raises(Conflict) as refused:
        actions.check_materials(matter_id=matter.pk, actor=desk.actor(Role.WINDOW_CLERK), version=0, lines=[])
    assert refused.value.code == "list_changed"


def test_of_two_who_check_at_once_one_is_told(at_once: Callable[..., list[Any]], zhangbei: Any) -> None:
    with in_centre(zhangbei.code):
        desk = Desk(zhangbei)
        matter = desk.handling()
        people = [desk.actor(Role.HANDLER), desk.actor(Role.WINDOW_CLERK)]

    def first_check(person: Actor) -> Callable[[], Any]:
        def go() -> Any:
            with in_centre(zhangbei.code), clock.at(TUESDAY):
                line = Line(name="死亡证明", status=S.RECEIVED, source=person.label)
                return actions.check_materials(matter_id=matter.pk, actor=person, version=0, lines=[line])

        return go

    results = at_once(*(first_check(person) for person in people))
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Matter"]
    with in_centre(zhangbei.code):
        assert Material.objects.filter(matter=matter).count() == 7


# --- The page ----------------------------------------------------------------------------------------


def address(name: str, *args: object) -> str:
    return reverse(name, urlconf="tenants.urls", args=args)


class Browser:
    """Somebody at a page; afterwards the test is back in the centre."""

    def __init__(self, desk: Desk, role: str) -> None:
        self.desk, self.client = desk, schemas.client_for(desk.centre, desk.staff(role))

    def get(self, url: str) -> Any:
        with in_centre(self.desk.centre.code):
            return self.client.get(url)

    def post(self, url: str, body: Any = None) -> Any:
        with in_centre(self.desk.centre.code):
            return self.client.post(url, body)


def ask_form(desk: Desk, matter: Matter) -> Any:
    response = Browser(desk, Role.HANDLER).get(address("act", matter.pk, "ask_material"))
    return response.context["form"]


def sent(matter: Matter, *rows: dict[str, str], version: int | None = None) -> dict[str, Any]:
    """The body that the page's rows make."""
    parts = ("id", "name", "status", "kind", "obtained_by", "follow_by", "undertaking", "source")
    body: dict[str, Any] = {f"lines-{part}": [row.get(part, "") for row in rows] for part in parts}
    return body | {"version": str(selectors.version(matter) if version is None else version)}


def test_the_form_opens_with_what_the_item_needs(desk: Desk) -> None:
    matter = desk.registered()
    text = Browser(desk, Role.WINDOW_CLERK).get(address("act", matter.pk, "check_materials")).content.decode()
    for each in catalogue.materials("YL10"):
        assert each.name in text
    assert 'name="lines-name" value="死亡证明"' in text


def test_one_form_writes_the_whole_list(desk: Desk) -> None:
    matter = desk.handling()
    rows = [{"name": m.name, "status": "missing"} for m in catalogue.materials("YL10")]
    rows[1] |= {"status": "received", "source": "本人"}
    rows.append({"name": "火化安排单", "status": "missing", "kind": "copy", "obtained_by": "window"})
    rows.append({"status": "missing", "kind": "original", "obtained_by": "self"})
    response = Browser(desk, Role.HANDLER).post(
        address("act", matter.pk, "check_materials"), sent(matter, *rows)
    )
    assert response.status_code == 302
    assert material(matter, "死亡证明").source == "本人"
    added = material(matter, "火化安排单")
    assert (added.kind, added.obtained_by) == ("copy", "window")
    assert Material.objects.filter(matter=matter).count() == 8


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"name": "死亡证明", "status": "follows"}, "按规定不能容缺"),
        ({"name": "火化安排单", "status": "follows", "follow_by": "2026-02-30"}, "请按2026-11-24的样子"),
        ({"name": "与死者关系的凭证", "status": "follows", "follow_by": "2026-11-28"}, "不是工作日"),
        ({"name": "户籍注销记录", "status": "shared"}, "共享取得"),
        ({"name": "死亡证明", "status": "nonsense"}, "请选择状态"),
        ({"name": "死亡证明", "status": "missing", "obtained_by": "nobody"}, "请从列表中选择"),
        ({"name": "长" * 61, "status": "missing"}, "不能超过60字"),
        ({"name": "13800001234的证明", "status": "missing"}, "不要写证件号或电话"),
        ({"id": str(uuid4()), "name": "死亡证明", "status": "received"}, "不在清单中"),
        ({"id": "x", "name": "死亡证明", "status": "received"}, "不在清单中"),
        ({"status": "received", "source": "本人"}, "请填写材料名称"),
    ],
)
def test_a_wrong_row_says_so_at_the_row_and_keeps_what_was_typed(
    desk: Desk, row: dict[str, str], words: str
) -> None:
    matter = desk.handling()
    other = {"name": "火化照片", "status": "received", "source": "窗口收取原件"}
    response = Browser(desk, Role.HANDLER).post(
        address("act", matter.pk, "check_materials"), sent(matter, other, row)
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert f"第2行“{row.get('name', '')[:60]}”" in text
    at_the_row = text[text.index("line-wrong") :]
    assert words in at_the_row.split("line-blank")[0]
    assert 'value="窗口收取原件"' in text
    assert not Material.objects.filter(matter=matter).exists()


def test_a_name_stands_once(desk: Desk) -> None:
    matter = desk.handling()
    row = {"name": "火化安排单", "status": "missing"}
    check(desk, matter, Line(name="火化安排单"))
    stands = {"id": str(material(matter, "火化安排单").pk), "name": "火化安排单", "status": "received"}
    response = Browser(desk, Role.HANDLER).post(
        address("act", matter.pk, "check_materials"), sent(matter, stands, row)
    )
    assert "第2行“火化安排单”：已有一行，请在那一行填写。" in response.content.decode()
    with pytest.raises(Invalid, match="“火化安排单”已有一行"):
        check(desk, matter, Line(name="火化安排单"), Line(name="火化安排单"))
    assert Material.objects.filter(name="火化安排单").count() == 1


def test_a_program_may_name_a_material_without_its_id(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, Line(name="死亡证明"))
    check(desk, matter, Line(name="死亡证明", status=S.RECEIVED))
    assert material(matter, "死亡证明").status == S.RECEIVED


def test_three_hundred_rows_are_too_many(desk: Desk) -> None:
    matter = desk.handling()
    rows = [{"name": f"材料{n}", "status": "missing"} for n in range(300)]
    response = Browser(desk, Role.HANDLER).post(
        address("act", matter.pk, "check_materials"), sent(matter, *rows)
    )
    assert response.status_code == 422
    assert "材料最多60行" in response.content.decode()


def test_an_older_list_is_shown_again_with_what_is_new_and_may_then_be_sent(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, Line(name="死亡证明", status=S.RECEIVED))
    row = {"id": str(material(matter, "死亡证明").pk), "name": "死亡证明", "status": "not_needed"}
    page = Browser(desk, Role.WINDOW_CLERK)
    response = page.post(address("act", matter.pk, "check_materials"), sent(matter, row, version=0))
    text = response.content.decode()
    assert response.status_code == 409
    assert "已有人改过" in text
    assert "现为“已收”" in text
    assert 'name="version" value="1"' in text
    assert material(matter, "死亡证明").status == S.RECEIVED
    with in_centre(desk.centre.code):
        page.post(address("act", matter.pk, "check_materials"), sent(matter, row, version=1))
        assert material(matter, "死亡证明").status == S.NOT_NEEDED


def test_a_mistake_in_an_older_list_tells_of_both(desk: Desk) -> None:
    matter = desk.handling()
    check(desk, matter, Line(name="死亡证明", status=S.RECEIVED))
    row = {"id": str(material(matter, "死亡证明").pk), "name": "死亡证明", "status": "follows"}
    response = Browser(desk, Role.WINDOW_CLERK).post(
        address("act", matter.pk, "check_materials"), sent(matter, row, version=0)
    )
    assert "按规定不能容缺" in response.content.decode()
    assert "已有人改过" in response.content.decode()


def test_the_form_of_receiving_names_what_was_asked_for_alone(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明", "火化安排单")
    page = Browser(desk, Role.WINDOW_CLERK)
    text = page.get(address("act", matter.pk, "receive_material")).content.decode()
    assert text.count('name="lines-name"') == 2
    rows = [
        {"id": str(m.pk), "name": m.name, "status": status}
        for m, status in zip(selectors.stored(matter), ("received", "window"), strict=True)
    ]
    response = page.post(address("act", matter.pk, "receive_material"), sent(matter, *rows))
    assert response.status_code == 302
    with in_centre(desk.centre.code):
        assert material(matter, "火化安排单").obtained_by == ObtainedBy.WINDOW


def test_a_row_left_open_when_receiving_is_asked_for(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    row = {"id": str(material(matter, "死亡证明").pk), "name": "死亡证明", "status": ""}
    response = Browser(desk, Role.WINDOW_CLERK).post(
        address("act", matter.pk, "receive_material"), sent(matter, row)
    )
    assert response.status_code == 422
    assert "第1行“死亡证明”：请选择状态" in response.content.decode()


def test_further_materials_are_asked_for_line_by_line(desk: Desk) -> None:
    matter = desk.handling()
    body = {"wanted": ["死亡证明"], "others": "火化安排单\n\n 亲属关系说明 \n火化安排单", "days": "3"}
    response = Browser(desk, Role.HANDLER).post(address("act", matter.pk, "ask_material"), body)
    assert response.status_code == 302
    with in_centre(desk.centre.code):
        request = selectors.open_request(matter)
        assert request
        assert request.names == ["死亡证明", "火化安排单", "亲属关系说明"]
        assert request.answer_by == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"days": "3"}, "请至少列明一项"),
        ({"wanted": ["死亡证明"], "days": "0"}, "大于"),
        ({"wanted": ["没有的材料"], "days": "3"}, "请从列表中选择"),
        ({"others": "长" * 61, "days": "3"}, "超过60字"),
        ({"others": "130722196003071239的证明", "days": "3"}, "不要写证件号或电话"),
    ],
)
def test_a_wrong_request_is_refused_in_words(desk: Desk, body: dict[str, Any], words: str) -> None:
    matter = desk.handling()
    response = Browser(desk, Role.HANDLER).post(address("act", matter.pk, "ask_material"), body)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_the_part_asks_as_often_for_three_materials_as_for_sixty(
    desk: Desk, django_assert_num_queries: Any
) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    check(desk, matter, *(Line(name=f"材料{n}", status=S.RECEIVED) for n in range(40)))
    catalogue.materials("YL10")
    with django_assert_num_queries(2):
        (shown,) = panels.parts(matter, "materials")
    assert shown.rows[0].completeness.total == 47


def test_an_ended_matter_that_was_never_checked_shows_no_list(desk: Desk) -> None:
    assert panels.parts(desk.closed(), "materials") == []


# --- Papers ------------------------------------------------------------------------------------------


def test_a_preview_of_a_paper_is_masked_and_the_paper_is_not(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    request = selectors.open_request(matter)
    assert request
    page = Browser(desk, Role.HANDLER)
    for name, key, title in (
        ("materials_notice", matter.pk, "一次性告知书"),
        ("material_request_notice", request.pk, "补正通知书"),
    ):
        preview = page.get(address(name, key)).content.decode()
        assert REPORTER.name not in preview
        assert "死亡证明" in preview
        with in_centre(desk.centre.code):
            assert f"打印{title}" not in [entry.reason for entry in AuditEntry.objects.all()]
        paper = page.post(address(name, key)).content.decode()
        assert REPORTER.name in paper
        assert title in paper
        assert REPORTER.identifier not in paper
        with in_centre(desk.centre.code):
            assert [entry.reason for entry in AuditEntry.objects.all()].count(f"打印{title}") == 1


def test_a_notice_says_what_was_asked_for_then(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    request = selectors.open_request(matter)
    assert request
    receive(desk, matter, Line(id=material(matter, "死亡证明").pk, status=S.RECEIVED))
    text = Browser(desk, Role.HANDLER).get(address("material_request_notice", request.pk)).content.decode()
    assert "死亡证明" in text
    assert "2026年12月1日" in text


def test_there_is_nothing_to_tell_before_the_first_check(desk: Desk) -> None:
    response = Browser(desk, Role.HANDLER).get(address("materials_notice", desk.handling().pk))
    assert response.status_code == 409
    assert "还没有核对材料" in response.content.decode()


def test_an_auditor_prints_no_paper(desk: Desk) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    assert Browser(desk, Role.AUDITOR).post(address("materials_notice", matter.pk)).status_code == 403


def test_the_intake_help_shows_what_the_item_needs(desk: Desk) -> None:
    response = Browser(desk, Role.WINDOW_CLERK).post(address("intake_help"), {"item_code": "YL06"})
    text = response.content.decode()
    assert "应备材料" in text
    for each in catalogue.materials("YL06"):
        assert each.name in text


# --- The API -----------------------------------------------------------------------------------------


def test_the_api_tells_the_list_and_takes_it_back(desk: Desk, call: Callable[..., Any]) -> None:
    matter = desk.handling()
    shown = call(Role.HANDLER, "get", f"/matters/{matter.pk}/materials/").json()
    assert shown["version"] == 0
    assert {each["id"] for each in shown["materials"]} == {None}
    lines = [{"name": each["name"], "status": "received"} for each in shown["materials"][:2]]
    body = {"version": 0, "lines": lines}
    assert (
        call(Role.HANDLER, "post", f"/matters/{matter.pk}/actions/check_materials/", body).status_code == 200
    )
    shown = call(Role.AUDITOR, "get", f"/matters/{matter.pk}/materials/").json()
    assert shown["version"] == 1
    assert shown["completeness"] == {"total": 7, "ready": 2, "follows": 0, "missing": 5}
    assert shown["materials"][0]["settled_by"] == desk.staff(Role.HANDLER).name


def test_the_api_refuses_with_the_sentences_of_the_page(desk: Desk, call: Callable[..., Any]) -> None:
    matter = desk.handling()
    row = {"name": "死亡证明", "status": "follows"}
    path = f"/matters/{matter.pk}/actions/check_materials/"
    told = call(Role.HANDLER, "post", path, {"version": 0, "lines": [row]})
    page = Browser(desk, Role.HANDLER).post(address("act", matter.pk, "check_materials"), sent(matter, row))
    (wrong,) = told.json()["errors"]
    assert (told.status_code, wrong["pointer"]) == (422, "#/lines")
    assert wrong["detail"] in page.content.decode()


def test_the_api_says_that_the_list_has_changed(desk: Desk, call: Callable[..., Any]) -> None:
    matter = ask(desk, desk.handling(), "死亡证明")
    path = f"/matters/{matter.pk}/actions/receive_material/"
    body = {"version": 0, "lines": [{"id": str(material(matter, "死亡证明").pk), "status": "received"}]}
    told = call(Role.WINDOW_CLERK, "post", path, body)
    assert (told.status_code, told.json()["code"]) == (409, "list_changed")
    assert call(Role.WINDOW_CLERK, "post", path, body | {"version": 1}).json()["state"] == State.HANDLING


def test_without_a_version_a_list_is_not_taken(desk: Desk, call: Callable[..., Any]) -> None:
    told = call(
        Role.HANDLER, "post", f"/matters/{desk.handling().pk}/actions/check_materials/", {"lines": []}
    )
    assert [each["pointer"] for each in told.json()["errors"]] == ["#/version"]
