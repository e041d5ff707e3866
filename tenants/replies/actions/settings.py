"""What a centre says of itself: the wording of its replies, and how its window is reached."""

from dataclasses import asdict

from django.db import connection, transaction
from django.db.models import Max

from bancheng.errors import Conflict, Invalid
from bancheng.identity.actors import Actor
from bancheng.identity.permissions import require
from bancheng.privacy import audit
from bancheng.tenancy import current_schema
from bancheng.timekeeping import clock
from tenants.replies.models import ReplyText, WindowCard
from tenants.replies.texts import PLACES, Key, Wording, unknown_places


def set_text(*, actor: Actor, key: Key, wording: Wording, since: int) -> ReplyText:
    """Put a new version of a wording in force; older ones stay. `since` is the version that was changed.

    Raises Invalid for a field that means nothing, Conflict where somebody else has changed it meanwhile.
    """
    require(actor, "replies.set_texts")
    errors = {
        name: [f"没有“{{{unknown[0]}}}”这一项，可以用的有：{'、'.join(PLACES)}。"]
        for name, text in asdict(wording).items()
        if (unknown := unknown_places(text))
    }
    if errors:
        raise Invalid(errors)
    same = {"item": key.item, "scheme": key.scheme, "outcome": key.outcome}
    with transaction.atomic():
        _queue("reply texts")
        version = ReplyText.objects.filter(**same).aggregate(last=Max("version"))["last"] or 0
        if version != since:
            raise Conflict("这一条答复口径刚刚有人改过，请刷新后再改。", code="changed_meanwhile")
        row = ReplyText.objects.create(
            **same, **asdict(wording), version=version + 1, set_at=clock.now(), set_by_id=actor.staff_id
        )
        audit.record(actor=actor, act="replies.set_text", subject=row, version=row.version, **same)
    return row


def set_window_card(*, actor: Actor, telephone: str, address: str = "", hours: str = "") -> WindowCard:
    """Say how the window is reached, from now on; earlier cards stay."""
    require(actor, "replies.set_texts")
    with transaction.atomic():
        card = WindowCard.objects.create(
            telephone=telephone, address=address, hours=hours, set_at=clock.now(), set_by_id=actor.staff_id
        )
        audit.record(actor=actor, act="replies.set_window_card", subject=card)
    return card


def _queue(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what} {current_schema()}"]
        )
