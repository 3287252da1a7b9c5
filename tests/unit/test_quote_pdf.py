from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.core import pdf
from app.core.errors import InvalidInput
from app.offers.price_rule import PricedLine
from app.offers.terms import Terms, preset
from app.quotes import document_format as fmt
from app.quotes.document import Party, QuoteDocument, TravelRegistration, render_quote

NOW = datetime(2027, 1, 5, 10, 12, tzinfo=UTC)


def line(label: str, category: str, bps: int, unit: int, quantity: int = 42, **more: object) -> PricedLine:
    basis = more.pop("basis", "person")
    return PricedLine(label, category, bps, basis, quantity, unit, **more)  # type: ignore[arg-type]


QUOTE = QuoteDocument(
    number="D-2027-0012",
    version=1,
    issued_at=NOW,
    valid_until=NOW + timedelta(days=14),
    zone="Europe/Paris",
    provider=Party(
        "Domaine de la Fontaine",
        "SAS au capital de 40 000 €",
        "732829320",
        "Villefranche-Tarare",
        "FR44732829320",
        "12 chemin des Vignes",
        "69620",
        "Le Breuil",
    ),
    company=Party("Atelier Mirabelle", "SARL", "303265045", "", "FR40303265045", "3 rue de la Ré", "69001", "Lyon"),
    platform_name="Ensemble",
    event_title="Séminaire produit",
    offer_title="Séminaire résidentiel",
    place="Le Breuil (69)",
    starts_at=datetime(2027, 3, 11, 8, tzinfo=UTC),
    ends_at=datetime(2027, 3, 12, 16, 30, tzinfo=UTC),
    headcount=42,
    lines=(
        line("Deux salles équipées", "room_hire", 2000, 150_000, 1, basis="group"),
        line("Déjeuner", "food_immediate", 1000, 2_800, 84),
        line("Chambre individuelle", "lodging", 1000, 9_000),
        line("Autocar de 50 places", "transport", 1000, 70_000, 1, basis="group", group_size=50, optional=True),
    ),
    terms=preset("standard"),
)


def text_of(content: bytes) -> str:
    """The words on all pages, every kind of space and line break made one space."""
    pages = PdfReader(BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def printed(document: QuoteDocument, language: str = "fr") -> str:
    return text_of(render_quote(document, language))


def test_every_mention_the_law_asks_for_is_printed() -> None:
    text = printed(QUOTE)
    for mention in (
        "Devis",
        "D-2027-0012",
        "mardi 5 janvier 2027",
        "mardi 19 janvier 2027, 11 h 12",
        "SAS au capital de 40 000 €",
        "RCS Villefranche-Tarare 732 829 320",
        "TVA FR44732829320",
        "Atelier Mirabelle",
        "SIREN 303 265 045",
        "TVA FR40303265045",
        "jeudi 11 mars 2027, 9 h",
        "vendredi 12 mars 2027, 17 h 30",
        "2 jours",
        "42 personnes",
        "28,00 €",
        "2 352,00 €",
        "Total HT 7 632,00 €",
        "TVA 913,20 €",
        "Total TTC 8 545,20 €",
        "203,46 € TTC par personne",
        "Acompte, 30 % à l’acceptation 2 563,56 €",
        "au plus tard le jeudi 25 février 2027 5 981,64 €",
        "jusqu’au 10 janvier 2027 sans frais",
        "à partir du 26 février 2027 100 % du prix 8 545,20 €",
        "jusqu’à 38 personnes",
        "40 € pour frais de recouvrement",
        "majoré de 10 points",
        "Aucun escompte",
        "Devis établi par Ensemble au nom et pour le compte de Domaine de la Fontaine",
        "SHA-256",
    ):
        assert mention in text, mention


def test_what_the_category_says_first_is_printed() -> None:
    text = printed(replace(QUOTE, offer_facts=(("Chambres", "42"), ("Déjeuner", "Repas assis, servi à table"))))
    assert "Chambres 42" in text and "Repas assis, servi à table" in text


def test_the_rates_stand_apart_with_their_base() -> None:
    text = printed(QUOTE)
    assert "20 % 1 500,00 € 300,00 € 1 800,00 €" in text
    assert "10 % 6 132,00 € 613,20 € 6 745,20 €" in text


def test_options_are_priced_outside_the_total() -> None:
    text = printed(QUOTE)
    assert "En option, non compris dans le total" in text
    assert "Autocar de 50 places 1 700,00 € 10 % 770,00 €" in text
    assert "En option" not in printed(replace(QUOTE, lines=QUOTE.lines[:3]))


def test_it_exists_in_english() -> None:
    text = printed(QUOTE, "en")
    for words in ("Quote", "Tuesday 5 January 2027", "€8,545.20", "Thursday 11 March 2027, 9 am", "If you cancel"):
        assert words in text, words
    for french in ("Devis", "Acompte", "personnes", "sans frais"):
        assert french not in text, french


def test_the_same_data_give_the_same_bytes() -> None:
    first = render_quote(QUOTE)
    assert hashlib.sha256(render_quote(replace(QUOTE))).hexdigest() == hashlib.sha256(first).hexdigest()
    later = render_quote(replace(QUOTE, issued_at=NOW + timedelta(minutes=1)))
    dearer = render_quote(replace(QUOTE, headcount=43))
    assert len({first, later, dearer, render_quote(QUOTE, "en")}) == 4


def test_it_is_archivable_and_tagged() -> None:
    reader = PdfReader(BytesIO(render_quote(QUOTE)))
    assert reader.metadata is not None
    assert reader.metadata.title == "Devis D-2027-0012"
    assert reader.metadata.author == "Domaine de la Fontaine"
    assert reader.metadata.creation_date == NOW
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()  # type: ignore[index]
    assert "<pdfaid:part>3</pdfaid:part>" in metadata and "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]


def test_a_seller_under_the_exemption_prints_no_vat() -> None:
    lines = tuple(replace(one, vat_bps=0) for one in QUOTE.lines)
    text = printed(replace(QUOTE, franchise=True, lines=lines))
    assert "TVA non applicable, art. 293 B du CGI" in text
    assert "Total net de TVA 7 632,00 €" in text
    assert "dispositions correspondantes du CIBS" in text
    assert "20 %" not in text and "TTC" not in text


def test_a_reseller_prints_its_registration_and_others_do_not() -> None:
    assert "Atout France" not in printed(QUOTE)
    text = printed(replace(QUOTE, registration=TravelRegistration("IM069100012", "APST, Paris", "Hiscox")))
    for words in ("Atout France sous le numéro IM069100012", "APST, Paris", "Hiscox"):
        assert words in text


def test_wording_follows_what_is_sold() -> None:
    text = printed(QUOTE)
    assert "278-0" not in text and "taxe de séjour" not in text
    package = line("Forfait", "package", 2000, 10_000, parts=("lodging", "room_hire"))
    taxed = line("Taxe de séjour", "tourist_tax", 0, 110)
    text = printed(replace(QUOTE, lines=(package, taxed)))
    assert "art. 278-0" in text and "La taxe de séjour, collectée pour la commune" in text
    assert "hors TVA 46,20 €" in text


def test_near_the_event_everything_is_due_on_acceptance() -> None:
    soon = replace(QUOTE, starts_at=NOW + timedelta(days=9), ends_at=NOW + timedelta(days=9, hours=5, minutes=30))
    text = printed(replace(soon, terms=Terms(base_fee_bps=5000)))
    assert "Totalité à l’acceptation 8 545,20 €" in text
    assert "5 h 30" in text
    assert "à tout moment 50 % du prix" in text
    assert "Acompte" not in text


def test_a_later_version_says_so() -> None:
    assert "version 3, remplace les précédentes" in printed(replace(QUOTE, version=3))


def test_forty_lines_run_over_pages_with_their_heads() -> None:
    lines = tuple(line(f"Prestation {number}", "equipment", 2000, 1_000 + number) for number in range(40))
    reader = PdfReader(BytesIO(render_quote(replace(QUOTE, lines=lines))))
    assert len(reader.pages) >= 2
    assert all("Désignation" in page.extract_text() for page in reader.pages[:2])
    assert "Prestation 39" in text_of(render_quote(replace(QUOTE, lines=lines)))
    assert f"Page 1 sur {len(reader.pages)}" in re.sub(r"\s+", " ", reader.pages[0].extract_text())


@pytest.mark.parametrize(
    "nasty",
    [
        "#strong[x] *gras* _italique_ $x^2$ \\ \" ' <label> @ref // note /* */ `code`",
        "x" * 290,
        "日本語 عربى ไทย 😀 👩‍👩‍👧 🇫🇷",
        "\x00\x1b[31m\r\n\ud83d\ue000\U0010ffff\u202eabc",
        "".join(map(chr, range(0x4E00, 0x4E00 + 250))),
    ],
)
def test_typed_text_is_text_and_never_breaks_the_document(nasty: str) -> None:
    wide = replace(
        QUOTE,
        message=nasty,
        event_title=nasty,
        provider=replace(QUOTE.provider, name=nasty),
        lines=(replace(QUOTE.lines[0], label=nasty),),
        terms=Terms(payment_terms=nasty, performance_terms=nasty),
    )
    content = render_quote(wide)
    assert content == render_quote(wide)
    assert "Total TTC 1 800,00 €" in text_of(content)


def test_markup_in_typed_text_is_printed_as_typed() -> None:
    assert "#strong[x] *gras* $x$" in printed(replace(QUOTE, message="#strong[x] *gras* $x$"))


def test_a_text_that_would_hold_a_thread_for_a_minute_is_refused() -> None:
    with pytest.raises(InvalidInput, match="trop long"):
        render_quote(replace(QUOTE, message="\u0627\u0644\u0633" * 30_000))


def test_a_broken_template_is_not_taken_for_a_wrong_character(tmp_path: Path) -> None:
    template = tmp_path / "broken.typ"
    template.write_text("#unknown-function()")
    with pytest.raises(pdf.TemplateBroken, match="unknown-function"):
        pdf.render(template, {}, created_at=NOW)


def test_french_and_english_figures() -> None:
    assert fmt.amount(123_456, "EUR", "fr") == "1\u00a0234,56\u00a0€"
    assert fmt.amount(123_456, "EUR", "en") == "€1,234.56"
    assert (fmt.share(550, "fr"), fmt.share(550, "en")) == ("5,5\u00a0%", "5.5%")
    assert fmt.short_day(NOW.replace(day=1).date(), "fr") == "1er janvier 2027"
    assert fmt.hours(330) == "5\u00a0h\u00a030" and fmt.hours(120) == "2\u00a0h"
