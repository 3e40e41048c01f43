"""Is anything lost, doubled or out of order when the bot dies again and again? `python -m benchmarks.soak [--quick]`

A real process sends to a platform that fails in every way and is killed (SIGKILL) at random moments; then another one
receives webhooks and is killed as well. On SQLite and on PostgreSQL. Afterwards the platform's own journal is held
against the database. Exit status 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import shutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import aiohttp
from sqlalchemy import Engine, func, insert, select

from benchmarks import world
from benchmarks.platform import Platform, Poster, Wishes, delivery, message, running, status
from benchmarks.victim import Victim, free_port, settings
from data import migrate, schema
from data.engines import writer_engine
from data.store import Store, Tx
from messages.envelope import Priority

FAULTS = Wishes(errors=0.02, resets=0.02, lost=0.01, blocked=0.02, burst_every=400, retry_after=1.0, statuses=True)
EACH = 5
"""Letters for one person."""

RATE = 120
PATIENCE = 240.0
IN = re.compile(r'"(wamid\.in\.\d+)"')
"""Seconds after the last death within which everything must be settled."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    messages: int = 5000
    kills: int = 100
    events: int = 20_000
    event_kills: int = 50
    rate: int = RATE
    seed: int = 7


QUICK = Plan(messages=300, kills=6, events=600, event_kills=4)


@dataclass
class Report:
    """What was promised, and whether it held."""

    name: str
    facts: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def must(self, holds: bool, promise: str) -> None:
        if not holds:
            self.broken.append(promise)

    def __str__(self) -> str:
        lines = [f"{self.name}: {'all promises held' if not self.broken else 'BROKEN: ' + '; '.join(self.broken)}"]
        return "\n".join([*lines, *(f"  {name}: {value}" for name, value in self.facts.items())])


# --- the letters


@dataclass(frozen=True, slots=True)
class Letter:
    id: int
    to: str
    channel: str
    priority: int


def write_letters(tx: Tx, plan: Plan) -> dict[int, Letter]:
    """Five letters for each person, half of the people on Telegram and half on WhatsApp, some after their 24 hours."""
    dice, now = random.Random(plan.seed), tx.now
    people = [
        {
            "id": i,
            "channel": "telegram" if i % 2 else "whatsapp",
            "value": str(62_811_000_000 + i),
            "heard": now if i % 3 else None,
        }
        for i in range(1, plan.messages // EACH + 1)
    ]
    order = [person for person in people for _ in range(EACH)]
    dice.shuffle(order)
    usual = (Priority.REMINDER,) * 7 + (Priority.REPLY, Priority.CHANGE, Priority.BROADCAST)
    letters = [
        Letter(i, str(person["value"]), str(person["channel"]), int(dice.choice(usual)))
        for i, person in enumerate(order, 1)
    ]
    rows = [
        {
            "id": letter.id,
            "address_id": person["id"],
            "channel": letter.channel,
            "key": "help.alert",
            "params": {"account": f"#{letter.id}#", "why": "uji ketahanan"},
            "priority": letter.priority,
            "not_before": now,
            "created": now,
        }
        for letter, person in zip(letters, order, strict=True)
    ]
    tx.conn.execute(insert(schema.address), people)
    tx.conn.execute(insert(schema.outbox), rows)
    return {letter.id: letter for letter in letters}


def prepare(url: str, fill: Callable[[Tx], Any]) -> Any:
    store = Store(url, lambda: datetime.now(UTC))
    migrate.upgrade(store)
    made = store.run(fill)
    if store.url.get_backend_name() == "postgresql":
        with store.engine.begin() as conn:  # rows came with their ids
            for table in ("address", "outbox"):
                conn.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                )
    store.stop()
    return made


def states(engine: Engine) -> dict[int, str]:
    with engine.connect() as conn:
        return {row.id: row.state for row in conn.execute(select(schema.outbox.c.id, schema.outbox.c.state))}


def under_way(engine: Engine) -> set[int]:
    with engine.connect() as conn:
        return set(conn.execute(select(schema.outbox.c.id).where(schema.outbox.c.state == "sending")).scalars())


# --- part one: sending


async def soak_sending(url: str, folder: Path, plan: Plan, say: Say) -> Report:
    letters: dict[int, Letter] = prepare(url, lambda tx: write_letters(tx, plan))
    engine, dice = writer_engine(Store(url, lambda: datetime.now(UTC)).url), random.Random(plan.seed + 1)
    platform = Platform(replace(FAULTS, seed=plan.seed, burst_every=max(60, min(400, plan.messages // 5))))
    at_death: set[int] = set()
    async with running(platform) as here, aiohttp.ClientSession() as session:
        victim = Victim(settings(url, here, rate=plan.rate), folder / "sending.log", free_port())
        news = asyncio.create_task(_tell_statuses(platform, Poster(victim.webhook, session)))
        try:
            moments = sorted(dice.sample(range(5, int(plan.messages * 0.9)), plan.kills))
            for number, moment in enumerate(moments, 1):
                victim.start()
                if dice.random() < 0.1:
                    await asyncio.sleep(dice.random() * 2)  # perhaps before it has sent anything
                else:
                    await _until(lambda moment=moment: len(platform.taken) >= moment, 60)  # type: ignore[misc]
                    await asyncio.sleep(dice.random() * 0.05)
                victim.kill()
                at_death |= under_way(engine)
                say(f"sending: {number} deaths, {len(platform.taken)} of {plan.messages} letters taken")
            victim.start()
            begun = time.monotonic()
            left = await _until_settled(engine, say)
            seconds = await victim.stop()
        finally:
            news.cancel()
            victim.close()
    report = check_sending(letters, platform, at_death, states(engine))
    report.facts |= {"deaths": plan.kills, "settled after the last death": f"{time.monotonic() - begun:.0f} s"}
    report.facts["left in good order within"] = f"{seconds:.1f} s"
    report.must(not left, f"{left} letters still under way")
    report.must(seconds < 10, "SIGTERM took too long")
    engine.dispose()
    return report


def check_sending(letters: dict[int, Letter], platform: Platform, at_death: set[int], ends: dict[int, str]) -> Report:
    """The platform's journal against what the database says."""
    report = Report("sending")
    arrived = Counter(one.letter for one in platform.taken)
    unanswered = {letter for _, letter in platform.lost}
    healthy = {i: one for i, one in letters.items() if not platform.is_blocked(one.to)}
    lost = [i for i, one in healthy.items() if not arrived[i] and one.priority < Priority.BROADCAST]
    given_up = [i for i, one in healthy.items() if one.priority == Priority.BROADCAST and not arrived[i]]
    doubled = {i: n for i, n in arrived.items() if n > 1}
    excused = unanswered | at_death
    report.facts |= {
        "letters": len(letters),
        "arrived": len(arrived),
        "lost": len(lost),
        "answers that never came": len(unanswered),
        "under way at a death": len(at_death),
        "twice": f"{sum(n - 1 for n in doubled.values())} {sorted(doubled)}",
        "broadcasts not repeated, reported as unknown": f"{len(given_up)} {sorted(given_up)}",
        "platform answered": dict(platform.said),
    }
    report.must(not lost, f"lost {lost[:20]}")
    report.must(set(doubled) <= excused, f"twice without an excuse: {sorted(set(doubled) - excused)[:20]}")
    report.must(sum(n - 1 for n in doubled.values()) <= len(excused), "more repetitions than excuses")
    silent = [i for i in given_up if ends[i] != "failed"]
    report.must(not silent, f"given up without a word: {silent[:20]}")
    twice_broadcast = [i for i in doubled if letters[i].priority == Priority.BROADCAST]
    report.must(not twice_broadcast, f"broadcasts repeated blindly: {twice_broadcast}")
    wrong = [i for i in arrived if ends[i] not in {"sent", "delivered", "read"} and letters[i].priority < 4]
    report.must(not wrong, f"arrived, and the database does not know: {wrong[:20]}")
    _check_order(report, letters, platform)
    _check_blocked(report, letters, platform, at_death, ends)
    return report


def _check_order(report: Report, letters: dict[int, Letter], platform: Platform) -> None:
    """To one person what is equally urgent goes out in the order in which it was put there."""
    first: dict[int, int] = {}
    for place, one in enumerate(platform.taken):
        first.setdefault(one.letter, place)
    of_person: dict[tuple[str, int], list[int]] = defaultdict(list)
    for i in sorted(first):
        of_person[letters[i].to, letters[i].priority].append(first[i])
    wrong = [key for key, places in of_person.items() if places != sorted(places)]
    report.facts["people heard in order"] = len({to for to, _ in of_person})
    report.must(not wrong, f"out of order: {wrong[:10]}")


def _check_blocked(
    report: Report, letters: dict[int, Letter], platform: Platform, at_death: set[int], ends: dict[int, str]
) -> None:
    """A refusal is final: a second try has no excuse but a death before the first one was written down."""
    blocked = {i for i, one in letters.items() if platform.is_blocked(one.to)}
    again = {i for (_, i), n in platform.refused.items() if n > 1}
    report.facts["blocked"] = f"{len(blocked)} letters, {sum(platform.refused.values())} tries"
    report.must(again <= at_death, f"blocked, and tried again: {sorted(again - at_death)[:20]}")
    on_telegram = Counter(letters[i].to for (channel, i) in platform.refused if channel == "telegram")
    insist = {to for to, n in on_telegram.items() if n > 1}
    excused = {letters[i].to for i in at_death}
    report.must(insist <= excused, f"blocked on Telegram, and another letter tried: {sorted(insist - excused)[:10]}")
    open_ends = [i for i in blocked if ends[i] != "failed"]
    report.must(not open_ends, f"blocked, and not reported: {open_ends[:20]}")


async def _tell_statuses(platform: Platform, poster: Poster) -> None:
    """Meta tells a little later what became of a message, several at once, in any order, some twice."""
    waiting: list[dict[str, Any]] = []
    platform.on_status = waiting.append
    dice = random.Random(3)
    posting: set[asyncio.Task[None]] = set()
    while True:
        await asyncio.sleep(0.1)
        now, waiting[:] = list(waiting), []
        dice.shuffle(now)
        now += [one for one in now if dice.random() < 0.05]
        for start in range(0, len(now), 20):
            task = asyncio.create_task(poster.post(delivery(statuses=now[start : start + 20])))
            posting.add(task)
            task.add_done_callback(posting.discard)


async def _until_settled(engine: Engine, say: Say) -> int:
    """How many letters are left when our patience is over."""
    until, left = time.monotonic() + PATIENCE, 0
    while time.monotonic() < until:
        left = sum(state in {"queued", "sending"} for state in states(engine).values())
        if not left:
            return 0
        say(f"sending: {left} letters to go")
        await asyncio.sleep(0.5)
    return left


async def _until(holds: Callable[[], bool], patience: float) -> bool:
    until = time.monotonic() + patience
    while not holds():
        if time.monotonic() > until:
            return False
        await asyncio.sleep(0.005)
    return True


# --- part two: webhooks


@dataclass
class Traffic:
    """What Meta posts: messages and statuses, mixed, some of it twice."""

    deliveries: list[tuple[bytes, tuple[str, ...]]]
    """Each with the names of the messages in it."""

    messages: dict[str, str]
    """Name of each message and who wrote it."""


def settle_village(tx: Tx, plan: Plan) -> list[str]:
    """Families who write, letters that have gone, and an account that is paused, so that answers stay countable."""
    groups = 20
    world.build_places(tx.conn, groups)
    phones = world.build_phones(tx.conn, world.build_families(tx.conn, groups, 20))
    gone = [
        {
            "id": i,
            "address_id": 1 + i % len(phones),
            "channel": "whatsapp",
            "key": "help.alert",
            "params": {"account": "-", "why": "-"},
            "priority": 2,
            "not_before": tx.now,
            "created": tx.now,
            "state": "sent",
            "platform_id": f"wamid.gone.{i}",
        }
        for i in range(1, plan.events // 6 + 1)
    ]
    tx.conn.execute(insert(schema.outbox), gone)
    tx.accounts.pause("whatsapp", tx.now + timedelta(days=300), "uji ketahanan")
    return [phone for phone, _ in phones]


def make_traffic(plan: Plan, phones: Sequence[str]) -> Traffic:
    """Half messages, half statuses; a tenth is delivered twice, and nothing keeps its order. The messages are of two
    hours: nobody writes so many in a minute that it counts as a flood."""
    dice, gone = random.Random(plan.seed), plan.events // 6
    said = [("sent", "delivered", "read")[n % 3] for n in range(3 * gone)]
    statuses = [status(f"wamid.gone.{1 + n // 3}", what, None, "-", 1_790_000_000 + n) for n, what in enumerate(said)]
    names = {f"wamid.in.{n}": dice.choice(phones) for n in range(plan.events - len(statuses))}
    events: list[tuple[str, Any]] = [("status", one) for one in statuses]
    now = int(time.time())
    events += [("message", message(name, phone, "jadwal", now - dice.randrange(7200))) for name, phone in names.items()]
    dice.shuffle(events)
    deliveries = []
    while events:
        batch, events = events[: (size := dice.choice((1, 1, 1, 2, 4)))], events[size:]
        messages = [one for kind, one in batch if kind == "message"]
        body = delivery(messages, [one for kind, one in batch if kind == "status"])
        deliveries.append((body, tuple(str(one["id"]) for one in messages)))
    deliveries += dice.sample(deliveries, len(deliveries) // 10)
    dice.shuffle(deliveries)
    return Traffic(deliveries, names)


async def soak_webhooks(url: str, folder: Path, plan: Plan, say: Say) -> Report:
    traffic = make_traffic(plan, prepare(url, lambda tx: settle_village(tx, plan)))
    engine, dice = writer_engine(Store(url, lambda: datetime.now(UTC)).url), random.Random(plan.seed + 2)
    report, acknowledged = Report("webhooks"), set[str]()
    victim = Victim(settings(url, "http://127.0.0.1:9", rate=80), folder / "webhooks.log", free_port())
    waiting = iter(traffic.deliveries)
    done = 0

    async def post_one_after_the_other(poster: Poster) -> None:
        nonlocal done
        for body, names in waiting:
            await poster.post(body)
            acknowledged.update(names)
            done += 1

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        poster = Poster(victim.webhook, session)
        victim.start()
        begun = time.monotonic()
        posting = [asyncio.create_task(post_one_after_the_other(poster)) for _ in range(24)]
        try:
            for number, moment in enumerate(sorted(dice.sample(range(len(traffic.deliveries)), plan.event_kills)), 1):
                await _until(lambda moment=moment: done >= moment, 60)  # type: ignore[misc]
                await asyncio.sleep(dice.random() * 0.05)
                victim.kill()
                # Whatever was answered 200 until now must be on disk: nobody is left who could put it there.
                missing = acknowledged - stored(engine)
                report.must(not missing, f"acknowledged and gone at death {number}: {sorted(missing)[:5]}")
                say(f"webhooks: {number} deaths, {done} of {len(traffic.deliveries)} deliveries acknowledged")
                victim.start()
            await asyncio.gather(*posting)
            seconds = time.monotonic() - begun
            await victim.healthy()
            await _until(lambda: not landed(engine), 120)
            await victim.stop()
        finally:
            for task in posting:
                task.cancel()
            victim.close()
    check_webhooks(report, engine, traffic, plan)
    report.facts |= {"deaths": plan.event_kills, "deliveries": len(traffic.deliveries), "posted again": poster.repeated}
    report.facts["took"] = f"{seconds:.0f} s"
    engine.dispose()
    return report


def stored(engine: Engine) -> set[str]:
    """Events worked at, and those in deliveries that only landed."""
    lying = {name for body in landed(engine) for name in IN.findall(body)}
    with engine.connect() as conn:
        return lying | set(conn.execute(select(schema.event.c.event)).scalars())


def landed(engine: Engine) -> Sequence[str]:
    with engine.connect() as conn:
        return conn.execute(select(schema.landed.c.body)).scalars().all()


def check_webhooks(report: Report, engine: Engine, traffic: Traffic, plan: Plan) -> None:
    """Each message once in the table and answered once; each letter as far as any of its statuses says."""
    with engine.connect() as conn:
        kept = Counter(conn.execute(select(schema.event.c.event).where(schema.event.c.state == "done")).scalars())
        answered = conn.execute(
            select(schema.address.c.value, func.count().label("n"))
            .join(schema.outbox, schema.outbox.c.address_id == schema.address.c.id)
            .where(schema.outbox.c.priority == 0)
            .group_by(schema.address.c.value)
        )
        answers = {row.value: row.n for row in answered}
        ends = Counter(conn.execute(select(schema.outbox.c.state).where(schema.outbox.c.priority == 2)).scalars())
    report.facts |= {
        "messages": len(traffic.messages),
        "statuses": 3 * (plan.events // 6),
        "letters end as": dict(ends),
    }
    report.must(kept == Counter(traffic.messages.keys()), "events stored not exactly once")
    report.must(answers == dict(Counter(traffic.messages.values())), "answers are not exactly one for each message")
    report.must(set(ends) == {"read"}, f"statuses went backwards or are missing: {dict(ends)}")


# --- both


async def soak(url: str, folder: Path, plan: Plan, say: Say, fresh: Callable[[], str]) -> list[Report]:
    """Each part on its own database."""
    return [await soak_sending(url, folder, plan, say), await soak_webhooks(fresh(), folder, plan, say)]


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Callable[[], str]]:
    """Gives a new database at every call."""
    if kind == "sqlite":
        numbers = iter(range(100))
        yield lambda: f"sqlite:///{folder}/soak{next(numbers)}.db"
        return
    from contextlib import ExitStack

    from tests.support.databases import running_postgres

    with running_postgres() as server, ExitStack() as opened:
        yield lambda: opened.enter_context(server.database(empty=True))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute instead of many")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--part", choices=("sending", "webhooks", "both"), default="both")
    parser.add_argument("--seed", type=int, default=Plan().seed)
    given = parser.parse_args()
    plan = replace(QUICK if given.quick else Plan(), seed=given.seed)
    Path("var").mkdir(exist_ok=True)
    broken = False
    for kind in ("sqlite", "postgresql") if given.database == "both" else (given.database,):
        folder = Path(mkdtemp(prefix="soak-", dir="var")).resolve()
        with databases(kind, folder) as fresh:
            parts = {"sending": soak_sending, "webhooks": soak_webhooks}
            for part in parts if given.part == "both" else (given.part,):
                report = asyncio.run(parts[part](fresh(), folder, plan, _say))
                report.name = f"{kind}, {part}"
                print(f"\r\033[K{report}" if sys.stderr.isatty() else report, flush=True)
                broken |= bool(report.broken)
        if broken:
            print(f"The bot's log and database are in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if broken else 0


def _say(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
