"""What a provider's calendar shows: a month of days, or a week of hours, with what takes their time told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from babel.dates import format_date, get_day_names
from flask_babel import ngettext

from app.availability.openings import DAY, Openings, Period, merge
from app.availability.queries import Day, DayState, Imported
from app.blueprints.public.month_view import MONTHS_AHEAD, shifted
from app.bookings.occupancy import Occupied
from app.formatting import date_in_words, date_range
from app.translation import gettext as _
from app.web import locale

WEEK = 7 * DAY
FIRST_HOUR, LAST_HOUR = 8, 20
BOOKED, OPTION, QUEUED, IMPORTED = "booked", "option", "queued", "imported"


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that takes a unit's time: who it is for, and whether it is booked, an option, queued or imported."""

    kind: str
    who: str
    starts_at: datetime
    ends_at: datetime
    unit: str = ""
    what: str = ""
    expires_at: datetime | None = None
    request_id: int | None = None

    @property
    def word(self) -> str:
        """Never by colour alone."""
        return word_of(self.kind)


@dataclass(frozen=True, slots=True)
class Cell:
    """One day or one hour. `key` is what a form sends, empty for one that can't be changed; `said` is its full name."""

    key: str
    n: str
    kind: str
    word: str
    said: str
    today: bool
    open: bool
    taken: Sequence[Taken]
    begun: Sequence[Taken] = ()
    """Those of `taken` that are named here: they begin here, or at the top of the grid."""


@dataclass(frozen=True, slots=True)
class Page:
    """A grid: its title, neighbours' keys (empty at the ends), heads (short, full) and rows of cells; None: no day."""

    view: str
    key: str
    name: str
    before: str
    after: str
    heads: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[Cell | None]]]


def all_taken(occupied: Iterable[Occupied], imported: Iterable[Imported]) -> list[Taken]:
    """What takes time, first to last."""
    ours = [_ours(one) for one in occupied]
    theirs = [Taken(IMPORTED, one.unit, one.starts_at, one.ends_at) for one in imported]
    return sorted([*ours, *theirs], key=lambda one: (one.starts_at, one.who))


def word_of(kind: str) -> str:
    """What a kind is called."""
    words = {BOOKED: _("Réservé"), OPTION: _("Option"), QUEUED: _("En file"), IMPORTED: _("Votre agenda")}
    return words[kind]


def _ours(one: Occupied) -> Taken:
    return Taken(
        kind=BOOKED if one.booked else QUEUED if one.queued else OPTION,
        who=one.company or one.unit,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        unit=one.unit if one.company else "",
        what=one.event,
        expires_at=one.expires_at,
        request_id=one.request_id,
    )


def month_page(first: date, days: Sequence[Day], taken: Sequence[Taken], openings: Openings, today: date) -> Page:
    """A month of days in weeks."""
    cells: list[Cell | None] = [None] * first.weekday()
    cells += [_day_cell(day, _on_day(day.day, taken, openings), openings, today) for day in days]
    cells += [None] * (-len(cells) % 7)
    return Page(
        view="month",
        key=f"{first:%Y-%m}",
        name=format_date(first, "LLLL yyyy", locale=locale()).capitalize(),
        before=f"{shifted(first, -1):%Y-%m}" if first > today.replace(day=1) else "",
        after=f"{shifted(first, 1):%Y-%m}" if first < shifted(today.replace(day=1), MONTHS_AHEAD) else "",
        heads=_names(),
        rows=[("", cells[at : at + 7]) for at in range(0, len(cells), 7)],
    )


def _names() -> list[tuple[str, str]]:
    short, wide = get_day_names("abbreviated", locale=locale()), get_day_names("wide", locale=locale())
    return [(short[number], wide[number]) for number in range(7)]


def _on_day(day: date, taken: Sequence[Taken], openings: Openings) -> list[Taken]:
    first, last = (openings.instant(datetime.combine(day + n * DAY, time(0))) for n in (0, 1))
    return [one for one in taken if one.starts_at < last and first < one.ends_at]


def _day_cell(day: Day, taken: list[Taken], openings: Openings, today: date) -> Cell:
    past = day.day < today
    opened = day.state != DayState.CLOSED
    by_hand = any(one.holds(day.day) for one in openings.specials)
    words = {DayState.CLOSED: _("fermé"), DayState.TAKEN: _("complet")}
    word = "" if past else words.get(day.state, _("horaires modifiés") if by_hand else "")
    said = [date_in_words(day.day, locale(), today=today), _("passé") if past else word or _("ouvert")]
    said += [f"{one.word} {one.who}" for one in taken]
    return Cell(
        key="" if past else day.day.isoformat(),
        n=str(day.day.day),
        kind="past" if past else "open" if opened else "closed",
        word=word,
        said=", ".join(said),
        today=day.day == today,
        open=opened,
        taken=taken,
    )


def week_page(monday: date, taken: Sequence[Taken], openings: Openings, now: datetime) -> Page:
    """A week of hours: those between the first and the last that are open or taken."""
    today, days = openings.local(now).date(), [monday + n * DAY for n in range(7)]
    hours = _open_hours(days, openings)
    names = get_day_names("abbreviated", locale=locale())
    first, last = _range(hours, [one for day in days for one in _on_day(day, taken, openings)], openings)
    last_monday = shifted(today.replace(day=1), MONTHS_AHEAD + 1)
    return Page(
        view="week",
        key=monday.isoformat(),
        name=date_range(monday, monday + 6 * DAY, locale(), today=today),
        before=(monday - WEEK).isoformat() if monday > today else "",
        after=(monday + WEEK).isoformat() if monday + WEEK < last_monday else "",
        heads=[(f"{names[day.weekday()]} {day.day}", date_in_words(day, locale(), today=today)) for day in days],
        rows=[
            (_hour(hour), [_hour_cell(day, hour, hours, taken, openings, now, top=first) for day in days])
            for hour in range(first, last)
        ],
    )


def _hour(hour: int) -> str:
    return _("%(hour)s h", hour=hour)


def _open_hours(days: Sequence[date], openings: Openings) -> list[Period]:
    """The open wall times that touch a week."""
    near = [days[0] - DAY, *days]
    return [period for day in near for period in openings.walls(day)]


def _range(hours: Sequence[Period], taken: Sequence[Taken], openings: Openings) -> tuple[int, int]:
    """From which hour to which a week is shown: all of it when nights are open or taken."""
    walls = [*hours, *((openings.local(one.starts_at), openings.local(one.ends_at)) for one in taken)]
    if any(opens.date() != (closes - timedelta(microseconds=1)).date() for opens, closes in walls):
        return 0, 24
    first = min([FIRST_HOUR, *(opens.hour for opens, _closes in walls)])
    last = max([LAST_HOUR, *(_last_hour(closes) for _opens, closes in walls)])
    return first, last


def _last_hour(closes: datetime) -> int:
    return 24 if closes.time() == time(0) else closes.hour + (closes.minute > 0)


def _hour_cell(
    day: date,
    hour: int,
    hours: Sequence[Period],
    taken: Sequence[Taken],
    openings: Openings,
    now: datetime,
    *,
    top: int,
) -> Cell:
    begins = datetime.combine(day, time(hour))
    ends = begins + timedelta(hours=1)
    opened = _share(begins, ends, hours)
    here = [one for one in taken if openings.local(one.starts_at) < ends and begins < openings.local(one.ends_at)]
    past = openings.local(now) >= ends
    here.sort(key=lambda one: (one.unit or one.who, one.starts_at))
    word = _("fermé") if opened == 0 else _("ouvert") if opened == 1 else _("ouvert en partie")
    said = [date_in_words(day, locale(), today=openings.local(now).date()), _hour(hour), _("passé") if past else word]
    said += [f"{one.word} {one.who}" for one in here]
    return Cell(
        key="" if past else f"{day.isoformat()}T{hour:02d}",
        n="",
        kind="past" if past else "closed" if opened == 0 else "open" if opened == 1 else "part",
        word="",
        said=", ".join(said),
        today=day == openings.local(now).date(),
        open=opened > 0,
        taken=here,
        begun=[one for one in here if hour == top or openings.local(one.starts_at) >= begins],
    )


def _share(begins: datetime, ends: datetime, hours: Sequence[Period]) -> float:
    """How much of a time is open, from 0 to 1."""
    inside = sum((min(ends, two) - max(begins, one) for one, two in hours if one < ends and begins < two), timedelta(0))
    return min(1.0, inside / (ends - begins))


def days_changed(count: int, *, opened: bool) -> str:
    """What the page says once days were opened or closed."""
    if opened:
        said = ngettext("%(num)s jour est ouvert.", "%(num)s jours sont ouverts.", count)
    else:
        said = ngettext("%(num)s jour est fermé.", "%(num)s jours sont fermés.", count) + " " + _kept()
    return str(said)


def hours_changed(count: int, *, opened: bool) -> str:
    """The same for hours."""
    if opened:
        said = ngettext("%(num)s heure est ouverte.", "%(num)s heures sont ouvertes.", count)
    else:
        said = ngettext("%(num)s heure est fermée.", "%(num)s heures sont fermées.", count) + " " + _kept()
    return str(said)


def _kept() -> str:
    return _("Ce qui est déjà réservé ne change pas.")


def chosen_days(keys: Iterable[str]) -> list[tuple[date, date]]:
    """The days that a form sent, as periods; what is no day is left out."""
    return merge((day, day) for key in keys if (day := _day_of(key)))


def chosen_hours(keys: Iterable[str]) -> list[tuple[tuple[date, date], tuple[time, time]]]:
    """The hours that a form sent, as the same hours on days that follow each other."""
    per_day: dict[date, set[int]] = {}
    for key in keys:
        day_text, _t, hour = key.partition("T")
        day = _day_of(day_text)
        if day and hour.isascii() and hour.isdigit() and len(hour) == 2 and int(hour) < 24:
            per_day.setdefault(day, set()).add(int(hour))
    runs: dict[tuple[int, int], list[date]] = {}
    for day, hours in per_day.items():
        for run in _runs(sorted(hours)):
            runs.setdefault(run, []).append(day)
    return [
        (days, (time(first), time(last % 24)))
        for (first, last), found in runs.items()
        for days in merge((day, day) for day in found)
    ]


def _runs(hours: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for hour in hours:
        if runs and runs[-1][1] == hour:
            runs[-1] = (runs[-1][0], hour + 1)
        else:
            runs.append((hour, hour + 1))
    return runs


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def chosen_week(text: str, today: date) -> date | None:
    """The Monday of the week that a day lies in, within what can be shown; none for what is no day."""
    day = _day_of(text)
    if day is None:
        return None
    last = shifted(today.replace(day=1), MONTHS_AHEAD + 1) - DAY
    day = min(max(day, today), last)
    return day - day.weekday() * DAY


def legend() -> list[tuple[str, str]]:
    """Kinds and their words."""
    return [(kind, word_of(kind)) for kind in (BOOKED, OPTION, QUEUED, IMPORTED)]
