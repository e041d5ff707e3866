"""Seeding: the same every time, whole or not at all, and once only."""

import io
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.management import call_command
from django.db import transaction

from bancheng.centres.scope import in_centre
from bancheng.identity.models import Staff
from bancheng.overview.models import CentreFigure
from bancheng.timekeeping import clock
from tenants.demo import accounts, year
from tests.integration.demo_year import CODES, NOW, Book, book, make


def test_the_same_arguments_make_the_same_year(city: Any, zhangbei: Any) -> None:
    books: list[dict[str, Book]] = []
    for _ in range(2):
        with transaction.atomic():
            make(16)
            books.append({code: book(code) for code in CODES})
            transaction.set_rollback(True)

    assert books[0]["130722"]
    assert books[0] == books[1]


def test_a_centre_that_has_matters_is_left_alone(city: Any, zhangbei: Any) -> None:
    make(8)
    before = {code: book(code) for code in CODES}

    with clock.at(NOW):
        assert year.without_matters(CODES) == []
        said = make(80)

    assert said == []
    assert {code: book(code) for code in CODES} == before


def test_a_year_that_breaks_off_leaves_nothing(city: Any, zhangbei: Any) -> None:
    def break_off(said: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        year.make(CODES, of=CODES, matters=6, until=NOW, hashed_password="!", say=break_off)

    assert year.without_matters(CODES) == CODES
    with in_centre("130722"):
        assert not Staff.objects.exists()


def test_groups_hold_every_centre_once_and_keep_the_city_with_zhangbei() -> None:
    codes = ["130700", "130702", "130703", "130722", "130723", "130771"]

    groups = year.divide(codes, 2)

    assert sorted(code for group in groups for code in group) == codes
    assert {"130700", "130722"} <= set(groups[0])


def test_the_password_passes_our_own_rules() -> None:
    validate_password(accounts.PASSWORD)


def test_logins_name_password_and_every_account() -> None:
    out = io.StringIO()

    call_command("seed", print_logins=True, stdout=out)

    said = out.getvalue()
    assert accounts.PASSWORD in said
    assert all(desk.username in said for desk in (*accounts.CENTRE_DESKS, *accounts.OFFICE_DESKS))


def test_the_command_fills_the_overview_and_repeats_without_effect(city: Any, office: Any) -> None:
    first, second = io.StringIO(), io.StringIO()
    with clock.at(NOW):
        call_command("seed", centres=1, matters=6, stdout=first)
        made = book("130700")
        call_command("seed", centres=1, matters=6, stdout=second)

    assert "新做1个" in first.getvalue()
    assert "新做0个" in second.getvalue()
    assert len(made) == 6
    assert book("130700") == made
    assert CentreFigure.objects.get(centre="130700").summarised_at is not None
    with in_centre(office.code):
        assert set(Staff.objects.values_list("username", flat=True)) == {"tongji", "xietiao", "guanli"}
