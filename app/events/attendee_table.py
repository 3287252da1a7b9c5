"""The shape of a list: its characters, its records (a quoted field may run over lines), its fields and its header."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.events.attendee_names import clean, from_field

DELIMITERS: Final = ("\t", ";", ",")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_OPENING: Final = re.compile(r'(?:\A|(?<=[\n\t;,])) *+"')
_EMPTY_CELLS: Final = ' \t;,"'
_MAX_QUOTED_LINES: Final = 50
_SEPARATOR_LINE: Final = re.compile(r"sep=[;,\t]", re.IGNORECASE)
_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")

_EMAIL: Final = frozenset(
    [
        "email",
        "emails",
        "mail",
        "mails",
        "mel",
        "courriel",
        "courriels",
        "adressemail",
        "adresseemail",
        "adressecourriel",
        "adressedecourriel",
        "adresseelectronique",
        "adressedemessagerie",
        "adressesmail",
        "adressesemail",
        "emailaddress",
        "emailaddresses",
        "mailaddress",
        "email1value",
        "email1",
        "emailprofessionnel",
        "emailpro",
        "mailpro",
        "mailprofessionnel",
        "workemail",
    ]
)
_FIRST: Final = frozenset(["prenom", "prenoms", "firstname", "first", "givenname", "given", "forename"])
_LAST: Final = frozenset(["nomdefamille", "nomdusage", "lastname", "last", "surname", "familyname", "family"])
_WHOLE: Final = frozenset(
    [
        "name",
        "fullname",
        "displayname",
        "nomcomplet",
        "nometprenom",
        "nomprenom",
        "prenometnom",
        "prenomnom",
        "nomaafficher",
        "participant",
        "participants",
        "participante",
        "invite",
        "invites",
        "invitee",
        "attendee",
        "attendees",
        "guest",
        "guests",
        "personne",
        "collaborateur",
    ]
)
_NOM: Final = "nom"


@dataclass(frozen=True, slots=True)
class Record:
    """One record as typed, without its line end, and the number of the line it starts on."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a header says that things are."""

    delimiter: str
    email: int | None
    first: int | None
    last: int | None
    whole: int | None

    def name(self, fields: list[str]) -> str:
        """The name in a row: the whole one, else first and last name joined."""

        def cell(index: int | None) -> str:
            return from_field(fields[index]) if index is not None and index < len(fields) else ""

        return cell(self.whole) or f"{cell(self.first)} {cell(self.last)}".strip()


def decode(source: str | bytes) -> str:
    """The list's text, without a byte order mark: UTF-8, UTF-16, else Windows-1252, in which no byte is lost."""
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    if source.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return source.decode("utf-16", "replace")
    if len(source) >= 4 and source[1:4:2] == b"\0\0":
        return source.decode("utf-16-le", "replace")
    if len(source) >= 4 and source[0:4:2] == b"\0\0":
        return source.decode("utf-16-be", "replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return source.decode(encoding)
        except UnicodeDecodeError:
            continue
    return source.decode("latin-1")


def address_like(text: str) -> bool:
    """Whether a piece of text means to hold an address, right or wrong."""
    return "@" in text or "<" in text


def records(text: str) -> Iterator[Record]:
    """The records that hold more than empty cells. Lines join only where quotes stay open and close well."""
    lines = _LINE_END.split(text)
    at = 0
    while at < len(lines):
        count = _span(lines, at)
        record = "\n".join(lines[at : at + count])
        if clean(record).strip(_EMPTY_CELLS):
            yield Record(at + 1, record)
        at += count


def _span(lines: list[str], at: int) -> int:
    """How many lines the record at this line has."""
    if not _open_quote(lines[at]):
        return 1
    for count in range(2, min(_MAX_QUOTED_LINES, len(lines) - at) + 1):
        if '"' in lines[at + count - 1]:
            joined = "\n".join(lines[at : at + count])
            if not _open_quote(joined):
                return count if _closes_well(joined) else 1
    return 1


def _open_quote(text: str) -> bool:
    """Whether a quote opened at the start of a field isn't closed."""
    return any(end is None for _, end in _quotes(text))


def _closes_well(text: str) -> bool:
    """Whether each quoted field that runs over lines ends where a field ends."""
    return all(
        text[end : end + 1] in ("", "\n", *DELIMITERS)
        for start, end in _quotes(text)
        if end is not None and "\n" in text[start:end]
    )


def _quotes(text: str) -> Iterator[tuple[int, int | None]]:
    """Where each quoted field starts and ends; a quote opens only at the start of a field, and "" is one letter."""
    end: int | None = 0
    while end is not None and (opening := _OPENING.search(text, end)):
        start = opening.end() - 1
        end = _closing(text, start)
        yield start, end


def _closing(text: str, start: int) -> int | None:
    at = start + 1
    while (end := text.find('"', at)) != -1:
        if text[end + 1 : end + 2] != '"':
            return end + 1
        at = end + 2
    return None


def split_fields(text: str, delimiter: str, *, keep_quotes: bool = False) -> list[str]:
    """A record's fields. A delimiter inside a quoted field doesn't count; an unclosed quote is a letter."""
    fields = [""]
    at = 0
    for start, end in _quotes(text):
        if end is not None:
            _extend(fields, text[at:start].split(delimiter))
            fields[-1] += text[start:end]
            at = end
    _extend(fields, text[at:].split(delimiter))
    return fields if keep_quotes else [_unquoted(one) for one in fields]


def _extend(fields: list[str], pieces: list[str]) -> None:
    fields[-1] += pieces[0]
    fields += pieces[1:]


def _unquoted(text: str) -> str:
    bare = text.strip()
    if len(bare) >= 2 and bare.startswith('"') and _closing(bare, 0) == len(bare):
        return bare[1:-1].replace('""', '"')
    return bare


def names_separator(text: str) -> bool:
    """Whether this is the line "sep=;" that tells Excel how to read a file."""
    return _SEPARATOR_LINE.fullmatch(text.strip(" ")) is not None


def columns_of(text: str) -> Columns | None:
    """The columns that a record names, in French or English, or None when it is no header."""
    if "@" in text:
        return None
    best = max((_columns(text, delimiter) for delimiter in DELIMITERS), key=_known)
    return best if best.email is not None or _all_known(text, best) else None


def _columns(text: str, delimiter: str) -> Columns:
    words = [_word(one) for one in split_fields(text, delimiter)]
    first, last = _index(words, _FIRST), _index(words, _LAST)
    nom = words.index(_NOM) if _NOM in words else None
    whole = _index(words, _WHOLE)
    if nom is not None and last is None and first is not None:
        last = nom
    elif nom is not None and whole is None and last is None:
        whole = nom
    return Columns(delimiter, _index(words, _EMAIL), first, last, whole)


def _index(words: list[str], known: frozenset[str]) -> int | None:
    return next((index for index, word in enumerate(words) if word in known), None)


def _known(columns: Columns) -> int:
    return sum(index is not None for index in (columns.email, columns.first, columns.last, columns.whole))


def _all_known(text: str, columns: Columns) -> bool:
    words = [_word(one) for one in split_fields(text, columns.delimiter)]
    return len(words) > 1 and all(word in _FIRST | _LAST | _WHOLE | {_NOM} for word in words)


def _word(text: str) -> str:
    """A header's word for comparison: no accents, no case, letters and digits only."""
    decomposed = unicodedata.normalize("NFKD", clean(text))
    return _NOT_WORD.sub("", "".join(one for one in decomposed if not unicodedata.combining(one)).casefold())
