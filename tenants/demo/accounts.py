"""The demo's people: the same desks in every centre, each with an invented name and one known password."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from bancheng.identity import actions
from bancheng.identity.actors import Actor
from bancheng.identity.models import Department, Staff
from bancheng.identity.roles import Role
from tenants.demo.invented import staff_name
from tenants.demo.parameters import enter_parameters
from tenants.demo.window import put_up_card

PASSWORD = "Bancheng-demo-2026"  # noqa: S105  # printed at every start: for demonstrations only

DEPARTMENTS = {"CK": "综合窗口", "SB": "社保经办", "RS": "人社", "YB": "医保", "SW": "税务"}


@dataclass(frozen=True)
class Desk:
    """One place at work: how its person logs in, what the person may do and where."""

    username: str
    role: Role
    department: str = ""


CENTRE_DESKS = (
    Desk("zhuanyuan", Role.WINDOW_CLERK, "CK"),
    Desk("fuzeren", Role.WINDOW_LEAD, "CK"),
    Desk("jingban", Role.HANDLER, "SB"),
    Desk("jingban_rs", Role.HANDLER, "RS"),
    Desk("jingban_yb", Role.HANDLER, "YB"),
    Desk("jingban_sw", Role.HANDLER, "SW"),
    Desk("bumen", Role.DEPARTMENT_HEAD, "SB"),
    Desk("bumen_rs", Role.DEPARTMENT_HEAD, "RS"),
    Desk("bumen_yb", Role.DEPARTMENT_HEAD, "YB"),
    Desk("bumen_sw", Role.DEPARTMENT_HEAD, "SW"),
    Desk("fenguan", Role.DEPUTY),
    Desk("zhuren", Role.DIRECTOR),
    Desk("duban", Role.SUPERVISOR),
    Desk("huifang", Role.CALLER),
    Desk("shenji", Role.AUDITOR),
)
OFFICE_DESKS = (
    Desk("tongji", Role.CITY_ANALYST),
    Desk("xietiao", Role.CITY_COORDINATOR),
    Desk("guanli", Role.OPERATOR),
)


def open_accounts(centre: str, hashed_password: str, *, office: bool = False) -> int:
    """Open the departments and accounts that this centre or office lacks; returns how many were opened.

    Call it inside the centre. `hashed_password` is PASSWORD, hashed once for all.
    """
    actor, rng = Actor.terminal(centre), Random(f"staff {centre}")  # noqa: S311  # invented names
    if not office:
        known = set(Department.objects.values_list("code", flat=True))
        for code, name in DEPARTMENTS.items():
            if code not in known:
                actions.add_department(actor=actor, code=code, name=name)
    taken = set(Staff.objects.values_list("username", flat=True))
    opened = 0
    for desk in OFFICE_DESKS if office else CENTRE_DESKS:
        name = staff_name(rng)
        if desk.username not in taken:
            actions.create_staff(
                actor=actor,
                username=desk.username,
                name=name,
                roles=[desk.role],
                department=desk.department,
                hashed_password=hashed_password,
                must_change_password=False,
            )
            opened += 1
    if not office:
        furnish(centre)
    return opened


def furnish(centre: str) -> None:
    """Give the centre what its lead would have set, where it is missing. Call it inside the centre."""
    enter_parameters()
    put_up_card(centre)


def login_lines() -> Iterator[str]:
    """The logins for the screen."""
    yield f"统一演示密码：{PASSWORD}（仅供演示）"
    yield "各中心：" + "、".join(_described(desk) for desk in CENTRE_DESKS)
    yield "市级总览：" + "、".join(_described(desk) for desk in OFFICE_DESKS)


def _described(desk: Desk) -> str:
    place = DEPARTMENTS.get(desk.department, "") if desk.department != "CK" else ""
    return f"{desk.username}（{place}{desk.role.label}）"
