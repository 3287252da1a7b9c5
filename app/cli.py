"""The command line: `flask …`. A command's module is read when somebody asks for it, not by every web process."""

from __future__ import annotations

from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

from app.demo import people

MODULES = {
    "availability": "app.availability.cli",
    "demo-accounts": "app.demo.cli",
    "invites": "app.mail.cli",
    "operator": "app.accounts.cli",
    "offers": "app.offer_files_cli",
    "search": "app.search.cli",
    "seed": "app.demo.cli",
}
"""Each command and the module that adds it: `register(app)` there adds all that it has."""
NOT_OURS = ("limiter", "roles")  # extensions' commands that cannot work here: no extra of theirs, no table of roles


class Commands(AppGroup):
    """The application's commands: extensions' added at once, ours by their module when one of them is wanted."""

    def __init__(self, app: Flask) -> None:
        super().__init__(commands=dict(app.cli.commands))
        self.app = app

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in order."""
        return sorted({*super().list_commands(ctx), *MODULES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None when there is none."""
        if cmd_name in MODULES and cmd_name not in self.commands:
            import_module(MODULES[cmd_name]).register(self.app)
        return super().get_command(ctx, cmd_name)


def register(app: Flask) -> None:
    """Offer every feature's commands, and the demonstration's log-ins to the sign-in page."""
    for name in NOT_OURS:
        app.cli.commands.pop(name, None)
    app.cli = Commands(app)
    app.config.setdefault("DEMONSTRATION_LOGINS", people.log_ins())
