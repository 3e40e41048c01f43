"""Ten thousand families take a quiz of three questions within an hour: what does an answer cost, how long does it wait?

The real way: `bot.inbox.receive`, the database on disk, the real sender paced at WhatsApp's 80 a second, where what
comes in counts too; only the network is left out. Scaled down in number, not in pace: 200 families write every six
seconds, which is three times the pace of 10,000 in an hour.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import func, select

from benchmarks import world
from benchmarks.figures import Figure, Tell, no_progress
from bot.channels.base import Body, File, Sent
from bot.channels.whatsapp.rendering import render
from bot.dispatcher import LastSecond, Pacer, Sender, Spacing
from bot.exports import make_file
from bot.inbox import receive
from data import migrate
from data.schema import quiz, quiz_answer
from data.store import Store, Tx
from messages.envelope import Address, Inbound, Letter

FAMILIES, QUESTIONS = 200, 3
APART = 6.0
"""Seconds between two messages of one family: WhatsApp wants so many between two of ours to her."""

LIMIT = 80.0
WHOLE, HOUR = 10_000, 3600.0
MESSAGES = QUESTIONS + 1
"""MULAI, and an answer to each question."""

P99_MS = 100.0
UPDATE_MS = 1.0


@dataclass
class Far:
    """The platform without a network: notes when each reply left."""

    name: str = "whatsapp"
    left: dict[str, list[float]] = field(default_factory=dict)

    def parse(self, payload: Mapping[str, Any], received: datetime) -> list[Any]:
        return []

    def render(self, letter: Letter, now: datetime) -> Body:
        return render(letter, now)

    async def send(self, letter: Letter, body: Body, file: File | None) -> Sent:
        self.left.setdefault(letter.address.value, []).append(time.perf_counter())
        return Sent(f"wamid.{letter.id}")


@dataclass(frozen=True, slots=True)
class Measured:
    cpu: float
    """Seconds of the processor for one message in and its reply out."""

    took: float
    acknowledged: Sequence[float]
    replied: Sequence[float]


def fill(tx: Tx) -> list[str]:
    """Families of ten kelompok who were offered a quiz; the numbers of their phones."""
    world.build_places(tx.conn, 10)
    families = world.build_families(tx.conn, 10, 2 * FAMILIES // 10)
    own: dict[str, int] = {}
    for phone, family in world.build_phones(tx.conn, families):
        own.setdefault(phone, family)
    chosen = dict(list(own.items())[:FAMILIES])
    for family in chosen.values():
        kelompok = (family - 1) // (2 * FAMILIES // 10) + 1
        until = tx.now + timedelta(days=9)
        added = tx.quiz.plan(f"bench:{family}", family, kelompok, "P2", "post", tx.now, until)
        if added is not None:
            tx.quiz.invited(added, tx.now + timedelta(days=3), until)
    return list(chosen)


async def measure(file: Path) -> Measured:
    store = Store(f"sqlite:///{file}", lambda: datetime.now(UTC))
    migrate.upgrade(store)
    phones = store.run(fill)
    far, inbound, stop = Far(), LastSecond(), asyncio.Event()
    sender = Sender(
        store,
        "whatsapp",
        far,
        ("whatsapp",),
        make_file,
        Pacer(LIMIT, inbound),
        Spacing(6.0, 10),
        sent_is_reached=False,
        wait_for_news=timedelta(minutes=5),
        longest=timedelta(seconds=30),
        alone=True,
    )
    said: dict[str, list[float]] = {phone: [] for phone in phones}
    acknowledged: list[float] = []

    async def one(number: int, phone: str) -> None:
        dice = random.Random(number)
        for step, words in enumerate(["mulai", *dice.choices("abc", k=QUESTIONS)]):
            due = begun + APART * (number / len(phones) + step) + dice.uniform(0, 0.3)
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            at = time.perf_counter()
            said[phone].append(at)
            inbound.note()
            msg = Inbound(
                "whatsapp:bench", f"{phone}.{step}", Address("whatsapp", phone), datetime.now(UTC), text=words
            )
            await receive(store, msg)
            acknowledged.append(time.perf_counter() - at)
            sender.wake()

    running = asyncio.create_task(sender.run(stop))
    await asyncio.sleep(0.5)
    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one(number, phone) for number, phone in enumerate(phones)))
    while sum(map(len, far.left.values())) < MESSAGES * len(phones) and time.perf_counter() < begun + 120:
        await asyncio.sleep(0.05)
    took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    stop.set()
    await running
    _check(store, len(phones))
    await store.close()
    replied = [out - at for phone in phones for at, out in zip(said[phone], far.left[phone], strict=True)]
    return Measured(cpu / (MESSAGES * len(phones)), took, acknowledged, replied)


async def at_full_speed(file: Path) -> float:
    """Seconds of the processor for one answer when 64 come at once and nobody paces: what an answer costs by itself."""
    store = Store(f"sqlite:///{file}", lambda: datetime.now(UTC))
    migrate.upgrade(store)
    phones = store.run(fill)
    room, costs = asyncio.Semaphore(64), []

    async def one(number: int, phone: str, step: int) -> None:
        words = random.Random(10 * number + step).choice("abc") if step else "mulai"
        where, name = Address("whatsapp", phone), f"{phone}.{step}"
        async with room:
            await receive(store, Inbound("whatsapp:bench", name, where, datetime.now(UTC), text=words))

    for step in range(MESSAGES):
        cpu = time.process_time()
        await asyncio.gather(*(one(number, phone, step) for number, phone in enumerate(phones)))
        costs.append((time.process_time() - cpu) / len(phones))
    _check(store, len(phones))
    await store.close()
    return median(costs[1:])


def _check(store: Store, families: int) -> None:
    """A quiz that loses answers would look fast."""

    def count(tx: Tx) -> tuple[int, int]:
        done = tx.conn.execute(select(func.count()).where(quiz.c.state == "finished")).scalar_one()
        return done, tx.conn.execute(select(func.count()).select_from(quiz_answer)).scalar_one()

    if (found := store.run(count)) != (families, QUESTIONS * families):
        raise RuntimeError(f"{families} families answered {QUESTIONS} questions; kept {found}")


def run(tell: Tell = no_progress) -> Sequence[Figure]:
    with world.on_disk() as folder:
        tell(f"{FAMILIES} families, a message of each every {APART:g} s", 0.1)
        found = asyncio.run(measure(folder / "quiz.db"))
        tell("the same answers at full speed", 0.9)
        alone = asyncio.run(at_full_speed(folder / "full.db"))
    pace = FAMILIES / APART
    needed = WHOLE * MESSAGES / HOUR
    hundredth = 1000 * quantiles(found.replied, n=100)[98]
    busy = 100 * found.cpu * needed
    return [
        Figure(
            "quiz: messages in, as many replies out",
            pace,
            "/s",
            needed,
            f"{WHOLE:,} families, {QUESTIONS} questions, in an hour",
            "≥ the baseline",
            pace >= needed,
        ),
        Figure(
            "quiz: processor for one answer, 64 at once",
            1000 * alone,
            "ms",
            demand=f"≤ {UPDATE_MS:g} ms",
            met=1000 * alone <= UPDATE_MS,
        ),
        Figure("quiz: processor for one answer and its reply, at that pace", 1000 * found.cpu, "ms"),
        Figure(f"quiz: of one core, {WHOLE:,} families in an hour", busy, "%", demand="< 100 %", met=busy < 100),
        Figure("quiz: acknowledgement p99", 1000 * quantiles(found.acknowledged, n=100)[98], "ms"),
        Figure("quiz: reply p50, network excluded", 1000 * median(found.replied), "ms"),
        Figure(
            "quiz: reply p99, network excluded",
            hundredth,
            "ms",
            demand=f"≤ {P99_MS:g} ms",
            met=hundredth <= P99_MS,
        ),
    ]
