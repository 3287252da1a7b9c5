"""What an offer shows until it has photos: one family of flat pictures, a different one for every offer."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from app.offers.scenes import parties, stays, teams
from app.offers.scenes.drawing import HEIGHT, WIDTH, Seeded

Scene = Callable[[Seeded], str]

SCENES: dict[str, tuple[Scene, ...]] = {
    "residential_seminar": (stays.manor, stays.amphitheatre, stays.manor),
    "day_seminar": (stays.long_table, stays.workshop, stays.amphitheatre),
    "evening": (parties.mirror_ball, parties.stage, parties.rooftop),
    "company_trip": (stays.train, stays.balloons),
    "summer_party": (parties.garden, parties.beach),
    "team_day": (teams.circles, teams.kayaks, teams.campfire),
    "ski_trip": (stays.ski_village, stays.ski_lift),
    "activity": (teams.mosaic, teams.orienteering, teams.climbing),
    "afterwork": (parties.glasses, parties.rooftop, parties.glasses),
    "catering": (parties.plates, parties.buffet),
}


@lru_cache(maxsize=1024)
def art(category: str, seed: str) -> str:
    """An SVG document of 640 × 400 for an offer of `category`; the same `seed` gives the same picture.

    Raises KeyError for a category that has no scenes.
    """
    choices = Seeded(f"{category}:{seed}")
    body = choices.pick(SCENES[category])(choices)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'preserveAspectRatio="xMidYMid slice">{body}</svg>'
    )
