"""What happens when the disk is full, the file is taken, or the server goes away? Nothing half, and it recovers."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event, insert, text

from data import schema
from data.store import Store, StoreBusyError, StoreError, Tx
from tests.data.test_store import keep, kept, together
from tests.support.databases import Opened

BIG = "x" * 2_000_000


def keep_big(tx: Tx) -> None:
    tx.settings.keep("big", BIG)


def pragma(store: Store, name: str):
    return store.run(lambda tx: tx.conn.exec_driver_sql(f"PRAGMA {name}").scalar_one())


def test_sqlite_is_opened_as_it_should_be(sqlite: Opened):
    store = sqlite.store()
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "synchronous") == 2  # FULL: an answer means that it is on disk
    assert pragma(store, "foreign_keys") == 1
    assert pragma(store, "busy_timeout") == 30_000


async def test_pages_open_sqlite_in_the_same_way(sqlite: Opened):
    store = sqlite.store()
    async with store.reader.connect() as conn:
        assert (await conn.exec_driver_sql("PRAGMA foreign_keys")).scalar_one() == 1
        assert (await conn.exec_driver_sql("PRAGMA busy_timeout")).scalar_one() == 30_000
    await store.close()


# --- the disk


class Disk:
    """A disk of so many pages, for every connection of a store."""

    def __init__(self, store: Store) -> None:
        self.pages = 2**30
        self.store = store
        event.listen(store.engine, "connect", lambda conn, _: conn.execute(f"PRAGMA max_page_count={self.pages}"))

    def holds_little_more(self) -> None:
        self._set(pragma(self.store, "page_count") + 5)

    def is_replaced(self) -> None:
        self._set(2**30)

    def _set(self, pages: int) -> None:
        self.pages = pages
        self.store.run(lambda tx: tx.conn.exec_driver_sql(f"PRAGMA max_page_count={pages}"))


async def test_a_full_disk_undoes_the_whole_batch_and_acknowledges_none_of_it(sqlite: Opened):
    store = sqlite.store()
    disk = Disk(store)
    disk.holds_little_more()
    answers = await together(store, keep("siti"), keep_big, keep("wati"), otherwise=lambda tx, fault: "acknowledged")
    assert [type(answer) for answer in answers] == [StoreError] * 3
    assert "full" in str(answers[0])
    assert kept(store) == set()
    await store.write(keep("small"))  # what fits is still kept
    disk.is_replaced()
    await store.write(keep_big)
    assert kept(store) == {"small", "big"}


@contextmanager
def no_file_grows() -> Iterator[None]:
    """The system refuses every write beyond what is there: a real I/O error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)


async def test_an_io_error_undoes_the_whole_batch_and_acknowledges_none_of_it(sqlite: Opened):
    store = sqlite.store()
    await store.write(keep("before"))
    with no_file_grows():
        answers = await together(store, keep("siti"), keep("wati"), otherwise=lambda tx, fault: "acknowledged")
    assert [type(answer) for answer in answers] == [StoreError] * 2
    assert kept(store) == {"before"}
    await store.write(keep("after"))
    assert kept(store) == {"before", "after"}


async def test_a_file_that_is_no_database_says_so(tmp_path: Path):
    file = tmp_path / "letter.db"
    file.write_text("Dear Ibu Siti, " * 500, encoding="utf-8")
    store = Opened(f"sqlite:///{file}").store()
    with pytest.raises(StoreError, match="not a database"):
        await store.write(keep("siti"))
    store.stop()
    assert file.read_text(encoding="utf-8").startswith("Dear Ibu Siti")


async def test_a_damaged_page_is_a_fault_of_the_batch(sqlite: Opened):
    """Nobody knows what else of the transaction is true."""
    store = sqlite.store()
    store.run(keep("before"))
    store.run(lambda tx: tx.conn.exec_driver_sql("PRAGMA user_version"))
    store.stop()
    file = Path(sqlite.url.removeprefix("sqlite:///"))
    root = sqlite.store().run(
        lambda tx: tx.conn.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'setting'").scalar_one()
    )
    sqlite.close()
    content = bytearray(file.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096
    file.write_bytes(content)
    damaged = sqlite.store()
    into_another_table = lambda tx: tx.events.first_time("a", "e")  # noqa: E731
    answers = await together(damaged, into_another_table, keep("siti"), otherwise=lambda tx, fault: "acknowledged")
    assert [type(answer) for answer in answers] == [StoreError] * 2


# --- another process

HOLDER = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1], isolation_level=None)
conn.execute("BEGIN IMMEDIATE")
print("holding", flush=True)
sys.stdin.read()
conn.execute("COMMIT")
"""


@contextmanager
def another_process_holds(url: str) -> Iterator[subprocess.Popen]:
    command = [sys.executable, "-c", HOLDER, url.removeprefix("sqlite:///")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "holding\n"
        try:
            yield holder
        finally:
            holder.stdin.close()
            holder.wait(60)


async def test_a_busy_database_is_waited_for(sqlite: Opened):
    store = sqlite.store()
    with another_process_holds(sqlite.url):
        waiting = asyncio.create_task(store.write(keep("siti")))
        await asyncio.sleep(0.2)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 60)
    assert kept(store) == {"siti"}


async def test_a_database_that_stays_busy_is_said_and_passes_later(sqlite: Opened):
    store = sqlite.store()
    event.listen(store.engine, "connect", lambda conn, _: conn.execute("PRAGMA busy_timeout=100"))
    with another_process_holds(sqlite.url):
        with pytest.raises(StoreBusyError, match="another process"):
            await store.write(keep("siti"))
        assert store.alive
    await store.write(keep("wati"))
    assert kept(store) == {"wati"}


async def test_a_process_that_dies_while_it_writes_leaves_nothing_behind(sqlite: Opened):
    """`kill -9` in the middle of a transaction: the next one begins from the last commit."""
    store = sqlite.store()
    store.run(keep("before"))
    dying = "import os, sys\nfrom tests.data.test_store_faults import die\ndie(sys.argv[1])"
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", dying, sqlite.url], env={**os.environ, "PYTHONPATH": "."}
    )
    assert done.returncode == -signal.SIGKILL
    await store.write(keep("after"))
    assert kept(store) == {"before", "after"}


def die(url: str) -> None:
    def work(tx: Tx) -> None:
        tx.settings.keep("never", "yes")
        os.kill(os.getpid(), signal.SIGKILL)

    Opened(url).store().run(work)


# --- two processes on one PostgreSQL


def first_time_only(once: set[str], name: str) -> bool:
    fresh = name not in once
    once.add(name)
    return fresh


def test_a_deadlock_between_two_processes_is_repeated_whole(on_postgres: Opened):
    one, two = on_postgres.store(), on_postgres.store()
    for name in ("x", "y"):
        one.run(partial(_begin_count, name))
    both_have_one = threading.Barrier(2, timeout=60)
    tried: set[str] = set()

    def add(first: str, then: str, who: str):
        def work(tx: Tx) -> None:
            tx.conn.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
            _count(tx, first)
            if first_time_only(tried, who):
                both_have_one.wait()
            _count(tx, then)
            tx.settings.keep(f"done by {who}", "yes")

        return work

    jobs = [one._submit(add("x", "y", "one")), two._submit(add("y", "x", "two"))]
    for job in jobs:
        job.future.result(60)
    assert one.run(lambda tx: (tx.settings.get("x"), tx.settings.get("y"))) == ("2", "2")
    assert {"done by one", "done by two"} <= kept(one)


def _begin_count(name: str, tx: Tx) -> None:
    tx.settings.keep(name, "0")


def _count(tx: Tx, name: str) -> None:
    tx.conn.execute(
        text("UPDATE setting SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE name = :n"), {"n": name}
    )


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_a_serialisation_failure_repeats_everybody_of_the_batch(on_postgres: Opened, state: str):
    store = on_postgres.store()
    tried: set[str] = set()
    ran: list[str] = []

    def unlucky(tx: Tx) -> None:
        ran.append("unlucky")
        if first_time_only(tried, "unlucky"):
            tx.conn.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'later' USING ERRCODE = '{state}'; END $$")
        tx.settings.keep("unlucky", "yes")

    def other(tx: Tx) -> None:
        ran.append("other")
        tx.settings.keep("other", "yes")

    before = store.commits
    assert await together(store, other, unlucky) == [None, None]
    assert ran == ["other", "unlucky", "other", "unlucky"]
    assert store.commits - before == 2
    assert kept(store) == {"other", "unlucky"}


async def test_one_that_never_passes_is_told_after_some_tries(on_postgres: Opened):
    store = on_postgres.store()

    def hopeless(tx: Tx) -> None:
        tx.conn.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'never' USING ERRCODE = '40001'; END $$")

    with pytest.raises(StoreError, match="never"):
        await store.write(hopeless)
    await store.write(keep("siti"))
    assert kept(store) == {"siti"}


def _backend(tx: Tx) -> int:
    return int(tx.conn.execute(text("SELECT pg_backend_pid()")).scalar_one())


def _kill(store: Store, pid: int) -> None:
    store.run(lambda tx: tx.conn.execute(text("SELECT pg_terminate_backend(:p)"), {"p": pid}))
    deadline = time.monotonic() + 60
    alive = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :p")
    while store.run(lambda tx: tx.conn.execute(alive, {"p": pid}).scalar_one()) and time.monotonic() < deadline:
        time.sleep(0.01)


async def test_a_connection_that_was_cut_while_idle_is_made_again(on_postgres: Opened):
    store, killer = on_postgres.store(), on_postgres.store()
    _kill(killer, store.run(_backend))
    await store.write(keep("siti"))
    assert kept(store) == {"siti"}


async def test_a_connection_that_is_cut_in_the_middle_of_a_batch_repeats_it_whole(on_postgres: Opened):
    store, killer = on_postgres.store(), on_postgres.store()
    tried: set[str] = set()

    def cut(tx: Tx) -> None:
        tx.settings.keep("cut", "yes")
        if first_time_only(tried, "cut"):
            _kill(killer, _backend(tx))
        tx.settings.keep("after the cut", "yes")

    assert await together(store, keep("siti"), cut, keep("wati")) == [None] * 3
    assert kept(store) == {"siti", "wati", "cut", "after the cut"}


async def test_pages_recover_from_a_cut_connection(on_postgres: Opened):
    store, killer = on_postgres.store(), on_postgres.store()
    async with store.reader.connect() as conn:
        pid = (await conn.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    await asyncio.to_thread(_kill, killer, pid)
    async with store.reader.connect() as conn:
        assert (await conn.execute(text("SELECT 1"))).scalar_one() == 1
    await store.close()


async def test_a_server_that_is_not_there_is_said(tmp_path: Path):
    store = Opened(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}").store()
    with pytest.raises(StoreError):
        await store.write(keep("siti"))
    assert store.alive
    store.stop()


async def test_the_same_event_in_two_processes_is_handled_once(on_postgres: Opened):
    """Two processes serve webhooks; the platform posts to both. The index decides."""
    stores = [on_postgres.store(), on_postgres.store()]

    def handle(tx: Tx) -> bool:
        return tx.events.first_time("whatsapp", "wamid.1")

    answers = await asyncio.gather(*(store.write(handle) for store in stores for _ in range(20)))
    assert answers.count(True) == 1


def test_a_statement_that_fails_inside_a_savepoint_of_its_own_can_be_survived(store: Store):
    def work(tx: Tx) -> None:
        inner = tx.conn.begin_nested()
        try:
            tx.conn.execute(insert(schema.kpm), {"name": "Siti", "kelompok_id": 404})
        except Exception:
            inner.rollback()
        tx.settings.keep("went on", "yes")

    store.run(work)
    assert kept(store) == {"went on"}
