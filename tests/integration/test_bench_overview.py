"""What `make bench overview` measures on is what it says: rows in bulk count as acts would, sums agree."""

from datetime import date, timedelta

from bancheng.overview import rollup
from bancheng.overview.models import CityDay, Fact
from bancheng.timekeeping import clock
from tenants.workbook import reconcile, summary
from tests.bench import many_matters, schemas_year, simulated
from tests.desk import Desk


def test_matters_in_bulk_are_counted_like_any(desk: Desk) -> None:
    many_matters.fill(5, date(2026, 3, 2), date(2026, 3, 20), tag="示例")
    summary.rebuild(desk.centre.code)

    differ = {each.what[0] for each in reconcile.differences(desk.centre.code)}
    assert differ <= {"called_back", "solved", "trips_told"}  # the timeline alone tells of callbacks
    facts = Fact.objects.filter(centre=desk.centre.code)
    for name in ("registered", "accepted", "accepted_closed", "resolved_on_time", "solved", "closed"):
        assert sum(facts.values_list(name, flat=True)) == 5, name


def test_the_loop_over_schemas_counts_what_the_sums_say(desk: Desk) -> None:
    last = clock.today() - timedelta(days=many_matters.DAYS)
    many_matters.fill(4, last - timedelta(days=30), last, tag="示例")
    summary.rebuild(desk.centre.code)
    rollup.roll_up_everything()

    assert schemas_year.counted([desk.centre.code]) == schemas_year.from_the_sums()
    assert schemas_year.accepted([desk.centre.code]) == 4
    assert schemas_year.from_the_sums()["accepted"] == 4


def test_simulated_centres_have_a_year_and_the_citys_sums(db: None) -> None:
    simulated.fill(2)
    simulated.fill(3)

    days = CityDay.objects.all()
    assert days.count() == simulated.DAYS
    assert {day.registered for day in days} == {6}
    assert {day.consultations for day in days} == {9}
