"""Wording that the law, or fairness, puts on a quote: dated, with its source, in French and in English.

These are no interface strings: a stored document must come out the same for ever, so its words live here, with the day
from which they hold, and not in the message catalogues.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.rules.dated import Dated, value_on

SINCE = date(2013, 1, 1)
LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages; `{name}` places are filled by `format`."""

    fr: str
    en: str

    def to(self, language: str, **values: str) -> str:
        """The sentence in a language (French unless "en"), filled."""
        return (self.en if language == "en" else self.fr).format(**values)


MENTIONS: dict[str, tuple[Dated[Text], ...]] = {
    "late_payment": (
        Dated(
            Text(
                "Tout retard de paiement entraîne de plein droit des pénalités au taux de refinancement de la Banque "
                "centrale européenne majoré de 10\u00a0points, et une indemnité forfaitaire de 40\u00a0€ pour frais de "
                "recouvrement (C.\u00a0com., art.\u00a0L.\u00a0441-10 et D.\u00a0441-5).",
                "Any late payment incurs, without notice, penalties at the European Central Bank’s refinancing rate "
                "plus 10\u00a0points and a fixed €40 recovery fee (French Commercial Code, arts L.\u00a0441-10 and "
                "D.\u00a0441-5).",
            ),
            SINCE,
            "C. com., art. L. 441-10, II and D. 441-5",
        ),
    ),
    "no_discount": (
        Dated(
            Text("Aucun escompte pour paiement anticipé.", "No discount for early payment."),
            SINCE,
            "C. com., art. L. 441-9, I",
        ),
    ),
    "on_behalf": (
        Dated(
            Text(
                "Devis établi par {platform} au nom et pour le compte de {provider}, seul vendeur.",
                "Quote drawn up by {platform} in the name and on behalf of {provider}, sole seller.",
            ),
            SINCE,
            "C. civ., art. 1984; CGI, art. 289, I, 2",
        ),
    ),
    "acceptance": (
        Dated(
            Text(
                "L’acceptation en ligne par une personne habilitée vaut bon pour accord\u00a0: {platform} en conserve "
                "l’auteur, l’heure et l’empreinte SHA-256 de ce document.",
                "Acceptance online by an authorised person is binding: {platform} keeps its author, its time and the "
                "SHA-256 digest of this document.",
            ),
            SINCE,
            "C. civ., art. 1366 and 1367",
        ),
    ),
    "validity": (
        Dated(
            Text(
                "Ce devis engage le prestataire jusqu’au {until}\u202f; passé ce délai, il ne peut plus être accepté.",
                "This quote binds the provider until {until}; after that it can no longer be accepted.",
            ),
            SINCE,
            "C. civ., art. 1116",
        ),
    ),
    "travel_registration": (
        Dated(
            Text(
                "Opérateur de voyages et de séjours immatriculé au registre tenu par Atout France sous le numéro "
                "{number}. Garantie financière\u00a0: {guarantor}. Assurance de responsabilité civile "
                "professionnelle\u00a0: {insurer}.",
                "Travel operator registered with Atout France under number {number}. Financial guarantee: "
                "{guarantor}. Professional liability insurance: {insurer}.",
            ),
            SINCE,
            "C. tourisme, art. L. 211-18 and R. 211-3 s.",
        ),
    ),
    "package_vat": (
        Dated(
            Text(
                "Un forfait non détaillé supporte le taux le plus élevé de ses éléments non accessoires "
                "(CGI, art.\u00a0278-0).",
                "A package that is not itemised bears the highest rate among its parts that are not accessory "
                "(CGI, art.\u00a0278-0).",
            ),
            date(2021, 1, 1),
            "CGI, art. 278-0",
        ),
    ),
    "tourist_tax": (
        Dated(
            Text(
                "La taxe de séjour, collectée pour la commune, est hors du champ de la TVA.",
                "The tourist tax, collected for the municipality, is outside the scope of VAT.",
            ),
            SINCE,
            "CGCT, art. L. 2333-29 s.",
        ),
    ),
    "days": (
        Dated(
            Text(
                "Les jours sont des jours calendaires, au lieu de l’évènement\u202f; le jour du seuil reste au tarif "
                "précédent.",
                "Days are calendar days where the event takes place; the threshold day still counts at the earlier "
                "rate.",
            ),
            SINCE,
            "Terms of the house",
        ),
    ),
    "all_due": (
        Dated(
            Text(
                "Accepté moins de {days}\u00a0jours avant l’évènement, le devis est payable en totalité à "
                "l’acceptation.",
                "When accepted fewer than {days}\u00a0days before the event, the whole price is due on acceptance.",
            ),
            SINCE,
            "Terms of the house",
        ),
    ),
}


def mention(code: str, on: date, language: str, **values: str) -> str:
    """A sentence in force on a day, in a language, filled. Raises KeyError for an unknown code."""
    return value_on(MENTIONS[code], on).to(language, **values)
