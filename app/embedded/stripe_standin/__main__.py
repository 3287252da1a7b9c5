"""`python -m app.embedded.stripe_standin --port N --data DIR [--webhook-url URL --webhook-secret whsec_…]`."""

import argparse
import logging
import signal
import sqlite3
import sys
from pathlib import Path
from urllib.parse import urlsplit

from .server import Service


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="stripe_standin", description="A local stand-in for Stripe (test mode only).")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1 (0: any)")
    parser.add_argument("--data", type=Path, required=True, help="folder that keeps its state")
    parser.add_argument("--webhook-url", help="where events are delivered")
    parser.add_argument("--webhook-secret", help="what signs them (whsec_…)")
    parser.add_argument("--retry-seconds", type=float, default=2.0, help="pause before the first retry; it doubles")
    parser.add_argument("--verbose", action="store_true", help="one line a request")
    given = parser.parse_args(words)
    if given.webhook_url and urlsplit(given.webhook_url).scheme not in ("http", "https"):
        parser.error("--webhook-url must begin with http:// or https://")
    if given.webhook_url and not (given.webhook_secret or "").startswith("whsec_"):
        parser.error("--webhook-url needs a --webhook-secret that begins with whsec_")
    return given


def main(words: list[str]) -> int:
    given = arguments(words)
    logging.basicConfig(level=logging.DEBUG if given.verbose else logging.WARNING, format="%(name)s %(message)s")
    try:
        service = Service(given.port, given.data, given.retry_seconds)
    except (OSError, sqlite3.Error) as error:
        print(f"The Stripe stand-in cannot start: {error}.", file=sys.stderr)
        return 1
    service.webhook(given.webhook_url, given.webhook_secret)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: service.stop())
    print(f"stripe stand-in listening on http://127.0.0.1:{service.port}", flush=True)
    service.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
