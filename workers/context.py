"""What handlers need of the application they run in."""

from __future__ import annotations

from flask import current_app

from app.config import Settings
from app.core.mime import Mailbox
from app.gateway import takes_real_money
from app.mail.compose import Post
from app.payments.gateways.base import PaymentGateway


def settings() -> Settings:
    """This process's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def gateway() -> PaymentGateway:
    """This process's payment gateway. Its calls refuse an open transaction."""
    found: PaymentGateway = current_app.extensions["payment_gateway"]()
    return found


def real_money() -> bool:
    """Whether this installation takes real money."""
    return takes_real_money(settings())


def post() -> Post:
    """Who sends our mails."""
    chosen = settings()
    return Post(sender=Mailbox(chosen.mail_sender_name, chosen.mail_sender), base_url=chosen.base_url)
