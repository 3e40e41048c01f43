"""Who takes the letters of a sender under test? A channel that answers as the test says, and remembers everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from bot.channels.base import Body, File, Sent
from bot.channels.whatsapp.rendering import window_open
from bot.dispatcher import Pacer, Sender, Spacing
from data import schema
from data.store import Store, Tx
from messages import catalog
from messages.envelope import Attachment, Letter, Priority

KEY = "help.alert"

Answer = Callable[[Letter], Any]
"""Returns the platform's id, an exception to raise, or an awaitable that becomes one of them."""


def real_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Scripted:
    """`answer` decides for each letter; `at_once` is how many are on their way."""

    answer: Answer = lambda letter: f"id.{letter.id}"
    name: str = "whatsapp"
    sent: list[int] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def parse(self, payload: Mapping[str, Any], received: datetime) -> list[Any]:
        return []

    def render(self, letter: Letter, now: datetime) -> Body:
        text = catalog.render(letter.key, letter.params).text
        return Body("messages", {}, text, template=None if window_open(letter.heard, now) else "gangguan_pengiriman")

    async def send(self, letter: Letter, body: Body, file: File | None) -> Sent:
        self.sent.append(letter.id)
        self.bodies.append(body)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            found = self.answer(letter)
            if asyncio.iscoroutine(found):
                found = await found
            if isinstance(found, Exception):
                raise found
            return Sent(str(found))
        finally:
            self.at_once -= 1


async def no_file(attachment: Attachment) -> File:
    raise AssertionError("no letter of these tests carries a file")


def people(tx: Tx, number: int, channel: str = "whatsapp") -> list[int]:
    """So many addresses that wrote a moment ago."""
    rows = [{"channel": channel, "value": f"62811{i:06}", "heard": tx.now} for i in range(1, number + 1)]
    tx.conn.execute(insert(schema.address), rows)
    return list(tx.conn.execute(select(schema.address.c.id).order_by(schema.address.c.id)).scalars())


def put(tx: Tx, address_id: int, priority: Priority = Priority.REMINDER, **more: Any) -> int:
    """One waiting letter."""
    channel = tx.conn.execute(select(schema.address.c.channel).where(schema.address.c.id == address_id)).scalar_one()
    values = {
        "address_id": address_id,
        "channel": channel,
        "key": KEY,
        "params": {"account": "-", "why": "-"},
        "priority": int(priority),
        "not_before": tx.now,
        "created": tx.now,
        **more,
    }
    return int(tx.conn.execute(insert(schema.outbox).returning(schema.outbox.c.id), values).scalar_one())


def row(store: Store, letter_id: int) -> Any:
    return store.run(lambda tx: tx.conn.execute(select(schema.outbox).where(schema.outbox.c.id == letter_id)).one())


def state(store: Store, letter_id: int) -> str:
    found: str = row(store, letter_id).state
    return found


def states(store: Store) -> dict[int, str]:
    rows = store.run(lambda tx: tx.conn.execute(select(schema.outbox.c.id, schema.outbox.c.state)).all())
    return {r.id: r.state for r in rows}


def make_sender(
    store: Store,
    channel: Scripted,
    *,
    kinds: Sequence[str] = ("whatsapp",),
    rate: float = 500,
    news: float = 0.0,
    longest: float = 0.0,
    spacing: Spacing | None = None,
    alone: bool = False,
    reached: bool = False,
) -> Sender:
    return Sender(
        store,
        channel.name,
        channel,
        kinds,
        no_file,
        Pacer(rate),
        spacing or Spacing(0.001, 50),
        sent_is_reached=reached,
        wait_for_news=timedelta(seconds=news),
        longest=timedelta(seconds=longest),
        alone=alone,
    )


@asynccontextmanager
async def sending(sender: Sender):
    """Runs it, and stops it in good order; what it raised is raised here. A test that has failed does not wait for
    letters that hang."""
    stop = asyncio.Event()
    task = asyncio.create_task(sender.run(stop))
    try:
        yield stop
    except BaseException:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
    stop.set()
    await task


async def until(holds: Callable[[], bool], patience: float = 10.0) -> None:
    """Fails when it does not come true."""
    async with asyncio.timeout(patience):
        while not holds():
            await asyncio.sleep(0.01)
