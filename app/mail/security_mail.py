"""Flask-Security's mails leave like every other mail of ours: a row of the queue, from our own templates."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import get_locale
from flask_security import MailUtil

from app.config import Settings
from app.core.clock import utcnow
from app.core.mime import Mailbox
from app.mail.compose import Post, queue

KINDS = {
    "security/email/welcome": "account/confirm",
    "security/email/confirmation_instructions": "account/confirm",
    "security/email/welcome_existing": "account/existing",
    "security/email/reset_instructions": "account/reset",
    "security/email/reset_notice": "account/password_changed",
    "security/email/change_notice": "account/password_changed",
}


class SecurityMail(MailUtil):
    """Queues what Flask-Security wants sent, in the transaction that its view commits."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        settings: Settings = app.extensions["settings"]
        self.post = Post(
            sender=Mailbox(settings.mail_sender_name, settings.mail_sender),
            base_url=settings.base_url,
        )

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **context: Any,
    ) -> None:
        """Queue the mail that `template` stands for. Raises KeyError for one that we have no words for."""
        user = context["user"]
        chosen = {name: self._ours(link) for name, link in context.items() if name.endswith("_link") and link}
        queue(
            self.post,
            KINDS[template],
            Mailbox(user.name, user.email),
            {"person": user, "base_url": self.post.base_url, **chosen},
            locale=user.locale or str(get_locale() or "fr")[:2],
            now=utcnow(),
        )

    def _ours(self, link: str) -> str:
        """The link under the site's own address: who asks for the mail of another chooses the host of her request."""
        ours = urlsplit(self.post.base_url)
        return urlsplit(link)._replace(scheme=ours.scheme, netloc=ours.netloc).geturl()
