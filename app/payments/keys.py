"""Idempotency keys for what has no row of its own yet."""

from __future__ import annotations

import hashlib
from typing import Any


def key_of(kind: str, wanted: Any) -> str:
    """The same key for the same wish, however often it is asked: a repeat after a timeout takes effect once."""
    return f"{kind}-{hashlib.sha256(repr(wanted).encode()).hexdigest()[:32]}"
