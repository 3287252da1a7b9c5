"""Starting, recognising and stopping the processes of the embedded parts."""

import atexit
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_started: list[subprocess.Popen[bytes]] = []
_lock = threading.Lock()


def spawn(
    argv: Sequence[str],
    *,
    log: Path,
    cwd: Path,
    env: dict[str, str],
    account: tuple[int, int] | None = None,
    tied: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, its output appended to `log`.

    `account` is (uid, gid) to become. A `tied` one gets SIGTERM when the thread that calls this ends, where the
    system can do that.
    """
    uid, gid = account or (None, None)
    with log.open("ab") as output:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=env,
            start_new_session=True,
            user=uid,
            group=gid,
            extra_groups=None if account is None else [],
            preexec_fn=_die_with_parent if tied else None,
        )
    with _lock:
        _started.append(process)
    return process


def _die_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def reap() -> None:
    """Collect those of our processes that ended, so that none is taken for a living one."""
    with _lock:
        _started[:] = [process for process in _started if process.poll() is None]


@atexit.register
def _let_go() -> None:
    """Tell Popen that those of our processes that outlive us do so on purpose."""
    for process in _started:
        process.returncode = process.poll() or 0


def command_line(pid: int) -> str:
    """The command line of a living process, its arguments joined by spaces; empty when there is no such process."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    return shown.stdout.strip()


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask `condition` every few milliseconds until it holds (True) or `seconds` have passed (False)."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def end(pid: int, marker: str, *, first: signal.Signals, seconds: float) -> bool:
    """Stop the process `pid` whose command line holds `marker`: `first`, then SIGKILL after `seconds`.

    Returns False when there is no such process.
    """
    if marker not in command_line(pid):
        return False
    os.kill(pid, first)
    if not wait_until(lambda: _gone(pid, marker), seconds):
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: _gone(pid, marker), 5)
    return True


def end_group(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Stop a program of ours with all that it started: SIGTERM, then SIGKILL to its group after `seconds`."""
    if process.poll() is None:
        process.terminate()
        wait_until(lambda: process.poll() is not None, seconds)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _gone(pid: int, marker: str) -> bool:
    reap()
    return marker not in command_line(pid)
