"""Documents as they were when someone agreed to them: stored bytes and their hash. Never changed."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, session


class Document(Base):
    """A file that is part of an agreement."""

    __tablename__ = "document"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    filename: Mapped[str] = mapped_column(Text)
    mime: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text, index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]


def store(kind: str, filename: str, mime: str, content: bytes, *, now: datetime) -> Document:
    """Keep `content` with its SHA-256. Returns the flushed row."""
    document = Document(
        kind=kind,
        filename=filename,
        mime=mime,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        created_at=now,
    )
    session().add(document)
    session().flush()
    return document
