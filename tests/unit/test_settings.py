"""A setting that is missing or wrong stops the start with its name; what belongs to the demonstration stays there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.config import SettingError, Settings

GOOD = {
    "ENSEMBLE_MODE": "production",
    "BASE_URL": "https://ensemble.example.com",
    "DATABASE_URL": "postgresql://ensemble:secret@db.example.com/ensemble",
    "REDIS_URL": "redis://redis.example.com:6379/0",
    "SMTP_URL": "smtp://user:secret@smtp.example.com:587?starttls=true",
    "MAIL_SENDER": "bonjour@example.com",
    "INVITES_DOMAIN": "invites.example.com",
    "SECRET_KEY": "k" * 40,
    "PASSWORD_SALT": "s" * 40,
    "MEDIA_URL": "s3://bucket/media",
    "STRIPE_SECRET_KEY": "sk_test_ours",
    "STRIPE_WEBHOOK_SECRETS": "whsec_new,whsec_old",
    "COMMISSION_BPS": "800",
    "OPERATOR_NAME": "Ensemble",
    "OPERATOR_LEGAL_FORM": "SAS",
    "OPERATOR_SIREN": "732829320",
    "OPERATOR_VAT_NUMBER": "FR44732829320",
    "OPERATOR_ADDRESS": "1 rue de la Paix, 75002 Paris",
    "OPERATOR_EMAIL": "contact@example.com",
}
NEEDED = sorted(set(GOOD) - {"ENSEMBLE_MODE"})
WRONG = [
    ("BASE_URL", "ensemble.example.com"),
    ("BASE_URL", "http://ensemble.example.com"),
    ("BASE_URL", "https://ensemble.example.com/shop"),
    ("DATABASE_URL", "sqlite:///ensemble.db"),
    ("DATABASE_URL", "postgresql://"),
    ("DATABASE_URL", "postgresql://u:p@host:port/name"),
    ("REDIS_URL", "http://redis"),
    ("REDIS_URL", "redis://"),
    ("REDIS_URL", "redis://host:port"),
    ("SMTP_URL", "smtp://"),
    ("SMTP_URL", "mail.example.com"),
    ("MAIL_SENDER", "bonjour"),
    ("INVITES_DOMAIN", "invites@example.com"),
    ("INVITES_DOMAIN", "https://invites.example.com"),
    ("SECRET_KEY", "short"),
    ("MEDIA_URL", "/srv/media"),
    ("MEDIA_URL", "file://media"),
    ("MEDIA_URL", "gopher://media"),
    ("STRIPE_SECRET_KEY", "pk_test_public"),
    ("STRIPE_WEBHOOK_SECRETS", "secret"),
    ("STRIPE_SECRET_KEY", "sk_"),
    ("STRIPE_WEBHOOK_SECRETS", ","),
    ("STRIPE_WEBHOOK_SECRETS", "whsec_"),
    ("STRIPE_WEBHOOK_SECRETS", "whsec_new,whsec_"),
    ("COMMISSION_BPS", "8 %"),
    ("COMMISSION_BPS", "10001"),
    ("COMMISSION_BPS", "²"),
    ("TRUSTED_PROXIES", "one"),
    ("TRUSTED_PROXIES", "²"),
    ("OPERATOR_SIREN", "732829321"),
    ("OPERATOR_VAT_NUMBER", "FR00732829320"),
    ("OPERATOR_EMAIL", "contact"),
    ("TILE_URL", "https://tiles.example.com/"),
    ("PORT", "http"),
    ("PORT", "65536"),
    ("STRIPE_API_BASE", "http://127.0.0.1:1"),
]


def test_good_settings_are_read() -> None:
    found = Settings.from_env(GOOD)
    assert (found.embedded, found.secure, found.commission_bps) == (False, True, 800)
    assert found.stripe_webhook_secrets == ("whsec_new", "whsec_old")


@pytest.mark.parametrize("name", NEEDED)
def test_one_that_is_missing_is_named_and_described(name: str) -> None:
    with pytest.raises(SettingError, match=rf"^{name} is missing: it should be .{{4,}}"):
        Settings.from_env({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_one_that_is_wrong_is_named_and_its_value_is_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=rf"^{name} ") as stopped:
        Settings.from_env(GOOD | {name: value})
    assert f" {value} " not in str(stopped.value)


@pytest.mark.parametrize("name", ["SECRET_KEY", "PASSWORD_SALT", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS"])
def test_the_demonstrations_secrets_never_work_in_production(name: str) -> None:
    embedded = Settings.from_env({})
    secrets = {
        "SECRET_KEY": embedded.secret_key,
        "PASSWORD_SALT": embedded.password_salt,
        "STRIPE_SECRET_KEY": embedded.stripe_secret_key,
        "STRIPE_WEBHOOK_SECRETS": "whsec_mine," + embedded.stripe_webhook_secrets[0],
    }
    with pytest.raises(SettingError, match=f"^{name} is the demonstration’s"):
        Settings.from_env(GOOD | {name: secrets[name]})


def test_one_machine_needs_no_setting_and_takes_no_live_key() -> None:
    assert Settings.from_env({}).embedded
    with pytest.raises(SettingError, match=r"^STRIPE_SECRET_KEY is a live key"):
        Settings.from_env({"STRIPE_SECRET_KEY": "sk_live_1"})


def test_a_production_site_on_this_machine_may_do_without_https() -> None:
    assert not Settings.from_env(GOOD | {"BASE_URL": "http://127.0.0.1:8000"}).secure


def test_secrets_are_not_shown() -> None:
    shown = repr(Settings.from_env(GOOD))
    assert "secret@" not in shown and "kkkk" not in shown and "ssss" not in shown and "whsec_new" not in shown


def test_the_readme_names_every_setting_that_is_needed() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert [name for name in NEEDED if not re.search(rf"`{name}`", readme)] == []
