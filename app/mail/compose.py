"""Composing a mail: subject, text and HTML from one folder of templates, finished bytes in a row that waits to be sent.

A mail is `templates/mail/<kind>/` with `subject.txt`, `text.txt` and `html.html`. Queue it inside the transaction that
causes it; the mail worker sends it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import force_locale

from app.core import mime
from app.core.correlation import correlation_id
from app.core.db import session
from app.core.mime import Attachment, Letter, Mailbox
from app.core.outbox import nudge
from app.invites import mime as calendar_mime
from app.invites.ical import Method
from app.mail.models import MailState, OutgoingMail


@dataclass(frozen=True, kw_only=True)
class Post:
    """Who sends, and how the site names itself in mails."""

    sender: Mailbox
    base_url: str

    @property
    def message_domain(self) -> str:
        """Right side of every Message-ID."""
        return self.sender.email.rpartition("@")[2]


@dataclass(frozen=True, kw_only=True)
class CalendarPart:
    """A calendar document for the mail's one recipient, and the method inside it."""

    content: bytes
    method: Method


def queue(
    post: Post,
    kind: str,
    to: Mailbox,
    context: Mapping[str, Any],
    *,
    locale: str,
    now: datetime,
    calendar: CalendarPart | None = None,
    attachments: Sequence[Attachment] = (),
    reply_to: Mailbox | None = None,
    topic: str | None = None,
    version: int = 0,
    invitation_id: int | None = None,
) -> OutgoingMail:
    """Write one mail to be sent, in the current transaction, rendered in `locale` from `templates/mail/<kind>/`.

    `topic` and `version`: messages of a topic leave in order, and a waiting one of a lower version is dropped.
    Returns the flushed row. Raises jinja2.TemplateNotFound for an unknown kind.
    """
    subject, text, html = render(kind, context, locale=locale)
    return queue_rendered(
        post,
        kind,
        to,
        subject,
        text,
        html,
        now=now,
        calendar=calendar,
        attachments=attachments,
        reply_to=reply_to,
        topic=topic,
        version=version,
        invitation_id=invitation_id,
    )


def render(kind: str, context: Mapping[str, Any], *, locale: str) -> tuple[str, str, str]:
    """Subject, text and HTML of a kind of mail."""
    with force_locale(locale):
        subject = re.sub(r"[ \t\r\n]+", " ", render_template(f"mail/{kind}/subject.txt", **context)).strip()
        values = {**context, "subject": subject, "mail_locale": locale}
        text = re.sub(r"\n{3,}", "\n\n", render_template(f"mail/{kind}/text.txt", **values)).strip() + "\n"
        return subject, text, render_template(f"mail/{kind}/html.html", **values)


def queue_rendered(post: Post, kind: str, to: Mailbox, subject: str, text: str, html: str, **more: Any) -> OutgoingMail:
    """As `queue`, of a mail whose texts are made already; `more` as for `new_mail`."""
    row = new_mail(post, kind, to, subject, text, html, **more)
    queue_all([row])
    return row


def queue_all(rows: Sequence[OutgoingMail]) -> None:
    """Write mails to be sent, in this order, in the current transaction."""
    session().add_all(rows)
    session().flush()
    nudge("mail")


def new_mail(
    post: Post,
    kind: str,
    to: Mailbox,
    subject: str,
    text: str,
    html: str,
    *,
    now: datetime,
    calendar: CalendarPart | None = None,
    attachments: Sequence[Attachment] = (),
    reply_to: Mailbox | None = None,
    topic: str | None = None,
    version: int = 0,
    invitation_id: int | None = None,
) -> OutgoingMail:
    """A mail whose texts are made already, as a row that isn't in the session yet: see `queue_all`."""
    message_id = new_message_id(post)
    letter = Letter(
        message_id=message_id,
        sent_at=now,
        from_=post.sender,
        to=to,
        subject=subject,
        text=text,
        html=html,
        reply_to=reply_to,
        attachments=tuple(attachments),
    )
    return OutgoingMail(
        message_id=message_id,
        kind=kind,
        sender=post.sender.email,
        recipient=to.email,
        subject=subject,
        content=write(letter, calendar),
        topic=topic,
        version=version,
        invitation_id=invitation_id,
        correlation_id=correlation_id(),
        state=MailState.QUEUED,
        available_at=now,
    )


def new_message_id(post: Post) -> str:
    """A random Message-ID: it is stored with the mail, so that a repeat is the same message."""
    return f"{secrets.token_hex(16)}@{post.message_domain}"


def write(letter: Letter, calendar: CalendarPart | None = None) -> bytes:
    """The finished bytes of a letter, with the calendar document for its reader."""
    if calendar is None:
        return mime.build_message(letter)
    return calendar_mime.build_message(letter, calendar.content, calendar.method)
