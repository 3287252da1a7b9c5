from tests.conftest import Browser
from tests.factories import Factories


def test_healthz_answers_once_the_database_does(client: Browser) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]


def test_the_factories_make_a_whole_quote(factories: Factories) -> None:
    quote = factories.quote()
    assert quote.gross_cents == quote.net_cents + quote.vat_cents
    assert [line.label for line in quote.lines][0] == "Salle plénière"
