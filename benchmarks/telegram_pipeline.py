"""How many Telegram messages a second are answered, each stored with fsync, read, decided, rendered, sent and recorded?

`like-pkh run` in a process of its own with 20,000 families, asking a Telegram on this computer for its messages. The
baseline is the tutorial bot: python-telegram-bot's Application, an aiosqlite connection and a commit for each message,
and one fixed sentence as the answer. It waits for Telegram with every answer, so both are measured twice: as far away
as Telegram is, and with Telegram on this computer, which no bot has.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any

import uvloop

from benchmarks import whole, world
from benchmarks.figures import Figure, Tell, no_progress
from benchmarks.platform import TOKEN, Platform, Wishes, running
from benchmarks.victim import settings
from data.records import Meeting
from handlers.speech import ref

GROUPS, FAMILIES, MEETING = 667, 30, 170
UPDATES, WARM = 4000, 300
USUAL_NEAR, USUAL_FAR = 1000, 150
WAY, JITTER = 0.030, 0.020
"""Seconds to Telegram, and by which they differ, as in `benchmarks.sender`."""

WORDS = ("hadir", "insyaallah hadir bu", "kada kawa, anak garing", "hadir bu 🙏", "jadwal", "inggih bu ulun hadir")
BUTTONS = ("rsvp.yes", "rsvp.no")
PATIENCE = 120.0

USUAL = """
import sys
import aiosqlite
from telegram.ext import Application, MessageHandler, filters
base, token, file = sys.argv[1:4]
async def answer(update, context):
    async with aiosqlite.connect(file) as db:
        row = (update.update_id, update.effective_chat.id, update.message.text)
        await db.execute("INSERT INTO message VALUES (?, ?, ?)", row)
        await db.commit()
    await update.message.reply_text("Terima kasih, sudah dicatat.")
app = Application.builder().token(token).base_url(base + "/bot").build()
app.add_handler(MessageHandler(filters.TEXT, answer))
app.run_polling(poll_interval=0.0)
"""


@dataclass(frozen=True, slots=True)
class Measured:
    rate: float
    cpu: float = 0.0
    memory: float = 0.0


def said(number: int, chat: int, words: str) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Seorang ibu"}
    where = {"id": chat, "type": "private", "first_name": "Seorang ibu"}
    what = {"message_id": number, "date": int(time.time()), "chat": where, "from": person, "text": words}
    return {"update_id": number, "message": what}


def pressed(number: int, chat: int, button: str) -> dict[str, Any]:
    carrying = said(number, chat, "Apakah Ibu bisa datang?")["message"]
    query = {"id": str(number), "from": carrying["from"], "chat_instance": "1", "data": button, "message": carrying}
    return {"update_id": number, "callback_query": query}


def updates(phones: Sequence[tuple[str, Meeting]], first: int) -> list[dict[str, Any]]:
    """One from each person; a quarter taps a button."""
    dice = random.Random(first)
    made = []
    for i, (phone, meeting) in enumerate(phones, first):
        button = f"{dice.choice(BUTTONS)}:{ref(meeting)}"
        tapped = dice.random() < 0.25
        made.append(pressed(i, int(phone), button) if tapped else said(i, int(phone), dice.choice(WORDS)))
    return made


async def ours(folder: Path, phones: Sequence[tuple[str, Meeting]], wishes: Wishes) -> Measured:
    platform = Platform(wishes)
    async with running(platform) as here:
        given = settings(f"sqlite:///{folder}/ours.db", here, rate=1000)
        given = {name: value for name, value in given.items() if "WHATSAPP" not in name}
        with whole.program(given, folder / "ours.log") as bot:
            await _answered(platform, updates(phones[:WARM], 1))
            cpu, begun = bot.cpu(), time.perf_counter()
            await _answered(platform, updates(phones[WARM : WARM + UPDATES], 1 + WARM))
            took = time.perf_counter() - begun
            return Measured(UPDATES / took, (bot.cpu() - cpu) / UPDATES, bot.memory())


async def usual(folder: Path, wishes: Wishes, number: int) -> Measured:
    file, platform = folder / f"usual.{number}.db", Platform(wishes)
    keeper = sqlite3.connect(file)
    keeper.execute("PRAGMA journal_mode=WAL")
    keeper.execute("CREATE TABLE message (event INTEGER PRIMARY KEY, sender INTEGER, text TEXT)")
    keeper.commit()
    async with running(platform) as here:
        command = [sys.executable, "-c", USUAL, here, TOKEN, str(file)]
        with whole.serving(command, os.environ, folder / "usual.log"):
            await _answered(platform, [said(i, i, "hadir") for i in range(1, number // 5 + 1)])
            begun = time.perf_counter()
            await _answered(platform, [said(i, i, "hadir") for i in range(number // 5 + 1, number // 5 + number + 1)])
            took = time.perf_counter() - begun
    keeper.close()
    return Measured(number / took)


async def _answered(platform: Platform, given: Sequence[dict[str, Any]]) -> None:
    """Until everybody who wrote was answered."""
    wanted = len({one.to for one in platform.taken}) + len(given)
    platform.write(given)
    until, seen, heard = time.monotonic() + PATIENCE, 0, {one.to for one in platform.taken}
    while len(heard) < wanted:
        if time.monotonic() > until:
            raise TimeoutError(f"{len(heard)} of {wanted} were answered")
        await asyncio.sleep(0.01)
        heard |= {one.to for one in platform.taken[seen:]}
        seen = len(platform.taken)


def run(tell: Tell = no_progress) -> Sequence[Figure]:
    near, far = Wishes(), Wishes(way=WAY, jitter=JITTER)
    with world.on_disk() as folder:
        tell("the tutorial bot", 0.0)
        theirs = uvloop.run(usual(folder, near, USUAL_NEAR))
        their_far = uvloop.run(usual(folder, far, USUAL_FAR))
        tell("20,000 families are written down", 0.3)
        phones = whole.build(folder / "scene.db", GROUPS, FAMILIES, "telegram", MEETING)
        tell(f"{UPDATES} of them write", 0.5)
        found = _measured(folder, phones, near)
        tell(f"{UPDATES} of them write, 60 ms away", 0.75)
        found_far = _measured(folder, phones, far)
    against = "python-telegram-bot, aiosqlite connect and commit for each"
    cpu = 1000 * found.cpu
    return [
        Figure(
            "Telegram messages answered, whole pipeline, 60 ms away",
            found_far.rate,
            "/s",
            their_far.rate,
            against,
            "≥ 5 × the baseline",
            found_far.rate >= 5 * their_far.rate,
        ),
        Figure("the same with Telegram on this computer", found.rate, "/s", theirs.rate, against),
        Figure("processor for one message and its answer", cpu, "ms", None, "", "≤ 1.5 ms", cpu <= 1.5),
        Figure("memory with 20,000 families", found.memory, "MB", None, "", "≤ 120 MB", found.memory <= 120),
    ]


def _measured(folder: Path, phones: Sequence[tuple[str, Meeting]], wishes: Wishes) -> Measured:
    """On a fresh copy of the scene."""
    for suffix in ("-wal", "-shm"):
        (folder / f"ours.db{suffix}").unlink(missing_ok=True)
    copyfile(folder / "scene.db", folder / "ours.db")
    return uvloop.run(ours(folder, phones, wishes))
