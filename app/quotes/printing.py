"""A request and what is proposed for it, as the document that is printed, stored and signed."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import Organisation, Provider
from app.offers.categories import facts
from app.quotes.document import Party, QuoteDocument, TravelRegistration
from app.quotes.models import QuoteRequest
from app.quotes.proposal import Proposal


def document_of(
    request: QuoteRequest,
    proposal: Proposal,
    *,
    number: str,
    version: int,
    platform_name: str,
    now: datetime,
    hold_until: datetime | None = None,
) -> QuoteDocument:
    """What the PDF of a proposal says. `hold_until` only for an option that really stands."""
    provider = request.provider
    return QuoteDocument(
        number=number,
        version=version,
        issued_at=now,
        valid_until=proposal.valid_until,
        zone=request.zone,
        provider=_party(provider),
        company=_party(request.event.company, contact=request.event.organiser.name),
        platform_name=platform_name,
        event_title=request.event.title,
        offer_title=request.offer_version.title,
        offer_facts=tuple(facts(request.offer.category, request.offer_version.details, "fr", headline=True)),
        place=place_of(request),
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        headcount=request.headcount,
        lines=proposal.lines,
        terms=proposal.terms,
        message=proposal.message,
        franchise=provider.vat_franchise,
        registration=_registration(provider),
        hold_until=hold_until,
    )


def place_of(request: QuoteRequest) -> str:
    """Where it happens: the offer's address, or the event's place when the provider comes to the company."""
    version = request.offer_version
    if version.service_radius_km is not None:
        return request.event.venue_address or request.event.place_name
    town = " ".join(part for part in (version.postcode, version.place_name) if part)
    return ", ".join(part for part in (version.street, town) if part)


def _party(organisation: Organisation, contact: str = "") -> Party:
    return Party(
        name=organisation.name,
        legal_form=organisation.legal_form,
        siren=organisation.siren or "",
        rcs_city=organisation.rcs_city,
        vat_number=organisation.vat_number,
        street=organisation.street,
        postcode=organisation.postcode,
        city=organisation.city,
        country=organisation.country,
        email=organisation.email,
        phone=organisation.phone,
        contact=contact,
    )


def _registration(provider: Provider) -> TravelRegistration | None:
    if not provider.resells_stays:
        return None
    return TravelRegistration(provider.atout_france, provider.guarantor, provider.insurer)
