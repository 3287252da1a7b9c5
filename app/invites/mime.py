"""The mail that carries a calendar document, in the shape that Outlook, Gmail and Apple show with buttons.

multipart/mixed
├ multipart/alternative
│  ├ text/plain
│  ├ text/html
│  └ text/calendar; method=…     never an attachment: it is what the buttons are made from
└ application/ics                the same bytes, for programs that only know files
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from app.core import mime
from app.invites.ical import Method

FILE_NAME: Final = "invite.ics"


def build_message(letter: mime.Letter, calendar: bytes, method: Method) -> bytes:
    """A letter with a calendar document for its one recipient; the letter's own attachments come after it.

    `method` is the one inside the document: programs ignore a mail whose two methods differ.

    Raises:
        ValueError: when they differ, or the letter is malformed.
    """
    if b"\r\nMETHOD:" + method.encode("ascii") + b"\r\n" not in calendar:
        raise ValueError(f"The calendar document isn't a {method}.")
    rendering = mime.Alternative(f"text/calendar; charset=utf-8; method={method}", calendar)
    file = mime.Attachment(FILE_NAME, calendar, "application/ics")
    return mime.build_message(
        replace(
            letter,
            alternatives=(*letter.alternatives, rendering),
            attachments=(file, *letter.attachments),
        )
    )
