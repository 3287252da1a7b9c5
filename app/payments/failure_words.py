"""Why a payment was refused, in our words: what the bank's code means and what to do."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

_OTHER = _l("La banque a refusé ce paiement. Essayez une autre carte ou un autre moyen de paiement.")
_WORDS: dict[str, Any] = {
    "card_declined": _l("La banque a refusé la carte. Essayez une autre carte, ou demandez-lui pourquoi."),
    "insufficient_funds": _l("Le compte n’a pas assez de fonds pour ce montant. Essayez une autre carte."),
    "expired_card": _l("La carte est arrivée à expiration. Utilisez une carte en cours de validité."),
    "incorrect_cvc": _l("Le cryptogramme ne correspond pas à la carte. Vérifiez les trois chiffres au dos."),
    "invalid_cvc": _l("Le cryptogramme ne correspond pas à la carte. Vérifiez les trois chiffres au dos."),
    "incorrect_number": _l("Le numéro de carte est faux. Vérifiez-le chiffre par chiffre."),
    "invalid_expiry_month": _l("La date d’expiration est fausse. Vérifiez-la sur la carte."),
    "invalid_expiry_year": _l("La date d’expiration est fausse. Vérifiez-la sur la carte."),
    "lost_card": _l("La banque a bloqué cette carte. Utilisez-en une autre et appelez votre banque."),
    "stolen_card": _l("La banque a bloqué cette carte. Utilisez-en une autre et appelez votre banque."),
    "processing_error": _l("La banque n’a pas pu traiter le paiement. Réessayez dans quelques minutes."),
    "authentication_required": _l("La banque demande de vous identifier. Reprenez le paiement et confirmez-le."),
    "payment_intent_authentication_failure": _l(
        "L’identification auprès de la banque n’a pas abouti. Reprenez le paiement et confirmez-le."
    ),
    "card_velocity_exceeded": _l("Le plafond de la carte est atteint. Essayez une autre carte ou un virement."),
    "withdrawal_count_limit_exceeded": _l(
        "Le plafond de la carte est atteint. Essayez une autre carte ou un virement."
    ),
    "debit_not_authorized": _l("La banque a refusé le prélèvement\u00a0: il n’est pas autorisé sur ce compte."),
    "no_account": _l("Le compte de ce prélèvement n’existe pas. Vérifiez l’IBAN."),
    "account_closed": _l("Le compte de ce prélèvement est fermé. Utilisez un autre compte."),
    "payment_intent_payment_attempt_failed": _l("La banque a refusé le prélèvement. Payez autrement."),
    "page_refused": _l("La page de paiement n’a pas pu s’ouvrir. Rien n’a été débité\u00a0: réessayez."),
    "mismatch": _l("Ce paiement ne correspond pas à la réservation. Nous le vérifions et revenons vers vous."),
}


def failure_sentence(code: str) -> str:
    """A sentence for the payer about a refusal's code; the general one for a code without words."""
    return str(_WORDS.get(code, _OTHER))
