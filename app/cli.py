"""The command line: `flask …`."""

from __future__ import annotations

from flask import Flask

from app.demo import cli as demo


def register(app: Flask) -> None:
    """Add every feature's commands."""
    demo.register(app)
