"""The province's own system of the demo: one centre and its office, with people and without a history."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from bancheng.centres import onboarding
from bancheng.centres.models import Centre, Division, Kind, OutsideOffice
from bancheng.centres.scope import in_centre
from tenants.demo import accounts

CODE = "130000"
OFFICE = f"{CODE}-office"
NAME = "河北省社会保险中心（示例名称）"

_ROWS = (
    {
        "code": OFFICE,
        "kind": Kind.OFFICE,
        "slug": "province-overview",
        "name": "河北省社会保险服务总览（示例名称）",
        "short_name": "省级总览",
        "abbreviation": "冀",
    },
    {
        "code": CODE,
        "kind": Kind.CENTRE,
        "division_kind": Division.PROVINCE,
        "slug": "province",
        "name": NAME,
        "short_name": "省社保中心",
        "abbreviation": "冀",
    },
)


def make() -> int:
    """Take the province's centre and office into service, with their people; returns how many were new.

    The slugs differ from those of the city: a browser's cookies know hosts, not ports. Whatever is there
    stays as it is. Tables and dictionaries must be there already.
    """
    known = set(Centre.objects.values_list("code", flat=True))
    hashed = make_password(accounts.PASSWORD)
    made = 0
    for place, row in enumerate(_ROWS, start=1):
        if row["code"] not in known:
            onboarding.add_centre(position=place, **row)
            made += 1
        with in_centre(row["code"]), transaction.atomic():
            accounts.open_accounts(row["code"], hashed, office=row["kind"] == Kind.OFFICE)
    OutsideOffice.objects.filter(code=CODE).delete()  # nobody writes letters to himself
    return made
