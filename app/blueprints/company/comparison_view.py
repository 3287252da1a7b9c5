"""The comparison in words and pictures: the typed figures of `app/quotes/comparison.py` as cells of one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.blueprints.public.cards import picture_url
from app.blueprints.wording import requirement_words
from app.formatting import (
    distance_km,
    duration,
    money,
    number,
    percent_bps,
    short_date,
    time_of_day,
)
from app.offers.terms import InstalmentKind
from app.quotes.comparing import Compared
from app.quotes.comparison import Answer, Asked, Column, Coverage, HoldFacts, Row
from app.quotes.models import QuoteRequest, QuoteState
from app.rules import carbon
from app.web import locale

Cell = dict[str, Any]
GROUP_WORDS = {
    "cost": _l("Ce que cela coûte, sur le même pied"),
    "needs": _l("Ce qui est compris"),
    "change": _l("Si les choses changent"),
    "reach": _l("Ce que cela pèse, et le trajet"),
    "provider": _l("Qui répond, et jusqu’à quand"),
}
ROW_WORDS: dict[str, tuple[Any, Any]] = {
    "gross_per_person": (_l("TTC par personne"), ""),
    "net_per_person": (_l("HT par personne"), ""),
    "total": (_l("Total TTC et HT"), ""),
    "unrecoverable_vat": (_l("TVA non récupérable"), _l("indicatif")),
    "cost_per_person": (_l("Coût réel par personne"), _l("HT plus TVA perdue")),
    "payment": (_l("Acompte et solde"), ""),
    "cancellation": (_l("Annuler coûterait"), ""),
    "reduction": (_l("Baisse d’effectif gratuite"), ""),
    "carbon": (_l("CO₂e par personne"), _l("ordre de grandeur")),
    "distance": (_l("Distance et trajet"), _l("aller, depuis vos bureaux")),
    "reviews": (_l("Avis vérifiés"), ""),
    "answer": (_l("Temps de réponse"), _l("médian")),
    "validity": (_l("Prix garanti"), ""),
    "hold": (_l("Option sur la date"), ""),
}
BEST_WORDS: dict[str, Any] = {
    "gross_per_person": _l("le moins cher"),
    "net_per_person": _l("le moins cher"),
    "total": _l("le moins cher"),
    "unrecoverable_vat": _l("la plus basse"),
    "cost_per_person": _l("le plus bas"),
    "payment": _l("le moins à payer d’avance"),
    "cancellation": _l("le plus souple"),
    "reduction": _l("la plus large"),
    "carbon": _l("le plus léger"),
    "distance": _l("le plus proche"),
    "reviews": _l("le mieux noté"),
    "answer": _l("le plus rapide"),
    "validity": _l("le plus longtemps"),
    "hold": _l("la date est gardée"),
}
PRICE = "gross_per_person"
MOST_NAMES = 3
PRICES = (PRICE, "net_per_person", "total", "cost_per_person")


def columns_of(found: Compared, zone: str) -> list[dict[str, Any]]:
    """The heads of the table: who, what, a picture, and the state or the option as a chip. `first`: the one to take."""
    best = found.comparison.rows[PRICE].best if found.comparison.columns else frozenset()
    alone = {column.key for column in found.comparison.columns} if len(found.comparison.columns) == 1 else set()
    return [
        {
            "id": column.key,
            "title": column.quote.provider.name,
            "subtitle": column.quote.title,
            "url": url_for("quotes.show_one", quote_id=column.key),
            "picture": _picture(found.request_of(column.key)),
            "chip": _chip(found, column, zone),
            "state": str(found.quotes[column.key].state),
            "first": column.key in best or column.key in alone,
        }
        for column in found.comparison.columns
    ]


def _picture(asked: QuoteRequest) -> str:
    photos = asked.offer_version.photos
    return picture_url(asked.offer_id, photos[0].id if photos else None)


def groups_of(found: Compared, zone: str) -> list[dict[str, Any]]:
    """The rows of the table by group, each cell in words."""
    columns = found.comparison.columns
    fewest = min((len(column.missing) for column in columns), default=0)
    fair = [column for column in columns if len(column.missing) == fewest]
    unmet = found.comparison.uncovered
    return [
        {
            "title": GROUP_WORDS[code],
            "rows": [_row(row, columns, fair, zone) | {"said_above": row.asked in unmet} for row in rows],
        }
        for code, rows in found.comparison.groups
        if rows
    ]


def _row(row: Row, columns: tuple[Column, ...], fair: list[Column], zone: str) -> dict[str, Any]:
    asked = row.asked
    if asked is not None:
        label, note = _name(asked), "" if asked.must else _("souhaité")
        cells = [_need(column.answer_to(asked.code)) for column in columns]
    else:
        label, note = ROW_WORDS[row.key]
        cells = [CELLS[row.key](column, zone) for column in columns]
    for column, cell in zip(columns, cells, strict=True):
        if column.key in row.gaps:
            cell |= {"gap": True, "because": _("à trouver ailleurs")}
        elif column.key in row.best and (because := _because(row.key, columns, fair)):
            cell |= {"best": True, "because": because}
    return {"label": label, "note": note, "same": not row.differs and len(columns) > 1, "cells": cells}


def _because(key: str, columns: tuple[Column, ...], fair: list[Column]) -> str:
    """Why a cell is the best. Among all, or among those that lack the least; one alone is only said to be that."""
    if len(fair) == len(columns):
        return str(BEST_WORDS[key])
    if len(fair) > 1:
        return str(_("%(best)s parmi les plus complets", best=BEST_WORDS[key]) if key in PRICES else BEST_WORDS[key])
    if key != PRICE:
        return ""
    return str(_("le plus complet") if fair[0].missing else _("le seul complet"))


def _chip(found: Compared, column: Column, zone: str) -> tuple[Any, str]:
    state = found.quotes[column.key].state
    if state == QuoteState.ACCEPTED:
        return _("accepté"), "yes"
    if state == QuoteState.DECLINED:
        return _("non retenu"), "no"
    if column.quote.hold is not None:
        return _hold_words(column.quote.hold, zone), "wait"
    return _("valable jusqu’au %(day)s", day=_short(column.quote.valid_until, zone)), ""


def _short(moment: datetime, zone: str) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{short_date(local.date(), locale(), today=local.date())}, {time_of_day(moment, locale(), zone=zone)}"


def _money(cents: int) -> str:
    return money(cents, locale=locale())


def _hold_words(hold: HoldFacts, zone: str) -> str:
    if hold.position == 1:
        return str(_("option jusqu’au %(day)s", day=_short(hold.expires_at, zone)))
    return str(_("%(rank)se option, derrière une autre", rank=hold.position))


def _need(answer: Answer) -> Cell:
    cell: Cell = {"inclusion": str(answer.coverage)}
    if answer.coverage is Coverage.OPTIONAL:
        price = _money(answer.option_gross_cents)
        added = _("+ %(price)s TTC, ajouté au prix", price=price)
        cell["note"] = added if answer.option_added else _("+ %(price)s TTC", price=price)
    return cell


def _within_a_sentence(label: str) -> str:
    """A line's label without its capital, unless it begins with an acronym."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _gross(column: Column, _zone: str) -> Cell:
    cell: Cell = {"gross": column.price.per_person_gross.cents, "net": None, "per": ""}
    notes = []
    if column.added:
        notes.append(_("avec %(names)s", names=_few([_within_a_sentence(line.label) for line in column.added])))
    if column.missing:
        notes.append(_("sans %(names)s", names=_few([_name(one).lower() for one in column.missing])))
    return cell | {"note": ", ".join(notes)}


def _few(names: list[str]) -> str:
    """The first names and how many more there are: the rows below say them all."""
    if len(names) <= MOST_NAMES + 1:
        return ", ".join(names)
    shown, more = ", ".join(names[:MOST_NAMES]), len(names) - MOST_NAMES
    return str(ngettext("%(names)s et %(num)s autre", "%(names)s et %(num)s autres", more, names=shown))


def _name(asked: Asked) -> str:
    return str(requirement_words({"code": asked.code, "label": asked.label}))


def _net(column: Column, _zone: str) -> Cell:
    return {"text": _money(column.price.per_person_net.cents)}


def _total(column: Column, _zone: str) -> Cell:
    gross, net = _money(column.price.gross.cents), _money(column.price.net.cents)
    return {"text": _("%(amount)s TTC", amount=gross), "note": _("%(amount)s HT", amount=net)}


def _lost_vat(column: Column, _zone: str) -> Cell:
    return {"text": _money(column.unrecoverable_vat.cents)}


def _cost(column: Column, _zone: str) -> Cell:
    return {"text": _money(column.cost_per_person.cents)}


def _payment(column: Column, _zone: str) -> Cell:
    parts = column.instalments
    if not parts:
        return {"text": _money(0)}
    first, last = parts[0], parts[-1]
    if first.kind == InstalmentKind.FULL:
        return {"text": _("%(amount)s, tout à l’accord", amount=_money(first.amount_cents))}
    due = short_date(last.due_on, locale(), today=column.starts_on)
    if first.kind == InstalmentKind.BALANCE:
        return {"text": _("%(amount)s le %(day)s, sans acompte", amount=_money(last.amount_cents), day=due)}
    share = percent_bps(column.quote.terms.deposit_bps, locale())
    text = _("%(share)s à l’accord (%(amount)s)", share=share, amount=_money(first.amount_cents))
    return {"text": text, "note": _("solde le %(day)s", day=due)}


def _cancellation(column: Column, _zone: str) -> Cell:
    costs = column.cancellation
    ends = [*(cost.from_on for cost in costs[1:]), column.starts_on]
    days = [max(1, (end - cost.from_on).days) for cost, end in zip(costs, ends, strict=True)]
    steps = [(1000 * span // sum(days), _tone(cost.fee_bps)) for span, cost in zip(days, costs, strict=True)]
    words = [_("%(amount)s aujourd’hui", amount=_money(costs[0].fee_cents))]
    for cost in costs[1:]:
        day = short_date(cost.from_on, locale(), today=column.starts_on)
        words.append(_("%(amount)s dès le %(day)s", amount=_money(cost.fee_cents), day=day))
    return {"steps": steps, "text": ", ".join(words)}


def _tone(fee_bps: int) -> str:
    if not fee_bps:
        return "fir"
    return "brick" if fee_bps >= 10_000 else "saffron"


def _reduction(column: Column, _zone: str) -> Cell:
    if column.reduction_until is None:
        return {"text": _("non")}
    until = short_date(column.reduction_until, locale(), today=column.starts_on)
    people = ngettext("%(num)s personne", "%(num)s personnes", column.reduced_headcount)
    return {"text": _("jusqu’à %(people)s, au plus tard le %(day)s", people=people, day=until)}


def _kilos(grams: int) -> str:
    return number(grams / 1000, locale(), digits=1 if grams < 10_000 else 0)


def _carbon(column: Column, _zone: str) -> Cell:
    if column.origin_unknown:
        return {"text": _("trajet inconnu"), "note": _("ajoutez l’adresse de vos bureaux")}
    print_, parts = column.footprint, []
    if print_.travel_grams:
        parts.append(_("trajet %(kg)s", kg=_kilos(print_.travel_grams)))
    if print_.night_grams:
        parts.append(_("nuits %(kg)s", kg=_kilos(print_.night_grams)))
    if print_.meal_grams:
        parts.append(_("repas %(kg)s", kg=_kilos(print_.meal_grams)))
    return {"text": _("%(kg)s kg", kg=_kilos(print_.total_grams)), "note": " · ".join(parts)}


def _distance(column: Column, _zone: str) -> Cell:
    way = column.footprint.journey
    if column.origin_unknown:
        return {"text": _("inconnue")}
    if way is None:
        return {"text": _("vient chez vous")}
    mode = carbon.MODES[way.mode]
    text = f"{distance_km(way.distance_km, locale())}, {duration(way.minutes, locale())}"
    return {"text": text, "note": _("en %(mode)s", mode=mode)}


def _reviews(column: Column, _zone: str) -> Cell:
    provider = column.quote.provider
    if not provider.rating_hundredths or not provider.review_count:
        return {"text": _("pas encore d’avis")}
    score = number(provider.rating_hundredths / 100, locale(), digits=1)
    return {
        "text": _("%(score)s sur 5", score=score),
        "note": ngettext("%(num)s avis", "%(num)s avis", provider.review_count),
    }


def _answer(column: Column, _zone: str) -> Cell:
    minutes = column.quote.provider.answer_minutes
    return {"text": duration(max(1, minutes), locale()) if minutes is not None else _("pas encore connu")}


def _validity(column: Column, zone: str) -> Cell:
    return {"text": _("jusqu’au %(day)s", day=_short(column.quote.valid_until, zone))}


def _hold(column: Column, zone: str) -> Cell:
    hold = column.quote.hold
    return {"text": _hold_words(hold, zone) if hold else _("sans option")}


CELLS: Mapping[str, Callable[[Column, str], Cell]] = {
    "gross_per_person": _gross,
    "net_per_person": _net,
    "total": _total,
    "unrecoverable_vat": _lost_vat,
    "cost_per_person": _cost,
    "payment": _payment,
    "cancellation": _cancellation,
    "reduction": _reduction,
    "carbon": _carbon,
    "distance": _distance,
    "reviews": _reviews,
    "answer": _answer,
    "validity": _validity,
    "hold": _hold,
}
