"""The template tags of every page."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory


def drawn(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


def test_an_icon_is_hidden_from_screen_readers() -> None:
    assert 'aria-hidden="true"' in drawn('{% icon "eye" %}')


def test_an_unlisted_icon_is_refused() -> None:
    with pytest.raises(ValueError, match=r"icons\.py"):
        drawn('{% icon "no-such-icon" %}')


def test_a_light_carries_its_word() -> None:
    assert drawn('{% light "amber" "将到期" %}') == '<span class="light light-amber">将到期</span>'


@pytest.mark.parametrize(("colour", "word"), [("purple", "将到期"), ("red", "")])
def test_a_light_without_a_word_or_of_another_colour_is_refused(colour: str, word: str) -> None:
    with pytest.raises(ValueError, match="light"):
        drawn("{% light colour word %}", colour=colour, word=word)


def test_a_state_that_is_not_listed_stays_grey() -> None:
    assert "tag-grey" in drawn('{% state "unheard_of" "其他" %}')


def test_what_people_typed_is_escaped_in_a_block() -> None:
    page = drawn(
        "{% card title %}{{ text }}{% endcard %}", title="<b>题</b>", text="<script>alert(1)</script>"
    )
    assert "<script>" not in page
    assert "<b>" not in page


def test_a_masked_value_offers_unmasking_only_with_an_address() -> None:
    without, with_one = drawn('{% masked "李*" %}'), drawn('{% masked "李*" "/unmask/" label="姓名" %}')
    assert "<button" not in without
    assert 'hx-get="/unmask/"' in with_one


def test_a_tile_without_an_address_is_no_link() -> None:
    assert "<a " not in drawn('{% tile "已超期" 3 %}')
    assert '<a class="tile" href="/workbook/?overdue=1">' in drawn(
        '{% tile "已超期" 3 "/workbook/?overdue=1" %}'
    )


def test_pages_of_a_list_keep_the_filter() -> None:
    request = RequestFactory().get("/workbook/", {"kind": "urgent", "page": "2"})
    page = Paginator(range(100), 20).get_page(2)
    links = re.findall(r'href="([^"]+)"', drawn("{% pagination page %}", page=page, request=request))
    assert links
    assert all("kind=urgent" in link for link in links)


def test_hands_say_the_same_in_the_bar_and_in_the_table() -> None:
    spans = [
        {"label": "窗口", "holder": "window", "amount": 1},
        {"label": "待遇科", "holder": "department", "amount": 3},
    ]
    page = drawn("{% hands spans %}", spans=spans)
    assert re.findall(r"flex-grow:([\d.]+)", page) == ["25.00", "75.00"]
    assert '<td class="num">3 个工作日</td>' in page
    assert '<td class="num">4 个工作日</td>' in page


def test_hands_with_no_time_at_all_divide_by_nothing() -> None:
    assert "0 个工作日" in drawn(
        "{% hands spans %}", spans=[{"label": "窗口", "holder": "window", "amount": 0}]
    )


def test_the_present_step_is_told_to_screen_readers() -> None:
    steps = [{"label": "已登记", "status": "done"}, {"label": "已受理", "status": "current"}]
    assert drawn("{% stepper steps %}", steps=steps).count('aria-current="step"') == 1


def test_the_timeline_shows_who_what_and_when() -> None:
    entry = {"at": datetime(2026, 11, 24, 6, 32, tzinfo=UTC), "who": "刘芳", "what": "登记"}
    page = drawn("{% timeline entries %}", entries=[entry])
    assert all(word in page for word in ("刘芳", "登记", "2026-11-24 14:32"))


def test_a_chart_carries_its_figures_as_a_table_and_no_script_of_its_own() -> None:
    table = {"head": ["月份", "受理"], "rows": [["2026-01", 4]]}
    page = drawn(
        '{% chart "trend" option table title=title %}',
        title="</script>",
        option={"series": [{"name": "</script>"}]},
        table=table,
    )
    assert '<td class="num">4</td>' in page
    assert re.findall(r"<script[^>]*>", page) == ['<script id="trend-option" type="application/json">']
    assert page.count("</script>") == 1


def test_the_number_on_a_paper_is_drawn_inline() -> None:
    assert drawn('{% qr "张社反〔2026〕0007号" %}').startswith("<svg")


def test_an_absent_date_is_a_dash() -> None:
    assert drawn("{{ nothing|day }}", nothing=None) == "—"


def test_a_link_to_a_page_that_this_host_lacks_is_empty() -> None:
    assert drawn('{% href "no-such-page" as url %}[{{ url }}]') == "[]"
