"""The sample kabupaten lives a month: is every number on the pages, in REKAP and in the sheet a plain recount?"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from bot.channels.simulator import Simulator
from bot.channels.telegram import rendering as telegram
from bot.channels.whatsapp import rendering as whatsapp
from bot.dispatcher import Dispatcher
from bot.exports import make_file
from bot.exports.sheets import summary_sheet
from bot.simulator.play import Play
from data.overview import Where
from data.store import Store
from data.summary import NUMBERS, heading, recount
from handlers.obligations import collect
from handlers.rules.verkom import FORMS, STATES, Counts, Quarter, shown
from tests.pages.test_figures import cells
from tests.pages.test_overview import row
from tests.support.databases import Opened, sqlite_copy
from tests.support.pages import Site, served

RATNA, BUDI, DEWI = "+6281100000901", "+6281100000902", "+6281100000903"
SITI, WATI, AMINAH, HALIMAH = (f"+628110000000{n}" for n in (1, 2, 3, 5))
MONTH = "2026-11"


class Life:
    """The sample kabupaten on the simulator: people write, and the clock goes on."""

    def __init__(self, database: Opened, store: Store) -> None:
        self.clock = database.clock

        async def deliver(letter: Any, body: dict[str, object]) -> None:
            await store.write(lambda tx: tx.phones.deliver(letter.id, letter.address, letter.key, body))

        channel = Simulator({"whatsapp": whatsapp.render, "telegram": telegram.render}, deliver)
        self.play = Play(store, database.clock, Dispatcher(store, channel, ("whatsapp", "telegram"), make_file))

    async def at(self, words: str) -> None:
        """The ticks of that minute, and what they set off."""
        self.clock.set(datetime.fromisoformat(f"{words}+08:00"))
        await self.play.settle()

    async def says(self, who: str, *lines: str) -> list[str]:
        """What the bot answers to the last line."""
        heard: list[str] = []
        for line in lines:
            done = await self.play.say({"channel": "whatsapp", "from": who, "text": line})
            heard = [str(m.body.get("text", "")) for m in done.messages if f"+{m.address.value}" == who]
        return heard


async def live(life: Life) -> None:
    await life.says(BUDI, "JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Babayau; P2", "kirim")
    await life.says(BUDI, "JADWAL Melati 2; 28-11-2026 14.00; Balai Desa Babayau; P2", "kirim")
    await life.says(DEWI, "JADWAL Anggrek 1; 29-11-2026 09.00; Balai Desa Batumandi; P2", "kirim")
    await life.at("2026-11-26T09:00")
    await life.says(SITI, "ya bisa")
    await life.says(WATI, "tidak bisa, kerja")
    await life.says(BUDI, "BATALKAN Melati 2; banjir", "kirim")
    await life.at("2026-11-28T08:45")
    await life.at("2026-11-28T09:05")
    await life.says(SITI, "hadir")
    await life.says(HALIMAH, "hadir")
    await life.says(BUDI, "ABSEN Melati 3", "hadir semua kecuali Halimah sakit, Jumiati alpa", "SELESAI")
    for minute in ("13:00", "19:30", "20:00"):
        await life.at(f"2026-11-28T{minute}")
    await life.says(SITI, "mulai", "a", "b", "c", "a")
    await life.says(SITI, "KEWAJIBAN", "sudah")
    await life.says(BUDI, "VERKOM Melati 3", "kesehatan", "semua sudah kecuali 2 belum", "selesai")
    await life.at("2026-11-29T09:30")
    await life.says(DEWI, "ABSEN Anggrek 1", "hadir semua kecuali 1 izin, 2 alpa", "SELESAI")
    for day in ("2026-11-30", "2026-12-01", "2026-12-05", "2026-12-07", "2026-12-08", "2026-12-14", "2026-12-15"):
        await life.at(f"{day}T08:00")
        await life.at(f"{day}T09:30")
    await life.says(SITI, "sudah")


@pytest.fixture
async def played(sample_file: Path, tmp_path: Path) -> AsyncIterator[tuple[Site, Life]]:
    opened = Opened(sqlite_copy(sample_file, tmp_path / "month.db"))
    async with served(opened, settled=False) as site:
        life = Life(opened, site.store)
        await live(life)
        yield site, life
    opened.close()


async def test_every_number_is_a_plain_recount(played: tuple[Site, Life]):
    site, life = played
    counted = site.store.run(lambda tx: recount(tx.conn, MONTH))
    kelompoks = site.store.run(lambda tx: tx.people.every_kelompok())
    lines = {k.name: {**dict.fromkeys(NUMBERS, 0), **counted.get(k.id, {})} for k in kelompoks}
    families = site.store.run(lambda tx: {k.id: len(tx.people.families(k.id)) for k in kelompoks})
    for k in kelompoks:
        one = lines[k.name]
        one["families"] = families[k.id]
        one["belum_diketahui"] = one["expected"] - sum(one[mark] for mark in ("hadir", "izin", "sakit", "alpa"))
    total = {name: sum(one[name] for one in lines.values()) for name in NUMBERS}
    assert (total["planned"], total["held"], total["cancelled"]) == (3, 2, 1)
    assert min(total[name] for name in ("reached", "promised", "declined", "claimed", "hadir", "izin", "sakit")) > 0

    ratna = await site.signed_in(_staff(site, "Bu Ratna"))
    page = (await ratna.get(f"/dasbor/ringkasan?waktu={MONTH}")).text
    assert row(page, "Jumlah") == _shown(total, len(kelompoks))
    for pendamping in ("Pak Budi", "Bu Dewi"):
        page = (await ratna.get(f"/dasbor/ringkasan?waktu={MONTH}&pendamping={pendamping.replace(' ', '+')}")).text
        theirs = [k.name for k in kelompoks if k.pendamping == pendamping]
        assert [row(page, name) for name in theirs] == [_shown(lines[name], 1) for name in theirs]

    said = "\n".join(await life.says(RATNA, "REKAP november kelompok"))
    for name in ("Melati 3", "Anggrek 1"):
        assert _spoken(name, lines[name]) in said, name
    assert _spoken("Jumlah", total) in said
    offered, begun, finished = _quizzes(site)
    assert f"ditawari {offered}, mulai {begun}, selesai {finished}" in said
    assert offered > begun > 0

    recap = site.store.run(lambda tx: tx.summary.recap(MONTH, "kelompok", None))
    sheet = load_workbook(io.BytesIO(summary_sheet(recap))).active
    assert sheet is not None
    head, *rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert list(head[1:]) == [heading(name).capitalize() for name in NUMBERS]
    found = {r[0]: dict(zip(NUMBERS, r[1:], strict=True)) for r in rows}
    assert found == {**lines, "Jumlah": total}

    page = (await ratna.get(f"/dasbor/capaian?waktu={MONTH}")).text
    quizzes = cells(page, "kuis", "Jumlah")
    assert quizzes[:2] == [f"{begun} dari {offered}", f"{finished} dari {offered}"]
    quarter = (await ratna.get("/dasbor/capaian?waktu=2026-T4")).text
    told, tried, answered = _practices(site)
    assert told > 0
    assert cells(quarter, "kuis", "Jumlah")[5] == f"{tried} dari {answered}" != "0 dari 0"
    assert f"dikirim ke {told}" in quarter
    verkom = site.store.run(lambda tx: collect(tx, kelompoks, Quarter(2026, 4), date(2026, 12, 15)))
    for form in FORMS:
        plain = [entry.state for one in verkom.rows if one.form == form for entry in one.found]
        counts = Counts(len(plain), *(plain.count(state) for state in STATES[1:]))
        words = {name: word.replace("<", "&lt;") for name, word in shown(counts, suppress=True).items()}
        order = ("verified", "reported", "not_done", "unknown")
        expected = [words["due"], *(f"{words[state]} dari {words['due']}" for state in order)]
        assert cells(quarter, form, "Jumlah") == expected
    ratnas = _staff(site, "Bu Ratna")
    who = site.store.run(lambda tx: tx.people.staff(ratnas))
    assert who is not None
    (melati,) = site.store.run(lambda tx: tx.figures.parts(who, "2026-T4", "kelompok", Where(pendamping="Pak Budi")))[
        2:
    ]
    marks = site.store.run(lambda tx: tx.conn.execute(text("SELECT mark FROM obligation")).scalars().all())
    assert melati.name == "Melati 3"
    assert melati["kesehatan_verified"] == marks.count("done") > 5
    assert melati["kesehatan_not_done"] == marks.count("not_done") > 0


def _staff(site: Site, name: str) -> Any:
    return site.store.run(lambda tx: next(s.id for s in tx.people.every_staff() if s.name == name))


def _shown(one: dict[str, int], groups: int) -> list[str]:
    """A line of the koordinator's table."""
    met = one["held"]
    without = groups - (one["planned"] - one["cancelled"])
    return [
        f"{met} dari {groups}",
        f"{without} dari {groups}",
        f"{one['reached']} dari {one['families']}",
        f"{one['hadir']} dari {one['expected']}",
        *(str(one[name]) for name in ("izin", "sakit", "alpa", "belum_diketahui")),
    ]


def _spoken(name: str, one: dict[str, int]) -> str:
    """A line of REKAP."""
    cancelled = f", batal {one['cancelled']}" if one["cancelled"] else ""
    return (
        f"{name}: bertemu {one['held']} dari {one['planned']} rencana{cancelled}\n"
        f"- hadir {one['hadir']}, izin {one['izin']}, sakit {one['sakit']}, alpa {one['alpa']}, "
        f"belum diketahui {one['belum_diketahui']} dari {one['expected']}\n"
        f"- terjangkau {one['reached']}, akan datang {one['promised']}, belum pasti {one['maybe']}, "
        f"tidak bisa {one['declined']}, mengaku hadir {one['claimed']} dari {one['families']} keluarga"
    )


def _quizzes(site: Site) -> tuple[int, int, int]:
    rows = site.store.run(lambda tx: tx.conn.execute(text("SELECT invited, started, finished FROM quiz")).all())
    ends = datetime.fromisoformat("2026-12-01T00:00+08:00").timestamp() * 1000
    offered = [r for r in rows if 0 < (r.invited or r.started or 0) < ends]
    return len(offered), sum(r.started is not None for r in offered), sum(r.finished is not None for r in offered)


def _practices(site: Site) -> tuple[int, int, int]:
    rows = site.store.run(
        lambda tx: tx.conn.execute(text("SELECT told, answer FROM practice WHERE kind = 'practice'")).all()
    )
    told = [r for r in rows if r.told]
    return len(told), sum(r.answer == "done" for r in told), sum(r.answer is not None for r in told)
