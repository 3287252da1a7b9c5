"""Start those embedded parts that a program needs and nobody runs yet."""

import os
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor

from app.config import Settings
from app.embedded.parts import PARTS, SETTING, embedded_parts
from app.embedded.places import Places
from app.embedded.prepare import prepare
from app.embedded.users import join

PREPARING = "ENSEMBLE_PREPARING"  # set for the commands that prepare the data: they must not wait for themselves
ALL = frozenset({"postgres", "redis", "mail", "stripe", "data"})


def quiet(line: str) -> None:
    """Say nothing."""


def ensure(
    settings: Settings, needs: Collection[str] = ALL, *, say: Callable[[str], None] = quiet, seed: bool = True
) -> dict[str, str]:
    """Start what `needs` names ("postgres", "redis", "mail", "stripe") unless it runs or a setting names another.

    "data" stands for a database that is migrated and, when it was empty, seeded (`seed=False`: migrated only).
    Returns the settings that follow, by their names in the environment; those of parts that were not needed are
    there too, so that a program without them fails fast instead of not starting. The commands that prepare the data
    are told of running parts only: they start the others themselves. Empty in production.
    Raises EmbeddedError.
    """
    if not settings.embedded:
        return {}
    places = Places.of(settings.instance_dir)
    ours = embedded_parts(settings)
    join(places)
    with ThreadPoolExecutor(max_workers=len(PARTS)) as starting:
        urls = starting.map(lambda name: _url(name, places, start=name in needs, say=say), ours)
        values = dict(zip((SETTING[name] for name in ours), urls, strict=True))
    if "data" in needs and not os.environ.get(PREPARING):
        url = values.get("DATABASE_URL", settings.database_url)
        running = {SETTING[name]: values[SETTING[name]] for name in ours if name in needs}
        prepare(places, url, owned="postgres" in ours, environment=running | {PREPARING: "1"}, say=say, seed=seed)
    return values


def _url(name: str, places: Places, *, start: bool, say: Callable[[str], None]) -> str:
    part = PARTS[name]
    if not start:
        return part.address(places.instance)
    if not part.running(places.instance):
        say(f"Starting {name}")
    return part.start(places.instance)
