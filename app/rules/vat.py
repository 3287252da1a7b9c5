"""VAT in France: categories of lines, their dated rates, what a company recovers, and the wording that goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput
from app.rules.dated import Dated, value_on

RATES_SINCE = date(2014, 1, 1)  # loi n° 2012-1510: 20 % and 10 % since then
FRANCHISE_RATE_BPS = 0
PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class VatCategory:
    """What a line is, for VAT. `recoverable`: whether a company may deduct the VAT it pays on it for its staff.

    `taxed` is false for what stays outside VAT (the tourist tax collected for the town).
    """

    code: str
    label: Any
    rates: tuple[Dated[int], ...]
    recoverable: bool
    recovery_source: str
    taxed: bool = True


def _category(
    code: str, label: Any, rate_bps: int, source: str, *, excluded: str = "", taxed: bool = True
) -> VatCategory:
    rates = (Dated(rate_bps, RATES_SINCE, source),)
    return VatCategory(code, label, rates, not excluded, excluded or "CGI, art. 271", taxed)


STANDARD = "CGI, art. 278"
STAFF_LODGING = "CGI, annexe II, art. 206, IV, 2, 2°"
PASSENGERS = "CGI, annexe II, art. 206, IV, 2, 5°"

CATEGORIES: dict[str, VatCategory] = {
    category.code: category
    for category in (
        _category("food_immediate", _l("Repas et boissons servis sur place"), 1000, "CGI, art. 279, m et n"),
        _category("food_takeaway_basic", _l("Alimentation à emporter, à conserver"), 550, "CGI, art. 278-0 bis, A, 1°"),
        _category("alcohol", _l("Boissons alcoolisées"), 2000, STANDARD),
        _category(
            "lodging", _l("Hébergement, petit déjeuner compris"), 1000, "CGI, art. 279, a", excluded=STAFF_LODGING
        ),
        _category("transport", _l("Transport de personnes"), 1000, "CGI, art. 279, b quater", excluded=PASSENGERS),
        _category("ski_lift", _l("Remontées mécaniques"), 1000, "CGI, art. 279, b quater", excluded=PASSENGERS),
        _category("ski_hire", _l("Location de matériel de ski"), 2000, STANDARD),
        _category("ski_lesson", _l("Cours de ski"), 2000, STANDARD),
        _category("show", _l("Entrée de spectacle ou de concert"), 550, "CGI, art. 278-0 bis, F"),
        _category("room_hire", _l("Location de salle"), 2000, STANDARD),
        _category("equipment", _l("Matériel"), 2000, STANDARD),
        _category("staff", _l("Personnel"), 2000, STANDARD),
        _category("activity", _l("Activité"), 2000, STANDARD),
        _category("service", _l("Autre service"), 2000, STANDARD),
        _category("tourist_tax", _l("Taxe de séjour"), 0, "CGCT, art. L. 2333-29", taxed=False),
    )
}

PACKAGE_LABEL = _l("Forfait non détaillé")
PACKAGE_SOURCE = "CGI, art. 278-0"


def category_for(code: str, *, field: str = "vat_category") -> VatCategory:
    """The category of a code. Raises InvalidInput when there is none."""
    if code not in CATEGORIES:
        raise InvalidInput(_l("Choisissez la nature de la ligne dans la liste."), field=field)
    return CATEGORIES[code]


def check_parts(code: str, parts: Iterable[str]) -> None:
    """Raises InvalidInput for a package that doesn't say what it is made of, or an unknown category or part."""
    if code != PACKAGE:
        category_for(code)
    elif not (parts := tuple(parts)):
        raise InvalidInput(_l("Dites de quoi le forfait se compose, hors accessoires."), field="parts")
    for part in parts:
        category_for(part, field="parts")


def rate_bps(code: str, on: date, *, parts: Iterable[str] = (), franchise: bool = False) -> int:
    """The rate of a line on a day, in basis points.

    A `package` takes the highest rate among its `parts` that are not accessory (CGI 278-0): name only those. A seller
    under the small-business exemption (`franchise`) charges none. Raises InvalidInput for an unknown category.
    """
    check_parts(code, parts := tuple(parts))
    if franchise:
        return FRANCHISE_RATE_BPS
    codes = parts if code == PACKAGE else (code,)
    return max(value_on(CATEGORIES[each].rates, on) for each in codes)


def recoverable(code: str, *, parts: Iterable[str] = ()) -> bool:
    """Whether a company may, as a rule, deduct the VAT of such a line bought for its staff: indicative.

    Lodging and transport of staff are excluded; a package is as soon as one of its parts is.
    """
    codes = tuple(parts) if code == PACKAGE else (code,)
    return all(category_for(each).recoverable for each in codes)


def label(code: str) -> Any:
    """The French label of a category or of a package (translatable)."""
    return PACKAGE_LABEL if code == PACKAGE else category_for(code).label


FRANCHISE_TEXT: tuple[Dated[str], ...] = (
    Dated("TVA non applicable, art. 293 B du CGI", RATES_SINCE, "CGI, art. 293 B et 293 E"),
    Dated(
        "TVA non applicable, art. L. 223-1 et suivants du CIBS",
        date(2028, 1, 1),
        "Ordonnance n° 2025-1247 du 17 décembre 2025: CIBS, livre II, titre II, chapitre III",
    ),
)

CODE_IN_FORCE: tuple[Dated[str], ...] = (
    Dated("CGI", RATES_SINCE, "Code général des impôts"),
    Dated("CIBS", date(2026, 9, 1), "Ordonnance n° 2025-1247 du 17 décembre 2025, livre II du CIBS"),
)

OLD_REFERENCES_TOLERATED_UNTIL = Dated(
    date(2027, 12, 31), date(2026, 9, 1), "Ordonnance n° 2025-1247 du 17 décembre 2025, mesures transitoires"
)

TRANSITION_TEXT: tuple[Dated[str], ...] = (
    Dated("", RATES_SINCE, "Code général des impôts"),
    Dated(
        "Les références au CGI s’entendent des dispositions correspondantes du CIBS en vigueur depuis le "
        "1er septembre 2026.",
        date(2026, 9, 1),
        "Ordonnance n° 2025-1247 du 17 décembre 2025, mesures transitoires",
    ),
    Dated("", date(2028, 1, 1), "End of the tolerance on 2027-12-31"),
)


def franchise_text(on: date) -> str:
    """What a seller under the small-business exemption prints in place of VAT. Always in French."""
    return value_on(FRANCHISE_TEXT, on)


def transition_text(on: date) -> str:
    """The sentence that ties references to the CGI to the CIBS while both are met; empty outside that time."""
    return value_on(TRANSITION_TEXT, on)
