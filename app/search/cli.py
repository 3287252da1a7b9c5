"""`flask search …`: search from the command line, and write the index anew.

`flask search "team building" --near Lyon --people 40 --json` searches; `flask search reindex` is another command.
"""

from __future__ import annotations

import json
import time
from datetime import date, datetime
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from app.core.clock import utcnow
from app.core.db import transaction
from app.offers import categories
from app.search import engine, queries, service, tags
from app.search.criteria import DEFAULT_RADIUS_KM, MOST_FLEXIBLE_DAYS, Criteria, Near, Sort
from app.search.engine import PER_PAGE
from app.search.places import lookup, warm
from app.search.statements import run

DAY = click.DateTime(["%Y-%m-%d"])


class Group(AppGroup):
    """What is no command of its own are words to search for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read `flask search chateau --near Lyon` as `flask search find chateau --near Lyon`."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["find", *args]
        return super().parse_args(ctx, args)


group = Group("search", help="Search offers: flask search WORDS [--near PLACE …], or one of the commands below.")


@group.command()
@click.argument("words", default="")
@click.option("--near", metavar="PLACE", help="A town, resort, department or postcode.")
@click.option("--radius", type=click.FloatRange(1, 1000), help=f"Kilometres around it ({DEFAULT_RADIUS_KM}).")
@click.option("--people", type=click.IntRange(1, 5000), help="Headcount.")
@click.option("--budget", type=click.FloatRange(1), help="Euros a person, for that headcount.")
@click.option("--net", is_flag=True, help="The budget is without VAT.")
@click.option("--on", "first", type=DAY, help="The day, or the first of them.")
@click.option("--until", "last", type=DAY, help="The last day.")
@click.option("--flexible", type=click.IntRange(0, MOST_FLEXIBLE_DAYS), default=0, help="Days earlier or later.")
@click.option("--category", type=click.Choice(categories.codes()), default=None)
@click.option("--tag", "tagged", type=click.Choice(tags.TAGS), multiple=True, help="May be repeated.")
@click.option("--covers", type=click.Choice(tags.COVERS), multiple=True, help="May be repeated.")
@click.option("--rating", type=click.FloatRange(1, 5), help="The least mean rating.")
@click.option("--sort", type=click.Choice([str(sort) for sort in Sort]), default="relevance", show_default=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=PER_PAGE, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="For a machine to read.")
@click.option("--explain", is_flag=True, help="Also how it was looked for, with PostgreSQL's plan.")
def find(words: str, limit: int, as_json: bool, explain: bool, **asked: Any) -> None:
    """Search offers as the results page does; prints ids, prices and timings."""
    criteria, now = _criteria(words, **asked), utcnow()
    with transaction():
        told = _search(criteria, now, limit)
        if explain:
            told["explain"] = _explained(criteria, now, limit)
    click.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _readable(told))


def _criteria(words: str, **asked: Any) -> Criteria:
    first, last = (found.date() if found else None for found in (asked["first"], asked["last"]))
    if last is not None and (first is None or last < first):
        raise click.BadParameter("comes after --on", param_hint="--until")
    return Criteria(
        words=words,
        category=asked["category"] or "",
        near=_near(asked["near"], asked["radius"]) if asked["near"] else None,
        headcount=asked["people"],
        first_day=first,
        last_day=last or first,
        flexible_days=asked["flexible"] if first else 0,
        budget_cents=None if asked["budget"] is None else round(asked["budget"] * 100),
        basis="net" if asked["net"] else "gross",
        tags=asked["tagged"],
        covers=asked["covers"],
        rating=None if asked["rating"] is None else round(asked["rating"] * 100),
        sort=Sort(asked["sort"]),
    )


def _near(typed: str, radius: float | None) -> Near:
    warm()
    found = lookup(typed)
    if not found:
        raise click.BadParameter(f"no place is called {typed!r}", param_hint="--near")
    place = found[0]
    return Near(place.label, place.lat, place.lon, radius or max(DEFAULT_RADIUS_KM, place.radius_km))


def _search(criteria: Criteria, now: datetime, limit: int) -> dict[str, Any]:
    begun = time.perf_counter()
    asked = engine.ask(criteria, now)
    understood = time.perf_counter()
    hits = engine.find(asked, limit=limit)
    found_at = time.perf_counter()
    counts = engine.count(asked)
    counted = time.perf_counter()
    offers = {one.offer_id: one for one in queries.of_offers([hit.offer_id for hit in hits], criteria, now)}
    return {
        "near": criteria.near.name if criteria.near else None,
        "meant": asked.plan.meant or None,
        "total": counts.total,
        "more": counts.more,
        "results": [_told(offers[hit.offer_id], hit) for hit in hits if hit.offer_id in offers],
        "categories": dict(counts.categories),
        "tags": dict(counts.tags),
        "timings_ms": {
            "understand": round((understood - begun) * 1000, 2),
            "find": round((found_at - understood) * 1000, 2),
            "facets": round((counted - found_at) * 1000, 2),
            "prices": round((time.perf_counter() - counted) * 1000, 2),
        },
    }


def _told(one: queries.Found, hit: engine.Hit) -> dict[str, Any]:
    return {
        "id": one.offer_id,
        "title": one.title,
        "category": one.category,
        "place": one.place,
        "gross_cents": one.gross_cents,
        "net_cents": one.net_cents,
        "starting": one.starting,
        "distance_km": None if hit.away_km is None else round(hit.away_km, 1),
        "free_on": _day(one.free_on),
        "rating_hundredths": one.rating_hundredths,
        "score": round(hit.score, 4),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _explained(criteria: Criteria, now: datetime, limit: int) -> dict[str, Any]:
    asked = engine.ask(criteria, now)
    ways = engine.ways(asked, limit=limit)
    return {
        "terms": [f"{term.typed} -> {term.lexeme}" for term in asked.plan.terms],
        "questions": list(asked.plan.questions),
        "expected": round(asked.plan.expected * asked.plan.documents),
        "ways": ["walk" if given.get("walked") else "index" for _sql, given in ways],
        "plan": [line for sql, given in ways[:1] for (line,) in run(f"explain (analyze, buffers) {sql}", given)],
    }


def _readable(told: dict[str, Any]) -> str:
    lines = [
        f"{told['total']}{'+' if told['more'] else ''} offers" + (f" for {told['meant']}" if told["meant"] else "")
    ]
    for one in told["results"]:
        price = f"{(one['gross_cents'] or 0) / 100:8.2f} €"
        away = "" if one["distance_km"] is None else f"{one['distance_km']:6.1f} km"
        lines.append(f"{one['id']:>9} {price} {away:>9}  {one['title']} · {one['place']}")
    lines.append("  ".join(f"{name} {taken} ms" for name, taken in told["timings_ms"].items()))
    if "explain" in told:
        lines += [json.dumps({k: v for k, v in told["explain"].items() if k != "plan"}, ensure_ascii=False)]
        lines += told["explain"]["plan"]
    return "\n".join(lines)


@group.command()
@click.option("--if-empty", is_flag=True, help="Only when no offer can be found: after an upgrade.")
def reindex(if_empty: bool) -> None:
    """Write every offer's search document anew, batch by batch, while searches and changes go on."""
    with transaction():
        if if_empty and not service.is_empty():
            return
    begun = said = time.monotonic()

    def say(done: int, all_of_them: int) -> None:
        nonlocal said
        if time.monotonic() - said >= 2:
            said = time.monotonic()
            click.echo(f"{done} of {all_of_them} offers ({100 * done // all_of_them} %)")

    count = service.reindex(utcnow(), transaction=transaction, say=say)
    click.echo(f"{count} offers can be found ({time.monotonic() - begun:.1f} s).")


def register(app: Flask) -> None:
    """Add the commands."""
    app.cli.add_command(group)
