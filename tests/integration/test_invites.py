"""Invitations: each person her own message, once; what changes later reaches her with the right sequence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.bookings.cancelling import cancel_event
from app.bookings.moving import propose
from app.core.db import session, transaction
from app.core.errors import InvalidInput, InvalidTransition, Unavailable
from app.core.states import AuditEntry
from app.events.models import EventState
from app.invites import attendees, cards, service
from app.invites.models import Answer, DeliveryState, Invitation
from app.mail.models import MailState, OutgoingMail
from tests.factories import now
from tests.invite_parts import BY, Letter, Party

ANNE, BOB = "anne@example.org", "bob@example.org"


def say(party: Party, email: str, answer: Answer) -> None:
    with transaction():
        service.answer(
            party.invitation(email), party.event, answer, "", times_sequence=party.event.times_sequence, now=now()
        )


def move(party: Party) -> None:
    later = timedelta(days=7)
    starts, ends = party.event.starts_local + later, party.event.ends_local + later
    with transaction():
        propose(party.event.id, starts, ends, "", company_id=party.company.id, user=party.organiser, now=now())
    party.work()


def last(party: Party, email: str) -> Letter:
    return party.letters(to=email)[-1]


def test_everyone_gets_a_request_of_her_own(party: Party) -> None:
    party.event.venue_name, party.event.venue_address = "Domaine de la Fontaine", "12 chemin des Sources, Chaponost"
    party.event.venue_lat, party.event.venue_lon = 45.71, 4.74
    party.list(ANNE, BOB)
    assert party.send() == 2
    for email, other in ((ANNE, BOB), (BOB, ANNE)):
        (letter,) = party.letters(to=email)
        assert letter.method == "REQUEST"
        event = letter.event
        assert (str(event["UID"]), event["SEQUENCE"], str(event["STATUS"])) == (party.event.ical_uid, 0, "CONFIRMED")
        assert str(event["ATTENDEE"]) == f"mailto:{email}"
        assert (letter.partstat, event["ATTENDEE"].params["RSVP"]) == ("NEEDS-ACTION", "TRUE")
        invitation = party.invitation(email)
        assert str(event["ORGANIZER"]) == f"mailto:r-{invitation.reply_token}@invites.ensemble.test"
        assert event["ORGANIZER"].params["CN"] == "Claire Martin"
        assert event["ORGANIZER"].params["SENT-BY"] == "mailto:bonjour@ensemble.test"
        assert str(event["LOCATION"]).startswith("Domaine de la Fontaine, 12 chemin")
        assert b"GEO:45.710000;4.740000" in letter.ics
        assert "URL" not in event
        assert other not in letter.row.content.decode()
        assert invitation.token.encode() not in letter.ics
        assert f"/i/{invitation.token}?answer=accepted" in letter.text
        assert "Claire Martin" in str(letter.mail["From"])
        assert "claire@atelier.example.org" in str(letter.mail["Reply-To"])


def test_a_second_click_invites_only_who_is_new(party: Party) -> None:
    party.list(ANNE)
    assert (party.send(), party.send()) == (1, 0)
    party.list(BOB)
    assert party.send() == 1
    assert [letter.row.recipient for letter in party.letters()] == [ANNE, BOB]
    assert session().scalar(select(func.count(Invitation.id))) == 2


def test_a_draft_or_a_past_event_invites_nobody(party: Party) -> None:
    party.list(ANNE)
    party.event.state = EventState.DRAFT
    session().commit()
    with pytest.raises(InvalidTransition):
        party.send()
    party.event.state = EventState.PLANNING
    session().commit()
    with pytest.raises(InvalidTransition), transaction():
        service.send(party.event, by=BY, now=party.event.ends_at)


def test_moving_asks_everyone_again_with_a_higher_sequence(party: Party) -> None:
    party.list(ANNE, BOB)
    party.send()
    party.deliver()
    say(party, ANNE, Answer.ACCEPTED)
    first = last(party, ANNE)
    move(party)
    letter, invitation = last(party, ANNE), party.invitation(ANNE)
    assert letter.row.kind == "invites/moved"
    assert (letter.event["UID"], letter.event["SEQUENCE"]) == (first.event["UID"], 1)
    assert letter.event["DTSTAMP"].dt > first.event["DTSTAMP"].dt
    assert letter.event["DTSTART"].dt == first.event["DTSTART"].dt + timedelta(days=7)
    assert (letter.partstat, invitation.answer, invitation.answered_at) == ("NEEDS-ACTION", Answer.NEEDS_ACTION, None)
    assert "Avant" in letter.text
    history = select(AuditEntry.action, AuditEntry.from_state).where(
        AuditEntry.entity == "invitation", AuditEntry.action.in_(("answer", "reset"))
    )
    assert session().execute(history.order_by(AuditEntry.id)).all() == [
        ("answer", "needs_action"),
        ("reset", "accepted"),
    ]


def test_an_answer_to_the_new_times_survives_the_update(party: Party) -> None:
    """She opens the page between the move and the mail: what she says is about the new dates."""
    party.list(ANNE)
    party.send()
    later, soon = timedelta(days=7), now() + timedelta(seconds=5)
    starts, ends = party.event.starts_local + later, party.event.ends_local + later
    with transaction():
        propose(party.event.id, starts, ends, "", company_id=party.company.id, user=party.organiser, now=now())
    with transaction():
        service.answer(party.invitation(ANNE), party.event, "accepted", "", times_sequence=1, now=soon)
    party.work()
    assert party.invitation(ANNE).answer == Answer.ACCEPTED
    assert (last(party, ANNE).event["SEQUENCE"], last(party, ANNE).partstat) == (1, "ACCEPTED")


def test_two_moves_before_the_workers_come_are_told_once(party: Party) -> None:
    party.list(ANNE)
    party.send()
    party.deliver()
    for days in (7, 9):
        starts = party.event.starts_local + timedelta(days=days)
        ends = party.event.ends_local + timedelta(days=days)
        with transaction():
            propose(party.event.id, starts, ends, "", company_id=party.company.id, user=party.organiser, now=now())
    party.work()
    _, letter = party.letters(to=ANNE)
    assert (letter.event["SEQUENCE"], letter.event["DTSTART"].dt) == (2, party.event.starts_at)


def test_a_change_of_text_keeps_sequence_and_answers(party: Party) -> None:
    party.list(ANNE)
    party.send()
    party.deliver()
    say(party, ANNE, Answer.ACCEPTED)
    party.event.title = "Séminaire produit et design"
    session().commit()
    with transaction():
        assert service.notify(party.event, by=BY, now=now()) == 1
    party.work()
    first, letter = party.letters(to=ANNE)
    assert letter.row.kind == "invites/updated"
    assert (letter.event["SEQUENCE"], letter.partstat) == (0, "ACCEPTED")
    assert letter.event["DTSTAMP"].dt > first.event["DTSTAMP"].dt
    assert str(letter.event["SUMMARY"]) == "Séminaire produit et design"
    assert letter.event["UID"] == first.event["UID"]


def test_what_waits_is_superseded_and_keeps_its_meaning(party: Party) -> None:
    """The first invitation hasn't left when the event moves, and when its text changes."""
    party.list(ANNE)
    party.send()
    move(party)
    with transaction():
        service.notify(party.event, by=BY, now=now())
    party.work()
    kinds = [letter.row.kind for letter in party.letters(to=ANNE)]
    assert kinds == ["invites/invitation"] * 3
    assert party.deliver() == [ANNE]
    states = session().scalars(select(OutgoingMail.state).order_by(OutgoingMail.id)).all()
    assert states == [MailState.DROPPED, MailState.DROPPED, MailState.SENT]
    assert last(party, ANNE).event["SEQUENCE"] == 1


def test_cancelling_the_event_sends_cancel(party: Party) -> None:
    party.list(ANNE, BOB)
    party.send()
    party.deliver()
    with transaction():
        cancel_event(party.event.id, "", company_id=party.company.id, user=party.organiser, now=now())
    party.work()
    letter = last(party, BOB)
    assert letter.method == "CANCEL"
    assert (letter.event["SEQUENCE"], str(letter.event["STATUS"])) == (1, "CANCELLED")
    assert letter.event["DTSTART"].dt == party.event.starts_at
    assert letter.event["ORGANIZER"] == party.letters(to=BOB)[0].event["ORGANIZER"]
    assert {row.state for row in session().scalars(select(Invitation))} == {DeliveryState.CANCELLED}
    assert "est annulé" in letter.text


def test_who_never_heard_of_it_needs_no_cancel(party: Party) -> None:
    party.list(ANNE)
    party.send()
    (attendee,) = party.attendees()
    with transaction():
        attendees.remove(attendee, by=BY, now=now())
    party.work()
    assert [letter.row.state for letter in party.letters()] == [MailState.DROPPED]
    assert party.deliver() == []


def test_who_is_removed_gets_cancel_and_may_come_back(party: Party) -> None:
    party.list(ANNE, BOB)
    party.send()
    party.deliver()
    say(party, ANNE, Answer.DECLINED)
    with transaction():
        attendees.remove(party.attendees()[0], by=BY, now=now())
    party.work()
    assert (last(party, ANNE).method, last(party, ANNE).event["SEQUENCE"]) == ("CANCEL", 1)
    assert "a retiré votre invitation" in last(party, ANNE).text
    assert len(party.letters(to=BOB)) == 1
    party.deliver()
    party.list(ANNE)
    assert party.send() == 1
    again = last(party, ANNE)
    assert (again.method, again.event["SEQUENCE"], again.partstat) == ("REQUEST", 1, "NEEDS-ACTION")
    move(party)
    assert last(party, ANNE).event["SEQUENCE"] == 2
    assert last(party, BOB).event["SEQUENCE"] == 1


def test_who_joins_late_gets_the_current_sequence(party: Party) -> None:
    party.list(ANNE)
    party.send()
    party.deliver()
    move(party)
    party.list(BOB)
    party.send()
    assert last(party, BOB).event["SEQUENCE"] == 1
    assert last(party, BOB).row.kind == "invites/invitation"


def test_another_address_takes_the_place_of_the_first(party: Party) -> None:
    (attendee,) = party.list(ANNE)
    party.send()
    party.deliver()
    with transaction():
        attendees.edit(attendee, "Anne L.", "anne.l@example.org", by=BY, now=now())
    party.work()
    assert last(party, ANNE).method == "CANCEL"
    assert last(party, "anne.l@example.org").method == "REQUEST"
    assert party.invitation(ANNE).token != party.invitation("anne.l@example.org").token


def test_an_address_that_is_taken_is_refused(party: Party) -> None:
    anne, _ = party.list(ANNE, BOB)
    with pytest.raises(InvalidInput) as caught, transaction():
        attendees.edit(anne, "Anne", BOB.upper(), by=BY, now=now())
    assert "email" in caught.value.fields


def test_answers_are_refused_when_they_can_mean_nothing(party: Party) -> None:
    party.list(ANNE)
    party.send()
    invitation = party.invitation(ANNE)
    with pytest.raises(InvalidInput), transaction():
        service.answer(invitation, party.event, "sure", "", times_sequence=0, now=now())
    with pytest.raises(Unavailable), transaction():
        service.answer(invitation, party.event, "accepted", "", times_sequence=1, now=now())
    with pytest.raises(Unavailable), transaction():
        service.answer(invitation, party.event, "accepted", "", times_sequence=0, now=party.event.starts_at)
    party.event.answer_by = now() - timedelta(minutes=1)
    session().commit()
    with pytest.raises(Unavailable), transaction():
        service.answer(invitation, party.event, "accepted", "", times_sequence=0, now=now())
    assert party.invitation(ANNE).answer == Answer.NEEDS_ACTION


def test_a_long_list_is_written_in_batches(party: Party) -> None:
    party.list(*(f"invite{n}@example.org" for n in range(120)))
    assert party.send() == 120
    letters = party.letters()
    assert len({letter.row.recipient for letter in letters}) == 120
    assert len({letter.row.message_id for letter in letters}) == 120


def test_the_entry_leads_to_a_public_page_on_an_https_site_only(party: Party) -> None:
    event = party.event
    event.ical_uid = "0123456789abcdef@invites.example.org"
    base, domain = "https://ensemble.example.org", "invites.example.org"
    assert cards.public_url(event, base, domain) == f"{base}/e/0123456789abcdef"
    assert cards.public_url(event, "http://localhost:8000", domain) == ""
