"""The steps of the main job as its people do them, one function each; the tests put them in order."""

from __future__ import annotations

from dataclasses import dataclass

from stdnum import luhn

from tests.browser.person import Person
from tests.support.site import free_port

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
    "fr": {"company": "J’organise", "go": "Créer mon compte", "mail": "Confirmez votre adresse", "link": "Confirmer mon adresse"},
    "en": {"company": "I organise", "go": "Create my account", "mail": "Confirm your address", "link": "Confirm my address"},
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
    words = WORDS[person.language]
    person.open_mail(who.email, words["mail"])
    person.follow(words["link"])


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
