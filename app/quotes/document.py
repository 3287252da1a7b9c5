"""The quote as a PDF: every mention that French law asks for, the same bytes for the same data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

from app.core import pdf
from app.core.clock import local_date
from app.core.money import EUR
from app.offers.price_rule import Price, PricedLine
from app.offers.terms import InstalmentKind, Terms, fee_bps, reduced_headcount, reduction_until, schedule, thresholds
from app.quotes import document_format as fmt
from app.quotes.document_words import word
from app.quotes.pricing import included, option_price, options, totals
from app.rules import identifiers, legal, vat
from app.rules.thresholds import limits

TEMPLATE = Path(__file__).with_name("document.typ")


@dataclass(frozen=True, slots=True)
class Party:
    """One side of the contract, as it is to be printed."""

    name: str
    legal_form: str = ""
    siren: str = ""
    rcs_city: str = ""
    vat_number: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    email: str = ""
    phone: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class TravelRegistration:
    """Atout France number, guarantor and insurer of a provider that sells packages or others' stays and transport."""

    number: str
    guarantor: str
    insurer: str


@dataclass(frozen=True, slots=True)
class QuoteDocument:
    """All that a printed quote says. Times are aware; `zone` is the event's."""

    number: str
    version: int
    issued_at: datetime
    valid_until: datetime
    zone: str
    provider: Party
    company: Party
    platform_name: str
    event_title: str
    offer_title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    headcount: int
    lines: tuple[PricedLine, ...]
    terms: Terms
    message: str = ""
    currency: str = EUR
    franchise: bool = False
    registration: TravelRegistration | None = None
    hold_until: datetime | None = None
    offer_facts: tuple[tuple[str, str], ...] = ()
    """What the offer's category says of it first, in French: the kind of place, the rooms, what is included."""

    @property
    def issued_on(self) -> date:
        return local_date(self.issued_at, self.zone)

    @property
    def starts_on(self) -> date:
        return local_date(self.starts_at, self.zone)

    @property
    def ends_on(self) -> date:
        return local_date(self.ends_at, self.zone)

    @property
    def price(self) -> Price:
        return totals(self.lines, self.headcount, self.currency)


def render_quote(document: QuoteDocument, language: str = "fr") -> bytes:
    """The PDF/A-3 of a quote in "fr" or "en"; equal documents give equal bytes.

    Raises InvalidInput when discounts exceed the price.
    """
    return pdf.render(TEMPLATE, _Page(document, language).data(), created_at=document.issued_at)


@dataclass(frozen=True, slots=True)
class _Page:
    """One document in one language, as the texts that the template lays out."""

    document: QuoteDocument
    language: str

    def data(self) -> dict[str, Any]:
        document = self.document
        return {
            "lang": self.language,
            "title": self.say("title", number=document.number),
            "author": document.provider.name,
            "kind": self.say("quote"),
            "number": document.number,
            "version": self.say("version", version=str(document.version)) if document.version > 1 else "",
            "parties": [self.party("provider", document.provider), self.party("company", document.company)],
            "facts": [list(self.quote_facts()), list(self.event_facts())],
            "message": document.message,
            "lines": self.lines(),
            "options": self.options(),
            "rates": self.rates(),
            "totals": self.totals(),
            "sections": [self.payment(), self.cancellation(), self.reduction(), self.performance()],
            "mentions": {"heading": self.say("mentions"), "paragraphs": list(self.mentions())},
            "footer": self.footer(),
            "page": [self.say("page"), self.say("of")],
        }

    def say(self, code: str, **values: str) -> str:
        return word(code, self.language, **values)

    def amount(self, cents: int) -> str:
        return fmt.amount(cents, self.document.currency, self.language)

    def share(self, bps: int) -> str:
        return fmt.share(bps, self.language)

    def day(self, on: date) -> str:
        return fmt.day(on, self.language)

    def moment(self, instant: datetime) -> str:
        return fmt.moment(instant, self.document.zone, self.language)

    def people(self, headcount: int) -> str:
        if headcount == 1:
            return self.say("one_person")
        return self.say("people", count=fmt.count(headcount, self.language))

    def party(self, code: str, party: Party) -> dict[str, Any]:
        siren = identifiers.spaced(party.siren) if party.siren else ""
        register = ""
        if siren:
            known = party.rcs_city and self.say("register", city=party.rcs_city, siren=siren)
            register = known or self.say("company_number", siren=siren)
        town = " ".join(part for part in (party.postcode, party.city) if part)
        country = party.country if party.country != "FR" else ""
        rest = (
            party.legal_form,
            party.street,
            ", ".join(part for part in (town, country) if part),
            register,
            party.vat_number and self.say("vat_number", number=party.vat_number),
            party.contact and self.say("contact", name=party.contact),
            "\u2002".join(part for part in (party.email, party.phone) if part),
        )
        return {"heading": self.say(code), "name": party.name, "lines": [line for line in rest if line]}

    def quote_facts(self) -> Iterable[tuple[str, str]]:
        document = self.document
        yield self.say("issued"), self.day(document.issued_on)
        yield self.say("valid_until"), self.moment(document.valid_until)
        if document.hold_until:
            yield self.say("hold"), self.moment(document.hold_until)
        if document.offer_title:
            yield self.say("offer"), document.offer_title
        yield from document.offer_facts

    def event_facts(self) -> Iterable[tuple[str, str]]:
        document = self.document
        yield self.say("event"), document.event_title
        yield self.say("begins"), self.moment(document.starts_at)
        yield self.say("ends"), self.moment(document.ends_at)
        yield self.say("duration"), self.duration()
        yield self.say("headcount"), self.people(document.headcount)
        if document.place:
            yield self.say("place"), document.place

    def duration(self) -> str:
        document = self.document
        days = (document.ends_on - document.starts_on).days + 1
        if days > 1:
            return self.say("days", count=str(days))
        return fmt.hours(int((document.ends_at - document.starts_at).total_seconds()) // 60)

    def lines(self) -> dict[str, Any]:
        return {
            "heading": self.say("included"),
            "heads": [self.say(code) for code in ("label", "quantity", "unit_price", "rate", "line_net")],
            "rows": [self.line(line) for line in included(self.document.lines)],
        }

    def line(self, line: PricedLine) -> list[str]:
        return [
            line.label,
            fmt.count(line.quantity, self.language),
            self.amount(line.unit_net_cents),
            self.rate(line),
            self.amount(line.net_cents),
        ]

    def rate(self, line: PricedLine) -> str:
        taxed = line.vat_category not in vat.CATEGORIES or vat.CATEGORIES[line.vat_category].taxed
        return self.share(line.vat_bps) if taxed and not self.document.franchise else self.say("no_vat")

    def options(self) -> dict[str, Any]:
        last = "line_net" if self.document.franchise else "line_gross"
        return {
            "heading": self.say("options"),
            "heads": [self.say(code) for code in ("label", "quantity", "unit_price", "rate", last)],
            "rows": [
                [*self.line(line)[:4], self.amount(option_price(line).gross_cents)]
                for line in options(self.document.lines)
            ],
        }

    def rates(self) -> dict[str, Any]:
        totals_by_rate = () if self.document.franchise else self.document.price.by_rate
        return {
            "heads": [self.say(code) for code in ("rate_of", "base", "vat_amount", "gross_amount")],
            "rows": [
                [
                    self.share(total.rate_bps) if total.rate_bps else self.say("no_vat"),
                    self.amount(total.net_cents),
                    self.amount(total.vat_cents),
                    self.amount(total.gross_cents),
                ]
                for total in totals_by_rate
            ],
        }

    def totals(self) -> dict[str, Any]:
        price = self.document.price
        gross, net = self.amount(price.per_person_gross.cents), self.amount(price.per_person_net.cents)
        if self.document.franchise:
            return {
                "rows": [],
                "grand": [self.say("total_without_vat"), self.amount(price.gross.cents)],
                "note": self.say("per_person_no_vat", gross=gross),
            }
        return {
            "rows": [
                [self.say("total_net"), self.amount(price.net.cents)],
                [self.say("total_vat"), self.amount(price.vat.cents)],
            ],
            "grand": [self.say("total_gross"), self.amount(price.gross.cents)],
            "note": self.say("per_person", gross=gross, net=net),
        }

    def payment(self) -> dict[str, Any]:
        document = self.document
        parts = schedule(document.price.gross.cents, document.terms, document.starts_on, document.issued_on)
        days = str(limits(document.issued_on).all_due_within_days)
        rows = [[self.instalment(part.kind), self.due(part.due_on), self.amount(part.amount_cents)] for part in parts]
        texts = (
            self.mention("all_due", days=days) if len(parts) > 1 else "",
            self.say("means", platform=document.platform_name),
            document.terms.payment_terms,
        )
        return {"heading": self.say("payment"), "rows": rows, "paragraphs": [text for text in texts if text]}

    def instalment(self, kind: InstalmentKind) -> str:
        return self.say(kind.value, share=self.share(self.document.terms.deposit_bps))

    def due(self, on: date) -> str:
        return self.say("on_acceptance") if on <= self.document.issued_on else self.say("by", day=self.day(on))

    def cancellation(self) -> dict[str, Any]:
        document = self.document
        gross, starts_on = document.price.gross.cents, document.starts_on
        steps = thresholds(document.terms, gross, starts_on, document.issued_on)
        rows = []
        for (first, cents), following in zip_longest(steps, steps[1:]):
            bps = fee_bps(document.terms, starts_on, first)
            fee = self.say("fee", share=self.share(bps)) if cents else self.say("no_fee")
            rows.append([self.span(first, following and following[0]), fee, self.amount(cents)])
        texts = [self.say("provider_cancels")]
        if len(steps) > 1:
            texts.insert(0, self.mention("days"))
        return {"heading": self.say("cancellation"), "rows": rows, "paragraphs": texts}

    def span(self, first: date, following: date | None) -> str:
        starts_now = first == self.document.issued_on
        opening = fmt.short_day(first, self.language)
        if following is None:
            return self.say("any_time") if starts_now else self.say("from", first=opening)
        closing = fmt.short_day(following - timedelta(days=1), self.language)
        return self.say("until", last=closing) if starts_now else self.say("between", first=opening, last=closing)

    def reduction(self) -> dict[str, Any]:
        document = self.document
        until = reduction_until(document.terms, document.starts_on)
        fewest = reduced_headcount(document.terms, document.headcount)
        text = self.say("no_reduction")
        if until and until >= document.issued_on and fewest < document.headcount:
            text = self.say("reduction_until", day=self.day(until), count=self.people(fewest))
        return {"heading": self.say("reduction"), "rows": [], "paragraphs": [text]}

    def performance(self) -> dict[str, Any]:
        text = self.document.terms.performance_terms or self.say("performance_default")
        return {"heading": self.say("performance"), "rows": [], "paragraphs": [text]}

    def mention(self, code: str, **values: str) -> str:
        return legal.mention(code, self.document.issued_on, self.language, **values)

    def mentions(self) -> Iterable[str]:
        document = self.document
        categories = {line.vat_category for line in document.lines}
        yield self.mention("validity", until=self.moment(document.valid_until))
        yield self.mention("acceptance", platform=document.platform_name)
        if document.franchise:
            yield f"{vat.franchise_text(document.issued_on)}."
        if vat.PACKAGE in categories and not document.franchise:
            yield self.mention("package_vat")
        if "tourist_tax" in categories:
            yield self.mention("tourist_tax")
        yield self.mention("late_payment")
        yield self.mention("no_discount")
        if document.registration:
            r = document.registration
            yield self.mention("travel_registration", number=r.number, guarantor=r.guarantor, insurer=r.insurer)
        if self.cites_the_cgi(categories) and (transition := vat.transition_text(document.issued_on)):
            yield transition

    def cites_the_cgi(self, categories: set[str]) -> bool:
        return self.document.franchise or vat.PACKAGE in categories

    def footer(self) -> str:
        document = self.document
        return self.mention("on_behalf", platform=document.platform_name, provider=document.provider.name)
