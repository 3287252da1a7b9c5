"""Reading a list of people as they are pasted or uploaded: a table with or without a header, or mail addresses.

Nothing is lost: every line that isn't blank becomes a person, a duplicate, a problem or the header, each with the
number of the line it starts on, and a problem keeps the text as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.events.attendee_names import clean, derive_name, from_columns, from_field
from app.events.attendee_table import (
    Columns,
    Record,
    address_like,
    columns_of,
    decode,
    names_separator,
    records,
    split_fields,
)

MAX_PEOPLE: Final = 2_000
MAX_BYTES: Final = 1_000_000
MAX_NAME: Final = 200

# A title or two may stand above the header.
_HEADER_WITHIN: Final = 5
_STRENGTH: Final = ("\t", ";", ",")
_QUOTED: Final = r'"(?:[^"\n]|"")*"'
# Possessive, and only from the start of a word: a line of a million letters takes no longer than its length.
_BARE: Final = r'(?<![^\s,;<>"])[^\s,;<>"@]*+@[^\s,;<>"]*+'
# A name in quotes | an address in angle brackets, which may follow the same address bare | a bare address.
_ENTRY: Final = re.compile(rf"{_QUOTED}|(?:{_BARE}\s*+)?<(?P<angle>[^<>]*)>|(?P<bare>{_BARE})")
_WHOLE: Final = re.compile(r'(?P<name>(?:"[^"]*+"|[^<>;\t])*+)<(?P<angle>[^<>]*+)>\W*')
_AROUND: Final = "<>()[]{}'\"’‘“”«».,;: \t\u00a0\u202f\u200b\u200e\u200f\ufeff\u2060"


class Reason(StrEnum):
    """Why a line gave no person."""

    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    LONG_NAME = "long_name"
    TOO_MANY = "too_many"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone to invite. The address's domain is in lower case; `line` counts from 1."""

    name: str
    email: str
    line: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Someone named before, on `first_line`; `text` is what was typed."""

    name: str
    email: str
    line: int
    first_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What gave no person: where, what was typed, and a sentence that says what to do."""

    line: int
    text: str
    reason: Reason
    message: LazyString


@dataclass(slots=True)
class ParsedList:
    """What a list holds, each in the order typed. `header_lines` are the lines that name columns."""

    people: list[Person] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    header_lines: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One address as typed, or none, with the name that goes with it and the text they were read from."""

    name: str
    address: str
    text: str


def parse(source: str | bytes) -> ParsedList:
    """Read a pasted list or an uploaded file.

    Bytes may be UTF-8, UTF-16 or Windows-1252. A list above 1 MB is one problem that holds all of it; people after the
    2,000th are problems each.
    """
    result = ParsedList()
    text = decode(source)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        result.problems.append(Problem(1, text, Reason.TOO_LARGE, _message(Reason.TOO_LARGE)))
        return result
    _read(text, result)
    return result


def valid_address(typed: str) -> ValidatedEmail:
    """An address that mail can go to; `.test` too, which people who try the product use. Raises EmailNotValidError."""
    return validate_email(typed, check_deliverability=False, test_environment=True)


def _read(text: str, result: ParsedList) -> None:
    seen: dict[str, int] = {}
    columns: Columns | None = None
    for count, record in enumerate(records(text)):
        if columns is None and not result.people and count < _HEADER_WITHIN:
            columns = columns_of(record.text)
            if columns is not None or names_separator(record.text):
                result.header_lines.append(record.line)
                continue
        for entry in _entries(record, columns):
            _sort(entry, record.line, seen, result)


def _entries(record: Record, columns: Columns | None) -> list[_Entry]:
    if columns is not None and columns.email is not None:
        fields = split_fields(record.text, columns.delimiter)
        if len(fields) > columns.email:
            return _row(record, fields, columns)
    return _free(record.text)


def _row(record: Record, fields: list[str], columns: Columns) -> list[_Entry]:
    """A row under a header: the address is where the header says, or nowhere."""
    cell = fields[columns.email or 0]
    found = _free(cell) if address_like(cell) else [_Entry("", "", record.text)]
    name = columns.name(fields)
    if len(found) == 1:
        return [_Entry(name or found[0].name, found[0].address, record.text)]
    return found


def _free(text: str, strength: int = 0) -> list[_Entry]:
    """Text in no fixed order: split at its strongest separator, and again at weaker ones where two share a piece."""
    if len(_found(text)) <= 1 and _WHOLE.fullmatch(text):
        return [_whole(text)]
    while strength < len(_STRENGTH) and _STRENGTH[strength] not in text:
        strength += 1
    if strength == len(_STRENGTH):
        return _scan(text)
    pieces = [piece for piece in split_fields(text, _STRENGTH[strength], keep_quotes=True) if piece.strip()]
    if len(pieces) <= 1 or not any(map(address_like, pieces)):
        return _free(text, strength + 1)
    if sum(map(address_like, pieces)) == 1 and all(len(_found(piece)) <= 1 for piece in pieces):
        return [_single(text, pieces)]
    return list(_several(pieces, strength))


def _single(text: str, pieces: list[str]) -> _Entry:
    """A row with one address and no header: its name is beside it, or in the columns before it, or after."""
    at = next(index for index, piece in enumerate(pieces) if address_like(piece))
    entry = _scan(pieces[at])[0]
    before, after = pieces[:at], pieces[at + 1 :]
    if entry.name and "<" in pieces[at] and len(before) == 1 and not after:
        # "Dupont, Jean <jean@…>"
        return _Entry(from_field(f"{before[0]}, {entry.name}"), entry.address, text)
    return _Entry(entry.name or from_columns(before) or from_columns(after), entry.address, text)


def _several(pieces: list[str], strength: int) -> Iterator[_Entry]:
    """Several people on a line. A piece without an address belongs to the address after it."""
    if len(pieces) % 2 == 0 and all(address_like(piece) is (at % 2 == 0) for at, piece in enumerate(pieces)):
        # Address, name, address, name …
        for at in range(0, len(pieces), 2):
            yield _single(_STRENGTH[strength].join(pieces[at : at + 2]).strip(), pieces[at : at + 2])
        return
    waiting: list[str] = []
    for piece in pieces:
        if not address_like(piece):
            waiting.append(piece)
            continue
        first, *others = _free(piece, strength + 1)
        if waiting:
            text = f"{_STRENGTH[strength]} ".join([*waiting, piece])
            joined = from_field(f"{waiting[-1]}, {first.name}") if first.name else from_columns(waiting)
            first = _Entry(joined, first.address, text)
        waiting = []
        yield first
        yield from others
    if waiting:
        yield _Entry("", "", _STRENGTH[strength].join(waiting).strip())


def _scan(text: str) -> list[_Entry]:
    """Text without separators: each address, named by the words before it."""
    matches = _found(text)
    if not matches:
        return [_Entry("", "", text)]
    entries, start = [], 0
    for match in matches:
        address = match["angle"] if match["angle"] is not None else match["bare"]
        entries.append(_Entry(from_field(text[start : match.start()]), address, text[start : match.end()].strip()))
        start = match.end()
    rest = text[start:]
    if len(entries) == 1:
        return [_Entry(entries[0].name or from_field(rest), entries[0].address, text)]
    if any(letter.isalnum() for letter in rest):
        entries.append(_Entry("", "", rest.strip()))
    return entries


def _whole(text: str) -> _Entry:
    match = _WHOLE.fullmatch(text)
    assert match is not None
    return _Entry(from_field(match["name"]), match["angle"], text)


def _found(text: str) -> list[re.Match[str]]:
    return [match for match in _ENTRY.finditer(text) if match["angle"] is not None or match["bare"]]


def _sort(entry: _Entry, line: int, seen: dict[str, int], result: ParsedList) -> None:
    """Put what was read where it belongs."""
    typed = _bare_address(entry.address)
    if not typed:
        result.problems.append(Problem(line, entry.text, Reason.NO_ADDRESS, _message(Reason.NO_ADDRESS)))
        return
    try:
        valid = valid_address(typed)
    except EmailNotValidError:
        result.problems.append(Problem(line, entry.text, Reason.BAD_ADDRESS, _message(Reason.BAD_ADDRESS, typed)))
        return
    name = entry.name if entry.name and "@" not in entry.name else derive_name(valid.local_part)
    key = valid.normalized.casefold()
    if key in seen:
        result.duplicates.append(Duplicate(name, valid.normalized, line, seen[key], entry.text))
    elif len(name) > MAX_NAME:
        result.problems.append(Problem(line, entry.text, Reason.LONG_NAME, _message(Reason.LONG_NAME)))
    elif len(result.people) >= MAX_PEOPLE:
        result.problems.append(Problem(line, entry.text, Reason.TOO_MANY, _message(Reason.TOO_MANY)))
    else:
        seen[key] = line
        result.people.append(Person(name, valid.normalized, line))


def _bare_address(address: str) -> str:
    """The address without what people and programs put around it."""
    bare = address.strip(_AROUND)
    if bare[:7].lower() == "mailto:":
        bare = bare[7:].partition("?")[0]
    return clean(bare).strip(_AROUND)


def _message(reason: Reason, address: str = "") -> LazyString:
    match reason:
        case Reason.NO_ADDRESS:
            return _l("Aucune adresse e-mail sur cette ligne. Ajoutez-en une, ou effacez la ligne.")
        case Reason.BAD_ADDRESS:
            return _l("« %(address)s » n’est pas une adresse e-mail valide. Corrigez-la.", address=address)
        case Reason.LONG_NAME:
            return _l("Ce nom est trop long : %(count)s caractères au plus.", count=MAX_NAME)
        case Reason.TOO_MANY:
            return _l("Une liste compte 2 000 personnes au plus. Cette ligne n’a pas été reprise.")
        case Reason.TOO_LARGE:
            return _l("Cette liste dépasse 1 Mo. Envoyez-la en plusieurs fois.")
