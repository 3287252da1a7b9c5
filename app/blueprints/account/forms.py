"""Forms about a person and her organisations. They check shape; the services check what it means."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, SelectField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind 3.3
from wtforms.validators import AnyOf, DataRequired, Length, Optional, Regexp

from app.accounts.models import Organisation, Provider
from app.accounts.roles import ROLES_OF, OrganisationKind, Role
from app.accounts.service import OrganisationDetails, ProviderDetails
from app.blueprints.forms import stripped
from app.search import places
from app.search.places import Place

LEGAL_FORMS: tuple[tuple[str, Any], ...] = (
    ("", _l("Choisissez")),
    *((code, code) for code in ("SAS", "SASU", "SARL", "EURL", "SA", "SCI", "SNC", "SCOP", "EI")),
    ("Association", _l("Association")),
    ("Établissement public", _l("Établissement public")),
    ("Autre", _l("Autre")),
)
TEXTS = ("name", "legal_form", "siren", "rcs_city", "vat_number", "street", "postcode", "city", "email", "phone")
MAIL = Regexp(
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("Cette adresse n’est pas complète, par exemple prenom@exemple.fr.")
)


def _short(most: int = 120) -> Length:
    return Length(max=most, message=_l("Au plus %(most)s caractères.", most=most))


class OrganisationForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped
    """The one page on which an organisation is registered, and later corrected."""

    siren = StringField(
        _l("SIREN"),
        validators=[DataRequired(_l("Indiquez le SIREN.")), _short(20)],
        filters=[stripped],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    name = StringField(
        _l("Raison sociale"),
        validators=[DataRequired(_l("Indiquez la raison sociale.")), _short()],
        filters=[stripped],
        render_kw={"autocomplete": "organization"},
    )
    legal_form = SelectField(
        _l("Forme juridique"),
        choices=[SelectChoice(code, label) for code, label in LEGAL_FORMS],
        validators=[DataRequired(_l("Choisissez la forme juridique."))],
    )
    rcs_city = StringField(_l("Ville d’immatriculation au RCS"), validators=[_short()], filters=[stripped])
    vat_number = StringField(
        _l("Numéro de TVA"), validators=[_short(20)], filters=[stripped], render_kw={"autocomplete": "off"}
    )
    street = StringField(
        _l("Adresse"),
        validators=[DataRequired(_l("Indiquez le numéro et la rue.")), _short(200)],
        filters=[stripped],
        render_kw={"autocomplete": "street-address"},
    )
    postcode = StringField(
        _l("Code postal"),
        validators=[
            DataRequired(_l("Indiquez le code postal.")),
            Regexp(r"^\d{5}$", message=_l("Le code postal compte 5 chiffres.")),
        ],
        filters=[stripped],
        render_kw={"inputmode": "numeric", "autocomplete": "postal-code"},
    )
    city = StringField(
        _l("Ville"),
        validators=[DataRequired(_l("Indiquez la ville.")), _short()],
        filters=[stripped],
        render_kw={"autocomplete": "address-level2"},
    )
    email = EmailField(
        _l("Adresse e-mail de contact"),
        validators=[Optional(), _short(200), MAIL],
        filters=[stripped],
        render_kw={"autocomplete": "email"},
    )
    phone = TelField(
        _l("Téléphone"),
        validators=[Optional(), Regexp(r"^\+?[\d .()-]{6,20}$", message=_l("Écrivez un numéro comme 04 72 00 00 00."))],
        filters=[stripped],
        render_kw={"autocomplete": "tel"},
    )

    def organisation_details(self) -> OrganisationDetails:
        """What was typed, with the place's coordinates."""
        typed: dict[str, Any] = {name: self[name].data or "" for name in TEXTS}
        place = place_of(typed["postcode"], typed["city"])
        return OrganisationDetails(**typed, lat=place.lat if place else None, lon=place.lon if place else None)


class ProviderForm(OrganisationForm):
    """What a provider says besides."""

    about = TextAreaField(
        _l("Présentation"), validators=[_short(2000)], filters=[stripped], render_kw={"rows": 5, "maxlength": 2000}
    )
    vat_franchise = BooleanField(_l("Franchise en base de TVA"))
    resells_stays = BooleanField(
        _l("Je revends des séjours, des forfaits ou du transport que je ne produis pas moi-même")
    )
    atout_france = StringField(_l("Immatriculation Atout France"), validators=[_short(40)], filters=[stripped])
    guarantor = StringField(_l("Garant financier"), validators=[_short(200)], filters=[stripped])
    insurer = StringField(_l("Assureur"), validators=[_short(200)], filters=[stripped])

    def provider_details(self) -> ProviderDetails:
        """What was typed about selling."""
        return ProviderDetails(
            about=self.about.data or "",
            vat_franchise=self.vat_franchise.data,
            resells_stays=self.resells_stays.data,
            atout_france=self.atout_france.data or "",
            guarantor=self.guarantor.data or "",
            insurer=self.insurer.data or "",
        )


def form_for(organisation: Organisation) -> OrganisationForm:
    """The form that edits `organisation`, filled with what is stored or what was typed."""
    kind = ProviderForm if isinstance(organisation, Provider) else OrganisationForm
    return kind(obj=organisation)


def place_of(postcode: str, city: str) -> Place | None:
    """Where a town lies: the district with this postcode, else the town of that name there, else the department."""
    by_code = places.lookup(postcode)
    if by_code and by_code[0].postcode == postcode:
        return by_code[0]
    return next(iter([*places.lookup(f"{city} ({postcode[:2]})"), *by_code]), None)


class ProfileForm(FlaskForm):  # type: ignore[misc]
    """What a person is called, and her language."""

    name = StringField(
        _l("Votre nom"),
        validators=[DataRequired(_l("Indiquez votre nom.")), _short()],
        filters=[stripped],
        render_kw={"autocomplete": "name"},
    )
    locale = SelectField(
        _l("Langue des pages et des messages"), choices=[SelectChoice("fr", "Français"), SelectChoice("en", "English")]
    )


ROLE_WORDS: dict[Role, Any] = {
    Role.ORGANISER: _l("Organise : prépare, compare, réserve et invite"),
    Role.APPROVER: _l("Valide : lit et accepte les devis"),
    Role.FINANCE: _l("Finance : lit, paie et suit les échéances"),
    Role.SELLER: _l("Vend : tient les offres et répond aux demandes"),
    Role.OPERATOR: _l("Exploite la plateforme"),
}


class InviteForm(FlaskForm):  # type: ignore[misc]
    """A colleague's address and role."""

    email = EmailField(
        _l("Adresse e-mail de votre collègue"),
        validators=[DataRequired(_l("Indiquez une adresse.")), _short(200), MAIL],
        filters=[stripped],
        render_kw={"autocomplete": "off"},
    )
    role = SelectField(_l("Rôle"), validate_choice=False)

    def offer(self, kind: OrganisationKind) -> InviteForm:
        """Limit the choice to the roles of a kind of organisation."""
        roles = ROLES_OF[kind]
        self.role.choices = [SelectChoice(role.value, ROLE_WORDS[role]) for role in roles]
        self.role.validators = [AnyOf([role.value for role in roles], message=_l("Choisissez un rôle dans la liste."))]
        return self
