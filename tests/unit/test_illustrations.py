"""Every offer has a picture: valid, small, its own, and the same on every machine."""

import hashlib
import xml.etree.ElementTree as ET

import pytest

from app.offers.illustrations import SCENES, art

SVG = "{http://www.w3.org/2000/svg}"
CATEGORIES = sorted(SCENES)


def test_the_ten_categories_have_scenes() -> None:
    seminars_and_stays = {"residential_seminar", "day_seminar", "company_trip", "ski_trip", "team_day", "activity"}
    assert set(SCENES) == seminars_and_stays | {"evening", "summer_party", "afterwork", "catering"}


@pytest.mark.parametrize("category", CATEGORIES)
def test_pictures_are_valid_small_and_without_code(category: str) -> None:
    for seed in range(20):
        picture = art(category, str(seed))
        root = ET.fromstring(picture)
        assert (root.tag, root.get("viewBox")) == (f"{SVG}svg", "0 0 640 400")
        assert len(picture) < 12_000
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {"svg", "g", "path", "rect", "circle", "ellipse", "polygon"}
        assert not any(name in ("style", "href") or name.startswith("on") for e in root.iter() for name in e.attrib)
        assert "nan" not in picture and "inf" not in picture


@pytest.mark.parametrize("category", CATEGORIES)
def test_different_offers_have_different_pictures(category: str) -> None:
    assert len({art(category, str(seed)) for seed in range(40)}) >= 38


def test_the_same_seed_gives_the_same_picture_on_every_machine() -> None:
    art.cache_clear()
    first = art("ski_trip", "chalet")
    art.cache_clear()
    assert art("ski_trip", "chalet") == first
    assert hashlib.sha256(first.encode()).hexdigest()[:12] == "189fbb81575b"


def test_a_category_without_scenes_is_refused() -> None:
    with pytest.raises(KeyError):
        art("karaoke", "1")
