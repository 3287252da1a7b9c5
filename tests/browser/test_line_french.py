"""The main job, end to end, in French: each person in a browser of her own, real clicks, the real product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.browser import line
from tests.browser.line import Someone, someone
from tests.browser.person import Person
from tests.support.site import Site


@dataclass
class Story:
    """What the stations hand on to one another."""

    site: Site
    seller: Person
    organiser: Person
    operator: Person
    seller_is: Someone
    organiser_is: Someone
    done: set[int] = field(default_factory=set)

    def after(self, station: int) -> None:
        """Stop here when the station that this one stands on did not end well."""
        if station not in self.done:
            pytest.fail(f"station {station} did not end well")


@pytest.fixture(scope="module")
def story(site: Site, arrive: Callable[..., Person]) -> Story:
    seller_is = someone("Élodie", "Marchand", "Les Terrasses")
    organiser_is = someone("Nadia", "Lemaître", "Atelier Nord")
    return Story(site, arrive(), arrive(), arrive(), seller_is, organiser_is)


def test_station_1_a_provider_registers_and_is_approved(story: Story) -> None:
    seller, operator, who = story.seller, story.operator, story.seller_is
    seller.go("/")
    seller.look("1-accueil")
    seller.go("/providers/join")
    seller.look("1-devenir-prestataire")
    line.sign_up(seller, who, "provider")
    seller.look("1-verifiez-votre-boite")
    line.confirm(seller, who)
    assert seller.path == "/account/provider/new", seller.path
    line.type_firm(seller, who)
    seller.field("about").fill("Trois salles claires et une terrasse, au-dessus de la Saône.")
    seller.look("1-inscription")
    assert seller.sending(seller.page.locator("form.card button.go")) == 303
    seller.sees(who.firm)
    seller.look("1-inscrit")

    operator.log_in("operatrice@ensemble.example")
    operator.look("1-exploitation")
    operator.go("/operator/providers")
    operator.look("1-prestataires")
    operator.page.get_by_role("link", name=who.firm).first.click()
    operator.look("1-prestataire")
    operator.press("Valider ce prestataire")
    story.site.mail(who.email, "valid")

    seller.go("/provider/payouts")
    seller.look("1-encaissements")
    seller.press("Ouvrir mes encaissements chez Stripe")
    assert not seller.page.url.startswith(story.site.url)
    seller.look("1-stripe")
    seller.page.locator("button[value=complete]").click()
    seller.page.wait_for_url(f"{story.site.url}/**")
    seller.sees("ouverts")
    seller.look("1-encaissements-ouverts")
    story.done.add(1)
