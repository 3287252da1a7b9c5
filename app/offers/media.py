"""Photos: verified, turned upright, made small in three widths without metadata, and stored below MEDIA_URL.

What a person uploads is never served: only what we have drawn anew from it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import fsspec
from flask_babel import lazy_gettext as _l
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from app.core.errors import InvalidInput, NotFound

MAX_BYTES: Final = 12 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
LEAST_WIDTH: Final = 640
TALLEST: Final = 10
"""Heights to a width: WebP ends at 16,383 pixels."""
WIDTHS: Final = (480, 960, 1600)
QUALITY: Final = 80
FORMATS: Final = ("JPEG", "PNG", "WEBP")
BOMBS: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

TOO_HEAVY = _l("Cette photo est trop lourde : 12 Mo au plus.")
TOO_LARGE = _l("Cette photo compte trop de pixels : 50 millions au plus.")
TOO_SMALL = _l("Cette photo est trop petite : au moins 640 pixels de large.")
TOO_NARROW = _l("Cette photo est trop étirée : sa hauteur ne dépasse pas dix fois sa largeur.")
NO_SVG = _l("Les dessins SVG ne sont pas acceptés : envoyez une photo JPEG, PNG ou WebP.")
NO_HEIC = _l("Le format HEIC n’est pas accepté : enregistrez la photo en JPEG et renvoyez-la.")
NO_PHOTO = _l("Ce fichier n’est pas une photo JPEG, PNG ou WebP.")
DAMAGED = _l("Cette photo est abîmée : elle ne peut pas être lue jusqu’au bout.")


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo drawn anew: its size in pixels at the largest width, and the WebP bytes for each width."""

    width: int
    height: int
    files: dict[int, bytes]


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a picture lies below MEDIA_URL, without width and extension, and its size in pixels."""

    key: str
    width: int
    height: int


def read(content: bytes) -> Picture:
    """A photo from the bytes that someone sent. Raises InvalidInput with a sentence that says what is wrong."""
    if len(content) > MAX_BYTES:
        raise InvalidInput(TOO_HEAVY, field="uploads")
    image = _upright(_opened(content))
    if image.width < LEAST_WIDTH:
        raise InvalidInput(TOO_SMALL, field="uploads")
    if image.height > TALLEST * image.width:
        raise InvalidInput(TOO_NARROW, field="uploads")
    files = {width: _webp(image, width) for width in WIDTHS}
    largest = min(image.width, WIDTHS[-1])
    return Picture(largest, max(1, round(image.height * largest / image.width)), files)


def store(media_url: str, picture: Picture) -> Stored:
    """Write a picture below MEDIA_URL, under a key that nobody can guess. Call it outside any transaction."""
    key = secrets.token_hex(16)
    for width, content in picture.files.items():
        with fsspec.open(_path(media_url, key, width), "wb", **_options(media_url)) as file:
            file.write(content)
    return Stored(key, picture.width, picture.height)


def load(media_url: str, key: str, width: int) -> bytes:
    """The WebP bytes of a stored picture in one of WIDTHS. Raises NotFound when it isn't there (any more)."""
    if width not in WIDTHS:
        raise NotFound
    try:
        with fsspec.open(_path(media_url, key, width), "rb") as file:
            content: bytes = file.read()
    except OSError as error:
        raise NotFound from error
    return content


def delete(media_url: str, key: str) -> None:
    """Remove a stored picture. One that is gone already stays gone."""
    for width in WIDTHS:
        system, path = fsspec.core.url_to_fs(_path(media_url, key, width))
        if system.exists(path):
            system.rm_file(path)


def _path(media_url: str, key: str, width: int) -> str:
    return f"{media_url.rstrip('/')}/photos/{key[:2]}/{key}-{width}.webp"


def _options(media_url: str) -> dict[str, Any]:
    return {"auto_mkdir": True} if media_url.startswith("file:") else {}


def _opened(content: bytes) -> Image.Image:
    _refuse_by_name(content)
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise InvalidInput(TOO_LARGE, field="uploads")
        image.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
        image.load()
    except BOMBS as error:
        raise InvalidInput(TOO_LARGE, field="uploads") from error
    except UnidentifiedImageError as error:
        raise InvalidInput(NO_PHOTO, field="uploads") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise InvalidInput(DAMAGED, field="uploads") from error
    return image


def _refuse_by_name(content: bytes) -> None:
    """Say it in so many words for the two formats that people do send."""
    head = content[:512].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        raise InvalidInput(NO_SVG, field="uploads")
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypheif"):
        raise InvalidInput(NO_HEIC, field="uploads")


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its camera says, in plain sRGB on white, metadata left behind."""
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
        ground = Image.new("RGBA", turned.size, "white")
        turned = Image.alpha_composite(ground, turned.convert("RGBA"))
    plain = _in_srgb(turned, profile) if profile and turned.mode == "RGB" else turned.convert("RGB")
    plain.info.clear()
    return plain


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return image
    return converted or image


def _webp(image: Image.Image, width: int) -> bytes:
    size = (min(width, image.width), max(1, round(image.height * min(width, image.width) / image.width)))
    out = BytesIO()
    image.resize(size, Image.Resampling.LANCZOS).save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
