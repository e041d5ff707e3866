"""What tests of the API, of referrals between centres, and of bulletins have in common."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bancheng.centres.scope import in_centre
from tests import bulletins, schemas
from tests.between import Side
from tests.desk import Desk

API = "/api/v1"


@pytest.fixture
def call(desk: Desk) -> Callable[..., Any]:
    """`call(role, method, path, body)`: as the person of that role; afterwards back in the schema."""

    def send(role: str, method: str, path: str, body: Any = None, department: str = "") -> Any:
        api = schemas.api_for(desk.centre, desk.staff(role, department))
        with in_centre(desk.centre.code):
            return getattr(api, method)(f"{API}{path}", body, format="json")

    return send


@pytest.fixture
def county(zhangbei: Any) -> Side:
    """张北县, as one side of a referral."""
    return Side(zhangbei)


@pytest.fixture
def city_side(city: Any) -> Side:
    """The city's own centre, as the other."""
    return Side(city)


@pytest.fixture
def other(yuxian: Any) -> Side:
    """蔚县, as a third."""
    return Side(yuxian)


@pytest.fixture
def people(office: Any, zhangbei: Any, yuxian: Any, city: Any) -> Iterator[bulletins.People]:
    """Those of the municipal office who make bulletins; October has figures; the test runs in the office."""
    bulletins.october()
    with in_centre(bulletins.OFFICE):
        yield bulletins.People(office)


@pytest.fixture
def draft(people: bulletins.People) -> Any:
    """The bulletin of October, made and to be reviewed, asked for by the analyst; for tests in November."""
    return bulletins.made(people)
