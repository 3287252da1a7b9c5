"""Where an offer is: a name and a postcode become a point on the map, or a list of namesakes to choose from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3

from app.blueprints.provider.offer_forms import OfferForm
from app.blueprints.provider.quote_reading import say
from app.offers.models import OfferVersion
from app.search.place_data import Place
from app.search.places import lookup

POSTCODE = re.compile(r"\d{5}", re.ASCII)
AREAS = ("department", "region")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A name, a postcode and the position that goes with them; empty while nothing is typed."""

    name: str
    postcode: str
    lat: float | None
    lon: float | None


def find_place(form: OfferForm, version: OfferVersion) -> Whereabouts | None:
    """The place that was typed; None when a field now carries a sentence, with namesakes to choose from if there are.

    A place that was not changed keeps its position.
    """
    name, postcode = form.place.data or "", form.postcode.data or ""
    if postcode and not POSTCODE.fullmatch(postcode):
        say(form.postcode, _l("Un code postal compte cinq chiffres."))
        return None
    if not name:
        return Whereabouts("", postcode, None, None)
    if name == version.place_name and postcode == version.postcode and version.lat is not None:
        return Whereabouts(name, postcode, version.lat, version.lon)
    return _looked_up(form, name, postcode)


def _looked_up(form: OfferForm, name: str, postcode: str) -> Whereabouts | None:
    found = [place for place in lookup(name) if place.kind not in AREAS]
    if not found:
        say(form.place, _l("Nous ne trouvons pas ce lieu : vérifiez son orthographe, ou indiquez la commune voisine."))
        return None
    alike = [place for place in found if place.name == found[0].name]
    if postcode and not (near := [place for place in alike if _in_department(place, postcode)]):
        say(form.postcode, _l("Ce code postal n’est pas celui de %(place)s.", place=_told(alike[0])))
        return None
    alike = near if postcode else alike
    chosen = next((place for place in alike if key_of(place) == form.place_choice.data), None)
    if chosen is None and len(alike) > 1:
        form.place_choice.choices = [SelectChoice(key_of(place), _told(place)) for place in alike[:8]]
        say(form.place_choice, _l("Plusieurs lieux portent ce nom : choisissez le vôtre."))
        return None
    place = chosen or alike[0]
    return Whereabouts(place.name, postcode, place.lat, place.lon)


def key_of(place: Place) -> str:
    """What tells a place from its namesakes."""
    return f"{place.lat:.3f},{place.lon:.3f}"


def _told(place: Place) -> str:
    where = place.department or place.region
    code = f" ({place.department_code})" if place.department_code else ""
    return f"{place.name}{code}, {where}" if where and where != place.name else f"{place.name}{code}"


def _in_department(place: Place, postcode: str) -> bool:
    """Whether a postcode may be of a place's department; where that isn't known, it may."""
    code = place.department_code.upper()
    return not code or postcode.startswith({"2A": "20", "2B": "20"}.get(code, code))
