"""`flask operator create`: the first account of an installation."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from app.accounts import service
from app.config import Settings
from app.core.clock import utcnow
from app.core.db import transaction
from app.core.errors import InvalidInput
from app.extensions import security

PASSWORD_LENGTH = 10


def register(app: Flask) -> None:
    """Add the commands."""
    group = AppGroup("operator", help="Who operates this platform.")
    settings: Settings = app.extensions["settings"]

    @group.command("create")
    @click.argument("email")
    @click.option("--name", prompt=True, help="What to call this person.")
    @click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="At least 10 characters.")
    def create(email: str, name: str, password: str) -> None:
        """Make the person with this e-mail address an operator."""
        if len(password) < PASSWORD_LENGTH:
            raise click.BadParameter(f"a password has at least {PASSWORD_LENGTH} characters", param_hint="--password")
        try:
            address = security.mail_util.validate(email)
        except ValueError as error:
            raise click.BadParameter("this is no e-mail address", param_hint="EMAIL") from error
        _create(settings, address, name, security.password_util.normalize(password))

    app.cli.add_command(group)


def _create(settings: Settings, email: str, name: str, password: str) -> None:
    try:
        with transaction():
            service.create_operator(email, name, password, platform_name=settings.operator.name, now=utcnow())
    except InvalidInput as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{email} operates {settings.operator.name}: sign in at {settings.base_url}/account/login")
