"""How does a change reach the disk? Two doors: whole transactions to one writer thread, and async reads for pages."""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from data.engines import RETRIES, reader_engine, writer_engine
from data.faults import StoreBusyError, StoreError, breaks_the_batch, explained, may_pass_again
from data.prepared import Prepared
from data.tx import Tx, no_key

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

__all__ = ["Store", "StoreBusyError", "StoreError", "Tx", "breaks_the_batch"]

T = TypeVar("T")

SAVEPOINT, UNDO, RELEASE = (
    Prepared(text(words)) for words in ("SAVEPOINT job", "ROLLBACK TO SAVEPOINT job", "RELEASE SAVEPOINT job")
)

BATCH = 50

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
        """One commit for everything that waits, a savepoint for each that is not alone, and only then the answers."""
        if not batch:
            return
        for attempt in range(RETRIES):
            try:
                answers = self._attempt(batch)
            except Exception as fault:  # the writer must outlive any fault: the caller is told, the loop goes on
                self._drop_connection()
                if attempt + 1 < RETRIES and may_pass_again(fault):
                    continue
                _tell(batch, [(False, explained(fault))] * len(batch))
                return
            self.commits += any(ok for ok, _ in answers)
            _tell(batch, answers)
            return

    def _attempt(self, batch: Sequence[_Job]) -> list[Answer]:
        conn = self._connection()
        if len(batch) == 1 and batch[0].otherwise is None:
            return [self._alone(conn, batch[0].work)]
        answers: list[Answer] = []
        with conn.begin():
            for job in batch:
                ok, value = self._in_savepoint(conn, job.work)
                if not ok and job.otherwise is not None and isinstance(value, Exception):
                    ok, value = self._in_savepoint(conn, partial(_second, job.otherwise, value))
                answers.append((ok, value))
        return answers

    def _alone(self, conn: Connection, work: Callable[[Tx], Any]) -> Answer:
        """Nothing stands beside it: the transaction itself is undone. A fault of beginning or committing is no fault of
        the work."""
        with conn.begin() as whole:
            try:
                return True, work(Tx(conn, self.clock(), self.key))
            except BaseException as fault:
                if breaks_the_batch(fault):
                    raise
                whole.rollback()
                return False, fault

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
            self.engine.dispose()  # while none connects: its connection would be nobody's


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
