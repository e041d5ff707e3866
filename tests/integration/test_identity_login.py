"""Logging in and out in a browser, and what a session opens: one host, one person, while somebody works."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from bancheng.centres.scope import in_centre, in_public
from bancheng.identity import actions, logins
from bancheng.identity.actors import Actor
from bancheng.identity.middleware import RENEW_AFTER
from bancheng.identity.models import Staff
from bancheng.identity.sessions import SessionStore
from bancheng.privacy import audit
from bancheng.tenancy import WrongSchema
from bancheng.timekeeping import clock
from tests.integration import identity_site
from tests.schemas import PASSWORD

pytestmark = pytest.mark.usefixtures("small_site")

WRONG = "用户名或密码不对，请重新输入。"


@pytest.fixture
def small_site(settings: Any) -> None:
    identity_site.serve(settings)


@pytest.fixture
def wang(zhangbei: Any, make_staff: Callable[..., Staff]) -> Staff:
    return make_staff(zhangbei, "window_clerk", username="wangfang", name="王芳")


@pytest.fixture
def browser(zhangbei: Any, client_for: Callable[..., Client]) -> Client:
    return client_for(zhangbei)


def log_in(browser: Client, password: str = PASSWORD, *, username: str = "wangfang", **more: str) -> Any:
    return browser.post("/login/", {"username": username, "password": password, **more})


def acts_on(person: Staff) -> list[str]:
    with in_centre("130722"):
        return [entry.act for entry in audit.entries(subject=person)]


def in_as(browser: Client) -> str:
    """Whose name the page shows, or "" where it sends to the login."""
    page = browser.get("/desk/")
    return page.content.decode() if page.status_code == 200 else ""


def test_the_right_password_opens_the_pages(browser: Client, wang: Staff) -> None:
    answer = log_in(browser, username=" WangFang ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert in_as(browser) == "王芳"
    assert acts_on(wang) == ["staff.logged_in"]


@pytest.mark.parametrize(
    ("username", "password"), [("wangfang", "wrong"), ("nobody", PASSWORD), ("wangfang", PASSWORD + " ")]
)
def test_a_wrong_login_says_the_same_sentence_for_all(
    browser: Client, wang: Staff, username: str, password: str
) -> None:
    page = log_in(browser, password, username=username)
    assert WRONG in page.content.decode()
    assert in_as(browser) == ""


def test_a_deactivated_account_is_like_a_wrong_password(browser: Client, wang: Staff) -> None:
    with in_centre("130722"):
        actions.deactivate(actor=Actor.terminal("130722"), staff=wang, reason="调离")
    assert WRONG in log_in(browser).content.decode()


def test_an_unknown_name_costs_the_same_hashing(in_zhangbei: Any, wang: Staff, monkeypatch: Any) -> None:
    hashed = []
    monkeypatch.setattr(
        "django.contrib.auth.hashers.MD5PasswordHasher.encode",
        lambda self, password, salt: hashed.append(password) or "md5$salt$hash",
    )
    logins.check(username="nobody", password="guess-1")
    logins.check(username="wangfang", password="guess-2")
    assert hashed == ["guess-1", "guess-2"]


@pytest.mark.parametrize(
    ("username", "password", "sentence"),
    [("", PASSWORD, "请输入用户名。"), ("wangfang", "", "请输入密码。")],
)
def test_an_empty_field_says_what_to_do(
    browser: Client, wang: Staff, username: str, password: str, sentence: str
) -> None:
    assert sentence in log_in(browser, password, username=username).content.decode()


# --- The lock ----------------------------------------------------------------------------------------
def fail(browser: Client, times: int) -> str:
    return [log_in(browser, "wrong").content.decode() for _ in range(times)][-1]


def test_the_fifth_wrong_password_locks_and_says_until_when(browser: Client, wang: Staff) -> None:
    with clock.at(clock.now().replace(hour=9, minute=40)):
        assert WRONG in fail(browser, 4)
        assert "账号已锁定，请在09:55之后再试" in fail(browser, 1)
        assert "账号已锁定" in log_in(browser).content.decode()
    assert in_as(browser) == ""


def test_the_lock_opens_after_fifteen_minutes(browser: Client, wang: Staff) -> None:
    fail(browser, 5)
    with clock.at(clock.now() + logins.LOCKED_FOR):
        assert log_in(browser).status_code == 302


def test_after_a_lock_the_counting_starts_again(browser: Client, wang: Staff) -> None:
    fail(browser, 5)
    with clock.at(clock.now() + logins.LOCKED_FOR):
        assert WRONG in fail(browser, 4)
        assert log_in(browser).status_code == 302


def test_a_right_password_forgets_the_wrong_ones(browser: Client, wang: Staff) -> None:
    fail(browser, 4)
    log_in(browser)
    browser.post("/logout/")
    assert WRONG in fail(browser, 4)


def test_resetting_the_password_opens_the_lock(browser: Client, wang: Staff) -> None:
    fail(browser, 5)
    with in_centre("130722"):
        password = actions.reset_password(actor=Actor.terminal("130722"), staff=wang)
    assert log_in(browser, password).status_code == 302


def test_failures_and_the_lock_are_audited(browser: Client, wang: Staff) -> None:
    fail(browser, 7)
    assert acts_on(wang) == ["staff.locked", *["staff.login_failed"] * 4]


# --- Where to go -------------------------------------------------------------------------------------
def test_a_page_sends_to_the_login_and_the_login_back_to_it(browser: Client, wang: Staff) -> None:
    sent = browser.get("/desk/?page=2")
    assert sent["Location"] == "/login/?next=%2Fdesk%2F%3Fpage%3D2"
    assert 'value="/desk/?page=2"' in browser.get(sent["Location"]).content.decode()
    assert log_in(browser, next="/desk/?page=2")["Location"] == "/desk/?page=2"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "http:///example.com", "javascript:alert(1)"]
)
def test_a_login_leads_to_no_other_host(browser: Client, wang: Staff, elsewhere: str) -> None:
    assert log_in(browser, next=elsewhere)["Location"] == "/"


def test_a_fragment_without_a_login_moves_the_whole_page(browser: Client, zhangbei: Any) -> None:
    answer = browser.get(
        "/desk/",
        headers={"HX-Request": "true", "HX-Current-URL": f"http://{browser.defaults['HTTP_HOST']}/open/"},
    )
    assert answer["HX-Redirect"] == "/login/?next=%2Fopen%2F"


def test_a_form_sent_after_the_session_ended_returns_to_the_start(browser: Client) -> None:
    assert browser.post("/desk/")["Location"] == "/login/?next=%2F"


def test_a_page_open_to_all_has_no_actor(browser: Client) -> None:
    assert browser.get("/open/").content == b"None"


def test_somebody_logged_in_is_not_asked_again(browser: Client, wang: Staff) -> None:
    log_in(browser)
    assert browser.get("/login/?next=/desk/")["Location"] == "/desk/"


def test_logging_out_takes_a_post_and_ends_the_session(browser: Client, wang: Staff) -> None:
    log_in(browser)
    assert browser.get("/logout/").status_code == 405
    assert browser.post("/logout/")["Location"] == "/login/"
    assert in_as(browser) == ""


def test_login_and_logout_ask_for_the_csrf_token(zhangbei: Any, wang: Staff) -> None:
    strict = Client(enforce_csrf_checks=True, HTTP_HOST="zhangbei.localhost")
    assert log_in(strict).status_code == 403
    assert strict.post("/logout/").status_code == 403


# --- The session -------------------------------------------------------------------------------------
def test_the_session_gets_a_new_key_at_login(browser: Client, wang: Staff) -> None:
    with in_centre("130722"):
        planted = SessionStore()
        planted["planted"] = True
        planted.create()
    browser.cookies["sessionid"] = planted.session_key
    log_in(browser)
    assert browser.cookies["sessionid"].value != planted.session_key
    with in_centre("130722"):
        assert not Session.objects.filter(session_key=planted.session_key).exists()


def test_a_cookie_of_one_centre_is_nobody_in_another(
    browser: Client, wang: Staff, yuxian: Any, client_for: Callable[..., Client]
) -> None:
    log_in(browser)
    elsewhere = client_for(yuxian)
    elsewhere.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert in_as(elsewhere) == ""


def test_not_even_with_the_same_session_and_the_same_person_copied_there(
    browser: Client, wang: Staff, yuxian: Any, client_for: Callable[..., Client]
) -> None:
    log_in(browser)
    with in_centre("130722"):
        session = Session.objects.values("session_key", "session_data", "expire_date").get()
        person = Staff.objects.values().get(pk=wang.pk)
    with in_centre(yuxian.code):
        Session.objects.create(**session)
        Staff.objects.create(**person)
    elsewhere = client_for(yuxian)
    elsewhere.cookies["sessionid"] = session["session_key"]
    assert in_as(elsewhere) == ""
    assert in_as(browser) == "王芳"


def test_a_session_is_of_no_use_inside_another_schema(zhangbei: Any, yuxian: Any) -> None:
    with in_centre(zhangbei.code):
        made = SessionStore()
        made.create()
        found = SessionStore(made.session_key)
    with in_centre(yuxian.code), pytest.raises(WrongSchema):
        found.get("anything")


def test_public_has_no_session_and_asks_nothing_of_the_database(
    wang: Staff, browser: Client, django_assert_num_queries: Any
) -> None:
    log_in(browser)
    landing = Client(HTTP_HOST="localhost")
    landing.cookies["sessionid"] = browser.cookies["sessionid"].value
    landing.get("/open/")  # from here on the host is known
    with in_public(), django_assert_num_queries(0):
        answer = landing.get("/open/")
    assert answer.content == b"None"
    assert not answer.cookies


def test_a_deactivated_person_is_out_with_the_next_request(browser: Client, wang: Staff) -> None:
    log_in(browser)
    with in_centre("130722"):
        actions.deactivate(actor=Actor.terminal("130722"), staff=wang, reason="调离")
    assert in_as(browser) == ""


def expire_in(span: timedelta) -> None:
    with in_centre("130722"):
        Session.objects.update(expire_date=timezone.now() + span)


def minutes_left() -> float:
    with in_centre("130722"):
        return (Session.objects.get().expire_date - timezone.now()) / timedelta(minutes=1)


def test_work_renews_a_session_but_not_with_every_click(browser: Client, wang: Staff) -> None:
    log_in(browser)
    browser.get("/desk/")
    expire_in(timedelta(minutes=5))
    browser.get("/desk/")
    assert minutes_left() < 6
    with clock.at(clock.now() + timedelta(seconds=RENEW_AFTER)):
        browser.get("/desk/")
    assert minutes_left() > 100


def test_idleness_ends_a_session(browser: Client, wang: Staff) -> None:
    log_in(browser)
    expire_in(timedelta(0))
    assert in_as(browser) == ""


def test_a_login_sweeps_out_dead_sessions(
    browser: Client, wang: Staff, zhangbei: Any, client_for: Callable[..., Client]
) -> None:
    log_in(client_for(zhangbei))
    expire_in(timedelta(days=-1))
    log_in(browser)
    assert minutes_left() > 100


# --- The password ------------------------------------------------------------------------------------
def change(browser: Client, old: str, new: str, repeated: str = "", **more: str) -> Any:
    return browser.post(
        "/password/",
        {"old_password": old, "new_password": new, "repeated": repeated or new, **more},
    )


@pytest.fixture
def first_password(wang: Staff, in_zhangbei: Any) -> str:
    return actions.reset_password(actor=Actor.terminal("130722"), staff=wang)


def test_a_first_password_opens_only_the_page_that_changes_it(browser: Client, first_password: str) -> None:
    log_in(browser, first_password)
    assert browser.get("/desk/")["Location"] == "/password/?next=%2Fdesk%2F"
    assert "请先修改初始密码" in browser.get("/password/").content.decode()
    assert browser.get("/api/v1/probe/").status_code == 403
    assert browser.post("/logout/")["Location"] == "/login/"


def test_after_the_change_one_goes_on_to_where_one_wanted(browser: Client, first_password: str) -> None:
    log_in(browser, first_password)
    answer = change(browser, first_password, "Xinde-mima-2026", next="/desk/")
    assert answer["Location"] == "/desk/"
    assert in_as(browser) == "王芳"


def test_changing_the_password_ends_the_other_sessions(
    browser: Client, wang: Staff, zhangbei: Any, client_for: Callable[..., Client]
) -> None:
    other = client_for(zhangbei)
    log_in(browser)
    log_in(other)
    change(browser, PASSWORD, "Xinde-mima-2026")
    assert in_as(browser) == "王芳"
    assert in_as(other) == ""


@pytest.mark.parametrize(
    ("old", "new", "repeated", "sentence"),
    [
        ("wrong", "Xinde-mima-2026", "", "原密码不对，请重新输入。"),
        (PASSWORD, "Xinde-mima-2026", "Xinde-mima-2027", "两次输入的新密码不一致"),
        (PASSWORD, PASSWORD, "", "新密码不能与原密码相同。"),
        (PASSWORD, "Ab3$", "", "密码太短，请至少用10位。"),
    ],
)
def test_a_wrong_change_says_what_to_do(
    browser: Client, wang: Staff, old: str, new: str, repeated: str, sentence: str
) -> None:
    log_in(browser)
    assert sentence in change(browser, old, new, repeated).content.decode()


def test_guessing_the_old_password_locks_too(browser: Client, wang: Staff) -> None:
    log_in(browser)
    pages = [change(browser, "wrong", "Xinde-mima-2026").content.decode() for _ in range(5)]
    assert "账号已锁定" in pages[-1]


# --- The municipal office ----------------------------------------------------------------------------
def test_the_office_has_accounts_of_its_own(
    office: Any, zhangbei: Any, make_staff: Callable[..., Staff], client_for: Callable[..., Client]
) -> None:
    make_staff(office, "city_analyst", username="zhaomin", name="赵敏")
    there, here = client_for(office), client_for(zhangbei)
    assert log_in(there, username="zhaomin").status_code == 302
    assert in_as(there) == "赵敏"
    assert WRONG in log_in(here, username="zhaomin").content.decode()
