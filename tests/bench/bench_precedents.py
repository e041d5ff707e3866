"""Looking for precedents by words: what the list shows, against the bare statement by its index."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from statistics import median
from typing import Any
from uuid import UUID

from django.db import connection

from tests.bench import bulk
from tests.bench.timing import once

ENTRIES = 50_000
AT_ONCE = 2_000
SHOWN = 20
TURNS = 15
LIMIT = 2.0
TYPED = ("认定", "视同缴费年限认定", "死亡证明 异地", "档案年龄出具", "示例123乡", "示例45乡 法院")
"""Two signs, more than two, two words together; what thousands of entries have, and what few have."""

_THINGS = (
    "视同缴费年限",
    "档案年龄",
    "死亡证明",
    "转移接续",
    "丧葬补助金",
    "遗属待遇",
    "工伤先行支付",
    "亲属关系证明",
)
_WHAT = ("认定", "出具", "补记", "核验", "更正", "查询", "协查", "合并办理")
_WHERE = (
    "异地档案馆",
    "原单位已注销",
    "两地标准不同",
    "外省社保机构",
    "公安户籍窗口",
    "医院病案室",
    "村委会",
    "法院",
)
_HOW = (
    "电话核实后容缺受理",
    "函询十五日内回复",
    "以原始凭证先行认定",
    "由首接单位代为调取",
    "会商后形成纪要",
)


def precedents() -> dict[str, Any]:
    """The first page for each of TYPED by the selector, and by a cursor with the same conditions."""
    _fill()
    for typed in TYPED:
        if _listed(typed) != _bare(typed):
            raise RuntimeError(f"{typed}: the selector and the bare statement find different entries")
        if not _by_index(typed):
            raise RuntimeError(f"{typed}: no index is used")
    taken = [(_all(_listed), _all(_bare)) for _ in range(TURNS)]
    return {
        "name": f"precedents by words among {ENTRIES:,} against bare SQL",
        "ratio": median(ours / theirs for ours, theirs in taken),
        "limit": LIMIT,
        "seconds": {
            "selector": round(median(ours for ours, _ in taken) / len(TYPED), 4),
            "bare": round(median(theirs for _, theirs in taken) / len(TYPED), 4),
        },
    }


def _all(look: Callable[[str], Any]) -> float:
    return once(lambda: [look(typed) for typed in TYPED])


def _listed(typed: str) -> list[UUID]:
    """As the page does it."""
    from bancheng.identity.actors import Actor
    from bancheng.identity.roles import Role
    from bancheng.precedents import selectors

    reader = Actor(None, "测试", frozenset({Role.WINDOW_CLERK}), "", "130722")
    return [row.pk for row in selectors.listed(reader, selectors.Filters(q=typed))[:SHOWN]]


def _bare(typed: str) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(*_statement(typed))
        return [row[0] for row in cursor.fetchall()]


def _by_index(typed: str) -> bool:
    statement, values = _statement(typed)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", values)
        plan = " ".join(row[0] for row in cursor.fetchall())
    return "precedent_words_" in plan


def _statement(typed: str) -> tuple[str, list[Any]]:
    """The same entries in the same order with the columns of a list: words of two signs by their pairs."""
    from bancheng.timekeeping import clock

    conditions, values, titles = ["withdrawn_on IS NULL", "expires_on >= %s"], [clock.today()], []
    for term in typed.split():
        conditions.append("pairs @> ARRAY[%s]::varchar[]" if len(term) == 2 else "words LIKE %s")
        values.append(term if len(term) == 2 else f"%{term}%")
        titles.append(f"%{term}%")
    first = " AND ".join("title LIKE %s" for _ in titles)
    order = f"NOT ({first}), helped DESC, published_on DESC, id DESC"
    where = " AND ".join(conditions)
    statement = f"SELECT {_COLUMNS} FROM precedents_precedent WHERE {where} ORDER BY {order} LIMIT {SHOWN}"  # noqa: S608
    return statement, values + titles


def _fill() -> None:
    from bancheng.precedents.models import Precedent

    with _without_indexes():
        for first in range(0, ENTRIES, AT_ONCE):
            Precedent.objects.bulk_create(_entry(number) for number in range(first, first + AT_ONCE))
    bulk.analyze()


def _entry(number: int) -> Any:
    from bancheng.precedents import search
    from bancheng.precedents.models import Precedent
    from bancheng.timekeeping import clock

    dice = Random(number)  # noqa: S311  # the same entries each time
    thing, what, where, how = (dice.choice(words) for words in (_THINGS, _WHAT, _WHERE, _HOW))
    town, today = f"示例{number % 997}乡", clock.today()
    title = f"{thing}{what}：{where}怎样办成"
    situation = f"{town}群众办理{thing}，卡在{where}，多处询问均无办法；材料中缺{dice.choice(_THINGS)}。"
    solution = f"{how}；由窗口{dice.choice(_WHAT)}，部门{dice.choice(_WHAT)}，{dice.choice(_HOW)}。"
    words = search.words_of(title, situation, solution)
    return Precedent(
        id=UUID(int=number + 1),
        number=f"先例{number}",
        centre="130722",
        item=f"YL{1 + number % 20:02d}",
        kind="hard",
        causes=[f"C{1 + number % 21:02d}"],
        title=title,
        situation=situation,
        solution=solution,
        words=words,
        pairs=search.pairs_of(words),
        published_on=today - timedelta(days=number % 700),
        expires_on=today + timedelta(days=300 - number % 330),
        helped=number % 13,
    )


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Entries are written many times faster before the indexes of their words are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " AND tablename = 'precedents_precedent' AND indexdef LIKE '%USING gin%'"
        )
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f'DROP INDEX public."{name}"')
        yield
        for _, definition in found:
            cursor.execute(definition)


_COLUMNS = (
    "id, number, centre, item, kind, causes, title, situation, solution, basis, units, working_days,"
    " published_on, expires_on, withdrawn_on, withdrawn_reason, helped"
)
