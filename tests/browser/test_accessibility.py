"""Nothing serious is wrong with any page, dialog or paper for people who cannot see it, as axe finds it."""

from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.casework import files
from tenants.casework.actions import evidence
from tenants.casework.models import Category, Purpose
from tenants.coordination import actions as coordination
from tenants.coordination.offices import Office
from tenants.demo.parameters import enter_parameters
from tenants.demo.stories import s1, s2, s3, s6
from tenants.demo.stories.stage import Stage, timed
from tenants.matters.models import Matter
from tenants.matters.panels import TABS
from tenants.matters.workflow import TRANSITIONS
from tests import papers, schemas
from tests.browser import axe
from tests.browser.play import Play

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

DESK, PHONE = ViewportSize(width=1366, height=768), ViewportSize(width=390, height=844)
PAGES = {
    Role.WINDOW_CLERK: (
        "/",
        "/intake/",
        "/consultations/",
        "/consultations/new/",
        "/referrals/",
        "/precedents/",
    ),
    Role.WINDOW_LEAD: (
        "/",
        "/workbook/",
        "/notices/",
        "/settings/limits/",
        "/settings/reckoning/",
        "/replies/after/",
        "/replies/texts/",
        "/zero-reports/",
        "/figures/index/",
        "/precedent-drafts/",
    ),
    Role.HANDLER: ("/", "/notices/"),
    Role.DIRECTOR: ("/",),
    Role.SUPERVISOR: ("/",),
    Role.AUDITOR: ("/audit/",),
}
OFFICE_PAGES = {
    Role.CITY_ANALYST: ("/", "/index/", "/zero-reports/", "/elsewhere/", "/precedents/"),
    Role.CITY_COORDINATOR: ("/board/", "/city-notices/"),
    Role.OPERATOR: ("/centres/", "/exchange/", "/outside-offices/", "/outside-offices/add/"),
}
SHOWN = {
    (s2, "resolve"): (
        ("facts", "evidence"),
        ("offer_alternative", "record_consent", "add_evidence", "merge", "restrict"),
    ),
    (s3, "resolve"): (
        ("materials", "guidance", "replies"),
        ("check_materials", "log_liaison", "explain_policy", "reckon", "contact"),
    ),
    (s6, "record_minutes"): (
        ("coordination", "referrals"),
        ("ask_support", "call_meeting", "record_minutes", "record_prerequisite"),
    ),
}
"""By story and the act before which it stops: the tabs that are looked at, and the dialogs."""


@pytest.fixture
def play(zhangbei: Centre, act_out: Any) -> Play:
    play: Play = act_out(zhangbei)
    return play


def told(story: ModuleType, centre: Centre, *, before: str = "resolve") -> Stage:
    """The story as far as the step `before`; the centre has everybody who plays in it."""
    with in_centre(centre.code):
        enter_parameters()
        stage = Stage()
        for moment, step in timed(story.script(), current_calendar()):
            if step.act == before:
                break
            with clock.at(moment):
                stage.play(step)
        return stage


def look(page: Page, url: str) -> None:
    """Judge what stands at the address, on the counter's screen and on a phone's."""
    page.set_viewport_size(DESK)
    shown = page.goto(url)
    assert shown, url
    assert shown.ok, url
    axe.check(page)
    page.set_viewport_size(PHONE)
    axe.check(page)


def test_the_login(play: Play) -> None:
    look(play.open(), f"{play.site}/login/")


@pytest.mark.parametrize("role", PAGES, ids=str)
def test_the_pages_of_a_centre(play: Play, role: Role) -> None:
    with in_centre(play.centre.code):
        play.desk.handling()
        play.desk.registered()
    play.names.setdefault((role, ""), play.desk.staff(role).username)
    page = play.screen(role, "SB" if role == Role.HANDLER else "")
    for path in PAGES[role]:
        look(page, play.site + path)


@pytest.mark.parametrize("role", OFFICE_PAGES, ids=str)
def test_the_pages_of_the_municipal_office(office: Centre, play: Play, role: Role) -> None:
    person = schemas.make_staff(office, role)
    site = f"http://{schemas.host_of(office)}:{play.port}"
    page = play.open()
    page.goto(f"{site}/login/")
    page.fill("[name=username]", person.username)
    page.fill("[name=password]", schemas.PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for path in OFFICE_PAGES[role]:
        look(page, site + path)
    page.context.close()


def test_what_helps_at_the_intake(play: Play) -> None:
    with in_centre(play.centre.code):
        play.desk.closed()
    page = play.screen(Role.WINDOW_CLERK)
    page.goto(f"{play.site}/intake/")
    page.select_option("[name=item_code]", "YL10")
    page.fill("[name=subject]", "遗属待遇多处询问未办成")
    expect(page.locator("#intake-help")).to_contain_text("死亡证明")
    axe.check(page)
    page.locator("main form[method=post] button[type=submit]").first.click()
    expect(page.locator(".field-error").first).to_be_visible()
    axe.check(page)


def open_dialog(play: Play, page: Page, matter: object, act: str) -> None:
    """Judge the dialog of an act, opened from the tab where its button stands."""
    tab = TRANSITIONS[act].tab
    play.dialog(page, f"/matters/{matter}/" + (f"?tab={tab}" if tab else ""), act)
    axe.check(page, within="#dialog")


@pytest.mark.parametrize(("story", "before"), SHOWN, ids=["S2", "S3", "S6"])
def test_a_matter_with_much_in_it(play: Play, story: ModuleType, before: str) -> None:
    matter = told(story, play.centre, before=before).trail.matter_id
    tabs, acts = SHOWN[story, before]
    page = play.screen(Role.WINDOW_LEAD)
    for tab in tabs:
        look(page, f"{play.site}/matters/{matter}/?tab={tab}")
    page.set_viewport_size(DESK)
    for act in acts:
        open_dialog(play, page, matter, act)


def test_the_tabs_of_a_matter_with_nothing_in_them(play: Play) -> None:
    with in_centre(play.centre.code):
        matter = play.desk.handling().pk
    page = play.screen(Role.WINDOW_LEAD)
    page.goto(f"{play.site}/matters/{matter}/")
    for tab in TABS:
        page.locator(f"#tab-{tab}").click()
        expect(page.locator(f"#tab-{tab}[aria-current]")).to_be_visible()
        axe.check(page, within="#tabs")


def test_dialogs_of_other_people_and_states(play: Play) -> None:
    with in_centre(play.centre.code):
        accepted, handling = play.desk.accepted(), play.desk.handling()
        resolved, unwanted = play.desk.resolved(), play.desk.registered()
    for role in (Role.SUPERVISOR, Role.DEPUTY):
        play.names[role, ""] = play.desk.staff(role).username
    for role, department, matter, act in (
        (Role.WINDOW_LEAD, "", accepted, "assign"),
        (Role.WINDOW_LEAD, "", unwanted, "triage"),
        (Role.WINDOW_LEAD, "", unwanted, "decline"),
        (Role.WINDOW_LEAD, "", handling, "extend"),
        (Role.HANDLER, "SB", handling, "ask_material"),
        (Role.HANDLER, "SB", handling, "request_signoff"),
        (Role.HANDLER, "SB", handling, "resolve"),
        (Role.SUPERVISOR, "", handling, "supervise"),
        (Role.DEPUTY, "", handling, "instruct"),
        (Role.WINDOW_CLERK, "", resolved, "reply"),
    ):
        open_dialog(play, play.screen(role, department), matter.pk, act)


def test_papers(play: Play) -> None:
    stage = told(s3, play.centre)
    with in_centre(play.centre.code):
        reckoned = Matter.objects.get(pk=stage.trail.matter_id)
        asked, replied, handling = (
            play.desk.awaiting_material(),
            play.desk.replied(),
            play.desk.handling(level=5),
        )
        coordination.supervise(
            matter_id=handling.pk, actor=play.desk.actor(Role.SUPERVISOR), demand="请按期办结。"
        )
        coordination.ask_support(
            matter_id=handling.pk,
            actor=play.desk.actor(Role.WINDOW_LEAD),
            office=Office("示例银行", "示例银行"),
            question="请核实是否到账。",
        )
        papers = [
            f"/matters/{reckoned.pk}/receipt/",
            f"/matters/{reckoned.pk}/materials/notice/",
            f"/matters/{reckoned.pk}/consent/paper/",
            f"/reckonings/{reckoned.reckonings.get().pk}/paper/",
            f"/material-requests/{asked.material_requests.get().pk}/notice/",
            f"/support/{handling.joint_parts.get().pk}/letter/",
            f"/supervision/{handling.supervision_orders.get().pk}/paper/",
            f"/replies/{replied.replies.get().pk}/letter/",
        ]
    page = play.screen(Role.WINDOW_LEAD)
    for path in papers:
        look(page, play.site + path)


def test_a_draft_and_what_is_seen_before_it_is_sent(city: Centre, play: Play) -> None:
    with in_centre(play.centre.code):
        fresh, drafted = play.desk.handling(level=5), play.desk.drafted(city.code)
        for matter in (fresh, drafted.matter):
            evidence.add_evidence(
                matter_id=matter.pk,
                actor=play.desk.actor(Role.WINDOW_CLERK),
                category=Category.CARD,
                purpose=Purpose.FILING,
                file=files.clean("户口簿.png", papers.picture("PNG")),
            )
    page = play.screen(Role.WINDOW_LEAD)
    look(page, f"{play.site}/referrals/new/?matter={fresh.pk}")
    page.set_viewport_size(DESK)
    page.select_option("[name=unit]", city.code)
    page.locator("[name=files]").first.check(force=True)
    expect(page.locator("#preview")).to_contain_text("户口簿.png")
    axe.check(page)
    page.goto(f"{play.site}/referrals/{drafted.pk}/")
    page.click(f"[hx-get$='/referrals/{drafted.pk}/act/send/']")
    expect(page.locator("#dialog .preview-box")).to_be_visible()
    axe.check(page, within="#dialog")


def test_a_referral_and_its_letter(city: Centre, act_out: Any) -> None:
    play = act_out(city)
    referral = f"/referrals/{told(s1, city, before='referral.confirm').trail.legs()[-1].referral_id}/"
    page = play.screen(Role.WINDOW_LEAD)
    for path in ("/referrals/", referral, f"{referral}letter/"):
        look(page, play.site + path)


def test_the_reporters_pages(play: Play) -> None:
    with in_centre(play.centre.code):
        replied = play.desk.replied()
    device = play.screen(Role.WINDOW_LEAD)
    for path in (f"/matters/{replied.pk}/rating/", "/rated/"):
        look(device, play.site + path)
    page = play.open()
    look(page, f"{play.site}/track/")
    page.fill("[name=number]", replied.number)
    page.fill("[name=code]", replied.query_code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/track/matter/")
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    axe.check(page)
    page.context.close()
