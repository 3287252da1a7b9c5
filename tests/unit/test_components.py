"""The components: states have words, fields keep what was typed, prices say their basis, nothing breaks the CSP."""

import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template
from flask_babel import Babel, force_locale
from werkzeug.datastructures import MultiDict
from wtforms import Form, IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange

from app import formatting, navigation, status_words
from app.accounts.models import ProviderState
from app.accounts.roles import Action
from app.availability.models import ReservationState
from app.blueprints.public import styleguide
from app.bookings.models import BookingState, MoveState
from app.events.models import EventState
from app.invites.models import Answer, DeliveryState
from app.mail.models import MailState
from app.offers.models import OfferState, VersionState
from app.payments.models import AttemptState, InstalmentState, RefundState
from app.quotes.models import QuoteState, RequestState

TEMPLATES = Path(__file__).parents[2] / "app" / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "mail" not in path.relative_to(TEMPLATES).parts)
STATES: dict[str, type[StrEnum]] = {
    "provider": ProviderState,
    "offer": OfferState,
    "version": VersionState,
    "event": EventState,
    "request": RequestState,
    "quote": QuoteState,
    "reservation": ReservationState,
    "booking": BookingState,
    "move": MoveState,
    "instalment": InstalmentState,
    "attempt": AttemptState,
    "refund": RefundState,
    "delivery": DeliveryState,
    "answer": Answer,
    "mail": MailState,
}


@pytest.fixture
def app() -> Iterator[Flask]:
    """Templates and what they ask for; no database anywhere."""
    app = Flask(__name__, template_folder=str(TEMPLATES))
    app.config.update(SECRET_KEY="templates", WTF_CSRF_ENABLED=False)
    Babel(app, default_locale="fr")
    for module in (formatting, status_words, navigation):
        module.register(app)
    app.jinja_env.globals.update(
        asset=lambda name: f"/static/dist/{name}",
        csp_nonce=lambda: "nonce",
        price_basis=lambda: "gross",
        locale=lambda: "fr",
        csrf_token=lambda: "token",
        current_person=None,
        settings=SimpleNamespace(tile_url=None),
    )
    app.register_blueprint(styleguide.bp)
    with app.test_request_context("/"):
        yield app


def show(app: Flask, source: str, **values: object) -> BeautifulSoup:
    return BeautifulSoup(app.jinja_env.from_string(source).render(**values), "html5lib")


@pytest.mark.parametrize("kind", sorted(STATES))
def test_every_state_has_a_word_a_sign_and_a_tone(app: Flask, kind: str) -> None:
    signs = set(re.findall(r'symbol id="([\w-]+)"', (TEMPLATES.parent / "static/img/icons.svg").read_text()))
    for state in STATES[kind]:
        status = status_words.status_of(kind, state)
        assert str(status.word) and status.sign in signs and status.tone in ("", "yes", "wait", "no", "now")


def test_a_state_without_words_is_an_error() -> None:
    with pytest.raises(KeyError):
        status_words.status_of("quote", "lost in the post")


class SampleForm(Form):
    title = StringField("Nom", [InputRequired("Donnez un nom.")])
    headcount = IntegerField("Effectif", [NumberRange(1, 50, "Entre 1 et 50 personnes.")])


def test_a_refused_field_keeps_what_was_typed_and_says_what_to_do(app: Flask) -> None:
    form = SampleForm(MultiDict({"title": "", "headcount": "<quarante>"}))
    assert not form.validate()
    fields = '{{ field(form.title, hint="Lu par tous.") }}{{ field(form.headcount) }}'
    source = '{% from "components/fields.html" import field %}' + fields
    page = show(app, source, form=form)
    title, headcount = page.find(id="title"), page.find(id="headcount")
    assert title and headcount
    assert headcount["value"] == "<quarante>"
    assert title["aria-invalid"] == "true"
    described = [page.find(id=name) for name in str(title["aria-describedby"]).split()]
    assert [element.get_text(strip=True) for element in described if element] == ["Lu par tous.", "Donnez un nom."]
    assert page.select_one('label[for="title"] .optional') is None
    assert page.select_one('label[for="headcount"] .optional') is not None


def test_a_price_holds_both_amounts_with_their_basis(app: Flask) -> None:
    page = show(app, '{% from "components/money.html" import price %}{{ price(6450, 5375, headcount=42) }}')
    gross, net = page.select_one(".is-gross"), page.select_one(".is-net")
    assert gross and net
    assert " ".join(gross.get_text().split()) == "64,50 € TTC par personne, à 42"
    assert " ".join(net.get_text().split()) == "53,75 € HT par personne, à 42"


def test_a_price_without_its_net_amount_always_shows(app: Flask) -> None:
    page = show(app, '{% from "components/money.html" import price %}{{ price(6450) }}')
    assert page.select_one(".is-net, .is-gross") is None and "TTC" in page.get_text()


def test_a_title_can_not_write_html(app: Flask) -> None:
    source = '{% from "components/page.html" import notice, empty %}{{ notice(text) }}{{ empty(text, text) }}'
    page = show(app, source, text="<script>alert(1)</script><b onclick=x>")
    assert page.find("script") is None and page.find("b") is None


@pytest.mark.parametrize(("page", "shown"), [(1, "12…12"), (4, "1…345…12"), (12, "1…1112")])
def test_the_pager_shows_the_ends_and_the_neighbours(app: Flask, page: int, shown: str) -> None:
    source = '{% from "components/page.html" import pager %}{{ pager(page, 12, "?page={page}") }}'
    soup = show(app, source, page=page)
    for hidden in soup.select(".sr"):
        hidden.decompose()
    assert "".join(soup.get_text().split()) == shown
    assert [link["href"] for link in soup.select("a[rel=next]")] == ([] if page == 12 else [f"?page={page + 1}"])


def test_the_style_guide_has_one_h1_no_double_id_and_labels_everywhere(app: Flask) -> None:
    page = BeautifulSoup(app.test_client().get("/styleguide").get_data(as_text=True), "html5lib")
    assert len(page.find_all("h1")) == 1
    ids = Counter(str(element["id"]) for element in page.find_all(id=True))
    assert [name for name, count in ids.items() if count > 1] == []
    for control in page.select("input:not([type=hidden]), select, textarea"):
        named = control.get("aria-label") or control.find_parent("label")
        assert named or page.find("label", attrs={"for": control.get("id")}), control
    for form in page.select("form[method=post]"):
        assert form.select_one("input[name=csrf_token]"), form


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 422, 429, 500, 503])
def test_error_pages_need_no_database_and_say_what_to_do(app: Flask, code: int) -> None:
    for locale in ("fr", "en"):
        with force_locale(locale):
            page = BeautifulSoup(render_template(f"errors/{code}.html", status=code, message=""), "html5lib")
        heading, lead = page.find("h1"), page.select_one(".lead")
        assert heading and lead and len(lead.get_text(strip=True)) > 40
        assert page.select_one(".error-page a.button.go")


def test_an_error_page_shows_the_domain_s_own_sentence(app: Flask) -> None:
    page = BeautifulSoup(
        render_template("errors/409.html", status=409, message="Ce créneau vient d’être pris."), "html5lib"
    )
    lead = page.select_one(".lead")
    assert lead and lead.get_text(strip=True) == "Ce créneau vient d’être pris."


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_hold_no_inline_code_or_style(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"""\sstyle\s*=\s*["']""", source), "style attribute"
    assert not re.search(r"<style[\s>]", source), "style element"
    assert not re.search(r"<[a-z][^>{]*\son[a-z]+\s*=", source), "event attribute"
    for script in re.findall(r"<script[^>]*>", source):
        assert "nonce=" in script, script


def test_the_navigation_shows_what_a_role_allows() -> None:
    class Finance:
        kind = "company"

        def can(self, action: Action) -> bool:
            return action is Action.BOOKING_READ

    paths = [link.path for link in navigation.navigation(Finance())]  # type: ignore[arg-type]
    assert paths == ["/offers", "/company/bookings"]
    assert [link.path for link in navigation.navigation(None)] == ["/offers", "/providers/join"]
