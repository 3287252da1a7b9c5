"""Mails about questions on the pages of offers. The provider never reads who asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts import queries
from app.accounts.models import User
from app.core.db import session
from app.core.mime import Mailbox
from app.mail.compose import queue
from app.offers.address import words_of
from app.offers.models import OfferQuestion, QuestionState
from app.offers.service import latest_version
from workers.context import post


def asked(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider; nothing when the question is hidden meanwhile."""
    row = session().get_one(OfferQuestion, payload["question_id"])
    if row.state == QuestionState.OPEN:
        _send(
            queries.people_of(row.offer.provider_id),
            "question_asked",
            row,
            f"/provider/questions#question-{row.id}",
            now,
        )


def answered(payload: dict[str, Any], now: datetime) -> None:
    """Tell who asked."""
    row = session().get_one(OfferQuestion, payload["question_id"])
    if row.state == QuestionState.ANSWERED:
        _send(_asker(row), "question_answered", row, _page(row), now)


def hidden(payload: dict[str, Any], now: datetime) -> None:
    """Tell who asked, and the provider when it had answered, why the question is off the page."""
    row = session().get_one(OfferQuestion, payload["question_id"])
    people = _asker(row) + (queries.people_of(row.offer.provider_id) if row.answer else [])
    _send(people, "question_hidden", row, _page(row), now)


def _asker(row: OfferQuestion) -> list[User]:
    return [row.asked_by] if row.asked_by is not None and row.asked_by.active else []


def _page(row: OfferQuestion) -> str:
    return f"/offers/{row.offer_id}-{words_of(_title(row))}"


def _title(row: OfferQuestion) -> str:
    published = row.offer.published_version
    return (published or latest_version(row.offer)).title


def _send(people: list[User], kind: str, row: OfferQuestion, path: str, now: datetime) -> None:
    for user in people:
        context = {
            "person_name": user.name or user.email,
            "row": row,
            "title": _title(row),
            "link": post().base_url + path,
            "base_url": post().base_url,
        }
        queue(post(), f"offers/{kind}", Mailbox(user.name, user.email), context, locale=user.locale, now=now)
