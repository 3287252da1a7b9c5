"""Who is to come to an event: the list, the invitations, the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.accounts.roles import Action
from app.blueprints.access import by_person, person, requires
from app.blueprints.company.scope import company_id
from app.blueprints.forms import show, stripped
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput, InvalidTransition
from app.events import queries as events
from app.events.attendee_list import Duplicate, ParsedList, Person, Problem, Reason, parse
from app.events.models import Event
from app.extensions import limiter
from app.invites import attendees, queries, service
from app.invites.queries import Group
from app.web import takes_files

bp = Blueprint("attendees", __name__, url_prefix="/company/events")

TABS = {
    Group.ALL: _l("Tout le monde"),
    Group.YES: _l("Oui"),
    Group.MAYBE: _l("Peut-être"),
    Group.NO: _l("Non"),
    Group.SILENT: _l("Sans réponse"),
    Group.UNSENT: _l("À inviter"),
    Group.BOUNCED: _l("Non distribuées"),
}


class PeopleForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """People to add: pasted, or in a file."""

    people = TextAreaField(
        _l("Collez vos participants"), filters=[stripped], render_kw={"rows": 6, "spellcheck": "false"}
    )
    file = FileField(_l("Ou un fichier"), render_kw={"accept": ".csv,.tsv,.txt,text/csv,text/plain"})


class AttendeeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """One person's name and address."""

    name = StringField(
        _l("Nom"),
        filters=[stripped],
        validators=[Length(max=200, message=_l("Au plus %(max)d caractères."))],
        render_kw={"maxlength": 200},
    )
    email = StringField(
        _l("Adresse e-mail"),
        filters=[stripped],
        validators=[InputRequired(_l("Indiquez l’adresse."))],
        render_kw={"type": "email", "maxlength": 254},
    )


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a list: how many were added, and what was not, by line."""

    added: int = 0
    problems: Sequence[Problem] = ()
    duplicates: Sequence[Duplicate] = ()
    known: Sequence[Person] = ()

    @property
    def clean(self) -> bool:
        """Whether there is nothing to correct."""
        return not self.problems


@bp.get("/<slug>/attendees")
@requires(Action.EVENT_READ)
def index(slug: str) -> str:
    return _page(events.by_slug(slug, company_id()), PeopleForm(formdata=None), Report())


@bp.post("/<slug>/attendees")
@requires(Action.EVENT_WRITE)
@takes_files
def add(slug: str) -> Any:
    event, form = events.by_slug(slug, company_id()), PeopleForm()
    parsed = _parsed(form)
    if form.file.errors:
        return _page(event, form, Report()), 422
    if not (parsed.people or parsed.problems or parsed.duplicates):
        form.people.errors = [_("Collez des adresses, ou choisissez un fichier.")]
        return _page(event, form, Report()), 422
    try:
        with transaction():
            added = attendees.add(event, parsed.people, by=person().actor, now=utcnow())
    except (InvalidInput, InvalidTransition) as error:
        form.people.errors = [str(error)]
        return _page(events.by_slug(slug, company_id()), form, Report()), 422
    report = Report(added.count, parsed.problems, parsed.duplicates, added.known)
    if report.clean:
        _tell(report)
        return redirect(url_for("attendees.index", slug=slug), 303)
    form.people.data = "\n".join(problem.text for problem in parsed.problems)
    return _page(events.by_slug(slug, company_id()), form, report), 422


@bp.post("/<slug>/attendees/send")
@limiter.limit("30 per hour", key_func=by_person)
@requires(Action.INVITE_SEND)
def send(slug: str) -> Any:
    event = events.by_slug(slug, company_id())
    try:
        with transaction():
            count = service.send(event, by=person().actor, now=utcnow())
    except InvalidTransition as error:
        return _refused(slug, error)
    if count:
        words = ngettext("L’invitation part à une personne.", "Les invitations partent à %(num)s personnes.", count)
        flash(words, "success")
    else:
        flash(_("Tout le monde est déjà invité."), "message")
    return redirect(url_for("attendees.index", slug=slug), 303)


@bp.post("/<slug>/attendees/notify")
@limiter.limit("12 per hour", key_func=by_person)
@requires(Action.INVITE_SEND)
def notify(slug: str) -> Any:
    event = events.by_slug(slug, company_id())
    try:
        with transaction():
            count = service.notify(event, by=person().actor, now=utcnow())
    except InvalidTransition as error:
        return _refused(slug, error)
    if count:
        flash(ngettext("Une personne est prévenue.", "%(num)s personnes sont prévenues.", count), "success")
    return redirect(url_for("attendees.index", slug=slug), 303)


@bp.get("/attendees/<int:attendee_id>/edit")
@requires(Action.EVENT_WRITE)
def edit(attendee_id: int) -> str:
    attendee = queries.attendee(attendee_id, company_id())
    form = AttendeeForm(formdata=None, name=attendee.name, email=attendee.email)
    return render_template("company/attendees/edit.html", attendee=attendee, event=attendee.event, form=form)


@bp.post("/attendees/<int:attendee_id>/edit")
@requires(Action.EVENT_WRITE)
def change(attendee_id: int) -> Any:
    attendee, form = queries.attendee(attendee_id, company_id()), AttendeeForm()
    slug = attendee.event.slug
    if form.validate():
        try:
            with transaction():
                attendees.edit(attendee, form.name.data or "", form.email.data or "", by=person().actor, now=utcnow())
            flash(_("C’est enregistré."), "success")
            return redirect(url_for("attendees.index", slug=slug), 303)
        except InvalidInput as error:
            show(form, error)
        except InvalidTransition as error:
            return _refused(slug, error)
    attendee = queries.attendee(attendee_id, company_id())
    return render_template("company/attendees/edit.html", attendee=attendee, event=attendee.event, form=form), 422


@bp.post("/attendees/<int:attendee_id>/remove")
@requires(Action.EVENT_WRITE)
def remove(attendee_id: int) -> Any:
    attendee = queries.attendee(attendee_id, company_id())
    slug, name = attendee.event.slug, attendee.name or attendee.email
    try:
        with transaction():
            attendees.remove(attendee, by=person().actor, now=utcnow())
    except InvalidTransition as error:
        return _refused(slug, error)
    flash(_("%(name)s n’est plus sur la liste.", name=name), "success")
    return redirect(url_for("attendees.index", slug=slug), 303)


@bp.post("/attendees/<int:attendee_id>/resend")
@limiter.limit("60 per hour", key_func=by_person)
@requires(Action.INVITE_SEND)
def resend(attendee_id: int) -> Any:
    attendee = queries.attendee(attendee_id, company_id())
    slug, name = attendee.event.slug, attendee.name or attendee.email
    try:
        with transaction():
            service.resend(attendee, by=person().actor, now=utcnow())
    except InvalidTransition as error:
        return _refused(slug, error)
    flash(_("L’invitation part à nouveau\u00a0: %(name)s.", name=name), "success")
    return redirect(url_for("attendees.index", slug=slug), 303)


def _parsed(form: PeopleForm) -> ParsedList:
    """What was pasted and what was uploaded, as one list; who is in both is there once."""
    found = parse(form.people.data or "")
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return found
    more = parse(upload.read())
    if any(one.reason is Reason.TOO_LARGE for one in more.problems):  # it stays on her machine: no page repeats it
        form.file.errors = [str(more.problems[0].message)]
        return found
    seen = {one.email.casefold(): one.line for one in found.people}
    found.people += [one for one in more.people if one.email.casefold() not in seen]
    found.problems += more.problems
    found.duplicates += more.duplicates + [
        Duplicate(one.name, one.email, one.line, seen[one.email.casefold()], one.email)
        for one in more.people
        if one.email.casefold() in seen
    ]
    return found


def _tell(report: Report) -> None:
    flash(ngettext("Une personne est ajoutée.", "%(num)s personnes sont ajoutées.", report.added), "success")
    twice = [(one.line, one.email) for one in report.known] + [(one.line, one.email) for one in report.duplicates]
    if twice:
        lines = [_("ligne %(number)s, %(address)s", number=line, address=email) for line, email in sorted(twice)[:10]]
        shown = "\u00a0; ".join(lines) + (" …" if len(twice) > 10 else "")
        flash(_("Déjà sur la liste, gardées une fois\u00a0: %(addresses)s", addresses=shown), "message")


def _page(event: Event, form: PeopleForm, report: Report) -> str:
    asked = request.args.get("show", Group.ALL)
    group = Group(asked) if asked in list(Group) else Group.ALL
    counts, page = queries.counts(event.id), max(request.args.get("page", 1, type=int), 1)
    return render_template(
        "company/attendees/index.html",
        event=event,
        form=form,
        report=report,
        counts=counts,
        group=group,
        tabs_words=TABS,
        rows=queries.listed(event.id, group, page=page),
        page=page,
        pages=-(-getattr(counts, group) // queries.PAGE),
        may_write=event.state not in attendees.CLOSED and person().can(Action.INVITE_SEND),
        now=utcnow(),
    )


def _refused(slug: str, error: InvalidTransition) -> Any:
    flash(str(error), "error")
    return redirect(url_for("attendees.index", slug=slug), 303)
