"""Does a change reach the disk whole, in few commits, and is a fault only its own?"""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from data import schema
from data.store import BATCH, Store, StoreError, Tx
from tests.support.databases import Opened

pytestmark = pytest.mark.usefixtures("store")


class Poison(Exception):
    """What a conversation raises that has a fault."""


def keep(name: str):
    return lambda tx: tx.settings.keep(name, "yes")


def fail(tx: Tx):
    tx.settings.keep("poison", "yes")
    raise Poison("nobody expected this")


def kept(store: Store) -> set[str]:
    return set(store.run(lambda tx: tx.conn.execute(select(schema.setting.c.name)).scalars().all()))


def hold(store: Store) -> threading.Event:
    """Keep the writer busy until the event is set, so that whatever comes now waits together."""
    go, begun = threading.Event(), threading.Event()

    def wait(tx: Tx) -> None:
        begun.set()
        go.wait(60)

    store._submit(wait)
    begun.wait(60)
    return go


async def together(store: Store, *works, otherwise=None):
    """Several writes that wait at the same time; returns their answers or faults."""
    go = hold(store)
    tasks = [asyncio.create_task(store.write(work, otherwise)) for work in works]
    await asyncio.sleep(0)
    go.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


# --- group commit


async def test_what_waits_together_is_committed_together(store: Store):
    before = store.commits
    await together(store, *(keep(f"n{i}") for i in range(3 * BATCH)))
    assert store.commits - before == 1 + 3  # the one that held them up, then three batches
    assert len(kept(store)) == 3 * BATCH


async def test_an_answer_means_that_it_is_on_disk(database, store: Store):
    await store.write(keep("siti"))
    assert kept(database.store()) == {"siti"}


async def test_every_write_gets_its_own_answer(store: Store):
    answers = await together(store, *((lambda tx, n=n: n * n) for n in range(BATCH + 7)))
    assert answers == [n * n for n in range(BATCH + 7)]


async def test_work_is_done_at_the_time_of_the_clock(database, store: Store):
    database.clock.set(datetime(2026, 12, 1, 3, 4, tzinfo=UTC))
    assert await store.write(lambda tx: tx.now) == datetime(2026, 12, 1, 3, 4, tzinfo=UTC)


# --- savepoints


async def test_a_fault_is_only_its_own(store: Store):
    before = store.commits
    answers = await together(store, keep("siti"), fail, keep("wati"))
    assert isinstance(answers[1], Poison)
    assert answers[0] is None
    assert answers[2] is None
    assert kept(store) == {"siti", "wati"}
    assert store.commits - before == 3  # the holding one, the three in one batch, and the look just now


async def test_what_a_constraint_refuses_is_only_its_own(store: Store):
    def nobody_there(tx: Tx) -> None:
        tx.conn.execute(insert(schema.kpm), {"name": "Siti", "kelompok_id": 404})

    answers = await together(store, keep("siti"), nobody_there, keep("wati"))
    assert isinstance(answers[1], IntegrityError)
    assert kept(store) == {"siti", "wati"}


async def test_wrong_sql_is_only_its_own(store: Store):
    answers = await together(store, keep("siti"), lambda tx: tx.conn.execute(text("SELECT nonsense")), keep("wati"))
    assert isinstance(answers[1], Exception)
    assert kept(store) == {"siti", "wati"}


async def test_one_that_stands_alone_is_undone_whole(store: Store):
    before = store.commits

    def half(tx: Tx) -> None:
        tx.settings.keep("half", "yes")
        raise Poison

    with pytest.raises(Poison):
        await store.write(half)
    assert store.commits == before
    await store.write(keep("siti"))
    assert kept(store) == {"siti"}


async def test_what_only_the_commit_refuses_is_a_fault_of_the_store(sqlite: Opened):
    store = sqlite.store()

    def nobody_there(tx: Tx) -> None:
        tx.settings.keep("half", "yes")
        tx.conn.execute(text("PRAGMA defer_foreign_keys = ON"))
        tx.conn.execute(insert(schema.kpm), {"name": "Siti", "kelompok_id": 404})

    with pytest.raises(StoreError):
        await store.write(nobody_there)
    await store.write(keep("siti"))
    assert kept(store) == {"siti"}


async def test_otherwise_runs_in_place_of_a_fault_and_in_the_same_batch(store: Store):
    before = store.commits

    def remember(tx: Tx, fault: Exception) -> str:
        tx.settings.keep("failed", type(fault).__name__)
        return "remembered"

    answers = await together(store, keep("siti"), fail, otherwise=remember)
    assert answers == [None, "remembered"]
    assert store.commits - before == 2
    assert kept(store) == {"siti", "failed"}  # and nothing of the poison


async def test_a_fault_of_otherwise_is_told_and_only_its_own(store: Store):
    def broken(tx: Tx, fault: Exception) -> None:
        tx.settings.keep("broken", "yes")
        raise ZeroDivisionError

    answers = await together(store, keep("siti"), fail, otherwise=broken)
    assert isinstance(answers[1], ZeroDivisionError)
    assert kept(store) == {"siti"}


async def test_otherwise_is_not_asked_when_all_went_well(store: Store):
    assert await store.write(lambda tx: "well", lambda tx, fault: "badly") == "well"


def test_a_released_savepoint_does_not_survive_the_outer_rollback(store: Store):
    """SQLite's driver begins late by itself, and then a released savepoint is a commit."""
    with store.engine.connect() as conn:
        outer = conn.begin()
        with conn.begin_nested():
            conn.execute(insert(schema.setting), {"name": "siti", "value": "yes"})
        outer.rollback()
    assert kept(store) == set()


def test_an_undone_savepoint_leaves_what_stood_before_it(store: Store):
    def work(tx: Tx) -> None:
        tx.settings.keep("before", "yes")
        inner = tx.conn.begin_nested()
        tx.settings.keep("inside", "yes")
        inner.rollback()
        tx.settings.keep("after", "yes")

    store.run(work)
    assert kept(store) == {"before", "after"}


# --- the writer outlives everything


def test_one_who_no_longer_waits_does_not_end_the_writer(store: Store):
    """A client hangs up, a time limit passes: the others must still be answered."""

    async def play() -> None:
        go = hold(store)
        leaving = asyncio.create_task(store.write(keep("left")))
        staying = asyncio.create_task(store.write(keep("stayed")))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.sleep(0)
        go.set()
        await asyncio.wait_for(staying, 60)

    asyncio.run(play())
    assert store.alive
    assert kept(store) == {"stayed"}


def test_one_who_leaves_while_her_work_is_done_loses_only_the_answer(store: Store):
    begun, go = threading.Event(), threading.Event()

    def slow(tx: Tx) -> None:
        tx.settings.keep("slow", "yes")
        begun.set()
        go.wait(60)

    async def play() -> None:
        leaving = asyncio.create_task(store.write(slow))
        await asyncio.to_thread(begun.wait, 60)
        leaving.cancel()
        await asyncio.sleep(0)
        go.set()
        await asyncio.wait_for(store.write(keep("next")), 60)

    asyncio.run(play())
    assert kept(store) == {"slow", "next"}


@pytest.mark.parametrize(
    "fault", [SystemExit(3), KeyboardInterrupt(), RecursionError(), MemoryError(), StopIteration()]
)
def test_the_writer_outlives_any_fault(store: Store, fault: BaseException):
    def work(tx: Tx) -> None:
        tx.settings.keep("poison", "yes")
        raise fault

    with pytest.raises(type(fault)):
        store._submit(work).future.result(60)
    store.run(keep("siti"))
    assert store.alive
    assert kept(store) == {"siti"}


def test_a_thousand_writes_from_many_threads(store: Store):
    def many(begin: int) -> None:
        for n in range(begin, begin + 100):
            store.run(keep(f"n{n}"))

    threads = [threading.Thread(target=many, args=(100 * i,)) for i in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept(store)) == 1000
    assert store.commits < 1000


def test_stop_finishes_what_waits(database, store: Store):
    go = hold(store)
    for n in range(2 * BATCH):
        store._submit(keep(f"n{n}"))
    threading.Timer(0.05, go.set).start()
    store.stop()
    assert len(kept(database.store())) == 2 * BATCH


def test_who_comes_while_it_stops_is_not_forgotten(store: Store):
    def many(begin: int) -> None:
        for n in range(begin, begin + 50):
            store.run(keep(f"n{n}"))

    threads = [threading.Thread(target=many, args=(50 * i,), daemon=True) for i in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads[:1]):
        store.stop()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert len(kept(store)) == 200


def test_a_store_can_be_used_again_after_stop(store: Store):
    store.run(keep("siti"))
    store.stop()
    store.run(keep("wati"))
    assert kept(store) == {"siti", "wati"}


async def test_pages_read_what_was_written_and_not_what_was_not(store: Store):
    async def names() -> list[str]:
        async with store.reader.connect() as conn:
            return list((await conn.execute(select(schema.setting.c.name))).scalars())

    await store.write(keep("siti"))
    go = hold(store)
    waiting = asyncio.create_task(store.write(keep("wati")))
    assert await names() == ["siti"]  # a reader does not wait for the writer
    assert not waiting.done()
    go.set()
    await waiting
    assert set(await names()) == {"siti", "wati"}
    await store.close()


# --- moments


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 28, 1, 0, 0, 123_000, tzinfo=UTC),
        datetime(2026, 11, 28, 9, 0, 0, 1_000, tzinfo=timezone(timedelta(hours=8))),
        datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_as_it_went_to_the_millisecond(store: Store, moment: datetime):
    def there_and_back(tx: Tx) -> datetime:
        values = {"account": "a", "event": "e", "at": moment}
        tx.conn.execute(insert(schema.event), values)
        return tx.conn.execute(select(schema.event.c.at)).scalar_one()

    back = store.run(there_and_back)
    assert back == moment
    assert back.utcoffset() == timedelta(0)


def test_parts_of_a_millisecond_are_dropped_downwards(store: Store):
    def there_and_back(tx: Tx) -> datetime:
        at = datetime(2026, 11, 28, 1, 0, 0, 999_999, tzinfo=UTC)
        tx.conn.execute(insert(schema.event), {"account": "a", "event": "e", "at": at})
        return tx.conn.execute(select(schema.event.c.at)).scalar_one()

    assert store.run(there_and_back) == datetime(2026, 11, 28, 1, 0, 0, 999_000, tzinfo=UTC)


def test_a_moment_without_a_zone_is_refused(store: Store):
    values = {"account": "a", "event": "e", "at": datetime(2026, 11, 28)}
    with pytest.raises(StatementError, match="a moment needs a zone"):
        store.run(lambda tx: tx.conn.execute(insert(schema.event), values))


# --- what a fault says


def test_a_fault_does_not_quote_what_somebody_wrote(store: Store):
    """It may end in a log: SQLAlchemy would print the parameters of the statement."""
    values = {"name": "Siti binti Ahmad", "kelompok_id": 404}
    with pytest.raises(IntegrityError) as caught:
        store.run(lambda tx: tx.conn.execute(insert(schema.kpm), values))
    assert "Siti" not in str(caught.value)
