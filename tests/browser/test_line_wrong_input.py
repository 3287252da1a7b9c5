"""The main job with wrong input at each station: the right status, what to do about it, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.browser import line
from tests.browser.conftest import Arrivals
from tests.browser.line import Someone, someone
from tests.browser.person import Person
from tests.support.site import Site

DAY = line.working_day(120)
SELLER = "salles@prestataires.example"


def refuse(person: Person, button: Locator, says: str, status: int = 422) -> None:
    """Send a form that is wrong: everything typed is still there, and the page says this."""
    before = typed(person)
    with person.refused(status):
        assert person.sending(button) == status
    person.sees(says)
    after = typed(person)
    lost = {name: value for name, value in before.items() if after.get(name) != value}
    assert not lost, f"lost: {lost}"


def typed(person: Person) -> dict[str, list[str]]:
    """What the main form holds: passwords and files are never sent back, by design of every browser and by ours."""
    found: dict[str, list[str]] = person.page.evaluate("""() => {
        const kept = {}
        for (const form of document.querySelectorAll("main form[method=post]"))
            for (const [name, value] of new FormData(form))
                if (typeof value === "string" && !/^(csrf_token|tab|seen)$|password/.test(name))
                    (kept[name] ||= []).push(value)
        return kept
    }""")
    return found


def go_button(person: Person) -> Locator:
    """The button that sends the page's main form."""
    return person.page.locator("main form.form button.go").first


@pytest.fixture(scope="module")
def newcomer(arrive: Arrivals) -> tuple[Person, Someone]:
    """Someone with a confirmed account and no organisation yet."""
    person, who = arrive(), someone("Paul", "Girard", "Maison Girard")
    line.sign_up(person, who, "provider")
    line.confirm(person, who)
    return person, who


@pytest.fixture(scope="module")
def organiser(arrive: Arrivals) -> Person:
    person = arrive()
    person.log_in("camille@halage.example")
    return person


@pytest.fixture(scope="module")
def seller(arrive: Arrivals) -> Person:
    person = arrive()
    person.log_in(SELLER)
    return person


@pytest.fixture(scope="module")
def need(organiser: Person, site: Site) -> int:
    """An event of this module's own, with one need and one offer picked for it."""
    organiser.go("/company/events/new")
    line.type_event(organiser, DAY, title="Une journée qui résiste")
    organiser.send("Enregistrer et dire ce qu’il faut")
    organiser.page.locator("a.category", has_text="Journée d’étude").click()
    organiser.send("Enregistrer et choisir des offres")
    found = re.search(r"need=(\d+)", organiser.page.url)
    assert found
    line.pick(organiser, int(found[1]), line.title_of(site, SELLER))
    return int(found[1])


def test_station_1_registering(arrive: Arrivals, newcomer: tuple[Person, Someone]) -> None:
    visitor, who = arrive(), someone("Inès", "Roy", "Roy")
    visitor.go("/account/register")
    line.type_account(visitor, who, "provider")
    visitor.field("email").fill("ines(at)exemple")
    refuse(visitor, go_button(visitor), "adresse")
    line.type_account(visitor, who, "provider")
    visitor.field("password").fill("court")
    refuse(visitor, go_button(visitor), "10 caractères")
    person, who = newcomer
    person.go("/account/provider/new")
    line.type_firm(person, who, siren="123456789", postcode="6900")
    refuse(person, go_button(person), "SIREN")
    person.sees("5 chiffres")
    person.look("1-siren-faux")
    line.type_firm(person, who)
    person.page.locator("input[name=resells_stays]").check()
    refuse(person, go_button(person), "Atout France")
    person.page.locator("input[name=resells_stays]").uncheck()
    assert person.sending(go_button(person)) == 303


def test_station_1_an_offer(newcomer: tuple[Person, Someone], tmp_path: Path) -> None:
    person, _who = newcomer
    person.go("/provider/offers/new")
    person.field("title").fill("Une offre sans catégorie")
    refuse(person, go_button(person), "catégorie")
    line.new_offer(person, "Une salle et ses erreurs")
    line.type_offer(person, capacity_min="50", capacity_max="10", duration="longtemps", place="Nulleville-sur-Rien")
    line.step(person, "components-0-price")
    person.page.locator("[name='components-0-price']").fill("quatre cents")
    refuse(person, person.button("Enregistrer le brouillon"), "à corriger")
    person.look("1-offre-fausse")
    words = tmp_path / "photo.jpg"
    words.write_text("ceci n’est pas une photo")
    with person.refused(422):
        line.step(person, "uploads")
        with person.page.expect_response(re.compile(r"/photos$")):
            person.page.locator("input[name=uploads]").set_input_files(words)
        person.sees("photo.jpg")
    line.step(person, "place")
    assert person.field("place").input_value() == "Nulleville-sur-Rien"


def test_station_2_the_calendar(seller: Person, site: Site) -> None:
    ((offer,),) = site.ask(
        "select id from offer where provider_id = (select organisation_id from membership join"
        " user_account on user_account.id = user_id where email = %s) order by id limit 1",
        SELLER,
    )
    seller.go(f"/provider/calendar/{offer}/opening")
    seller.field("opens-0").fill("25 heures")
    refuse(seller, seller.button("Enregistrer l’ouverture"), "heure")
    seller.go(f"/provider/calendar/{offer}")
    closing = seller.page.locator("form", has=seller.page.locator("input[name=reason]")).last
    closing.locator("[name=first_day]").fill(DAY.isoformat())
    closing.locator("[name=last_day]").fill((DAY - timedelta(days=3)).isoformat())
    closing.locator("[name=reason]").fill("À l’envers")
    refuse(seller, closing.locator("button"), "avant")
    seller.look("2-fermeture-a-l-envers")


def test_station_3_the_event_and_the_request(organiser: Person, need: int) -> None:
    organiser.go("/company/events/new")
    line.type_event(organiser, DAY, headcount="beaucoup")
    refuse(organiser, go_button(organiser), "nombre entier de personnes")
    line.type_event(organiser, DAY, place="Nulleville-sur-Rien", budget="cher", programme="Café")
    refuse(organiser, go_button(organiser), "Nous ne connaissons pas « Nulleville-sur-Rien »")
    organiser.look("3-evenement-faux")
    line.type_event(organiser, DAY, ends=f"{DAY - timedelta(days=1)}T09:00")
    refuse(organiser, go_button(organiser), "fin")
    with organiser.refused(422):
        assert organiser.go("/offers?headcount=-3&place=Nulleville") in (200, 422)
    organiser.sees("Nulleville")
    organiser.go(f"/company/needs/{need}/request")
    organiser.field("message").fill("Pour hier, si possible.")
    organiser.field("answer_by").fill("2020-01-01T10:00")
    refuse(organiser, organiser.page.locator("#send button.go"), "réponse")
    organiser.look("3-demande-trop-tard")
    organiser.go(f"/company/needs/{need}/request")
    assert organiser.sending(organiser.page.locator("#send button.go")) == 303


def test_station_4_the_quote(seller: Person, need: int, site: Site) -> None:
    ((request_id,),) = site.ask("select id from quote_request where need_id = %s", need)
    seller.go(f"/provider/requests/{request_id}")
    seller.page.locator("#decline summary").click()
    refuse(seller, seller.button("Décliner la demande"), "raison")
    seller.go(f"/provider/requests/{request_id}/quote")
    seller.page.locator("[name='lines-0-price']").fill("cent vingt")
    seller.field("message").fill("Un devis qui se trompe.")
    refuse(seller, seller.button(re.compile("Envoyer le devis")), "à corriger")
    seller.look("4-devis-faux")
    seller.page.locator("[name='lines-0-price']").fill("380")
    valid = seller.field("valid_until")
    valid.fill(re.sub(r"^\d{4}", "2020", valid.input_value()))
    refuse(seller, seller.button(re.compile("Envoyer le devis")), "à corriger")
    seller.go(f"/provider/requests/{request_id}/quote")
    assert seller.send(re.compile("Envoyer le devis")) == 303


def test_stations_5_and_6_comparing_and_accepting(organiser: Person, need: int, site: Site, arrive: Arrivals) -> None:
    ((slug,),) = site.ask("select slug from event join need on need.event_id = event.id where need.id = %s", need)
    with organiser.refused(422):
        organiser.go(f"/company/events/{slug}/needs/{need}/compare?headcount=0")
    assert organiser.field("headcount").get_attribute("aria-invalid") == "true"
    ((quote,),) = site.ask(
        "select quote.id from quote join quote_request r on r.id = request_id where need_id = %s", need
    )
    organiser.go(f"/company/quotes/{quote}/accept")
    refuse(organiser, go_button(organiser), "Cochez la case")
    organiser.look("6-sans-accord")
    stranger, finance = arrive(), arrive()
    stranger.log_in("bar@prestataires.example")
    finance.log_in("ines@halage.example")
    with stranger.refused(403, 404), finance.refused(403, 404):
        assert stranger.go(f"/company/quotes/{quote}/accept") in (403, 404)
        assert finance.go(f"/company/quotes/{quote}/accept") == 403
    finance.look("6-pas-le-droit")
    organiser.page.locator("input[name=agreed]").check()
    assert organiser.sending(go_button(organiser)) == 303
    with organiser.refused(409):
        assert organiser.go(f"/company/quotes/{quote}/accept") == 409
    organiser.look("6-deja-accepte")


def test_station_7_paying(organiser: Person, need: int, site: Site) -> None:
    booking = "select booking.id from booking join quote q on q.id = quote_id join quote_request r on r.id = request_id"
    ((number,),) = site.ask(f"{booking} where need_id = %s", need)
    organiser.go(f"/company/bookings/{number}")
    organiser.press(re.compile("^Payer"))
    with organiser.refused(402, 422):
        line.pay(organiser, "4000 0000 0000 0002")
    organiser.sees("refus")
    organiser.look("7-carte-refusee")
    organiser.go(f"/company/bookings/{number}")
    organiser.press(re.compile("^Payer"))
    line.pay(organiser, "4242 4242 4242 4242")
    organiser.page.wait_for_url(f"{site.url}/**")
    organiser.sees("confirmée")


def test_station_8_the_list(organiser: Person, need: int, site: Site, tmp_path: Path) -> None:
    ((slug,),) = site.ask("select slug from event join need on need.event_id = event.id where need.id = %s", need)
    organiser.go(f"/company/events/{slug}/attendees")
    with organiser.refused(422):
        assert organiser.send("Ajouter à la liste") == 422
    organiser.field("people").fill("Zoé <zoe@exemple.example>\npas une adresse\nZoé <zoe@exemple.example>")
    with organiser.refused(422):
        assert organiser.send("Ajouter à la liste") == 422
    organiser.sees("Ligne 2")
    organiser.sees("déjà à la ligne 1")
    assert organiser.field("people").input_value() == "pas une adresse"
    organiser.look("8-ligne-fausse")
    assert site.ask("select count(*) from attendee join event on event.id = event_id where slug = %s", slug) == [(1,)]
    heavy = tmp_path / "liste.csv"
    heavy.write_bytes(b"nom;mail\n" + b"a" * 70_000_000)
    organiser.page.locator("input[name=file]").set_input_files(heavy)
    with organiser.refused(413):
        assert organiser.send("Ajouter à la liste") == 413
    organiser.look("8-trop-lourd")


def test_station_9_answering(arrive: Arrivals, organiser: Person, need: int, site: Site) -> None:
    ((slug,),) = site.ask("select slug from event join need on need.event_id = event.id where need.id = %s", need)
    guest = arrive()
    with guest.refused(404):
        assert guest.go("/i/ceci-n-est-pas-une-invitation") == 404
    guest.look("9-inconnue")
    organiser.go(f"/company/events/{slug}/attendees")
    organiser.send(re.compile("Envoyer l’invitation"))
    ((token,),) = site.ask("select token from invitation join event on event.id = event_id where slug = %s", slug)
    guest.go(f"/i/{token}")
    guest.field("comment").fill("Oui, à une autre date.")
    guest.page.locator("button[name=answer][value=accepted]").evaluate("button => button.value = 'volontiers'")
    refuse(guest, guest.page.locator("button.choice.yes"), "Choisissez")
    guest.page.locator("input[name=dates]").evaluate("input => input.value = '7'")
    with guest.refused(409):
        assert guest.sending(guest.page.locator("button.choice.yes")) == 409
    guest.sees("Les dates ont changé")
    assert guest.field("comment").input_value() == "Oui, à une autre date."


def test_station_10_moving_and_cancelling(organiser: Person, need: int, site: Site) -> None:
    ((slug,),) = site.ask("select slug from event join need on need.event_id = event.id where need.id = %s", need)
    organiser.go(f"/company/events/{slug}/move")
    organiser.field("starts_local").fill(f"{DAY + timedelta(days=7)}T17:00")
    organiser.field("ends_local").fill(f"{DAY + timedelta(days=7)}T09:00")
    organiser.field("reason").fill("À rebours.")
    refuse(organiser, go_button(organiser), "fin")
    organiser.look("10-a-rebours")
    organiser.go(f"/company/events/{slug}/cancel")
    organiser.field("reason").fill("Sans avoir coché.")
    refuse(organiser, organiser.page.locator("main form.form button.danger"), "Cochez pour confirmer")
    organiser.look("10-sans-accord")


def test_a_forged_form_and_a_hasty_visitor_are_told_so(arrive: Arrivals) -> None:
    person = arrive()
    person.go("/account/login")
    person.page.locator("form.form.card input[name=csrf_token]").evaluate("input => input.value = 'forged'")
    with person.refused(400):
        assert person.sending(go_button(person)) == 400
    person.look("0-formulaire-forge")
    person.go("/account/login")
    with person.refused(422, 429):
        for _attempt in range(12):
            person.field("email").fill("personne@exemple.test")
            person.page.locator("form.form.card input[type=password]").fill("pas le bon")
            if person.sending(go_button(person)) == 429:
                break
        else:
            pytest.fail("nobody stopped her")
    person.look("0-trop-vite")


def test_every_page_on_the_way_was_fine(arrive: Arrivals) -> None:
    problems = arrive.problems()
    assert not problems, "\n".join(problems)
