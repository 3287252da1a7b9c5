from __future__ import annotations

import pytest
from stdnum import luhn
from stdnum.fr import siren as reference_siren
from stdnum.fr import siret as reference_siret
from stdnum.fr import tva as reference_vat

from app.core.errors import InvalidInput
from app.rules import identifiers


@pytest.mark.parametrize("typed", ["732829320", "732 829 320", "732.829.320", "732\u202f829\u00a0320 "])
def test_a_siren_is_read_with_or_without_spaces(typed: str) -> None:
    assert identifiers.siren(typed) == "732829320"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Indiquez le SIREN."),
        ("73282932", "Le SIREN compte 9 chiffres\u202f; il en manque un."),
        ("7328", "Le SIREN compte 9 chiffres\u202f; il en manque 5."),
        ("7328293201", "Le SIREN compte 9 chiffres\u202f; il y en a un de trop."),
        ("73282932000074", "Le SIREN compte 9 chiffres\u202f; il y en a 5 de trop."),
        ("73282932O", "Le SIREN ne contient que des chiffres."),
        ("٧٣٢٨٢٩٣٢٠", "Le SIREN ne contient que des chiffres."),
        ("732829321", "Ce SIREN n’existe pas\u00a0: un chiffre est sans doute mal recopié."),
        ("000000000", "Ce SIREN n’existe pas\u00a0: un chiffre est sans doute mal recopié."),
    ],
)
def test_a_wrong_siren_says_what_is_wrong(typed: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        identifiers.siren(typed)
    assert str(caught.value) == sentence
    assert caught.value.field == "siren"


@pytest.mark.parametrize("siret", ["73282932000074", "35600000000048", "35600000049837"])
def test_sirets_are_accepted_as_by_the_reference(siret: str) -> None:
    assert reference_siret.is_valid(siret)
    assert identifiers.siret(siret) == siret


def test_la_poste_counts_its_branches_its_own_way() -> None:
    branch = "35600000049837"
    assert not luhn.is_valid(branch) and sum(map(int, branch)) % 5 == 0
    assert identifiers.siret(branch) == branch
    with pytest.raises(InvalidInput):
        identifiers.siret("35600000049838")


def test_the_exception_is_la_postes_alone() -> None:
    stranger = "73282932000018"
    assert not luhn.is_valid(stranger) and sum(map(int, stranger)) % 5 == 0
    with pytest.raises(InvalidInput):
        identifiers.siret(stranger)


@pytest.mark.parametrize("siren", ["732829320", "303265045", "356000000", "552100554"])
def test_the_vat_key_is_the_references(siren: str) -> None:
    assert reference_siren.is_valid(siren)
    number = identifiers.vat_number_of(siren)
    assert reference_vat.is_valid(number)
    assert identifiers.vat_number(number.lower(), siren_digits=siren) == number


@pytest.mark.parametrize(
    ("typed", "siren", "word"),
    [
        ("DE123456789", None, "FR"),
        ("FR45732829320", None, "FR44732829320"),
        ("FR44732829321", None, "SIREN"),
        ("FR44732829320", "303265045", "SIREN"),
    ],
)
def test_a_wrong_vat_number_says_what_is_wrong(typed: str, siren: str | None, word: str) -> None:
    with pytest.raises(InvalidInput, match=word) as caught:
        identifiers.vat_number(typed, siren_digits=siren)
    assert caught.value.field == "vat_number"


def test_identifiers_are_shown_in_groups() -> None:
    assert identifiers.spaced("732829320") == "732\u00a0829\u00a0320"
    assert identifiers.spaced("73282932000074") == "732\u00a0829\u00a0320\u00a000074"
