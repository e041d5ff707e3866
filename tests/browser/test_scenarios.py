"""The stories, played by hand: every step by its person, typed into the real pages in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import expect

from bancheng.centres.models import Centre
from bancheng.centres.scope import in_centre
from bancheng.identity.roles import Role
from bancheng.precedents.models import Precedent
from tenants.demo.parameters import enter_parameters
from tenants.demo.stories import s1, s2, s3, s4, s5, s6, variations
from tenants.demo.stories.stage import OFFICE, Step
from tenants.matters.models import Matter
from tenants.matters.states import State
from tenants.referrals.models import Referral
from tenants.workbook.summary import summarise
from tests import schemas
from tests.browser.play import fill, log_in
from tests.desk import Desk
from tests.second import second_deployment

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def figures(centre: Centre) -> tuple[int, int]:
    """What the municipal office is shown of the city: registered and closed."""
    from bancheng.overview.models import Fact

    with in_centre(centre.code):
        summarise(centre.code)
    rows = Fact.objects.filter(centre=centre.code).values_list("registered", "closed")
    return sum(r for r, _ in rows), sum(c for _, c in rows)


def test_s1_the_city_brings_the_grant_home_by_letter(
    city: Centre, zhangbei: Centre, office: Centre, act_out: Any
) -> None:
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
    precedent = Precedent.objects.get()
    assert (precedent.centre, precedent.helped, precedent.standing) == (city.code, 1, "current")
    page = play.screen(Role.WINDOW_CLERK, centre=zhangbei.code)
    page.goto(f"{play.site_of(zhangbei)}/intake/")
    page.locator("[name=item_code]").select_option("YL10")
    expect(page.locator("#intake-precedents").get_by_text(precedent.number)).to_be_visible()
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


def test_s5_is_seen_on_the_board_until_the_designated_city_answers(
    zhangbei: Centre, city: Centre, office: Centre, act_out: Any
) -> None:
    play, seen = act_out(zhangbei), []

    def look(step: Step) -> None:
        """As the coordinator: the list, stuck ones first; what each line says of its state."""
        if not step.act.startswith(("referral.", "board.")):
            return
        board = play.screen(Role.CITY_COORDINATOR, centre=OFFICE)
        board.goto(f"{play.site_of(office)}/board/", wait_until="domcontentloaded")
        seen.append(board.locator("main table tbody tr").all_inner_texts())

    play.play(s5.script(), watch=look)

    stands = [" ".join(" ".join(rows).split()) for rows in seen]
    for word in ("已送出", "已退回", "已撤回", "提请指定", "指定承办", "已签收", "已反馈", "已确认"):
        assert any(word in said for said in stands), word
    assert "提请指定" in " ".join(next(rows for rows in seen if "提请指定" in " ".join(rows))[0].split())
    with in_centre(zhangbei.code):
        matter = Matter.objects.select_related("reporter").get(pk=play.matter)
        assert matter.state == State.CLOSED
    assert not any(matter.reporter.name in said for said in stands)
    with in_centre(city.code):
        theirs = Matter.objects.get()
        assert (theirs.state, theirs.number[:3]) == (State.CLOSED, "张社反")
    page = play.screen(Role.WINDOW_LEAD)
    page.goto(f"{play.site}/referrals/{play.referral}/")
    expect(page.get_by_text(theirs.number).first).to_be_visible()


def test_s4_is_followed_under_one_number_with_three_units_clocks(
    yuxian: Centre, city: Centre, act_out: Any
) -> None:
    play, told = act_out(yuxian), []
    reporter = play.open()

    def look(step: Step) -> None:
        if step.act.startswith("referral."):
            play.track(reporter)
            told.append(reporter.locator("main").inner_text())
        if step.act == "referral.send" and step.centre:
            page = play.screen(Role.WINDOW_LEAD)
            page.goto(f"{play.site}/referrals/{play.referral}/")
            legs = page.locator("table.legs tbody tr")
            expect(legs).to_have_count(3)
            expect(legs.nth(0)).to_contain_text("首接单位")
            expect(legs.nth(1)).to_contain_text("张家口市")
            expect(legs.nth(2)).to_contain_text("内蒙古")

    play.play(s4.script(), watch=look)

    with in_centre(yuxian.code):
        matter = Matter.objects.get(pk=play.matter)
        assert (matter.state, matter.outcome) == (State.CLOSED, "done")
    assert all(matter.number in page for page in told)
    assert any("内蒙古" in page for page in told)
    with in_centre(city.code):
        onward = Referral.objects.get(direction="sent")
        assert onward.answer_scan is not None
        assert not any(onward.number in page for page in told)
    reporter.context.close()


def test_s1_goes_to_the_provinces_own_system_and_comes_back_with_a_scan(
    city: Centre, office: Centre, act_out: Any, live_server: Any
) -> None:
    play = act_out(city)
    with second_deployment() as province:
        province.meets(live_server.url)
        play.far[s1.PROVINCE] = f"http://{province.host}/"
        play.play_now(s1.electronic())

        with in_centre(city.code):
            matter = Matter.objects.get(pk=play.matter)
            referral = Referral.objects.get()
            assert (matter.state, matter.outcome) == (State.CLOSED, "done")
            assert (referral.counterpart, referral.state) == ("peer", "confirmed")
            ask = referral.asks.get()
            assert (ask.given_at is None, "亲属关系证明" in ask.items) == (False, True)
            files = dict(referral.files.values_list("travels", "arrived_at"))
            assert set(files) == {"material", "answer"}
            scan = referral.files.get(travels="answer")
        page = play.screen(Role.WINDOW_LEAD)
        shown = page.goto(f"{play.site}/referrals/{referral.pk}/files/{scan.pk}/")
        assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
        there = play.screen(Role.WINDOW_LEAD, centre=s1.PROVINCE)
        there.goto(f"http://{province.host}/referrals/{referral.pk}/")
        expect(there.get_by_text("已确认").first).to_be_visible()
        expect(there.get_by_text(referral.number).first).to_be_visible()


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
