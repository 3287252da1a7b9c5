"""Mails kept as files in a Maildir: written durably by the catcher, read by the mailbox page."""

import itertools
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from app.embedded.places import private_dir

FROM_HEADER = "X-Envelope-From"
TO_HEADER = "X-Envelope-To"
_count = itertools.count()


class NoSuchMail(LookupError):
    """The Maildir holds no mail, or the mail no part, of that name."""


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a mail: a body, an attachment or the calendar part. `index` names it in its mail."""

    index: int
    content_type: str
    filename: str | None
    content_id: str | None
    attached: bool
    payload: bytes = field(repr=False)
    charset: str = "utf-8"
    method: str | None = None

    @property
    def size(self) -> int:
        return len(self.payload)

    @property
    def text(self) -> str:
        try:
            return self.payload.decode(self.charset, errors="replace")
        except LookupError:
            return self.payload.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A mail as it was sent: its envelope, headers and leaves. `key` names it in its Maildir."""

    key: str
    received_at: datetime
    envelope_from: str
    envelope_to: tuple[str, ...]
    sender: str
    to: str
    subject: str
    message_id: str
    headers: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    raw: bytes = field(repr=False)

    @property
    def text(self) -> str | None:
        """The plain body, None when there is none."""
        return self._body("text/plain")

    @property
    def html(self) -> str | None:
        """The HTML body, None when there is none. It is as it came: show it in a sandbox."""
        return self._body("text/html")

    @property
    def calendar(self) -> Part | None:
        """The text/calendar part that mail programs act upon (with its METHOD), None when there is none."""
        found = [part for part in self.parts if part.content_type == "text/calendar"]
        return next((part for part in found if not part.attached), found[0] if found else None)

    @property
    def attachments(self) -> tuple[Part, ...]:
        """What a reader would see as attached files."""
        return tuple(part for part in self.parts if part.attached)

    def _body(self, content_type: str) -> str | None:
        found = (part.text for part in self.parts if part.content_type == content_type and not part.attached)
        return next((text.replace("\r\n", "\n") for text in found), None)


def deliver(maildir: Path, content: bytes, *, envelope_from: str, envelope_to: list[str]) -> str:
    """Store a mail so that a crash right after our return cannot lose it; return its key."""
    for folder in (maildir, maildir / "tmp", maildir / "new", maildir / "cur"):
        private_dir(folder)
    key = f"{time.time_ns():020d}.P{os.getpid()}Q{next(_count)}.ensemble"
    envelope = [f"{FROM_HEADER}: {envelope_from}\r\n", *(f"{TO_HEADER}: {address}\r\n" for address in envelope_to)]
    with (maildir / "tmp" / key).open("xb") as file:
        file.write("".join(envelope).encode() + content)
        file.flush()
        os.fsync(file.fileno())
    os.rename(maildir / "tmp" / key, maildir / "new" / key)
    _sync_folder(maildir / "new")
    return key


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keys(maildir: Path) -> list[str]:
    """The keys of all mails, newest first."""
    found = (path.name for folder in ("new", "cur") for path in (maildir / folder).glob("*") if path.is_file())
    return sorted(found, reverse=True)


def list_mails(maildir: Path, *, offset: int = 0, limit: int = 50, to: str = "") -> list[CaughtMail]:
    """The newest mails, `limit` of them after `offset`; only those whose envelope names `to` where it is given."""
    wanted = (key for key in keys(maildir) if not to or to.lower() in _recipients(_path(maildir, key)))
    return [get(maildir, key) for key in itertools.islice(wanted, offset, offset + limit)]


def _recipients(path: Path) -> str:
    """The envelope's recipients in lower case, a line each, read without parsing the mail: there may be many mails."""
    found = []
    with path.open("rb") as file:
        while (line := file.readline()).startswith(b"X-Envelope-"):
            if line.startswith(TO_HEADER.encode()):
                found.append(line.partition(b":")[2].strip().decode(errors="replace").lower())
    return "\n".join(found)


def get(maildir: Path, key: str) -> CaughtMail:
    """Read one mail. Raises NoSuchMail."""
    return _parse(key, _path(maildir, key).read_bytes())


def _path(maildir: Path, key: str) -> Path:
    if Path(key).name != key or not key:
        raise NoSuchMail(key)
    for folder in ("new", "cur"):
        path = maildir / folder / key
        if path.is_file():
            return path
    raise NoSuchMail(key)


def part(maildir: Path, key: str, index: int) -> Part:
    """Read one part of one mail. Raises NoSuchMail."""
    found = [each for each in get(maildir, key).parts if each.index == index]
    if not found:
        raise NoSuchMail(f"{key}/{index}")
    return found[0]


def _parse(key: str, content: bytes) -> CaughtMail:
    message = message_from_bytes(content, policy=policy.default)
    envelope_to = tuple(str(value) for value in message.get_all(TO_HEADER, []))
    envelope_from = str(message.get(FROM_HEADER, ""))
    del message[FROM_HEADER], message[TO_HEADER]
    return CaughtMail(
        key=key,
        received_at=datetime.fromtimestamp(int(key.split(".", 1)[0]) / 1e9, tz=UTC),
        envelope_from=envelope_from,
        envelope_to=envelope_to,
        sender=str(message.get("From", "")),
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")),
        message_id=str(message.get("Message-ID", "")),
        headers=tuple((name, str(value)) for name, value in message.items()),
        parts=tuple(_part(index, leaf) for index, leaf in enumerate(_leaves(message))),
        raw=_without_envelope(content),
    )


def _without_envelope(content: bytes) -> bytes:
    ours = (FROM_HEADER.encode() + b":", TO_HEADER.encode() + b":")
    while content.startswith(ours):
        content = content.partition(b"\r\n")[2]
    return content


def _leaves(message: EmailMessage) -> list[EmailMessage]:
    return [leaf for leaf in message.walk() if not leaf.is_multipart()]


def _part(index: int, leaf: EmailMessage) -> Part:
    payload = leaf.get_payload(decode=True)
    method = leaf.get_param("method")
    return Part(
        index=index,
        content_type=leaf.get_content_type(),
        filename=leaf.get_filename(),
        content_id=str(leaf.get("Content-ID", "")).strip("<>") or None,
        attached=leaf.get_content_disposition() == "attachment",
        payload=payload if isinstance(payload, bytes) else b"",
        charset=leaf.get_content_charset("utf-8"),
        method=str(method).upper() if method else None,
    )
