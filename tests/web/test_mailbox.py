"""The mailbox page of the embedded mode: each mail as its reader would see it, and nothing it brings can act."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core.mime import Attachment, Letter, Mailbox, build_message
from app.embedded import maildir
from tests.conftest import Browser
from tests.factories import now


@pytest.fixture
def box(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("app.blueprints.public.mailbox.folder", lambda: tmp_path)
    return tmp_path


def put(box: Path, to: str = "ines@example.com", html: str = "<p>Bonjour <b>Inès</b></p>", **more: Any) -> str:
    letter = Letter(
        message_id="m@ensemble.test",
        sent_at=now(),
        from_=Mailbox("Ensemble", "bonjour@ensemble.test"),
        to=Mailbox("Inès", to),
        subject="Votre séminaire",
        text="Bonjour",
        html=html,
        **more,
    )
    return maildir.deliver(box, build_message(letter), envelope_from="bonjour@ensemble.test", envelope_to=[to])


def test_an_empty_mailbox_says_so(client: Browser, box: Path) -> None:
    assert "Aucun message" in client.get("/mailbox/").text


def test_it_lists_mails_newest_first_and_filters_by_reader(client: Browser, box: Path) -> None:
    put(box, "ines@example.com")
    put(box, "karim@example.com")
    text = client.get("/mailbox/").text
    assert text.index("karim@example.com") < text.index("ines@example.com")
    assert "ines@example.com" not in client.get("/mailbox/?to=karim").text.split('value="karim"')[1]


def test_a_mail_shows_headers_attachments_and_body(client: Browser, box: Path) -> None:
    key = put(box, attachments=(Attachment("devis.pdf", b"%PDF", "application/pdf"),))
    page = client.get(f"/mailbox/{key}").text
    assert "Votre séminaire" in page
    assert "devis.pdf" in page
    index = next(part.index for part in maildir.get(box, key).attachments)
    assert client.get(f"/mailbox/{key}/part/{index}").data == b"%PDF"
    assert (
        client.get(f"/mailbox/{key}/raw").data.startswith(b"Message-ID:")
        or b"Subject:" in client.get(f"/mailbox/{key}/raw").data
    )


def test_what_a_mail_brings_cannot_act(client: Browser, box: Path) -> None:
    key = put(box, html="<script>alert(1)</script><p>x</p>")
    response = client.get(f"/mailbox/{key}/html")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_foreign_key_is_not_found(client: Browser, box: Path) -> None:
    assert client.get("/mailbox/..%2F..%2Fetc").status_code == 404
    assert client.get("/mailbox/nothing").status_code == 404
