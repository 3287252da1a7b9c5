from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.mime import Alternative, Attachment, Letter, Mailbox, ascii_address, build_message, needs_smtputf8
from app.invites import mime as invites
from app.invites.ical import CalendarEvent, Method, Recipient, render

LETTER = Letter(
    message_id="<7f3a.1@ensemble.example>",
    sent_at=datetime(2026, 4, 1, 8, 30, tzinfo=UTC),
    from_=Mailbox("Ensemble", "invitations@ensemble.example"),
    to=Mailbox("Zoé Müller, Anne-Léa", "anne@exämple.fr"),
    subject="Invitation : séminaire d’été 🎿",
    text="Bonjour,\nà bientôt\n",
    html="<p>Bonjour, à bientôt</p>",
    reply_to=Mailbox("Éloïse", "eloise@client.example"),
)
EVENT = CalendarEvent(
    uid="u@ensemble.example",
    sequence=0,
    dtstamp=LETTER.sent_at,
    starts_at=datetime(2026, 6, 15, 7, tzinfo=UTC),
    ends_at=datetime(2026, 6, 15, 15, tzinfo=UTC),
    zone="Europe/Paris",
    summary="Séminaire",
    organizer_name="Éloïse",
)
RECIPIENT = Recipient("Anne", "anne@exämple.fr", "r-1@invites.ensemble.example")


def read(raw: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


def tree(message: EmailMessage) -> list[object]:
    if not message.is_multipart():
        return [message.get_content_type()]
    return [message.get_content_type(), *(tree(part) for part in message.iter_parts())]


def invite(method: Method = Method.REQUEST) -> tuple[EmailMessage, bytes, bytes]:
    calendar = render(EVENT, RECIPIENT, method)
    raw = invites.build_message(LETTER, calendar, method)
    return read(raw), raw, calendar


@pytest.mark.parametrize("method", Method)
def test_an_invite_has_the_shape_that_shows_buttons(method: Method) -> None:
    message, _, calendar = invite(method)
    assert tree(message) == [
        "multipart/mixed",
        ["multipart/alternative", ["text/plain"], ["text/html"], ["text/calendar"]],
        ["application/ics"],
    ]
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    assert dict(part["Content-Type"].params) == {"charset": "utf-8", "method": method.value}
    assert "Content-Disposition" not in part
    assert part["Content-Transfer-Encoding"] == "base64"
    file = next(message.iter_attachments())
    assert (file.get_filename(), file["Content-Type"].params["name"]) == ("invite.ics", "invite.ics")
    assert part.get_payload(decode=True) == file.get_payload(decode=True) == calendar


def test_a_document_of_another_method_is_refused() -> None:
    with pytest.raises(ValueError, match="CANCEL"):
        invites.build_message(LETTER, render(EVENT, RECIPIENT, Method.REQUEST), Method.CANCEL)


def test_headers() -> None:
    message, raw, _ = invite()
    assert message["Message-ID"] == "<7f3a.1@ensemble.example>"
    assert message["Date"].datetime == LETTER.sent_at
    assert message["From"].addresses[0].addr_spec == "invitations@ensemble.example"
    assert message["To"].addresses[0].addr_spec == "anne@xn--exmple-cua.fr"
    assert message["To"].addresses[0].display_name == "Zoé Müller, Anne-Léa"
    assert message["Reply-To"].addresses[0].display_name == "Éloïse"
    assert str(message["Subject"]) == LETTER.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert not {"Cc", "Bcc", "Sender"} & set(message.keys())
    assert raw.isascii()


def test_a_person_s_own_mail_is_not_marked_as_automatic() -> None:
    message = read(build_message(replace(LETTER, automatic=False, sender=Mailbox("", "s@x.fr"))))
    assert message["Auto-Submitted"] is None
    assert message["Sender"].addresses[0].addr_spec == "s@x.fr"


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert invite()[1] == invite()[1]


def test_a_mail_without_attachments_is_text_and_html_only() -> None:
    message = read(build_message(LETTER))
    assert tree(message) == ["multipart/alternative", ["text/plain"], ["text/html"]]
    assert [part.get_payload(decode=True).decode() for part in message.iter_parts()] == [
        "Bonjour,\r\nà bientôt\r\n",
        "<p>Bonjour, à bientôt</p>",
    ]


@pytest.mark.parametrize("name", ["Devis n° 12 – été.pdf", 'a"b\r\nX: y.pdf', "é" * 300 + ".pdf", "facture.pdf"])
def test_attachments_keep_their_bytes_and_names(name: str) -> None:
    content = bytes(range(256)) * 40
    raw = build_message(replace(LETTER, attachments=(Attachment(name, content, "application/pdf"),)))
    attached = next(read(raw).iter_attachments())
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_payload(decode=True) == content
    if len(name) < 50 and "\r" not in name:
        assert attached.get_filename() == name
    assert "X" not in attached
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_letters_before_the_at_need_smtputf8() -> None:
    assert needs_smtputf8("josé@x.fr")
    assert not needs_smtputf8("jose@bücher.de")
    raw = build_message(replace(LETTER, to=Mailbox("José", "josé@bücher.de")))
    assert "<josé@xn--bcher-kva.de>".encode() in raw


def test_domains_are_written_in_ascii() -> None:
    assert ascii_address("Jo@BÜCHER.de") == "Jo@xn--bcher-kva.de"
    assert ascii_address("jo@straße.de") == "jo@xn--strae-oqa.de"


def test_a_name_that_looks_encoded_is_shown_as_typed() -> None:
    name = "=?utf-8?q?Chef?="
    message = read(build_message(replace(LETTER, to=Mailbox(name, "a@x.fr"), subject=name)))
    assert message["To"].addresses[0].display_name == message["Subject"] == name


def test_long_addresses_stay_whole() -> None:
    address = "x" * 64 + "@" + ".".join(["d" * 60] * 3) + ".fr"
    message = read(build_message(replace(LETTER, to=Mailbox("Éric " * 30, address))))
    assert [one.addr_spec for one in message["To"].addresses] == [address]


@pytest.mark.parametrize(
    "address", ["", "a", "a@", "@b", "a b@c", "a@b\r\nBcc: c@d", "a@b,c@d", "<a@b>", "a@b>", "a@\ud800"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="Not a"):
        ascii_address(address)
    with pytest.raises(ValueError, match="Not a"):
        build_message(replace(LETTER, to=Mailbox("", address)))


@pytest.mark.parametrize(
    "change",
    [
        {"message_id": "a b@c"},
        {"message_id": "é@x.fr"},
        {"headers": (("X-A: b\r\nX", "y"),)},
        {"alternatives": (Alternative("text/calendar\r\nX: y", b""),)},
    ],
)
def test_what_would_break_the_message_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Not a"):
        build_message(replace(LETTER, **change))


def test_encoded_words_fit_their_lines() -> None:
    raw = build_message(
        replace(LETTER, to=Mailbox("é" * 200, "a@x.fr"), headers=(("X-Ensemble-Correlation", "🎿" * 99),))
    )
    lines = [line for line in raw.decode().split("\r\n") if "=?" in line]
    assert max(map(len, lines)) <= 76
    assert max(len(word) for line in lines for word in line.split()) <= 75
    assert str(read(raw)["X-Ensemble-Correlation"]) == "🎿" * 99


texts = st.text(max_size=100) | st.text(alphabet='ab ,;"\\<>@=?éÉ🎿\r\n\t()', max_size=200)


def seen(text: str) -> str:
    """What a reader shows of free text in a header."""
    return " ".join(re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+", " ", text).split())


@given(texts, texts)
def test_headers_come_back_and_add_nothing(name: str, subject: str) -> None:
    raw = build_message(
        replace(LETTER, to=Mailbox(name, "a@x.fr"), subject=subject, headers=(("X-Ensemble", subject),))
    )
    head = raw.partition(b"\r\n\r\n")[0]
    message = BytesParser(policy=policy.compat32).parsebytes(raw)
    assert message.keys() == [
        "From", "Reply-To", "To", "Subject", "Date", "Message-ID",
        "Auto-Submitted", "X-Auto-Response-Suppress", "X-Ensemble", "MIME-Version", "Content-Type",
    ]  # fmt: skip
    assert max(map(len, head.split(b"\r\n"))) <= 78
    unfolded = re.sub(r"\r?\n", "", message["To"])
    [(phrase, address)] = getaddresses([unfolded])
    assert address == "a@x.fr"
    assert str(make_header(decode_header(phrase))) == seen(name)
    for header in ("Subject", "X-Ensemble"):
        assert str(make_header(decode_header(re.sub(r"\r?\n", "", message[header])))).strip() == seen(subject)
    assert [mailbox.addr_spec for mailbox in read(raw)["To"].addresses] == ["a@x.fr"]
