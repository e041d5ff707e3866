"""Matters by the hundred thousand in the centre that is served: with their reporters, causes and timelines.

Each was registered, accepted within the hour, done on the third day, answered, called back and closed. What
acts write beside the timeline (replies, callbacks, notices) is not there.
"""

from datetime import date

from tests.bench import bulk

EVENTS = 6
DAYS = 7
"""From the registration to the last event, both days included."""
_HASH = "repeat('0', 64)"


def fill(count: int, since: date, until: date, *, tag: str) -> None:
    """So many matters, registered evenly from `since` to `until`, all closed six days later.

    `tag` is a word that no other call in this centre uses.
    """
    bulk.execute("DROP TABLE IF EXISTS wanted")
    bulk.execute(
        "CREATE TEMPORARY TABLE wanted AS SELECT n, md5(%(tag)s || n)::uuid AS id,"
        " md5('reporter' || %(tag)s || n)::uuid AS reporter,"
        " %(since)s::date + ((%(until)s::date - %(since)s::date) * (n / %(count)s::float))::int"
        "   + interval '2 hours' + n %% 300 * interval '1 minute' AS began"
        " FROM generate_series(0, %(count)s - 1) AS n",
        {"tag": tag, "since": since, "until": until, "count": count},
    )
    _reporters()
    _matters(tag)
    for event in _TIMELINE:
        _events(*event)


def facts(centre: str) -> None:
    """Facts like those of the matters of the last `fill`, without counting them one by one."""
    alike = {"centre": f"'{centre}'", "item": _ITEM, "kind": "'hard'", "mode": "'routine'", "level": "3"}
    alike |= {"cause": _CAUSE, "reporter": "'person'", "outcome": "'done'"}
    taken, ended = "(began + interval '8 hours')::date", "(began + interval '80 hours')::date"
    rows = dict.fromkeys(("registered", "accepted", "accepted_closed"), "count(*)")
    by = f"GROUP BY {_ITEM}, {_CAUSE}"
    bulk.insert("overview_fact", f"wanted {by}, {taken}", **alike, day=taken, **rows)
    rows = dict.fromkeys(("resolved", "resolved_on_time", "done"), "count(*)")
    bulk.insert(
        "overview_fact",
        f"wanted {by}, {ended} ON CONFLICT DO NOTHING",
        **alike,
        day=ended,
        **rows,
    )


def _reporters() -> None:
    from tenants.matters.models import Reporter

    words = bulk.sealed(Reporter)
    bulk.insert("matters_reporter", "wanted", **words, id="reporter", kind="'person'", capacity="'self'")


def _matters(tag: str) -> None:
    from tenants.matters.models import Matter

    bulk.insert(
        "matters_matter",
        "wanted",
        **bulk.sealed(Matter),
        id="id",
        number=f"'{tag}-' || n",
        machine_number=f"'{tag}-' || n",
        reporter_id="reporter",
        subject="'示例事由'",
        kind="'hard'",
        item_code=_ITEM,
        channel="'counter'",
        mode="'routine'",
        urgency="'ordinary'",
        level="3",
        state="'closed'",
        outcome="'done'",
        holder="''",
        registered_at="began",
        accepted_at="began + interval '1 hour'",
        first_contact_at="began + interval '90 minutes'",
        last_told_at="began + interval '73 hours'",
        due_on="(began + interval '5 days')::date",
        resolved_at="began + interval '72 hours'",
        replied_at="began + interval '73 hours'",
        ended_at="began + interval '144 hours'",
        called_back="true",
        events_count=str(EVENTS),
        head_at="began + interval '144 hours'",
    )
    bulk.insert("matters_mattercause", "wanted", matter_id="id", code=_CAUSE, principal="true")


def _events(seq: int, act: str, before: str, after: str, holder: str, hours: int, data: str) -> None:
    from tenants.matters.models import Event

    bulk.insert(
        "matters_event",
        "wanted",
        **bulk.sealed(Event),
        matter_id="id",
        seq=str(seq),
        at=f"began + interval '{hours} hours'",
        act=f"'{act}'",
        from_state=f"'{before}'",
        to_state=f"'{after}'",
        holder=f"'{holder}'",
        data=data,
        hash=_HASH,
    )


_ITEM = "'YL' || lpad((1 + n % 20)::text, 2, '0')"
_CAUSE = "'C' || lpad((1 + n % 7)::text, 2, '0')"
_DUE = "(began + interval '5 days')::date"
_TIMELINE = (
    (1, "register", "draft", "registered", "window", 0, '\'{"channel": "counter"}\''),
    (
        2,
        "accept",
        "registered",
        "accepted",
        "window",
        1,
        f"jsonb_build_object('days', 5, 'statutory', 15, 'level', 3, 'due_on', {_DUE})",
    ),
    (
        3,
        "resolve",
        "handling",
        "resolved",
        "window",
        72,
        f"jsonb_build_object('outcome', 'done', 'due_on', {_DUE})",
    ),
    (4, "reply", "resolved", "replied", "window", 73, "'{}'"),
    (
        5,
        "call_back",
        "replied",
        "replied",
        "window",
        120,
        '\'{"reached": true, "solved": true, "trips": 0}\'',
    ),
    (6, "close", "replied", "closed", "", 144, '\'{"outcome": "done"}\''),
)
"""Number, act, the states before and after, in whose hands, how many hours later, and what was told."""
