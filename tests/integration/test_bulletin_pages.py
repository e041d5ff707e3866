"""The monthly bulletin as files, on pages, and by the API."""

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from bancheng.bulletins import actions, making, papers, selectors, sheets
from bancheng.bulletins.models import Bulletin
from bancheng.bulletins.selectors import Line
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.timekeeping import clock
from tasks import bulletins as tasks
from tests import schemas
from tests.bulletins import NOW, OCTOBER, OFFICE, People, failing, made


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with clock.at(NOW):
        yield


# --- Files -------------------------------------------------------------------------------------------


def pdf_words(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_the_pdf_can_be_searched_and_says_that_it_is_a_draft(people: People, draft: Bulletin) -> None:
    said = pdf_words(papers.as_pdf(Line(draft)))
    assert "全市登记反映件167件，比上月增加7件" in said
    assert "83.23%（139/167）" in said
    assert "送审稿，未印发" in said


def test_the_issued_pdf_bears_number_date_and_remark(people: People, draft: Bulletin) -> None:
    coordinator = people.actor(people.coordinator)
    remark = "本月跨层级事项增多，请各中心早转办、勤联系。"
    actions.review(bulletin_id=draft.pk, actor=coordinator, comment=remark)
    actions.issue(bulletin_id=draft.pk, actor=coordinator)
    said = pdf_words(papers.as_pdf(Line(selectors.bulletin(draft.pk))))
    assert "张社月报〔2026〕1号" in said
    assert "2026年11月24日" in said
    assert remark in said
    assert "送审稿" not in said


def test_a_remark_is_never_read_as_markup(people: People, draft: Bulletin) -> None:
    actions.review(
        bulletin_id=draft.pk, actor=people.actor(people.coordinator), comment='#panic("x") *粗* $1$'
    )
    assert '#panic("x")*粗*$1$' in pdf_words(papers.as_pdf(Line(selectors.bulletin(draft.pk))))


def test_the_spreadsheet_holds_every_table_with_numbers_as_numbers(draft: Bulletin) -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheets.written(Line(draft))))
    assert book.sheetnames[:4] == ["正文", "综述", "主要指标", "各中心情况"]
    centres = list(book["各中心情况"].values)
    assert centres[1][:3] == ("中心", "登记", "受理")
    assert centres[3][:3] == ("张北县", 167, 167)
    shares = {row[0]: row[1] for row in book["主要指标"].values}
    assert shares["办结率"] == pytest.approx(0.8323)
    assert shares["满意率"] == "样本不足"


def test_no_cell_of_the_spreadsheet_is_a_formula(people: People, draft: Bulletin) -> None:
    actions.review(bulletin_id=draft.pk, actor=people.actor(people.coordinator), comment="=1+1")
    book = openpyxl.load_workbook(io.BytesIO(sheets.written(Line(selectors.bulletin(draft.pk)))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.value == "=1+1"] == ["=1+1"]
    assert not [cell for cell in cells if cell.data_type == "f" and cell.value != "=1+1"]


# --- Pages -------------------------------------------------------------------------------------------


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf="bancheng.urls.office", args=args)


class Browser:
    """Somebody's browser at the office; after each answer the test is in the office again."""

    def __init__(self, people: People, person: Any) -> None:
        self.client = schemas.client_for(people.office, person)

    def get(self, path: str, **more: Any) -> Any:
        with in_centre(OFFICE):
            return self.client.get(path, **more)

    def post(self, path: str, typed: dict[str, Any] | None = None) -> Any:
        with in_centre(OFFICE):
            return self.client.post(path, typed or {})


@pytest.fixture
def analyst(people: People) -> Browser:
    return Browser(people, people.analyst)


@pytest.fixture
def coordinator(people: People) -> Browser:
    return Browser(people, people.coordinator)


def test_an_empty_list_says_what_to_do(analyst: Browser) -> None:
    text = analyst.get(page("bulletins")).content.decode()
    assert "还没有月报" in text
    assert "生成月报" in text


def test_asked_for_on_the_page_it_shows_how_far_it_is(analyst: Browser) -> None:
    answer = analyst.post(page("bulletin_ask"), {"month": "2026-10"})
    assert answer.status_code == 302
    text = analyst.get(answer.url).content.decode()
    assert "第 1 步/共 11 步" in text
    assert 'hx-trigger="every 1s"' in text


@pytest.mark.parametrize("month", ["2026-11", "2031-01", "", "abc", "2026-13"])
def test_a_wrong_month_is_answered_beside_the_field(analyst: Browser, month: str) -> None:
    answer = analyst.post(page("bulletin_ask"), {"month": month})
    assert answer.status_code == 422
    assert "月份" in answer.content.decode()


def test_the_progress_ends_with_the_page_fetched_anew(analyst: Browser, people: People) -> None:
    bulletin = actions.ask(actor=people.actor(people.analyst), month=OCTOBER)
    while_made = analyst.get(page("bulletin_progress", bulletin.pk))
    assert "HX-Refresh" not in while_made.headers
    making.make(bulletin.pk)
    assert analyst.get(page("bulletin_progress", bulletin.pk)).headers["HX-Refresh"] == "true"


def test_the_page_shows_text_tables_and_charts(analyst: Browser, draft: Bulletin) -> None:
    text = analyst.get(page("bulletin", draft.pk)).content.decode()
    assert "全市登记反映件167件" in text
    assert 'id="summary-3"' in text
    assert "各中心情况（按名册次序）" in text


def test_what_failed_says_why_and_offers_to_try_again(
    analyst: Browser, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(making, "STEPS", failing(ZeroDivisionError()))
        bulletin = made(people)
    text = analyst.get(page("bulletin", bulletin.pk)).content.decode()
    assert "生成到“各中心情况”时出错" in text
    assert page("bulletin_act", bulletin.pk, "again") in text


def test_from_draft_to_issued_on_the_page(coordinator: Browser, draft: Bulletin) -> None:
    reviewed = coordinator.post(page("bulletin_act", draft.pk, "review"), {"comment": ""})
    assert reviewed.status_code == 302
    assert coordinator.post(page("bulletin_act", draft.pk, "issue")).status_code == 302
    text = coordinator.get(page("bulletin", draft.pk)).content.decode()
    assert "张社月报〔2026〕1号" in text
    assert "已印发" in text


def test_a_refused_remark_is_not_lost(coordinator: Browser, draft: Bulletin) -> None:
    answer = coordinator.post(page("bulletin_act", draft.pk, "review"), {"comment": "请电13800001234。"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "请电13800001234。" in text
    assert "像是证件号、账号或电话" in text


def test_who_asked_sees_that_another_has_to_review(analyst: Browser, draft: Bulletin) -> None:
    text = analyst.get(page("bulletin", draft.pk)).content.decode()
    assert "由发起人以外的人审核" in text
    assert analyst.get(page("bulletin_act", draft.pk, "review")).status_code == 409


def test_the_files_are_answered_with_their_names(analyst: Browser, draft: Bulletin) -> None:
    pdf = analyst.get(page("bulletin_pdf", draft.pk) + "?save=yes")
    assert pdf.content.startswith(b"%PDF")
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    sheet = analyst.get(page("bulletin_xlsx", draft.pk))
    assert sheet.content.startswith(b"PK")
    assert sheet.headers["Cache-Control"] == "no-store"


def test_before_it_is_made_there_is_no_file(analyst: Browser, people: People) -> None:
    bulletin = actions.ask(actor=people.actor(people.analyst), month=OCTOBER)
    assert analyst.get(page("bulletin_pdf", bulletin.pk)).status_code == 404
    assert analyst.get(page("bulletin_xlsx", bulletin.pk)).status_code == 404


def test_the_list_is_narrowed_and_says_when_nothing_fits(analyst: Browser, draft: Bulletin) -> None:
    assert "第1稿" in analyst.get(page("bulletins") + "?state=draft").content.decode()
    assert "没有符合条件的月报" in analyst.get(page("bulletins") + "?state=issued").content.decode()
    assert analyst.get(page("bulletins") + "?state=x&year=y&page=z").status_code == 200


def test_a_page_of_a_bulletin_asks_the_figures_nothing(analyst: Browser, draft: Bulletin) -> None:
    with CaptureQueriesContext(connection) as asked:
        analyst.get(page("bulletin", draft.pk))
    assert not [query for query in asked.captured_queries if "overview_" in query["sql"]]


# --- API ---------------------------------------------------------------------------------------------


class Program:
    """Somebody's program at the office."""

    def __init__(self, people: People, person: Any) -> None:
        self.client = schemas.api_for(people.office, person)

    def get(self, path: str) -> Any:
        with in_centre(OFFICE):
            return self.client.get(path)

    def post(self, path: str, body: Any = None) -> Any:
        with in_centre(OFFICE):
            return self.client.post(path, body or {}, format="json")


def test_by_the_api_from_asking_to_issued(people: People) -> None:
    analyst, coordinator = Program(people, people.analyst), Program(people, people.coordinator)
    asked = analyst.post(page("api-bulletins"), {"month": "2026-10"})
    assert asked.status_code == 202
    body = asked.json()
    assert (body["state"], body["done"], body["steps"], body["sections"]) == ("making", 0, 11, [])
    tasks.make(centre=OFFICE, bulletin=body["id"])
    made = coordinator.get(body["url"]).json()
    assert made["state"] == "draft"
    assert made["sections"][0]["blocks"][0]["text"].startswith("10月，全市登记反映件167件")
    (act,) = made["available_actions"]
    assert coordinator.post(act["url"], {"comment": ""}).json()["state"] == "reviewed"
    issued = coordinator.post(page("api-bulletin-issue", body["id"])).json()
    assert (issued["state"], issued["number"]) == ("issued", "张社月报〔2026〕1号")
    listed = analyst.get(page("api-bulletins") + "?state=issued").json()
    assert [line["number"] for line in listed["results"]] == ["张社月报〔2026〕1号"]


def test_the_api_answers_wrong_input_with_problems(people: People, draft: Bulletin) -> None:
    analyst = Program(people, people.analyst)
    assert analyst.post(page("api-bulletins"), {"month": "2026-11"}).status_code == 422
    assert analyst.post(page("api-bulletins"), {"months": "2026-10"}).status_code == 422
    assert analyst.post(page("api-bulletin-review", draft.pk)).status_code == 403
    assert analyst.get(page("api-bulletins") + "?colour=red").status_code == 422


@pytest.mark.parametrize("role", [Role.CITY_ANALYST, Role.CITY_COORDINATOR, Role.OPERATOR])
def test_all_of_the_office_may_read(office: Any, people: People, draft: Bulletin, role: str) -> None:
    person = schemas.make_staff(office, role)
    assert Browser(people, person).get(page("bulletin", draft.pk)).status_code == 200
