"""`flask seed` and `flask demo-accounts`."""

from __future__ import annotations

import time
from contextlib import nullcontext
from datetime import datetime

import click
from flask import Flask
from flask_babel import force_locale

from app.config import STANDIN_KEY, Settings
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.mime import Mailbox
from app.demo import around, event, load, people, waiting
from app.demo.catalogue import generate
from app.demo.neighbours import with_neighbours
from app.demo.stage import Stage
from app.demo.standin import StandIn
from app.embedded.ondemand import ensure
from app.mail.compose import Post

FEWEST_FOR_PEOPLE = 100  # so that every kind of seller is among them
MOST_OFFERS = 2_000_000
MOST_SINGLE = 5_000  # offers made one by one; of more, the first thousand is, and the others after their pattern
SINGLE = 1_000


def _check_demo(offers: int, settings: Settings) -> None:
    """The demonstration's password is known to everybody, so its people exist on one machine only."""
    if not settings.embedded:
        raise click.ClickException("--demo makes people whose password is known: on the one-machine default only.")
    if offers < FEWEST_FOR_PEOPLE:
        raise click.BadParameter(f"--demo needs at least {FEWEST_FOR_PEOPLE}", param_hint="--offers")


def _fill(offers: int, seed: int, demo: bool, busy: int, settings: Settings, now: datetime) -> None:
    begun = time.monotonic()
    single = offers if offers <= MOST_SINGLE else SINGLE
    found = (with_neighbours if demo else generate)(single, seed, now.date())
    loaded = load.load(found, commission_bps=settings.commission_bps, now=now, say=_Progress(offers, begun))
    if offers > single or busy:
        load.grow(loaded, offers, busy, now=now, say=_Steps())
    load.rate_providers()
    if demo:
        people.create(platform_name=settings.operator.name, now=now)
    click.echo(
        f"{loaded.offers} offers of {loaded.providers} providers with {loaded.reviews} reviews"
        f" in {time.monotonic() - begun:.1f} s ({loaded.offers / (time.monotonic() - begun):,.0f} a second)."
    )


def _tell_story(app: Flask, settings: Settings, now: datetime) -> None:
    """The company's events, with what was asked, answered, agreed and paid."""
    begun = time.monotonic()
    standin = _standin(app, settings)
    sender = Mailbox(settings.mail_sender_name, settings.mail_sender)
    stage = Stage(
        now=now,
        post=Post(sender=sender, base_url=settings.base_url),
        platform_name=settings.operator.name,
        invites_domain=settings.invites_domain,
        standin=standin,
    )
    with standin.unheard() if standin else nullcontext():
        if standin:
            click.echo(f"{standin.open_accounts(now=now)} providers can be paid ({time.monotonic() - begun:.1f} s).")
        event.create(stage)
        around.create(stage)
        waiting.create(stage, commission_bps=settings.commission_bps)
    click.echo(f"The event “{event.SLUG}” and what surrounds it, in {time.monotonic() - begun:.1f} s.")


def _standin(app: Flask, settings: Settings) -> StandIn | None:
    """The stand-in, started where it doesn't run; None where a test key leads to Stripe itself."""
    if settings.stripe_secret_key != STANDIN_KEY:
        return None
    url = settings.stripe_api_base or ensure(settings, {"stripe"})["STRIPE_API_BASE"]
    return StandIn(url, app.extensions["payment_gateway"]())


class _Steps:
    """Says each step that took its time."""

    def __init__(self) -> None:
        self.begun = time.monotonic()

    def __call__(self, step: str) -> None:
        if time.monotonic() - self.begun >= 2:
            click.echo(f"{step} ({time.monotonic() - self.begun:.0f} s)")


class _Progress:
    """Says now and then how far it is: at once on a terminal would be noise in a log."""

    def __init__(self, wanted: int, begun: float) -> None:
        self.wanted = wanted
        self.said = begun

    def __call__(self, loaded: load.Loaded) -> None:
        if time.monotonic() - self.said >= 2:
            self.said = time.monotonic()
            click.echo(f"{loaded.offers} of {self.wanted} offers ({100 * loaded.offers // self.wanted} %)")


@click.command("demo-accounts")
def accounts_command() -> None:
    """Print the demonstration's log-ins; fails when this database holds none."""
    with transaction():
        known = people.known()
    if not known:
        raise click.ClickException("This database holds no demonstration accounts.")
    width = max(len(person.email) for person in known)
    click.echo(f"Demonstration log-ins (password: {people.PASSWORD})")
    for person in known:
        click.echo(f"  {person.email:<{width}}  {person.name}, {person.told}")


def register(app: Flask) -> None:
    """Add the commands."""
    settings: Settings = app.extensions["settings"]

    @app.cli.command("seed")
    @click.option("--offers", type=click.IntRange(1, MOST_OFFERS), default=400, show_default=True, help="How many.")
    @click.option("--seed", type=int, default=1, show_default=True, help="The same number makes the same catalogue.")
    @click.option("--demo", is_flag=True, help="Also a company, its people, sellers and an operator to log in as.")
    @click.option("--busy", type=click.IntRange(0, 20), default=0, show_default=True, help="Taken times an offer.")
    def seed_command(offers: int, seed: int, demo: bool, busy: int) -> None:
        """Fill an empty database with a plausible French catalogue."""
        if demo:
            _check_demo(offers, settings)
        now = utcnow()
        with transaction():
            if held := load.count_offers():
                click.echo(f"The database holds {held} offers already: nothing was changed.")
                return
            _fill(offers, seed, demo, busy, settings, now)
        if demo:
            with app.test_request_context(base_url=settings.base_url), force_locale("fr"):
                _tell_story(app, settings, now)

    app.cli.add_command(accounts_command)
