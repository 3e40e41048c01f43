"""Disk, file, lock, server: is nothing acknowledged that is not kept, does health say so, and does it pass by itself?

Every fault below meets a real webhook: it gets 503, the platform repeats it, and afterwards it counts once.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from bot.live import _may_tick
from bot.web import Health
from data.store import Store
from tests.channels.test_webhooks import SITI, Site, delivery, press, serving
from tests.data.test_store_faults import another_process_holds, no_file_grows
from tests.support.chat import cast
from tests.support.databases import Opened, Postgres, sqlite_copy
from tests.support.process import Bot, Gone, Refused, running


async def health(site: Site) -> tuple[int, str]:
    async with site.session.get(f"{site.url}/healthz") as answer:
        return answer.status, json.loads(await answer.text())["parts"]["database"]


@asynccontextmanager
async def nothing_is_lost(store: Store) -> AsyncIterator[Site]:
    """Inside it is broken: refused and said. Before and after it works, and what was repeated counts once."""
    async with serving(store) as site:
        assert await health(site) == (200, "ok")
        yield site
        assert await site.post(delivery(press(SITI, "wamid.1", site.button))) == 200
        assert await site.post(delivery(press(SITI, "wamid.1", site.button))) == 200
        assert site.answers() == {"Siti": "promised"}
        assert site.rows()["event"] == 1
        assert await health(site) == (200, "ok")


async def refused(site: Site, says: str) -> None:
    assert await site.post(delivery(press(SITI, "wamid.1", site.button))) == 503
    status, words = await health(site)
    assert status == 503
    assert says in words
    assert site.store.alive


# --- the disk


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A real disk of four megabytes, where this machine lets us mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    try:
        mounted = os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"x" * 4096)
        except OSError:
            pass


async def test_a_disk_that_is_really_full(sqlite_file: Path, tmp_path: Path):
    with small_disk(tmp_path / "disk") as mounted:
        if not mounted:
            return  # the next test takes the system's limit on files instead
        opened = Opened(sqlite_copy(sqlite_file, tmp_path / "disk" / "bot.db"))
        async with nothing_is_lost(opened.store()) as site:
            fill(tmp_path / "disk" / "filler")
            assert await site.post(delivery(press(SITI, "wamid.1", site.button))) == 503
            # A commit that fits into what the log already holds may still pass; what was refused is not kept.
            assert site.answers() == {}
            (tmp_path / "disk" / "filler").unlink()
        opened.close()


@pytest.mark.parametrize(("free", "status"), [(19, 503), (20, 200)])
async def test_a_disk_with_hardly_any_room_is_said_before_it_is_full(sqlite: Opened, free: int, status: int):
    health = Health(sqlite.store(), last_tick=lambda: None, sender=lambda: True, free=lambda: free)
    assert (await health.parts())["disk"] == ("ok" if status == 200 else f"tinggal {free} MB")


async def test_a_disk_that_takes_no_more_writes(sqlite: Opened):
    store = sqlite.store()
    async with nothing_is_lost(store) as site:
        with no_file_grows():
            await refused(site, "")


@contextmanager
def read_only(bot: Bot) -> Iterator[None]:
    """From now on no write of the running program comes through, also through what it has open already: the kernel
    makes its files immutable, and where it may not, allows it no byte more in any file."""
    files = [str(file) for file in bot.folder.glob("bot.db*")]
    frozen = False
    with suppress(OSError):
        frozen = subprocess.run(["chattr", "+i", *files], capture_output=True, check=False).returncode == 0
    assert bot.process is not None
    before = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
    if not frozen:
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        if frozen:
            subprocess.run(["chattr", "-i", *files], check=True)
        elif bot.process.poll() is None:
            resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, before)


def test_a_disk_that_turns_read_only_under_the_running_bot(sample_file: Path, tmp_path: Path):
    """The index of SQLite's log is mapped memory: a kernel that refuses it may end the process there and then, which
    then begins again, as systemd has it do."""
    sqlite_copy(sample_file, tmp_path / "bot.db")
    with running(tmp_path) as bot:
        assert bot.say("+6281100000001", "jadwal", id="before")
        with read_only(bot):
            with pytest.raises((Gone, Refused)):
                bot.say("+6281100000001", "menu", id="meanwhile")
            with pytest.raises((Gone, Refused)):
                bot.get("/healthz")
        if bot.process is not None and bot.process.poll() is not None:
            bot.start()
        assert bot.get("/healthz")["parts"]["database"] == "ok"
        assert bot.say("+6281100000001", "jadwal", id="before") == []
        assert len(bot.say("+6281100000001", "menu", id="meanwhile")) == 1
        assert bot.say("+6281100000001", "menu", id="meanwhile") == []


READ_ONLY = "mount --bind {0} {0} && mount -o remount,bind,ro {0} && exec {1}"


def test_on_a_read_only_disk_it_says_so_and_does_not_start(sqlite_file: Path, tmp_path: Path):
    """In a mount namespace of its own, as root or as a user who is root there; else only the file is refused."""
    folder = tmp_path / "disk"
    folder.mkdir()
    url = sqlite_copy(sqlite_file, folder / "bot.db")
    before = (folder / "bot.db").read_bytes()
    # The backup of the night, say, lies elsewhere: what cannot be written is the database alone.
    run = f"{sys.executable} -m bot staff add 'Bu Lina' --phone 081100000977 --role pendamping"
    env = {**os.environ, "LIKE_PKH_DATABASE_URL": url, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = None
    for how in (["unshare", "-m"], ["unshare", "-Urm"]):
        words = [*how, "sh", "-c", READ_ONLY.format(folder, run)]
        try:
            done = subprocess.run(words, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
        except OSError:
            continue
        if "mount" not in done.stderr and "unshare" not in done.stderr:
            break
        done = None
    if done is None:  # no namespaces here: a database that is a folder cannot be written by anybody either
        (folder / "none.db").mkdir()
        env["LIKE_PKH_DATABASE_URL"] = f"sqlite:///{folder}/none.db"
        done = subprocess.run(["sh", "-c", run], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "LIKE_PKH_DATABASE_URL" in done.stderr or "basis data" in done.stderr.lower(), done.stderr
    assert (folder / "bot.db").read_bytes() == before


async def test_a_file_that_may_only_be_read(sqlite: Opened):
    store = sqlite.store()
    async with nothing_is_lost(store) as site:
        turn = partial(_read_only, store)
        turn("ON")
        await refused(site, "readonly")
        turn("OFF")


def _read_only(store: Store, state: str) -> None:
    """For this connection, and the next ones."""
    listeners = getattr(store, "read_only", None)
    if listeners is not None:
        event.remove(store.engine, "connect", listeners)
        store.read_only = None  # type: ignore[attr-defined]
    if state == "ON":

        def only_read(conn: object, _record: object) -> None:
            conn.execute("PRAGMA query_only=ON")  # type: ignore[attr-defined]

        event.listen(store.engine, "connect", only_read)
        store.read_only = only_read  # type: ignore[attr-defined]
    store.engine.dispose()
    store.run(lambda tx: tx.conn.exec_driver_sql(f"PRAGMA query_only={state}"))


# --- another process, another machine


async def test_a_file_that_another_process_holds(sqlite: Opened):
    store = sqlite.store()
    event.listen(store.engine, "connect", lambda conn, _: conn.execute("PRAGMA busy_timeout=100"))
    async with nothing_is_lost(store) as site:
        with another_process_holds(sqlite.url):
            await refused(site, "another process")


async def test_a_server_that_restarts_under_us(on_postgres: Opened, postgres: Postgres):
    """Every connection is cut and none is let in for a while: what a restart looks like from here."""
    store, name = on_postgres.store(), make_url(on_postgres.url).database
    async with nothing_is_lost(store) as site:
        with postgres.admin.connect() as admin:
            admin.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            admin.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": name}
            )
            await refused(site, "")
            admin.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))


# --- time


def test_a_clock_that_jumps_says_nothing_twice_and_loses_nothing():
    c = cast("2026-11-23 08:00")
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-27 10:00")
    heard = (list(c.siti.heard), list(c.budi.heard))
    for jump in ("2026-11-24 08:00", "2026-11-27 10:00", "2026-11-23 07:00", "2026-11-27 10:00"):
        c.chat.sleeps_until(jump)
    assert (c.siti.heard, c.budi.heard) == heard
    c.chat.sleeps_until("2026-11-26 10:00")
    c.siti.says("hadir").hears("attendance.promised")
    c.chat.at("2026-11-28 09:05")
    c.siti.says("hadir").hears("attendance.claimed")
    assert len([key for key in c.siti.heard if key == "reminders.meeting.invitation"]) == 1
    c.chat.sleeps_until("2026-11-27 10:00")
    assert c.chat.register("Melati 3")["Siti"] == "claimed"


def test_a_clock_put_back_keeps_nobody_from_ticking(sqlite: Opened):
    store = sqlite.store()
    assert store.run(lambda tx: _may_tick(tx, "before", alone=True)) is not None
    sqlite.clock.set(sqlite.clock.now() - timedelta(hours=5))
    assert store.run(lambda tx: _may_tick(tx, "after", alone=True)) is not None


def test_a_platform_that_is_away_for_a_day_gets_no_stale_reminder_and_every_new_letter():
    """Nothing is delivered from the evening on; on the next evening the meeting is over."""
    c = cast("2026-11-27 07:00")
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    away = c.chat._deliver
    c.chat._deliver = lambda: None  # type: ignore[method-assign]
    c.chat.at("2026-11-28 12:30")
    waiting = [row.key for row in c.chat.outbox if row.state == "queued" and row.key.startswith("reminders.meeting")]
    assert waiting
    c.siti.looks()
    c.chat._deliver = away  # type: ignore[method-assign]
    c.chat.at("2026-11-28 12:31")
    assert [key for key in (one.key for one in c.siti.unread) if key.startswith("reminders.meeting")] == []
    c.siti.says("jadwal").hears("attendance.no_meeting")
