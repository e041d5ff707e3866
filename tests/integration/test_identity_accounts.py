"""Opening, changing and closing accounts: by actions and at the terminal."""

import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.authtoken.models import Token

from bancheng.centres.scope import in_centre
from bancheng.errors import Conflict, Invalid, NotAllowed
from bancheng.identity import actions, logins
from bancheng.identity.actors import Actor
from bancheng.identity.models import Department, Staff
from bancheng.privacy import audit
from bancheng.tenancy import WrongSchema
from tests.schemas import PASSWORD

OPERATOR = Actor.terminal("130722")


def create(**differing: Any) -> Staff:
    account = {"username": "wangfang", "name": "王芳", "roles": ["window_clerk"], "password": PASSWORD}
    return actions.create_staff(actor=OPERATOR, **account | differing)


def wrong_fields(**differing: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        create(**differing)
    assert not Staff.objects.exists()
    return refused.value.errors


def acts_on(staff: Staff) -> list[str]:
    return [entry.act for entry in audit.entries(subject=staff)]


def test_a_new_account_must_change_its_password_and_is_audited(in_zhangbei: Any) -> None:
    staff = create(username=" WangFang ")
    assert (staff.username, staff.must_change_password) == ("wangfang", True)
    assert logins.check(username="WANGFANG", password=PASSWORD) == staff
    assert acts_on(staff) == ["staff.created"]


def test_an_account_without_a_password_opens_to_nobody(in_zhangbei: Any) -> None:
    create(password="")
    assert logins.check(username="wangfang", password="") is None


def test_a_username_is_given_once(in_zhangbei: Any) -> None:
    create()
    with pytest.raises(Invalid, match="用户名已被使用"):
        create(name="王方")
    assert Staff.objects.count() == 1


def test_the_same_username_in_two_centres_is_two_people(zhangbei: Any, yuxian: Any) -> None:
    with in_centre(zhangbei.code):
        here = create()
    with in_centre(yuxian.code):
        there = create(password="Lingwai-2026-mima")
        assert here.pk != there.pk
        assert logins.check(username="wangfang", password=PASSWORD) is None


@pytest.mark.parametrize("username", ["", "王芳", "9wang", "wang fang", "w", "w" * 31])
def test_a_username_that_cannot_be_typed_is_refused(in_zhangbei: Any, username: str) -> None:
    assert set(wrong_fields(username=username)) == {"username"}


def test_every_wrong_field_is_named_at_once(in_zhangbei: Any) -> None:
    wrong = wrong_fields(username="?", name=" ", roles=[], department="XX", password="1234")
    assert set(wrong) == {"username", "name", "roles", "department", "password"}


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Ab3$xyz", "密码太短，请至少用10位。"),
        ("password123", "这个密码太常见了"),
        ("20261124001", "密码只包含数字"),
        ("wangfang-1", "密码跟 用户名 太相似了"),
    ],
)
def test_a_weak_password_is_refused_in_chinese(in_zhangbei: Any, password: str, sentence: str) -> None:
    assert sentence in "".join(wrong_fields(password=password)["password"])


def test_a_centre_has_no_office_role(in_zhangbei: Any) -> None:
    assert wrong_fields(roles=["operator"]) == {"roles": ["本单位没有角色“operator”。"]}


def test_the_office_has_no_centre_role(office: Any) -> None:
    with in_centre(office.code):
        assert wrong_fields(roles=["city_analyst", "director"]) == {"roles": ["本单位没有角色“director”。"]}


@pytest.mark.parametrize("role", ["handler", "department_head"])
def test_a_department_role_needs_a_department(in_zhangbei: Any, role: str) -> None:
    assert set(wrong_fields(roles=[role])) == {"department"}


def test_a_closed_department_takes_nobody(in_zhangbei: Any) -> None:
    Department.objects.create(code="YH", name="银行", active=False)
    assert set(wrong_fields(roles=["handler"], department="YH")) == {"department"}


def test_only_an_operator_keeps_accounts(in_zhangbei: Any) -> None:
    staff = create(roles=["director"])
    for act in (
        lambda: actions.create_staff(actor=staff.actor, username="x1", name="x", roles=["caller"]),
        lambda: actions.set_roles(actor=staff.actor, staff=staff, roles=["auditor"]),
        lambda: actions.deactivate(actor=staff.actor, staff=staff, reason="调离"),
        lambda: actions.reset_password(actor=staff.actor, staff=staff),
        lambda: actions.add_department(actor=staff.actor, code="SB", name="社保"),
    ):
        with pytest.raises(NotAllowed, match="平台管理员"):
            act()
    assert acts_on(staff) == ["staff.created"]


def test_public_has_no_accounts(db: None) -> None:
    with pytest.raises(WrongSchema):
        create()


def test_roles_are_replaced_and_both_are_written_down(in_zhangbei: Any) -> None:
    actions.add_department(actor=OPERATOR, code="SB", name="社保")
    staff = create()
    changed = actions.set_roles(
        actor=OPERATOR, staff=staff, roles=["handler", "window_lead"], department="SB"
    )
    assert changed.roles == ["window_lead", "handler"]
    assert changed.actor.department == "SB"
    entry = audit.entries(subject=staff).first()
    assert (entry.data["before"], entry.data["after"]) == (["window_clerk"], ["window_lead", "handler"])


def test_an_actor_costs_no_query(in_zhangbei: Any, django_assert_num_queries: Any) -> None:
    actions.add_department(actor=OPERATOR, code="SB", name="社保")
    create(roles=["handler"], department="SB")
    staff = Staff.objects.get()
    with django_assert_num_queries(0):
        assert staff.actor == Actor(staff.id, "王芳", frozenset({"handler"}), "SB", "130722")


def test_a_deactivated_account_loses_its_token_and_its_password(in_zhangbei: Any) -> None:
    staff = create(must_change_password=False)
    actions.issue_token(staff=staff)
    actions.deactivate(actor=OPERATOR, staff=staff, reason="调离")
    assert not Token.objects.exists()
    assert logins.check(username="wangfang", password=PASSWORD) is None


def test_an_account_is_deactivated_once_and_for_a_reason(in_zhangbei: Any) -> None:
    staff = create()
    with pytest.raises(Invalid, match="停用原因"):
        actions.deactivate(actor=OPERATOR, staff=staff, reason=" ")
    actions.deactivate(actor=OPERATOR, staff=staff, reason="调离")
    with pytest.raises(Conflict):
        actions.deactivate(actor=OPERATOR, staff=staff, reason="调离")


def test_a_reset_password_is_a_first_password_again(in_zhangbei: Any) -> None:
    staff = create(must_change_password=False)
    actions.issue_token(staff=staff)
    password = actions.reset_password(actor=OPERATOR, staff=staff)
    reset = logins.check(username="wangfang", password=password)
    assert reset is not None
    assert reset.must_change_password
    assert not Token.objects.exists()
    assert password not in str([entry.data for entry in audit.entries(subject=staff)])


def test_changing_the_password_ends_the_token(in_zhangbei: Any) -> None:
    staff = create(must_change_password=False)
    actions.issue_token(staff=staff)
    actions.change_password(staff=staff, old_password=PASSWORD, new_password="Xinde-mima-2026")
    assert not Token.objects.exists()
    assert logins.check(username="wangfang", password="Xinde-mima-2026") == staff


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("not-the-one", "Xinde-mima-2026", "old_password"),
        (PASSWORD, PASSWORD, "new_password"),
        (PASSWORD, "12345", "new_password"),
    ],
)
def test_a_wrong_change_of_password_changes_nothing(in_zhangbei: Any, old: str, new: str, field: str) -> None:
    staff = create()
    with pytest.raises(Invalid) as refused:
        actions.change_password(staff=staff, old_password=old, new_password=new)
    assert set(refused.value.errors) == {field}
    assert logins.check(username="wangfang", password=PASSWORD) == staff


def test_a_first_password_gets_no_token(in_zhangbei: Any) -> None:
    with pytest.raises(NotAllowed, match="修改初始密码"):
        actions.issue_token(staff=create())
    assert not Token.objects.exists()


def test_a_new_token_ends_the_one_before(in_zhangbei: Any) -> None:
    staff = create(must_change_password=False)
    first, second = actions.issue_token(staff=staff), actions.issue_token(staff=staff)
    assert first != second
    assert list(Token.objects.values_list("key", flat=True)) == [second]


# --- At the terminal ---------------------------------------------------------------------------------
def terminal(*words: str) -> str:
    said = StringIO()
    call_command("staff", *words, stdout=said)
    return said.getvalue()


def test_an_account_lives_its_life_at_the_terminal(zhangbei: Any) -> None:
    mine = ("--centre", "130722", "--username", "wangfang")
    said = terminal("add", *mine, "--name", "王芳", "--role", "handler", "--department", "SB")
    first = re.search(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", said)
    assert first
    with in_centre("130722"):
        assert logins.check(username="wangfang", password=first[0])
    assert "wangfang 王芳 部门经办 社保" in terminal("list", "--centre", "130722")
    assert "窗口专员、窗口负责人" in terminal(
        "roles", *mine, "--role", "window_lead", "--role", "window_clerk"
    )
    assert first[0] not in terminal("reset-password", *mine)
    terminal("deactivate", *mine, "--reason", "调离")
    assert "（已停用）" in terminal("list", "--centre", "130722")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("list", "--centre", "999999"), "没有代码为“999999”的中心"),
        (("reset-password", "--centre", "130722", "--username", "nobody"), "没有账号“nobody”"),
        (
            ("add", "--centre", "130722", "--username", "wang", "--name", "王", "--role", "handler"),
            "须选定部门",
        ),
    ],
)
def test_the_terminal_refuses_in_chinese(zhangbei: Any, words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        terminal(*words)


# --- At the same moment ------------------------------------------------------------------------------
def test_wrong_passwords_at_the_same_moment_are_all_counted(
    zhangbei: Any, make_staff: Callable[..., Any], at_once: Callable[..., list[Any]]
) -> None:
    make_staff(zhangbei, "window_clerk", username="wangfang")

    def guess() -> Any:
        with in_centre(zhangbei.code):
            return logins.check(username="wangfang", password="guess")

    results = at_once(*[guess] * 6)
    assert results.count(None) == 4
    assert sum(isinstance(result, logins.Locked) for result in results) == 2
    with in_centre(zhangbei.code):
        assert Staff.objects.get().failed_logins == 5
