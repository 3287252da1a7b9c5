"""Figures and how they are shown: one plain table, and JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was measured, under which section, and the values by column."""

    section: str
    name: str
    values: Mapping[str, float | int | str]


def write_json(path: Path, facts: Mapping[str, str], figures: Iterable[Figure]) -> None:
    """The same figures, unrounded, with the machine's facts."""
    path.write_text(json.dumps({"machine": dict(facts), "figures": [asdict(one) for one in figures]}, indent=2) + "\n")


def show(facts: Mapping[str, str], figures: Iterable[Figure]) -> None:
    """Print the machine's facts and one table for each section."""
    out = [f"{name}: {value}" for name, value in facts.items()]
    sections: dict[str, list[Figure]] = {}
    for figure in figures:
        sections.setdefault(figure.section, []).append(figure)
    for section, found in sections.items():
        out += ["", section, *_table(found)]
    sys.stdout.write("\n".join(out) + "\n")


def _table(figures: list[Figure]) -> list[str]:
    columns = list(dict.fromkeys(column for figure in figures for column in figure.values))
    rows = [
        ["", *columns],
        *([one.name, *(_text(one.values.get(column, "")) for column in columns)] for one in figures),
    ]
    widths = [max(len(row[index]) for row in rows) for index in range(len(columns) + 1)]
    return ["  " + "  ".join(_padded(row, widths)).rstrip() for row in rows]


def _padded(row: list[str], widths: list[int]) -> list[str]:
    return [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]


def _text(value: float | int | str) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else value
