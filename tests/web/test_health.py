import pytest
from sqlalchemy.exc import OperationalError

from tests.conftest import Browser
from tests.factories import Factories


def test_healthz_answers_once_the_database_does(client: Browser) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


def test_the_factories_make_a_whole_quote(factories: Factories) -> None:
    quote = factories.quote()
    assert quote.gross_cents == quote.net_cents + quote.vat_cents
    assert quote.lines[0].label == "Salle plénière"


def test_assets_come_compressed_and_stay_for_ever(client: Browser) -> None:
    with client.application.test_request_context():
        url = client.application.jinja_env.globals["asset"]("app.css")  # type: ignore[operator]
    response = client.get(url, headers={"Accept-Encoding": "br"})
    assert response.headers["Content-Encoding"] == "br"
    assert "immutable" in response.headers["Cache-Control"]
    response.close()


def test_an_error_page_shows_while_the_database_is_down(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> None:
        raise OperationalError("select 1", {}, Exception("connection refused"))

    monkeypatch.setattr("app.blueprints.public.health.session", down)
    monkeypatch.setattr("app.web._load_person", down)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert "<h1" in response.text


def test_the_test_browser_follows_redirects(client: Browser, factories: Factories) -> None:
    user, _ = factories.organiser()
    response = client.log_in(user).get("/account/home", follow_redirects=True)
    assert response.status_code == 200
