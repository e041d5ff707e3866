"""The offices that are reached by letter, as the operator keeps them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bancheng.centres import onboarding
from bancheng.centres.models import OutsideOffice
from bancheng.centres.scope import in_centre, in_public
from bancheng.identity.roles import OFFICE_ROLES, Role
from bancheng.privacy.models import AuditEntry
from tenants.coordination import offices
from tenants.referrals import selectors
from tests import schemas
from tests.desk import Desk

PROVINCE = "130000"
NEW = {
    "code": "120000",
    "name": "示例市社会保险中心",
    "level": "province",
    "address": "示例路1号",
    "postcode": "300000",
    "desk": "待遇科",
    "telephone": "022-00000000转1",
    "fax": "",
    "copy_to": "示例市主管部门",
    "note": "",
}


@pytest.fixture
def operator(office: Any) -> Client:
    return schemas.client_for(office, schemas.make_staff(office, Role.OPERATOR))


def page(name: str, *args: object) -> str:
    return reverse(name, urlconf="bancheng.urls.office", args=args)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_new_office_is_kept_shown_and_audited(operator: Client, office: Any) -> None:
    done = operator.post(page("outside_office_add"), NEW)

    assert done.headers["Location"] == page("outside_offices")
    with in_public():
        made = OutsideOffice.objects.get(code="120000")
    assert {name: getattr(made, name) for name in NEW} == NEW
    shown = text_of(operator.get(page("outside_offices")))
    for part in ("示例市社会保险中心", "待遇科", "022-00000000转1", "示例市主管部门"):
        assert part in shown
    with in_centre(office.code):
        assert AuditEntry.objects.get(act="outside_office.add").data["code"] == "120000"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"code": PROVINCE}, "已有单位使用"),
        ({"code": "130722"}, "已有单位使用"),
        ({"code": "省级"}, "只含字母、数字和短横"),
        ({"code": ""}, "请填写此项"),
        ({"name": ""}, "请填写此项"),
        ({"name": "河北省社会保险中心（示例名称）"}, "已有同名的单位"),
        ({"level": "planet"}, "请从列表中选择"),
        ({"postcode": "30000"}, "六位数字"),
        ({"telephone": "打总机"}, "只写电话号码"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_typed_is_lost(
    operator: Client, zhangbei: Any, wrong: dict[str, str], says: str
) -> None:
    refused = operator.post(page("outside_office_add"), NEW | {"desk": "示例收函室"} | wrong)

    assert refused.status_code == 422
    assert says in text_of(refused)
    assert "示例收函室" in text_of(refused)
    with in_public():
        assert not OutsideOffice.objects.filter(desk="示例收函室").exists()


def test_an_office_is_corrected_and_the_registry_leaves_it_so(operator: Client) -> None:
    said = {name: value for name, value in NEW.items() if name != "code"}

    operator.post(page("outside_office", PROVINCE), said)
    onboarding.load_registry()

    with in_public():
        found = OutsideOffice.objects.get(code=PROVINCE)
    assert (found.name, found.desk) == ("示例市社会保险中心", "待遇科")


def test_no_letter_is_drafted_to_a_retired_office_until_it_is_used_again(
    operator: Client, office: Any, zhangbei: Any
) -> None:
    def offered() -> tuple[bool, bool]:
        with in_centre(zhangbei.code):
            matter = Desk(zhangbei).handling()
            named = [each.code for each in offices.known(matter)["外部单位"]]
            return PROVINCE in [unit.code for unit in selectors.units()], PROVINCE in named

    assert offered() == (True, True)
    operator.post(page("outside_office_switch", PROVINCE), {"to": "retire"})
    assert offered() == (False, False)
    row = page("outside_office", PROVINCE)
    assert row not in text_of(operator.get(page("outside_offices")))
    assert row in text_of(operator.get(page("outside_offices") + "?retired=yes"))
    operator.post(page("outside_office_switch", PROVINCE), {"to": "resume"})
    assert offered() == (True, True)


def test_retiring_twice_says_that_it_was_done(operator: Client) -> None:
    operator.post(page("outside_office_switch", PROVINCE), {"to": "retire"})

    assert operator.post(page("outside_office_switch", PROVINCE), {"to": "retire"}).status_code == 409


def test_the_list_is_paged_searched_and_knows_how_to_be_empty(operator: Client) -> None:
    with in_public():
        for place in range(25):
            OutsideOffice.objects.create(code=f"X-{place:02}", name=f"示例单位{place:02}", level="city")

    first = text_of(operator.get(page("outside_offices")))
    assert "示例单位24" not in first
    assert "示例单位24" in text_of(operator.get(page("outside_offices") + "?page=2"))
    assert "示例单位24" in text_of(operator.get(page("outside_offices") + "?q=单位24"))
    assert "没有符合条件的单位" in text_of(operator.get(page("outside_offices") + "?q=没有的"))


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES - {Role.OPERATOR}))
def test_nobody_but_the_operator_keeps_them(office: Any, role: str) -> None:
    client = schemas.client_for(office, schemas.make_staff(office, role))

    assert client.get(page("outside_offices")).status_code == 403
    assert client.post(page("outside_office_add"), NEW).status_code == 403
    assert client.post(page("outside_office_switch", PROVINCE), {"to": "retire"}).status_code == 403
