"""What handlers need of the application they run in."""

from __future__ import annotations

from flask import current_app

from app.config import Settings
from app.core.mime import Mailbox
from app.mail.compose import Post


def settings() -> Settings:
    """This process's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def post() -> Post:
    """Who sends our mails."""
    chosen = settings()
    return Post(sender=Mailbox(chosen.mail_sender_name, chosen.mail_sender), base_url=chosen.base_url)
