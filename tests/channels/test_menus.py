"""Does each Telegram chat see the words of its role, also when the roster changes while the bot runs?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.channels.base import Blames, ChannelError, Refused, TryLater
from bot.channels.telegram import Telegram
from bot.menus import Menus
from data import schema
from data.records import Role
from data.store import Store, StoreError, Tx
from handlers.registration import commands_for
from messages.envelope import Address
from tests.support.databases import Opened
from tests.support.village import Village, settle

BUDI, DEWI, RATNA = (Address("telegram", number) for number in ("902", "903", "901"))
FAMILY, PENDAMPING, KOORDINATOR = (commands_for(r) for r in (Role.KPM, Role.PENDAMPING, Role.KOORDINATOR))
BLOCKED = Refused("bot was blocked", Blames.PERSON, code=403, blocked=True)


class Chats:
    """Telegram, as far as menus go; `refuses` names who cannot be reached."""

    name = "telegram"

    def __init__(self) -> None:
        self.menu: dict[Address | None, Sequence[tuple[str, str]]] = {}
        self.refuses: dict[Address | None, ChannelError] = {}
        self.calls = 0

    async def set_commands(self, commands: Sequence[tuple[str, str]], chat: Address | None = None) -> None:
        self._ask(chat)
        self.menu[chat] = commands

    async def forget_commands(self, chat: Address) -> None:
        self._ask(chat)
        del self.menu[chat]

    def _ask(self, chat: Address | None) -> None:
        self.calls += 1
        if chat in self.refuses:
            raise self.refuses[chat]


class Bench:
    def __init__(self, store: Store) -> None:
        self.store, self.chats = store, Chats()
        self.village: Village = store.run(settle)
        self.menus = Menus(store, cast(Telegram, self.chats))

    def link(self, staff_id: int, chat: Address) -> None:
        self.store.run(lambda tx: tx.people.link_staff(staff_id, tx.people.address_id(chat)))

    async def look(self) -> dict[Address | None, Any]:
        await self.menus.look()
        return self.chats.menu


@pytest.fixture
def bench(sqlite: Opened) -> Bench:
    return Bench(sqlite.store())


async def test_menus_follow_the_roster(store: Store):
    bench = Bench(store)
    village = bench.village
    bench.link(village.budi, BUDI)
    assert await bench.look() == {None: FAMILY, BUDI: PENDAMPING}
    bench.link(village.dewi, DEWI)  # linked while the bot runs
    assert await bench.look() == {None: FAMILY, BUDI: PENDAMPING, DEWI: PENDAMPING}

    def change(tx: Tx) -> None:
        tx.people.remove_staff(village.budi)
        tx.conn.execute(update(schema.staff).where(schema.staff.c.id == village.dewi).values(role="koordinator"))

    bench.store.run(change)
    assert await bench.look() == {None: FAMILY, DEWI: KOORDINATOR}
    calls = bench.chats.calls
    await bench.look()
    assert bench.chats.calls == calls  # nothing differs, so Telegram is asked nothing


async def test_a_chat_that_refuses_keeps_nobody_waiting_and_is_asked_again(bench: Bench):
    for staff_id, chat in ((bench.village.budi, BUDI), (bench.village.dewi, DEWI), (bench.village.ratna, RATNA)):
        bench.link(staff_id, chat)
    bench.chats.refuses = {None: TryLater("no line", 2), BUDI: BLOCKED, DEWI: BLOCKED}
    with capture_logs() as logs:
        assert await bench.look() == {RATNA: KOORDINATOR}
        await bench.look()
    assert [line["chats"] for line in logs] == [3]  # said once, not every minute
    bench.chats.refuses = {DEWI: BLOCKED}
    assert await bench.look() == {None: FAMILY, BUDI: PENDAMPING, RATNA: KOORDINATOR}
    bench.store.run(lambda tx: tx.people.remove_staff(bench.village.ratna))
    bench.chats.refuses = {RATNA: TryLater("no line", 2)}
    assert DEWI in await bench.look()
    bench.chats.refuses = {}
    assert await bench.look() == {None: FAMILY, BUDI: PENDAMPING, DEWI: PENDAMPING}


async def test_a_limit_of_the_account_ends_the_look(bench: Bench):
    bench.link(bench.village.budi, BUDI)
    bench.chats.refuses = dict.fromkeys((None, BUDI), TryLater("Too Many Requests", 30, whole_account=True))
    await bench.look()
    assert bench.chats.calls == 1


async def test_it_looks_until_it_is_told_to_stop(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.menus.EVERY", 0.01)
    real, faults = bench.store.write, iter([True])

    async def write(work, otherwise=None):
        if next(faults, False):
            raise StoreError("the disk is full")
        return await real(work, otherwise)

    monkeypatch.setattr(bench.store, "write", write)
    stop = asyncio.Event()
    async with asyncio.timeout(5):
        running = asyncio.create_task(bench.menus.run(stop))
        while bench.chats.menu != {None: FAMILY}:
            await asyncio.sleep(0.01)
        stop.set()
        await running
