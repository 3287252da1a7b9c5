"""Photos are verified, turned upright, drawn anew in three widths without metadata; what is no photo is refused."""

from __future__ import annotations

import base64
import re
import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from app.core.errors import InvalidInput, NotFound
from app.offers import media
from app.offers.redrawing import process
from app.offers.redrawing.process import draw


def encoded(width: int = 1700, height: int = 1062, kind: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.effect_noise((width, height), 40).convert(mode).save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def sentence(content: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        media.read(content)
    assert refused.value.field == "uploads"
    return str(refused.value)


def whole(content: bytes) -> tuple[media.Picture, dict[str, Image.Image]]:
    """A photo with all that is drawn of it, now and later."""
    picture = media.read(content)
    _answer, rest = draw("rest", picture.files["master"])
    files = {name: file for name, file in (picture.files | rest).items() if name != "master"}
    return picture, {name: Image.open(BytesIO(file)) for name, file in files.items()}


def colour(image: Image.Image, at: tuple[int, int] = (5, 5)) -> tuple[int, ...]:
    pixel = image.convert("RGB").getpixel(at)
    assert isinstance(pixel, tuple)
    return tuple(int(each) for each in pixel)


def close(one: tuple[int, ...], other: tuple[int, ...], most: int = 12) -> bool:
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGB")]
)
def test_each_format_becomes_webp_and_avif_in_three_widths(kind: str, mode: str) -> None:
    picture, drawn = whole(encoded(kind=kind, mode=mode))
    assert (picture.width, picture.height) == (1600, 1000)
    assert set(drawn) == {f"{form}-{width}" for form in ("webp", "avif") for width in (480, 960, 1600)}
    for name, image in drawn.items():
        form, width = name.split("-")
        assert (image.format, image.size, image.mode) == (form.upper(), (int(width), int(width) * 5 // 8), "RGB")


def test_a_small_photo_is_not_blown_up_and_lacks_the_widths_it_never_had() -> None:
    picture, drawn = whole(encoded(800, 500))
    assert (picture.width, picture.height) == (800, 500)
    assert {name: image.width for name, image in drawn.items()} == {
        "webp-480": 480, "webp-960": 800, "avif-480": 480, "avif-960": 800,
    }  # fmt: skip
    assert media.sources(list(drawn), 800, "avif") == [(480, 480), (960, 800)]
    legacy = ["webp-480", "webp-960", "webp-1600"]
    assert media.sources(legacy, 800, "webp") == [(480, 480), (960, 800)], "never two of one true width"


def test_a_few_bytes_stand_in_for_it() -> None:
    picture = media.read(encoded())
    tiny = base64.b64decode(picture.blur)
    assert len(tiny) < 400 and Image.open(BytesIO(tiny)).format == "WEBP" and Image.open(BytesIO(tiny)).width == 20


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_as_its_camera_says(orientation: int) -> None:
    """Its corner is red where the eye sees the upper left."""
    straight = Image.new("RGB", (1200, 800), "white")
    straight.paste("red", (0, 0, 200, 200))
    stored = straight
    for turn in {2: [0], 3: [3], 4: [1], 5: [5], 6: [2], 7: [6], 8: [4]}.get(orientation, []):
        stored = stored.transpose(Image.Transpose(turn))
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = BytesIO()
    stored.save(out, "JPEG", exif=exif)
    picture = media.read(out.getvalue())
    assert (picture.width, picture.height) == (1200, 800)
    first = Image.open(BytesIO(picture.files["webp-960"]))
    assert close(colour(first), (254, 0, 0), 25) and close(colour(first, (900, 600)), (255, 255, 255))


def test_where_and_when_it_was_taken_is_forgotten() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by the camera
    exif[0x8825] = {1: "N", 2: (45.0, 46.0, 1.0)}
    exif[0x010F] = "SecretCamera"
    content = encoded(1600, 1000, exif=exif, comment=b"SecretComment", xmp=b"<x:xmpmeta>SecretWords</x:xmpmeta>")
    picture = media.read(content)
    _answer, rest = draw("rest", picture.files["master"])
    for name, file in (picture.files | rest).items():
        assert not Image.open(BytesIO(file)).getexif(), name
        assert b"Secret" not in file and b"GPS" not in file, name
    assert Image.open(BytesIO(rest["webp-480"])).size == (480, 768)


def test_see_through_parts_become_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (700, 500), (255, 0, 0, 0)).save(out, "PNG")
    assert min(colour(Image.open(BytesIO(media.read(out.getvalue()).files["webp-960"])))) > 245


def test_colours_are_what_their_profile_says() -> None:
    """A file whose profile is Lab-born or broken is not trusted; inks become the colours that they print."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for icc in (profile, b"no profile at all", profile[:200]):
        out = BytesIO()
        Image.new("RGB", (700, 500), (200, 30, 90)).save(out, "JPEG", quality=95, icc_profile=icc)
        picture = media.read(out.getvalue())
        assert close(colour(Image.open(BytesIO(picture.files["webp-960"]))), (200, 30, 90), 16)
        assert all(b"ICC_PROFILE" not in file for file in picture.files.values())
    out = BytesIO()
    Image.new("CMYK", (700, 500), (0, 255, 255, 0)).save(out, "JPEG", quality=95)
    assert close(colour(Image.open(BytesIO(media.read(out.getvalue()).files["webp-960"]))), (254, 0, 0), 25)


def test_sixteen_bits_become_eight() -> None:
    out = BytesIO()
    Image.new("I;16", (700, 500), 32_768).save(out, "PNG")
    assert close(colour(Image.open(BytesIO(media.read(out.getvalue()).files["webp-960"]))), (128, 128, 128), 4)


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


def test_sixty_megapixels_are_refused_and_forty_eight_fit_in_the_limits() -> None:
    assert "pixels" in sentence(encoded_plain(10_000, 6_000, "PNG", "L"))
    assert "pixels" in sentence(encoded_plain(10_000, 6_000, "JPEG", "L"))
    for kind, mode in (("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGBA")):
        assert media.read(encoded_plain(8_000, 6_000, kind, mode)).width == 1600


def encoded_plain(width: int, height: int, kind: str, mode: str) -> bytes:
    out = BytesIO()
    Image.new(mode, (width, height)).save(out, kind, **({"lossless": True, "method": 0} if kind == "WEBP" else {}))
    return out.getvalue()


def polyglots() -> dict[str, bytes]:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("run.class", b"code")
    jpeg, png, webp = (encoded(700, 500, kind) for kind in ("JPEG", "PNG", "WEBP"))
    return {
        "a zip behind a JPEG": jpeg + archive.getvalue(),
        "a zip behind a PNG": png + archive.getvalue(),
        "a page in a comment": encoded(700, 500, comment=b"<script>alert(1)</script>"),
        "a page behind a PNG": png + b"<!DOCTYPE html><html><body></body></html>",
        "PHP behind a WebP": webp + b"<?php system($_GET[0]); ?>",
        "a PDF in a comment": encoded(700, 500, comment=b"%PDF-1.4\n1 0 obj"),
        "a program behind a JPEG": jpeg + b"\x7fELF\x02\x01\x01",
        "an archive behind a WebP": webp + b"Rar!\x1a\x07\x01\x00",
    }


@pytest.mark.parametrize("what", polyglots())
def test_what_is_a_photo_and_something_else_is_refused(what: str) -> None:
    assert "autre chose" in sentence(polyglots()[what])


def test_a_film_behind_a_photo_is_left_behind() -> None:
    """As telephones append to their photos."""
    film = b"\x00\x00\x00\x18ftypmp42" + b"film" * 1000
    picture = media.read(encoded(700, 500) + film)
    assert all(b"film" not in file for file in picture.files.values())


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_moves_is_refused(kind: str) -> None:
    out = BytesIO()
    frames = [Image.new("RGB", (700, 500), colour) for colour in ("red", "blue", "green")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    assert "animée" in sentence(out.getvalue())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_what_ends_too_early_is_refused(kind: str, share: float) -> None:
    content = encoded(1200, 800, kind)
    assert re.search("abîmée|n’est pas une photo", sentence(content[: int(len(content) * share)]))


def test_the_process_that_decodes_has_limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child = tmp_path / "child.py"
    for trick in ("x = bytearray(3_000_000_000)", "import os; os.abort()", "open('x', 'wb', 0).write(b'x')"):
        limits = process.CHILD.read_text().replace(
            'answer, files = TASKS[task["do"]]', f"{trick}; answer, files = TASKS[task['do']]"
        )
        child.write_text(limits)
        with monkeypatch.context() as patch:
            patch.setattr(process, "CHILD", child)
            assert re.search("pixels|abîmée", sentence(encoded(700, 500))), trick
    child.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(process, "CHILD", child)
    monkeypatch.setattr(process, "SECONDS", 0.5)
    assert "pixels" in sentence(encoded(700, 500))


def test_only_so_many_are_drawn_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "PATIENCE", 0.05)
    for _ in range(process.AT_ONCE):
        assert process._places.acquire(timeout=1)
    try:
        assert "Beaucoup de photos" in sentence(encoded(700, 500))
    finally:
        process._places.release(process.AT_ONCE)
    assert media.read(encoded(700, 500))


def test_stored_pictures_are_completed_read_back_and_removed(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/media"
    stored = media.store(url, media.read(encoded(700, 500)))
    assert len(stored.key) == 32 and stored.variants == ("webp-960",)
    with pytest.raises(NotFound):
        media.load(url, stored.key, "avif-480")
    there = media.complete(url, stored.key)
    assert set(there) == {"webp-480", "webp-960", "avif-480", "avif-960"}
    assert media.complete(url, stored.key) == there, "a worker may be called twice"
    assert Image.open(BytesIO(media.load(url, stored.key, "avif-480"))).width == 480
    media.forget_master(url, stored.key)
    with pytest.raises(NotFound):
        media.complete(url, stored.key)
    media.delete(url, stored.key)
    media.delete(url, stored.key)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    for name in ("webp-480", "webp-123", "master", "gif-480"):
        with pytest.raises(NotFound):
            media.load(url, stored.key, name)
