"""The workbook, the search that leads into it, and the audit trail."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from bancheng.catalogue.words import Kind, ReporterKind
from bancheng.centres import anchors
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import CENTRE_ROLES, Role
from bancheng.privacy import audit
from bancheng.privacy.models import AuditEntry
from bancheng.timekeeping import clock
from tenants.matters.models import NumberSeries
from tenants.referrals import sending
from tests import schemas
from tests.desk import REPORTER, STORY, Desk, card

ANOTHER = {"name": "另一人", "identifier": card(serial="456"), "phone": "13900009999"}


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf="tenants.urls", args=args)


def browser(desk: Desk, role: str = Role.WINDOW_LEAD, department: str = "") -> Client:
    with in_centre(desk.centre.code):
        return schemas.client_for(desk.centre, desk.staff(role, department))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def numbers_in(text: str) -> list[str]:
    """The numbers in the book's first column, from top to bottom."""
    return re.findall(r'data-label="编号"[^>]*><a[^>]*>([^<]+)</a>', text)


# --- The book ----------------------------------------------------------------------------------------


def test_every_number_is_in_the_book_and_the_parts_add_up(desk: Desk) -> None:
    book = [desk.registered(), desk.declined(), desk.withdrawn(), desk.closed()]

    text = text_of(browser(desk).get(page("workbook")))

    assert numbers_in(text) == [matter.number for matter in reversed(book)]
    assert "编至第 <span" in text
    assert "编号连续无缺" in text
    assert "合计 <strong>4</strong> 件：未办结 1，已销号 1，不予受理 1，已撤回 1" in text


def test_a_missing_number_is_told(desk: Desk) -> None:
    desk.registered()
    NumberSeries.objects.filter(series="matter").update(last=2)

    text = text_of(browser(desk).get(page("workbook")))

    assert "在簿 1 件，件数与编号不符" in text
    assert "编号连续无缺" not in text


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES))
def test_the_book_shows_reporters_masked_to_each_role(desk: Desk, role: str) -> None:
    matter = desk.handling()

    text = text_of(browser(desk, role).get(page("workbook")))

    assert numbers_in(text) == [matter.number]
    assert "欧*" in text
    for clear in (REPORTER.name, REPORTER.identifier, REPORTER.phone):
        assert clear not in text


FILTERS: dict[str, Callable[[], dict[str, str]]] = {
    "open": lambda: {"state": "open"},
    "state": lambda: {"state": "handling"},
    "kind": lambda: {"kind": "hard"},
    "item": lambda: {"item": "YL10"},
    "department": lambda: {"department": "SB"},
    "light": lambda: {"light": "green"},
    "since": lambda: {"since": clock.today().isoformat()},
    "until": lambda: {"until": clock.today().isoformat()},
    "several": lambda: {"state": "open", "kind": "hard", "department": "SB"},
}
MISSES: dict[str, Callable[[], dict[str, str]]] = {
    "ended": lambda: {"state": "ended"},
    "state": lambda: {"state": "closed"},
    "kind": lambda: {"kind": "urgent"},
    "item": lambda: {"item": "YL01"},
    "department": lambda: {"department": "YB"},
    "light": lambda: {"light": "red"},
    "since": lambda: {"since": (clock.today() + timedelta(days=1)).isoformat()},
    "until": lambda: {"until": (clock.today() - timedelta(days=1)).isoformat()},
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_in_the_address_finds(desk: Desk, name: str) -> None:
    matter = desk.handling(level=5)
    browser_ = browser(desk)
    with in_centre(desk.centre.code):
        desk.staff(Role.HANDLER, "YB")

    text = text_of(browser_.get(page("workbook"), FILTERS[name]()))

    assert numbers_in(text) == [matter.number]


@pytest.mark.parametrize("name", MISSES)
def test_a_filter_in_the_address_leaves_out(desk: Desk, name: str) -> None:
    desk.handling(level=5)

    text = text_of(browser(desk).get(page("workbook"), MISSES[name]()))

    assert numbers_in(text) == []
    assert "没有符合条件的反映件" in text
    assert "清除条件" in text


def test_a_wrong_filter_is_told_and_narrows_nothing(desk: Desk) -> None:
    matter = desk.registered()

    text = text_of(browser(desk).get(page("workbook"), {"since": "2026-02-30", "kind": "x"}))

    assert numbers_in(text) == [matter.number]
    assert "登记自：日期不对" in text
    assert "类别：请从列表中选择。" in text


def test_dates_the_wrong_way_round_are_told(desk: Desk) -> None:
    desk.registered()

    text = text_of(browser(desk).get(page("workbook"), {"since": "2026-11-24", "until": "2026-11-01"}))

    assert "截止日期早于起始日期" in text


def test_the_book_is_read_in_either_order(desk: Desk) -> None:
    book = [desk.registered().number for _ in range(3)]
    client = browser(desk)

    assert numbers_in(text_of(client.get(page("workbook")))) == book[::-1]
    assert numbers_in(text_of(client.get(page("workbook"), {"sort": "number"}))) == book


def test_the_book_is_ordered_by_due_date_with_those_without_at_the_end(desk: Desk) -> None:
    late, none, soon = desk.accepted(level=5), desk.registered(), desk.accepted(level=2)
    client = browser(desk)

    assert numbers_in(text_of(client.get(page("workbook"), {"sort": "due"}))) == [
        soon.number,
        late.number,
        none.number,
    ]
    assert numbers_in(text_of(client.get(page("workbook"), {"sort": "-due"}))) == [
        late.number,
        soon.number,
        none.number,
    ]


def test_a_light_that_is_filtered_by_is_the_light_that_is_shown(desk: Desk) -> None:
    for level in (1, 2, 3, 4, 5):
        desk.accepted(level=level)
    client = browser(desk)

    for days in (0, 1, 3, 5, 7, 8, 9, 12, 14, 16, 18, 20, 22, 25):
        with clock.at(clock.now() + timedelta(days=days)):
            shown = text_of(client.get(page("workbook")))
            lights = re.findall(r'class="light light-(\w+)"', shown)
            for colour in ("green", "amber", "red"):
                found = numbers_in(text_of(client.get(page("workbook"), {"light": colour})))
                assert len(found) == lights.count(colour), (days, colour)


def test_pages_keep_the_filters(desk: Desk) -> None:
    for _ in range(21):
        desk.registered()
    client = browser(desk)

    first = text_of(client.get(page("workbook"), {"state": "open"}))
    second = text_of(client.get(page("workbook"), {"state": "open", "page": "2"}))

    assert 'href="?state=open&amp;page=2"' in first
    assert len(numbers_in(first)) == 20
    assert len(numbers_in(second)) == 1
    assert "合计 <strong>21</strong> 件" in second


def test_the_queries_of_the_book_do_not_grow(desk: Desk, django_assert_max_num_queries: Any) -> None:
    desk.handling()
    client = browser(desk)
    client.get(page("workbook"))
    with django_assert_max_num_queries(60) as few:
        client.get(page("workbook"))
    with in_centre(desk.centre.code):
        for _ in range(8):
            desk.handling()
    with django_assert_max_num_queries(len(few)):
        assert len(numbers_in(text_of(client.get(page("workbook"))))) == 9


def test_department_staff_read_their_part_of_the_book(desk: Desk) -> None:
    ours, theirs = desk.handling(), desk.accepted()
    with in_centre(desk.centre.code):
        desk.staff(Role.HANDLER, "YB")
        desk.assign(theirs.pk, department="YB")

    text = text_of(browser(desk, Role.HANDLER).get(page("workbook")))

    assert numbers_in(text) == [ours.number]
    assert "编号连续无缺" not in text, "the numbers are the whole centre's"


def test_an_empty_book_says_what_to_do(desk: Desk) -> None:
    assert "登记即编号入簿" in text_of(browser(desk, Role.WINDOW_CLERK).get(page("workbook")))
    assert "交办到您所在部门" in text_of(browser(desk, Role.HANDLER).get(page("workbook")))


def test_another_centres_matters_are_not_in_the_book(desk: Desk, yuxian: Any) -> None:
    with in_centre(yuxian.code):
        matter = Desk(yuxian).registered()

    assert matter.number not in text_of(browser(desk).get(page("workbook")))


# --- The search --------------------------------------------------------------------------------------


def searched(client: Client, words: str, query: str = "") -> Any:
    return client.post(page("search") + query, {"q": words}, follow=True)


@pytest.mark.parametrize("words", [REPORTER.name, REPORTER.identifier, REPORTER.phone, "遗属待遇", "0001"])
def test_the_search_finds_by_person_subject_and_part_of_a_number(desk: Desk, words: str) -> None:
    matter = desk.registered()
    desk.registered(
        reporter=replace(REPORTER, **ANOTHER), story=replace(STORY, subject="别的事", kind=Kind.URGENT)
    )

    response = searched(browser(desk), words)

    assert numbers_in(text_of(response)) == [matter.number]


def test_an_enterprise_with_a_figure_in_its_name_is_found_by_it(desk: Desk) -> None:
    name = "示例第3建筑有限公司"
    matter = desk.registered(
        reporter=replace(REPORTER, kind=ReporterKind.ENTERPRISE, name=name, identifier="")
    )

    assert numbers_in(text_of(searched(browser(desk), name))) == [matter.number]


@pytest.mark.parametrize("words", [REPORTER.name, REPORTER.identifier, REPORTER.phone])
def test_what_is_searched_for_stands_in_no_address_and_in_no_clear_row(desk: Desk, words: str) -> None:
    desk.registered()

    response = searched(browser(desk), words)

    (address, _), *more = response.redirect_chain
    assert not more
    assert re.fullmatch(rf"{page('workbook')}\?find=[0-9a-f]{{8}}", address)
    for link in re.findall(r'(?:href|action)="([^"]*)"', text_of(response)):
        assert words not in link
    with in_centre(desk.centre.code):
        for session in Session.objects.all():
            assert words not in str(session.get_decoded())


def test_both_search_boxes_post(desk: Desk) -> None:
    text = text_of(browser(desk).get(page("workbook")))

    for form in re.findall(r'<form[^>]*(?:top-search|class="finder")[^>]*>', text):
        assert 'method="post"' in form
        assert f'action="{page("search")}"' in form
    assert text.count('name="q"') == 2


def test_a_query_in_the_address_searches_for_nothing(desk: Desk) -> None:
    desk.registered()
    client = browser(desk)

    assert client.get(page("search"), {"q": REPORTER.identifier}).headers["Location"] == page("workbook")
    text = text_of(client.get(page("workbook"), {"q": "没有这样的字"}))
    assert len(numbers_in(text)) == 1


def test_a_search_can_be_narrowed_paged_and_gone_back_to(desk: Desk) -> None:
    for _ in range(21):
        desk.registered()
    client = browser(desk)

    (address, _), *_ = searched(client, REPORTER.phone, "?state=open&page=2").redirect_chain
    first, again = text_of(client.get(address)), text_of(client.get(address))

    assert address.startswith(page("workbook") + "?state=open&find=")
    assert numbers_in(first) == numbers_in(again)
    assert f'value="{REPORTER.phone}"' in first
    assert len(numbers_in(text_of(client.get(f"{address}&page=2")))) == 1
    assert 'name="find" value="' in first, "the filters keep the search"


def test_the_key_of_a_search_opens_nothing_for_others(desk: Desk) -> None:
    desk.registered()
    (address, _), *_ = searched(browser(desk), REPORTER.phone).redirect_chain

    text = text_of(browser(desk, Role.WINDOW_CLERK).get(address))

    assert "这次查找已失效" in text
    assert REPORTER.phone not in text


@pytest.mark.parametrize(
    "spelt", ["{}", " {} ", "张北社反[{year}]0001号", "张北社反（{year}）0001号", "bf130722-{year}-000001"]
)
def test_a_whole_number_leads_straight_to_its_matter(desk: Desk, spelt: str) -> None:
    matter = desk.registered()
    words = spelt.format(matter.number, year=clock.today().year)

    response = browser(desk).post(page("search"), {"q": words})

    assert response.headers["Location"] == page("matter", matter.pk)


def test_the_number_of_a_referral_leads_to_it(desk: Desk) -> None:
    matter = desk.handling()
    draft = sending.draft(
        matter_id=matter.pk, actor=desk.actor(Role.HANDLER), unit="130000", reason="示例", requested="示例"
    )
    referral = sending.send(referral_id=draft.pk, actor=desk.actor(Role.WINDOW_LEAD))

    response = browser(desk).post(page("search"), {"q": referral.number})

    assert response.headers["Location"] == page("referral", referral.pk)


def test_the_number_of_another_departments_matter_leads_nowhere(desk: Desk) -> None:
    matter = desk.handling()

    response = searched(browser(desk, Role.HANDLER, "YB"), matter.number)

    assert numbers_in(text_of(response)) == []
    assert response.redirect_chain[0][0].startswith(page("workbook"))


@pytest.mark.parametrize("words", ["？", "%", "_", "\0", "'; drop table", "\\", "〔〕", "x" * 500, "👀"])
def test_odd_words_find_nothing_and_break_nothing(desk: Desk, words: str) -> None:
    desk.registered()

    response = searched(browser(desk), words)

    assert response.status_code == 200
    assert numbers_in(text_of(response)) == [] or words in ("\0",)


def test_nothing_searched_for_is_the_whole_book(desk: Desk) -> None:
    response = searched(browser(desk), "  ")

    assert response.redirect_chain == [(page("workbook"), 302)]


# --- The audit trail ---------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES - {Role.AUDITOR}))
def test_the_trail_is_the_auditors_alone(desk: Desk, role: str) -> None:
    client = browser(desk, role)

    assert client.get(page("audit")).status_code == 403
    assert client.post(page("audit_verify")).status_code == 403
    assert page("audit") not in text_of(client.get(page("workbook")))


def test_the_trail_says_who_did_what_to_what_and_why(desk: Desk) -> None:
    matter = desk.registered()
    browser(desk, Role.WINDOW_CLERK).post(
        page("unmask", matter.pk), {"fields_wanted": ["phone"], "reason": "电话核实材料"}
    )

    text = text_of(browser(desk, Role.AUDITOR).get(page("audit")))

    assert desk.staff(Role.WINDOW_CLERK).name in text
    for part in ("反映件·登记", "查看个人信息", "电话核实材料", "内容：联系电话", f"{matter.number}反映人"):
        assert part in text
    assert REPORTER.phone not in text


def rows_in(text: str) -> int:
    return text.count('data-label="序号"')


def test_the_trail_is_narrowed_by_act_actor_and_days(desk: Desk) -> None:
    desk.triaged()
    client, clerk = browser(desk, Role.AUDITOR), desk.staff(Role.WINDOW_CLERK)

    def found(**query: str) -> int:
        return rows_in(text_of(client.get(page("audit"), query)))

    assert found() == 2
    assert found(act="matter.triage") == 1
    assert found(actor=str(clerk.pk)) == 1
    assert found(actor=str(clerk.pk), act="matter.triage") == 0
    assert found(since=clock.today().isoformat()) == 2
    assert found(until=(clock.today() - timedelta(days=1)).isoformat()) == 0


def test_the_trail_of_a_matter_holds_its_reporter_and_its_referrals(desk: Desk) -> None:
    matter, _ = desk.handling(), desk.registered()
    sending.draft(
        matter_id=matter.pk, actor=desk.actor(Role.HANDLER), unit="130000", reason="示例", requested="示例"
    )
    browser(desk, Role.WINDOW_CLERK).post(
        page("unmask", matter.pk), {"fields_wanted": ["phone"], "reason": "电话核实材料"}
    )

    text = text_of(browser(desk, Role.AUDITOR).get(page("audit"), {"matter": str(matter.pk)}))

    assert text.count("反映件·登记</td>") == 1
    assert text.count("转办·起草</td>") == 1
    assert text.count("查看个人信息</td>") == 1
    assert f'只看 <a href="{page("matter", matter.pk)}">' in text


@pytest.mark.parametrize("query", [{"actor": "x"}, {"act": "x"}, {"matter": "7"}, {"since": "x"}])
def test_a_wrong_filter_of_the_trail_breaks_nothing(desk: Desk, query: dict[str, str]) -> None:
    desk.registered()

    response = browser(desk, Role.AUDITOR).get(page("audit"), query)

    assert response.status_code == 200
    assert rows_in(text_of(response)) == 1


def test_the_queries_of_the_trail_do_not_grow(desk: Desk, django_assert_max_num_queries: Any) -> None:
    desk.registered()
    client = browser(desk, Role.AUDITOR)
    client.get(page("audit"))
    with django_assert_max_num_queries(60) as few:
        client.get(page("audit"))
    with in_centre(desk.centre.code):
        for _ in range(8):
            desk.registered()
    with django_assert_max_num_queries(len(few)):
        assert rows_in(text_of(client.get(page("audit")))) == 9


def test_a_trail_that_holds_is_said_to_and_the_check_is_entered(desk: Desk) -> None:
    desk.registered()

    response = browser(desk, Role.AUDITOR).post(page("audit_verify"), HTTP_HX_REQUEST="true")

    assert "审计记录完整：共1条" in text_of(response)
    assert "<html" not in text_of(response)
    with in_centre(desk.centre.code):
        entry = AuditEntry.objects.get(act="audit.verified")
    assert entry.data == {"through": 1, "result": "完整"}


def test_a_changed_entry_is_found_out(desk: Desk) -> None:
    desk.registered()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_auditentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE privacy_auditentry SET actor_label = '别人'")
        cursor.execute("ALTER TABLE privacy_auditentry ENABLE TRIGGER USER")

    response = browser(desk, Role.AUDITOR).post(page("audit_verify"), follow=True)

    assert "审计记录不完整：第1条的内容与其校验值不符" in text_of(response)


def test_a_cut_trail_is_found_out_by_what_is_kept_outside(desk: Desk) -> None:
    desk.registered()
    seq, digest = audit.head()
    anchors.anchor(centre=desk.centre.code, heads=[anchors.Head(anchors.AUDIT, seq + 3, digest)])

    response = browser(desk, Role.AUDITOR).post(page("audit_verify"), follow=True)

    assert "与库外留存的第4条校验值不符" in text_of(response)
