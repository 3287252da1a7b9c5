"""Settings: read from the environment once, frozen, checked. A missing or wrong one stops the start with its name.

Two modes. `embedded` (the default) runs everything on one machine with parts from wheels and needs no setting at all;
`production` needs every one that has no safe default, and refuses demonstration secrets.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from stdnum.fr import siren, tva


class SettingError(Exception):
    """A setting is missing or wrong. The message names it and says what it should look like."""


DEMO_SECRETS_BEGIN = "demonstration-only-"
STANDIN_KEY = "sk_test_standin"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Who runs this installation: printed on quotes, in legal pages and in mails."""

    name: str
    legal_form: str
    siren: str
    vat_number: str
    address: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that can be set from outside. Secrets are kept out of `repr`."""

    mode: str
    base_url: str
    instance_dir: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    smtp_url: str = field(repr=False)
    mail_sender: str
    mail_sender_name: str
    invites_domain: str
    secret_key: str = field(repr=False)
    password_salt: str = field(repr=False)
    media_url: str = field(repr=False)
    stripe_secret_key: str = field(repr=False)
    stripe_webhook_secrets: tuple[str, ...] = field(repr=False)
    stripe_api_base: str | None
    trusted_proxies: int
    commission_bps: int
    operator: Operator
    default_locale: str = "fr"
    tile_url: str | None = None
    worker_ready_file: Path | None = None
    """Set by the supervisor: the worker makes this file once it can work, and `/healthz` waits for it."""

    @property
    def embedded(self) -> bool:
        """Whether this is the one-machine default: mailbox page, demonstration log-ins, Stripe stand-in."""
        return self.mode == "embedded"

    @property
    def secure(self) -> bool:
        """Whether the site's own address is https."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check all settings. Raises SettingError naming the first that is missing or wrong."""
        mode = environ.get("ENSEMBLE_MODE", "embedded").strip()
        if mode not in ("embedded", "production"):
            raise SettingError("ENSEMBLE_MODE must be “embedded” or “production”.")
        read = _Reader(environ, production=mode == "production")
        settings = cls(mode=mode, **_read_all(read))
        if settings.stripe_secret_key.startswith("sk_live_") and settings.embedded:
            raise SettingError("STRIPE_SECRET_KEY is a live key: the embedded mode takes test keys (sk_test_…) only.")
        if not settings.embedded:
            settings._check_production()
        return settings

    def _check_production(self) -> None:
        """What is good enough on one machine only. Raises SettingError."""
        if self.stripe_api_base:
            raise SettingError("STRIPE_API_BASE points to a stand-in: leave it out in production.")
        if self.stripe_secret_key == STANDIN_KEY:
            raise SettingError("STRIPE_SECRET_KEY is the demonstration’s: take your own from Stripe’s dashboard.")
        if not self.secure and urlsplit(self.base_url).hostname not in LOOPBACK:
            raise SettingError("BASE_URL must begin with https:// in production, else cookies travel unprotected.")


def _read_all(read: _Reader) -> dict[str, Any]:
    port = read.text("PORT", "a port number such as 8000", embedded="8000", production="8000", check=_is_port)
    return {
        "base_url": read.text(
            "BASE_URL",
            "the site’s address such as https://ensemble.example.com",
            f"http://localhost:{port}",
            check=_is_site,
        ).rstrip("/"),
        "instance_dir": Path(read.text("INSTANCE_DIR", "a folder", "instance", "instance")).resolve(),
        "database_url": psycopg_url(
            read.text("DATABASE_URL", "postgresql://user:password@host/name", "", check=_is_database)
        ),
        "redis_url": read.text("REDIS_URL", "redis://host:6379/0", "", check=_is_redis),
        "smtp_url": read.text("SMTP_URL", "smtp://user:password@host:587?starttls=true", "", check=_is_smtp),
        "mail_sender": read.text(
            "MAIL_SENDER", "an address such as bonjour@example.com", "bonjour@ensemble.test", check=_is_mail
        ),
        "mail_sender_name": read.text("MAIL_SENDER_NAME", "a name", "Ensemble", "Ensemble"),
        "invites_domain": read.text(
            "INVITES_DOMAIN",
            "the domain that receives calendar replies, such as invites.example.com",
            "invites.ensemble.test",
            check=_is_domain,
        ),
        "secret_key": read.secret("SECRET_KEY"),
        "password_salt": read.secret("PASSWORD_SALT"),
        "media_url": read.text(
            "MEDIA_URL", "an fsspec address such as file:///srv/media or s3://bucket/media", "", check=_is_media
        ),
        "stripe_secret_key": read.text(
            "STRIPE_SECRET_KEY",
            "a key that starts with sk_",
            STANDIN_KEY,
            check=lambda v: v.startswith(("sk_", "rk_")) and len(v) > 3,
        ),
        "stripe_webhook_secrets": read.parts(
            "STRIPE_WEBHOOK_SECRETS", "whsec_… (two, separated by a comma, while rotating)"
        ),
        "stripe_api_base": read.text("STRIPE_API_BASE", "an address", "", "") or None,
        "trusted_proxies": int(read.text("TRUSTED_PROXIES", "a whole number of proxies", "0", "0", check=_is_number)),
        "commission_bps": int(read.text("COMMISSION_BPS", "basis points, such as 800 for 8 %", "800", check=_is_bps)),
        "operator": _operator(read),
        "tile_url": read.text("TILE_URL", "an address with {z}/{x}/{y}", "", "", check=_is_tiles) or None,
        "worker_ready_file": _path(read.text("WORKER_READY_FILE", "a file", "", "")),
    }


def _operator(read: _Reader) -> Operator:
    return Operator(
        name=read.text("OPERATOR_NAME", "the company that runs this site", "Ensemble (démonstration)"),
        legal_form=read.text("OPERATOR_LEGAL_FORM", "a legal form such as SAS", "SAS"),
        siren=read.text("OPERATOR_SIREN", "the 9 digits of a SIREN", "732829320", check=siren.is_valid),
        vat_number=read.text("OPERATOR_VAT_NUMBER", "FR, a key and the SIREN", "FR44732829320", check=tva.is_valid),
        address=read.text("OPERATOR_ADDRESS", "the registered address", "1 rue de la Démonstration, 69002 Lyon"),
        email=read.text(
            "OPERATOR_EMAIL", "an address such as contact@example.com", "contact@ensemble.test", check=_is_mail
        ),
    )


def psycopg_url(url: str) -> str:
    """A libpq address as SQLAlchemy wants it for psycopg 3."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg://", url)


def _path(value: str) -> Path | None:
    return Path(value) if value else None


def _split(value: str) -> SplitResult | None:
    """The parts of an address; None for what is none, such as one whose port is no number."""
    try:
        parts = urlsplit(value)
        return parts if parts.port is None or parts.port else None
    except ValueError:
        return None


def _is_database(value: str) -> bool:
    parts = _split(value)
    named = parts is not None and (len(parts.path) > 1 or "service=" in parts.query)
    return named and bool(re.match(r"postgres(ql)?(\+psycopg)?://", value))


def _is_redis(value: str) -> bool:
    parts = _split(value)
    if parts is None:
        return False
    return bool(parts.path) if parts.scheme == "unix" else parts.scheme in ("redis", "rediss") and bool(parts.hostname)


def _is_smtp(value: str) -> bool:
    parts = _split(value)
    return parts is not None and parts.scheme in ("smtp", "smtps") and bool(parts.hostname)


def _is_http(value: str) -> bool:
    parts = _split(value)
    return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_site(value: str) -> bool:
    """An address at the root of its host: the site's own paths follow."""
    return _is_http(value) and urlsplit(value)[2:] in (("", "", ""), ("/", "", ""))


def _is_tiles(value: str) -> bool:
    return _is_http(value.replace("{s}", "a")) and all(part in value for part in ("{z}", "{x}", "{y}"))


def _is_media(value: str) -> bool:
    """Where photos can lie: a folder of this machine or a bucket (the two kinds that are installed and tested)."""
    return bool(re.fullmatch(r"(file|local)://(/.*)|s3://[^/].*", value))


def _is_domain(value: str) -> bool:
    return bool(re.fullmatch(r"(?!-)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", value))


def _is_number(value: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,9}", value))


def _is_port(value: str) -> bool:
    return _is_number(value) and 0 < int(value) < 65536


def _is_mail(value: str) -> bool:
    return bool(re.fullmatch(r"[^@\s]+@[^@\s]+", value))


def _is_bps(value: str) -> bool:
    return _is_number(value) and int(value) <= 10_000


@dataclass(frozen=True)
class _Reader:
    environ: Mapping[str, str]
    production: bool

    def text(
        self,
        name: str,
        looks_like: str,
        embedded: str = "",
        production: str | None = None,
        *,
        check: Callable[[str], bool] | None = None,
    ) -> str:
        default = production if self.production else embedded
        value = self.environ.get(name, "").strip()
        if not value:
            if default is None:
                raise SettingError(f"{name} is missing: it should be {looks_like}.")
            return default
        if check is not None and not check(value):
            raise SettingError(f"{name} is wrong: it should be {looks_like}.")
        return value

    def secret(self, name: str) -> str:
        value = self.text(
            name, "a random text of at least 32 characters", DEMO_SECRETS_BEGIN + name.lower() + "-0000000000"
        )
        if len(value) < 32:
            raise SettingError(f"{name} is too short: it should be a random text of at least 32 characters.")
        if self.production and value.startswith(DEMO_SECRETS_BEGIN):
            raise SettingError(
                f"{name} is the demonstration’s: make one of your own, of at least 32 random characters."
            )
        return value

    def parts(self, name: str, looks_like: str) -> tuple[str, ...]:
        value = self.text(name, looks_like, "whsec_demonstration")
        found = tuple(part.strip() for part in value.split(",") if part.strip())
        if not found or not all(re.fullmatch("whsec_.+", part) for part in found):
            raise SettingError(f"{name} is wrong: it should be {looks_like}.")
        if self.production and "whsec_demonstration" in found:
            raise SettingError(f"{name} is the demonstration’s: take your own from Stripe’s dashboard.")
        return found


def main() -> int:
    """Before a process starts (`python app/config.py`): 1 after naming a setting that is missing or wrong."""
    try:
        Settings.from_env(os.environ)
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
