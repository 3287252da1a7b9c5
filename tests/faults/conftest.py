"""What breaks while the real product runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.site import Site
from tests.support.visitor import Visitor


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("site"))


@pytest.fixture
def organiser(site: Site) -> Visitor:
    """The demonstration's organiser, logged in."""
    visitor = Visitor(site)
    visitor.log_in("camille@halage.example")
    return visitor
