"""Sending the mails that wait: several over one connection, each marked at once: a crash repeats one at most."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from celery import shared_task

from app.core import correlation
from app.core.clock import utcnow
from app.core.db import transaction
from app.mail import service
from app.mail.service import Claimed
from app.mail.transport import Deferred, Refused, SmtpTransport, Unreachable
from workers.context import settings

log = structlog.get_logger()

BATCH = 25


def drain(smtp_url: str, now: Callable[[], datetime] = utcnow) -> int:
    """Send until nothing is due. Returns how many messages the server took."""
    sent = 0
    with SmtpTransport(smtp_url) as transport:
        while True:
            with transaction():
                batch = service.claim(BATCH, now=now())
            if not batch:
                return sent
            for position, mail in enumerate(batch):
                try:
                    sent += _send(transport, mail, now)
                except Unreachable as error:
                    _wait(batch[position:], str(error), now())
                    return sent


def _send(transport: SmtpTransport, mail: Claimed, now: Callable[[], datetime]) -> bool:
    correlation.begin(mail.correlation_id)
    try:
        transport.send(mail.sender, mail.recipient, mail.content)
    except Refused as error:
        log.warning("mail refused", mail=mail.id, error=str(error))
        with transaction():
            service.mark_refused(mail.id, str(error), now=now())
        return False
    except Deferred as error:
        log.warning("mail deferred", mail=mail.id, error=str(error))
        with transaction():
            service.put_back(mail.id, str(error), now=now())
        return False
    with transaction():
        service.mark_sent(mail.id, now=now())
    log.info("mail sent", mail=mail.id)
    return True


def _wait(mails: list[Claimed], error: str, now: datetime) -> None:
    log.warning("mail server unreachable", mails=len(mails), error=error)
    with transaction():
        service.wait_for_server([mail.id for mail in mails], error, now=now)


@shared_task(name="mail.drain")  # type: ignore[untyped-decorator]
def drain_task() -> None:
    """Nudged after commits, and swept by beat."""
    drain(settings().smtp_url)


@shared_task(name="mail.sweep")  # type: ignore[untyped-decorator]
def sweep_task() -> None:
    """Bring back what a crash left claimed."""
    with transaction():
        service.return_stale(now=utcnow())
    drain(settings().smtp_url)
