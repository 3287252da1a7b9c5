"""The main job, end to end, in French: each person in a browser of her own, real clicks, the real product."""

from __future__ import annotations

import io
import re
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.browser import line
from tests.browser.conftest import Arrivals
from tests.browser.line import someone
from tests.browser.person import loose
from tests.browser.story import (
    CLOSED,
    DAY,
    FILE,
    GUESTS,
    LATER,
    PARIS,
    PASTED,
    TITLE,
    Story,
    guest,
    paid_and_refunded,
    said,
    taken,
)
from tests.support.site import Site, calendar_of


@pytest.fixture(scope="module")
def story(site: Site, arrive: Arrivals) -> Story:
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


def test_station_1_it_creates_an_offer_that_the_operator_publishes(story: Story, tmp_path: Path) -> None:
    story.after(1)
    seller, operator = story.seller, story.operator
    seller.go("/provider/offers")
    seller.look("1-offres-vide")
    seller.press("Créer une offre")
    seller.look("1-nouvelle-offre")
    story.offer_id = line.new_offer(seller, TITLE)
    line.type_offer(seller)
    line.step(seller, "uploads")
    with seller.page.expect_response(re.compile(r"/photos$")):
        seller.page.locator("input[name=uploads]").set_input_files(line.photo(tmp_path))
    seller.page.locator(".photo-row").wait_for()
    seller.page.locator("[name='photos-0-alt']").fill("La terrasse et ses tables, à midi")
    seller.look("1-offre")
    seller.send("Enregistrer et voir l’aperçu")
    seller.sees("Voici la page telle que les entreprises la verront")
    assert seller.page.locator("img[src*='/photos/']").count()
    seller.look("1-apercu")
    seller.press("Revenir à la modification")
    seller.send("Soumettre à la relecture")
    seller.sees("relecture")
    seller.look("1-soumise")

    operator.go("/operator/moderation")
    operator.look("1-moderation")
    operator.page.get_by_role("link", name=loose(TITLE)).first.click()
    operator.look("1-relecture")
    operator.send("Publier cette offre")
    story.site.mail(story.seller_is.email, "Votre offre est publiée")
    seller.go(f"/offers/{story.offer_id}")
    seller.sees(TITLE)
    seller.look("1-publiee")


def test_station_2_it_opens_days_closes_some_and_adds_a_unit(story: Story) -> None:
    story.after(1)
    seller = story.seller
    seller.go(f"/provider/calendar/{story.offer_id}?month={DAY:%Y-%m}")
    seller.look("2-calendrier")
    seller.press("Ouverture et saisons")
    for weekday in range(7):
        seller.page.locator(f"input[name=days-0][value='{weekday}']").set_checked(weekday < 5)
    seller.field("opens-0").fill("8:00")
    seller.field("closes-0").fill("19:00")
    seller.look("2-ouverture")
    assert seller.send("Enregistrer l’ouverture") == 303
    seller.go(f"/provider/calendar/{story.offer_id}?month={CLOSED:%Y-%m}")
    closing = seller.page.locator("form", has=seller.page.locator("input[name=reason]")).last
    closing.locator("[name=first_day]").fill(CLOSED.isoformat())
    closing.locator("[name=last_day]").fill((CLOSED + timedelta(days=1)).isoformat())
    closing.locator("[name=reason]").fill("Travaux")
    assert seller.sending(closing.locator("button")) == 303
    seller.sees("Travaux")
    last = seller.page.locator("form", has=seller.page.get_by_role("button", name="Ajouter une unité"))
    last.locator("input[name=name]").fill("Grande salle")
    assert seller.send("Ajouter une unité") == 303
    assert story.site.ask("select count(*) from unit where offer_id = %s", story.offer_id) == [(2,)]
    seller.look("2-calendrier-rempli")
    story.done.add(2)


def test_station_3_an_office_manager_asks_three_providers(story: Story) -> None:
    story.after(2)
    organiser, who = story.organiser, story.organiser_is
    organiser.go("/account/register")
    organiser.look("3-creer-un-compte")
    line.sign_up(organiser, who, "company")
    line.confirm(organiser, who)
    line.type_firm(organiser, who)
    organiser.look("3-entreprise")
    assert organiser.sending(organiser.page.locator("form.card button.go")) == 303
    organiser.look("3-bienvenue")
    organiser.go("/company/events/new")
    line.type_event(organiser, DAY)
    organiser.look("3-evenement")
    assert organiser.send("Enregistrer et dire ce qu’il faut") == 303
    organiser.look("3-besoins")
    organiser.page.locator("a.category", has_text="Journée d’étude").click()
    for code in ("meeting_room", "lunch", "wifi", "parking"):
        organiser.page.locator(f"input[name=codes][value={code}]").check()
    organiser.field("notes").fill("Deux personnes végétariennes.")
    organiser.look("3-besoin")
    assert organiser.send("Enregistrer et choisir des offres") == 303
    story.need_id = int(re.search(r"need=(\d+)", organiser.page.url)[1])  # type: ignore[index]
    organiser.look("3-catalogue")
    offers = [
        TITLE,
        line.title_of(story.site, "lieu@prestataires.example"),
        line.title_of(story.site, "salles@prestataires.example"),
    ]
    for number, title in enumerate(offers):
        line.pick(organiser, story.need_id, title)
        organiser.page.locator("article.offer h2 a, article.offer h3 a", has_text=loose(title)).first.click()
        organiser.sees("Le prix pour votre groupe")
        if number == 0:
            organiser.look("3-offre")
    organiser.go(f"/offers?need={story.need_id}")
    organiser.look("3-choisies")
    organiser.press("Demander 3 devis")
    organiser.field("message").fill("Nous aimerions déjeuner dehors s’il fait beau.")
    organiser.look("3-demande")
    assert organiser.send(re.compile("Envoyer la demande")) == 303
    organiser.look("3-cockpit")
    story.slug = organiser.path.rsplit("/", 1)[-1]
    story.done.add(3)


def test_station_4_three_providers_answer_one_with_a_hold(story: Story, arrive: Arrivals) -> None:
    story.after(3)
    line.open_request(story.seller, story.seller_is.email)
    story.seller.look("4-demande")
    story.seller.press("Préparer le devis")
    story.seller.page.locator("[name=hold]").first.wait_for()
    line.choose(story.seller, "hold", "hold")
    story.seller.field("message").fill("La terrasse est à vous à midi.")
    story.seller.look("4-devis")
    assert story.seller.send(re.compile("Envoyer le devis")) == 303
    story.seller.look("4-devis-envoye")
    for number, email in enumerate(("lieu@prestataires.example", "salles@prestataires.example")):
        other = arrive()
        other.log_in(email)
        if number == 0:
            other.look("4-ma-journee")
        line.open_request(other, line.address_of(story.site, email))
        other.press("Préparer le devis")
        assert other.send(re.compile("Envoyer le devis")) == 303
    for _each in range(3):
        story.site.mail(story.organiser_is.email, "Devis de")
    assert len(story.site.mails(story.organiser_is.email, "Devis de")) == 3
    story.done.add(4)


def test_station_5_the_quotes_are_compared_and_printed_on_one_page(story: Story) -> None:
    story.after(4)
    organiser = story.organiser
    organiser.go(f"/company/events/{story.slug}")
    organiser.press("Comparer 3 devis")
    for words in (story.seller_is.firm, "sur le même pied", "par personne", "Stationnement"):
        organiser.sees(words)
    organiser.look("5-comparaison")
    organiser.page.emulate_media(media="print")
    printed = organiser.page.pdf(prefer_css_page_size=True)
    organiser.page.emulate_media(media="screen")
    (organiser.album / "5-comparaison.pdf").write_bytes(printed)
    assert len(PdfReader(io.BytesIO(printed)).pages) == 1
    story.done.add(5)


def test_station_6_one_is_accepted(story: Story) -> None:
    story.after(5)
    organiser, quote = story.organiser, line.quote_of(story.site, story.need_id, story.offer_id)
    organiser.page.locator(f"a[href='/company/quotes/{quote}/accept']").first.click()
    organiser.look("6-accepter")
    assert organiser.page.request.get(f"/company/quotes/{quote}/pdf").body().startswith(b"%PDF")
    organiser.page.locator("input[name=agreed]").check()
    assert organiser.send("Accepter et aller au paiement") == 303
    story.booking_id = int(organiser.path.rsplit("/", 1)[-1])
    organiser.look("6-a-payer")
    story.site.mail(story.seller_is.email, "Devis accepté")
    story.site.mail(line.address_of(story.site, "lieu@prestataires.example"), "Demande close")
    statement = "select length(document_sha256) from acceptance where quote_id = %s"
    assert story.site.ask(statement, quote) == [(64,)]
    story.done.add(6)


def test_station_7_the_deposit_is_paid_on_the_hosted_page(story: Story) -> None:
    story.after(6)
    organiser = story.organiser
    organiser.press(re.compile("^Payer"))
    organiser.look("7-page-de-paiement")
    line.pay(organiser, "4242 4242 4242 4242")
    organiser.page.wait_for_url(f"{story.site.url}/**")
    organiser.sees("confirmée")
    organiser.look("7-paye")
    story.done.add(7)


def test_station_8_confirmations_reach_both_calendars(story: Story) -> None:
    story.after(7)
    ours = calendar_of(story.site.mail(story.organiser_is.email, "Réservation confirmée", "REQUEST"))
    theirs = calendar_of(story.site.mail(story.seller_is.email, "Réservation confirmée", "REQUEST"))
    assert ours["DTSTART"].dt.astimezone(PARIS) == datetime.combine(DAY, time(9), PARIS)
    assert theirs["DTSTART"].dt == ours["DTSTART"].dt
    story.organiser.open_mail(story.organiser_is.email, "Réservation confirmée")
    story.organiser.sees("REQUEST")
    story.organiser.look("8-confirmation")


def test_station_8_attendees_are_listed_and_invited(story: Story, tmp_path: Path) -> None:
    story.after(7)
    organiser = story.organiser
    organiser.go(f"/company/events/{story.slug}/attendees")
    organiser.look("8-participants-vide")
    organiser.field("people").fill(PASTED.replace("@invites", f"@s{story.need_id}.invites"))
    assert organiser.send("Ajouter à la liste") == 303
    organiser.sees("3 personnes")
    listed = tmp_path / "équipe.csv"
    listed.write_bytes(FILE.replace("@invites", f"@s{story.need_id}.invites").encode("cp1252"))
    organiser.page.locator("input[name=file]").set_input_files(listed)
    assert organiser.send("Ajouter à la liste") == 303
    for name in ("Zoé Lefèvre", "Jörg Müller", "Chloé Bérenger", "François D’Arcy"):
        organiser.sees(name)
    organiser.look("8-participants")
    before = story.site.mail_count()
    assert organiser.send("Envoyer les invitations à 5 personnes") == 303
    for name in GUESTS:
        mail = story.site.mail(guest(name, story), "Invitation", "REQUEST")
        event = calendar_of(mail)
        story.uids.add(str(event["UID"]))
        assert int(event["SEQUENCE"]) == 0 and event["ATTENDEE"].params["RSVP"] == "TRUE"
        assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION" and "Cc" not in dict(mail.headers)
    assert len(story.uids) == 1 and story.site.mail_count() == before + len(GUESTS)
    organiser.go(f"/company/events/{story.slug}/attendees")
    organiser.look("8-invites")
    story.done.add(8)


def test_station_9_an_attendee_answers_without_an_account(story: Story, arrive: Arrivals) -> None:
    story.after(8)
    zoe, organiser = arrive(), story.organiser
    zoe.open_mail(guest("zoe.lefevre", story), "Invitation")
    zoe.look("9-message")
    zoe.follow("Oui")
    assert zoe.path.startswith("/i/")
    zoe.look("9-invitation")
    organiser.go(f"/company/events/{story.slug}/attendees")
    organiser.sees_not("oui sur")
    assert said(story, "zoe.lefevre") == "needs_action"
    zoe.field("comment").fill("J’arrive vers dix heures.")
    assert zoe.sending(zoe.page.locator("button[name=answer][value=accepted]")) == 303
    zoe.look("9-repondu")
    assert said(story, "zoe.lefevre") == "accepted"
    organiser.page.reload()
    organiser.sees("J’arrive vers dix heures")
    organiser.look("9-reponses")
    story.done.add(9)


def test_station_10_the_event_is_moved_with_the_providers_agreement(story: Story) -> None:
    story.after(9)
    organiser, seller = story.organiser, story.seller
    organiser.go(f"/company/events/{story.slug}")
    organiser.look("10-evenement")
    organiser.press("Déplacer l’évènement")
    organiser.field("starts_local").fill(f"{LATER.isoformat()}T09:00")
    organiser.field("ends_local").fill(f"{LATER.isoformat()}T17:30")
    organiser.field("reason").fill("Le comité se réunit ce jour-là.")
    organiser.look("10-deplacer")
    assert organiser.send(re.compile("Proposer à un prestataire")) == 303
    organiser.look("10-propose")
    assert taken(story, DAY) and not taken(story, LATER)
    seller.open_mail(story.seller_is.email, "propose de nouvelles dates")
    seller.page.frame_locator("iframe.mail-body").locator("a[href*='/provider/moves/']").first.click()
    seller.look("10-nouvelles-dates")
    assert seller.send("Accepter les nouvelles dates") == 303
    seller.look("10-d-accord")
    assert taken(story, LATER) and not taken(story, DAY)
    for name in GUESTS:
        event = calendar_of(story.site.mail(guest(name, story), "Nouvelles dates", "REQUEST"))
        assert str(event["UID"]) in story.uids and int(event["SEQUENCE"]) == 1
        assert event["DTSTART"].dt.astimezone(PARIS) == datetime.combine(LATER, time(9), PARIS)
    story.site.mail(story.organiser_is.email, "Nouvelles dates", "REQUEST")
    story.site.mail(story.seller_is.email, "Nouvelles dates", "REQUEST")


def test_station_10_it_is_cancelled_and_paid_back(story: Story) -> None:
    story.after(9)
    organiser = story.organiser
    organiser.go(f"/company/events/{story.slug}")
    organiser.press("Annuler l’évènement")
    organiser.look("10-annuler")
    organiser.field("reason").fill("Nous préférons l’automne.")
    organiser.page.locator("input[name=agreed]").check()
    assert organiser.sending(organiser.page.locator("main form button.danger")) == 303
    organiser.look("10-annule")
    for name in GUESTS:
        event = calendar_of(story.site.mail(guest(name, story), "Annulé", "CANCEL"))
        assert str(event["UID"]) in story.uids and int(event["SEQUENCE"]) == 2 and str(event["STATUS"]) == "CANCELLED"
    story.site.mail(story.organiser_is.email, "Réservation annulée", "CANCEL")
    story.site.mail(story.seller_is.email, "Réservation annulée", "CANCEL")
    assert not taken(story, LATER)
    story.site.mail(story.organiser_is.email, "Remboursement fait")
    paid, back = paid_and_refunded(story)
    assert paid == back > 0
    organiser.go(f"/company/bookings/{story.booking_id}")
    organiser.look("10-rembourse")


def test_every_page_on_the_way_was_fine(story: Story, arrive: Arrivals) -> None:
    problems = arrive.problems()
    assert not problems, "\n".join(problems)
