"""Every state a page shows, as a tone, a sign and a word. Colour is never alone: the sign and the word say it too."""

from __future__ import annotations

from typing import NamedTuple

from flask import Flask
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Status(NamedTuple):
    """How a state looks: tone is a class of `.chip` (yes, wait, no, now or none), sign a symbol of icons.svg."""

    tone: str
    sign: str
    word: LazyString


_WORDS: dict[str, dict[str, Status]] = {
    "provider": {
        "registered": Status("wait", "clock", _l("À valider")),
        "approved": Status("yes", "check", _l("Validé")),
        "suspended": Status("no", "cross", _l("Suspendu")),
    },
    "offer": {
        "draft": Status("", "pencil", _l("Brouillon")),
        "published": Status("yes", "check", _l("Publiée")),
        "paused": Status("wait", "pause", _l("En pause")),
        "withdrawn": Status("no", "cross", _l("Retirée")),
    },
    "version": {
        "draft": Status("", "pencil", _l("Brouillon")),
        "in_review": Status("wait", "clock", _l("En relecture")),
        "published": Status("yes", "check", _l("Publiée")),
        "rejected": Status("no", "back", _l("Renvoyée")),
        "superseded": Status("", "ring", _l("Remplacée")),
    },
    "label": {
        "pending": Status("wait", "clock", _l("En vérification")),
        "accepted": Status("yes", "check", _l("Affiché")),
        "refused": Status("no", "cross", _l("Refusé")),
        "expired": Status("no", "clock", _l("Expiré")),
    },
    "question": {
        "open": Status("wait", "clock", _l("Sans réponse")),
        "answered": Status("yes", "check", _l("Publiée")),
        "hidden": Status("no", "cross", _l("Masquée")),
    },
    "event": {
        "draft": Status("", "pencil", _l("Brouillon")),
        "planning": Status("now", "dot", _l("En préparation")),
        "confirmed": Status("yes", "check", _l("Confirmé")),
        "completed": Status("", "check", _l("Terminé")),
        "cancelled": Status("no", "cross", _l("Annulé")),
    },
    "request": {
        "open": Status("wait", "clock", _l("Réponse attendue")),
        "answered": Status("yes", "check", _l("Devis envoyé")),
        "declined": Status("no", "cross", _l("Déclinée")),
        "expired": Status("no", "clock", _l("Délai passé")),
        "withdrawn": Status("", "back", _l("Retirée")),
    },
    "quote": {
        "draft": Status("", "pencil", _l("Brouillon")),
        "sent": Status("now", "dot", _l("À examiner")),
        "accepted": Status("yes", "check", _l("Accepté")),
        "declined": Status("no", "cross", _l("Non retenu")),
        "expired": Status("no", "clock", _l("Expiré")),
        "withdrawn": Status("", "back", _l("Retiré")),
        "superseded": Status("", "ring", _l("Remplacé")),
    },
    "reservation": {
        "queued": Status("", "clock", _l("En attente d’une autre option")),
        "active": Status("wait", "clock", _l("Option posée")),
        "booked": Status("yes", "check", _l("Réservé")),
        "released": Status("", "back", _l("Libéré")),
        "expired": Status("no", "clock", _l("Option expirée")),
    },
    "booking": {
        "held": Status("wait", "clock", _l("En attente de paiement")),
        "confirmed": Status("yes", "check", _l("Confirmée")),
        "completed": Status("", "check", _l("Terminée")),
        "expired": Status("no", "clock", _l("Expirée")),
        "cancelled": Status("no", "cross", _l("Annulée")),
    },
    "move": {
        "proposed": Status("wait", "clock", _l("Accord attendu")),
        "agreed": Status("yes", "check", _l("Acceptée")),
        "declined": Status("no", "cross", _l("Refusée")),
        "withdrawn": Status("", "back", _l("Retirée")),
    },
    "instalment": {
        "scheduled": Status("", "calendar", _l("Prévu")),
        "due": Status("wait", "clock", _l("À payer")),
        "overdue": Status("no", "alert", _l("En retard")),
        "paid": Status("yes", "check", _l("Payé")),
        "cancelled": Status("", "cross", _l("Annulé")),
    },
    "attempt": {
        "created": Status("", "ring", _l("Commencé")),
        "processing": Status("wait", "clock", _l("En cours")),
        "succeeded": Status("yes", "check", _l("Réussi")),
        "failed": Status("no", "cross", _l("Refusé")),
        "cancelled": Status("", "back", _l("Abandonné")),
        "partially_funded": Status("wait", "clock", _l("Reçu en partie")),
        "disputed": Status("no", "alert", _l("Contesté")),
        "lost": Status("no", "cross", _l("Perdu")),
    },
    "refund": {
        "owed": Status("wait", "clock", _l("Dû")),
        "requested": Status("wait", "clock", _l("Demandé")),
        "succeeded": Status("yes", "check", _l("Remboursé")),
        "failed": Status("no", "alert", _l("À reprendre")),
    },
    "delivery": {
        "queued": Status("wait", "clock", _l("En file")),
        "sent": Status("yes", "check", _l("Envoyée")),
        "bounced": Status("no", "alert", _l("Non distribuée")),
        "cancelled": Status("", "cross", _l("Annulée")),
    },
    "answer": {
        "needs_action": Status("", "question", _l("Sans réponse")),
        "accepted": Status("yes", "check", _l("Oui")),
        "tentative": Status("wait", "question", _l("Peut-être")),
        "declined": Status("no", "cross", _l("Non")),
    },
    "mail": {
        "queued": Status("wait", "clock", _l("En file")),
        "claimed": Status("wait", "clock", _l("En cours d’envoi")),
        "sent": Status("yes", "check", _l("Envoyé")),
        "dropped": Status("", "back", _l("Abandonné")),
        "failed": Status("no", "alert", _l("Échec")),
    },
    "outbox": {
        "pending": Status("wait", "clock", _l("En file")),
        "claimed": Status("wait", "clock", _l("En cours")),
        "done": Status("yes", "check", _l("Fait")),
        "failed": Status("no", "alert", _l("Échec")),
    },
    "inclusion": {
        "included": Status("yes", "check", _l("Compris")),
        "optional": Status("wait", "plus", _l("En option")),
        "missing": Status("no", "cross", _l("Non proposé")),
        "not_applicable": Status("", "minus", _l("Sans objet")),
    },
}


def status_of(kind: str, state: str) -> Status:
    """How `state` of `kind` looks. Raises KeyError for a state that has no words yet: a page must not guess."""
    return _WORDS[kind][state]


def register(app: Flask) -> None:
    """Let templates ask for `status_of`; the macro `status` of components/status.html shows it."""
    app.jinja_env.globals["status_of"] = status_of
