"""Does one who writes a hundred times a minute keep anybody else waiting, and is she told once?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.flood import MOST, MOST_OF_STAFF, Flood, receive
from data import schema
from data.store import Tx
from messages.envelope import Address, Inbound, Kind
from tests.support.databases import NOW
from tests.support.village import PHONES, settle

BUDI = "6281100000902"


def said(number: str, n: int, words: str = "menu", after: float = 0, kind: Kind = Kind.TEXT) -> Inbound:
    at = NOW + timedelta(seconds=after)
    return Inbound("whatsapp", f"{number}.{n}", Address("whatsapp", number), at, kind, words)


def letters(store) -> list[str]:
    return list(store.run(lambda tx: tx.conn.execute(select(schema.outbox.c.key)).scalars()))


def events(tx: Tx) -> int:
    return int(tx.conn.execute(select(func.count()).select_from(schema.event)).scalar_one())


async def test_beyond_twenty_a_minute_events_are_seen_and_not_answered(sqlite):
    store, flood = sqlite.store(), Flood()
    store.run(settle)
    siti, nur = PHONES["Siti"], PHONES["Nur"]
    with capture_logs() as logs:
        for n in range(100):
            assert await receive(store, said(siti, n, after=n / 10), flood)
        assert await receive(store, said(nur, 0, after=10), flood)
    assert letters(store).count("help.kpm") == MOST + 1
    assert letters(store).count("help.too_many") == 1
    assert store.run(events) == 101
    assert [line["event"] for line in logs if line["log_level"] != "info"] == ["flood"]
    assert siti not in str(logs)
    assert not await receive(store, said(siti, 99, after=9.9), flood)  # a repeated one is still known
    assert await receive(store, said(siti, 200, after=80), flood)
    assert letters(store).count("help.kpm") == MOST + 2


async def test_danger_and_stop_are_heard_in_any_flood(sqlite):
    store, flood = sqlite.store(), Flood()
    store.run(settle)
    siti = PHONES["Siti"]
    for n in range(MOST + 5):
        await receive(store, said(siti, n), flood)
    await receive(store, said(siti, 100, "tolong, anak kejang"), flood)
    await receive(store, said(siti, 101, "STOP PESAN"), flood)
    assert {"urgent.danger", "consent.stopped"} <= set(letters(store))
    await receive(store, replace(said(siti, 102), kind=Kind.BLOCKED), flood)
    assert store.run(lambda tx: tx.conn.execute(select(schema.address.c.blocked)).scalars().all()).count(True) == 1


async def test_staff_may_write_more_and_not_without_end(sqlite):
    store, flood = sqlite.store(), Flood()
    store.run(settle)
    for n in range(MOST_OF_STAFF + 20):
        await receive(store, said(BUDI, n), flood)
    assert letters(store).count("registration.pendamping") + letters(store).count("help.pendamping") == MOST_OF_STAFF
    assert letters(store).count("help.too_many") == 1


def test_the_minute_counts_on_both_sides_of_its_edge():
    flood = Flood()
    counts = [flood.count(said("1", n, after=s)) for n, s in enumerate((0, 59.9, 60, 119.8))]
    assert counts == [1, 2, 2, 3]
    assert flood.count(said("1", 3, after=119.8)) == 3
    assert flood.count(said("2", 0)) == 1


def test_a_second_try_is_counted_as_the_first_was():
    """A database that was busy for a moment must not turn the first twenty of a flood into its end."""
    flood = Flood()
    first = [flood.count(said("1", n)) for n in range(MOST + 5)]
    assert [flood.count(said("1", n)) for n in range(MOST + 5)] == first == list(range(1, MOST + 6))


def test_what_is_remembered_has_an_end():
    flood = Flood()
    for n in range(10_100):
        flood.count(said(str(n), 0))
    assert len(flood._of) == 10_000
