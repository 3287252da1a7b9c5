"""Errors as pages: each class of domain error and each HTTP error gets its status and a page in the product's voice."""

from __future__ import annotations

import structlog
from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, InternalServerError

from app.core.errors import (
    DomainError,
    GatewayError,
    InvalidInput,
    InvalidTransition,
    NotAllowed,
    NotFound,
    Unavailable,
)

log = structlog.get_logger()

STATUS: dict[type[DomainError], int] = {
    NotAllowed: 403,
    NotFound: 404,
    InvalidInput: 422,
    InvalidTransition: 409,
    Unavailable: 409,
    GatewayError: 503,
}
PAGES = (400, 403, 404, 409, 413, 422, 429, 500, 503)


def status_of(error: DomainError) -> int:
    """The HTTP status for a domain error."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def register(app: Flask) -> None:
    """Install the handlers."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DataError, _unstorable)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(TimeoutError, _database)
    app.register_error_handler(Exception, _unexpected)


def _path() -> str:
    """What was asked for, as a log may keep it: an address that holds a token is a key to someone's page."""
    if "token" in (request.view_args or {}) and request.url_rule is not None:
        return request.url_rule.rule
    return request.path


def _page(status: int, message: str = "") -> tuple[str, int]:
    page = status if status in PAGES else (500 if status >= 500 else 404 if status == 405 else 400)
    return render_template(f"errors/{page}.html", message=message, status=status), status


def _domain(error: DomainError) -> tuple[str, int]:
    status = status_of(error)
    shown = "" if isinstance(error, InvalidTransition) else str(error)
    if isinstance(error, InvalidTransition):
        log.info("invalid transition", path=_path(), error=str(error))
    return _page(status, shown)


def _csrf(_error: CSRFError) -> tuple[str, int]:
    return _page(400, "csrf")


def _http(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.code is None or error.code < 400:
        return error
    return _page(error.code)


def _unstorable(error: DataError) -> tuple[str, int]:
    """A number beyond every column or page, or a character that no text holds: nobody's click sends that."""
    log.warning("unstorable value", path=_path(), error=str(error.orig).splitlines()[0])
    return _page(404 if request.method == "GET" else 400)


def _database(error: DBAPIError | TimeoutError) -> tuple[str, int]:
    log.error("database unavailable", path=_path(), error=str(error).splitlines()[0])
    return _page(503)


def _unexpected(error: Exception) -> tuple[str, int]:
    log.error("unexpected error", path=_path(), exc_info=error)
    return _page(InternalServerError.code or 500)
