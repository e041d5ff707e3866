"""Short messages: what they say, the gateway they go through, and sending what waits, each once.

`BANCHENG_SMS_GATEWAY` names a class with the method of `Gateway`. It raises when the message did not go out,
and sends what it is offered twice under one key only once: a worker may die between the sending and its
note of it.
"""

import logging
import os
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from bancheng.centres.models import Host
from bancheng.centres.scope import current_centre
from bancheng.timekeeping import clock
from tenants.replies.models import Sms, SmsState

TRIES_AT_MOST = 5
FIRST_WAIT = timedelta(minutes=2)
"""Until the second try; doubled for each that follows."""

log = logging.getLogger(__name__)


class Gateway(Protocol):
    """A way to send short messages."""

    def send(self, *, key: str, telephone: str, text: str) -> None:
        """Send it, unless it was sent under this key before. Raises when it did not go out."""


class FileGateway:
    """The default, for trying out and for centres that send by hand: a private file for each message."""

    def send(self, *, key: str, telephone: str, text: str) -> None:
        folder = Path(settings.SMS_FOLDER)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            file = os.open(folder / f"{key}.txt", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return  # sent under this key before
        with os.fdopen(file, "w", encoding="utf-8") as message:
            message.write(f"{telephone}\n{text}\n")


def text_of(number: str, host: str) -> str:
    """What a message says: the number, that there is an answer, and where. Nothing personal."""
    return f"【办不成事窗口】您反映的{number}已答复，请凭查询码查询：{host}/track/?link"


def send_waiting() -> int:
    """Send what waits in this centre and is due; how many went out.

    One transaction for each message, which holds its row: of two workers each takes what the other has not.
    One that fails is tried again after 2, 4, 8 and 16 minutes, then stands as failed on the matter's page.
    """
    gateway: Gateway = import_string(settings.SMS_GATEWAY)()
    host = str(Host.objects.values_list("domain", flat=True).get(tenant=current_centre(), is_primary=True))
    due = Sms.objects.filter(state=SmsState.WAITING, due_at__lte=clock.now()).values_list("pk", flat=True)
    return sum(_send(pk, gateway, host) for pk in list(due))


def _send(pk: UUID, gateway: Gateway, host: str) -> bool:
    with transaction.atomic():
        sms = (
            Sms.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("reply__matter__reporter")
            .filter(pk=pk, state=SmsState.WAITING, due_at__lte=clock.now())
            .first()
        )
        if sms is None:
            return False
        matter = sms.reply.matter
        sms.tries += 1
        try:
            text = text_of(matter.number, host)
            gateway.send(key=str(sms.pk), telephone=matter.reporter.phone or "", text=text)
        except Exception as error:  # whatever a gateway raises: the message is tried again, the rest go on
            log.warning("message %s not sent: %s", sms.pk, type(error).__name__)
            last = sms.tries >= TRIES_AT_MOST
            sms.state = SmsState.FAILED if last else SmsState.WAITING
            sms.due_at = clock.now() + FIRST_WAIT * 2 ** (sms.tries - 1)
        else:
            sms.state, sms.sent_at = SmsState.SENT, clock.now()
        sms.save(update_fields=["tries", "state", "due_at", "sent_at"])
    return sms.state == SmsState.SENT
