"""The embedded parts, in the order of their start, and the setting that replaces each."""

from pathlib import Path
from typing import Protocol

from app.config import STANDIN_KEY, Settings
from app.embedded import postgres, redis
from app.embedded.places import Places
from app.embedded.services import MAIL, STRIPE


class Part(Protocol):
    """What the supervisor and the keeper ask of every part."""

    def start(self, instance_dir: str | Path) -> str:
        """Start it, or find it running; its URL."""

    def stop(self, instance_dir: str | Path) -> bool:
        """Stop it; False when it was not running."""

    def running(self, instance_dir: str | Path) -> bool:
        """Whether it answers now."""

    def address(self, instance_dir: str | Path) -> str:
        """Its URL, whether it runs or not."""


PARTS: dict[str, Part] = {"postgres": postgres, "redis": redis, "mail": MAIL, "stripe": STRIPE}
SETTING = {"postgres": "DATABASE_URL", "redis": "REDIS_URL", "mail": "SMTP_URL", "stripe": "STRIPE_API_BASE"}


def embedded_parts(settings: Settings) -> list[str]:
    """The parts that no setting replaces, in the order of their start."""
    given = {
        "postgres": settings.database_url,
        "redis": settings.redis_url,
        "mail": settings.smtp_url,
        "stripe": settings.stripe_api_base or settings.stripe_secret_key != STANDIN_KEY,
    }
    return [name for name in PARTS if not given[name]]


def stop_all(places: Places) -> None:
    """Stop every part of the instance, the last to start first."""
    for part in reversed(PARTS.values()):
        part.stop(places.instance)
