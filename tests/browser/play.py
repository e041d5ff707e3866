"""A story in real pages: people of several centres, each at a tab of their own, typing what the steps say."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.exchange import dispatch
from bancheng.exchange.models import Inbox
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.demo.accounts import CENTRE_DESKS, PASSWORD
from tenants.demo.stories.stage import EVERY, OFFICE, Script, Step, timed
from tenants.demo.stories.trail import Trail
from tenants.matters.models import Matter
from tenants.matters.workflow import TRANSITIONS
from tenants.workbook import ladder
from tests import schemas
from tests.desk import Desk

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
DRAFT = re.compile(r"/precedent-drafts/[0-9a-f-]{36}/$")


class Play:
    """People of a story's centres in one browser, and what has come of the story so far.

    All tabs share what the browser keeps of styles and scripts; whoever is asked for is the one logged in at
    that centre's host.
    """

    def __init__(self, centre: Centre, browser: Browser, port: int) -> None:
        self.centre, self.browser, self.port = centre, browser, port
        self.site = self.site_of(centre)
        self.desk = Desk(centre)
        self.names = {who: self.desk.staff(*who).username for who in sorted(PEOPLE)}
        self.trail = Trail(centre.code)
        self.failures: list[str] = []
        self.far: dict[str, str] = {}
        """Centres of another deployment: by code, where their pages are."""
        self._desks = {centre.code: self.desk}
        self._tabs: dict[tuple[str, str], Page] = {}
        self._shared: BrowserContext | None = None

    def site_of(self, centre: Centre) -> str:
        return f"http://{schemas.host_of(centre)}:{self.port}"

    def desk_of(self, code: str) -> Desk:
        """The people of a centre, or the office, that the story comes to; everybody of PEOPLE is there."""
        if code not in self._desks:
            self._desks[code] = Desk(schemas.centre(code))
            for who in sorted(PEOPLE) if code != OFFICE else ():
                self._desks[code].staff(*who)
        return self._desks[code]

    def screen(self, role: Role, department: str = "", *, centre: str = "") -> Page:
        """The person's own tab, logged in at the centre's host; the reporter's is a browser of its own."""
        if role == Role.REPORTER:
            return self.open()
        if centre in self.far:
            return self._screen_there(centre, role, department)
        desk = self.desk_of(centre or self.centre.code)
        person = desk.staff(role, department)
        tab = desk.centre.code, person.username
        if tab not in self._tabs:
            self._shared = self._shared or self._context()
            self._tabs[tab] = self._listen(self._shared.new_page())
        page = self._tabs[tab]
        session = schemas.client_for(desk.centre, person).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.site_of(desk.centre)}
        page.context.add_cookies([cookie])  # type: ignore[list-item]  # its TypedDict is private
        return page

    def open(self) -> Page:
        """A fresh browser profile at 1366×768 whose script errors count as failures."""
        return self._listen(self._context().new_page())

    def step(self, step: Step) -> None:
        """Take one step of the story as its person would; what it posts is delivered."""
        code = OFFICE if step.act.startswith("board.") else step.centre or self.centre.code
        with in_centre(self.centre.code if code in self.far else code):
            data = step.typed(Here(self, code))
        if code in self.far:
            self._take_there(step, code, data)
        elif step.who is None:
            with in_centre(code):
                ladder.sweep()
        else:
            page = self.screen(step.who, step.department, centre=code)
            self._take(step, page, code, data)
        dispatch.run_due()
        assert self.failures == [], step.title

    def dialog(self, page: Page, path: str, name: str, *, site: str = "") -> Locator:
        """Press the act's button on the page at `path`, behind “more” if it stands there: its dialog."""
        page.goto((site or self.site) + path, wait_until="domcontentloaded")
        button = page.locator(f'.acts a[href$="/act/{name}/"]')
        if not button.is_visible():
            page.locator(".more > summary").click()
        return self._opened(page, button)

    def play_now(self, script: Script) -> None:
        """Every step at the time it is: another deployment's clock cannot be set from here."""
        for step in script:
            self.step(step)

    def play(self, script: Script, *, watch: Callable[[Step], None] | None = None) -> None:
        """Every step at its time, for the server's threads as well; `watch` looks on after each."""
        for moment, step in timed(script, current_calendar()):
            with clock.everywhere_at(moment):
                self.step(step)
                if watch is not None:
                    watch(step)

    def end(self) -> None:
        if self._shared is not None:
            self._shared.close()

    @property
    def consultation(self) -> str:
        return str(self.trail.consultation_id or "")

    @property
    def matter(self) -> str:
        """The id of the story's matter at home."""
        return str(self.trail.matter_id or "")

    @matter.setter
    def matter(self, matter_id: str) -> None:
        self.trail.matter_id = UUID(matter_id)

    @property
    def referral(self) -> str:
        """The id of the last referral that home has sent."""
        return str(self.trail.referral_at(self.centre.code))

    def _take(self, step: Step, page: Page, code: str, data: Mapping[str, Any]) -> None:
        site = self.site_of(schemas.centre(code))
        match step.act.split("."):
            case ["track", name]:
                self._at_home(page, name, data)
            case ["board", name]:
                page.goto(f"{site}/board/{self.trail.case_for(name)}/", wait_until="domcontentloaded")
                self._send(page, self._opened(page, page.locator(f'.board-acts a[href$="/{name}/"]')), data)
            case ["consultation"]:
                self._submit(page, f"{site}/consultations/new/", data, until=re.compile(r"/consultations/$"))
                promote = page.locator('a[href*="/intake/?consultation="]').first
                self.trail.consultation_id = UUID((promote.get_attribute("href") or "").partition("=")[2])
            case ["precedent", name]:
                self._precedent(step, name, page, site, code, data)
            case ["register"]:
                query = f"?consultation={self.consultation}" if self.consultation else ""
                self._submit(page, f"{site}/intake/{query}", data)
                self.trail.begin(code, UUID(self._id(page)))
            case ["referral", "draft"]:
                self._submit(page, f"{site}/referrals/new/?matter={self.trail.matter_at(code)}", data)
            case ["referral", name] if step.refused:
                page.goto(f"{site}/referrals/{self.trail.referral_at(code, name)}/")
                expect(page.locator(".acts-closed").get_by_text(step.refused)).to_be_visible()
            case ["referral", name]:
                path = f"/referrals/{self.trail.referral_at(code, name)}/"
                self._send(page, self.dialog(page, path, name, site=site), data, step.files)
            case [name]:
                path = f"/matters/{self.trail.matter_at(code)}/" + _tab(name)
                self._send(page, self.dialog(page, path, name, site=site), data, step.files)

    def _precedent(
        self, step: Step, name: str, page: Page, site: str, code: str, data: Mapping[str, Any]
    ) -> None:
        """Written down, reviewed, published; or, beside another matter, found helpful."""
        matter, draft = f"{site}/matters/{self.trail.matter_at(code)}/", self.trail.draft_id
        if name == "helped":
            page.goto(f"{matter}?tab=precedents", wait_until="domcontentloaded")
            page.locator(f'form[action$="/{draft}/helped/"] button').click()
            expect(page.get_by_text("已记：对此件有帮助")).to_be_visible()
        elif name == "draft" and step.refused:
            page.goto(f"{matter}precedent/", wait_until="domcontentloaded")
            form = page.locator("#precedent-form")
            fill(form, data)
            form.locator("button[type=submit]").click()
            expect(form.get_by_text(step.refused).first).to_be_visible()
            for field, typed in data.items():
                expect(form.locator(f'[name="{field}"]')).to_have_value(typed)
        elif name == "draft":
            self._submit(page, f"{matter}precedent/", data, until=DRAFT)
            self.trail.draft_id = UUID(self._id(page))
        else:
            page.goto(f"{site}/precedent-drafts/{draft}/", wait_until="domcontentloaded")
            self._send(page, self._opened(page, page.locator(f'.acts a[href$="/{draft}/{name}/"]')), data)

    def _screen_there(self, centre: str, role: Role, department: str) -> Page:
        """The tab of one of the demo's people, each with a profile of their own at that deployment."""
        desk = next(d for d in CENTRE_DESKS if d.role == role and department in ("", d.department))
        tab = centre, desk.username
        if tab not in self._tabs:
            self._tabs[tab] = self.open()
            log_in(self._tabs[tab], self.far[centre], desk.username, password=PASSWORD)
        return self._tabs[tab]

    def _take_there(self, step: Step, code: str, data: Mapping[str, Any]) -> None:
        """What a person of another deployment does there, until home has heard of it."""
        assert step.who is not None
        page = self.screen(step.who, step.department, centre=code)
        site, case_id = self.far[code].rstrip("/"), self.trail.referral_at(self.centre.code)
        path, before = f"/referrals/{case_id}/", _heard_of(case_id, code)
        match step.act.split("."):
            case ["referral", name]:
                self._send(page, self.dialog(page, path, name, site=site), data, step.files)
                deadline = time.monotonic() + PATIENCE_SECONDS
                while _heard_of(case_id, code) == before:
                    assert time.monotonic() < deadline, step.title
                    time.sleep(0.1)
            case [name]:
                there = self._matter_there(page, site, path) + _tab(name)
                self._send(page, self.dialog(page, there, name, site=site), data, step.files)

    def _matter_there(self, page: Page, site: str, path: str) -> str:
        page.goto(site + path, wait_until="domcontentloaded")
        return page.locator('main a[href^="/matters/"]').first.get_attribute("href") or ""

    def _at_home(self, page: Page, name: str, data: Mapping[str, Any]) -> None:
        """What the reporter does with number and query code on a screen of their own."""
        self.track(page)
        part = page.locator(f"details#{name}")
        if part.get_attribute("open") is None:
            part.locator("summary").click()
        fill(part.locator("form"), data)
        part.locator("button[type=submit]").click()
        page.wait_for_url(f"**/track/matter/?done={name}")
        page.context.close()

    def track(self, page: Page) -> None:
        """Open the reporter's own page by the one number and query code that home has given."""
        with in_centre(self.centre.code):
            matter = Matter.objects.get(pk=self.matter)
        page.goto(f"{self.site}/track/")
        if page.locator("[name=number]").count():  # else it still knows who asked
            page.fill("[name=number]", matter.number)
            page.fill("[name=code]", matter.query_code)
            page.keyboard.press("Enter")
        expect(page.get_by_text(matter.number).first).to_be_visible()

    def _submit(self, page: Page, address: str, data: Mapping[str, Any], until: re.Pattern[str] = ID) -> None:
        page.goto(address, wait_until="domcontentloaded")
        form = page.locator("main form[method=post]").first
        fill(form, data)
        form.locator("button[type=submit]").first.click()
        page.wait_for_url(until, wait_until="domcontentloaded")

    def _opened(self, page: Page, button: Locator) -> Locator:
        button.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator("form")).to_be_visible()
        return dialog

    def _send(
        self,
        page: Page,
        dialog: Locator,
        data: Mapping[str, Any],
        files: Mapping[str, Callable[[], bytes]] | None = None,
    ) -> None:
        fill(dialog.locator("form"), data)
        for field, make in (files or {}).items():
            upload = {"name": f"{field}.png", "mimeType": "image/png", "buffer": make()}
            dialog.locator(f'[name="{field}"]').set_input_files(upload)  # type: ignore[arg-type]
        with page.expect_navigation(wait_until="domcontentloaded"):
            dialog.locator("button[type=submit]").click()

    def _id(self, page: Page) -> str:
        found = ID.search(page.url)
        assert found, page.url
        return found[1]

    def _context(self) -> BrowserContext:
        return self.browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")

    def _listen(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.failures.append(str(error)))
        page.on("console", self._heard)
        return page

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.failures.append(message.text)


class Here:
    """The cast of one centre, as forms name people and things."""

    def __init__(self, play: Play, code: str) -> None:
        self.play, self.code = play, code

    @property
    def the_matter(self) -> UUID:
        matter_id = self.play.trail.matter_at(self.code)
        assert matter_id is not None
        return matter_id

    def person(self, role: Role, department: str = "") -> str:
        return str(self.play.desk_of(self.code).staff(role, department).pk)


PATIENCE_SECONDS = 120.0
"""How long another deployment's workers may take; they take a moment."""


def _tab(act: str) -> str:
    """The query that opens the tab under which an act stands."""
    tab = TRANSITIONS[act].tab
    return f"?tab={tab}" if tab else ""


def _heard_of(case_id: UUID, source: str) -> int:
    return Inbox.objects.filter(case_id=case_id, source=source, state=Inbox.State.APPLIED).count()


def fill(form: Locator, data: Mapping[str, Any]) -> None:
    """Type `data` into the form by the names of its fields."""
    for name, value in data.items():
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            fill_rows(form, name, value)
            continue
        field = form.locator(f'[name="{name}"]')
        if value == EVERY:
            for box in field.all():
                tick(box)
            continue
        kind = field.first.evaluate("e => e.type || e.tagName.toLowerCase()")
        if kind in ("radio", "checkbox"):
            for each in value if isinstance(value, list) else [value]:
                box = (
                    field
                    if value is True or value == "on"
                    else form.locator(f'[name="{name}"][value="{each}"]')
                )
                tick(box.first)
        elif kind == "select-one":
            field.select_option(str(value))
        elif kind != "hidden":
            field.fill(str(value))


def tick(box: Locator) -> None:
    """With the keyboard: a page that is still being laid out moves away under a pointer."""
    if not box.is_checked():
        box.press("Space")
    expect(box).to_be_checked()


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


def log_in(
    page: Page, site: str, username: str, *, heading: str = "工作台", password: str = schemas.PASSWORD
) -> None:
    """Through the login page of the site, as far as the first page behind it."""
    page.goto(site)
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
