"""`python -m bench [section …]`, behind `make bench`: print figures about this machine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import accepting, machine, mailing, pages, web
from bench.instance import Instance, fresh
from bench.report import Figure, show, write_json

Measure = Callable[..., Iterator[Figure]]
SECTIONS: dict[str, Measure] = {
    "web": web.measure,
    "sql": pages.measure,
    "accept": accepting.measure,
    "invites": mailing.measure,
}


def main() -> int:
    """Measure the sections that were asked for, all without any, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Figures about this machine.")
    parser.add_argument("sections", nargs="*", metavar="section", help=f"{', '.join(SECTIONS)}; all when none is named")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, for orientation")
    parser.add_argument("--offers", type=int, default=400, help="how many offers the catalogue has (400)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"there is no section {', '.join(sorted(unknown))}; there are: {', '.join(SECTIONS)}")
    figures: list[Figure] = []
    with fresh(options.offers, _say) as instance:
        facts = machine.facts(instance.database_url) | {"Catalogue": f"{options.offers:,} offers"}
        for name in options.sections or SECTIONS:
            figures += _measured(name, instance, quick=options.quick)
    show(facts, figures)
    if options.json:
        write_json(options.json, facts, figures)
    return 0


def _measured(name: str, instance: Instance, *, quick: bool) -> list[Figure]:
    _say(f"Measuring: {name}")
    return list(SECTIONS[name](instance, quick=quick, say=lambda line: _say(f"  {line}")))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
