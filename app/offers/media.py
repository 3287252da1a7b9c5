"""Photos: drawn anew without metadata, and stored below MEDIA_URL.

What a person uploads is never stored and never served: only what we have drawn of it. `read` draws what the page shows
at once; `complete` draws the rest, in a worker, because AVIF takes its time.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Final

import fsspec
from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput, NotFound
from app.offers.redrawing.child import FIRST, LEAST_WIDTH, MASTER, MAX_PIXELS, WIDTHS
from app.offers.redrawing.process import draw

__all__ = ["FIRST", "KINDS", "LEAST_WIDTH", "MAX_BYTES", "MAX_PIXELS", "WIDTHS"]

MAX_BYTES: Final = 12 * 1024 * 1024
KINDS: Final = ("webp", "avif")
EVERYTHING: Final = (*(f"{kind}-{width}" for kind in KINDS for width in WIDTHS), MASTER)
TOO_HEAVY: Final = _l("Cette photo est trop lourde : 12 Mo au plus.")


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo drawn anew: its size in pixels at the largest width, a tiny WebP in base64, and files by name."""

    width: int
    height: int
    blur: str
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a picture lies below MEDIA_URL, without name and extension; its size, placeholder, and what there is."""

    key: str
    width: int
    height: int
    blur: str = ""
    variants: tuple[str, ...] = (FIRST,)


def place_of(media_url: str, instance_dir: object) -> str:
    """Where pictures lie: MEDIA_URL, or a folder of the instance while it is empty."""
    return media_url or f"file://{instance_dir}/media"


def read(content: bytes) -> Picture:
    """A photo from the bytes that someone sent. Raises InvalidInput with a sentence that says what is wrong."""
    if len(content) > MAX_BYTES:
        raise InvalidInput(TOO_HEAVY, field="uploads")
    answer, files = draw("first", content)
    return Picture(int(answer["width"]), int(answer["height"]), str(answer["blur"]), files)


def store(media_url: str, picture: Picture) -> Stored:
    """Write a picture below MEDIA_URL, under a key that nobody can guess. Call it outside any transaction."""
    key = secrets.token_hex(16)
    _write(media_url, key, picture.files)
    return Stored(key, picture.width, picture.height, picture.blur)


def complete(media_url: str, key: str) -> tuple[str, ...]:
    """Draw and write what a stored picture still lacks; the names of all there is then. May be called twice.

    Call it outside any transaction. Raises NotFound when the picture isn't there (any more).
    """
    _answer, files = draw("rest", _read(media_url, key, MASTER))
    _write(media_url, key, files)
    return (FIRST, *files)


def forget_master(media_url: str, key: str) -> None:
    """Remove what the rest was drawn from, once the rest is there."""
    _remove(media_url, key, MASTER)


def load(media_url: str, key: str, name: str) -> bytes:
    """The bytes of a stored picture, by name: `webp-960`. Raises NotFound when it isn't there (any more)."""
    kind, _dash, width = name.partition("-")
    if kind not in KINDS or not width.isdigit() or int(width) not in WIDTHS:
        raise NotFound
    return _read(media_url, key, name)


def delete(media_url: str, key: str) -> None:
    """Remove a stored picture. One that is gone already stays gone."""
    for name in EVERYTHING:
        _remove(media_url, key, name)


def sources(variants: list[str] | tuple[str, ...], width: int, kind: str) -> list[tuple[int, int]]:
    """What there is of a photo in one kind: pairs of the width in its address and its true width, smallest first."""
    there = sorted(int(name.partition("-")[2]) for name in variants if name.partition("-")[0] == kind)
    return [(each, min(each, width)) for each, before in zip(there, (0, *there), strict=False) if before < width]


def _read(media_url: str, key: str, name: str) -> bytes:
    try:
        with fsspec.open(_path(media_url, key, name), "rb") as file:
            content: bytes = file.read()
    except OSError as error:
        raise NotFound from error
    return content


def _write(media_url: str, key: str, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        with fsspec.open(_path(media_url, key, name), "wb", **_options(media_url)) as file:
            file.write(content)


def _remove(media_url: str, key: str, name: str) -> None:
    system, path = fsspec.core.url_to_fs(_path(media_url, key, name))
    if system.exists(path):
        system.rm_file(path)


def _path(media_url: str, key: str, name: str) -> str:
    kind, _dash, width = name.partition("-")
    end = f"{width}.{kind}" if width else "master.jpg"
    return f"{media_url.rstrip('/')}/photos/{key[:2]}/{key}-{end}"


def _options(media_url: str) -> dict[str, Any]:
    return {"auto_mkdir": True} if media_url.startswith("file:") else {}
