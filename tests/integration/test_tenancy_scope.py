"""Entering a centre: confirmed by registry and database, undone whatever happens, nested, per thread."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from bancheng.centres.models import Centre
from bancheng.centres.scope import (
    MissingSchema,
    NoCentre,
    Suspended,
    UnknownCentre,
    current_centre,
    every_centre,
    in_centre,
)
from bancheng.tenancy import current_schema
from bancheng.timekeeping import clock


def served() -> str:
    """What the database itself says, not what the connection object believes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def test_in_centre_serves_its_schema_and_then_public(zhangbei: Centre) -> None:
    with in_centre("130722") as centre:
        assert (centre, served()) == (zhangbei, "c130722")
    assert served() == "public"


def test_nested_centres_come_back_in_order(zhangbei: Centre) -> None:
    with in_centre("130722"):
        with in_centre("130726"):
            assert served() == "c130726"
        assert served() == "c130722"


@pytest.mark.parametrize("code", ["999999", "public", "", "c130722"])
def test_unknown_and_public_are_refused(zhangbei: Centre, code: str) -> None:
    with pytest.raises(UnknownCentre), in_centre(code):
        pytest.fail("the body ran")
    assert served() == "public"


def test_suspended_centre_is_refused_unless_allowed(zhangbei: Centre) -> None:
    Centre.objects.filter(code="130722").update(suspended_at=clock.now())
    with pytest.raises(Suspended), in_centre("130722"):
        pytest.fail("the body ran")
    with in_centre("130722", allow_suspended=True):
        assert served() == "c130722"


def test_missing_schema_is_refused_and_public_never_answers(zhangbei: Centre) -> None:
    Centre.objects.filter(code="130722").update(schema_name="c000000")
    with pytest.raises(MissingSchema), in_centre("130722"):
        pytest.fail("the body ran")
    assert served() == "public"


def test_previous_schema_is_back_after_an_exception(zhangbei: Centre) -> None:
    with in_centre("130726"):
        with pytest.raises(ZeroDivisionError), in_centre("130722"):
            raise ZeroDivisionError
        assert served() == "c130726"


def test_previous_schema_is_back_after_a_database_error(zhangbei: Centre) -> None:
    with in_centre("130726"):
        with pytest.raises(DatabaseError), transaction.atomic(), in_centre("130722"):
            Centre.objects.extra(where=["1/0 = 1"]).exists()
        assert served() == "c130726"


def test_rollback_to_before_the_switch_does_not_lose_it(zhangbei: Centre) -> None:
    with in_centre("130722"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert served() == "c130722"


def test_two_threads_serve_two_centres_at_once(at_once: Callable[..., list[Any]]) -> None:
    def stay_in(code: str) -> set[str]:
        with in_centre(code):
            return {served() for _ in range(50)}

    assert at_once(lambda: stay_in("130722"), lambda: stay_in("130726")) == [{"c130722"}, {"c130726"}]


def test_with_centre_is_refused_as_threads_would_share_it(zhangbei: Centre) -> None:
    with pytest.raises(TypeError, match="in_centre"), zhangbei:
        pytest.fail("the body ran")


def test_current_centre_is_the_one_served(zhangbei: Centre) -> None:
    with in_centre("130722"):
        assert current_centre() == zhangbei


def test_current_centre_refuses_public(zhangbei: Centre) -> None:
    with pytest.raises(NoCentre):
        current_centre()


def test_every_centre_leaves_out_office_and_suspended(zhangbei: Centre, office: Centre) -> None:
    Centre.objects.filter(code="130726").update(suspended_at=clock.now())
    assert list(every_centre()) == ["130700", "130722"]
    assert current_schema() == "public"
