"""What changed between two versions of an offer, in the reader's words: for the operator, and for the provider."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from app.blueprints.season_words import season_words
from app.core.errors import InvalidInput
from app.formatting import basis, lasting, money, number, percent_bps
from app.offers import categories
from app.offers.content import LANGUAGES
from app.offers.models import OfferVersion
from app.offers.price_rule import Component, PriceRule
from app.offers.terms import Terms
from app.rules import vat
from app.translation import gettext as _
from app.web import locale

Key = tuple[str, str]
BASIS_WORDS = {
    "person": _l("par personne"),
    "group": _l("pour le groupe"),
    "hour": _l("par heure"),
    "person_night": _l("par personne et par nuit"),
    "group_night": _l("par nuit, pour le groupe"),
}
LONG_TEXT = 60
SAME, OUT, IN = "same", "out", "in"


class Change(NamedTuple):
    """One thing that is said otherwise now. `pieces`: a long text word by word, each the same, taken out or put in."""

    label: str
    before: str
    after: str
    pieces: tuple[tuple[str, str], ...]


def changes(before: OfferVersion, after: OfferVersion, category: str) -> list[Change]:
    """What the second version says otherwise than the first, in the page's order; nothing for what stayed."""
    old, new = dict(_told(before, category)), dict(_told(after, category))
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        was, says = old.get(key, ""), new.get(key, "")
        if was != says:
            label = " · ".join(part for part in key if part)
            found.append(Change(label, was, says, _pieces(was, says)))
    return [*found, *_photos(before, after)]


def _told(version: OfferVersion, category: str) -> Iterator[tuple[Key, str]]:
    """Everything a version says, under what its page calls it."""
    yield (_("Titre"), ""), version.title
    yield (_("En une phrase"), ""), version.summary
    yield (_("Description"), ""), version.description
    yield (_("Lieu"), ""), f"{version.postcode} {version.place_name}".strip()
    yield (_("Adresse"), ""), version.street
    if version.service_radius_km:
        yield (_("Se déplace jusqu’à"), ""), f"{number(version.service_radius_km, locale())} km"
    yield (_("Personnes"), ""), f"{version.capacity_min} – {version.capacity_max}"
    if version.duration_minutes:
        yield (_("Durée"), ""), lasting(version.duration_minutes, locale())
    yield (_("Délai de réservation"), ""), _("%(days)s jours", days=version.notice_days)
    yield (_("Langues parlées"), ""), ", ".join(str(LANGUAGES.get(code, code)) for code in version.languages)
    for label, text in categories.facts(category, version.details, locale()):
        yield (_("Caractéristiques"), label), text
    yield from _price(version.price_rule)
    yield from _terms(version.terms)


def _photos(before: OfferVersion, after: OfferVersion) -> Iterator[Change]:
    """Photos by their description; one that was not there before is called new."""
    if [(photo.media_key, photo.alt) for photo in before.photos] == [
        (photo.media_key, photo.alt) for photo in after.photos
    ]:
        return
    known = {photo.media_key for photo in before.photos}
    words = [photo.alt or _("sans description") for photo in after.photos]
    says = [
        text if photo.media_key in known else _("nouvelle : %(words)s", words=text)
        for photo, text in zip(after.photos, words, strict=True)
    ]
    was = [photo.alt or _("sans description") for photo in before.photos]
    yield Change(_("Photos"), ", ".join(was), ", ".join(says), ())


def _price(data: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    try:
        rule = PriceRule.from_json(data)
    except InvalidInput:
        yield (_("Prix"), ""), _("incomplet")
        return
    for place, line in enumerate(rule.components, start=1):
        yield (_("Prix"), f"{place}. {line.label}"), _line(line)
    if rule.minimum_headcount > 1:
        yield (_("Prix"), _("Facturé au moins pour")), _("%(count)s personnes", count=rule.minimum_headcount)
    if rule.minimum_net_cents:
        yield (_("Prix"), _("Minimum facturé")), _net(rule.minimum_net_cents)
    for season in rule.seasons:
        share = percent_bps(abs(season.bps), locale())
        yield (_("Prix"), season.label), f"{season_words(season)} {'−' if season.bps < 0 else '+'}{share}"


def _line(line: Component) -> str:
    category = vat.CATEGORIES.get(line.vat_category)
    said = [f"{_net(line.unit_net_cents)} {BASIS_WORDS[line.basis]}"]
    if line.group_size:
        said.append(_("un pour %(count)s", count=line.group_size))
    said += [
        _("dès %(count)s personnes : %(price)s", count=tier.people, price=_net(tier.unit_net_cents))
        for tier in line.tiers
    ]
    if line.child_net_cents is not None:
        said.append(_("enfant : %(price)s", price=_net(line.child_net_cents)))
    said.append(str(category.label if category else vat.PACKAGE_LABEL))
    if line.optional:
        said.append(_("en option"))
    return ", ".join(said)


def _net(cents: int) -> str:
    return f"{money(cents, locale=locale(), exact=True)} {basis('net', locale())}"


def _terms(data: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    try:
        terms = Terms.from_json(data)
    except InvalidInput:
        yield (_("Conditions"), ""), _("incomplètes")
        return
    steps = [f"{percent_bps(step.fee_bps, locale())} J-{step.days_before}" for step in terms.cancellation]
    yield (_("Conditions"), _("Acompte")), percent_bps(terms.deposit_bps, locale())
    yield (_("Conditions"), _("Solde")), _("%(days)s jours avant", days=terms.balance_days_before)
    yield (_("Conditions"), _("Annulation")), ", ".join([percent_bps(terms.base_fee_bps, locale()), *steps])
    if terms.headcount_reduction:
        least = terms.headcount_reduction
        text = f"{percent_bps(least.bps, locale())} J-{least.days_before}"
        yield (_("Conditions"), _("Réduction d’effectif")), text
    yield (_("Conditions"), _("Paiement")), terms.payment_terms
    yield (_("Conditions"), _("Exécution")), terms.performance_terms


def _pieces(was: str, says: str) -> tuple[tuple[str, str], ...]:
    if not was or not says or max(len(was), len(says)) < LONG_TEXT:
        return ()
    old, new = re.findall(r"\S+\s*", was), re.findall(r"\S+\s*", says)
    found: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append((SAME, "".join(old[a:b])))
            continue
        found += [(side, text) for side, text in ((OUT, "".join(old[a:b])), (IN, "".join(new[c:d]))) if text]
    return tuple(found)
