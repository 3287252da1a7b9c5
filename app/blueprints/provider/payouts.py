"""How a provider is paid: the state of its account at the payment institution, and the way to open it."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _

from app.accounts.models import Provider
from app.accounts.roles import Action
from app.blueprints.access import person, requires
from app.core.errors import NotFound

bp = Blueprint("provider_payouts", __name__, url_prefix="/provider/payouts")


def own_provider() -> Provider:
    """The provider that the person acts for. Raises NotFound."""
    found = person().organisation
    if not isinstance(found, Provider):
        raise NotFound(_("Vous n’agissez pas pour un prestataire."))
    return found


@bp.get("")
@requires(Action.PROVIDER_EDIT)
def index() -> str:
    return render_template("account/payouts.html", provider=own_provider())
