"""What becomes of a burst? All of it acknowledged and on disk at once, then worked at in order, each event once."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.whatsapp import WhatsApp
from bot.flood import Flood
from bot.inbox import handle
from bot.landing import MANY, Landing
from bot.web.webhooks import Intake
from data import schema
from data.store import Store, StoreError, Tx
from messages.envelope import Inbound
from tests.support.databases import NOW, Opened
from tests.support.village import PHONES, settle

STAMP = int(NOW.timestamp())
SITI, NUR = PHONES["Siti"], PHONES["Nur"]


def body(*said: tuple[str, str, str]) -> str:
    messages = [
        {"from": phone, "id": name, "timestamp": str(STAMP), "type": "text", "text": {"body": words}}
        for name, phone, words in said
    ]
    return json.dumps({"entry": [{"changes": [{"field": "messages", "value": {"messages": messages}}]}]})


class Door:
    """The intake of WhatsApp; `busy` keeps the writer at something else, as a burst does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.woken, self.worked = 0, 0
        channel = WhatsApp("token", "1065", "1022")
        flood = Flood()
        self.landing = Landing(store, channel, self._work, flood)
        self.intake = Intake(store, channel, self._after, self._wake, flood, self.landing)

    def _wake(self) -> None:
        self.woken += 1

    def _work(self) -> None:
        self.worked += 1

    async def _after(self, events: object) -> None:
        pass

    async def post(self, text: str) -> None:
        await self.intake.take(json.loads(text), text)

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        go = threading.Event()
        held = [asyncio.create_task(self.store.write(lambda tx: go.wait(30)))]
        await asyncio.sleep(0.02)  # the writer has it, and the others wait behind
        held += [asyncio.create_task(self.store.write(lambda tx: go.wait(30))) for _ in range(MANY + 1)]
        await asyncio.sleep(0)
        assert self.landing.needed
        try:
            yield
        finally:
            go.set()
            await asyncio.gather(*held)

    async def empty(self) -> None:
        async with asyncio.timeout(30):
            while await self.store.write(lambda tx: tx.landed.count()):
                await asyncio.sleep(0.01)


def events(store: Store) -> dict[str, str]:
    table = schema.event
    return store.run(lambda tx: {r.event: r.state for r in tx.conn.execute(select(table).order_by(table.c.event))})


def answered(store: Store) -> list[str]:
    return store.run(
        lambda tx: list(tx.conn.execute(select(schema.outbox.c.key).order_by(schema.outbox.c.id)).scalars())
    )


@pytest.fixture
def door(sqlite: Opened) -> Door:
    store = sqlite.store()
    store.run(settle)
    return Door(store)


async def test_a_burst_lands_and_is_answered_in_its_order(door: Door):
    async with door.busy():
        posted = [
            asyncio.create_task(door.post(body((f"e{n:02}", SITI, "halo" if n % 2 else "BANTUAN")))) for n in range(20)
        ]
        await asyncio.sleep(0.02)
    await asyncio.gather(*posted)
    await door.empty()
    assert list(events(door.store).values()) == ["done"] * 20
    assert len(answered(door.store)) == 20
    assert door.worked
    assert not door.woken  # a sender that looked after each of them would find nothing, twenty times
    assert not door.landing.needed


async def test_little_is_answered_before_it_is_acknowledged(door: Door):
    await door.post(body(("e1", SITI, "halo")))
    assert answered(door.store)
    assert (door.woken, door.worked) == (1, 0)


async def test_what_a_dead_process_left_is_taken_up_once(database: Opened):
    store = database.store()
    store.run(settle)
    left = [body(("e1", SITI, "halo"), ("e2", NUR, "halo")), body(("e1", SITI, "halo")), body(("e3", SITI, "halo"))]
    store.run(lambda tx: tx.landed.keep("whatsapp", left))
    store.run(lambda tx: handle(tx, _first(left[0])))  # the process died before it could take the delivery away
    database.clock.set(NOW + timedelta(minutes=1))
    door = Door(store)
    await door.landing.take_up()
    await door.empty()
    assert events(store) == {"e1": "done", "e2": "done", "e3": "done"}
    assert len(answered(store)) == 3


def _first(text: str) -> Inbound:
    event = WhatsApp("token", "1065", "1022").parse(json.loads(text), NOW)[0]
    assert isinstance(event, Inbound)
    return event


async def test_a_poison_event_breaks_only_itself(door: Door, monkeypatch: pytest.MonkeyPatch):
    def answer(msg: Inbound, who: object, tx: Tx) -> list[object]:
        if msg.text == "racun":
            raise ValueError("a fault of ours")
        return []

    monkeypatch.setattr("handlers.router.answer", answer)
    async with door.busy():
        posting = asyncio.create_task(door.post(body(("e1", SITI, "halo"), ("e2", SITI, "racun"), ("e3", NUR, "halo"))))
        await asyncio.sleep(0.02)
    await posting
    await door.empty()
    assert events(door.store) == {"e1": "done", "e2": "failed", "e3": "done"}


async def test_what_is_not_on_disk_is_not_acknowledged(door: Door, monkeypatch: pytest.MonkeyPatch):
    def full(*_args: object) -> list[int]:
        raise StoreError("the disk is full")

    monkeypatch.setattr("data.landed.Landings.keep", full)
    async with door.busy():
        posting = [asyncio.create_task(door.post(body((f"e{n}", SITI, "halo")))) for n in range(3)]
        await asyncio.sleep(0.02)
    assert [type(one) for one in await asyncio.gather(*posting, return_exceptions=True)] == [StoreError] * 3
    assert events(door.store) == {}


async def test_what_cannot_be_worked_at_now_keeps_its_turn(door: Door, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.landing.REST", 0.01)
    real, faults = door.store.write, iter([True])

    async def write(work, otherwise=None):
        if otherwise is not None and next(faults, False):
            raise StoreError("the disk is full")
        return await real(work, otherwise)

    door.store.run(lambda tx: tx.landed.keep("whatsapp", [body(("e1", SITI, "halo"), ("e2", SITI, "halo"))]))
    monkeypatch.setattr(door.store, "write", write)
    await door.landing.take_up()
    await door.empty()
    assert list(events(door.store)) == ["e1", "e2"]
    assert len(answered(door.store)) == 2


async def test_a_nik_does_not_even_lie_there(door: Door):
    async with door.busy():
        posting = [asyncio.create_task(door.post(body(("e1", SITI, "NIK 6371 0101 0190 0001"), ("e2", NUR, "halo"))))]
        posting += [asyncio.create_task(door.post(body(("e3", NUR, "halo"))))]
        await asyncio.sleep(0.02)
        assert len(door.landing._arrived) + len(door.landing._lying) <= 1
    await asyncio.gather(*posting)
    await door.empty()
    assert list(events(door.store)) == ["e1", "e2", "e3"]
