"""Who may open a route: every view carries one of these marks, and a test fails for a view without."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import redirect, request, url_for
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address

from app.accounts.person import Person
from app.accounts.roles import Action
from app.core.errors import NotAllowed
from app.web import current_person

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anyone may open this: no log-in is asked."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def logged_in(view: View) -> View:
    """Any person with a log-in may open this."""
    return _guarded(view, None)


def requires(action: Action) -> Callable[[View], View]:
    """Only a person whose role in her current organisation allows `action` may open this."""
    return lambda view: _guarded(view, action)


def _guarded(view: View, action: Action | None) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        person = current_person()
        if person is None:
            target = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("security.login", next=target))
        if action is not None and not person.can(action):
            raise NotAllowed(_("Votre rôle dans cette organisation ne permet pas d’ouvrir cette page."))
        return view(*args, **kwargs)

    guarded.access = action or "logged_in"  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def by_person() -> str:
    """What a limit counts by, for what only a log-in can do: the person, wherever she is."""
    found = current_person()
    return found.actor if found is not None else get_remote_address()


def person() -> Person:
    """The logged-in person, in a view marked `logged_in` or `requires`."""
    found = current_person()
    if found is None:
        raise NotAllowed(_("Connectez-vous pour continuer."))
    return found
