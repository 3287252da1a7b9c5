"""Load for a server on this machine: visitors on keep-alive connections, each with its own cookies.

`python -m bench.client` runs in a process of its own, reads its job as JSON from standard input and prints what it
counted. It talks to the loopback only, for a bounded time, and counts nothing but answers with status 200.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
LONGEST_SECONDS = 60.0
ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Job:
    """`connections` visitors ask for `paths` in turn, for so many seconds."""

    port: int
    paths: list[str]
    connections: int
    seconds: float


@dataclass(slots=True)
class Counted:
    """Answers with status 200 and how long each took, in milliseconds; all others are `refused`."""

    seconds: float = 0.0
    refused: int = 0
    size: int = 0
    took: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The time that this share of the answers stayed within."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def run(port: int, paths: Sequence[str], *, connections: int, seconds: float) -> Counted:
    """Put the load on a server of this machine, from another process."""
    job = json.dumps(asdict(Job(port, list(paths), connections, min(seconds, LONGEST_SECONDS))))
    argv = [sys.executable, "-m", "bench.client"]
    done = subprocess.run(argv, input=job, capture_output=True, text=True, check=True, cwd=ROOT, timeout=120)
    return Counted(**json.loads(done.stdout))


async def load(job: Job) -> Counted:
    """All visitors at once, until the time is over."""
    counted, begun = Counted(), time.perf_counter()
    until = begun + job.seconds
    visitors = [_visit(job, number, until, counted) for number in range(job.connections)]
    await asyncio.gather(*visitors)
    counted.seconds = time.perf_counter() - begun
    return counted


async def _visit(job: Job, number: int, until: float, counted: Counted) -> None:
    reader, writer = await asyncio.open_connection(HOST, job.port, limit=4 * 1024 * 1024)
    cookies: dict[str, str] = {}
    turn = number * 7  # visitors don't walk in step
    try:
        while (asked := time.perf_counter()) < until:
            writer.write(_request(job, job.paths[turn % len(job.paths)], cookies))
            status, body = await _answer(reader, cookies)
            if status == 200:
                counted.took.append((time.perf_counter() - asked) * 1000)
                counted.size = max(counted.size, len(body))
            else:
                counted.refused += 1
            turn += 1
    finally:
        writer.close()


def _request(job: Job, path: str, cookies: dict[str, str]) -> bytes:
    kept = "; ".join(f"{name}={value}" for name, value in cookies.items())
    lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{job.port}", "Accept: text/html", "Accept-Language: fr"]
    return "\r\n".join([*lines, *([f"Cookie: {kept}"] if kept else []), "", ""]).encode()


async def _answer(reader: asyncio.StreamReader, cookies: dict[str, str]) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    length, chunked = 0, False
    for line in head[1:]:
        name, _, value = line.partition(":")
        name = name.lower()
        if name == "content-length":
            length = int(value)
        elif name == "transfer-encoding":
            chunked = "chunked" in value
        elif name == "set-cookie":
            cookie, _, text = value.partition(";")[0].strip().partition("=")
            cookies[cookie] = text
    body = await _chunks(reader) if chunked else await reader.readexactly(length)
    return int(head[0].split(" ", 2)[1]), body


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int((await reader.readline()).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(load(Job(**json.load(sys.stdin)))))))
