"""Ensemble: a modular Flask application. `create_app` wires settings, extensions, doors and the command line."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import click
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from app import (
    _collector,
    cli,
    errors,
    formatting,
    gateway,
    logs,
    models,
    navigation,
    nudges,
    status_words,
    translation,
    web,
)
from app.accounts import identity
from app.accounts.models import User
from app.address import LocalNames, OneAddress
from app.blueprints import register_blueprints
from app.config import SettingError, Settings
from app.core import pool
from app.core.db import use_sessions
from app.embedded.connect import connector
from app.extensions import babel, csrf, db, limiter, migrate, security
from app.mail.security_mail import SecurityMail

UPLOAD_BYTES = 64 * 1024 * 1024  # several photos at once; each is limited in app/offers/media.py


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """The application for one process.

    `settings` default to the environment's. `overrides` are Flask configuration values for tests.
    Raises SettingError when a setting is missing or wrong.
    """
    settings = settings or _settings()
    app = Flask(__name__)
    app.config.update(_flask_config(settings))
    app.config.update(overrides)
    app.extensions["settings"] = settings
    logs.configure(app)
    known = LocalNames if settings.embedded else OneAddress
    app.wsgi_app = known(app.wsgi_app, settings.base_url)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.wsgi_app = static_files(app)  # type: ignore[method-assign]
    web.register(app)
    _bind_extensions(app)
    translation.register(app)
    formatting.register(app)
    status_words.register(app)
    navigation.register(app)
    gateway.register(app, settings)
    errors.register(app)
    register_blueprints(app)
    cli.register(app)
    nudges.register(settings)
    return app


def _settings() -> Settings:
    """The environment's settings; a `flask` command says in one sentence, without a traceback, what is wrong."""
    try:
        return Settings.from_env(os.environ)
    except SettingError as error:
        if click.get_current_context(silent=True) is None:
            raise
        raise click.ClickException(str(error)) from error


def static_files(app: Flask) -> WhiteNoise:
    """Serves `/static/` before Flask: precompressed, and kept for ever where the name has a hash."""
    return WhiteNoise(
        app.wsgi_app,
        root=os.path.join(app.root_path, "static"),
        prefix="static/",
        max_age=3600,
        autorefresh=app.debug,
        immutable_file_test=r"^.*-[0-9A-Za-z_]{8}\.[a-z0-9]+$",
    )


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    use_sessions(lambda: db.session())
    migrate.init_app(app, db, directory=os.path.join(os.path.dirname(app.root_path), "migrations"))
    csrf.init_app(app)
    babel.init_app(app, locale_selector=web.select_locale, timezone_selector=lambda: "Europe/Paris")
    limiter.init_app(app)
    identity.register(app, security, db.session, User)
    assert models.Base.metadata.tables


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": UPLOAD_BYTES,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 2_000,
        "SESSION_COOKIE_NAME": "ensemble",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),
        "TEMPLATES_AUTO_RELOAD": False,
        "BABEL_DEFAULT_LOCALE": settings.default_locale,
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": settings.secure,
        **_database_config(settings),
        **_limiter_config(settings),
        "SECURITY_MAIL_UTIL": SecurityMail,
        **identity.config(settings),
    }


def _database_config(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "pool_size": 8,
        "max_overflow": 8,
        "pool_timeout": 5,
        "pool_events": pool.EVENTS,
        "pool_recycle": 1800,
        "hide_parameters": True,  # what people typed stays out of the logs
        "connect_args": {"connect_timeout": 5, "options": "-c jit=off -c statement_timeout=15000 -c lock_timeout=5000"},
    }
    if not settings.database_url:
        options["creator"] = connector(settings, options.pop("connect_args"))
    return {
        "SQLALCHEMY_DATABASE_URI": settings.database_url or "postgresql+psycopg://",
        "SQLALCHEMY_ENGINE_OPTIONS": options,
    }


def _limiter_config(settings: Settings) -> dict[str, Any]:
    """Redis may refuse or hang: a limit then counts in memory, and no page waits longer than this timeout."""
    storage = settings.redis_url.replace("unix://", "redis+unix://", 1) or "memory://"
    options = {} if storage == "memory://" else {"socket_timeout": 0.25, "socket_connect_timeout": 0.25}
    return {
        "RATELIMIT_STORAGE_URI": storage,
        "RATELIMIT_STORAGE_OPTIONS": options,
        "RATELIMIT_STRATEGY": "fixed-window",
        "RATELIMIT_SWALLOW_ERRORS": True,
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_HEADERS_ENABLED": False,
    }


_collector.resume()
