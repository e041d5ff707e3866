"""The stories, played by hand: every step by its person, typed into the real pages in a real browser."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.demo.parameters import enter_parameters
from tenants.demo.stories import s1, s2, s3, s6, variations
from tenants.demo.stories.stage import Script, Step, timed
from tenants.matters.models import Matter
from tenants.matters.states import State
from tenants.matters.workflow import TRANSITIONS
from tenants.referrals.models import Referral
from tenants.workbook import ladder
from tenants.workbook.summary import summarise
from tests import schemas
from tests.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PEOPLE = {
    (Role.WINDOW_CLERK, ""),
    (Role.WINDOW_LEAD, ""),
    (Role.HANDLER, "SB"),
    (Role.HANDLER, "YB"),
    (Role.HANDLER, "RS"),
    (Role.HANDLER, "SW"),
    (Role.DIRECTOR, ""),
    (Role.CALLER, ""),
}
ID = re.compile(r"/([0-9a-f-]{36})/")


@pytest.fixture
def act_out(transactional_db: None, live_server: Any, browser: Browser) -> Iterator[Callable[..., "Play"]]:
    """`act_out(centre)`: a stage in real pages, with everybody of PEOPLE in the centre."""
    plays: list[Play] = []

    def open_at(centre: Centre) -> Play:
        plays.append(Play(centre, browser, urlsplit(live_server.url).port or 80))
        return plays[-1]

    yield open_at
    for play in plays:
        play.end()


class Play:
    """People of one centre, each at a screen of their own, and what has come of the story so far."""

    def __init__(self, centre: Centre, browser: Browser, port: int) -> None:
        self.centre, self.browser, self.port = centre, browser, port
        self.site = f"http://{schemas.host_of(centre)}:{port}"
        self.desk = Desk(centre)
        self.names = {who: self.desk.staff(*who).username for who in sorted(PEOPLE)}
        self.screens: dict[str, tuple[BrowserContext, Page]] = {}
        self.consultation = self.matter = self.referral = ""
        self.failures: list[str] = []

    def screen(self, role: Role, department: str = "") -> Page:
        """The person's own browser, logged in through the login page at first use, but for the reporter."""
        if role == Role.REPORTER:
            return self.open()
        name = self.names[role, department]
        if name not in self.screens:
            page = self.open()
            page.goto(f"{self.site}/")
            page.fill("[name=username]", name)
            page.fill("[name=password]", schemas.PASSWORD)
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", name="工作台")).to_be_visible()
            self.screens[name] = (page.context, page)
        return self.screens[name][1]

    def open(self) -> Page:
        """A fresh browser profile at 1366×768 whose script errors count as failures."""
        context = self.browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        page = context.new_page()
        page.on("pageerror", lambda error: self.failures.append(str(error)))
        page.on("console", self._heard)
        return page

    def person(self, role: Role, department: str = "") -> str:
        """The account's id of whoever holds the role, as forms name people."""
        return str(self.desk.staff(role, department).pk)

    def step(self, step: Step) -> None:
        """Take one step of the story as its person would."""
        with in_centre(self.centre.code):
            data = step.typed(self)
        if step.who is None:
            self._sweep()
            return
        page = self.screen(step.who, step.department)
        match step.act.split("."):
            case ["track", name]:
                self._at_home(page, name, data)
            case ["consultation"]:
                self._submit(page, "/consultations/new/", data, until=re.compile(r"/consultations/$"))
                promote = page.locator('a[href*="/intake/?consultation="]').first
                self.consultation = (promote.get_attribute("href") or "").partition("=")[2]
            case ["register"]:
                query = f"?consultation={self.consultation}" if self.consultation else ""
                self._submit(page, f"/intake/{query}", data)
                self.matter = self._id(page)
            case ["referral", "draft"]:
                self._submit(page, f"/referrals/new/?matter={self.matter}", data)
                self.referral = self._id(page)
            case ["referral", name]:
                self._act(page, f"/referrals/{self.referral}/", name, data)
            case [name]:
                tab = TRANSITIONS[name].tab
                path = f"/matters/{self.matter}/" + (f"?tab={tab}" if tab else "")
                self._act(page, path, name, data, files=step.files)
        assert self.failures == [], step.title

    def dialog(self, page: Page, path: str, name: str) -> Locator:
        """Press the act's button on the page at `path`, behind “more” if it stands there: its dialog."""
        page.goto(self.site + path)
        button = page.locator(f'.acts a[href$="/act/{name}/"]')
        if not button.is_visible():
            page.locator(".more > summary").click()
        button.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator("form")).to_be_visible()
        return dialog

    def play(self, script: Script) -> None:
        """Every step at its time, for the server's threads as well."""
        for moment, step in timed(script, current_calendar()):
            with clock.everywhere_at(moment):
                self.step(step)

    def end(self) -> None:
        for context, _ in self.screens.values():
            context.close()

    @property
    def the_matter(self) -> UUID:
        return UUID(self.matter)

    def _sweep(self) -> None:
        with in_centre(self.centre.code):
            ladder.sweep()

    def _at_home(self, page: Page, name: str, data: Mapping[str, Any]) -> None:
        """What the reporter does with number and query code on a screen of their own."""
        with in_centre(self.centre.code):
            matter = Matter.objects.get(pk=self.matter)
        page.goto(f"{self.site}/track/")
        page.fill("[name=number]", matter.number)
        page.fill("[name=code]", matter.query_code)
        page.keyboard.press("Enter")
        part = page.locator(f"details#{name}")
        if part.get_attribute("open") is None:
            part.locator("summary").click()
        fill(part.locator("form"), data)
        part.locator("button[type=submit]").click()
        page.wait_for_url(f"**/track/matter/?done={name}")
        page.context.close()

    def _submit(self, page: Page, path: str, data: Mapping[str, Any], until: re.Pattern[str] = ID) -> None:
        page.goto(self.site + path)
        form = page.locator("main form[method=post]").first
        fill(form, data)
        form.locator("button[type=submit]").first.click()
        page.wait_for_url(until)

    def _act(
        self,
        page: Page,
        path: str,
        name: str,
        data: Mapping[str, Any],
        files: Mapping[str, Callable[[], bytes]] | None = None,
    ) -> None:
        dialog = self.dialog(page, path, name)
        fill(dialog.locator("form"), data)
        for field, make in (files or {}).items():
            upload = {"name": f"{field}.png", "mimeType": "image/png", "buffer": make()}
            dialog.locator(f'[name="{field}"]').set_input_files(upload)  # type: ignore[arg-type]
        with page.expect_navigation():
            dialog.locator("button[type=submit]").click()

    def _id(self, page: Page) -> str:
        found = ID.search(page.url)
        assert found, page.url
        return found[1]

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.failures.append(message.text)


def fill(form: Locator, data: Mapping[str, Any]) -> None:
    """Type `data` into the form by the names of its fields."""
    for name, value in data.items():
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            fill_rows(form, name, value)
            continue
        field = form.locator(f'[name="{name}"]')
        kind = field.first.evaluate("e => e.type || e.tagName.toLowerCase()")
        if kind in ("radio", "checkbox"):
            for each in value if isinstance(value, list) else [value]:
                box = (
                    field
                    if value is True or value == "on"
                    else form.locator(f'[name="{name}"][value="{each}"]')
                )
                box.first.check(force=True)
        elif kind == "select-one":
            field.select_option(str(value))
        elif kind != "hidden":
            field.fill(str(value))


def fill_rows(form: Locator, name: str, rows: list[dict[str, Any]]) -> None:
    """Type rows: into the one that has the row's name already, else one after the other."""
    named = form.locator(f'[name="{name}-name"]')
    there = named.evaluate_all("all => all.map(e => e.value)") if named.count() else []
    for number, row in enumerate(rows):
        known = row.get("name") in there
        place = there.index(row["name"]) if known else number
        for part, text in row.items():
            if known and part in ("id", "name"):
                continue
            field = form.locator(f'[name="{name}-{part}"]').nth(place)
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(text)
            else:
                field.fill(text)


def figures(centre: Centre) -> tuple[int, int]:
    """What the municipal office is shown of the city: registered and closed."""
    from bancheng.overview.models import Fact

    with in_centre(centre.code):
        summarise(centre.code)
    rows = Fact.objects.filter(centre=centre.code).values_list("registered", "closed")
    return sum(r for r, _ in rows), sum(c for _, c in rows)


def test_s1_the_city_brings_the_grant_home_by_letter(city: Centre, office: Centre, act_out: Any) -> None:
    before = figures(city)
    play = act_out(city)

    play.play(s1.script())

    with in_centre(city.code):
        matter = Matter.objects.get(pk=play.matter)
        referral = Referral.objects.get(pk=play.referral)
        assert (matter.state, matter.outcome) == (State.CLOSED, "done")
        assert (referral.state, referral.contacts.count()) == ("confirmed", 4)
    after = figures(city)
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)
    page = play.screen(Role.WINDOW_LEAD)
    page.goto(f"{play.site}/matters/{play.matter}/")
    expect(page.get_by_text("已销号").first).to_be_visible()
    page.goto(f"{play.site}/referrals/{play.referral}/letter/")
    expect(page.get_by_text(referral.number).first).to_be_visible()


def test_s3_a_consultation_becomes_a_matter_without_retyping(zhangbei: Centre, act_out: Any) -> None:
    play = act_out(zhangbei)
    with in_centre(zhangbei.code):
        enter_parameters()

    play.play(s3.script())

    with in_centre(zhangbei.code):
        matter = Matter.objects.select_related("reporter").get(pk=play.matter)
        assert matter.state == State.CLOSED
        assert str(matter.consultation) == play.consultation


def test_s2_no_photo_without_the_guardians_consent(zhangbei: Centre, act_out: Any) -> None:
    play = act_out(zhangbei)

    play.play(s2.script())

    with in_centre(zhangbei.code):
        matter = Matter.objects.get(pk=play.matter)
        assert (matter.state, matter.sensitive) == (State.CLOSED, True)
        evidence = matter.evidence.get(category="photo")
    page = play.screen(Role.HANDLER, "SB")
    shown = page.goto(f"{play.site}/matters/{play.matter}/evidence/{evidence.pk}/")
    assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
    hidden = play.screen(Role.HANDLER, "YB").goto(f"{play.site}/matters/{play.matter}/")
    assert hidden.status == 404


def test_s6_the_minutes_break_the_circle(zhangbei: Centre, act_out: Any) -> None:
    play = act_out(zhangbei)

    play.play(s6.script())

    with in_centre(zhangbei.code):
        matter = Matter.objects.get(pk=play.matter)
        assert (matter.state, matter.escalated) == (State.CLOSED, "director")
    page = play.screen(Role.WINDOW_LEAD)
    page.goto(f"{play.site}/matters/{play.matter}/?tab=coordination")
    expect(page.get_by_text("凭原始档案先行认定视同年限").first).to_be_visible()


@pytest.mark.parametrize("script", [variations.no_phone, variations.enterprise, variations.minor])
def test_other_reporters_are_answered_too(script: Any, zhangbei: Centre, act_out: Any) -> None:
    play = act_out(zhangbei)

    play.play(script())

    with in_centre(zhangbei.code):
        assert Matter.objects.get(pk=play.matter).state == State.CLOSED


def test_the_overview_shows_what_the_city_closed(city: Centre, office: Centre, act_out: Any) -> None:
    with in_centre(city.code):
        Desk(city).closed()
        summarise(city.code)
    analyst = schemas.make_staff(office, Role.CITY_ANALYST)
    play = act_out(city)
    page = play.open()
    page.goto(f"http://{schemas.host_of(office)}:{play.port}/")
    page.fill("[name=username]", analyst.username)
    page.fill("[name=password]", schemas.PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="全市总览")).to_be_visible()
    expect(page.locator("svg").first).to_be_visible()
    expect(page.get_by_text("100.0%").or_(page.get_by_text("样本不足")).first).to_be_visible()
    assert play.failures == []
    page.context.close()


def test_a_wrong_card_is_told_beside_its_field_and_nothing_is_lost(zhangbei: Centre, act_out: Any) -> None:
    play = act_out(zhangbei)
    page = play.screen(Role.WINDOW_CLERK)
    page.goto(f"{play.site}/intake/")
    form = page.locator("main form[method=post]").first
    fill(form, {"name": "欧阳示例", "identifier": "130722196003071234", "subject": "示例事由"})
    form.locator("button[type=submit]").first.click()

    expect(page.get_by_text("身份证号校验不通过").first).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("欧阳示例")
    expect(page.locator("[name=subject]")).to_have_value("示例事由")
    with in_centre(zhangbei.code):
        assert Matter.objects.count() == 0
