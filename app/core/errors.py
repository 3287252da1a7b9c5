"""What can go wrong in the domain. `app/errors.py` maps each class to a status and a page, once.

Messages are sentences for the person who reads the page: they say what to do.
"""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """Base of all errors that a person may read."""

    def __init__(self, message: Any = "") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(DomainError):
    """The person may not do this (403)."""


class NotFound(DomainError):
    """There is no such thing, or not for this person (404)."""


class InvalidInput(DomainError):
    """What was typed can't be used (422).

    `field` names the field that the sentence belongs to; `fields` holds one sentence for each of several.
    """

    def __init__(self, message: Any = "", *, field: str | None = None, fields: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.fields = fields or ({field: message} if field else {})


class InvalidTransition(DomainError):
    """The thing is in a state in which this can't be done any more, or not yet (409)."""


class Unavailable(DomainError):
    """Something scarce is gone: the slot is taken, the hold has expired (409)."""


class GatewayError(DomainError):
    """A service outside failed (503, or 422 for a permanent refusal).

    `permanent` is true when asking again can't help.
    """

    def __init__(self, message: Any = "", *, permanent: bool = False, code: str | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.code = code
