"""What machines read of an offer's page: schema.org facts as JSON-LD, and what a shared link shows (Open Graph)."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app.blueprints.public.addresses import full, offer_path
from app.blueprints.public.pictures import photo_url
from app.blueprints.public.simulator import Simulation
from app.offers import media
from app.offers.categories import Category
from app.offers.models import Offer, OfferVersion
from app.translation import gettext as _

SCHEMA = "https://schema.org"


def page_facts(offer: Offer, version: OfferVersion, category: Category, simulation: Simulation) -> dict[str, Any]:
    """The page's one address, its picture for shared links, and its JSON-LD."""
    address = full(offer_path(offer.id, version.title))
    images = [full(photo_url(photo, max(media.WIDTHS))) for photo in version.photos[:5]]
    graph = [_product(offer, version, category, simulation, address, images), _crumbs(version, category, address)]
    return {
        "address": address,
        "image": images[0] if images else "",
        "image_alt": version.photos[0].alt if version.photos else "",
        "json_ld": {"@context": SCHEMA, "@graph": graph},
    }


def _product(
    offer: Offer, version: OfferVersion, category: Category, simulation: Simulation, address: str, images: list[str]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "@type": ["Product", "Service"],
        "@id": f"{address}#offer",
        "url": address,
        "name": version.title,
        "description": version.summary or version.description[:300],
        "category": str(category.label),
        "image": images,
        "provider": {"@type": "Organization", "name": offer.provider.name},
        "areaServed": _area(version),
        "aggregateRating": _rating(offer),
        "offers": _price(offer, simulation, address),
    }
    return {name: value for name, value in found.items() if value}


def _area(version: OfferVersion) -> dict[str, Any]:
    """A circle for who comes to the customer, else the place where customers come."""
    if version.lat is None or version.lon is None:
        return {}
    point = {"@type": "GeoCoordinates", "latitude": round(version.lat, 5), "longitude": round(version.lon, 5)}
    if version.service_radius_km:
        return {"@type": "GeoCircle", "geoMidpoint": point, "geoRadius": version.service_radius_km * 1000}
    address = {
        "@type": "PostalAddress",
        "streetAddress": version.street,
        "postalCode": version.postcode,
        "addressLocality": version.place_name,
        "addressCountry": "FR",
    }
    told = {name: value for name, value in address.items() if value}
    return {"@type": "Place", "name": version.place_name, "address": told, "geo": point}


def _rating(offer: Offer) -> dict[str, Any]:
    if not offer.review_count or offer.rating_hundredths is None:
        return {}
    value = f"{offer.rating_hundredths // 100}.{offer.rating_hundredths % 100:02d}"
    return {"@type": "AggregateRating", "ratingValue": value, "reviewCount": offer.review_count, "bestRating": 5}


def _price(offer: Offer, simulation: Simulation, address: str) -> dict[str, Any]:
    """What the simulator says: gross, for a person, in a group of the headcount shown."""
    if simulation.price is None:
        return {}
    on_sale = "InStock" if offer.state == "published" else "OutOfStock"
    price = _euros(simulation.price.per_person_gross.cents)
    return {
        "@type": "Offer",
        "url": address,
        "availability": f"{SCHEMA}/{on_sale}",
        "priceCurrency": "EUR",
        "price": price,
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": price,
            "priceCurrency": "EUR",
            "valueAddedTaxIncluded": True,
            "unitText": str(_("personne")),
            "eligibleQuantity": {"@type": "QuantitativeValue", "value": simulation.headcount},
        },
    }


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _crumbs(version: OfferVersion, category: Category, address: str) -> dict[str, Any]:
    steps = (
        (str(_("Catalogue")), full(url_for("catalogue.index"))),
        (str(category.plural), full(url_for("catalogue.index", category=category.code))),
        (version.title, address),
    )
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": item}
            for place, (name, item) in enumerate(steps, start=1)
        ],
    }
