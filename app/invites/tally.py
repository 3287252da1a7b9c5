"""How many of an event's attendees answered what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.core.db import session
from app.events.models import Attendee
from app.invites.models import Answer, Invitation


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of people. `invited` of `listed` have an invitation; the others answer by what they said."""

    listed: int
    invited: int
    yes: int
    maybe: int
    no: int

    @property
    def silent(self) -> int:
        """Invited, without an answer yet."""
        return self.invited - self.yes - self.maybe - self.no


def of_event(event_id: int) -> Tally:
    """The answers of those still on the list, in one statement."""

    def answered(answer: Answer) -> Any:
        return func.count().filter(Invitation.answer == answer)

    query = (
        select(
            func.count(),
            func.count(Invitation.id),
            answered(Answer.ACCEPTED),
            answered(Answer.TENTATIVE),
            answered(Answer.DECLINED),
        )
        .select_from(Attendee)
        .outerjoin(Invitation, Invitation.attendee_id == Attendee.id)
        .where(Attendee.event_id == event_id, Attendee.removed_at.is_(None))
    )
    return Tally(*session().execute(query).one())
