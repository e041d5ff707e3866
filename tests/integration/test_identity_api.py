"""Who may call the API: tokens and sessions of this host, and what everybody else hears."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from bancheng.centres.scope import in_centre
from bancheng.identity import actions, logins
from bancheng.identity.actors import Actor
from bancheng.identity.models import Staff
from bancheng.timekeeping import clock
from tests.integration import identity_site
from tests.schemas import PASSWORD

pytestmark = pytest.mark.usefixtures("small_site")

CREDENTIALS = {"username": "wangfang", "password": PASSWORD}


@pytest.fixture
def small_site(settings: Any) -> None:
    identity_site.serve(settings)


@pytest.fixture
def wang(zhangbei: Any, make_staff: Callable[..., Staff]) -> Staff:
    return make_staff(zhangbei, "window_clerk", username="wangfang", name="王芳")


@pytest.fixture
def program(zhangbei: Any, client_for: Callable[..., Client]) -> Client:
    return client_for(zhangbei)


def ask_token(program: Client, **differing: str) -> Any:
    return program.post("/api/v1/token/", CREDENTIALS | differing, content_type="application/json")


def probe(program: Client, token: str) -> Any:
    return program.get("/api/v1/probe/", headers={"Authorization": f"Token {token}"})


def is_problem(answer: Any, status: int) -> bool:
    return bool(answer.status_code == status and answer["Content-Type"] == "application/problem+json")


def test_a_token_is_issued_once_and_names_its_person(program: Client, wang: Staff) -> None:
    answer = ask_token(program)
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    assert probe(program, answer.json()["token"]).json() == {"actor": "王芳", "centre": "130722"}


@pytest.mark.parametrize("differing", [{"password": "wrong"}, {"username": "nobody"}])
def test_wrong_credentials_get_no_token(program: Client, wang: Staff, differing: dict[str, str]) -> None:
    answer = ask_token(program, **differing)
    assert is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Token"
    assert "用户名或密码不对" in answer.content.decode()


def test_wrong_passwords_for_a_token_lock_the_account(program: Client, wang: Staff) -> None:
    answers = [ask_token(program, password="wrong").status_code for _ in range(5)]
    assert answers == [401, 401, 401, 401, 403]
    assert is_problem(ask_token(program), 403)
    with clock.at(clock.now() + logins.LOCKED_FOR):
        assert ask_token(program).status_code == 201


def test_a_first_password_gets_no_token(program: Client, wang: Staff) -> None:
    with in_centre("130722"):
        password = actions.reset_password(actor=Actor.terminal("130722"), staff=wang)
    answer = ask_token(program, password=password)
    assert is_problem(answer, 403)
    assert answer.json()["code"] == "must_change_password"


def test_nobody_is_told_how_to_come_in(program: Client) -> None:
    answer = program.get("/api/v1/probe/")
    assert is_problem(answer, 401)
    assert answer["WWW-Authenticate"] == "Token"


def test_a_token_of_one_centre_is_nobody_in_another(
    program: Client, wang: Staff, yuxian: Any, client_for: Callable[..., Client]
) -> None:
    token = ask_token(program).json()["token"]
    assert is_problem(probe(client_for(yuxian), token), 401)


def test_a_token_ends_with_its_account(program: Client, wang: Staff) -> None:
    token = ask_token(program).json()["token"]
    with in_centre("130722"):
        actions.deactivate(actor=Actor.terminal("130722"), staff=wang, reason="调离")
    assert is_problem(probe(program, token), 401)


def test_a_token_of_a_closed_account_is_refused_even_if_it_is_still_there(
    program: Client, wang: Staff
) -> None:
    token = ask_token(program).json()["token"]
    with in_centre("130722"):
        Staff.objects.update(is_active=False)
        assert Token.objects.exists()
    assert is_problem(probe(program, token), 401)


def test_the_session_of_the_page_opens_the_api_too(
    wang: Staff, zhangbei: Any, client_for: Callable[..., Client]
) -> None:
    assert client_for(zhangbei, wang).get("/api/v1/probe/").json()["actor"] == "王芳"


def test_a_write_by_session_asks_for_the_csrf_token(wang: Staff, zhangbei: Any) -> None:
    strict = Client(enforce_csrf_checks=True, HTTP_HOST="zhangbei.localhost")
    with in_centre(zhangbei.code):
        strict.force_login(wang)
    assert is_problem(strict.post("/api/v1/probe/"), 403)


def test_a_write_by_token_needs_no_csrf_token(program: Client, wang: Staff, zhangbei: Any) -> None:
    token = ask_token(program).json()["token"]
    strict = Client(enforce_csrf_checks=True, HTTP_HOST="zhangbei.localhost")
    answer = strict.post("/api/v1/probe/", headers={"Authorization": f"Token {token}"})
    assert answer.json() == {"actor": "王芳"}
