"""What the codes of `notes` and `fetching` say to a provider."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.availability.imports.fetching import FetchFailed, Problem
from app.availability.imports.notes import Code, Note, Trouble

TROUBLES: Final[Mapping[str, Any]] = {
    Trouble.NOT_A_CALENDAR: _l("Ce n’est pas un calendrier au format iCal (.ics)."),
    Trouble.WEB_PAGE: _l("C’est une page web, pas un calendrier\u00a0: prenez l’adresse secrète au format iCal."),
    Trouble.TRUNCATED: _l("Le calendrier est incomplet\u00a0: sa fin manque."),
    Trouble.TOO_LARGE: _l("Le calendrier dépasse 10\u00a0Mo."),
    Trouble.TOO_MANY_EVENTS: _l("Le calendrier contient plus de 20\u202f000\u00a0évènements."),
    Trouble.TOO_HEAVY: _l("Le calendrier demande trop de calculs pour être lu."),
}
PROBLEMS: Final[Mapping[str, Any]] = {
    Problem.BAD_URL: _l(
        "Cette adresse n’est pas celle d’un calendrier\u00a0: elle commence par https:// ou webcal://."
    ),
    Problem.REFUSED_ADDRESS: _l(
        "Cette adresse n’est pas sur l’internet public\u00a0: elle ne peut pas être lue d’ici."
    ),
    Problem.REFUSED_PORT: _l("Seuls les ports 80 et 443 sont lus\u00a0: cette adresse en nomme un autre."),
    Problem.UNKNOWN_HOST: _l("Le site de cette adresse n’existe pas."),
    Problem.UNREACHABLE: _l("Le site de ce calendrier ne répond pas."),
    Problem.TOO_SLOW: _l("Le site de ce calendrier met trop de temps à répondre."),
    Problem.TOO_LARGE: _l("Le calendrier dépasse 10\u00a0Mo."),
    Problem.REDIRECTS: _l("Cette adresse mène trop loin\u00a0: prenez l’adresse directe du calendrier."),
}
GONE: Final = _l("Le calendrier n’existe plus à cette adresse.")
FORBIDDEN: Final = _l("Le site de ce calendrier refuse l’accès\u00a0: l’adresse secrète a peut-être changé.")
EMPTIED: Final = _l("Le calendrier est soudain vide\u00a0: nous vérifions avant de libérer vos dates.")
SEALED: Final = _l("L’adresse enregistrée ne peut plus être lue\u00a0: ajoutez ce calendrier de nouveau.")
_REASONS: Final[Mapping[str, Any]] = {
    "subdaily": _l("elle se répète plusieurs fois par jour"),
    "interval": _l("son intervalle est nul"),
    "count": _l("elle se répète plus de 100\u202f000 fois"),
    "combinations": _l("elle combine trop de conditions"),
    "dates": _l("elle énumère plus de 2\u202f000 dates"),
    "exrule": _l("elle utilise une exception (EXRULE) que nous ne lisons pas"),
    "start": _l("elle commence avant 1950 ou après 2200"),
    "shift": _l("elle décale ses dates de plus d’un an"),
    "exdate": _l("ses exceptions sont illisibles"),
    "changed_rule": _l("une de ses dates modifiées se répète à son tour"),
}


def trouble(code: str) -> Any:
    """Why a file can't be used."""
    return TROUBLES[code]


def failure(error: FetchFailed) -> Any:
    """Why an address gave nothing."""
    return problem(error.problem, error.status)


def problem(code: str, status: int = 0) -> Any:
    """Why a calendar can't be read, from what was stored of it."""
    if code != Problem.STATUS:
        return {**PROBLEMS, **TROUBLES, "emptied": EMPTIED, "sealed": SEALED}[code]
    if status in (404, 410):
        return GONE
    if status in (401, 403):
        return FORBIDDEN
    return _l("Le site de ce calendrier répond par une erreur (%(status)s).", status=status)


def note(found: Note) -> Any:
    """What was left out of a calendar, or guessed."""
    start = _start(found.start)
    if found.code == Code.REFUSED_RULE:
        reason = _REASONS.get(found.detail, _l("sa règle est illisible"))
        return _l(
            "Une série (début\u00a0: %(start)s) n’est pas importée\u00a0: %(reason)s.", start=start, reason=reason
        )
    if found.code == Code.BROKEN_EVENT:
        return _l("Un évènement illisible (début\u00a0: %(start)s) n’est pas importé.", start=start)
    if found.code == Code.OUT_OF_TIME:
        return _l(
            "Une série (début\u00a0: %(start)s) demande trop de calculs\u00a0: une partie manque peut-être.",
            start=start,
        )
    if found.code == Code.TOO_MANY_TIMES:
        return _l("Le calendrier contient trop de dates\u00a0: une partie n’est pas importée.")
    if found.code == Code.UNKNOWN_CALENDAR_ZONE:
        return _l(
            "Le fuseau horaire du calendrier est inconnu (%(zone)s)\u00a0: le vôtre est utilisé.", zone=found.detail
        )
    return _l("Un fuseau horaire est inconnu (%(zone)s)\u00a0: le vôtre est utilisé.", zone=found.detail)


def _start(written: str) -> Any:
    """The day of 20270104T090000Z in words; what is none as it is."""
    try:
        day = datetime.strptime(written[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day alone
    except ValueError:
        return written[:20] or "?"
    return LazyString(lambda: format_date(day, "d MMMM yyyy"))
