"""Every mail about accounts, in both languages: a subject, a text and its HTML twin with the same link."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.accounts.models import MembershipInvite
from app.accounts.roles import Role
from app.mail.compose import render
from tests.factories import Factories, now

KINDS = sorted(path.name for path in Path("app/templates/mail/account").iterdir())
LINK = "http://localhost/account/somewhere?a=1"


def context(factories: Factories) -> dict[str, Any]:
    user, company = factories.organiser(factories.company(name="L’Atelier & <Fils>"))
    invite = MembershipInvite(
        organisation_id=company.id,
        invited_by_id=user.id,
        email="nora@example.com",
        role=Role.FINANCE,
        created_at=now(),
        expires_at=now() + timedelta(days=14),
    )
    factories.add(invite)
    links = dict.fromkeys(("link", "confirmation_link", "reset_link"), LINK)
    reason = {"reason": "Deux annulations <sans> motif.", "contact": "contact@example.com"}
    provider = factories.provider(name="Le Domaine & <Cie>")
    return links | reason | {"person": user, "invite": invite, "provider": provider, "base_url": "http://localhost"}


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_is_whole(factories: Factories, kind: str, locale: str) -> None:
    given = context(factories)
    subject, text, html = render(f"account/{kind}", given, locale=locale)
    assert subject and "&" not in subject.replace(" & ", "") and "%(" not in subject + text + html
    assert f'<html lang="{locale}"' in html
    assert "<Fils>" not in html and "<Cie>" not in html and "<sans>" not in html
    assert "&amp;" not in text and "&lt;" not in text
    leads = {"provider_suspended": "contact@example.com", "password_changed": "http://localhost/account/reset"}
    assert leads.get(kind, LINK) in text
    assert leads.get(kind, LINK).replace("&", "&amp;") in html
