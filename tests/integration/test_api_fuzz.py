"""Whatever JSON a program sends to whatever address of the API, it is answered, never failed at."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bancheng.centres.scope import in_centre
from bancheng.identity.roles import CENTRE_ROLES
from bancheng.overview.models import ProblemState
from tenants.improvement import acts as problem_acts
from tenants.matters import acts
from tests import schemas
from tests.desk import Desk
from tests.improvement import Register

FIELDS = sorted({name for act in acts.all_bound().values() for name in act.form.base_fields})
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["", "SB", "C06", "YL10", "hard", "routine", "done", "phone", "2026-02-30", "1e999"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6) | JSON
EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def addresses() -> list[str]:
    """Every route below /api/v1/ of a centre, as the URLconf has it; the viewer aside."""

    def walk(patterns: list[Any], prefix: str) -> list[str]:
        found = []
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                found += walk(pattern.url_patterns, route)
            elif isinstance(pattern, URLPattern) and route.startswith("api/v1/"):
                found.append(f"/{route}")
        return found

    return [each for each in walk(get_resolver("tenants.urls").url_patterns, "") if "docs" not in each]


@pytest.fixture
def caller(desk: Desk) -> Any:
    """Somebody who may do everything, so that every body comes as far as a form."""
    person = schemas.make_staff(desk.centre, "window_lead", "SB")
    person.roles = [str(role) for role in CENTRE_ROLES]
    person.save()
    return schemas.api_for(desk.centre, person)


def status_of(caller: Any, desk: Desk, path: str, body: Any) -> int:
    with transaction.atomic(), in_centre(desk.centre.code):
        answer = caller.generic("POST", path, json.dumps(body), content_type="application/json")
        transaction.set_rollback(True)
    return int(answer.status_code)


@pytest.mark.parametrize("route", addresses())
def test_no_body_breaks_an_address(desk: Desk, caller: Any, route: str) -> None:
    matter = desk.handling()
    path = route.replace("<uuid:matter_id>", str(matter.pk))
    for name in ("referral_id", "consultation_id", "evidence_id"):
        path = path.replace(f"<uuid:{name}>", str(uuid4()))

    @EXAMPLES
    @given(body=BODIES)
    def holds(body: Any) -> None:
        assert status_of(caller, desk, path, body) < 500

    holds()


MADE = {
    "triage": "registered",
    "accept": "registered",
    "decline": "registered",
    "assign": "accepted",
    "return_to_window": "assigned",
    "reply": "resolved",
    "call_back": "replied",
    "reopen": "closed",
}


@pytest.mark.parametrize("act", MADE)
def test_no_body_breaks_an_act_in_its_state(desk: Desk, caller: Any, act: str) -> None:
    matter = getattr(desk, MADE[act])()

    @EXAMPLES
    @given(body=st.dictionaries(st.sampled_from(sorted(acts.bound(act).form.base_fields) or [""]), JSON))
    def holds(body: Any) -> None:
        assert status_of(caller, desk, f"/api/v1/matters/{matter.pk}/actions/{act}/", body) < 500

    holds()


@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("open", "proposed"),
        ("dismiss", "proposed"),
        ("study", "open"),
        ("set_measure", "open"),
        ("try_out", "measured"),
        ("end_measure", "trial"),
        ("reopen", "routine"),
    ],
)
def test_no_body_breaks_a_step_of_a_problem(desk: Desk, caller: Any, step: str, state: str) -> None:
    problem = Register(desk).in_state(ProblemState(state))
    fields = sorted(problem_acts.bound(step).form.base_fields)

    @EXAMPLES
    @given(body=st.dictionaries(st.sampled_from(fields), JSON))
    def holds(body: Any) -> None:
        assert status_of(caller, desk, f"/api/v1/problems/{problem.pk}/steps/{step}/", body) < 500

    holds()


@pytest.mark.parametrize("path", ["matters", "consultations", "referrals", "problems"])
def test_no_query_breaks_a_list(desk: Desk, caller: Any, path: str) -> None:
    names = ["q", "state", "kind", "since", "light", "page", "page_size", "direction", "open_only", "pain"]

    @EXAMPLES
    @given(query=st.dictionaries(st.sampled_from(names), st.text(max_size=12), max_size=4))
    def holds(query: dict[str, str]) -> None:
        with in_centre(desk.centre.code):
            assert caller.get(f"/api/v1/{path}/", query).status_code < 500

    holds()
