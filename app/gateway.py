"""The payment gateway of this process: Stripe, or embedded the local stand-in, started when first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

from flask import Flask

from app.config import Settings
from app.core.db import close_read
from app.embedded.ondemand import ensure
from app.embedded.parts import PARTS, embedded_parts
from app.payments.gateways.base import PaymentGateway

GATEWAY = "app.payments.gateways.stripe"  # read when first needed: Stripe's SDK takes a fifth of a second to import
STRIPE_PAGES = "https://checkout.stripe.com https://connect.stripe.com"


def register(app: Flask, settings: Settings) -> None:
    """Let doors ask for the gateway, and the security headers for where its hosted pages are. Nothing starts yet."""
    app.extensions["payment_gateway"] = cache(lambda: make_gateway(settings))
    app.extensions["payment_pages"] = _pages(settings)


def make_gateway(settings: Settings) -> PaymentGateway:
    """A gateway that refuses to call out while a transaction is open."""
    base = settings.stripe_api_base
    if base is None and _on_demand(settings):
        base = ensure(settings, {"stripe"})["STRIPE_API_BASE"]
    gateway: PaymentGateway = import_module(GATEWAY).StripeGateway(
        settings.stripe_secret_key, api_base=base, timeout=8, max_network_retries=1, assert_no_transaction=close_read
    )
    return gateway


def takes_real_money(settings: Settings) -> bool:
    """Whether the key is a live one."""
    return "_live_" in settings.stripe_secret_key


def _on_demand(settings: Settings) -> bool:
    """Whether this process runs without a supervisor that has started the stand-in."""
    return settings.embedded and "stripe" in embedded_parts(settings)


def _pages(settings: Settings) -> Callable[[], str]:
    if settings.stripe_api_base:
        return lambda: str(settings.stripe_api_base)
    if _on_demand(settings) and not settings.database_url:
        return cache(lambda: PARTS["stripe"].address(settings.instance_dir))
    return lambda: STRIPE_PAGES
