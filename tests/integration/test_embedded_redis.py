"""Redis, or Valkey from the wheel, on a socket of the instance."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from app.embedded import redis


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "instance"
    yield folder
    redis.stop(folder)


def client(folder: Path) -> Redis:
    return Redis.from_url(redis.start(folder))


def test_it_listens_on_a_private_socket_alone_and_writes_down_what_it_is_told(instance: Path) -> None:
    with client(instance) as talk:
        assert talk.config_get("port") == {"port": "0"}
        assert talk.config_get("appendonly") == {"appendonly": "yes"}
    assert (instance / "run" / "redis.sock").stat().st_mode & 0o777 == 0o700


def test_a_second_start_finds_the_first_and_a_stop_ends_it(instance: Path) -> None:
    url = redis.start(instance)
    server = (instance / "redis" / "redis.pid").read_text()
    assert redis.start(instance) == url == redis.address(instance)
    assert (instance / "redis" / "redis.pid").read_text() == server
    assert redis.running(instance)
    assert redis.stop(instance)
    assert not redis.running(instance)
    assert not redis.stop(instance)


def test_what_it_knew_is_there_after_a_stop_and_after_a_crash(instance: Path) -> None:
    with client(instance) as talk:
        talk.set("stopped", "kept")
    redis.stop(instance)
    with client(instance) as talk:
        talk.set("killed", "kept")
        talk.execute_command("WAITAOF", 1, 0, 2000)
        os.kill(talk.info("server")["process_id"], signal.SIGKILL)
    with client(instance) as talk:
        assert [talk.get("stopped"), talk.get("killed")] == [b"kept", b"kept"]


def test_a_very_long_instance_directory_has_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 100) / ("b" * 100)
    with client(deep) as talk:
        assert talk.ping()
    redis.stop(deep)


def test_the_wheel_serves_where_path_has_no_server(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert redis.program().name == "valkey-server"
    with client(instance) as talk:
        assert talk.ping()


def test_a_server_on_path_is_taken_unless_it_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = tmp_path / "redis-server"
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for version, taken in (("7.0.15", True), ("6.2.0", True), ("5.0.14", False)):
        server.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=0 malloc=libc bits=64'\n")
        server.chmod(0o755)
        assert (redis.program() == server) is taken
