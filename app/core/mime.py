"""Whole mail messages as bytes: headers, text and HTML side by side, other renderings of them, attachments.

Written by hand, because what the standard library makes of headers isn't safe: Python 3.11 folds a long quoted name
with commas into several recipients, and loses spaces between encoded words. Every body is base64, so that no relay
touches a line end, and a boundary can't occur in it. The bytes depend on the arguments alone: a retry is the same
message.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Final
from urllib.parse import quote

import idna

_LINE: Final = 76
_BASE64_BYTES: Final = 57
_WORD_FRAME: Final = len("=?utf-8?b??=")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")
_SPACES: Final = re.compile(r"\s+")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_HEADER_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_CONTENT_TYPE: Final = re.compile(r'[a-z]+/[a-z0-9.+-]+(; [a-z]+=("[ !#-\[\]-~]*"|[A-Za-z0-9._-]+))*')
_ADDRESS: Final = re.compile(r"[^\x00-\x20()<>\[\]:;@\\,\"\s]+@[^\x00-\x20()<>\[\]:;@\\,\"\s]+")
_FILE_NAME: Final = re.compile(r"[^A-Za-z0-9._ -]")
_FILE_NAME_LENGTH: Final = 120


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name, which may be empty, and an address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another rendering of the text, such as a calendar document, shown by the programs that know its type."""

    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the text."""

    filename: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one person.

    `message_id` is with or without its angle brackets; `sent_at` is aware. `automatic` says that no person wrote it and
    asks for no out-of-office answers. `headers` are further ones, ASCII or not.
    """

    message_id: str
    sent_at: datetime
    from_: Mailbox
    to: Mailbox
    subject: str
    text: str
    html: str
    sender: Mailbox | None = None
    reply_to: Mailbox | None = None
    automatic: bool = True
    headers: tuple[tuple[str, str], ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def build_message(letter: Letter) -> bytes:
    """The message as it goes over the wire: CRLF, ASCII but for addresses that need SMTPUTF8.

    Raises:
        ValueError: for a malformed address, header name, content type or Message-ID.
    """
    return b"".join((_headers(letter).encode("utf-8"), b"MIME-Version: 1.0\r\n", _body(letter)))


def ascii_address(email: str) -> str:
    """The address with its domain in the ASCII form (`xn--…`); what is before the @ stays as it is.

    Raises:
        ValueError: when it isn't one address, or its domain can't be written so.
    """
    if not _ADDRESS.fullmatch(email) or _CONTROL.search(email):
        raise ValueError(f"Not an address: {email!r}")
    local, _, domain = email.partition("@")
    if domain.isascii():
        return email
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError as error:
        raise ValueError(f"Not a domain: {domain!r}") from error


def needs_smtputf8(email: str) -> bool:
    """Whether mail to this address takes a server that speaks SMTPUTF8 (letters beyond ASCII before the @)."""
    return not ascii_address(email).isascii()


def _headers(letter: Letter) -> str:
    lines = [
        _address("From", letter.from_),
        _address("Sender", letter.sender) if letter.sender else "",
        _address("Reply-To", letter.reply_to) if letter.reply_to else "",
        _address("To", letter.to),
        _text("Subject", letter.subject),
        _header("Date", [format_datetime(letter.sent_at)]),
        _header("Message-ID", [_message_id(letter.message_id)]),
        "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: OOF, AutoReply\r\n" if letter.automatic else "",
        *(_text(name, value) for name, value in letter.headers),
    ]
    return "".join(lines)


def _header(name: str, pieces: list[str]) -> str:
    """A header whose pieces are joined by spaces, folded before a piece that would make the line too long."""
    if not _HEADER_NAME.fullmatch(name):
        raise ValueError(f"Not a header name: {name!r}")
    lines = [f"{name}:"]
    for piece in pieces:
        if len(lines[-1]) + 1 + len(piece) > _LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {piece}"
    return "\r\n".join(lines) + "\r\n"


def _address(header: str, mailbox: Mailbox) -> str:
    """A header with one mailbox: its name, quoted or encoded where needed, and its address."""
    address = f"<{ascii_address(mailbox.email)}>"
    name = _clean(mailbox.name)
    if not name:
        return _header(header, [address])
    if name.isascii() and len(name) < _LINE - 20 and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return _header(header, [name if _ATOMS.fullmatch(name) else f'"{escaped}"', address])
    return _header(header, [*_encoded(name, header), address])


def _text(header: str, text: str) -> str:
    """A header with free text, encoded when it has to be."""
    text = _clean(text)
    words = text.split(" ")
    if text.isascii() and "=?" not in text and all(len(word) < _LINE - len(header) - 2 for word in words):
        return _header(header, words)
    return _header(header, _encoded(text, header))


def _encoded(text: str, header: str) -> list[str]:
    """RFC 2047 words, cut between characters so that each fills a line; readers join them without the space between."""
    room = _bytes_in(_LINE - len(header) - 2)
    chunks = [b""]
    for character in text:
        encoded = character.encode("utf-8")
        if len(chunks[-1]) + len(encoded) > room:
            chunks.append(b"")
            room = _bytes_in(_LINE - 1)
        chunks[-1] += encoded
    return [f"=?utf-8?b?{b64encode(chunk).decode('ascii')}?=" for chunk in chunks]


def _bytes_in(width: int) -> int:
    """How many bytes an encoded word of at most so many characters holds; at least one character."""
    return max((width - _WORD_FRAME) // 4 * 3, 4)


def _clean(text: str) -> str:
    return _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()


def _message_id(message_id: str) -> str:
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    ascii_address(bare)
    if not bare.isascii():
        raise ValueError(f"Not a Message-ID: {message_id!r}")
    return f"<{bare}>"


def _body(letter: Letter) -> bytes:
    seed = letter.message_id
    text = _part("text/plain; charset=utf-8", _crlf(letter.text))
    html = _part("text/html; charset=utf-8", _crlf(letter.html))
    others = [_part(other.content_type, other.content) for other in letter.alternatives]
    body = _multipart("alternative", [text, html, *others], seed)
    if not letter.attachments:
        return body
    return _multipart("mixed", [body, *(_attached(attachment) for attachment in letter.attachments)], seed)


def _multipart(subtype: str, parts: list[bytes], seed: str) -> bytes:
    boundary = "=_" + sha256(f"{subtype} {seed}".encode()).hexdigest()[:32]
    delimiter = f"\r\n--{boundary}".encode("ascii")
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n'.encode("ascii")
    return b"".join((head, *(delimiter + b"\r\n" + part for part in parts), delimiter, b"--\r\n"))


def _part(content_type: str, content: bytes, more: str = "") -> bytes:
    if not _CONTENT_TYPE.fullmatch(content_type):
        raise ValueError(f"Not a content type: {content_type!r}")
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n{more}\r\n"
    return head.encode("ascii") + _base64(content)


def _attached(attachment: Attachment) -> bytes:
    plain = _FILE_NAME.sub("_", attachment.filename)[:_FILE_NAME_LENGTH]
    name = _clean(attachment.filename)[:_FILE_NAME_LENGTH]
    filename = f'filename="{plain}"' if plain == name else f"filename*=utf-8''{quote(name, safe='')}"
    disposition = f"Content-Disposition: attachment;\r\n {filename}\r\n"
    return _part(f'{attachment.content_type}; name="{plain}"', attachment.content, disposition)


def _base64(content: bytes) -> bytes:
    pieces = (content[start : start + _BASE64_BYTES] for start in range(0, len(content), _BASE64_BYTES))
    return b"\r\n".join(binascii.b2a_base64(piece, newline=False) for piece in pieces)


def _crlf(text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines.replace("\n", "\r\n").encode("utf-8", "replace")
