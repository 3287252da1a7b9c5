"""`python -m bench [section …]`, behind `make bench`: print figures about this machine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import accepting, machine, mailing, pages, search, web
from bench.instance import Instance, fresh
from bench.report import Figure, show, write_json

Measure = Callable[..., Iterator[Figure]]
SECTIONS: dict[str, Measure] = {
    "web": web.measure,
    "sql": pages.measure,
    "accept": accepting.measure,
    "invites": mailing.measure,
}
SEARCH = "search"
"""Makes catalogues of its own."""


def main() -> int:
    """Measure the sections that were asked for, all without any, and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Figures about this machine.")
    parser.add_argument(
        "sections", nargs="*", metavar="section", help=f"{', '.join(SECTIONS)}, {SEARCH}; all when none is named"
    )
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds, for orientation")
    parser.add_argument("--offers", type=int, default=400, help="how many offers the catalogue has (400)")
    parser.add_argument("--sizes", metavar="N,N", help="catalogues of the section search (10000,100000; quick: 10000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args()
    known = [*SECTIONS, SEARCH]
    if unknown := set(options.sections) - set(known):
        parser.error(f"there is no section {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    asked = options.sections or known
    figures: list[Figure] = []
    with fresh(options.offers if set(asked) - {SEARCH} else 10, _say) as instance:
        facts = machine.facts(instance.database_url) | {"Catalogue": f"{options.offers:,} offers"}
        for name in asked:
            if name != SEARCH:
                figures += _measured(name, instance, quick=options.quick)
    if SEARCH in asked:
        sizes = options.sizes or ("10000" if options.quick else "10000,100000")
        _say(f"Measuring: {SEARCH}")
        wanted = sorted(int(size) for size in sizes.replace("_", "").split(","))
        figures += search.measure(wanted, quick=options.quick, say=lambda line: _say(f"  {line}"))
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
