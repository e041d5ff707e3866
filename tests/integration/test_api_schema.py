"""The description of the API: whole, valid, open to read, in a viewer that loads nothing from afar."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from tenants.improvement import acts as problem_acts
from tenants.matters import acts as matter_acts
from tenants.referrals import acts as referral_acts
from tests import schemas

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "bancheng.settings.test",
    "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The description of a centre's API; making it fails on any warning."""
    file: Path = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", urlconf="tenants.urls", file=str(file), validate=True, fail_on_warn=True)
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def test_the_offices_own_api_is_described_without_a_warning() -> None:
    # In a process of its own: what a centre's addresses import must not be what makes it whole.
    command = [
        "manage.py",
        "spectacular",
        "--urlconf",
        "bancheng.urls.office",
        "--validate",
        "--fail-on-warn",
    ]
    made = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=os.environ | ENVIRONMENT, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    assert "/api/v1/me/" in made.stdout


def operations(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in described["paths"].values() for operation in path.values()]


def body(described: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    (content,) = operation["requestBody"]["content"].values()
    reference = content["schema"]["$ref"]
    found: dict[str, Any] = described["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return found


@pytest.mark.parametrize("act", matter_acts.all_bound())
def test_every_act_is_described_by_its_form(described: dict[str, Any], act: str) -> None:
    operation = described["paths"][f"/api/v1/matters/{{matter_id}}/actions/{act}/"]["post"]
    fields = set(matter_acts.bound(act).form.base_fields)
    assert fields == (set(body(described, operation)["properties"]) if fields else set())
    assert operation["summary"] == matter_acts.bound(act).transition.label


@pytest.mark.parametrize("step", referral_acts.BOUND)
def test_every_step_of_a_referral_is_described_by_its_form(described: dict[str, Any], step: str) -> None:
    operation = described["paths"][f"/api/v1/referrals/{{referral_id}}/steps/{step}/"]["post"]
    fields = set(referral_acts.BOUND[step].form.base_fields)
    assert fields == (set(body(described, operation)["properties"]) if fields else set())


@pytest.mark.parametrize("step", problem_acts.BOUND)
def test_every_step_of_a_problem_is_described_by_its_form(described: dict[str, Any], step: str) -> None:
    operation = described["paths"][f"/api/v1/problems/{{problem_id}}/steps/{step}/"]["post"]
    fields = set(problem_acts.BOUND[step].form.base_fields)
    assert fields == set(body(described, operation)["properties"])


def test_operations_have_names_of_their_own(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(described)]
    assert len(names) == len(set(names))


def test_every_operation_tells_its_problems(described: dict[str, Any]) -> None:
    for operation in operations(described):
        refused = operation["responses"]["401"]["content"]["application/problem+json"]["schema"]
        assert refused == {"$ref": "#/components/schemas/Problem"}, operation["operationId"]
    resolve = described["paths"]["/api/v1/matters/{matter_id}/actions/resolve/"]["post"]
    assert {"200", "400", "401", "403", "404", "409", "413", "415", "422"} == set(resolve["responses"])


def test_no_address_takes_a_personal_value(described: dict[str, Any]) -> None:
    asked = {
        parameter["name"]
        for operation in operations(described)
        for parameter in operation.get("parameters", ())
    }
    assert asked == {
        *(
            "matter_id",
            "referral_id",
            "file_id",
            "consultation_id",
            "page",
            "page_size",
            "q",
            "state",
            "kind",
            "item",
        ),
        *(
            "department",
            "light",
            "since",
            "until",
            "direction",
            "open_only",
            "evidence_id",
            "notice_id",
            "show",
        ),
        # What figures are narrowed by and counted by: codes and kinds, "reporter" being one of three.
        *("scheme", "level", "mode", "cause", "outcome", "cross", "reporter"),
        *("month", "rows", "columns", "measure"),
        *("problem_id", "pain", "draft_id", "precedent", "centre", "standing"),
    }


@pytest.mark.parametrize("place", ["zhangbei", "office"])
def test_the_description_is_open_to_read(request: pytest.FixtureRequest, place: str) -> None:
    answer = schemas.client_for(request.getfixturevalue(place)).get("/api/v1/schema/")
    assert answer.status_code == 200
    paths = yaml.safe_load(answer.content)["paths"]
    assert "/api/v1/me/" in paths
    assert any("matters" in path for path in paths) == (place == "zhangbei")


def test_the_viewer_keeps_to_the_pages_own_policy(zhangbei: Any) -> None:
    browser = schemas.client_for(zhangbei)
    page = browser.get("/api/v1/docs/")
    assert "'unsafe-inline'" not in page["Content-Security-Policy"].split("script-src")[1].split(";")[0]
    text = page.content.decode()
    assert "<style" not in text
    assert re.findall(r"<script>|https?://", text) == []
    sources = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert len(sources) == 4
    for source in sources:
        answer = browser.get(source.replace("&amp;", "&"))
        answer.close()
        assert answer.status_code == 200, source
