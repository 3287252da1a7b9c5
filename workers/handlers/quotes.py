"""Mails about requests and quotes, and what is kept of how fast a provider answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts import queries as accounts
from app.accounts.models import Organisation
from app.accounts.roles import Role
from app.bookings.accepting import NOT_CHOSEN
from app.core.mime import Attachment, Mailbox
from app.mail.compose import queue
from app.quotes import queries
from app.quotes.models import Quote, QuoteRequest, QuoteState, RequestState
from app.quotes.service import decline_words, keep_answer_time
from workers.context import post


def request_sent(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider that a quote is asked; nothing when the request was taken back meanwhile."""
    asked = queries.request_by_id(payload["request_id"])
    if asked.state == RequestState.OPEN:
        _tell_provider("request", asked, now)


def request_withdrawn(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider that it needn't answer."""
    _tell_provider("request_withdrawn", queries.request_by_id(payload["request_id"]), now)


def request_declined(payload: dict[str, Any], now: datetime) -> None:
    """Tell the organiser who declines, and why."""
    asked = queries.request_by_id(payload["request_id"])
    reason, text = decline_words(asked.decline_reason)
    _tell_organiser("request_declined", asked, now, reason=reason, text=text)


def request_expired(payload: dict[str, Any], now: datetime) -> None:
    """Tell both that the deadline has passed without an answer."""
    asked = queries.request_by_id(payload["request_id"])
    _tell_organiser("request_unanswered", asked, now)
    _tell_provider("request_missed", asked, now)


def quote_sent(payload: dict[str, Any], now: datetime) -> None:
    """Send the organiser the quote; nothing when a newer version or a withdrawal has overtaken it."""
    quote = queries.quote_by_id(payload["quote_id"])
    if quote.state == QuoteState.SENT:
        _tell_organiser("received", quote.request, now, quote, attachments=_document(quote))


def answer_time(payload: dict[str, Any], now: datetime) -> None:
    """Keep the provider's median time to answer."""
    if "quote_id" in payload:
        keep_answer_time(queries.quote_by_id(payload["quote_id"]).provider_id)
    else:
        keep_answer_time(queries.request_by_id(payload["request_id"]).provider_id)


def quote_withdrawn(payload: dict[str, Any], now: datetime) -> None:
    """Tell the organiser that a quote is gone."""
    quote = queries.quote_by_id(payload["quote_id"])
    _tell_organiser("withdrawn", quote.request, now, quote)


def quote_expired(payload: dict[str, Any], now: datetime) -> None:
    """Tell both that a quote is no longer valid."""
    quote = queries.quote_by_id(payload["quote_id"])
    _tell_organiser("expired_company", quote.request, now, quote)
    _tell_provider("expired_provider", quote.request, now, quote)


def quote_accepted(payload: dict[str, Any], now: datetime) -> None:
    """Tell the provider that its quote is accepted and waits for the first payment."""
    quote = queries.quote_by_id(payload["quote_id"])
    _tell_provider("accepted", quote.request, now, quote)


def quote_not_chosen(payload: dict[str, Any], now: datetime) -> None:
    """Tell a provider that another was chosen, or that the event is off."""
    asked = queries.request_by_id(payload["request_id"])
    quote = queries.quote_by_id(payload["quote_id"]) if payload["quote_id"] else None
    _tell_provider("not_chosen", asked, now, quote, chosen_other=payload["reason"] == NOT_CHOSEN)


def hold_promoted(payload: dict[str, Any], now: datetime) -> None:
    """Tell both that a queued option now holds the date."""
    quote = queries.quote_of_hold(payload["reservation_id"])
    if quote is not None:
        _tell_organiser("hold_company", quote.request, now, quote)
        _tell_provider("hold_provider", quote.request, now, quote)


def _tell_organiser(
    kind: str,
    asked: QuoteRequest,
    now: datetime,
    quote: Quote | None = None,
    *,
    attachments: tuple[Attachment, ...] = (),
    **more: Any,
) -> None:
    organiser, event = asked.event.organiser, asked.event
    link = f"{post().base_url}/company/events/{event.slug}/needs/{asked.need_id}/compare"
    context = {"asked": asked, "quote": quote, "link": link, "person_name": organiser.name or organiser.email, **more}
    to = Mailbox(organiser.name, organiser.email)
    queue(post(), f"quotes/{kind}", to, context, locale=organiser.locale, now=now, attachments=attachments)


def _tell_provider(kind: str, asked: QuoteRequest, now: datetime, quote: Quote | None = None, **more: Any) -> None:
    link = f"{post().base_url}/provider/requests/{asked.id}"
    for to, locale in _sellers(asked.provider):
        context = {"asked": asked, "quote": quote, "link": link, "person_name": to.name or to.email, **more}
        queue(post(), f"quotes/{kind}", to, context, locale=locale, now=now)


def _sellers(provider: Organisation) -> list[tuple[Mailbox, str]]:
    """Who reads for a provider, each in her language; the organisation's own address when it has nobody."""
    people = accounts.people_of(provider.id, Role.SELLER)
    if people:
        return [(Mailbox(user.name, user.email), user.locale) for user in people]
    return [(Mailbox(provider.name, provider.email), "fr")] if provider.email else []


def _document(quote: Quote) -> tuple[Attachment, ...]:
    document = quote.document
    return (Attachment(document.filename, document.content, document.mime),) if document else ()
