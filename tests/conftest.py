"""The ground every test stands on: one database per worker with public, two centres, the city and the office.

A test runs in a transaction that is rolled back, in whichever schemas it wrote. One that asks for
`transactional_db` commits for real, and everything is emptied after it.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, reset_queries
from django.test import Client, TransactionTestCase
from hypothesis import settings

from tests import schemas

# Nothing depends on how fast the machine is.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: pytest.FixtureRequest,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Replaces pytest-django's, which would migrate schema by schema and flush public between tests."""
    with django_db_blocker.unblock():
        schemas.create_database()
        stock, TransactionTestCase._fixture_teardown = TransactionTestCase._fixture_teardown, _empty_schemas
    yield
    with django_db_blocker.unblock():
        TransactionTestCase._fixture_teardown = stock
        schemas.drop_database()


@pytest.fixture(autouse=True)
def _public_afterwards() -> Iterator[None]:
    """No test leaves its schema to the next, and none inherits another's cached hosts or query log.

    The log holds 9,000 queries and then forgets the first: a count across that moment would be too small.
    """
    reset_queries()
    yield
    connection.set_schema_to_public()
    schemas.forget_caches()


@pytest.fixture
def city(db: None) -> Any:
    """张家口市, the city's own centre."""
    return schemas.centre("130700")


@pytest.fixture
def zhangbei(db: None) -> Any:
    """张北县, a county centre."""
    return schemas.centre("130722")


@pytest.fixture
def yuxian(db: None) -> Any:
    """蔚县, another county centre."""
    return schemas.centre("130726")


@pytest.fixture
def office(db: None) -> Any:
    """The municipal office."""
    return schemas.centre("130700-office")


@pytest.fixture
def in_zhangbei(zhangbei: Any) -> Iterator[Any]:
    """The test runs inside 张北县."""
    from bancheng.centres.scope import in_centre

    with in_centre(zhangbei.code) as centre:
        yield centre


@pytest.fixture
def desk(in_zhangbei: Any) -> Any:
    """The people of 张北县 and their usual acts (tests.desk.Desk); the test runs inside it."""
    from tests.desk import Desk

    return Desk(in_zhangbei)


@pytest.fixture
def make_staff(db: None) -> Callable[..., Any]:
    """`make_staff(centre, role, department="")`: a person with one role, whose password is PASSWORD."""
    return schemas.make_staff


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """`client_for(centre, staff=None)`: a browser at the centre's host, logged in when `staff` is given."""
    return schemas.client_for


@pytest.fixture
def api_for() -> Callable[..., Any]:
    """`api_for(centre, staff=None)`: the same for DRF's client, authenticated by the staff's token."""
    return schemas.api_for


@pytest.fixture
def at_once(transactional_db: None) -> Callable[..., list[Any]]:
    """`at_once(first, second, …)`: call each in a thread of its own at the same moment; results in order.

    A result is what was returned, or the exception that was raised.
    """

    def call_all(*calls: Callable[[], Any]) -> list[Any]:
        start = threading.Barrier(len(calls))

        def call(function: Callable[[], Any]) -> Any:
            try:
                start.wait(timeout=20)
                return function()
            except Exception as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(call, calls))

    return call_all


def _empty_schemas(_: TransactionTestCase) -> None:
    connection.set_schema_to_public()
    schemas.empty_database()
