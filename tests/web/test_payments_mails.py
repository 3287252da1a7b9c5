"""Every mail about money as its reader sees it: compared with a golden file."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask

from app.mail.compose import render
from app.payments.failure_words import failure_sentence

GOLDEN = Path(__file__).parents[1] / "golden" / "payments"
KINDS = sorted(path.name for path in (Path(__file__).parents[2] / "app/templates/mail/payments").iterdir())


def context(*, to_provider: bool, late: bool = False) -> dict[str, Any]:
    starts_at = datetime(2090, 3, 11, 17, tzinfo=UTC)
    booking = SimpleNamespace(
        id=7,
        starts_at=starts_at,
        ends_at=datetime(2090, 3, 11, 22, tzinfo=UTC),
        expires_at=datetime(2090, 1, 11, 17, tzinfo=UTC),
        event=SimpleNamespace(title="Soirée d’équipe", zone="Europe/Paris"),
        company=SimpleNamespace(name="Atelier Lumière"),
        provider=SimpleNamespace(name="Domaine des Sources"),
    )
    money = {"amount_cents": 123_456, "currency": "EUR"}
    return {
        "booking": booking,
        "offer": "Dîner au domaine",
        "name": "Camille Roussel",
        "link": "https://ensemble.example/company/bookings/7",
        "to_provider": to_provider,
        "late": late,
        "failure": failure_sentence,
        "reason_code": "insufficient_funds",
        "attempt": SimpleNamespace(**money, failure_message="amount"),
        "instalment": SimpleNamespace(**money, due_on=date(2090, 2, 25)),
        "next": SimpleNamespace(**money, due_on=date(2090, 2, 25)),
        "refund": SimpleNamespace(**money, failure_message="expired_or_canceled_card"),
    }


def everything(locale: str) -> str:
    parts = []
    for kind in KINDS:
        for to_provider, late in ((False, False), (True, False), (False, True)):
            if late and kind != "due":
                continue
            subject, text, html = render(f"payments/{kind}", context(to_provider=to_provider, late=late), locale=locale)
            assert "https://ensemble.example/company/bookings/7" in html and "<html" in html
            parts.append(f"=== {kind} {'provider' if to_provider else 'company'}\n{subject}\n\n{text}")
    return "\n".join(parts)


def test_mails_are_as_they_were_agreed(app: Flask) -> None:
    with app.test_request_context():
        found = everything("fr")
    if os.environ.get("UPDATE_GOLDEN"):
        (GOLDEN / "mails-fr.txt").write_text(found, encoding="utf-8")
    assert found == (GOLDEN / "mails-fr.txt").read_text(encoding="utf-8")
