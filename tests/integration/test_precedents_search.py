"""Precedents are found by Chinese words, by item and causes, and suggested by likeness while they hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bancheng.identity.actors import Actor
from bancheng.identity.roles import Role
from bancheng.precedents import search, selectors
from bancheng.precedents.selectors import Filters
from bancheng.timekeeping import clock
from tests import precedents, schemas

READER = Actor(None, "示例", frozenset({Role.CITY_ANALYST}), "", "130700-office")


def numbers(q: str = "", **more: Any) -> list[str]:
    return [row.number[-2:-1] for row in selectors.listed(READER, Filters(q=q, **more))]


@pytest.fixture
def three(db: None) -> None:
    precedents.standing(1, title="遗属抚恤金由省级核定", situation="甲", solution="乙", helped=0)
    precedents.standing(
        2, title="退休档案遗失", situation="原单位改制，档案找不到", item="YL05", causes=["C07"]
    )
    precedents.standing(
        3, title="工伤待遇", situation="抚恤金重复申领", item="GS01", causes=["C06"], helped=4
    )


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("抚恤金", ["1", "3"]),  # three signs, by trigram; in the title first, whatever helped more
        ("抚恤", ["1", "3"]),  # two signs
        ("档案 改制", ["2"]),  # all the words
        ("档案，抚恤", []),
        ("金 抚恤金", ["1", "3"]),  # one sign is passed over
        ("ＡＢ", []),
        ("100%_", []),  # no pattern of the database
        ("", ["3", "2", "1"]),
    ],
)
def test_words_of_two_signs_and_more_are_found(three: None, q: str, expected: list[str]) -> None:
    assert numbers(q) == expected


@pytest.mark.parametrize("q", ["抚恤金", "抚恤"])
def test_a_word_is_found_by_index(three: None, q: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        rows = selectors.listed(READER, Filters(q=q)).order_by()
        plan = rows.explain()
    assert "Bitmap Index Scan on precedent_words" in plan


def test_trigrams_are_made_of_chinese_signs(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(show_trgm('抚恤金'))")
        assert cursor.fetchone() == (4,)


def test_full_width_and_capitals_are_the_same(db: None) -> None:
    precedents.standing(1, title="ＡＢＣ系统接口")
    assert numbers("abc系统") == ["1"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"item": "YL05"}, ["2"]),
        ({"cause": "C06"}, ["3", "1"]),
        ({"cause": "C06", "q": "工伤"}, ["3"]),
        ({"centre": "130722"}, []),
    ],
)
def test_it_is_narrowed_by_item_cause_and_centre(three: None, more: Any, expected: list[str]) -> None:
    assert numbers(**more) == expected


def test_only_those_that_hold_are_listed_unless_asked_for(db: None) -> None:
    today = clock.today()
    precedents.standing(1, expires_on=today)
    precedents.standing(2, expires_on=today - timedelta(days=1))
    precedents.standing(3, withdrawn_on=today, withdrawn_reason="政策已改")
    assert [numbers(standing=each) for each in ("current", "expired", "withdrawn", "all")] == [
        ["1"],
        ["2"],
        ["3"],
        ["3", "2", "1"],
    ]


# --- What is like a matter ----------------------------------------------------------------------------


def suggested(**more: Any) -> list[str]:
    return [each.precedent.number[-2:-1] for each in search.suggested(**more)]


def test_the_same_item_comes_before_the_same_words(db: None) -> None:
    precedents.standing(1, title="独子去世后抚恤金不知由哪一级核定", item="GS01", causes=[])
    precedents.standing(2, title="别的", item="YL10", causes=[])
    assert suggested(item="YL10", text="退休待遇") == ["2"]
    assert suggested(item="YL05", text="独子去世后抚恤金不知由哪一级核定") == ["1"]


def test_common_causes_and_what_helped_come_first(db: None) -> None:
    for number, causes, helped in ((1, [], 0), (2, [], 3), (3, ["C10"], 0)):
        precedents.standing(number, causes=causes, helped=helped)
    assert suggested(item="YL10", causes=["C06", "C10"]) == ["3", "2", "1"]


def test_what_expired_or_was_withdrawn_is_not_suggested(db: None) -> None:
    today = clock.today()
    precedents.standing(1, expires_on=today - timedelta(days=1))
    precedents.standing(2, withdrawn_on=today)
    assert suggested(item="YL10", text=precedents.TEXTS["title"]) == []


def test_it_says_why_it_was_found(db: None) -> None:
    precedents.standing(1)
    assert search.suggested(item="YL10", causes=["C06"])[0].why == "同一事项，同样卡在跨层级"


def test_suggesting_takes_the_same_queries_however_many_there_are(db: None) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            search.suggested(item="YL10", text="独子去世后抚恤金")
        return len(queries)

    asked()
    before = asked()
    for number in range(30):
        precedents.standing(number)
    assert asked() == before
    assert len(suggested(item="YL10")) == search.SUGGESTED


# --- Pages and API ------------------------------------------------------------------------------------


def test_what_is_looked_for_is_posted_and_stands_in_no_address(office: Any, client_for: Any) -> None:
    precedents.standing(1)
    client = client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    answer = client.post("/precedents/?item=YL10", {"q": "省级"})
    assert answer.status_code == 302
    assert "%" not in answer.url
    page = client.get(answer.url).content.decode()
    assert "市社先〔2026〕1号" in page
    assert 'value="省级"' in page


def test_a_word_of_one_sign_is_answered_with_what_to_do(office: Any, client_for: Any) -> None:
    client = client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    page = client.post("/precedents/", {"q": "金"}, follow=True).content.decode()
    assert "请至少输入两个字再查找。" in page


def test_an_empty_list_says_what_to_do(office: Any, client_for: Any) -> None:
    client = client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    assert "还没有先例" in client.get("/precedents/").content.decode()
    assert "没有查到先例" in client.get("/precedents/?item=YL10").content.decode()


def test_an_expired_one_is_shown_as_such_everywhere(office: Any, client_for: Any) -> None:
    row = precedents.standing(1, expires_on=clock.today() - timedelta(days=1))
    client = client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    for path in ("/precedents/?standing=expired", f"/precedents/{row.pk}/"):
        assert "已过有效期" in client.get(path).content.decode()


def test_the_list_pages_in_the_same_queries(office: Any, client_for: Any) -> None:
    client = client_for(office, schemas.make_staff(office, Role.CITY_ANALYST))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/precedents/").status_code == 200
        return len(queries)

    precedents.standing(100)
    asked()
    before = asked()
    for number in range(30):
        precedents.standing(number)
    assert asked() == before


def test_the_api_searches_by_a_body(office: Any, api_for: Any) -> None:
    precedents.standing(1)
    precedents.standing(2, title="退休档案遗失", situation="甲", solution="乙", item="YL05", causes=[])
    api = api_for(office, schemas.make_staff(office, Role.CITY_ANALYST))
    found = api.post("/api/v1/precedents/search/", {"q": "档案"}, format="json").json()
    assert [row["number"] for row in found["results"]] == ["市社先〔2026〕2号"]
    assert [row["number"] for row in api.get("/api/v1/precedents/?item=YL10").json()["results"]] == [
        "市社先〔2026〕1号"
    ]
    assert api.post("/api/v1/precedents/search/", {"q": "金"}, format="json").status_code == 422
    assert api.get("/api/v1/precedents/?q=x").status_code == 422


def test_an_operator_has_no_part_in_it(office: Any, client_for: Any) -> None:
    client = client_for(office, schemas.make_staff(office, Role.OPERATOR))
    assert client.get("/precedents/").status_code == 403
