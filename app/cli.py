"""The command line: `flask …`."""

from __future__ import annotations

from flask import Flask

from app.accounts import cli as accounts
from app.availability import cli as availability
from app.demo import cli as demo
from app.mail import cli as invites
from app.search import cli as search

NOT_OURS = ("limiter", "roles")  # extensions' commands that cannot work here: no extra of theirs, no table of roles


def register(app: Flask) -> None:
    """Add every feature's commands."""
    for name in NOT_OURS:
        app.cli.commands.pop(name, None)
    accounts.register(app)
    availability.register(app)
    demo.register(app)
    invites.register(app)
    search.register(app)
