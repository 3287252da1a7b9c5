"""Labels of demonstration offers, with a certificate that says what it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.core import documents
from app.core.clock import french_date
from app.core.db import session
from app.core.documents import Document
from app.demo.seeds import OfferSeed
from app.offers.models import LabelState

KIND, FILENAME = "label_proof", "attestation-d-exemple.txt"
CONTENT = "Attestation d’exemple, propre à la démonstration.\n".encode()


def label_rows(numbered: Iterable[tuple[int, int, OfferSeed]], now: datetime) -> Iterator[dict[str, Any]]:
    """Rows of labels for offers with their ids: accepted, with a last day from one month to two years away."""
    proof, today = 0, french_date(now)
    for offer_id, _version_id, one in numbered:
        for code in one.labels:
            proof = proof or _proof(now)
            yield {
                "offer_id": offer_id,
                "code": code,
                "document_id": proof,
                "valid_until": today + timedelta(days=40 + offer_id * 37 % 690),
                "state": LabelState.ACCEPTED,
                "reason": "",
                "created_at": one.published_at,
            }


def _proof(now: datetime) -> int:
    query = select(Document.id).where(Document.kind == KIND, Document.filename == FILENAME).limit(1)
    found = session().scalar(query)
    return found or documents.store(KIND, FILENAME, "text/plain", CONTENT, now=now).id
