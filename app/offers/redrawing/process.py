"""Drawing photos anew outside the process that asks: bounded in memory, time and number. See `child`."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

import structlog
from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput

CHILD: Final = Path(__file__).with_name("child.py")
SECONDS: Final = 40.0
AT_ONCE: Final = 2
"""Processes at once of each of ours: a gigabyte each at the very most."""
PATIENCE: Final = 20.0

TOO_LARGE: Final = _l("Cette photo compte trop de pixels : 50 millions au plus.")
DAMAGED: Final = _l("Cette photo est abîmée : elle ne peut pas être lue jusqu’au bout.")
BUSY: Final = _l("Beaucoup de photos arrivent en ce moment : renvoyez celle-ci dans une minute.")
SENTENCES: Final[dict[str, Any]] = {
    "large": TOO_LARGE,
    "small": _l("Cette photo est trop petite : au moins 640 pixels de large."),
    "narrow": _l("Cette photo est trop étirée : sa hauteur ne dépasse pas dix fois sa largeur."),
    "svg": _l("Les dessins SVG ne sont pas acceptés : envoyez une photo JPEG, PNG ou WebP."),
    "heic": _l("Le format HEIC n’est pas accepté : enregistrez la photo en JPEG et renvoyez-la."),
    "none": _l("Ce fichier n’est pas une photo JPEG, PNG ou WebP."),
    "two": _l("Ce fichier contient autre chose qu’une photo : enregistrez l’image de nouveau et renvoyez-la."),
    "moving": _l("Cette image est animée : envoyez une photo fixe."),
    "damaged": DAMAGED,
}

log = structlog.get_logger()
_places = threading.BoundedSemaphore(AT_ONCE)


def draw(do: str, content: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What the child answers to a task of its `TASKS`, and the files it drew.

    Raises InvalidInput with a sentence that says what is wrong with the photo.
    """
    if not _places.acquire(timeout=PATIENCE):
        raise InvalidInput(BUSY, field="uploads")
    try:
        answer, body = _ask(do, content)
    finally:
        _places.release()
    if "trouble" in answer:
        raise InvalidInput(SENTENCES.get(answer["trouble"], DAMAGED), field="uploads")
    return answer, _files(answer["files"], body)


def _ask(do: str, content: bytes) -> tuple[dict[str, Any], bytes]:
    command = [sys.executable, "-I", "-B", str(CHILD)]
    sent = json.dumps({"do": do}).encode() + b"\n" + content
    try:
        done = subprocess.run(command, input=sent, capture_output=True, timeout=SECONDS, env={}, check=False)
    except subprocess.TimeoutExpired:
        log.warning("photo process took too long", do=do)
        return {"trouble": "large"}, b""
    if done.returncode != 0:
        log.warning(
            "photo process ended", do=do, code=done.returncode, said=done.stderr[-300:].decode("utf-8", "replace")
        )
        return {"trouble": "damaged"}, b""
    line, _newline, body = done.stdout.partition(b"\n")
    answer: dict[str, Any] = json.loads(line)
    return answer, body


def _files(lengths: list[list[Any]], body: bytes) -> dict[str, bytes]:
    found, at = {}, 0
    for name, length in lengths:
        found[str(name)] = body[at : at + length]
        at += length
    return found
