"""Errors are pages in the product's voice, in both languages, whatever went wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask, make_response
from flask_babel import refresh
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, ServiceUnavailable, TooManyRequests

from app.core.errors import GatewayError, InvalidInput, InvalidTransition, NotAllowed, NotFound, Unavailable
from tests.conftest import Browser
from tests.factories import Factories

CAUSES: list[tuple[Callable[[], Exception], int]] = [
    (BadRequest, 400),
    (lambda: CSRFError("missing"), 400),
    (lambda: NotAllowed("private"), 403),
    (lambda: NotFound("private"), 404),
    (lambda: InvalidTransition("private detail"), 409),
    (lambda: Unavailable("private"), 409),
    (RequestEntityTooLarge, 413),
    (lambda: InvalidInput("private"), 422),
    (TooManyRequests, 429),
    (lambda: RuntimeError("private detail"), 500),
    (lambda: GatewayError("private"), 503),
    (lambda: OperationalError("private detail", {}, Exception("private detail")), 503),
    (lambda: TimeoutError("private detail"), 503),
    (ServiceUnavailable, 503),
]


def heading(page: str) -> str:
    found = BeautifulSoup(page, "html.parser").select_one("h1")
    assert found is not None and found.text.strip(), page
    return found.text.strip()


@pytest.mark.parametrize(("cause", "status"), CAUSES, ids=lambda value: str(getattr(value, "__name__", value)))
def test_every_cause_has_its_status_and_its_page(app: Flask, cause: Callable[[], Exception], status: int) -> None:
    shown = []
    for language in ("fr", "en"):
        with app.test_request_context("/somewhere", headers={"Accept-Language": language}):
            refresh()
            response = make_response(app.handle_user_exception(cause()))
            page = response.get_data(as_text=True)
        assert response.status_code == status
        assert "private detail" not in page and f'lang="{language}"' in page
        shown.append(heading(page))
    assert shown[0] != shown[1]


def test_an_address_that_leads_nowhere(client: Browser) -> None:
    response = client.get("/nowhere")
    assert response.status_code == 404 and heading(response.text) == "Nous ne trouvons pas cette page"


def test_a_page_of_others(client: Browser, factories: Factories) -> None:
    user, _ = factories.organiser()
    assert client.log_in(user).get("/operator").status_code == 403


def test_what_is_too_heavy_is_told_with_the_limit_that_holds(client: Browser) -> None:
    heavy = {"CONTENT_LENGTH": str(65 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    for address, limit in (("/account/login", "1 Mo"), ("/provider/offers/1/edit", "64 Mo")):
        response = client.post(address, environ_overrides=heavy)
        assert response.status_code == 413 and limit in response.text
