"""A provider's offers as files: out as CSV or JSON, in again after a trial run that says what each line would do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, HiddenField

from app import offer_files
from app.accounts.roles import Action
from app.blueprints.access import by_person, person, requires
from app.blueprints.forms import show as blame
from app.blueprints.provider.scope import own_provider
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.extensions import limiter
from app.offers import exchange
from app.web import takes_files

bp = Blueprint("offer_exchange", __name__, url_prefix="/provider/offers/files")

KEPT_BYTES = 1_500_000
"""How long a file the trial run's page may carry on to the import itself."""
WORDS = {
    exchange.CREATE: _l("Nouveau brouillon"),
    exchange.UPDATE: _l("Modification en brouillon"),
    exchange.SAME: _l("Sans changement"),
    exchange.REFUSED: _l("Refusée"),
}


class FilesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """A file, or the text of the one that was just tried."""

    file = FileField(_l("Fichier CSV ou JSON"), render_kw={"accept": ".csv,.json,text/csv,application/json"})
    text = HiddenField()
    filename = HiddenField()


@bp.get("")
@requires(Action.OFFER_EDIT)
def index() -> Any:
    return _page(FilesForm(), [])


def _page(form: FilesForm, lines: list[exchange.Line], status: int = 200, *, done: bool = False) -> tuple[str, int]:
    counts = {action: sum(line.action == action for line in lines) for action in WORDS}
    page = render_template("provider/offers/files.html", form=form, lines=lines, counts=counts, words=WORDS, done=done)
    return page, status


@bp.get("/offers.<any(csv, json):kind>")
@requires(Action.OFFER_EDIT)
def export(kind: str) -> Response:
    found = list(exchange.own_records(own_provider().id))
    text, mime = (
        (exchange.to_json(found), "application/json") if kind == "json" else (exchange.to_csv(found), "text/csv")
    )
    answer = Response(text.encode(), mimetype=mime)
    answer.headers.set("Content-Disposition", "attachment", filename=f"offres.{kind}")
    return answer


@bp.post("")
@limiter.limit("20 per minute", key_func=by_person)
@requires(Action.OFFER_EDIT)
@takes_files
def bring_in() -> Any:
    form, dry_run, provider = FilesForm(), request.form.get("do") != "import", own_provider()
    try:
        filename, text = _sent(form)
        found = offer_files.records(filename, text)
        with transaction():
            lines = offer_files.bring_in(provider, found, by=person().actor, now=utcnow(), dry_run=dry_run)
    except InvalidInput as error:
        blame(form, error if error.fields else InvalidInput(error.message, fields={"file": error.message}))
        return _page(form, [], 422)
    form.filename.data, form.text.data = filename, text if len(text) <= KEPT_BYTES and dry_run else ""
    if not dry_run:
        flash(_("L’import est fait : chaque offre écrite est un brouillon, à relire puis à soumettre."), "success")
    return _page(form, lines, done=not dry_run)


def _sent(form: FilesForm) -> tuple[str, str]:
    """Name and text of the file, or of the one that was tried. Raises InvalidInput when there is none."""
    sent = form.file.data
    if sent and getattr(sent, "filename", ""):
        with sent.stream as stream:  # a large one lies in a file
            return sent.filename, offer_files.decoded(stream.read(exchange.MOST_BYTES + 1))
    if form.text.data:
        return form.filename.data or "", form.text.data
    raise InvalidInput(_("Choisissez un fichier."), fields={"file": _("Choisissez un fichier.")})
