"""Numbers without gaps: one row per series and year, locked until whoever takes the number commits."""

from dataclasses import dataclass

from django.db import connection

from tenants.matters.models import NumberSeries

MATTER = "matter"
REFERRAL = "referral"
SUPPORT = "support"
SUPERVISION = "supervision"
PROBLEM = "problem"
PRECEDENT = "precedent"


@dataclass(frozen=True)
class Number:
    """A number as people read it, as machines do, and its parts."""

    year: int
    serial: int
    shown: str
    machine: str


def next_serial(series: str, year: int) -> int:
    """Give out the next number of the year, from 1; rolled back with the transaction, so no gap stays.

    Writers of one centre wait for each other here until commit.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"a number of {series} may only be taken inside a transaction")
    table = connection.ops.quote_name(NumberSeries._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (series, year, last) VALUES (%s, %s, 1)"  # noqa: S608  (a quoted table name)
            f" ON CONFLICT (series, year) DO UPDATE SET last = {table}.last + 1 RETURNING last",
            [series, year],
        )
        return int(cursor.fetchone()[0])


def matter_number(year: int, *, abbreviation: str, code: str) -> Number:
    """Take the next 编号 of a matter: 张社反〔2026〕0007号 and BF130700-2026-000007."""
    serial = next_serial(MATTER, year)
    return Number(
        year,
        serial,
        shown=f"{abbreviation}社反〔{year}〕{serial:04d}号",
        machine=f"BF{code}-{year}-{serial:06d}",
    )


_BRACKETS = str.maketrans("[]()（）【】［］", "〔〕〔〕〔〕〔〕〔〕")


def as_shown(typed: str) -> str:
    """A number as somebody typed it, in the brackets of our papers and without blanks."""
    return "".join(typed.split()).translate(_BRACKETS)


def referral_number(year: int, *, abbreviation: str) -> str:
    """Take the next number of a referral letter: 张社转〔2026〕3号."""
    return f"{abbreviation}社转〔{year}〕{next_serial(REFERRAL, year)}号"


def support_number(year: int, *, abbreviation: str) -> Number:
    """Take the next number of a letter that asks for support (协办函): 张社协〔2026〕3号, short 函2026-3."""
    serial = next_serial(SUPPORT, year)
    return Number(year, serial, shown=f"{abbreviation}社协〔{year}〕{serial}号", machine=f"函{year}-{serial}")


def supervision_number(year: int, *, abbreviation: str) -> str:
    """Take the next number of a supervision order (督办单): 张社督〔2026〕1号."""
    return f"{abbreviation}社督〔{year}〕{next_serial(SUPERVISION, year)}号"


def problem_number(year: int, *, abbreviation: str) -> str:
    """Take the next number of a problem (问题): 张社问〔2026〕1号."""
    return f"{abbreviation}社问〔{year}〕{next_serial(PROBLEM, year)}号"


def precedent_number(year: int, *, abbreviation: str) -> str:
    """Take the next number of a precedent (先例): 张社先〔2026〕1号."""
    return f"{abbreviation}社先〔{year}〕{next_serial(PRECEDENT, year)}号"
