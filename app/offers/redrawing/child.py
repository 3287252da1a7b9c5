"""The process in which other people's photos are decoded: started by its path, with limits of its own.

One JSON line and the file's bytes in; one JSON line and the files drawn out. It knows Pillow and nothing of the
application: no settings, no database, no file that it may write. JPEG is decoded in draft mode, at a fraction of its
size; the other formats have no such mode, and a decoder with a fault or a file made to hurt it ends this process alone.
"""

from __future__ import annotations

import base64
import json
import resource
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageCms, UnidentifiedImageError

MEMORY: Final = 1024 * 1024 * 1024
CPU_SECONDS: Final = 30
MAX_PIXELS: Final = 50_000_000
LEAST_WIDTH: Final = 640
TALLEST: Final = 10
"""Heights to a width: WebP ends at 16,383 pixels."""
WIDTHS: Final = (480, 960, 1600)
FIRST: Final = "webp-960"
"""What is drawn at once; the rest follows in a worker."""
MASTER: Final = "master"
"""What the rest is drawn from: upright, in sRGB, at the largest width, without metadata."""
FORMATS: Final = ("JPEG", "PNG", "WEBP")
BLUR_WIDTH: Final = 20
WEBP: Final[dict[str, Any]] = {"quality": 80, "method": 4}
AVIF: Final[dict[str, Any]] = {"quality": 60, "speed": 6, "max_threads": 1}
JPEG: Final[dict[str, Any]] = {"quality": 95, "subsampling": 0}
TURNS: Final = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
ORIENTATION: Final = 0x0112
HEIC: Final = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypheif")
SCRIPTS: Final = (b"<script", b"<html", b"<!doctype html", b"<?php", b"<iframe", b"<%eval")
PROGRAMS: Final = (b"%PDF-", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x7fELF", b"MZ\x90\x00")
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

Files = dict[str, bytes]


class Refused(Exception):
    """A file that is no photo we take; the argument is the code that `process` has a sentence for."""


def main() -> None:
    """Do one task."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    task: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    try:
        answer, files = TASKS[task["do"]](sys.stdin.buffer.read())
    except Refused as error:
        answer, files = {"trouble": str(error)}, {}
    except MemoryError:
        answer, files = {"trouble": "large"}, {}
    answer["files"] = [[name, len(content)] for name, content in files.items()]
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(files.values()))


def first(content: bytes) -> tuple[dict[str, Any], Files]:
    """What the page shows at once, a blurred placeholder, and what the rest is drawn from. Raises Refused."""
    image = _plain(content)
    blur = _encoded(_scaled(image, BLUR_WIDTH), "WEBP", {"quality": 30, "method": 6})
    files = {FIRST: drawn(image, FIRST), MASTER: _encoded(image, "JPEG", JPEG)}
    answer = {"width": image.width, "height": image.height, "blur": base64.b64encode(blur).decode()}
    return answer, files


def rest(master: bytes) -> tuple[dict[str, Any], Files]:
    """Everything else, from what `first` kept."""
    image = Image.open(BytesIO(master), formats=("JPEG",))
    image.load()
    return {}, {name: drawn(image, name) for name in names(image.width) if name != FIRST}


TASKS: Final[dict[str, Callable[[bytes], tuple[dict[str, Any], Files]]]] = {"first": first, "rest": rest}


def names(width: int) -> list[str]:
    """What there is of a photo this wide in the end: each width below its own, and its own; WebP before AVIF."""
    fitting = [each for each, before in zip(WIDTHS, (0, *WIDTHS), strict=False) if before < width]
    return [f"{kind}-{each}" for kind in ("webp", "avif") for each in fitting]


def drawn(image: Image.Image, name: str) -> bytes:
    """An upright image as one of `names`."""
    kind, _dash, width = name.partition("-")
    options = AVIF if kind == "avif" else WEBP
    return _encoded(_scaled(image, min(int(width), image.width)), kind.upper(), options)


def _plain(content: bytes) -> Image.Image:
    """A photo upright, in sRGB, on white, at most as wide as the widest, metadata left behind. Raises Refused."""
    image = _opened(content)
    turn = _orientation(image)
    wide, high = (image.height, image.width) if turn >= 5 else image.size
    if wide < LEAST_WIDTH:
        raise Refused("small")
    if high > TALLEST * wide:
        raise Refused("narrow")
    share = min(1.0, WIDTHS[-1] / wide)
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    small = _shrunk(_loaded(image), size)
    for step in TURNS.get(turn, ()):
        small = small.transpose(step)
    return _on_white(_in_srgb(small, image.info.get("icc_profile")))


def _opened(content: bytes) -> Image.Image:
    _refuse_by_bytes(content)
    try:
        image = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("large") from error
    except UnidentifiedImageError as error:
        raise Refused("none") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused("damaged") from error
    if image.width * image.height > MAX_PIXELS:
        raise Refused("large")
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise Refused("moving")
    return image


def _loaded(image: Image.Image) -> Image.Image:
    try:
        image.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Refused("damaged") from error
    return image


def _refuse_by_bytes(content: bytes) -> None:
    """What is said by name, and what is a photo and something else at once."""
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n\0").lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in content[:65_536].lower():
        raise Refused("svg")
    if head.startswith((b"<svg", b"<?xml")):
        raise Refused("svg")
    if content[4:12] in HEIC:
        raise Refused("heic")
    if content[:3] != b"\xff\xd8\xff" and content[:4] not in (b"\x89PNG", b"RIFF"):
        raise Refused("none")
    lower = content.lower()
    if any(word in lower for word in SCRIPTS) or any(sign in content[:1024] for sign in PROGRAMS):
        raise Refused("two")
    if zipfile.is_zipfile(BytesIO(content)) or any(sign in _after_end(content) for sign in PROGRAMS):
        raise Refused("two")


def _after_end(content: bytes) -> bytes:
    """What follows the end that a PNG or a JPEG says it has; cameras append films and previews, which we leave."""
    end = b"IEND" if content[:4] == b"\x89PNG" else b"\xff\xd9"
    return (
        content[content.rfind(end) :] if content[:4] != b"RIFF" else content[int.from_bytes(content[4:8], "little") :]
    )


def _orientation(image: Image.Image) -> int:
    try:
        turn = image.getexif().get(ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError):
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """In a mode with eight bits a channel, and in this size."""
    if image.mode.startswith(("I", "F")):
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    elif image.mode in ("1", "P", "PA", "LA", "La") or "transparency" in image.info:
        image = image.convert("RGBA" if "A" in image.mode or "transparency" in image.info else "RGB")
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _in_srgb(image: Image.Image, profile: Any) -> Image.Image:
    """In sRGB, if its profile says which colours its numbers mean and can be read."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    plain = image.convert("RGB") if alpha else image
    if profile and plain.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            found = ImageCms.profileToProfile(plain, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            found = None
        plain = found or plain
    plain = plain.convert("RGB")
    if alpha:
        plain.putalpha(alpha)
    return plain


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGBA":
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    image.info.clear()
    return image


def _scaled(image: Image.Image, width: int) -> Image.Image:
    if width == image.width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _encoded(image: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


if __name__ == "__main__":
    main()
