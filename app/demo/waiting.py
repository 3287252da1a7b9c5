"""What waits for the operator of the demonstration: a provider to approve, and an offer to read."""

from __future__ import annotations

import secrets
from typing import Final

from flask_security import hash_password

from app.accounts import service as accounts
from app.accounts.models import User
from app.accounts.service import OrganisationDetails, ProviderDetails
from app.core.db import session
from app.demo.days import ago
from app.demo.firms import siren_of
from app.demo.outgoing import telling
from app.demo.stage import Stage, sold_by
from app.demo.words import NEWCOMER
from app.offers import service as offers

EMAIL: Final = "bonjour@ateliers-du-confluent.example"


def create(stage: Stage, *, commission_bps: int) -> None:
    """Register one more provider, and submit the next version of an offer. Opens transactions of its own.

    `commission_bps`: the platform's, in basis points.
    """
    with telling(now=stage.now):
        _register(stage, commission_bps)
    with telling(now=stage.now):
        _submit(stage)


def _register(stage: Stage, commission_bps: int) -> None:
    """A newcomer, whose password nobody knows: its log-in is not one of the demonstration's."""
    at = ago(stage.now, 1, "17:20")
    user = User(
        email=EMAIL,
        name="Ludivine Sabatier",
        password=hash_password(secrets.token_urlsafe(24)),
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        confirmed_at=at,
        locale="fr",
    )
    session().add(user)
    session().flush()
    details = OrganisationDetails(
        name="Les Ateliers du Confluent",
        legal_form="SARL",
        siren=siren_of(9_999_990, 0),
        rcs_city="Lyon",
        street="5 rue des Docks-Réunis",
        postcode="69002",
        city="Lyon",
        email=EMAIL,
        phone="04 65 71 41 18",
        lat=45.7402,
        lon=4.8154,
    )
    provider = accounts.register_provider(
        user, details, ProviderDetails(about=NEWCOMER), commission_bps=commission_bps, now=at
    )
    provider.created_at = at


def _submit(stage: Stage) -> None:
    """The seller of rooms asks for two more days of notice; what is published stays as it is meanwhile."""
    offer, by = sold_by("room", "day_seminar", 18), "demonstration"
    version = offers.open_draft(offer, by=by, now=ago(stage.now, 1, "11:00"))
    version.notice_days += 2
    offers.submit(offer, by=by, now=ago(stage.now, 1, "11:15"))
