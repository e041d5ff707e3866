"""The roles that staff of a centre and of the municipal office may hold."""

from django.db import models


class Role(models.TextChoices):
    """What somebody is trusted with. One person may hold several: small counties have few people."""

    WINDOW_CLERK = "window_clerk", "窗口专员"
    WINDOW_LEAD = "window_lead", "窗口负责人"
    HANDLER = "handler", "部门经办"
    DEPARTMENT_HEAD = "department_head", "部门负责人"
    DEPUTY = "deputy", "分管领导"
    DIRECTOR = "director", "中心主任"
    SUPERVISOR = "supervisor", "督办专员"
    CALLER = "caller", "回访员"
    AUDITOR = "auditor", "审计"
    CITY_ANALYST = "city_analyst", "市级统计"
    CITY_COORDINATOR = "city_coordinator", "市级协调员"
    OPERATOR = "operator", "平台管理员"
    REPORTER = "reporter", "反映人"


OFFICE_ROLES = frozenset({Role.CITY_ANALYST, Role.CITY_COORDINATOR, Role.OPERATOR})
"""Held only in the municipal office's schema; none of them opens a case."""

REPORTER_ROLES = frozenset({Role.REPORTER})
"""Held by no account: a reporter has a number and a query code, and reaches the own matter alone."""

CENTRE_ROLES = frozenset(Role) - OFFICE_ROLES - REPORTER_ROLES
"""Held only in a centre's schema."""

DEPARTMENT_ROLES = frozenset({Role.HANDLER, Role.DEPARTMENT_HEAD})
"""Mean nothing without a department: they reach only what is assigned to it."""


STAFF_ROLE_CHOICES = [(role.value, role.label) for role in Role if role not in REPORTER_ROLES]


def names(roles: frozenset[Role]) -> str:
    """The roles in Chinese, in the order of the table above, for a sentence on the screen."""
    return "、".join(str(role.label) for role in Role if role in roles)
