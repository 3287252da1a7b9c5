"""The mailbox: what the embedded mail catcher took, as each reader would see it. Exists in embedded mode only."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, current_app, make_response, render_template, request

from app.blueprints.access import public
from app.config import Settings
from app.core.errors import InvalidInput, NotFound
from app.embedded import maildir
from app.embedded.maildir import CaughtMail, NoSuchMail, Part
from app.invites import reading

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")

PAGE = 50
LAST_PAGE = 10_000
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; frame-ancestors 'self'"


def folder() -> Path:
    """The Maildir of this instance's catcher."""
    settings: Settings = current_app.extensions["settings"]
    return settings.instance_dir / "mail"


@bp.get("/")
@public
def index() -> str:
    to = request.args.get("to", "").strip()
    page = min(max(request.args.get("page", 1, type=int) or 1, 1), LAST_PAGE)
    found = maildir.list_mails(folder(), offset=(page - 1) * PAGE, limit=PAGE + 1, to=to)
    return render_template("public/mailbox/index.html", mails=found[:PAGE], more=len(found) > PAGE, page=page, to=to)


@bp.get("/<key>")
@public
def show(key: str) -> str:
    mail = _mail(key)
    return render_template("public/mailbox/show.html", mail=mail, card=_card(mail))


@bp.get("/<key>/html")
@public
def html(key: str) -> Response:
    response = make_response('<base target="_top">' + (_mail(key).html or ""))
    response.headers["Content-Security-Policy"] = MAIL_POLICY + "; sandbox allow-top-navigation-by-user-activation"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@bp.get("/<key>/raw")
@public
def raw(key: str) -> Response:
    return _download(_mail(key).raw, "message/rfc822", f"{key}.eml")


@bp.get("/<key>/part/<int:index>")
@public
def part(key: str, index: int) -> Response:
    found = _part(key, index)
    return _download(found.payload, found.content_type, found.filename or f"partie-{index}")


def _mail(key: str) -> CaughtMail:
    try:
        return maildir.get(folder(), key)
    except NoSuchMail as error:
        raise NotFound from error


def _part(key: str, index: int) -> Part:
    try:
        return maildir.part(folder(), key, index)
    except NoSuchMail as error:
        raise NotFound from error


def _card(mail: CaughtMail) -> reading.CalendarCard | None:
    if mail.calendar is None:
        return None
    try:
        return reading.read(mail.calendar.payload)
    except InvalidInput:
        return None


def _download(content: bytes, content_type: str, filename: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = content_type
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
