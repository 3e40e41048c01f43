"""How many signed webhooks a second are acknowledged, each of them on disk first? And when is the last one answered?

`like-pkh run` in a process of its own: signature, parsing, then either the whole conversation with its answer in the
outbox or, where more comes in than can be worked at, the delivery as it came; one fsynced commit for what waits
together, then 200. The work on what was only kept goes on until its last answer is in the outbox. The baseline is the
usual way and does much less: a Starlette handler that checks the signature, inserts one row and commits it.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

import uvloop
from sqlalchemy import insert

from benchmarks import whole, world
from benchmarks.figures import Figure, Tell, no_progress
from benchmarks.platform import APP_SECRET, delivery, message, signed, status
from benchmarks.victim import free_port, settings
from data import schema
from data.store import Store, Tx

GROUPS, FAMILIES = 20, 30
WARM, EVENTS, BARE_EVENTS, STATUSES, PER_DELIVERY = 500, 6000, 1500, 30_000, 20
PATIENCE = 60.0
AT_ONCE = 48
LOAD = 2000
"""Webhooks a second that arrive whether or not those before them are answered."""
WORDS = ("hadir", "insyaallah hadir bu", "kada kawa, anak garing", "hadir bu 🙏", "jadwal", "inggih bu ulun hadir")

USUAL = """
import hashlib, hmac, json, sys
import aiosqlite, uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
port, file, secret = int(sys.argv[1]), sys.argv[2], sys.argv[3].encode()
async def post(request):
    body = await request.body()
    right = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(right, request.headers.get("x-hub-signature-256", "")):
        return PlainTextResponse("", 401)
    for one in json.loads(body)["entry"][0]["changes"][0]["value"]["messages"]:
        row = (one["id"], one["from"], one["timestamp"], one["text"]["body"])
        async with aiosqlite.connect(file) as db:  # one for all would mix the commits of those who come together
            await db.execute("INSERT INTO message VALUES (?, ?, ?, ?)", row)
            await db.commit()
    return PlainTextResponse("")
async def healthz(request):
    return PlainTextResponse("")
app = Starlette(routes=[Route("/webhooks/whatsapp", post, methods=["POST"]), Route("/healthz", healthz)])
uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")
"""


@dataclass(frozen=True, slots=True)
class Measured:
    rate: float
    """Acknowledged a second."""

    waits: Sequence[float]
    refused: int


# --- who posts


async def hammer(port: int, requests: Sequence[bytes], at_once: int, load: float = 0.0) -> Measured:
    """Each connection posts one after the other: as fast as it is answered, so that the other side is what is measured;
    or so many a second by the clock, where a wait counts from the moment at which the request was due."""
    waiting: Iterator[tuple[int, bytes]] = iter(enumerate(requests))
    waits: list[float] = []
    refused: list[bytes] = []
    begun = time.perf_counter()

    async def connection() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, request in waiting:
            due = begun + number / load if load else time.perf_counter()
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            if b" 200 " not in head.split(b"\r\n")[0]:
                refused.append(request)
                continue
            waits.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*(connection() for _ in range(at_once)))
    return Measured(len(waits) / (time.perf_counter() - begun), waits, len(refused))


def posted(body: bytes) -> bytes:
    """The whole request, signed: making it is not measured."""
    lines = [f"{name}: {value}" for name, value in signed(body).items()]
    head = ["POST /webhooks/whatsapp HTTP/1.1", "Host: localhost", *lines, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


def messages(phones: Sequence[str], number: int, seed: int) -> list[bytes]:
    dice = random.Random(seed)
    return [
        posted(delivery([message(f"wamid.{seed}.{i}", dice.choice(phones), dice.choice(WORDS))])) for i in range(number)
    ]


def statuses() -> list[bytes]:
    """Sent, delivered and read of every letter, mixed."""
    said = [("sent", "delivered", "read")[n % 3] for n in range(STATUSES)]
    every = [status(f"wamid.gone.{n // 3}", what, None, "-") for n, what in enumerate(said)]
    random.Random(5).shuffle(every)
    return [posted(delivery(statuses=every[i : i + PER_DELIVERY])) for i in range(0, len(every), PER_DELIVERY)]


# --- ours and the usual way


@dataclass(frozen=True, slots=True)
class Ours:
    heard: Measured
    steady: Measured
    """At the load that is demanded, by the clock."""

    told: Measured
    """Deliveries of statuses."""

    cpu: float
    """The processor's seconds for one message and its answer."""

    worked: float
    """Messages a second, from the first webhook to the last answer in the outbox."""


def ours(folder: Path) -> Ours:
    file = folder / "ours.db"
    phones = [phone for phone, _ in whole.build(file, GROUPS, FAMILIES, "whatsapp", GROUPS)]
    store = Store(f"sqlite:///{file}", lambda: datetime.now(UTC))
    store.run(_letters_gone)
    store.stop()
    given = settings(f"sqlite:///{file}", "http://127.0.0.1:9", rate=80)
    given = {name: value for name, value in given.items() if "TELEGRAM" not in name}
    with whole.program(given, folder / "ours.log") as bot:
        uvloop.run(hammer(bot.port, messages(phones, WARM, 0), AT_ONCE))  # everything is loaded and compiled
        _worked(file, WARM)
        cpu, begun = bot.cpu(), time.perf_counter()
        heard = uvloop.run(hammer(bot.port, messages(phones, EVENTS, 1), AT_ONCE))
        _worked(file, WARM + EVENTS)
        took = time.perf_counter() - begun
        cpu = (bot.cpu() - cpu) / EVENTS
        steady = uvloop.run(hammer(bot.port, messages(phones, EVENTS, 2), AT_ONCE, LOAD))
        _worked(file, WARM + 2 * EVENTS)
        told = uvloop.run(hammer(bot.port, statuses(), AT_ONCE))
    _check(file)
    return Ours(heard, steady, told, cpu, EVENTS / took)


def _worked(file: Path, wanted: int) -> None:
    """Until all of them are answered."""
    until = time.monotonic() + PATIENCE
    with closing(sqlite3.connect(file)) as conn:
        while conn.execute("SELECT count(*) FROM event").fetchone()[0] < wanted:
            if time.monotonic() > until:
                raise TimeoutError("acknowledged, and not worked at")
            time.sleep(0.05)


def _letters_gone(tx: Tx) -> None:
    """What the statuses are of; and a pause, so that nothing else is sent meanwhile."""
    one = {
        "address_id": 1,
        "channel": "whatsapp",
        "key": "help.alert",
        "params": {"account": "-", "why": "-"},
        "priority": 3,
        "not_before": tx.now,
        "created": tx.now,
        "state": "sent",
    }
    gone = [{**one, "platform_id": f"wamid.gone.{i}"} for i in range(STATUSES // 3)]
    tx.conn.execute(insert(schema.outbox), gone)
    tx.accounts.pause("whatsapp", tx.now + timedelta(days=1), "pengukuran")


def _check(file: Path) -> None:
    with sqlite3.connect(file) as conn:
        kept = dict(conn.execute("SELECT state, count(*) FROM event GROUP BY state").fetchall())
        ends = dict(conn.execute("SELECT state, count(*) FROM outbox WHERE priority = 3 GROUP BY state").fetchall())
    conn.close()
    if kept != {"done": WARM + 2 * EVENTS} or ends.get("read") != STATUSES // 3:
        raise RuntimeError(f"kept {kept}; letters ended as {ends}")


def usual(folder: Path, when: str) -> Measured:
    file, port = folder / f"usual.{when}.db", free_port()
    keeper = sqlite3.connect(file)
    keeper.execute("PRAGMA journal_mode=WAL")
    keeper.execute("CREATE TABLE message (event TEXT PRIMARY KEY, sender TEXT, at INTEGER, text TEXT)")
    keeper.commit()
    command = [sys.executable, "-c", USUAL, str(port), str(file), APP_SECRET]
    with whole.serving(command, os.environ, folder / "usual.log", f"http://127.0.0.1:{port}/healthz"):
        uvloop.run(hammer(port, messages(["62811"], 100, 0), AT_ONCE))
        found = uvloop.run(hammer(port, messages(["62811"], BARE_EVENTS, 1), AT_ONCE))
    kept = keeper.execute("SELECT count(*) FROM message").fetchone()[0]
    keeper.close()
    if kept < 0.5 * BARE_EVENTS:
        raise RuntimeError(f"the usual way kept {kept} of {BARE_EVENTS + 100}")
    return found


def together(before: Measured, after: Measured) -> Measured:
    """The disk and the processor of this minute are not those of the last one."""
    rate = 2 / (1 / before.rate + 1 / after.rate)
    return Measured(rate, [*before.waits, *after.waits], before.refused + after.refused)


# --- the figures


def run(tell: Tell = no_progress) -> Sequence[Figure]:
    with world.on_disk() as folder:
        tell("the usual way", 0.0)
        before = usual(folder, "before")
        tell(f"{EVENTS} messages, {STATUSES} statuses", 0.2)
        found = ours(folder)
        tell("the usual way again", 0.8)
        theirs = together(before, usual(folder, "after"))
    heard = found.heard
    against = "Starlette, one row and a commit for each"
    p99 = _p99(found.steady)
    stored, refused = found.told.rate * PER_DELIVERY, heard.refused + found.steady.refused
    return [
        Figure(
            f"webhooks acknowledged, {AT_ONCE} at once",
            heard.rate,
            "/s",
            theirs.rate,
            against,
            "≥ 2,000/s, ≥ 8 ×",
            heard.rate >= 2000 and heard.rate >= 8 * theirs.rate,
        ),
        Figure(f"acknowledged where {LOAD:,} come each second", found.steady.rate, "/s"),
        Figure("acknowledgement p99 at that load", p99, "ms", None, "", "≤ 50 ms", p99 <= 50),
        Figure(f"acknowledgement p99, {AT_ONCE} at once", _p99(heard), "ms", _p99(theirs), against),
        Figure("all of them answered, until the last", found.worked, "/s", None, ""),
        Figure("webhooks refused", refused, "", theirs.refused, "database is locked", "0", not refused),
        Figure("processor for one webhook, answer included", 1000 * found.cpu, "ms"),
        Figure(f"statuses stored, {PER_DELIVERY} to a delivery", stored, "/s", None, "", "≥ 4,000/s", stored >= 4000),
    ]


def _p99(found: Measured) -> float:
    return 1000 * quantiles(found.waits, n=100)[98]
