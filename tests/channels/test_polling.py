"""Is anything lost when Telegram is asked? An offset confirms, so it moves only past what is on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from sqlalchemy import select
from telegram.error import Conflict, InvalidToken

from bot.channels.base import Blames, ChannelError, Refused, TryLater, Unknown
from bot.channels.errors import telegram_error
from bot.channels.telegram import Telegram
from bot.polling import poll
from bot.web.webhooks import Intake
from data import schema
from data.records import Role
from data.store import Store, StoreError
from tests.support.databases import Opened
from tests.support.village import settle

NOBODY = cast(Store, None)
Said = list[dict[str, Any]] | ChannelError


def batch(*numbers: int) -> list[dict[str, Any]]:
    return [{"update_id": number} for number in numbers]


class Asked:
    """Telegram and the intake in one: answers what it is told to, then is asked in vain until the stop."""

    name = "telegram"

    def __init__(self, *says: Said, store: Store = NOBODY, disk: Sequence[StoreError | None] = ()) -> None:
        self.says, self.store, self.disk = list(says), store, list(disk)
        self.channel, self.stop = self, asyncio.Event()
        self.calls: list[str | int | None] = []
        self.kept: list[int] = []
        self.woken = 0
        self.webhook: list[ChannelError] = []

    async def remove_webhook(self) -> None:
        self.calls.append("deleteWebhook")
        if self.webhook:
            raise self.webhook.pop(0)

    async def get_updates(self, offset: int | None, timeout: int) -> list[dict[str, Any]]:
        self.calls.append(offset)
        if not self.says:
            self.stop.set()
            return []
        said = self.says.pop(0)
        if isinstance(said, ChannelError):
            raise said
        return said

    async def take(self, update: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        fault = self.disk.pop(0) if self.disk else None
        if fault is not None:
            raise fault
        self.kept.append(update["update_id"])

    def wake(self) -> None:
        self.woken += 1

    async def until_stopped(self) -> list[str | int | None]:
        async with asyncio.timeout(5):
            await poll(cast(Telegram, self), cast(Intake, self), self.stop)
        return self.calls


@pytest.fixture
def rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long it would have rested."""
    found: list[float] = []

    async def at_most(event: asyncio.Event, seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr("bot.polling.at_most", at_most)
    return found


async def test_a_batch_is_confirmed_by_the_next_question(rests: list[float]):
    asked = Asked(batch(7, 9, 8), [], batch(12))
    assert await asked.until_stopped() == ["deleteWebhook", None, 10, 10, 13]
    assert sorted(asked.kept) == [7, 8, 9, 12]
    assert rests == []


async def test_what_is_not_on_disk_is_asked_for_again(rests: list[float]):
    full = StoreError("the disk is full")
    asked = Asked(batch(5), batch(7, 8), batch(7, 8), disk=[None, None, full])
    assert await asked.until_stopped() == ["deleteWebhook", None, 6, 6, 9]
    assert asked.kept == [5, 7, 7, 8]  # the first of the two was seen before, which the inbox knows
    assert len(rests) == 1


async def test_trouble_rests_and_goes_on(rests: list[float]):
    asked = Asked(TryLater("too many", 30), Unknown("no answer"), batch(3), TryLater("no line", 1))
    asked.webhook = [TryLater("no line", 2)]
    assert await asked.until_stopped() == ["deleteWebhook", "deleteWebhook", None, None, None, 4, 4]
    assert rests == [3, 30, 3, 3]


@pytest.mark.parametrize(
    ("fault", "why"),
    [(telegram_error(Conflict("other getUpdates request")), "getUpdates"), (telegram_error(InvalidToken()), "401")],
    ids=["two pollers", "a refused token"],
)
async def test_the_admin_hears_once_a_day(sqlite: Opened, rests: list[float], fault: ChannelError, why: str):
    store = sqlite.store()
    store.run(settle)
    store.run(lambda tx: tx.people.add_staff("Pak Amin", Role.ADMIN, "+6281100000999", "kabupaten", 1))
    asked = Asked(fault, fault, batch(3), store=store)
    calls = await asked.until_stopped()
    assert calls[-2:] == [None, 4]
    assert calls.count("deleteWebhook") == (3 if isinstance(fault, TryLater) else 1)
    told = select(schema.outbox.c.params).where(schema.outbox.c.key == "help.alert")
    (params,) = store.run(lambda tx: tx.conn.execute(told).scalars().all())
    assert params["account"] == "telegram"
    assert why in params["why"]
    assert asked.woken


async def test_a_letter_refused_alarms_nobody(rests: list[float]):
    asked = Asked(Refused("Bad Request", Blames.LETTER, code=400))
    await asked.until_stopped()
    assert not asked.woken


async def test_a_stop_is_heard_while_it_rests():
    asked = Asked(TryLater("too many", 600))
    task = asyncio.create_task(asked.until_stopped())
    await asyncio.sleep(0.02)
    asked.stop.set()
    async with asyncio.timeout(1):
        await task
    assert asked.calls == ["deleteWebhook", None]
