"""A provider's own calendars: those that we read, by address or as a file, and those that we publish for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import FileField, SelectField, StringField
from wtforms.validators import Length

from app.accounts.roles import Action
from app.availability.imports import feeds, keeping, sandbox, wording
from app.availability.imports.feeds import Choice, Whose
from app.availability.imports.lines import MAX_BYTES
from app.availability.imports.looking import Question, Read, Unchanged, Unfetched, look, read_file, window
from app.availability.imports.models import CalendarFeed, PublishedFeed
from app.availability.imports.notes import Unreadable
from app.availability.openings import ZONE
from app.blueprints.access import by_person, person, requires
from app.blueprints.forms import show as show_errors
from app.blueprints.forms import stripped
from app.blueprints.provider.scope import own_provider
from app.config import Settings
from app.core.clock import utcnow
from app.core.db import close_read, transaction
from app.core.errors import InvalidInput
from app.core.sealed import Unsealable
from app.extensions import limiter
from app.web import takes_files

bp = Blueprint("calendar_feeds", __name__, url_prefix="/provider/calendar/feeds")

SECONDS = 10.0


class FeedForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """A calendar to read: an address or a file, and whose time it takes."""

    url = StringField(
        _l("Adresse iCal"),
        filters=[stripped],
        render_kw={
            "type": "url",
            "inputmode": "url",
            "maxlength": "2000",
            "autocomplete": "off",
            "spellcheck": "false",
        },
    )
    file = FileField(_l("Ou un fichier .ics"), render_kw={"accept": ".ics,.ical,text/calendar"})
    whose = SelectField(_l("Ce calendrier occupe"), validate_choice=False)
    name = StringField(
        _l("Nom"),
        filters=[stripped],
        validators=[Length(max=feeds.NAME_LENGTH, message=_l("Au plus %(max)d caractères."))],
    )

    def among(self, choices: list[Choice]) -> FeedForm:
        """With the offers and units to choose from."""
        options = [option for choice in choices if not choice.withdrawn for option in _options(choice)]
        self.whose.choices, self.known = options, {value for value, _label in options}
        return self

    def chosen(self) -> Whose:
        """Whose time it takes. Raises InvalidInput."""
        if self.whose.data not in self.known:
            raise InvalidInput(_("Choisissez dans la liste."), field="whose")
        offer, _colon, unit = str(self.whose.data).partition(":")
        return Whose(int(offer), int(unit) if unit else None)


def _options(choice: Choice) -> list[tuple[str, Any]]:
    title = choice.title or _("Offre sans titre")
    if len(choice.units) == 1:
        return [(f"{choice.offer_id}", title)]
    whole = (f"{choice.offer_id}", _("%(title)s\u00a0: toutes les unités", title=title))
    return [whole, *((f"{choice.offer_id}:{unit.id}", f"{title} · {unit.name}") for unit in choice.units)]


@bp.get("")
@requires(Action.AVAILABILITY_EDIT)
def index() -> Any:
    return _page()


@bp.post("")
@requires(Action.AVAILABILITY_EDIT)
@takes_files
@limiter.limit("20 per minute", key_func=by_person)
def add() -> Any:
    provider_id, by, now = own_provider().id, person().actor, utcnow()
    form = FeedForm().among(feeds.choices(provider_id))
    try:
        if not form.validate():
            return _page(form, status=422)
        whose = form.chosen()
        feeds.check_room(provider_id)
        url, found = _found(form, now)
        with transaction():
            feed = feeds.add(
                provider_id, whose, form.name.data or _file_name(form), found,
                url=url, zone=ZONE, secret_key=_settings().secret_key, by=by, now=utcnow(),
            )  # fmt: skip
            incomplete = feed.incomplete
    except InvalidInput as error:
        show_errors(form, error)
        return _page(form, status=422)
    if incomplete:
        flash(_("Le calendrier est importé, mais pas en entier\u00a0: voyez ce qui manque."), "warning")
    else:
        flash(_("Le calendrier est importé\u00a0: ses dates sont prises ici."), "success")
    return _back()


@bp.post("/<int:feed_id>/refresh")
@requires(Action.AVAILABILITY_EDIT)
@limiter.limit("20 per minute", key_func=by_person)
def refresh(feed_id: int) -> Response:
    feed = feeds.own(feed_id, own_provider().id)
    asked = keeping.questions([feed.id], _settings().secret_key, _settings().invites_domain, utcnow())
    if feed.sealed_url is None or not asked:
        flash(str(wording.SEALED), "error")
        return _back()
    close_read()
    outcome = look(asked[0], seconds=SECONDS, fetch=_fetch())
    with transaction():
        keeping.keep(feed_id, outcome, now=utcnow())
    if isinstance(outcome, Read | Unchanged):
        flash(_("Le calendrier vient d’être relu."), "success")
    else:
        why = wording.failure(outcome.error) if isinstance(outcome, Unfetched) else wording.trouble(outcome.trouble)
        flash(str(why), "error")
    return _back()


@bp.post("/<int:feed_id>/remove")
@requires(Action.AVAILABILITY_EDIT)
def remove(feed_id: int) -> Response:
    feed = feeds.own(feed_id, own_provider().id)
    with transaction():
        feeds.remove(feed, by=person().actor, now=utcnow())
    flash(_("Le calendrier est retiré\u00a0: les dates qu’il prenait sont libres."), "success")
    return _back()


@bp.post("/published")
@requires(Action.AVAILABILITY_EDIT)
@limiter.limit("30 per minute", key_func=by_person)
def publish() -> Response:
    unit = request.form.get("unit_id", "")
    unit_id = int(unit) if unit.isdecimal() and len(unit) < 16 else None
    with transaction():
        feeds.open_published(
            own_provider().id, unit_id, secret_key=_settings().secret_key, domain=_settings().invites_domain,
            by=person().actor, now=utcnow(),
        )  # fmt: skip
    flash(_("L’adresse est prête\u00a0: ajoutez-la à votre calendrier."), "success")
    return _back("published")


@bp.post("/published/<int:feed_id>/revoke")
@requires(Action.AVAILABILITY_EDIT)
def revoke(feed_id: int) -> Response:
    feed = feeds.own_published(feed_id, own_provider().id)
    with transaction():
        feeds.revoke(feed, by=person().actor, now=utcnow())
    flash(_("Cette adresse ne répond plus."), "success")
    return _back("published")


def _found(form: FeedForm, now: datetime) -> tuple[str, Read]:
    """The address, if it is one, and what was read there or in the file. Raises InvalidInput."""
    upload = request.files.get("file")
    if form.url.data:
        return form.url.data, _read_url(form.url.data, now)
    if upload is None or not upload.filename:
        raise InvalidInput(_("Indiquez une adresse, ou choisissez un fichier."), field="url")
    with upload.stream as stream:
        raw = stream.read(MAX_BYTES + 1)
    close_read()
    try:
        return "", read_file(raw, ZONE, _settings().invites_domain, now)
    except Unreadable as error:
        raise InvalidInput(wording.trouble(error.trouble), field="file") from error


def _read_url(url: str, now: datetime) -> Read:
    feeds.check_url(url)
    close_read()
    outcome = look(Question(0, url, ZONE, window(now), _settings().invites_domain), seconds=SECONDS, fetch=_fetch())
    if isinstance(outcome, Read):
        return outcome
    if isinstance(outcome, Unfetched):
        raise InvalidInput(wording.failure(outcome.error), field="url")
    trouble = "not_a_calendar" if isinstance(outcome, Unchanged) else outcome.trouble
    raise InvalidInput(wording.trouble(trouble), field="url")


def _file_name(form: FeedForm) -> str:
    upload = request.files.get("file")
    return "" if form.url.data or upload is None else upload.filename or ""


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _fetch() -> Any:
    return current_app.extensions.get("fetch_calendar", sandbox.fetch)


def _back(anchor: str | None = None) -> Response:
    return redirect(url_for("calendar_feeds.index", _anchor=anchor), 303)


def _page(form: FeedForm | None = None, *, status: int = 200) -> tuple[str, int]:
    provider_id, now = own_provider().id, utcnow()
    choices = feeds.choices(provider_id)
    titles = {choice.offer_id: choice.title for choice in choices}
    published = [_published(each) for each in feeds.published_of(provider_id)]
    used = {each["unit_id"] for each in published}
    page = render_template(
        "provider/calendar/feeds.html",
        form=form or FeedForm(formdata=None, data={"whose": request.args.get("offer", "")}).among(choices),
        rows=[_row(feed, titles, now) for feed in feeds.of_provider(provider_id)],
        published=published,
        everything_open=None in used,
        units=[(unit, name) for choice in choices for unit, name in _units(choice) if unit not in used],
        now=now,
    )  # fmt: skip
    return page, status


def _units(choice: Choice) -> list[tuple[int, str]]:
    return [] if choice.withdrawn else [(unit.id, f"{choice.title} · {unit.name}") for unit in choice.units]


def _row(feed: CalendarFeed, titles: dict[int, str], now: datetime) -> dict[str, Any]:
    state, words = _state(feed)
    return {
        "feed": feed,
        "takes": titles.get(feed.offer_id, "") + (f" · {feed.unit.name}" if feed.unit is not None else ""),
        "tone": state,
        "word": words,
        "problem": wording.problem(feed.problem, feed.problem_status) if feed.problem else "",
        "notes": [wording.note(note) for note in feed.remarks],
        "old": feed.next_at is not None and feed.read_at is not None and now - feed.read_at > 3 * keeping.SELDOM,
    }


def _state(feed: CalendarFeed) -> tuple[str, str]:
    if feed.stopped_at is not None:
        return "no", _("arrêté")
    if feed.problem:
        return "wait", _("illisible")
    if feed.incomplete:
        return "wait", _("incomplet")
    return "yes", _("fichier importé") if feed.sealed_url is None else _("à jour")


def _published(feed: PublishedFeed) -> dict[str, Any]:
    try:
        address = url_for("feeds.bookings", token=feeds.token_of(feed, _settings().secret_key), _external=True)
    except Unsealable:
        address = ""
    name = feed.unit.name if feed.unit is not None else _("Toutes vos réservations")
    return {"id": feed.id, "unit_id": feed.unit_id, "name": name, "address": address, "created_at": feed.created_at}
