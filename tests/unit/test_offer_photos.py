"""Photos are verified, turned upright, drawn anew in three widths without metadata; what is no photo is refused."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.core.errors import InvalidInput, NotFound
from app.offers import media


def encoded(width: int = 2000, height: int = 1250, kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.effect_noise((width, height), 40).convert(mode).save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def sentence(content: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        media.read(content)
    assert refused.value.field == "uploads"
    return str(refused.value)


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("WEBP", "RGB")]
)
def test_each_format_becomes_webp_in_three_widths(kind: str, mode: str) -> None:
    picture = media.read(encoded(kind=kind, mode=mode))
    assert (picture.width, picture.height) == (1600, 1000)
    for width, content in picture.files.items():
        small = Image.open(BytesIO(content))
        assert (small.format, small.width, small.mode) == ("WEBP", width, "RGB")


def test_a_small_photo_is_not_blown_up() -> None:
    picture = media.read(encoded(800, 500))
    assert (picture.width, picture.height) == (800, 500)
    assert Image.open(BytesIO(picture.files[1600])).width == 800


def test_where_and_when_it_was_taken_is_forgotten_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by the camera
    exif[0x8825] = {1: "N", 2: (45.0, 46.0, 1.0)}
    exif[0x010F] = "SecretCamera"
    picture = media.read(encoded(1600, 1000, exif=exif, comment=b"SecretComment"))
    content = picture.files[480]
    assert Image.open(BytesIO(content)).size == (480, 768)
    assert not Image.open(BytesIO(content)).getexif()
    assert not any(word in content for word in (b"SecretCamera", b"SecretComment", b"EXIF", b"XMP"))


def test_see_through_parts_become_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (700, 500), (255, 0, 0, 0)).save(out, "PNG")
    pixel = Image.open(BytesIO(media.read(out.getvalue()).files[480])).getpixel((5, 5))
    assert isinstance(pixel, tuple) and min(pixel[:3]) > 245


def test_what_is_no_photo_is_refused_with_its_own_sentence() -> None:
    assert "SVG" in sentence(b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')
    assert "SVG" in sentence(b"  <svg onload='alert(1)'/>")
    assert "HEIC" in sentence(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00")
    assert "JPEG, PNG ou WebP" in sentence(b"%PDF-1.7 nothing to see")
    assert "JPEG, PNG ou WebP" in sentence(encoded(kind="GIF", mode="L"))
    assert "JPEG, PNG ou WebP" in sentence(b"")
    assert "640 pixels" in sentence(encoded(639, 900))
    assert "abîmée" in sentence(encoded()[:20_000])
    assert "12 Mo" in sentence(b"\xff\xd8\xff" + b"0" * media.MAX_BYTES)


def bomb(width: int, height: int) -> bytes:
    """A tiny PNG that says it is huge."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7_100, 9_000, 30_000, 60_000])
def test_a_decompression_bomb_is_refused_unopened(side: int) -> None:
    assert "pixels" in sentence(bomb(side, side))


def test_stored_pictures_are_read_back_and_removed(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/media"
    stored = media.store(url, media.read(encoded(700, 500)))
    assert len(stored.key) == 32
    assert Image.open(BytesIO(media.load(url, stored.key, 480))).width == 480
    media.delete(url, stored.key)
    media.delete(url, stored.key)
    with pytest.raises(NotFound):
        media.load(url, stored.key, 480)
    with pytest.raises(NotFound):
        media.load(url, stored.key, 123)
