"""Our own signing key, and its change without a pause: a new one is made, handed over, and only then used."""

from django.db import transaction

from bancheng.errors import Conflict
from bancheng.exchange.errors import ExchangeError
from bancheng.exchange.models import OwnKey
from bancheng.exchange.registers import record
from bancheng.exchange.signing import PrivateKey, PublicKey
from bancheng.privacy.fields import Undecipherable
from bancheng.timekeeping import clock


class NoOwnKey(ExchangeError):
    """This deployment has no key to sign with yet."""


def current() -> PrivateKey:
    """The key that signs. Raises NoOwnKey."""
    return _private(OwnKey.State.CURRENT)


def upcoming() -> PrivateKey:
    """The key that will sign after `finish_change`. Raises NoOwnKey when no change is under way."""
    return _private(OwnKey.State.NEXT)


def listed() -> list[tuple[OwnKey, PublicKey]]:
    """Every key that we have or had, oldest first, with its public half."""
    return [(row, PublicKey.parse(row.public_key)) for row in OwnKey.objects.defer("private_key")]


def ensure() -> PublicKey:
    """The public half of the key that signs; makes the first key where there is none."""
    with transaction.atomic():
        row = OwnKey.objects.filter(state=OwnKey.State.CURRENT).first()
        return PublicKey.parse(row.public_key) if row else _make(OwnKey.State.CURRENT)


def begin_change() -> PublicKey:
    """Make the next key, to be handed to every peer; the present one goes on signing.

    Called again before the change is finished it returns the same key. Raises Conflict without a first key.
    """
    with transaction.atomic():
        if not OwnKey.objects.filter(state=OwnKey.State.CURRENT).exists():
            raise Conflict("本系统还没有密钥，请先运行 bancheng peer key。")
        row = OwnKey.objects.filter(state=OwnKey.State.NEXT).first()
        return PublicKey.parse(row.public_key) if row else _make(OwnKey.State.NEXT)


def finish_change() -> PublicKey:
    """Sign with the next key from now on; the private half of the old one is destroyed.

    That every peer knows the new key is for the caller to find out first. Raises Conflict when none was made.
    """
    with transaction.atomic():
        rows = {row.state: row for row in OwnKey.objects.select_for_update().exclude(state="retired")}
        if OwnKey.State.NEXT not in rows:
            raise Conflict("没有待启用的新密钥，请先运行 bancheng peer rotate。")
        old, new = rows[OwnKey.State.CURRENT], rows[OwnKey.State.NEXT]
        old.state, old.private_key, old.retired_at = OwnKey.State.RETIRED, None, clock.now()
        old.save()
        new.state = OwnKey.State.CURRENT
        new.save()
        record("exchange.own_key_change", "own", old=old.key_id, new=new.key_id)
        return PublicKey.parse(new.public_key)


def _make(state: OwnKey.State) -> PublicKey:
    key = PrivateKey.new()
    OwnKey.objects.create(
        key_id=key.public.key_id,
        algorithm=key.algorithm,
        public_key=str(key.public),
        private_key=key.raw,
        state=state,
        made_at=clock.now(),
    )
    record("exchange.own_key_made", "own", key=key.public.key_id, state=state.value)
    return key.public


def _private(state: OwnKey.State) -> PrivateKey:
    try:
        row = OwnKey.objects.filter(state=state).first()
    except Undecipherable:
        raise NoOwnKey("本系统的签名密钥无法解密，请核对BANCHENG_FIELD_KEYS") from None
    if row is None or row.private_key is None:
        raise NoOwnKey("本系统还没有可用的签名密钥")
    return PrivateKey(row.algorithm, bytes(row.private_key))
