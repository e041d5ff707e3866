"""What a chaos run asks of each deployment in the end: do its figures agree, as they are and made anew?"""

from datetime import date

from bancheng.overview.models import Fact
from tenants.demo.chaos import figures
from tenants.workbook.summary import summarise
from tests.desk import Desk


def test_figures_that_agree_have_no_differences(desk: Desk) -> None:
    desk.closed()
    assert figures.differences() == []


def test_a_wrong_figure_is_named_and_gone_after_the_rebuild(desk: Desk) -> None:
    desk.closed()
    summarise(desk.centre.code)
    Fact.objects.create(centre=desk.centre.code, day=date(2026, 1, 6), item="YL10", kind="hard", registered=7)

    found = figures.differences()

    assert [each.split()[0] for each in found] == [desk.centre.code, "全市"]
    assert all("登记" in each and "总览" in each for each in found)
