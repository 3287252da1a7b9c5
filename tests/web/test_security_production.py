"""The application as it runs for real, in a process of its own: its extensions belong to the process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

PRODUCTION = {
    "ENSEMBLE_MODE": "production",
    "BASE_URL": "https://ensemble.example.com",
    "SMTP_URL": "smtp://127.0.0.1:9",
    "MAIL_SENDER": "bonjour@example.com",
    "INVITES_DOMAIN": "invites.example.com",
    "SECRET_KEY": "a" * 40,
    "PASSWORD_SALT": "b" * 40,
    "MEDIA_URL": "file:///tmp/media",
    "STRIPE_SECRET_KEY": "sk_test_1",
    "STRIPE_WEBHOOK_SECRETS": "whsec_1",
    "COMMISSION_BPS": "800",
    "OPERATOR_NAME": "Ensemble",
    "OPERATOR_LEGAL_FORM": "SAS",
    "OPERATOR_SIREN": "732829320",
    "OPERATOR_VAT_NUMBER": "FR44732829320",
    "OPERATOR_ADDRESS": "1 rue de la Paix, Paris",
    "OPERATOR_EMAIL": "contact@example.com",
    "TRUSTED_PROXIES": "1",
    "TILE_URL": "https://{s}.tiles.example.net/{z}/{x}/{y}.png",
}
SCRIPT = """
import json
from flask import request, url_for
from app import create_app

app = create_app(WTF_CSRF_ENABLED=False, RATELIMIT_STORAGE_URI="memory://", RATELIMIT_STORAGE_OPTIONS={})
seen = {}

@app.before_request
def note():
    if request.path == "/":
        seen["host"], seen["link"] = request.host_url, url_for("home.index", _external=True)

client = app.test_client()
forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
home = client.get("/", headers=forged)
seen["policy"] = home.headers["Content-Security-Policy"]
seen["demonstration"] = [client.get(at).status_code for at in ("/mailbox/", "/mailbox/x/raw", "/styleguide")]
login = client.get("/account/login")
seen["login"], seen["cookies"] = login.text, client.post("/locale", data={"locale": "en"}).headers.getlist("Set-Cookie")
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen(database_url: str, redis_url: str) -> dict[str, Any]:
    settings = {**os.environ, **PRODUCTION, "DATABASE_URL": database_url, "REDIS_URL": redis_url}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=settings, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_site_has_one_address(seen: dict[str, Any]) -> None:
    assert (seen["host"], seen["link"]) == ("https://ensemble.example.com/", "https://ensemble.example.com/")


def test_what_belongs_to_the_demonstration_is_not_there(seen: dict[str, Any]) -> None:
    assert seen["demonstration"] == [404, 404, 404]
    assert "démonstration" not in seen["login"] and "demo-" not in seen["login"]


def test_cookies_stay_on_this_site_and_out_of_scripts(seen: dict[str, Any]) -> None:
    [session] = [cookie for cookie in seen["cookies"] if cookie.startswith("ensemble=")]
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in session.split(";")}


def test_the_policy_allows_our_own_code_and_the_map_alone(seen: dict[str, Any]) -> None:
    rules = dict(rule.strip().split(" ", 1) for rule in seen["policy"].split(";"))
    assert rules["img-src"] == "'self' data: https://*.tiles.example.net"
    assert "unsafe" not in seen["policy"] and rules["object-src"] == "'none'" and rules["base-uri"] == "'none'"
