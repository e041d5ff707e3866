"""How a reporter gets at the own matter: number and query code, few tries, a session that is no login.

Tries are counted in the database, so that no restart and no lost cache forgets them.
"""

import hmac
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from bancheng.errors import Refused
from bancheng.identity.actors import Actor
from bancheng.identity.place import served_centre
from bancheng.identity.sessions import SessionStore
from bancheng.privacy import audit
from bancheng.privacy.keys import derive, index_secret, keyed_hash
from bancheng.tenancy import current_schema
from bancheng.timekeeping import clock
from tenants.matters.models import Matter
from tenants.replies.forms.track import Number
from tenants.replies.models import TrackAttempt, Via

WINDOW = timedelta(minutes=15)
WRONG_PER_NUMBER = 5
WRONG_PER_CLIENT = 20
"""Wrong tries within WINDOW after which even the right code is refused (house rule)."""

IDLE = timedelta(minutes=15)
"""Without a request after which the page closes itself: it may stand open on somebody else's screen."""

WRONG = "编号或者查询码不对，请对照回执重新填写。"
TOO_MANY = "输错次数太多，请15分钟后再试，或者带上回执到窗口查询。"


class WrongPair(Refused):
    """No matter has this number and this code; which of the two is wrong is not said."""

    status = 422
    code = "wrong_pair"


class TooMany(Refused):
    """Too many wrong tries for this number or from this place."""

    status = 429
    code = "too_many_tries"


def show_code(*, number: Number, code: str, client: str, actor: Actor | None = None) -> Matter:
    """The matter of this number, if `code` is its query code. Raises WrongPair, TooMany.

    `client` is the address whence it was asked, `actor` who stands at the screen, where it is staff. Tries
    for one number, and from one place, queue; a wrong one is counted and audited before it is refused.
    """
    number_hash, client_hash = _hashed("number", str(number)), _hashed("client", client)
    with transaction.atomic():
        _queue(number_hash, client_hash)
        if _too_many(number_hash, client_hash):
            refused: Refused = TooMany(TOO_MANY)
        else:
            matter = _of_number(number)
            expected = matter.query_code if matter else "none"
            right = hmac.compare_digest(expected.encode(), code.encode())
            if matter and right:
                audit.record(actor=actor or _nobody(), act="track.opened", subject=matter)
                return matter
            TrackAttempt.objects.create(at=clock.now(), number_hash=number_hash, client_hash=client_hash)
            subject = matter or ("matters.matter", number_hash[:16])
            audit.record(actor=actor or _nobody(), act="track.wrong_code", subject=subject)
            TrackAttempt.objects.filter(at__lt=clock.now() - 2 * WINDOW).delete()
            refused = WrongPair(WRONG)
    raise refused


# --- The session -------------------------------------------------------------------------------------

_MATTER, _VIA, _SEEN = "track_matter", "track_via", "track_seen"


def cookie_name() -> str:
    """Beside the login's cookie and marked like it: for this host alone where it says so."""
    return f"{settings.SESSION_COOKIE_NAME}_track"


def begin(response: HttpResponse, matter: Matter, via: Via) -> None:
    """From now on this browser sees the matter. It is a session of its own and carries no login."""
    session = SessionStore()
    session.set_expiry(int(IDLE.total_seconds()))
    session.update({_MATTER: str(matter.pk), _VIA: via.value, _SEEN: clock.now().timestamp()})
    session.create()
    response.set_cookie(
        cookie_name(),
        session.session_key or "",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def seen(request: HttpRequest) -> tuple[UUID, Via] | None:
    """The matter that this browser may see, and how it came; None without one, or after IDLE."""
    session = _session(request)
    values = dict(session.items()) if session else {}
    if session is None or _MATTER not in values:
        return None
    if clock.now().timestamp() - float(values[_SEEN]) > IDLE.total_seconds():
        session.delete()
        return None
    session[_SEEN] = clock.now().timestamp()
    session.save()
    return UUID(values[_MATTER]), Via(values[_VIA])


def end(request: HttpRequest, response: HttpResponse) -> None:
    """Close the page for this browser."""
    session: Any = _session(request)
    if session is not None and _MATTER in session:
        session.delete()
    response.delete_cookie(cookie_name(), path="/", samesite="Strict")


def _session(request: HttpRequest) -> SessionStore | None:
    key = request.COOKIES.get(cookie_name())
    return SessionStore(key) if key else None


# --- Counting ----------------------------------------------------------------------------------------


def _too_many(number_hash: str, client_hash: str) -> bool:
    recent = TrackAttempt.objects.filter(at__gt=clock.now() - WINDOW)
    return (
        recent.filter(number_hash=number_hash).count() >= WRONG_PER_NUMBER
        or recent.filter(client_hash=client_hash).count() >= WRONG_PER_CLIENT
    )


def _queue(*hashes: str) -> None:
    """Two tries that count against each other wait for each other; always in the same order."""
    with connection.cursor() as cursor:
        for each in sorted(hashes):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"track {each}"])


def _of_number(number: Number) -> Matter | None:
    wanted = {"machine_number": number.machine} if number.machine else {"number": number.shown}
    return Matter.objects.filter(**wanted).first()


def _hashed(kind: str, value: str) -> str:
    key = derive(index_secret(), "track", current_schema(), kind)
    return keyed_hash(key, value.encode()).hex()


def _nobody() -> Actor:
    return Actor.system("反映人查询", served_centre())
