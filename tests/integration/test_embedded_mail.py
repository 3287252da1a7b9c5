"""The mail catcher as a process, and what its mailbox shows."""

import os
import signal
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.embedded import maildir, runtime
from app.embedded.places import Places
from app.embedded.processes import wait_until
from app.embedded.services import MAIL


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "instance"
    yield folder
    MAIL.stop(folder)


def invitation() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Élodie Lefèvre <elodie@exemple.test>"
    mail["To"] = "Zoë <zoe@exemple.test>"
    mail["Subject"] = "Séminaire à Megève – votre invitation"
    mail["Message-ID"] = "<1@exemple.test>"
    mail.set_content("Bonjour Zoë,\nà bientôt à Megève.\n")
    mail.add_alternative("<p>Bonjour Zoë</p>", subtype="html")
    mail.add_alternative("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n", subtype="calendar", params={"method": "REQUEST"})
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Devis n° 1 – été.pdf")
    return mail


def send(folder: Path, mail: EmailMessage, *, to: str = "zoe@exemple.test") -> None:
    port = urlsplit(MAIL.start(folder)).port
    with smtplib.SMTP("127.0.0.1", port or 0, timeout=10) as smtp:
        smtp.send_message(mail, from_addr="retours@exemple.test", to_addrs=[to])


def box(folder: Path) -> Path:
    return MAIL.data(Places.of(folder))


def test_a_mail_is_shown_as_it_was_sent(instance: Path) -> None:
    send(instance, invitation())
    (mail,) = maildir.list_mails(box(instance))
    assert (mail.subject, mail.sender) == (
        "Séminaire à Megève – votre invitation",
        "Élodie Lefèvre <elodie@exemple.test>",
    )
    assert (mail.envelope_from, mail.envelope_to) == ("retours@exemple.test", ("zoe@exemple.test",))
    assert mail.text == "Bonjour Zoë,\nà bientôt à Megève.\n"
    assert mail.html == "<p>Bonjour Zoë</p>\n"
    assert mail.calendar is not None and mail.calendar.method == "REQUEST"
    assert [part.filename for part in mail.attachments] == ["Devis n° 1 – été.pdf"]
    assert b"X-Envelope" not in mail.raw and mail.raw.startswith(b"From:")


def test_a_part_is_found_by_its_number_and_nothing_outside_the_maildir(instance: Path) -> None:
    send(instance, invitation())
    (mail,) = maildir.list_mails(box(instance))
    assert maildir.part(box(instance), mail.key, mail.attachments[0].index).payload == b"%PDF-1.7"
    for key, index in ((mail.key, 99), ("unknown", 0), ("../../runtime.json", 0), ("", 0)):
        with pytest.raises(maildir.NoSuchMail):
            maildir.part(box(instance), key, index)


def test_the_newest_come_first_in_pages_and_by_reader(instance: Path) -> None:
    for number in range(5):
        mail = invitation()
        mail.replace_header("Subject", f"Mail {number}")
        send(instance, mail, to=f"reader{number % 2}@exemple.test")
    subjects = [mail.subject for mail in maildir.list_mails(box(instance), offset=1, limit=2)]
    assert subjects == ["Mail 3", "Mail 2"]
    assert [mail.subject for mail in maildir.list_mails(box(instance), to="READER1@")] == ["Mail 3", "Mail 1"]


def test_an_accepted_mail_survives_a_killed_catcher_which_comes_back_at_its_port(instance: Path) -> None:
    send(instance, invitation())
    before = runtime.read(Places.of(instance))
    os.kill(before["mail_pid"], signal.SIGKILL)
    assert wait_until(lambda: not MAIL.running(instance), 10)
    send(instance, invitation())
    after = runtime.read(Places.of(instance))
    assert before["mail_port"] == after["mail_port"] and before["mail_pid"] != after["mail_pid"]
    assert len(maildir.keys(box(instance))) == 2


def test_a_port_that_a_stranger_took_meanwhile_is_left_to_it(instance: Path) -> None:
    MAIL.start(instance)
    MAIL.stop(instance)
    port = runtime.read(Places.of(instance))["mail_port"]
    with runtime.socket.create_server(("127.0.0.1", port)):
        assert not MAIL.running(instance)
        assert urlsplit(MAIL.start(instance)).port != port


def test_a_mail_that_does_not_fit_on_the_disk_is_not_accepted(instance: Path) -> None:
    MAIL.start(instance)
    box(instance).joinpath("tmp").write_text("in the way")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(instance, invitation())
    assert refused.value.smtp_code == 452
    assert maildir.keys(box(instance)) == []


def test_a_half_written_mail_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "1.half").write_bytes(b"From: a")
    assert maildir.list_mails(tmp_path) == []
