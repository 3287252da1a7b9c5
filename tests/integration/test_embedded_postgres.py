"""PostgreSQL from the wheel: as root and as a normal user, wherever the instance is, whatever happened before."""

import multiprocessing
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from app.embedded import postgres
from app.embedded.errors import EmbeddedError
from app.embedded.places import Places, private_dir
from app.embedded.prepare import libpq_url
from app.embedded.processes import reap, wait_until

ROOT = os.geteuid() == 0


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "instance"
    yield folder
    forget(folder)


def forget(folder: Path) -> None:
    postgres.stop(folder)
    home = postgres.system_home(Places.of(folder)) if ROOT else None
    if home is not None:
        shutil.rmtree(home)


def ask(folder: Path, query: str, *values: object) -> object:
    with psycopg.connect(libpq_url(postgres.start(folder)), autocommit=True) as connection:
        row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0]


def keep_a_note(folder: Path, text: str) -> None:
    with psycopg.connect(libpq_url(postgres.start(folder)), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", (text,))


def postmaster(folder: Path) -> int:
    home = postgres.system_home(Places.of(folder)) if ROOT else folder / "postgres"
    assert home is not None
    return int((home / "data" / "postmaster.pid").read_text().split()[0])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_durable_listens_on_a_socket_alone_and_speaks_utf8(instance: Path) -> None:
    settings = ("fsync", "full_page_writes", "synchronous_commit", "jit", "listen_addresses", "server_encoding")
    assert [ask(instance, "SELECT current_setting(%s)", name) for name in settings] == ["on"] * 3 + ["off", "", "UTF8"]
    assert ask(instance, "SELECT lower('ÉLÈVES DE SAINT-ÉTIENNE')") == "élèves de saint-étienne"
    assert str(ask(instance, "SELECT version()")).startswith("PostgreSQL 18")


def test_a_second_start_finds_the_first(instance: Path) -> None:
    url = postgres.start(instance)
    server = postmaster(instance)
    assert postgres.start(instance) == url == postgres.address(instance)
    assert postmaster(instance) == server
    assert postgres.running(instance)


def test_stopping_ends_it_and_the_data_is_there_again_after_a_start(instance: Path) -> None:
    keep_a_note(instance, "Séminaire à Megève")
    assert postgres.stop(instance)
    assert not postgres.running(instance)
    assert not postgres.stop(instance)
    assert ask(instance, "SELECT text FROM note") == "Séminaire à Megève"


def test_nothing_is_made_by_asking_whether_it_runs(tmp_path: Path) -> None:
    before = set(postgres.SYSTEM_ROOT.glob("*"))
    assert not postgres.running(tmp_path)
    assert not postgres.stop(tmp_path)
    assert set(postgres.SYSTEM_ROOT.glob("*")) == before


def test_permissions_of_parent_folders_stay_as_they_were(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    parents = [home, *home.parents, *postgres.SYSTEM_ROOT.parents]
    before = [mode(path) for path in parents]
    postgres.start(home / "instance")
    assert [mode(path) for path in parents] == before
    assert mode(home / "instance") == 0o700
    forget(home / "instance")


@pytest.mark.skipif(not ROOT, reason="a normal user has the cluster in the instance directory")
def test_as_root_it_runs_as_somebody_else_from_a_folder_that_only_they_can_read(instance: Path) -> None:
    postgres.start(instance)
    assert Path(f"/proc/{postmaster(instance)}").stat().st_uid != 0
    home = postgres.system_home(Places.of(instance))
    assert home is not None and home.parent == Path("/var/lib/ensemble")
    assert mode(home / "data") == mode(home / "run") == 0o700


@pytest.mark.skipif(not ROOT, reason="about root's copy of the programs")
def test_a_wheel_installed_for_root_alone_does_not_lock_the_account_out(
    instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = copy_wheel(tmp_path / "site")
    subprocess.run(["chmod", "-R", "go-rwx", str(wheel), f"{wheel}.libs"], check=True)
    monkeypatch.setattr(postgres, "_wheel", lambda: wheel)
    before = os.umask(0o077)
    try:
        postgres.start(instance)
    finally:
        os.umask(before)
    assert postgres.running(instance)


def copy_wheel(site: Path) -> Path:
    wheel = site / postgres.WHEEL
    shutil.copytree(postgres._wheel() / "pginstall18", wheel / "pginstall18", symlinks=True)
    shutil.copytree(postgres._wheel().with_name(f"{postgres.WHEEL}.libs"), site / f"{postgres.WHEEL}.libs")
    return wheel


def test_a_very_long_instance_directory_has_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 100) / ("é" * 60)
    assert len(str(deep)) > 200
    keep_a_note(deep, "deep")
    assert ask(deep, "SELECT text FROM note") == "deep"
    forget(deep)


def test_it_recovers_from_a_killed_server(instance: Path) -> None:
    keep_a_note(instance, "before the crash")
    os.kill(postmaster(instance), signal.SIGKILL)
    assert ask(instance, "SELECT text FROM note") == "before the crash"


def test_a_pid_file_whose_number_is_a_strangers_now_does_not_stop_it(instance: Path) -> None:
    keep_a_note(instance, "before the reboot")
    pid = postmaster(instance)
    home = postgres.system_home(Places.of(instance)) if ROOT else instance / "postgres"
    assert home is not None
    note = (home / "data" / "postmaster.pid").read_text()
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: (reap(), not Path(f"/proc/{pid}").exists())[1], 5)
    same_account = (home / "data").stat().st_uid  # else PostgreSQL itself sees that it is a stranger
    with subprocess.Popen(["sleep", "60"], user=same_account if ROOT else None) as stranger:
        (home / "data" / "postmaster.pid").write_text(note.replace(str(pid), str(stranger.pid), 1))
        assert ask(instance, "SELECT text FROM note") == "before the reboot"
        assert stranger.poll() is None
        stranger.kill()


def test_an_initdb_that_was_cut_short_is_done_again(instance: Path) -> None:
    postgres.start(instance)
    postgres.stop(instance)
    home = postgres.system_home(Places.of(instance)) if ROOT else instance / "postgres"
    assert home is not None
    (home / "data").rename(home / "data.new")
    (home / "data.new" / "PG_VERSION").unlink()
    assert ask(instance, "SELECT 1") == 1


def test_a_cluster_of_another_version_is_left_alone(instance: Path) -> None:
    postgres.start(instance)
    postgres.stop(instance)
    home = postgres.system_home(Places.of(instance)) if ROOT else instance / "postgres"
    assert home is not None
    (home / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 17"):
        postgres.start(instance)


def test_two_who_start_it_at_once_share_one_server(instance: Path) -> None:
    urls: list[str] = []
    starters = [threading.Thread(target=lambda: urls.append(postgres.start(instance))) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert len(urls) == 4 and len(set(urls)) == 1


@pytest.mark.skipif(not ROOT, reason="a normal user's data lies in the instance directory itself")
def test_an_instance_that_moves_keeps_its_data_and_a_copy_starts_empty(tmp_path: Path) -> None:
    first, moved, copied = tmp_path / "first", tmp_path / "moved", tmp_path / "copied"
    keep_a_note(first, "mine")
    postgres.stop(first)
    shutil.copytree(first, copied, ignore=shutil.ignore_patterns("run"))
    assert ask(copied, "SELECT to_regclass('note')") is None
    first.rename(moved)
    assert ask(moved, "SELECT text FROM note") == "mine"
    forget(moved)
    forget(copied)


@pytest.mark.skipif(not ROOT, reason="about root's folder")
def test_clusters_of_temporary_instances_that_are_gone_are_deleted(tmp_path: Path, instance: Path) -> None:
    gone = tmp_path / "gone"
    postgres.start(gone)
    home = postgres.system_home(Places.of(gone))
    shutil.rmtree(gone)
    postgres.start(instance)
    assert home is not None and not home.exists()


def test_a_folder_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/")
    with pytest.raises(EmbeddedError, match="not a directory of this user"):
        private_dir(tmp_path / "link")


@pytest.mark.skipif(not ROOT, reason="the other tests ran as a normal user already")
def test_as_a_normal_user_everything_lies_in_the_instance_directory() -> None:
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        work.chmod(0o755)
        wheel = copy_wheel(work / "site")
        own = work / "own"
        own.mkdir(mode=0o700)
        os.chown(own, nobody.pw_uid, nobody.pw_gid)
        as_user(nobody.pw_uid, nobody.pw_gid, lambda: normal_start(wheel, own / "instance"))


def normal_start(wheel: Path, instance: Path) -> None:
    postgres._wheel = lambda: wheel
    keep_a_note(instance, "mine")
    assert (instance / "postgres" / "data" / "PG_VERSION").exists()
    os.kill(postmaster_of_user(instance), signal.SIGKILL)
    assert ask(instance, "SELECT text FROM note") == "mine"
    assert postgres.stop(instance)


def postmaster_of_user(instance: Path) -> int:
    return int((instance / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def as_user(uid: int, gid: int, act: Callable[[], None]) -> None:
    """Run `act` in a fork that has become that user (our interpreter may lie where it could not start anew)."""

    def become() -> None:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        act()

    child = multiprocessing.get_context("fork").Process(target=become)
    child.start()
    child.join(60)
    assert child.exitcode == 0
