"""A story in real pages: people of one centre at screens of their own, typing what the steps say."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from bancheng.timekeeping.calendar import current as current_calendar
from tenants.demo.stories.stage import Script, Step, timed
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
            log_in(page, f"{self.site}/", name)
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


def log_in(page: Page, site: str, username: str, *, heading: str = "工作台") -> None:
    """Through the login page of the site, as far as the first page behind it."""
    page.goto(site)
    page.fill("[name=username]", username)
    page.fill("[name=password]", schemas.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
