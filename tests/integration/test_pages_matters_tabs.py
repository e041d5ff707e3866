"""The tabs of a matter's page, what stands on top of it, and what all of it costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bancheng.catalogue.words import Mode
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import CENTRE_ROLES, Role
from tenants.coordination import actions as coordination
from tenants.coordination.models import Purpose
from tenants.matters import actions, panels
from tenants.matters.models import Event, Matter
from tenants.matters.states import State
from tests import schemas
from tests.desk import Desk

HTMX = {"HTTP_HX_REQUEST": "true"}
AT_MOST = 13


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf="tenants.urls", args=args)


def browser(desk: Desk, role: str, department: str = "") -> Client:
    return schemas.client_for(desk.centre, desk.staff(role, department))


def lengthen(matter: Matter, count: int) -> None:
    """Events as they come, without an act for each: only their number matters here."""
    last = matter.events.order_by("-seq")[0]
    Event.objects.bulk_create(
        Event(
            matter=matter,
            seq=last.seq + n,
            at=last.at,
            act="progress",
            from_state=matter.state,
            to_state=matter.state,
            holder=last.holder,
            holder_label=last.holder_label,
            actor_label="示例",
            note=f"第{n}次",
        )
        for n in range(1, count + 1)
    )
    Matter.objects.filter(pk=matter.pk).update(events_count=last.seq + count)


# --- Tabs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", sorted(set(panels.TABS) - {"materials"}))  # a checklist is never empty
def test_every_tab_opens_by_its_address_and_says_what_can_be_done_there(desk: Desk, tab: str) -> None:
    text = browser(desk, Role.WINDOW_LEAD).get(page("matter", desk.registered().pk), {"tab": tab})

    assert panels.EMPTY[tab] in text.content.decode()


@pytest.mark.parametrize("tab", ["facts", *panels.TABS])
def test_for_htmx_a_tab_is_a_fragment_and_else_leads_to_the_page(desk: Desk, tab: str) -> None:
    matter, client = desk.registered(), browser(desk, Role.WINDOW_LEAD)

    fragment = client.get(page("matter_tab", matter.pk, tab), **HTMX)
    without = client.get(page("matter_tab", matter.pk, tab))

    assert fragment.status_code == 200
    assert fragment.content.decode().lstrip().startswith("<section")
    assert without.headers["Location"] == page("matter", matter.pk) + (
        "" if tab == "facts" else f"?tab={tab}"
    )


def test_an_unknown_tab_is_not_found(desk: Desk) -> None:
    client, matter = browser(desk, Role.WINDOW_LEAD), desk.registered()

    assert client.get(page("matter_tab", matter.pk, "nonsense"), **HTMX).status_code == 404
    assert client.get(page("matter", matter.pk), {"tab": "nonsense"}).status_code == 200


def test_an_act_of_a_tab_stands_there_and_leads_back_there(desk: Desk) -> None:
    matter, client = desk.handling(), browser(desk, Role.DEPUTY)
    url = page("act", matter.pk, "instruct")

    assert url not in client.get(page("matter", matter.pk)).content.decode()
    assert url in client.get(page("matter", matter.pk), {"tab": "coordination"}).content.decode()
    done = client.post(url, {"text": "请抓紧办理。", "to": ["window"]})

    assert done.headers["Location"] == page("matter", matter.pk) + "?tab=coordination"


def test_the_number_beside_a_tab_counts_what_stands_there(desk: Desk) -> None:
    matter = desk.replied()

    text = browser(desk, Role.WINDOW_LEAD).get(page("matter", matter.pk)).content.decode()

    assert '答复与回访<span class="count">1</span>' in text


def test_rare_acts_are_folded_and_reasons_too(desk: Desk) -> None:
    matter = desk.handling()

    text = browser(desk, Role.WINDOW_LEAD).get(page("matter", matter.pk)).content.decode()

    menu = text.partition('<details class="more">')[2].partition("</details>")[0]
    assert page("act", matter.pk, "merge") in menu
    assert page("act", matter.pk, "restrict") in menu
    assert page("act", matter.pk, "contact") not in menu
    assert "现在还不能办的" in text


# --- What makes it unlike the next -------------------------------------------------------------------


def test_flags_and_facts_say_what_is_special(desk: Desk) -> None:
    matter = desk.handling()
    Matter.objects.filter(pk=matter.pk).update(
        sensitive=True,
        supervised=True,
        escalated="director",
        extensions=1,
        supporting=["YB"],
        unanswered=["YB"],
        case_leader=desk.actor(Role.DIRECTOR).id,
    )

    text = browser(desk, Role.WINDOW_LEAD).get(page("matter", matter.pk)).content.decode()

    for words in ("敏感件", "督办中", "已提级至中心主任", "延期1次", "待协办答复1家", "医保（待答复）"):
        assert words in text
    assert f"包案：{desk.staff(Role.DIRECTOR).name}" in text


def test_both_sides_of_a_merge_lead_to_each_other(desk: Desk) -> None:
    master, matter = desk.registered(), desk.registered()
    actions.merge(
        matter_id=matter.pk, actor=desk.actor(Role.WINDOW_LEAD), into=master.pk, reason="同一件事。"
    )
    client = browser(desk, Role.WINDOW_LEAD)

    merged = client.get(page("matter", matter.pk)).content.decode()
    taken = client.get(page("matter", master.pk)).content.decode()

    assert f"已并入{master.number}，随该件办理" in merged
    assert page("matter", master.pk) in merged
    assert page("matter", matter.pk) in taken


def test_a_paused_matter_says_whom_it_waits_for(desk: Desk) -> None:
    matter = desk.awaiting_material()

    text = browser(desk, Role.WINDOW_CLERK).get(page("matter", matter.pk)).content.decode()

    assert "待反映人补正，时钟已暂停" in text
    assert f'btn btn-primary" href="{page("act", matter.pk, "receive_material")}"' in text


def test_a_supporting_department_is_led_to_its_answer(desk: Desk) -> None:
    matter = desk.handling()
    Matter.objects.filter(pk=matter.pk).update(supporting=["YB"], unanswered=["YB"])

    text = browser(desk, Role.HANDLER, "YB").get(page("workbench")).content.decode()

    assert page("act", matter.pk, "answer_support") in text


# --- What it costs -----------------------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    client.get(url)  # what is remembered in the process is remembered
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_a_long_timeline_shows_its_newest_part_and_the_way_to_the_rest(desk: Desk) -> None:
    matter = desk.handling()
    lengthen(matter, 200)
    client = browser(desk, Role.HANDLER)

    part = client.get(page("matter", matter.pk)).content.decode()
    whole = client.get(page("matter", matter.pk), {"all": "1"}).content.decode()

    assert part.count('class="story-entry') == 50
    assert "显示全部" in part
    assert whole.count('class="story-entry') == 200 + matter.events_count
    assert "显示全部" not in whole


@pytest.mark.parametrize("role", sorted(CENTRE_ROLES))
def test_a_page_with_two_hundred_events_costs_twelve_queries_at_most(desk: Desk, role: Role) -> None:
    matter = desk.handling()
    lengthen(matter, 200)

    assert queries(browser(desk, role), page("matter", matter.pk)) <= AT_MOST


def test_the_page_costs_no_more_in_any_state(desk: Desk) -> None:
    matter = desk.handling(mode=Mode.SPECIAL)
    coordination.request_signoff(
        matter_id=matter.pk,
        actor=desk.actor(Role.HANDLER),
        purpose=Purpose.SPECIAL,
        basis="示例依据",
        risk="示例风险",
        precedent="已查，无先例。",
    )
    replied, closed = desk.replied(), desk.closed()
    lengthen(matter, 200)
    lengthen(replied, 200)
    lengthen(closed, 200)
    costs = {}
    for role in (Role.WINDOW_LEAD, Role.DIRECTOR, Role.DEPUTY, Role.CALLER):
        with in_centre(desk.centre.code):
            client = browser(desk, role)
        for each in (matter, replied, closed):
            costs[role, State(each.state)] = queries(client, page("matter", each.pk))
    assert {key: cost for key, cost in costs.items() if cost > AT_MOST} == {}


def test_what_stands_under_a_tab_costs_the_same_however_much_it_is(desk: Desk) -> None:
    matter = desk.handling()
    client = browser(desk, Role.DEPUTY)
    url = page("matter_tab", matter.pk, "coordination")
    counts = []
    for many in (1, 5):
        with in_centre(desk.centre.code):
            for n in range(many):
                coordination.instruct(
                    matter_id=matter.pk, actor=desk.actor(Role.DEPUTY), text=f"第{n}条", to=["window"]
                )
        client.get(url, **HTMX)
        with CaptureQueriesContext(connection) as asked:
            client.get(url, **HTMX)
        counts.append(len(asked))
    assert counts[0] == counts[1]
