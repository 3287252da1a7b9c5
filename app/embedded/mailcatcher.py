"""An SMTP server on the loopback that keeps every mail in a Maildir and passes none on.

`250` is said only once the mail is on the disk, so a crash at any moment loses nothing that was accepted.
"""

import argparse
import asyncio
import signal
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from app.embedded.errors import EmbeddedError
from app.embedded.maildir import deliver

HOST = "127.0.0.1"
LARGEST_MAIL = 33_554_432


class Catcher:
    """aiosmtpd's handler: stores what arrives."""

    def __init__(self, maildir: Path) -> None:
        self.maildir = maildir

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Store the mail; a disk that refuses it makes the sender try again later."""
        content = envelope.original_content or b""
        sender = envelope.mail_from or ""
        try:
            key = await asyncio.to_thread(
                deliver, self.maildir, content, envelope_from=sender, envelope_to=list(envelope.rcpt_tos)
            )
        except (OSError, EmbeddedError) as error:
            return f"452 4.3.1 Not stored: {error}"
        return f"250 2.0.0 Kept as {key}"


async def serve(port: int, maildir: Path) -> None:
    """Catch mail on `port` until SIGTERM or SIGINT; mails that are being written are finished first."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    catcher = Catcher(maildir)
    server = await loop.create_server(lambda: _session(catcher), HOST, port)
    async with server:
        await stopped.wait()


def _session(catcher: Catcher) -> SMTP:
    return SMTP(
        catcher, data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, hostname="localhost", ident="Ensemble mail catcher"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="mailcatcher", description="Keep every mail in a Maildir, pass none on.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--maildir", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.maildir))


if __name__ == "__main__":
    main()
