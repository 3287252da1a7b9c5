"""HTTP only: one package per audience, one routes module per noun."""

from __future__ import annotations

from flask import Flask

from app.blueprints.account import home, members, organisations, profile
from app.blueprints.account import security as account_security
from app.blueprints.attendee import guest
from app.blueprints.company import attendees, cancelling, events, moves, payments, picks
from app.blueprints.company import bookings as company_bookings
from app.blueprints.company import quotes as company_quotes
from app.blueprints.feeds import bookings as booking_feeds
from app.blueprints.operator import dashboard, failures, providers
from app.blueprints.operator import labels as operator_labels
from app.blueprints.operator import offers as operator_offers
from app.blueprints.operator import payments as operator_payments
from app.blueprints.operator import questions as operator_questions
from app.blueprints.provider import bookings as provider_bookings
from app.blueprints.provider import calendar as provider_calendar
from app.blueprints.provider import calendar_feeds, drafts, offer_exchange, offer_history, payouts
from app.blueprints.provider import day as provider_day
from app.blueprints.provider import labels as offer_labels
from app.blueprints.provider import moves as provider_moves
from app.blueprints.provider import offers as provider_offers
from app.blueprints.provider import opening as provider_opening
from app.blueprints.provider import questions as provider_questions
from app.blueprints.provider import requests as provider_requests
from app.blueprints.public import (
    catalogue,
    health,
    legal,
    mailbox,
    offers,
    pictures,
    preferences,
    sitemap,
    styleguide,
    suggestions,
)
from app.blueprints.public import home as public_home
from app.blueprints.webhooks import stripe
from app.config import Settings

BLUEPRINTS = (
    health.bp,
    preferences.bp,
    legal.bp,
    home.bp,
    profile.bp,
    organisations.bp,
    members.bp,
    dashboard.bp,
    providers.bp,
    failures.bp,
    payouts.bp,
    company_bookings.bp,
    payments.bp,
    provider_bookings.bp,
    operator_payments.bp,
    stripe.bp,
    provider_requests.bp,
    provider_day.bp,
    company_quotes.bp,
    public_home.bp,
    catalogue.bp,
    suggestions.bp,
    offers.bp,
    pictures.bp,
    sitemap.bp,
    provider_offers.bp,
    drafts.bp,
    provider_calendar.bp,
    provider_opening.bp,
    calendar_feeds.bp,
    booking_feeds.bp,
    offer_exchange.bp,
    offer_history.bp,
    offer_labels.bp,
    provider_questions.bp,
    operator_offers.bp,
    operator_labels.bp,
    operator_questions.bp,
    events.bp,
    picks.bp,
    attendees.bp,
    moves.bp,
    cancelling.bp,
    provider_moves.bp,
    guest.bp,
)


def register_blueprints(app: Flask) -> None:
    """Bind every blueprint."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    settings: Settings = app.extensions["settings"]
    if settings.embedded:
        app.register_blueprint(mailbox.bp)
        app.register_blueprint(styleguide.bp)
    account_security.register(app)
