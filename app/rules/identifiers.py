"""French identifiers of organisations: checked with a sentence that says what is wrong."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _ln
from stdnum import luhn

from app.core.errors import InvalidInput

LA_POSTE_SIREN = "356000000"
SEPARATORS = str.maketrans("", "", " .-_\t\u00a0\u202f\u2009")
SIREN_LENGTH, SIRET_LENGTH = 9, 14


def _digits(raw: str, length: int, name: str, field: str) -> str:
    digits = raw.translate(SEPARATORS)
    if not digits:
        raise InvalidInput(_l("Indiquez le %(name)s.", name=name), field=field)
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidInput(_l("Le %(name)s ne contient que des chiffres.", name=name), field=field)
    if len(digits) != length:
        raise InvalidInput(_wrong_length(length, len(digits), name), field=field)
    return digits


def _wrong_length(length: int, found: int, name: str) -> Any:
    missing = length - found
    if missing > 0:
        return _ln(
            "Le %(name)s compte %(length)s chiffres ; il en manque un.",
            "Le %(name)s compte %(length)s chiffres ; il en manque %(num)s.",
            missing,
            name=name,
            length=length,
        )
    return _ln(
        "Le %(name)s compte %(length)s chiffres ; il y en a un de trop.",
        "Le %(name)s compte %(length)s chiffres ; il y en a %(num)s de trop.",
        -missing,
        name=name,
        length=length,
    )


def siren(raw: str, *, field: str = "siren") -> str:
    """The nine digits of a SIREN. Raises InvalidInput that says what is wrong."""
    digits = _digits(raw, SIREN_LENGTH, "SIREN", field)
    if not luhn.is_valid(digits) or digits == "0" * SIREN_LENGTH:
        raise InvalidInput(_l("Ce SIREN n’existe pas : un chiffre est sans doute mal recopié."), field=field)
    return digits


def siret(raw: str, *, field: str = "siret") -> str:
    """The fourteen digits of a SIRET; those of La Poste have a digit sum divisible by 5. Raises InvalidInput."""
    digits = _digits(raw, SIRET_LENGTH, "SIRET", field)
    siren(digits[:SIREN_LENGTH], field=field)
    if not (luhn.is_valid(digits) or _of_la_poste(digits)):
        raise InvalidInput(_l("Ce SIRET n’existe pas : un chiffre est sans doute mal recopié."), field=field)
    return digits


def _of_la_poste(digits: str) -> bool:
    return digits.startswith(LA_POSTE_SIREN) and sum(map(int, digits)) % 5 == 0


def vat_number_of(siren_digits: str) -> str:
    """The French VAT number that belongs to a SIREN: FR, the key, the SIREN."""
    return f"FR{(12 + 3 * (int(siren_digits) % 97)) % 97:02d}{siren_digits}"


def vat_number(raw: str, *, siren_digits: str | None = None, field: str = "vat_number") -> str:
    """A French VAT number, checked by its key and, when given, against the SIREN. Raises InvalidInput."""
    number = raw.translate(SEPARATORS).upper()
    if not number.startswith("FR") or len(number) != 13:
        message = _l("Le numéro de TVA commence par FR, suivi de 11 chiffres, par exemple FR40303265045.")
        raise InvalidInput(message, field=field)
    owner = siren(number[4:], field=field)
    if siren_digits and owner != siren_digits:
        raise InvalidInput(_l("Ce numéro de TVA n’est pas celui de ce SIREN."), field=field)
    if number != vat_number_of(owner):
        raise InvalidInput(
            _l("La clé du numéro de TVA est fausse : attendu %(number)s.", number=vat_number_of(owner)), field=field
        )
    return number


def spaced(digits: str) -> str:
    """A SIREN or SIRET as one reads it: in groups of three, the SIRET's last five together."""
    head = "\u00a0".join(digits[i : i + 3] for i in range(0, SIREN_LENGTH, 3))
    return f"{head}\u00a0{digits[SIREN_LENGTH:]}".strip()
