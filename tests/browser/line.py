"""The steps of the main job as its people do them, one function each; the tests put them in order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from PIL import Image, ImageDraw
from stdnum import luhn

from tests.browser.person import Person, loose
from tests.support.site import Site, free_port

SECRET = "une phrase assez longue"


@dataclass(frozen=True, slots=True)
class Someone:
    """Who a new person is."""

    name: str
    email: str
    firm: str
    siren: str
    street: str = "12 rue des Capucins"
    postcode: str = "69001"
    city: str = "Lyon"


def someone(first: str, last: str, firm: str) -> Someone:
    """A person whom this site does not know yet."""
    number = free_port()
    body = f"09{number:06d}"
    mail = f"{first}.{last}.{number}@exemple.test".lower()
    return Someone(f"{first} {last}", mail, f"{firm} {number}", body + luhn.calc_check_digit(body))


WORDS = {
    "fr": ("Confirmez votre adresse", "Confirmer mon adresse"),
    "en": ("Confirm your address", "Confirm my address"),
}


def sign_up(person: Person, who: Someone, intent: str) -> None:
    """Create an account on the page, and confirm the address through the mail that comes."""
    person.go("/account/register")
    type_account(person, who, intent)
    person.sending(person.page.locator("form.card button.go"))
    assert person.path == "/account/check-mail", person.path


def type_account(person: Person, who: Someone, intent: str) -> None:
    """Fill in the page that creates an account."""
    person.page.locator(f"input[name=intent][value={intent}]").check()
    person.field("name").fill(who.name)
    person.field("email").fill(who.email)
    person.field("password").fill(SECRET)


def confirm(person: Person, who: Someone) -> None:
    """Open the confirmation's link from the mailbox page."""
    subject, link = WORDS[person.language]
    person.open_mail(who.email, subject)
    person.follow(link)


def type_firm(person: Person, who: Someone, **changed: str) -> None:
    """Fill in the page that registers a company or a provider."""
    typed = {
        "siren": who.siren,
        "name": who.firm,
        "rcs_city": who.city,
        "street": who.street,
        "postcode": who.postcode,
        "city": who.city,
        "phone": "04 65 71 20 07",
    }
    person.field("legal_form").select_option("SAS")
    for name, value in (typed | changed).items():
        person.field(name).fill(value)


def photo(folder: Path, name: str = "terrasse.jpg") -> Path:
    """A picture as a camera leaves it, large enough for an offer."""
    path = folder / name
    picture = Image.linear_gradient("L").resize((1600, 1000)).convert("RGB")
    ImageDraw.Draw(picture).ellipse((500, 200, 1100, 800), fill=(214, 120, 60))
    picture.save(path, quality=88)
    return path


def new_offer(seller: Person, title: str) -> int:
    """Begin the draft of a day seminar; its id."""
    seller.go("/provider/offers/new")
    seller.page.locator("input[name=category][value=day_seminar]").check()
    seller.field("title").fill(title)
    seller.sending(seller.page.locator("main form button.go"))
    found = re.search(r"/provider/offers/(\d+)/edit", seller.page.url)
    assert found, seller.page.url
    return int(found[1])


OFFER = {
    "summary": "Trois salles claires pour une journée de travail, et la terrasse à midi.",
    "description": (
        "La maison a trois salles, toutes à la lumière du jour, et une grande terrasse au-dessus de la Saône. Chaque"
        " salle a son écran, son tableau et le Wi-Fi.\n\nLe café vous attend à l’arrivée ; le déjeuner se prend sur la"
        " terrasse dès qu’il fait beau, sinon dans la bibliothèque. Nous restons là toute la journée."
    ),
    "place": "Lyon",
    "postcode": "69001",
    "street": "12 rue des Capucins",
    "capacity_min": "8",
    "capacity_max": "40",
    "duration": "9 h",
    "notice_days": "5",
    "details-room_count": "3",
    "details-theatre_seats": "60",
    "details-available_from": "08:00",
    "details-available_until": "19:00",
}


def step(seller: Person, name: str) -> None:
    """Go to the step of the editor that has this control, by its link."""
    section = seller.page.locator(f"[data-step]:has([name='{name}'])").first
    if section.is_hidden():
        seller.page.locator(f".steps [data-to={section.get_attribute('data-step')}] a").click()
        section.wait_for()


def type_offer(seller: Person, **changed: str) -> None:
    """Fill in the editor: texts, place, group, facts, and a price for each line that it suggests."""
    for name, value in (OFFER | changed).items():
        step(seller, name)
        seller.field(name).fill(value)
    seller.field("details-lunch").select_option("buffet")
    for number, price in enumerate(("420", "14,50", "29", "120")):
        step(seller, f"components-{number}-price")
        seller.field(f"components-{number}-price").fill(price)
    seller.page.locator(".steps [data-to=terms] a").click()
    seller.page.locator("button[value=terms-souple]").click()
    seller.page.locator("button[value=terms-souple][aria-pressed=true]").wait_for()


def type_event(organiser: Person, day: date, **changed: str) -> None:
    """Fill in the page that describes an event."""
    typed = {
        "title": "Journée d’équipe de printemps",
        "starts": f"{day.isoformat()}T09:00",
        "ends": f"{day.isoformat()}T17:30",
        "headcount": "24",
        "place": "Lyon",
        "budget": "4 000",
        "description": "Décider ensemble de l’année, et bien déjeuner.",
        "programme": "9 h 00 Café d’accueil\n9 h 30 Travail en groupes\n12 h 30 Déjeuner",
    }
    for name, value in (typed | changed).items():
        organiser.field(name).fill(value)


def pick(organiser: Person, need_id: int, title: str) -> None:
    """Look for an offer by the words of its title, open it, come back and pick it."""
    organiser.go(f"/offers?need={need_id}")
    organiser.field("q").fill(title)
    organiser.page.locator("#search button.go").first.click()
    organiser.page.wait_for_load_state()
    card = organiser.page.locator("article.offer", has_text=loose(title)).first
    card.locator("[data-pick] button").click()
    organiser.page.locator(".tray").wait_for()


def pay(organiser: Person, number: str) -> None:
    """Fill in the hosted page with this card, and pay."""
    for name, value in {"number": number, "expiry": "12/34", "cvc": "123", "name": "Nadia Lemaître"}.items():
        organiser.field(name).fill(value)
    organiser.page.locator("form button.go").click()
    organiser.page.wait_for_load_state()


def working_day(ahead: int) -> date:
    """A Tuesday at least so many days from now."""
    day = date.today() + timedelta(days=ahead)
    return day + timedelta(days=(1 - day.weekday()) % 7)


def choose(person: Person, name: str, value: str) -> None:
    """Choose from a list or among radio buttons."""
    control = person.page.locator(f"[name='{name}']").first
    if control.evaluate("node => node.tagName") == "SELECT":
        control.select_option(value)
    else:
        person.page.locator(f"[name='{name}'][value='{value}']").check()


def open_request(seller: Person, address: str) -> None:
    """Come to the newest request through the mail that told of it."""
    seller.open_mail(address, "Demande de devis")
    seller.page.frame_locator("iframe.mail-body").locator("a[href*='/provider/requests/']").first.click()
    seller.page.wait_for_load_state()


def title_of(site: Site, email: str, category: str = "day_seminar", headcount: int = 24) -> str:
    """What someone of the demonstration sells in a category for that many people."""
    statement = """
        select version.title from offer_version version join offer on offer.published_version_id = version.id
        join membership on membership.organisation_id = offer.provider_id
        join user_account on user_account.id = membership.user_id
        where email = %s and category = %s and %s between capacity_min and capacity_max order by offer.id limit 1"""
    ((title,),) = site.ask(statement, email, category, headcount)
    return str(title)


def address_of(site: Site, email: str) -> str:
    """Where mails to the provider of this person go."""
    statement = """
        select organisation.email from organisation join membership on membership.organisation_id = organisation.id
        join user_account on user_account.id = membership.user_id where user_account.email = %s"""
    ((address,),) = site.ask(statement, email)
    return str(address or email)


def quote_of(site: Site, need_id: int, offer_id: int) -> int:
    """The quote that this offer got for the need."""
    statement = """
        select quote.id from quote join quote_request request on request.id = quote.request_id
        where request.need_id = %s and request.offer_id = %s and quote.state = 'sent'"""
    ((quote_id,),) = site.ask(statement, need_id, offer_id)
    return int(quote_id)
