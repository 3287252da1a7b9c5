"""Questions about an offer: a company asks, the provider answers, everyone reads both. Nobody reads who asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Company
from app.core.db import session
from app.core.errors import InvalidInput, NotFound
from app.core.outbox import publish as tell
from app.core.states import advance
from app.offers.models import Offer, OfferQuestion, OfferState, OfferVersion, QuestionState

LEAST: Final = 12
MOST: Final = 1_000
OPEN_MOST: Final = 5
SHOWN: Final = 20
PAGE: Final = 50
CONTACT: Final = re.compile(r"@[\w-]+\.\w|https?://|www\.|(?:(?:\+|00)33|\b0)[\s.-]?[1-9](?:[\s.-]?\d\d){4}\b")


@dataclass(frozen=True, slots=True)
class Published:
    """A question with its answer, as the offer's page shows them."""

    text: str
    answer: str
    answered_at: datetime


def ask(offer: Offer, company: Company, user_id: int, text: str, *, by: str, now: datetime) -> OfferQuestion:
    """Ask the provider. Publishes `question.asked`.

    Raises NotFound when the offer isn't on sale, InvalidInput for a text that names who asks, is too short or too long,
    or when the company waits for many answers already.
    """
    if offer.state != OfferState.PUBLISHED:
        raise NotFound(_l("Cette offre n’est pas proposée en ce moment."))
    text = _checked(text, "text")
    _refuse_name(text, company)
    query = select(func.count(OfferQuestion.id)).where(
        OfferQuestion.offer_id == offer.id,
        OfferQuestion.company_id == company.id,
        OfferQuestion.state == QuestionState.OPEN,
    )
    if (session().scalar(query) or 0) >= OPEN_MOST:
        raise InvalidInput(_l("Attendez une réponse à vos questions avant d’en poser d’autres."), field="text")
    question = OfferQuestion(offer_id=offer.id, company_id=company.id, asked_by_id=user_id, text=text, asked_at=now)
    session().add(question)
    session().flush()
    tell("question.asked", {"question_id": question.id}, now=now)
    return question


def answer(question: OfferQuestion, text: str, *, by: str, now: datetime) -> None:
    """Answer, or word an answer anew: both are on the offer's page at once. Publishes `question.answered`.

    Raises InvalidInput for a text that can't be published, InvalidTransition when an operator has hidden the question.
    """
    text = _checked(text, "answer")
    _refuse_name(text, question.company, field="answer")
    first = question.state == QuestionState.OPEN
    advance(question, "answer", by=by, now=now, also={"answer": text, "answered_at": now})
    if first:
        tell("question.answered", {"question_id": question.id}, now=now)


def hide(question: OfferQuestion, reason: str, *, by: str, now: datetime) -> None:
    """Take a question off the page. Publishes `question.hidden`. Raises InvalidInput without a reason."""
    reason = reason.strip()[:MOST]
    if len(reason) < LEAST:
        raise InvalidInput(_l("Expliquez en une phrase : l’entreprise et le prestataire la liront."), field="reason")
    advance(question, "hide", by=by, now=now, reason=reason, also={"hidden_reason": reason})
    tell("question.hidden", {"question_id": question.id}, now=now)


def restore(question: OfferQuestion, *, by: str, now: datetime) -> None:
    """Put a hidden question back as it was. Raises InvalidTransition when it isn't hidden."""
    advance(question, "show" if question.answer else "reopen", by=by, now=now, also={"hidden_reason": ""})


def published(offer_id: int, most: int = SHOWN) -> list[Published]:
    """The answered questions of an offer, the latest answer first."""
    query = (
        select(OfferQuestion.text, OfferQuestion.answer, OfferQuestion.answered_at)
        .where(OfferQuestion.offer_id == offer_id, OfferQuestion.state == QuestionState.ANSWERED)
        .order_by(OfferQuestion.answered_at.desc(), OfferQuestion.id.desc())
        .limit(most)
    )
    return [Published(text, answer, at) for text, answer, at in session().execute(query) if at is not None]


def waiting_of(offer_id: int, company_id: int) -> list[str]:
    """What a company has asked about an offer and waits to read."""
    query = select(OfferQuestion.text).where(
        OfferQuestion.offer_id == offer_id,
        OfferQuestion.company_id == company_id,
        OfferQuestion.state == QuestionState.OPEN,
    )
    return list(session().scalars(query.order_by(OfferQuestion.asked_at)))


def of_provider(provider_id: int, page: int = 1) -> tuple[Sequence[OfferQuestion], int]:
    """A page of fifty questions about a provider's offers, unanswered ones first, and how many there are in all."""
    mine = Offer.provider_id == provider_id
    query = _with_offer().where(mine, OfferQuestion.state != QuestionState.HIDDEN)
    query = query.order_by(OfferQuestion.state != QuestionState.OPEN, OfferQuestion.asked_at.desc(), OfferQuestion.id)
    count = select(func.count(OfferQuestion.id)).join(Offer, Offer.id == OfferQuestion.offer_id)
    total = session().scalar(count.where(mine, OfferQuestion.state != QuestionState.HIDDEN)) or 0
    return session().scalars(query.limit(PAGE).offset((max(1, page) - 1) * PAGE)).all(), total


def open_count(provider_id: int) -> int:
    """How many questions wait for a provider's answer."""
    query = select(func.count(OfferQuestion.id)).join(Offer, Offer.id == OfferQuestion.offer_id)
    return session().scalar(query.where(Offer.provider_id == provider_id, OfferQuestion.state == "open")) or 0


def recent(page: int = 1) -> tuple[Sequence[OfferQuestion], int]:
    """A page of fifty questions of all offers, the latest first, for the operator, and how many there are in all."""
    query = _with_offer().options(joinedload(OfferQuestion.company)).order_by(OfferQuestion.asked_at.desc())
    rows = session().scalars(query.limit(PAGE).offset((max(1, page) - 1) * PAGE)).all()
    return rows, session().scalar(select(func.count(OfferQuestion.id))) or 0


def one(question_id: int, provider_id: int | None) -> OfferQuestion:
    """A question about an offer of that provider, or of any (for the operator). Raises NotFound."""
    query = _with_offer().where(OfferQuestion.id == question_id).options(joinedload(OfferQuestion.company))
    if provider_id is not None:
        query = query.where(Offer.provider_id == provider_id)
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def _with_offer() -> Select[OfferQuestion]:
    return (
        select(OfferQuestion)
        .join(OfferQuestion.offer)
        .outerjoin(OfferVersion, OfferVersion.id == Offer.published_version_id)
        .options(
            contains_eager(OfferQuestion.offer).contains_eager(Offer.published_version),
            contains_eager(OfferQuestion.offer).joinedload(Offer.provider),
        )
    )


def _checked(text: str, field: str) -> str:
    text = "\n".join(line.strip() for line in text.strip().splitlines() if line.strip())
    if len(text) < LEAST:
        raise InvalidInput(_l("Écrivez une phrase entière : d’autres la liront aussi."), field=field)
    if len(text) > MOST:
        raise InvalidInput(_l("Au plus %(most)s caractères.", most=MOST), field=field)
    if CONTACT.search(text):
        raise InvalidInput(
            _l("Sans adresse, lien ni téléphone : ces mots seront publiés. Pour un échange privé, demandez un devis."),
            field=field,
        )
    return text


def _refuse_name(text: str, company: Company, field: str = "text") -> None:
    """Nobody is to read who asked, not even in the question's own words."""
    name = re.escape(company.name.strip())
    if len(company.name.strip()) > 2 and re.search(rf"(?<!\w){name}(?!\w)", text, re.IGNORECASE):
        raise InvalidInput(
            _l("Ne nommez pas l’entreprise : question et réponse seront publiées sans dire qui demande."), field=field
        )
