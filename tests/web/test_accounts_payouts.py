"""A provider sees whether it can be paid, and what to do when it can't."""

from __future__ import annotations

from tests.conftest import Browser
from tests.factories import Factories


def test_the_state_of_the_account_is_said_in_words(client: Browser, factories: Factories) -> None:
    provider = factories.provider(gateway_account=None, charges_enabled=False, payouts_enabled=False)
    client.log_in(factories.seller(provider)[0])
    page = client.get("/provider/payouts").text
    assert "pas encore ouverts" in page and "Ouvrir mes encaissements chez Stripe" in page
    provider.gateway_account = "acct_1"
    factories.add(provider)
    assert "Reprendre chez Stripe" in client.get("/provider/payouts").text
    provider.charges_enabled = provider.payouts_enabled = True
    factories.add(provider)
    page = client.get("/provider/payouts").text
    assert "chez Stripe</button>" not in page and "ouverts" in page
