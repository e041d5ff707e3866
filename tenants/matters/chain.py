"""Whether the timelines still say what was written: each matter's chain, and its head."""

from collections.abc import Iterator
from itertools import groupby

from bancheng.privacy.append_only import Broken, verify_chain
from tenants.matters.acting import event_payload
from tenants.matters.models import Event, Matter


def broken_timelines() -> Iterator[tuple[Matter, Broken]]:
    """Every matter of this centre whose timeline does not hold, with the first place where it breaks.

    A timeline cut off at its end is found by the head that the matter keeps; each event's hash stands in the
    audit trail as well, whose own head is kept outside the schema.
    """
    matters = {matter.pk: matter for matter in Matter.objects.all()}
    rows = Event.objects.order_by("matter_id", "seq").iterator(chunk_size=2000)
    for matter_id, events in groupby(rows, key=lambda event: event.matter_id):
        matter, timeline = matters.pop(matter_id), list(events)
        wrong = verify_chain(timeline, event_payload)
        if wrong is None and (len(timeline), timeline[-1].hash) != (matter.events_count, matter.head_hash):
            wrong = Broken(len(timeline), "末尾的办理记录缺失")
        if wrong:
            yield matter, wrong
    for matter in matters.values():
        yield matter, Broken(0, "没有办理记录")
