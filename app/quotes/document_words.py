"""The words of the printed quote, in French and in English.

Kept apart from the interface's catalogues on purpose: a quote that was accepted must come out the same for ever.
"""

from __future__ import annotations

from app.rules.legal import Text

WORDS: dict[str, Text] = {
    "quote": Text("Devis", "Quote"),
    "title": Text("Devis {number}", "Quote {number}"),
    "version": Text("version {version}, remplace les précédentes", "version {version}, replaces earlier ones"),
    "provider": Text("Prestataire", "Provider"),
    "company": Text("Client", "Client"),
    "issued": Text("Établi le", "Issued on"),
    "valid_until": Text("Valable jusqu’au", "Valid until"),
    "event": Text("Évènement", "Event"),
    "offer": Text("Prestation", "Service"),
    "begins": Text("Début", "Start"),
    "ends": Text("Fin", "End"),
    "duration": Text("Durée", "Duration"),
    "place": Text("Lieu", "Place"),
    "headcount": Text("Effectif", "Headcount"),
    "people": Text("{count} personnes", "{count} people"),
    "one_person": Text("1 personne", "1 person"),
    "days": Text("{count} jours", "{count} days"),
    "hold": Text("Date réservée jusqu’au", "Date held until"),
    "contact": Text("À l’attention de {name}", "Attn. {name}"),
    "company_number": Text("SIREN {siren}", "SIREN (company number) {siren}"),
    "register": Text("RCS {city} {siren}", "RCS {city} (trade register) {siren}"),
    "vat_number": Text("TVA {number}", "VAT {number}"),
    "label": Text("Désignation", "Description"),
    "quantity": Text("Quantité", "Quantity"),
    "unit_price": Text("Prix unitaire HT", "Unit price, net"),
    "rate": Text("TVA", "VAT"),
    "line_net": Text("Montant HT", "Amount, net"),
    "line_gross": Text("Montant TTC", "Amount, gross"),
    "included": Text("Ce qui est compris", "What is included"),
    "options": Text("En option, non compris dans le total", "Optional, not part of the total"),
    "rate_of": Text("Taux", "Rate"),
    "base": Text("Base HT", "Net base"),
    "vat_amount": Text("Montant de TVA", "VAT amount"),
    "gross_amount": Text("Montant TTC", "Gross amount"),
    "no_vat": Text("hors TVA", "no VAT"),
    "total_net": Text("Total HT", "Total, net"),
    "total_vat": Text("TVA", "VAT"),
    "total_gross": Text("Total TTC", "Total, gross"),
    "total_without_vat": Text("Total net de TVA", "Total, no VAT charged"),
    "per_person": Text("soit {gross} TTC par personne ({net} HT)", "that is {gross} gross per person ({net} net)"),
    "per_person_no_vat": Text("soit {gross} par personne", "that is {gross} per person"),
    "payment": Text("Paiement", "Payment"),
    "deposit": Text("Acompte, {share}", "Deposit, {share}"),
    "balance": Text("Solde", "Balance"),
    "full": Text("Totalité", "Full price"),
    "on_acceptance": Text("à l’acceptation", "on acceptance"),
    "by": Text("au plus tard le {day}", "by {day}"),
    "means": Text(
        "Par carte, prélèvement SEPA ou virement, sur la page de paiement de {platform}.",
        "By card, SEPA debit or bank transfer, on {platform}’s payment page.",
    ),
    "cancellation": Text("Si vous annulez", "If you cancel"),
    "until": Text("jusqu’au {last}", "until {last}"),
    "between": Text("du {first} au {last}", "from {first} to {last}"),
    "from": Text("à partir du {first}", "from {first}"),
    "any_time": Text("à tout moment", "at any time"),
    "no_fee": Text("sans frais", "no fee"),
    "fee": Text("{share} du prix", "{share} of the price"),
    "provider_cancels": Text(
        "Si le prestataire annule, tout ce qui a été payé est remboursé.",
        "If the provider cancels, everything paid is refunded.",
    ),
    "reduction": Text("Si l’effectif baisse", "If fewer people come"),
    "reduction_until": Text(
        "Jusqu’au {day} inclus, l’effectif peut descendre sans frais jusqu’à {count}.",
        "Until {day} included, the headcount may fall to {count} at no cost.",
    ),
    "no_reduction": Text(
        "Les conditions de ce devis ne prévoient pas de baisse d’effectif sans frais.",
        "The terms of this quote allow no free reduction of the headcount.",
    ),
    "performance": Text("Exécution de la prestation", "How the service is provided"),
    "performance_default": Text(
        "La prestation est fournie aux dates, au lieu et pour l’effectif indiqués ci-dessus. Toute modification fait "
        "l’objet d’une nouvelle version du devis ou d’un avenant.",
        "The service is provided on the dates, at the place and for the headcount given above. Any change takes a new "
        "version of the quote or an amendment.",
    ),
    "mentions": Text("Mentions", "Legal notices"),
    "page": Text("Page", "Page"),
    "of": Text("sur", "of"),
}


def word(code: str, language: str, **values: str) -> str:
    """A word or sentence of the quote in a language, filled. Raises KeyError for an unknown code."""
    return WORDS[code].to(language, **values)
