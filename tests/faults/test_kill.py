"""`kill -9` in the middle of everything: is nothing lost, and nothing said twice?"""

from __future__ import annotations

import asyncio
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.app import Stage, make_simulator, open_store
from bot.settings import Settings
from tests.support.process import Bot, Gone, like_pkh, running

BUDI, RATNA, SITI, AMINAH = "+6281100000902", "+6281100000901", "+6281100000001", "+6281100000003"
ANSWERS = ("hadir", "kada kawa, anak garing", "Bisa bu", "belum tahu", "inggih", "")
KILLS = 5
"""One at each kind of step; `make soak` kills a hundred times."""

Say = Mapping[str, str]
Step = tuple[str, Sequence[Say | str]]
"""A name, and what happens one after the other: a message (with an id, so that it can be sent again) or a time."""


def scene(families: Sequence[str]) -> list[Step]:
    """From JADWAL to SELESAI, with every family of Melati 3 that has a number."""

    def all_say(name: str, words: Callable[[int], str]) -> list[Say | str]:
        return [
            {"from": phone, "text": words(n), "id": f"{name}:{phone}"} for n, phone in enumerate(families) if words(n)
        ]

    def budi(name: str, **what: str) -> Say:
        return {"from": BUDI, "id": f"budi:{name}", **what}

    return [
        (
            "plan",
            [
                budi("plan", text="JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Babayau; P2"),
                budi("send", button="draft.send"),
            ],
        ),
        ("invitation", ["2026-11-25T08:00:00+08:00"]),
        ("replies", all_say("reply", lambda n: ANSWERS[n % len(ANSWERS)])),
        ("both", [{"from": AMINAH, "text": "hadir", "id": "both"}, {"from": AMINAH, "text": "Berdua", "id": "both2"}]),
        ("day before", ["2026-11-27T08:00:00+08:00"]),
        ("evening", ["2026-11-27T19:40:00+08:00"]),
        ("check-in", ["2026-11-28T08:40:00+08:00"]),
        ("claims", all_say("claim", lambda n: "hadir" if n % 3 else "")),
        ("begin", ["2026-11-28T09:05:00+08:00"]),
        (
            "register",
            [
                budi("absen", text="ABSEN Melati 3"),
                budi("marks", text="hadir semua kecuali 4 sakit, 7 alpa"),
                budi("selesai", text="SELESAI"),
            ],
        ),
        ("recap", [budi("recap", text="REKAP"), {"from": RATNA, "text": "REKAP kelompok", "id": "ratna:recap"}]),
    ]


def spoken(messages: Sequence[Mapping[str, Any]], code: str) -> dict[str, list[tuple[str, str]]]:
    """What lies on every phone, in its order; the code of the day is drawn by lot."""
    phones = defaultdict(list)
    for message in messages:
        phones[message["to"]].append((message["key"], message["text"].replace(code, "CODE")))
    return dict(phones)


# --- the same scene without a fault, in this process


class Undisturbed:
    def __init__(self, folder: Path) -> None:
        settings = Settings(database_url=f"sqlite:///{folder}/undisturbed.db")
        self.stage: Stage = make_simulator(settings, open_store(settings))

    def families(self) -> list[str]:
        def look(tx: Any) -> list[str]:
            group = next(k for k in tx.people.every_kelompok() if k.name == "Melati 3")
            phones = {p.value for p in tx.people.everybody_with_phone() if p.kelompok_id == group.id}
            return sorted(f"+{value}" for value in phones if f"+{value}" != AMINAH)

        return self.stage.store.run(look)

    async def play(self, steps: Sequence[Step]) -> None:
        from datetime import datetime

        await self.stage.play.begin()
        for _, acts in steps:
            for act in acts:
                if isinstance(act, str):
                    await self.stage.play.advance(datetime.fromisoformat(act))
                else:
                    await self.stage.play.say({"channel": "whatsapp", **act})

    def messages(self) -> list[dict[str, Any]]:
        found = self.stage.store.run(lambda tx: tx.phones.since(0, outgoing=False))
        return [{"to": f"+{m.address.value}", "key": m.key, "text": m.body["text"]} for m in found]

    def code(self) -> str:
        return self.stage.store.run(lambda tx: tx.meetings.get(1).code)  # type: ignore[union-attr]


# --- and with somebody who pulls the plug


class Disturbed:
    """Sends a step again when the program died under it. The ids make the second time harmless."""

    def __init__(self, bot: Bot, seed: int) -> None:
        self.bot, self.chance, self.kills = bot, random.Random(seed), 0
        self.acknowledged: set[str] = set()

    def play(self, steps: Sequence[Step], plugs: Mapping[str, Sequence[float]]) -> None:
        """`plugs` says how often the plug is pulled in a step, and after how many seconds at most."""
        for name, acts in steps:
            for longest in plugs.get(name, ()):
                self._pull_the_plug_during(acts, longest)
            self._do(acts)

    def _pull_the_plug_during(self, acts: Sequence[Say | str], longest: float) -> None:
        killer = threading.Timer(self.chance.uniform(0, longest), self.bot.kill)
        killer.start()
        try:
            self._do(acts)
            while killer.is_alive():
                self.bot.get("/healthz")
        except Gone:
            pass
        killer.join()
        self.kills += 1
        self.bot.start()

    def _do(self, acts: Sequence[Say | str]) -> None:
        for act in acts:
            if isinstance(act, str):
                self.bot.set_clock(act)
            else:
                self.bot.post("/simulator/api/messages", {"channel": "whatsapp", **act})
                self.acknowledged.add(act["id"])


@pytest.mark.slow
def test_killed_again_and_again_everything_is_said_once_and_counted_right(tmp_path: Path):
    undisturbed = Undisturbed(tmp_path)
    steps = scene(undisturbed.families())
    asyncio.run(undisturbed.play(steps))
    with running(tmp_path) as bot:
        disturbed = Disturbed(bot, seed=20261128)
        plugs = {
            "plan": [0.05],
            "invitation": [0.2],
            "replies": [0.3],
            "claims": [0.15],
            "register": [0.06],
        }
        assert sum(map(len, plugs.values())) == KILLS
        disturbed.play(steps, plugs)
        assert disturbed.kills == KILLS

        code = bot.register("Melati 3")["meeting"]["code"]
        assert spoken(bot.messages(), code) == spoken(undisturbed.messages(), undisturbed.code())
        assert all(said.count("reminders.meeting.invitation") <= 1 for said in _keys(bot).values())

        _register_is_right(bot)
        _summary_is_right(tmp_path, bot)
        again = bot.post("/simulator/api/messages", {"channel": "whatsapp", "from": SITI, "id": "both", "text": "x"})
        assert again == {"duplicate": True, "delivered": []}
    asyncio.run(undisturbed.stage.store.close())


def _keys(bot: Bot) -> dict[str, list[str]]:
    phones = defaultdict(list)
    for message in bot.messages():
        phones[message["to"]].append(message["key"])
    return phones


def _register_is_right(bot: Bot) -> None:
    found = bot.register("Melati 3")
    assert found["meeting"]["state"] == "held"
    marks = [row["mark"] for row in found["rows"]]
    assert (marks[3], marks[6]) == ("sakit", "alpa")
    assert marks.count("hadir") == len(marks) - 2
    assert "Jumiati" in [row["name"] for row in found["rows"]]


def _summary_is_right(folder: Path, bot: Bot) -> None:
    """REKAP of the pendamping and of the koordinator and the command line say the same numbers."""
    facts = like_pkh(folder, "summary", "--month", "2026-11", "--by", "kelompok", "--format", "json").facts
    melati = next(row for row in facts["rows"] if row["name"] == "Melati 3")
    marks = [row["mark"] for row in bot.register("Melati 3")["rows"]]
    assert melati["expected"] == len(marks)
    assert {m: melati[m] for m in ("hadir", "izin", "sakit", "alpa")} == {
        m: marks.count(m) for m in ("hadir", "izin", "sakit", "alpa")
    }
    line = (
        f"- hadir {melati['hadir']}, izin {melati['izin']}, sakit {melati['sakit']}, alpa {melati['alpa']}, "
        f"belum diketahui {melati['belum_diketahui']} dari {melati['expected']}\n"
        f"- terjangkau {melati['reached']}, akan datang {melati['promised']}, belum pasti {melati['maybe']}, "
        f"tidak bisa {melati['declined']}, mengaku hadir {melati['claimed']} dari {melati['families']} keluarga"
    )
    recaps = [m for m in bot.messages() if m["key"] == "summary.recap"]
    assert {m["to"] for m in recaps} == {BUDI, RATNA}
    for recap in recaps:
        assert line in recap["text"]
