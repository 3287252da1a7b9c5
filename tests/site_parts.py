"""The fixture `site`: one run of the real product for all tests that look at it from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The product with its demonstration catalogue; it stops at the end, also after failures."""
    if there := os.environ.get("ENSEMBLE_SITE"):  # one that `make run` has started: quick while a test is written
        yield Site.at(Path(there))
        return
    running = Site(tmp_path_factory.mktemp("site") / "instance")
    try:
        running.start()
        yield running
    finally:
        running.stop()
