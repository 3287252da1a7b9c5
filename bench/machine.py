"""The facts about this machine that figures mean nothing without."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psycopg

from app.embedded.prepare import libpq_url


def facts(database_url: str) -> dict[str, str]:
    """Cores, processor, memory, load, and the versions of Python and PostgreSQL."""
    with psycopg.connect(libpq_url(database_url)) as connection:
        version, fsync, buffers = connection.execute(
            "select current_setting('server_version'), current_setting('fsync'), current_setting('shared_buffers')"
        ).fetchone() or ("?", "?", "?")
    return {
        "Machine": f"{os.cpu_count()} cores, {_processor()}, {_memory()}",
        "Load before": " ".join(f"{figure:.1f}" for figure in os.getloadavg()),
        "Software": f"Python {platform.python_version()}, PostgreSQL {version} (fsync {fsync}, {buffers} of buffers)",
    }


def _processor() -> str:
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal"):
            return f"{int(line.split()[1]) / 1024**2:.0f} GiB"
    return "memory unknown"


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []
