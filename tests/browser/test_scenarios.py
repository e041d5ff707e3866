"""The stories, played by hand: every step by its person, typed into the real pages in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import expect

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from tenants.demo.parameters import enter_parameters
from tenants.demo.stories import s1, s2, s3, s6, variations
from tenants.matters.models import Matter
from tenants.matters.states import State
from tenants.referrals.models import Referral
from tenants.workbook.summary import summarise
from tests import schemas
from tests.browser.play import fill, log_in
from tests.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def figures(centre: Centre) -> tuple[int, int]:
    """What the municipal office is shown of the city: registered and closed."""
    from bancheng.overview.models import Fact

    with in_centre(centre.code):
        summarise(centre.code)
    rows = Fact.objects.filter(centre=centre.code).values_list("registered", "closed")
    return sum(r for r, _ in rows), sum(c for _, c in rows)


def test_s1_the_city_brings_the_grant_home_by_letter(city: Centre, office: Centre, act_out: Any) -> None:
    before = figures(city)
    play = act_out(city)

    play.play(s1.script())

    with in_centre(city.code):
        matter = Matter.objects.get(pk=play.matter)
        referral = Referral.objects.get(pk=play.referral)
        assert (matter.state, matter.outcome) == (State.CLOSED, "done")
        assert (referral.state, referral.contacts.count()) == ("confirmed", 4)
    after = figures(city)
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)
    page = play.screen(Role.WINDOW_LEAD)
    page.goto(f"{play.site}/matters/{play.matter}/")
    expect(page.get_by_text("已销号").first).to_be_visible()
    page.goto(f"{play.site}/referrals/{play.referral}/letter/")
    expect(page.get_by_text(referral.number).first).to_be_visible()


def test_s3_a_consultation_becomes_a_matter_without_retyping(zhangbei: Centre, act_out: Any) -> None:
    play = act_out(zhangbei)
    with in_centre(zhangbei.code):
        enter_parameters()

    play.play(s3.script())

    with in_centre(zhangbei.code):
        matter = Matter.objects.select_related("reporter").get(pk=play.matter)
        assert matter.state == State.CLOSED
        assert str(matter.consultation) == play.consultation


def test_s2_no_photo_without_the_guardians_consent(zhangbei: Centre, act_out: Any) -> None:
    play = act_out(zhangbei)

    play.play(s2.script())

    with in_centre(zhangbei.code):
        matter = Matter.objects.get(pk=play.matter)
        assert (matter.state, matter.sensitive) == (State.CLOSED, True)
        evidence = matter.evidence.get(category="photo")
    page = play.screen(Role.HANDLER, "SB")
    shown = page.goto(f"{play.site}/matters/{play.matter}/evidence/{evidence.pk}/")
    assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
    hidden = play.screen(Role.HANDLER, "YB").goto(f"{play.site}/matters/{play.matter}/")
    assert hidden.status == 404


def test_s6_the_minutes_break_the_circle(zhangbei: Centre, act_out: Any) -> None:
    play = act_out(zhangbei)

    play.play(s6.script())

    with in_centre(zhangbei.code):
        matter = Matter.objects.get(pk=play.matter)
        assert (matter.state, matter.escalated) == (State.CLOSED, "director")
    page = play.screen(Role.WINDOW_LEAD)
    page.goto(f"{play.site}/matters/{play.matter}/?tab=coordination")
    expect(page.get_by_text("凭原始档案先行认定视同年限").first).to_be_visible()


@pytest.mark.parametrize("script", [variations.no_phone, variations.enterprise, variations.minor])
def test_other_reporters_are_answered_too(script: Any, zhangbei: Centre, act_out: Any) -> None:
    play = act_out(zhangbei)

    play.play(script())

    with in_centre(zhangbei.code):
        assert Matter.objects.get(pk=play.matter).state == State.CLOSED


def test_the_overview_shows_what_the_city_closed(city: Centre, office: Centre, act_out: Any) -> None:
    with in_centre(city.code):
        Desk(city).closed()
        summarise(city.code)
    analyst = schemas.make_staff(office, Role.CITY_ANALYST)
    play = act_out(city)
    page = play.open()
    log_in(page, f"http://{schemas.host_of(office)}:{play.port}/", analyst.username, heading="全市总览")

    expect(page.locator("svg").first).to_be_visible()
    expect(page.get_by_text("100.0%").or_(page.get_by_text("样本不足")).first).to_be_visible()
    assert play.failures == []
    page.context.close()


def test_a_wrong_card_is_told_beside_its_field_and_nothing_is_lost(zhangbei: Centre, act_out: Any) -> None:
    play = act_out(zhangbei)
    page = play.screen(Role.WINDOW_CLERK)
    page.goto(f"{play.site}/intake/")
    form = page.locator("main form[method=post]").first
    fill(form, {"name": "欧阳示例", "identifier": "130722196003071234", "subject": "示例事由"})
    form.locator("button[type=submit]").first.click()

    expect(page.get_by_text("身份证号校验不通过").first).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("欧阳示例")
    expect(page.locator("[name=subject]")).to_have_value("示例事由")
    with in_centre(zhangbei.code):
        assert Matter.objects.count() == 0
