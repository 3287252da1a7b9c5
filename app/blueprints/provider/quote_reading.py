"""What was typed into the quote form, as a proposal; or one sentence beside each field that can't be read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

from app.blueprints.provider.quote_forms import QuoteForm
from app.core.clock import local_date
from app.core.errors import InvalidInput
from app.core.money import parse_cents
from app.offers.price_rule import CHILDREN, MAX_HOURS, MAX_NIGHTS, PER_PERSON, PricedLine, Scale, units
from app.offers.terms import Terms
from app.quotes.models import QuoteRequest
from app.quotes.pricing import lines_from_json
from app.quotes.proposal import Measures, Proposal, end_of, usual_measures
from app.rules import vat

WHOLE = re.compile(r"\d{1,6}", re.ASCII)
PERCENT = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?", re.ASCII)
LINE_FIELDS = {"unit_net_cents": "price", "vat_bps": "vat_category"}
TERMS_FIELDS = {
    "deposit_bps": "deposit",
    "balance_days_before": "balance_days",
    "base_fee_bps": "base_fee",
    "cancellation": "base_fee",
    "days_before": "reduction_days",
    "bps": "reduction",
}


def read_proposal(form: QuoteForm, request: QuoteRequest) -> Proposal | None:
    """The proposal that was typed; None when a field now carries a sentence that says what to correct."""
    lines, terms = read_lines(form, request), read_terms(form)
    valid_until, hold_until = _day(form.valid_until), None
    if form.hold.data != "none":
        hold_until = _day(form.hold_until)
    if lines is None or terms is None or any(True for _ in form.wrong()) or valid_until is None:
        return None
    return Proposal(
        lines=lines,
        terms=terms,
        valid_until=end_of(valid_until, request),
        message=form.message.data or "",
        hold_until=end_of(hold_until, request) if hold_until else None,
        may_queue=form.hold.data == "queue",
    )


def read_lines(form: QuoteForm, request: QuoteRequest) -> tuple[PricedLine, ...] | None:
    """The lines alone, for the totals; None when a line can't be read."""
    measures = _typed_measures(form, request)
    found = [_line(line.form, request, measures) for line in form.lines]
    if not all(found):
        return None
    try:
        return lines_from_json(found)
    except InvalidInput as error:
        show(form, error)
        return None


def show(form: Any, error: InvalidInput) -> None:
    """Put a domain's sentence beside the field it belongs to; `lines.0.vat_bps` finds its line."""
    if not form.lines.entries:
        form.lines.append_entry()
    say(_place(form, error.field or ""), error)


def _place(form: Any, path: str) -> Field:
    head, _, rest = path.partition(".")
    if head == "lines" and rest:
        position, _, name = rest.partition(".")
        line = form.lines[int(position)].form
        field: Field = line[name] if (name := LINE_FIELDS.get(name, name)) in line else line["label"]
    else:
        name = TERMS_FIELDS.get(head, head)
        field = form.lines[0].form["label"] if name == "lines" or name not in form else form[name]
    return field


def say(field: Field, error: object) -> None:
    """Put a sentence beside a field, once."""
    if str(error) not in field.errors:
        field.errors = [*field.errors, str(error)]


def tried(field: Field, read: Callable[[str], Any]) -> Any:
    """What `read` makes of a field's text; None, and the sentence beside the field, when it can't."""
    try:
        return read(field.data or "")
    except InvalidInput as error:
        say(field, error)
        return None


def _line(line: Any, request: QuoteRequest, measures: Measures) -> dict[str, Any] | None:
    group_size, minimum = _hidden(line.group_size.data), _hidden(line.minimum_headcount.data) or 1
    basis, scale = line.basis.data, _scale(line.scale.data)
    if basis not in PER_PERSON:
        scale = {name: value for name, value in scale.items() if name not in ("who", "children")}
    usual = units(basis, request.headcount, group_size, minimum)
    if scale.get("who"):
        usual = scale["children"] if scale["who"] == CHILDREN else usual - scale["children"]
    values = {
        "label": line.label.data or "",
        "basis": basis,
        "quantity": tried(line.quantity, lambda text: whole(text) if text else usual * measures.times(basis)),
        "unit_net_cents": tried(line.price, parse_cents),
        "vat_category": line.vat_category.data,
        "vat_bps": tried(line.vat_category, lambda code: _rate(code, line, request)),
        "optional": bool(line.optional.data),
        "covers": list(line.covers.data or ()),
        "parts": list(line.parts.data or ()) if line.vat_category.data == vat.PACKAGE else [],
        "group_size": None if basis in PER_PERSON else group_size,
        "minimum_headcount": minimum,
        "scale": scale,
    }
    return None if any(values[name] is None for name in ("quantity", "unit_net_cents", "vat_bps")) else values


def _scale(text: str | None) -> dict[str, Any]:
    """What a line of the offer's rule follows, as the form carries it; nothing when that can't be read."""
    try:
        return Scale.from_json(json.loads(text or "{}")).to_json()
    except (ValueError, InvalidInput):
        return {}


def read_measures(form: Any, request: QuoteRequest) -> Measures | None:
    """Nights, hours and children that were typed; None when a field now carries a sentence. Empty ones are usual."""
    usual = usual_measures(request)
    nights = tried(form.nights, lambda text: _between(text, usual.nights, 1, MAX_NIGHTS))
    hours = tried(form.hours, lambda text: _between(text, usual.hours, 1, MAX_HOURS))
    children = tried(form.children, lambda text: _between(text, usual.children, 0, request.headcount))
    return None if None in (nights, hours, children) else Measures(nights, hours, children)


def _typed_measures(form: Any, request: QuoteRequest) -> Measures:
    """The measures typed, for quantities left empty; what can't be read counts as usual, and is not said here."""
    said = [(field, field.errors) for field in (form.nights, form.hours, form.children)]
    measures = read_measures(form, request)
    for field, errors in said:
        field.errors = errors
    return measures or usual_measures(request)


def _between(text: str, empty: int, least: int, most: int) -> int:
    number = whole(text) if text else empty
    if not least <= number <= most:
        raise InvalidInput(_l("Indiquez un nombre entre %(minimum)s et %(maximum)s.", minimum=least, maximum=most))
    return number


def _rate(code: str, line: Any, request: QuoteRequest) -> int:
    on = local_date(request.starts_at, request.zone)
    return vat.rate_bps(code, on, parts=line.parts.data or (), franchise=request.provider.vat_franchise)


def _hidden(text: str | None) -> int | None:
    return int(text) if text and WHOLE.fullmatch(text) and int(text) else None


def whole(text: str) -> int:
    """A whole number as people type it. Raises InvalidInput."""
    if not WHOLE.fullmatch(text.replace("\u202f", "").replace(" ", "")):
        raise InvalidInput(_l("Indiquez un nombre entier."))
    return int(text.replace("\u202f", "").replace(" ", ""))


def share_bps(text: str) -> int:
    """Basis points of « 30 » or « 12,5 % ». Raises InvalidInput."""
    match = PERCENT.fullmatch(text.replace("%", "").strip())
    bps = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")) if match else -1
    if not 0 <= bps <= 10_000:
        raise InvalidInput(_l("Indiquez une part entre 0 et 100, par exemple 30."))
    return bps


def _day(field: Any) -> date | None:
    if field.data is None:
        say(field, _l("Choisissez une date."))
    day: date | None = field.data
    return day


def read_terms(form: Any) -> Terms | None:
    """The terms of a form that has the fields of QuoteForm for them; None when one now carries a sentence."""
    steps = [_step(step.form) for step in form.steps if step.form.days_before.data or step.form.percent.data]
    values: dict[str, Any] = {
        "deposit_bps": tried(form.deposit, share_bps),
        "balance_days_before": tried(form.balance_days, whole),
        "base_fee_bps": tried(form.base_fee, lambda text: share_bps(text or "0")),
        "cancellation": steps,
        "headcount_reduction": _reduction(form),
        "payment_terms": form.payment_terms.data or "",
        "performance_terms": form.performance_terms.data or "",
    }
    if any(True for _ in form.wrong()):
        return None
    try:
        return Terms.from_json(values)
    except InvalidInput as error:
        show(form, error)
        return None


def _step(step: Any) -> dict[str, Any]:
    return {"days_before": tried(step.days_before, whole), "fee_bps": tried(step.percent, share_bps)}


def _reduction(form: Any) -> dict[str, Any] | None:
    if not (form.reduction.data or "").strip() or (form.reduction.data or "").strip() == "0":
        return None
    return {"bps": tried(form.reduction, share_bps), "days_before": tried(form.reduction_days, whole)}
