"""How many events a second pass the whole pipeline, each of them on disk before it is acknowledged?

Ours is `bot.inbox.receive` with many senders at once. The baseline is the bare storage step of the usual way and
nothing else: for each message an aiosqlite connection as it comes, one insert and a commit. The manners that somebody
who knows SQLite would choose (WAL, several at once) stand beside it. Both write to the same disk with SQLite's full
fsync, in turns, so that a busy computer slows both.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from zoneinfo import ZoneInfo

import aiosqlite
from sqlalchemy import func, select

from benchmarks import world
from benchmarks.figures import Figure, Tell, no_progress
from bot.inbox import receive
from data import migrate
from data.records import Kind as MeetingKind
from data.records import Meeting
from data.schema import event, outbox
from data.store import Store, Tx
from handlers import reminders
from handlers.speech import ref
from messages.envelope import Address, Inbound, Kind, Priority

ROUNDS = 5
EVENTS = 1500
"""In one round, of each manner of ours."""

BARE_EVENTS = 250
IN_FLIGHT = 64
ALONE = 200
"""Events that come one by one, for the wait of a quiet hour."""

APART = timedelta(seconds=1)
"""Between two messages, by the platform's clock."""

DEMAND = 2.0

GROUPS, FAMILIES = 20, 30
AT_THE_DOOR = 5
"""In so many kelompok the meeting is going on; the others have been told of theirs."""

TOLD = datetime(2026, 11, 25, 8, 30, tzinfo=ZoneInfo(world.ZONE))
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo(world.ZONE))
GOING_ON = datetime(2026, 11, 25, 9, 30, tzinfo=ZoneInfo(world.ZONE))
LATER = datetime(2026, 11, 27, 10, 0, tzinfo=ZoneInfo(world.ZONE))
CODE = "4821"

BEFORE = ("hadir", "1", "insyaallah", "kada kawa, anak garing", "rsvp.yes", "inggih bu ulun hadir", "2", "rsvp.no")
"""What families write before a meeting, and which buttons they tap."""

AT_DOOR = ("hadir", f"hadir {CODE}", "here", "hdr bu", CODE, "hadir bu", "kada kawa, anak garing", "telat sedikit bu")
SELDOM = ("jam berapa bu?", "bantuan", "asdf qwer", "jadwal")
OFTEN = 12
"""So many ordinary answers before one of the seldom ones."""

BUTTONS = {"rsvp.yes", "rsvp.no", "here"}
TAILS = (
    "",
    "",
    "",
    "",
    " bu",
    " ya bu",
    " 🙏",
    "  mksh bu",
    " insya allah",
    ", {name}",
    ", ulun {name}",
    " bu, {name} 🙏",
)
"""How people end a word; those with a name make a line that nobody has written before."""


# --- ours: the database, and what is said to it


@dataclass(frozen=True, slots=True)
class Scene:
    """A database in which every family has been told of its meeting."""

    file: Path
    phones: Sequence[tuple[str, Meeting]]


def prepare(file: Path) -> Scene:
    before = Store(f"sqlite:///{file}", lambda: TOLD)
    migrate.upgrade(before)
    phones = before.run(_populate)
    while before.run(reminders.tick_letters):
        pass
    before.run(_deliver)
    before.stop()
    today = Store(f"sqlite:///{file}", lambda: NOW)
    today.run(reminders.tick_check_in)
    today.stop()
    return Scene(file, phones)


def _populate(tx: Tx) -> Sequence[tuple[str, Meeting]]:
    world.build_places(tx.conn, GROUPS)
    phones = world.build_phones(tx.conn, world.build_families(tx.conn, GROUPS, FAMILIES))
    world.build_staff_phones(tx.conn, GROUPS)
    meetings = [_meeting(tx, group) for group in range(1, GROUPS + 1)]
    return [(phone, meetings[(family - 1) // FAMILIES]) for phone, family in phones]


def _meeting(tx: Tx, group: int) -> Meeting:
    starts = GOING_ON if group <= AT_THE_DOOR else LATER
    ends, zone = starts + timedelta(hours=2), ZoneInfo(world.ZONE)
    what = ("Balai Desa", "1.1", "Menjadi orang tua yang lebih baik", CODE)
    made = tx.meetings.add(
        MeetingKind.P2K2, starts, ends, zone, *what, world.pendamping_of(group), [group], step_at=tx.now
    )
    tx.summary.planned(made, group)
    return made


def _deliver(tx: Tx) -> None:
    """What waits has been sent, without a platform."""
    ids = [one.letter.id for one in tx.sending.look(["whatsapp"], GROUPS * FAMILIES, Priority.BROADCAST)]
    tx.sending.sent((i, f"wamid.{i}", "…", None) for i in tx.sending.take(ids, 1))


def speak(scene: Scene, number: int, seed: int) -> list[Inbound]:
    """So many messages, every family in turn; each of them says something else the next time."""
    dice = random.Random(seed)
    phones = list(scene.phones)
    said: list[Inbound] = []
    while len(said) < number:
        dice.shuffle(phones)
        said += [_say(dice, phone, meeting, len(said) + i, seed) for i, (phone, meeting) in enumerate(phones)]
    return said[:number]


def _say(dice: random.Random, phone: str, meeting: Meeting, number: int, seed: int) -> Inbound:
    usual = AT_DOOR if meeting.starts == GOING_ON else BEFORE
    words = dice.choice(SELDOM if dice.randrange(OFTEN) == 0 else usual)
    at = GOING_ON + number * APART
    where, name = Address("whatsapp", phone), f"wamid.bench.{seed}.{number}"
    if words in BUTTONS:
        return Inbound("whatsapp:bench", name, where, at, Kind.BUTTON, button=f"{words}:{ref(meeting)}")
    plain = words in usual and words.isalpha()
    tail = dice.choice(TAILS).format(name=dice.choice(world.NAMES)) if plain else ""
    return Inbound("whatsapp:bench", name, where, at, text=words + tail)


# --- ours: the measuring


@dataclass(frozen=True, slots=True)
class Measured:
    """What one round took: seconds for each event until its acknowledgement, and of the processor."""

    rate: float
    cpu: float
    waits: Sequence[float] = ()


def measure(scene: Scene, said: Sequence[Inbound], at_once: int) -> Measured:
    """One round on a fresh copy of the scene."""
    file = scene.file.with_suffix(".round")
    shutil.copyfile(scene.file, file)
    store = Store(f"sqlite:///{file}", lambda: NOW)
    store.run(lambda tx: tx.settings.get("clock"))  # the connection is there before the first event
    waits: list[float] = []

    async def one(msg: Inbound) -> None:
        begun = time.perf_counter()
        await receive(store, msg)
        waits.append(time.perf_counter() - begun)

    rate, cpu = asyncio.run(_timed(one, said, at_once))
    _check(store, said)
    store.stop()
    _remove(file)
    return Measured(rate, cpu, waits)


def _check(store: Store, said: Sequence[Inbound]) -> None:
    """A pipeline that fails would look fast. A few words need no answer: thanks, for one."""
    states = select(event.c.state, func.count()).group_by(event.c.state)
    answers = select(func.count()).where(outbox.c.priority == 0)
    kept: dict[str, int] = store.run(lambda tx: dict(tx.conn.execute(states).tuples().all()))
    letters: int = store.run(lambda tx: tx.conn.execute(answers).scalar_one())
    if kept != {"done": len(said)} or letters < 0.9 * len(said):
        raise RuntimeError(f"{len(said)} events went in; kept {kept}, {letters} answers")


# --- the baseline


@dataclass(frozen=True, slots=True)
class Manner:
    """One way to do the bare step."""

    journal: str
    at_once: int

    @property
    def name(self) -> str:
        how = f"{self.at_once} at once" if self.at_once > 1 else "one by one"
        return f"aiosqlite: connect, insert, commit; {self.journal.upper()}, {how}"


MANNERS = (Manner("delete", 1), Manner("wal", 1), Manner("wal", 4), Manner("wal", 16))
"""More than 16 at once, or several with the default journal, were always slower."""


def bare(folder: Path, manner: Manner, number: int) -> Measured | None:
    """The bare step so many times; None when a message was lost ("database is locked")."""
    file = folder / "bare.db"
    keeper = sqlite3.connect(file)  # stays open: otherwise each close would checkpoint, and WAL would look slower
    keeper.execute(f"PRAGMA journal_mode={manner.journal}")
    keeper.execute("CREATE TABLE message (event TEXT PRIMARY KEY, sender TEXT, at INTEGER, text TEXT)")
    keeper.commit()
    lost = 0

    async def one(i: int) -> None:
        nonlocal lost
        try:
            async with aiosqlite.connect(file) as db:
                row = (f"wamid.bench.{i}", f"62811{i:07}", i, "hadir")
                await db.execute("INSERT INTO message VALUES (?, ?, ?, ?)", row)
                await db.commit()
        except sqlite3.OperationalError:
            lost += 1

    rate, cpu = asyncio.run(_timed(one, range(number), manner.at_once))
    keeper.close()
    _remove(file)
    return None if lost else Measured(rate, cpu)


async def _timed(
    one: Callable[[Any], Coroutine[Any, Any, None]], what: Sequence[Any], at_once: int
) -> tuple[float, float]:
    """Do `one` for each, so many at once; returns how many a second, and the processor's seconds for each."""
    waiting: Iterator[Any] = iter(what)

    async def worker(mine: Iterable[Any]) -> None:
        for each in mine:
            await one(each)

    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker(waiting) for _ in range(at_once)))
    return len(what) / (time.perf_counter() - begun), (time.process_time() - cpu) / len(what)


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


# --- the figures


def run(tell: Tell = no_progress) -> Sequence[Figure]:
    with world.on_disk() as folder:
        tell("telling 600 families of their meetings", 0.0)
        scene = prepare(folder / "scene.db")
        measure(scene, speak(scene, 300, 0), IN_FLIGHT)  # everything is loaded and compiled
        ours: list[Measured] = []
        bares: dict[Manner, list[Measured | None]] = {manner: [] for manner in MANNERS}
        for number in range(ROUNDS):
            share = number / ROUNDS
            for manner in MANNERS:
                tell(manner.name, share)
                bares[manner].append(bare(folder, manner, BARE_EVENTS))
            tell(f"{IN_FLIGHT} senders at once", share + 0.5 / ROUNDS)
            ours.append(measure(scene, speak(scene, EVENTS, number + 1), IN_FLIGHT))
        tell("one by one", 0.99)
        alone = measure(scene, speak(scene, ALONE, ROUNDS + 1), 1)
    return _figures(ours, alone, bares)


def _figures(ours: Sequence[Measured], alone: Measured, bares: dict[Manner, list[Measured | None]]) -> Sequence[Figure]:
    whole = {m: [one for one in found if one is not None] for m, found in bares.items() if None not in found}
    usual = MANNERS[0]
    rate, bare_rate = median(one.rate for one in ours), median(one.rate for one in whole[usual])
    waits = [wait for one in ours for wait in one.waits]
    hundredths = quantiles(waits, n=100)
    busy = f"{IN_FLIGHT} senders at once"
    return [
        Figure(
            "inbound events through the whole pipeline",
            rate,
            "/s",
            bare_rate,
            usual.name,
            f"≥ {DEMAND:g} × the baseline",
            rate >= DEMAND * bare_rate,
        ),
        Figure(
            "processor for one event",
            1000 * median(one.cpu for one in ours),
            "ms",
            1000 * median(one.cpu for one in whole[usual]),
            usual.name,
        ),
        Figure(f"acknowledgement p50, {busy}", 1000 * median(waits), "ms"),
        Figure(f"acknowledgement p99, {busy}", 1000 * hundredths[98], "ms"),
        Figure("acknowledgement p50, one by one", 1000 * median(alone.waits), "ms"),
        *(
            Figure(f"bare step: {manner.name}", median(one.rate for one in found), "/s")
            for manner, found in whole.items()
            if manner is not usual
        ),
    ]
