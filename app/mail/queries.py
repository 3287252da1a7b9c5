"""What the operator sees of the mails."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core.db import session
from app.mail.models import MailState, OutgoingMail


def failed(limit: int = 100) -> list[OutgoingMail]:
    """Mails that were given up, the latest first."""
    statement = select(OutgoingMail).where(OutgoingMail.state == MailState.FAILED).order_by(OutgoingMail.id.desc())
    return list(session().scalars(statement.limit(limit)))


def counts() -> dict[MailState, int]:
    """How many mails wait, are being sent, or were given up."""
    shown = (MailState.QUEUED, MailState.CLAIMED, MailState.FAILED)
    rows = session().execute(
        select(OutgoingMail.state, func.count()).where(OutgoingMail.state.in_(shown)).group_by(OutgoingMail.state)
    )
    return dict.fromkeys(shown, 0) | dict(rows.all())
