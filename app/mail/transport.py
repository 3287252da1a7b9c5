"""Handing finished messages to an SMTP server."""

from __future__ import annotations

import smtplib
import ssl
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

from app.core import mime

TIMEOUT_SECONDS = 15


class Refused(Exception):
    """The server refuses this message or its recipient for good (5xx)."""


class Deferred(Exception):
    """The server asks to come back later with this message (4xx)."""


class Unreachable(Exception):
    """There is no server to talk to: no message is at fault."""


class SmtpTransport:
    """One connection for several messages: `with SmtpTransport(url) as transport: transport.send(…)`.

    `url`: smtp://user:password@host:port?starttls=true, or smtps://…
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> SmtpTransport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, sender: str, recipient: str, content: bytes) -> None:
        """Deliver `content` to one recipient. Raises Refused, Deferred or Unreachable."""
        options = ["SMTPUTF8"] if mime.needs_smtputf8(recipient) else []
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unreachable(repr(error)) from error
        try:
            server.sendmail(sender, [mime.ascii_address(recipient)], content, mail_options=options)
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            self._reset()
            raise _classified(code, reason) from error
        except smtplib.SMTPResponseException as error:
            self._reset()
            raise _classified(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()  # it may be this message that the server can't bear: the next one gets a new connection
            raise Deferred(repr(error)) from error

    def close(self) -> None:
        """Say goodbye, if the server still listens."""
        if self._server is not None:
            server, self._server = self._server, None
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()

    def _reset(self) -> None:
        try:
            if self._server is not None:
                self._server.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            self._server = self._connect()
        return self._server

    def _connect(self) -> smtplib.SMTP:
        host, port = self._parts.hostname or "localhost", self._parts.port
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self._parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT_SECONDS)
            if parse_qs(self._parts.query).get("starttls", ["false"])[0].lower() in ("1", "true", "yes"):
                server.starttls(context=context)
        if self._parts.username:
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        return server


def _classified(code: int, reason: bytes | str) -> Exception:
    said = f"{code} {reason.decode('utf-8', 'replace') if isinstance(reason, bytes) else reason}"
    return Refused(said) if 500 <= code < 600 else Deferred(said)
