"""HTTP only: one package per audience, one routes module per noun."""

from __future__ import annotations

from flask import Flask

from app.blueprints.public import health


def register_blueprints(app: Flask) -> None:
    """Bind every blueprint."""
    app.register_blueprint(health.bp)
