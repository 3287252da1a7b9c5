"""What a reviewer would say twice."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = [path for part in ("app", "workers") for path in sorted((ROOT / part).rglob("*.py"))]
TEMPLATES = sorted((ROOT / "app" / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "mail" not in path.relative_to(ROOT / "app" / "templates").parts]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_only_the_transaction_commits() -> None:
    committing = [
        name(path) for path in OURS if re.search(r"\.commit\(", path.read_text()) and "embedded" not in path.parts
    ]
    assert committing == ["app/core/db.py"]


@pytest.mark.parametrize("path", OURS, ids=name)
def test_files_and_functions_stay_small(path: Path) -> None:
    source = path.read_text()
    assert source.count("\n") <= 400
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{node.name} is too long"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_stay_small(path: Path) -> None:
    assert path.read_text().count("\n") <= 150


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_have_no_inline_code_or_style(path: Path) -> None:
    found = re.findall(
        r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*\bsrc=)(?![^>]*nonce)", path.read_text()
    )
    assert found == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_forms_that_change_something_carry_a_token(path: Path) -> None:
    source = path.read_text()
    for form in re.findall(r"<form[^>]*method=.post.*?</form>", source, flags=re.S | re.I):
        assert re.search(r"csrf_token|hidden_tag|\bcsrf\(|token\(", form), form[:200]


def test_signals_that_are_published_are_known() -> None:
    from app.reactions import REACTIONS

    published = {found for path in OURS for found in re.findall(r"\bpublish\(\s*\"([a-z_.]+)\"", path.read_text())}
    assert published - set(REACTIONS) == set()
