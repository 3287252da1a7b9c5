from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.attendee_list import MAX_BYTES, MAX_PEOPLE, ParsedList, Reason, parse
from app.events.attendee_names import derive_name
from app.events.attendee_table import records


def people(source: str | bytes) -> list[tuple[str, str]]:
    result = parse(source)
    assert not result.problems, result.problems
    return [(person.name, person.email) for person in result.people]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jean Dupont <jean@x.fr>", [("Jean Dupont", "jean@x.fr")]),
        ('"Dupont, Jean" <jean@x.fr>', [("Jean Dupont", "jean@x.fr")]),
        ("Dupont, Jean <jean@x.fr>", [("Jean Dupont", "jean@x.fr")]),
        ("Jean <mailto:jean@x.fr>", [("Jean", "jean@x.fr")]),
        ("mailto:jean@x.fr?subject=Oui", [("Jean", "jean@x.fr")]),
        ("'jean@x.fr' <jean@x.fr>", [("Jean", "jean@x.fr")]),
        ("jean@x.fr<mailto:jean@x.fr>", [("Jean", "jean@x.fr")]),
        ("- Jean Dupont : jean@x.fr", [("Jean Dupont", "jean@x.fr")]),
        ("1. Zoé zoe@x.fr", [("Zoé", "zoe@x.fr")]),
        ("Zoé\u00a0Née <zoe@x.fr>\u200b", [("Zoé Née", "zoe@x.fr")]),
        ("jean.dupont@X.FR", [("Jean Dupont", "jean.dupont@x.fr")]),
        ("Jean <jean@atelier.test>", [("Jean", "jean@atelier.test")]),
        ("Anne <Anne@B\u00dcCHER.de>", [("Anne", "Anne@bücher.de")]),
        ("a@x.fr, b@x.fr c@x.fr; d@x.fr", [("A", "a@x.fr"), ("B", "b@x.fr"), ("C", "c@x.fr"), ("D", "d@x.fr")]),
        ("Jean <j@x.fr>, Anne <a@x.fr>", [("Jean", "j@x.fr"), ("Anne", "a@x.fr")]),
        ("Jean <j@x.fr> Anne <a@x.fr>", [("Jean", "j@x.fr"), ("Anne", "a@x.fr")]),
        ("Dupont, Jean <j@x.fr>; Martin, Anne <a@x.fr>", [("Jean Dupont", "j@x.fr"), ("Anne Martin", "a@x.fr")]),
        ("Dupont, Jean <j@x.fr>, Martin, Anne <a@x.fr>", [("Jean Dupont", "j@x.fr"), ("Anne Martin", "a@x.fr")]),
        ('"A, B" <j@x.fr>, "Le; Goff" <a@x.fr>', [("B A", "j@x.fr"), ("Le; Goff", "a@x.fr")]),
        ("Jean, j@x.fr, Anne, a@x.fr", [("Jean", "j@x.fr"), ("Anne", "a@x.fr")]),
        ("j@x.fr, Jean, a@x.fr, Anne", [("Jean", "j@x.fr"), ("Anne", "a@x.fr")]),
        ("Jean;Dupont;j@x.fr", [("Jean Dupont", "j@x.fr")]),
        ("j@x.fr;Jean;Dupont;06 12 34 56 78", [("Jean Dupont", "j@x.fr")]),
        ("j@x.fr\tJean Dupont\tACME", [("Jean Dupont", "j@x.fr")]),
    ],
)
def test_forms_without_a_header(text: str, expected: list[tuple[str, str]]) -> None:
    assert people(text) == expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("header", "row", "name"),
    [
        ("Prénom|Nom|E-mail", "Éric|Dupont|e@x.fr", "Éric Dupont"),
        ("NOM|PRÉNOM|COURRIEL|Société", "Dupont|Éric|e@x.fr|ACME", "Éric Dupont"),
        ("First Name|Last Name|E-mail Address", "Éric|Dupont|e@x.fr", "Éric Dupont"),
        ("Nom|Adresse électronique", "Éric Dupont|e@x.fr", "Éric Dupont"),
        ('"Nom complet"|"Mail"', '"Éric Dupont"|"e@x.fr"', "Éric Dupont"),
        ("Mél|Nom de famille|Prénom", "Éric <e@x.fr>|Dupont|Éric", "Éric Dupont"),
        ("Téléphone|Email|Name", "06|e@x.fr|", "E"),
        ("Notes|Email|Name", "boss@x.fr|e@x.fr|Éric", "Éric"),
    ],
)
def test_a_header_names_the_columns(delimiter: str, header: str, row: str, name: str) -> None:
    text = f"{header}\n{row}\n".replace("|", delimiter)
    assert people(text) == [(name, "e@x.fr")]
    assert parse(text).header_lines == [1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    assert people("Prénom;Nom;Courriel\r\nZoé;Noël;zoe@x.fr\r\n".encode(encoding)) == [("Zoé Noël", "zoe@x.fr")]


def test_bytes_that_no_encoding_knows_are_kept() -> None:
    assert parse(b"\x81\xff foo").problems[0].text == "\x81\xff foo"


def test_lines_are_counted_through_quoted_line_ends() -> None:
    result = parse(
        '\nNom;E-mail;Notes\r\n"Anne\r\nMarie";a@x.fr;"dit ""oui""\r\nb@x.fr"\r\n\r\nJean;nul;\r\nZoé;z@x.fr;\r\n'
    )
    assert [(person.name, person.line) for person in result.people] == [("Anne Marie", 3), ("Zoé", 8)]
    assert [(problem.line, problem.text) for problem in result.problems] == [(7, "Jean;nul;")]
    assert result.header_lines == [2]


def test_a_stray_quote_swallows_no_other_line() -> None:
    result = parse('"Jean <j@x.fr>\n"Anne" <a@x.fr>\n"\nb@x.fr')
    assert [(person.name, person.line) for person in result.people] == [("Jean", 1), ("Anne", 2), ("B", 4)]


def test_an_address_missing_under_a_header_is_not_taken_from_another_column() -> None:
    result = parse("Nom;E-mail;Responsable\nAnne;;chef@x.fr\n")
    assert [problem.reason for problem in result.problems] == [Reason.NO_ADDRESS]


def test_a_line_of_another_shape_under_a_header_is_read_all_the_same() -> None:
    assert people("Prénom;Nom;E-mail\nJean Dupont <j@x.fr>") == [("Jean Dupont", "j@x.fr")]


def test_problems_say_what_and_where() -> None:
    result = parse("Jean\njean@\nAnne <anne>\nb@x..fr\na@x.fr, b@x, c@x.fr")
    assert [(one.line, one.text, one.reason) for one in result.problems] == [
        (1, "Jean", Reason.NO_ADDRESS),
        (2, "jean@", Reason.BAD_ADDRESS),
        (3, "Anne <anne>", Reason.BAD_ADDRESS),
        (4, "b@x..fr", Reason.BAD_ADDRESS),
        (5, " b@x", Reason.BAD_ADDRESS),
    ]
    assert str(result.problems[2].message) == "«\u00a0anne\u00a0» n’est pas une adresse e-mail valide. Corrigez-la."


def test_a_name_left_over_on_a_line_is_a_problem() -> None:
    result = parse("a@x.fr, b@x.fr, Charlie")
    assert [person.email for person in result.people] == ["a@x.fr", "b@x.fr"]
    assert [(one.text, one.reason) for one in result.problems] == [("Charlie", Reason.NO_ADDRESS)]


def test_duplicates_whatever_the_case_and_the_form_of_the_domain() -> None:
    result = parse("Jean@x.fr\njean@X.fr\nZoé <z@bücher.de>\nz@xn--bcher-kva.de, jean@x.fr")
    assert [person.email for person in result.people] == ["Jean@x.fr", "z@bücher.de"]
    assert [(one.line, one.first_line, one.text.strip()) for one in result.duplicates] == [
        (2, 1, "jean@X.fr"),
        (4, 3, "z@xn--bcher-kva.de"),
        (4, 1, "jean@x.fr"),
    ]


def test_people_after_the_limit_are_problems() -> None:
    result = parse("".join(f"p{number}@x.fr\n" for number in range(MAX_PEOPLE + 2)))
    assert len(result.people) == MAX_PEOPLE
    assert [(one.line, one.reason) for one in result.problems] == [(2001, Reason.TOO_MANY), (2002, Reason.TOO_MANY)]


def test_a_list_that_is_too_large_is_kept_whole() -> None:
    text = "é" * (MAX_BYTES // 2 + 1)
    result = parse(text)
    assert (result.people, [one.reason for one in result.problems]) == ([], [Reason.TOO_LARGE])
    assert result.problems[0].text == text


def test_a_long_name_is_a_problem() -> None:
    assert [one.reason for one in parse("n" * 201 + " <j@x.fr>").problems] == [Reason.LONG_NAME]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("unit", ["a", "@", '"', '";', '"a\n', "<", "a;", "x <", '\t""', '"a""\n', "- ", "a@"])
def test_time_grows_with_length_only(unit: str) -> None:
    text = unit * (400_000 // len(unit))
    result = parse(text)
    assert not result.people


@pytest.mark.parametrize(
    ("local", "name"),
    [
        ("jean.dupont", "Jean Dupont"),
        ("jean-pierre.martin42", "Jean-Pierre Martin"),
        ("ANNE_LE_GOFF+ski", "Anne Le Goff"),
        ("42", "42"),
        ("éric", "Éric"),
    ],
)
def test_names_from_addresses(local: str, name: str) -> None:
    assert derive_name(local) == name


def lines_named(result: ParsedList) -> set[int]:
    found = (*result.people, *result.duplicates, *result.problems)
    return {one.line for one in found} | set(result.header_lines)


letters = st.sampled_from([*"ab é@.\"<>,;\t\n\r:-’'", "a@x.fr", "Nom", "E-mail", "sep=;", "mailto:", "\u00a0", "🎿"])


@given(st.lists(letters, max_size=60).map("".join) | st.text(max_size=80))
def test_every_record_is_accounted_for(text: str) -> None:
    result = parse(text)
    assert lines_named(result) == {record.line for record in records(text)}


@given(st.lists(letters, max_size=60).map("".join))
def test_records_cover_every_line_that_holds_something(text: str) -> None:
    found = [record.text for record in records(text)]
    left = "".join("".join(found).split())
    typed = "".join(line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    held = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip(' \t;,"\u00a0')]
    assert all("".join(line.split()) in left for line in held)
    assert len("".join(found).replace("\n", "")) <= len(typed)


@given(st.lists(letters, max_size=60).map("".join))
def test_no_address_is_lost(text: str) -> None:
    """Every word with an @ is in an address taken over, or in the text of a problem or a duplicate."""
    result = parse("début@x.fr\n" + text)
    kept = "\n".join(
        [*(person.email for person in result.people), *(one.text for one in (*result.duplicates, *result.problems))]
    )
    assert kept.count("@") >= sum("@" in line for line in text.replace("\r", "\n").split("\n"))


names = st.sampled_from(["Jean", "Zoé Noël", "Dupont, Anne", "", 'Le "Grand"', "D’Arc; Jeanne"])


@given(
    st.lists(st.tuples(names, st.integers(0, 30)), min_size=1, max_size=20),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "cp1252", "utf-16"]),
)
def test_a_table_comes_back_whole(rows: list[tuple[str, int]], delimiter: str, end: str, encoding: str) -> None:
    quoted = [('"' + name.replace('"', '""') + '"', f"p{number}@x.fr") for name, number in rows]
    text = end.join(delimiter.join(row) for row in [("Nom", "E-mail"), *quoted])
    result = parse(text.encode(encoding))
    assert not result.problems
    assert {person.email for person in result.people} == {f"p{number}@x.fr" for _, number in rows}
    assert len(result.people) + len(result.duplicates) == len(rows)
    assert sorted(one.line for one in (*result.people, *result.duplicates)) == list(range(2, len(rows) + 2))
