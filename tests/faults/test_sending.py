"""Station 8 with something killed in the middle of it: every mail arrives, once."""

from __future__ import annotations

import os
import secrets
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from app.embedded import maildir, redis
from app.embedded.maildir import CaughtMail
from app.embedded.redis import address
from tests.support.site import Site, eventually
from tests.support.visitor import Visitor
from workers.broker import make_celery

PEOPLE = 200
STRUCK_AFTER = 40
SECONDS = 90.0


@dataclass
class Crowd:
    """An event with many people on its list, and what they have received so far."""

    site: Site
    slug: str
    domain: str

    def received(self) -> list[CaughtMail]:
        """The mails that were sent to them."""
        folder = self.site.instance / "mail"
        return maildir.list_mails(folder, limit=10 * PEOPLE, to=self.domain)

    def count(self) -> int:
        """How many mails have come, quickly."""
        return self.site.mail_count()

    def waiting(self) -> int:
        """How many of their mails still have to leave, or are not even written."""
        statement = """
            select (select count(*) from outgoing_mail where recipient like %s and state <> 'sent')
                 + (select count(*) from outbox where state <> 'done' and handler like 'invites:%%')"""
        ((count,),) = self.site.ask(statement, f"%{self.domain}")
        return int(count)


@pytest.fixture
def crowd(site: Site, organiser: Visitor) -> Crowd:
    """A new event with two hundred people on its list, none of them invited yet."""
    organiser.get("/company/events/new")
    day = date.today() + timedelta(days=60)
    event = {"title": "Grande réunion", "starts": f"{day}T09:00", "ends": f"{day}T17:00", "zone": "Europe/Paris"}
    answer = organiser.post("/company/events/new", event | {"headcount": str(PEOPLE), "place": "Lyon"})
    slug = answer.url.split("/company/events/")[1].split("/")[0]
    organiser.get(f"/company/events/{slug}/needs/new?category=day_seminar")
    organiser.post(f"/company/events/{slug}/needs/new?category=day_seminar", {"codes": "wifi", "must": "yes"})
    domain = f"{secrets.token_hex(4)}.foule.example"
    people = "\n".join(f"Personne {number} <p{number}@{domain}>" for number in range(PEOPLE))
    organiser.get(f"/company/events/{slug}/attendees")
    answer = organiser.post(f"/company/events/{slug}/attendees", {"people": people})
    assert answer.status_code == 200 and f"{PEOPLE} personnes" in answer.text.replace("\u202f", " "), answer.url
    return Crowd(site, slug, domain)


def kill_worker(site: Site) -> None:
    os.killpg(site.worker(), signal.SIGKILL)


def kill_redis(site: Site) -> None:
    os.kill(site.redis_pid(), signal.SIGKILL)


def kill_mail_server(site: Site) -> None:
    os.kill(site.mail_pid(), signal.SIGKILL)


def hang_redis(site: Site) -> None:
    os.kill(site.redis_pid(), signal.SIGSTOP)


@pytest.mark.parametrize("strike", [kill_worker, kill_redis, kill_mail_server, hang_redis])
def test_every_invitation_arrives_once(
    strike: Callable[[Site], None], crowd: Crowd, organiser: Visitor, site: Site
) -> None:
    before = crowd.count()
    organiser.post(f"/company/events/{crowd.slug}/attendees/send", {})
    eventually(lambda: crowd.count() >= before + STRUCK_AFTER, "the first invitations leave", SECONDS)
    strike(site)
    struck_at = crowd.count() - before
    assert struck_at < PEOPLE, "the strike came too late to show anything"
    eventually(lambda: redis.running(site.instance), "Redis answers again")
    if strike is kill_worker:
        let_leases_end(site)
    eventually(lambda: crowd.waiting() == 0, f"all leave, after {struck_at} had", SECONDS)

    mails = crowd.received()
    copies = Counter(mail.envelope_to[0] for mail in mails)
    assert len(copies) == PEOPLE, f"{PEOPLE - len(copies)} people got nothing"
    by_id = {mail.message_id for mail in mails}
    assert len(by_id) == PEOPLE, "a repeat is the same message"
    repeated = sum(copies.values()) - PEOPLE
    # Only what a worker had in its hands, between the server's 250 and our commit, may come twice.
    assert repeated <= (2 if strike in (kill_worker, kill_mail_server) else 0), f"{repeated} came twice"


def let_leases_end(site: Site) -> None:
    """What a dead worker had claimed returns after five minutes: make them pass, and wake the sweep."""
    for table in ("outgoing_mail", "outbox"):
        site.ask(f"update {table} set claimed_at = claimed_at - interval '6 minutes' where state = 'claimed'")
    celery = make_celery(address(site.instance))
    for name in ("outbox.sweep", "mail.sweep"):
        celery.send_task(name)
    celery.close()
