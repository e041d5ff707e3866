"""Consultations: write one down, or only count them."""

from datetime import date

from django.db import connection, transaction

from bancheng.catalogue import selectors as catalogue
from bancheng.catalogue.words import Channel, ReporterKind
from bancheng.errors import Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.privacy import audit
from bancheng.timekeeping import clock
from tenants.matters.models import Consultation, ConsultationTally


@transaction.atomic
def record_consultation(
    *,
    actor: Actor,
    item_code: str,
    subject: str,
    channel: Channel = Channel.COUNTER,
    question: str = "",
    answer: str = "",
    reporter_kind: ReporterKind = ReporterKind.PERSON,
    name: str = "",
    phone: str = "",
) -> Consultation:
    """Write a consultation down and count it. Raises NotAllowed."""
    require(actor, "consultation.record")
    catalogue.item(item_code)
    consultation = Consultation.objects.create(
        at=clock.now(),
        channel=channel,
        item_code=item_code,
        subject=subject,
        question=question,
        answer=answer,
        reporter_kind=reporter_kind,
        name=name,
        phone=phone,
        clerk_id=actor.id,
    )
    _count(day=clock.today(), item_code=item_code, channel=channel, count=1)
    audit.record(actor=actor, act="consultation.record", subject=consultation)
    return consultation


@transaction.atomic
def count_consultations(*, actor: Actor, day: date, item_code: str, channel: Channel, count: int) -> None:
    """Add `count` consultations of a day that were answered without being written down one by one.

    Raises NotAllowed, and Invalid for a day to come or a count below one.
    """
    require(actor, "consultation.record")
    if day > clock.today():
        raise Invalid({"day": ["日期不能晚于今天。"]})
    if count < 1:
        raise Invalid({"count": ["件数至少为1。"]})
    catalogue.item(item_code)
    _count(day=day, item_code=item_code, channel=channel, count=count)
    audit.record(
        actor=actor,
        act="consultation.count",
        subject=("consultation_tally", str(day)),
        item=item_code,
        count=count,
    )


def _count(*, day: date, item_code: str, channel: Channel, count: int) -> None:
    table = connection.ops.quote_name(ConsultationTally._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (day, item_code, channel, count, xact)"  # noqa: S608  (a quoted table name)
            " VALUES (%s, %s, %s, %s, pg_current_xact_id()::text::bigint)"
            f" ON CONFLICT (day, item_code, channel) DO UPDATE SET count = {table}.count + EXCLUDED.count,"
            " xact = EXCLUDED.xact",
            [day, item_code, channel, count],
        )
