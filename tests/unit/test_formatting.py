"""Amounts, dates and quantities in words."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from app import formatting as f

NNBSP, NBSP = "\u202f", "\u00a0"
TODAY = date(2026, 1, 15)


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cents", "locale", "text"),
    [
        (6450, "fr", f"64,50{NBSP}€"),
        (123450, "fr", f"1{NNBSP}234,50{NBSP}€"),
        (1213800, "fr", f"12{NNBSP}138{NBSP}€"),
        (0, "fr", f"0{NBSP}€"),
        (5, "fr", f"0,05{NBSP}€"),
        (-364140, "fr", f"−3{NNBSP}641,40{NBSP}€"),
        (123450, "en", "€1,234.50"),
        (28900, "en", "€289"),
    ],
)
def test_money(cents: int, locale: str, text: str) -> None:
    assert f.money(cents, "EUR", locale) == text


def test_money_keeps_its_cents_in_accounts() -> None:
    assert f.money(28900, exact=True) == f"289,00{NBSP}€"


def test_per_person_says_its_basis() -> None:
    assert f.per_person(6450) == f"64,50{NBSP}€ TTC par personne"
    assert f.per_person(6450, price_basis="net") == f"64,50{NBSP}€ HT par personne"
    assert f.per_person(6450, locale="en") == "€64.50 incl. VAT per person"


@pytest.mark.parametrize(
    ("day", "locale", "text"),
    [
        (date(2026, 3, 12), "fr", "jeudi 12 mars"),
        (date(2026, 3, 1), "fr", "dimanche 1er mars"),
        (date(2027, 3, 12), "fr", "vendredi 12 mars 2027"),
        (date(2026, 8, 1), "en", "Saturday 1 August"),
    ],
)
def test_date_in_words(day: date, locale: str, text: str) -> None:
    assert f.date_in_words(day, locale, today=TODAY) == text


def test_date_without_a_today_says_its_year() -> None:
    assert f.date_in_words(date(2026, 3, 12)) == "jeudi 12 mars 2026"
    assert f.short_date(date(2026, 2, 25), today=TODAY) == "25 févr."


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 3, 12), date(2026, 3, 12), "jeudi 12 mars"),
        (date(2026, 3, 12), date(2026, 3, 13), "jeudi 12 et vendredi 13 mars"),
        (date(2026, 3, 12), date(2026, 3, 15), "du jeudi 12 au dimanche 15 mars"),
        (date(2026, 2, 27), date(2026, 3, 1), "du vendredi 27 février au dimanche 1er mars"),
        (date(2026, 12, 30), date(2027, 1, 2), "du mercredi 30 décembre 2026 au samedi 2 janvier 2027"),
    ],
)
def test_date_range(first: date, last: date, text: str) -> None:
    assert f.date_range(first, last, today=TODAY) == text


def test_times_are_said_in_the_place_of_the_event() -> None:
    assert f.time_of_day(at(3, 12, 17)) == f"18{NNBSP}h"
    assert f.time_of_day(at(7, 12, 16, 30)) == f"18{NNBSP}h{NNBSP}30"
    assert f.time_of_day(at(3, 12, 17), "en") == "18:00"
    assert f.time_of_day(at(3, 12, 17), zone="Europe/London") == f"17{NNBSP}h"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        f.time_of_day(datetime(2026, 3, 12, 18))


def test_when_in_words_on_one_day() -> None:
    said = f.when_in_words(at(3, 12, 17), at(3, 12, 22), today=TODAY)
    assert said == f"jeudi 12 mars, 18{NNBSP}h{NBSP}– 23{NNBSP}h"


def test_when_in_words_past_midnight_stays_one_evening() -> None:
    said = f.when_in_words(at(3, 12, 18), at(3, 13, 1), today=TODAY)
    assert said == f"jeudi 12 mars, 19{NNBSP}h{NBSP}– 2{NNBSP}h"


def test_when_in_words_over_days() -> None:
    said = f.when_in_words(at(3, 11, 8), at(3, 12, 16), today=TODAY)
    assert said == f"mercredi 11 mars, 9{NNBSP}h{NBSP}– jeudi 12 mars, 17{NNBSP}h"
    later = f.when_in_words(at(3, 11, 8, year=2027), at(3, 12, 16, year=2027), today=TODAY)
    assert later == f"jeudi 11 mars, 9{NNBSP}h{NBSP}– vendredi 12 mars 2027, 17{NNBSP}h"


@pytest.mark.parametrize(
    ("minutes", "fr", "en"),
    [
        (45, f"45{NNBSP}min", f"45{NNBSP}min"),
        (60, f"1{NNBSP}h", f"1{NNBSP}h"),
        (95, f"1{NNBSP}h{NNBSP}35", f"1{NNBSP}h{NNBSP}35{NNBSP}min"),
        (65, f"1{NNBSP}h{NNBSP}05", f"1{NNBSP}h{NNBSP}5{NNBSP}min"),
        (3 * 1440, "3 jours", "3 days"),
    ],
)
def test_duration(minutes: int, fr: str, en: str) -> None:
    assert (f.duration(minutes), f.duration(minutes, "en")) == (fr, en)


@pytest.mark.parametrize(("hours", "text"), [(9, f"9{NNBSP}h"), (24, f"24{NNBSP}h"), (32, "2 jours"), (49, "3 jours")])
def test_what_lasts_over_night_is_counted_in_days(hours: int, text: str) -> None:
    assert f.lasting(60 * hours) == text


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(days=3, hours=5), "3 jours"),
        (timedelta(hours=30, minutes=12), f"30{NNBSP}h"),
        (timedelta(hours=5, minutes=20), f"5{NNBSP}h{NNBSP}20"),
        (timedelta(seconds=30), "moins d’une minute"),
        (timedelta(0), "terminé"),
        (timedelta(minutes=-1), "terminé"),
    ],
)
def test_time_left(left: timedelta, text: str) -> None:
    now = at(3, 1, 8)
    assert f.time_left(now + left, now) == text


@pytest.mark.parametrize(("bps", "text"), [(2000, "20"), (550, "5,5"), (1000, "10"), (0, "0"), (1234, "12,34")])
def test_percent(bps: int, text: str) -> None:
    assert f.percent_bps(bps) == f"{text}{NNBSP}%"


def test_quantities() -> None:
    assert f.distance_km(4.23) == f"4,2{NNBSP}km"
    assert f.distance_km(38.6) == f"39{NNBSP}km"
    assert f.filesize(840) == f"840{NNBSP}o"
    assert f.filesize(1_400_000) == f"1,4{NNBSP}Mo"
    assert f.filesize(1_400_000, "en") == f"1.4{NNBSP}MB"
    assert f.number(1234567) == f"1{NNBSP}234{NNBSP}567"


@pytest.mark.parametrize(("count", "fr", "en"), [(0, "jour", "jours"), (1, "jour", "jour"), (2, "jours", "jours")])
def test_plural(count: int, fr: str, en: str) -> None:
    assert f.plural(count, "jour", "jours") == fr
    assert f.plural(count, "jour", "jours", locale="en") == en


@pytest.mark.parametrize(
    ("name", "letters"), [("Claire Martin", "CM"), ("Inès", "I"), ("Jean de La Tour", "JT"), ("", ""), ("— Zoé", "Z")]
)
def test_initials(name: str, letters: str) -> None:
    assert f.initials(name) == letters


def test_filters_speak_the_readers_language() -> None:
    app = Flask(__name__)
    Babel(app, default_locale="fr")
    f.register(app)
    template = app.jinja_env.from_string("{{ 6450|money }} · {{ percent_bps(550) }}")
    with app.test_request_context():
        assert template.render() == f"64,50{NBSP}€ · 5,5{NNBSP}%"
        with force_locale("en"):
            assert template.render() == "€64.50 · 5.5%"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("Lyon (Rhône)", "près de Lyon (Rhône)"),
        ("Avoriaz", "près d’Avoriaz"),
        ("Évian-les-Bains", "près d’Évian-les-Bains"),
        ("Alpe d’Huez", "près d’Alpe d’Huez"),
        ("Le Mans", "près du Mans"),
        ("Les Gets", "près des Gets"),
        ("La Plagne", "près de La Plagne"),
        ("Honfleur", "près de Honfleur"),
        ("", "près de "),
    ],
)
def test_near_a_place(place: str, words: str) -> None:
    assert (f.near(place), f.near(place, "en")) == (words, f"near {place}")
