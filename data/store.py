"""How does a change reach the disk? Two doors: whole transactions to one writer thread, and async reads for pages."""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from data import (
    accounts,
    attendance,
    audit,
    broadcasts,
    desk,
    events,
    figures,
    invitations,
    landed,
    letters,
    meetings,
    obligations,
    outbox,
    overview,
    people,
    phones,
    proposals,
    questions,
    quiz,
    reported,
    reports,
    retention,
    rhythms,
    rights,
    scoped,
    sending,
    sessions,
    settings,
    status,
    summary,
    usage,
    watching,
)
from data.prepared import Prepared

T = TypeVar("T")

SAVEPOINT, UNDO, RELEASE = (
    Prepared(text(words)) for words in ("SAVEPOINT job", "ROLLBACK TO SAVEPOINT job", "RELEASE SAVEPOINT job")
)

BATCH = 50
RETRIES = 5
SQLITE_BREAKS = tuple(
    f"SQLITE_{what}"
    for what in ("FULL", "IOERR", "CORRUPT", "NOTADB", "READONLY", "BUSY", "LOCKED", "CANTOPEN", "PROTOCOL")
)
"""Faults of the file or the disk; some of them have already undone the whole transaction."""


class StoreError(Exception):
    """The change is not on disk; nothing of it is kept. Who acts: whoever runs the bot."""


class StoreBusyError(StoreError):
    """Another process held the database too long; the same change may pass later."""


def no_key() -> str:
    """A database that was opened without its key signs nothing."""
    raise StoreError("there is no key to sign with")


class Tx:
    """One open transaction with every shelf on it. `now` is the moment the work is done at, UTC; `key` signs links."""

    def __init__(self, conn: Connection, now: datetime, key: Callable[[], str] = no_key) -> None:
        self.conn = conn
        self.now = now
        self.key = key

    @cached_property
    def people(self) -> people.People:
        return people.People(self.conn, self.now)

    @cached_property
    def meetings(self) -> meetings.Meetings:
        return meetings.Meetings(self.conn, self.now)

    @cached_property
    def attendance(self) -> attendance.Attendance:
        return attendance.Attendance(self.conn, self.now, self.audit, self.summary, self.meetings)

    @cached_property
    def summary(self) -> summary.Summary:
        return summary.Summary(self.conn)

    @cached_property
    def quiz(self) -> quiz.Quizzes:
        return quiz.Quizzes(self.conn, self.now)

    @cached_property
    def sessions(self) -> sessions.Sessions:
        return sessions.Sessions(self.conn, self.now)

    @cached_property
    def questions(self) -> questions.Questions:
        return questions.Questions(self.conn, self.now)

    @cached_property
    def outbox(self) -> outbox.Outbox:
        return outbox.Outbox(self.conn, self.now)

    @cached_property
    def sending(self) -> sending.Sending:
        return sending.Sending(self.conn, self.now)

    @cached_property
    def events(self) -> events.Events:
        return events.Events(self.conn, self.now)

    @cached_property
    def landed(self) -> landed.Landings:
        return landed.Landings(self.conn, self.now)

    @cached_property
    def audit(self) -> audit.Audit:
        return audit.Audit(self.conn, self.now)

    @cached_property
    def accounts(self) -> accounts.Accounts:
        return accounts.Accounts(self.conn)

    @cached_property
    def settings(self) -> settings.Settings:
        return settings.Settings(self.conn)

    @cached_property
    def phones(self) -> phones.Phones:
        return phones.Phones(self.conn, self.now)

    @cached_property
    def invitations(self) -> invitations.Invitations:
        return invitations.Invitations(self.conn, self.now)

    @cached_property
    def figures(self) -> figures.Figures:
        return figures.Figures(self.conn, self.now)

    @cached_property
    def obligations(self) -> obligations.Obligations:
        return obligations.Obligations(self.conn, self.now)

    @cached_property
    def rights(self) -> rights.Rights:
        return rights.Rights(self.conn, self.now)

    @cached_property
    def broadcasts(self) -> broadcasts.Broadcasts:
        return broadcasts.Broadcasts(self.conn, self.now)

    @cached_property
    def proposals(self) -> proposals.Proposals:
        return proposals.Proposals(self.conn, self.now)

    @cached_property
    def rhythms(self) -> rhythms.Rhythms:
        return rhythms.Rhythms(self.conn)

    @cached_property
    def reports(self) -> reports.Reports:
        return reports.Reports(self.conn, self.now)

    @cached_property
    def reported(self) -> reported.Reporting:
        return reported.Reporting(self.conn, self.now)

    @cached_property
    def letters(self) -> letters.Letters:
        return letters.Letters(self.conn, self.now)

    @cached_property
    def usage(self) -> usage.Usage:
        return usage.Usage(self.conn, self.now)

    @cached_property
    def retention(self) -> retention.Retention:
        return retention.Retention(self.conn, self.now, self.settings)

    @cached_property
    def status(self) -> status.Status:
        return status.Status(self.conn)

    @cached_property
    def desk(self) -> desk.Desk:
        return desk.Desk(self.conn, self.now, self.audit, self.key)

    @cached_property
    def watching(self) -> watching.Watching:
        return watching.Watching(self.conn, self.now)

    @cached_property
    def overview(self) -> overview.Overview:
        return overview.Overview(self.conn)

    @cached_property
    def scoped(self) -> scoped.Scoped:
        return scoped.Scoped(self.conn, self.now, self.audit)


Otherwise = Callable[[Tx, Exception], Any]
Answer = tuple[bool, Any]
"""Whether it went well, and the value or the fault."""


class _Job:
    """Work and who waits for it: a thread, or a task of `loop`."""

    __slots__ = ("future", "loop", "otherwise", "work")

    def __init__(
        self, work: Callable[[Tx], Any], otherwise: Otherwise | None, loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        self.work = work
        self.otherwise = otherwise
        self.loop = loop
        self.future: Any = concurrent.futures.Future() if loop is None else loop.create_future()

    def begins(self) -> bool:
        """Who no longer waits is left out."""
        if self.loop is None:
            return bool(self.future.set_running_or_notify_cancel())
        return not self.future.cancelled()


class Store:
    """The database. `clock` tells what time it is; the simulator's clock stands still until somebody moves it."""

    def __init__(self, url: str, clock: Callable[[], datetime], key: Callable[[], str] = no_key) -> None:
        self.url = make_url(url)
        self.clock = clock
        self.key = key
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = writer_engine(self.url)
        self._reader: AsyncEngine | None = None
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._turning = threading.Lock()  # between the writers of before and after a stop
        self._conn: Connection | None = None
        self.commits = 0

    # --- the writing door

    async def write(self, work: Callable[[Tx], T], otherwise: Callable[[Tx, Exception], T] | None = None) -> T:
        """Run `work` in the writer's thread and return what it returned, once it is on disk.

        Raises what `work` raised (its own changes are undone) or StoreError (nothing of the batch is kept). With
        `otherwise` a fault of `work` is not raised: that runs instead, in the same batch.
        """
        job = _Job(work, otherwise, asyncio.get_running_loop())
        self._queue(job)
        result: T = await job.future
        return result

    def run(self, work: Callable[[Tx], T]) -> T:
        """The same for callers without an event loop: the command line and tests."""
        result: T = self._submit(work).future.result()
        return result

    def _submit(self, work: Callable[[Tx], Any]) -> _Job:
        job = _Job(work, None)
        self._queue(job)
        return job

    def _queue(self, job: _Job) -> None:
        with self._turning:
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
                self._thread.start()
            self._jobs.put(job)

    @property
    def waiting(self) -> int:
        """How many changes wait for the writer."""
        return self._jobs.qsize()

    @property
    def alive(self) -> bool:
        return self._thread is None or self._thread.is_alive()

    def _loop(self) -> None:
        while (first := self._jobs.get()) is not None:
            batch, last = [first], False
            while len(batch) < BATCH:
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if job is None:
                    last = True
                    break
                batch.append(job)
            self._commit([job for job in batch if job.begins()])
            if last:
                break
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _commit(self, batch: Sequence[_Job]) -> None:
        """One commit for everything that waits, a savepoint for each, and only then the answers."""
        if not batch:
            return
        for attempt in range(RETRIES):
            try:
                answers = self._attempt(batch)
            except Exception as fault:  # the writer must outlive any fault: the caller is told, the loop goes on
                self._drop_connection()
                if attempt + 1 < RETRIES and _may_pass_again(fault):
                    continue
                _tell(batch, [(False, _explain(fault))] * len(batch))
                return
            self.commits += 1
            _tell(batch, answers)
            return

    def _attempt(self, batch: Sequence[_Job]) -> list[Answer]:
        conn = self._connection()
        answers: list[Answer] = []
        with conn.begin():
            for job in batch:
                ok, value = self._in_savepoint(conn, job.work)
                if not ok and job.otherwise is not None and isinstance(value, Exception):
                    ok, value = self._in_savepoint(conn, partial(_second, job.otherwise, value))
                answers.append((ok, value))
        return answers

    def _in_savepoint(self, conn: Connection, work: Callable[[Tx], Any]) -> Answer:
        SAVEPOINT.change(conn, {})
        try:
            value = work(Tx(conn, self.clock(), self.key))
        except BaseException as fault:  # undone and handed back, SystemExit too; the rest of the batch stands
            if breaks_the_batch(fault):
                raise
            UNDO.change(conn, {})
            RELEASE.change(conn, {})
            return False, fault
        RELEASE.change(conn, {})
        return True, value

    def _connection(self) -> Connection:
        if self._conn is None or self._conn.closed or self._conn.invalidated:
            self._conn = self.engine.connect()
        return self._conn

    def _drop_connection(self) -> None:
        if self._conn is not None:
            self._conn.invalidate()
            self._conn.close()
            self._conn = None

    # --- the reading door

    @property
    def reader(self) -> AsyncEngine:
        if self._reader is None:
            self._reader = reader_engine(self.url)
        return self._reader

    async def close(self) -> None:
        self.stop()
        if self._reader is not None:
            await self._reader.dispose()

    def stop(self) -> None:
        """Finish what waits, then end the writer. Whoever comes meanwhile waits for the next one."""
        with self._turning:
            if self._thread is not None:
                self._jobs.put(None)
                self._thread.join()
                self._thread = None
        self.engine.dispose()


def _tell(batch: Sequence[_Job], answers: Sequence[Answer]) -> None:
    """Every loop is woken once for all that it waits for."""
    of_loop: dict[asyncio.AbstractEventLoop, list[tuple[Any, Answer]]] = defaultdict(list)
    for job, answer in zip(batch, answers, strict=True):
        if job.loop is not None:
            of_loop[job.loop].append((job.future, answer))
        else:
            _settle([(job.future, answer)])
    for loop, waiting in of_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, waiting)


def _settle(waiting: Sequence[tuple[Any, Answer]]) -> None:
    for future, (ok, value) in waiting:
        if future.done():
            continue  # its task left while the change was on its way
        if ok:
            future.set_result(value)
        elif isinstance(value, StopIteration) and isinstance(future, asyncio.Future):  # which those do not take
            future.set_exception(RuntimeError(f"a change ended with {value!r}"))
        else:
            future.set_exception(value)


def _second(otherwise: Otherwise, fault: Exception, tx: Tx) -> Any:
    return otherwise(tx, fault)


def writer_engine(url: URL) -> Engine:
    """The synchronous engine of the writer's thread. Faults end in logs, so none of them quotes parameters."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    arguments = {"timeout": 30, "check_same_thread": False, "isolation_level": None}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True)
    event.listen(engine, "connect", _sqlite_pragmas)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def snapshot_engine(url: URL) -> Engine:
    """Reads that stand still at one moment and hold up nobody: for backups."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": 30, "isolation_level": None}, hide_parameters=True)
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN"))
    return engine


def reader_engine(url: URL) -> AsyncEngine:
    """The asynchronous engine of pages and summaries."""
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    with_aiosqlite = url.set(drivername="sqlite+aiosqlite")
    engine = create_async_engine(with_aiosqlite, connect_args={"timeout": 30}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _sqlite_pragmas)
    return engine


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("busy_timeout=30000", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    _write_ahead(cursor)
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Two processes that start on a new file both want to change its journal, and SQLite lets neither wait."""
    for attempt in range(RETRIES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if attempt + 1 == RETRIES:
                raise
            time.sleep(0.1 * (attempt + 1))


def _begin_immediate(conn: Connection) -> None:
    # The driver would begin late and a released savepoint would survive the outer rollback.
    conn.exec_driver_sql("BEGIN IMMEDIATE")


def _state(fault: BaseException) -> str:
    return str(getattr(getattr(fault, "orig", None), "sqlstate", "") or "")


def _may_pass_again(fault: BaseException) -> bool:
    """Serialisation failure or deadlock: the whole batch is repeated. So is a lost connection."""
    if not isinstance(fault, DBAPIError):
        return False
    return fault.connection_invalidated or _state(fault) in {"40001", "40P01", "57P01", "08006", "08003"}


def breaks_the_batch(fault: BaseException) -> bool:
    """A fault of the database rather than of one event: a full disk, an I/O error, a deadlock, a lost server. Nothing
    that was done in this transaction can be trusted; whoever catches such a fault lets it through."""
    if not isinstance(fault, DBAPIError):
        return False
    if isinstance(fault.orig, sqlite3.Error):
        name = str(getattr(fault.orig, "sqlite_errorname", ""))  # a fault of the driver itself has none
        return name.startswith(SQLITE_BREAKS)
    state = _state(fault)
    return fault.connection_invalidated or state[:2] in {"40", "53", "57", "58", "08"}


def _explain(fault: Exception) -> Exception:
    if not isinstance(fault, DBAPIError):
        return fault
    words = str(fault.orig).strip().splitlines()[0] if str(fault.orig).strip() else type(fault.orig).__name__
    if "locked" in words or "busy" in words:
        return StoreBusyError(f"the database is held by another process ({words})")
    return StoreError(f"the database refused the change: {words}")
