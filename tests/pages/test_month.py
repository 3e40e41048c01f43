"""The sample kabupaten lives a month: is every number on the pages, in REKAP, XLSX and PDF a plain recount?"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from bot.exports.sheets import summary_sheet
from data.overview import Where
from data.summary import NUMBERS, heading, recount
from handlers.obligations import collect
from handlers.rules.verkom import FORMS, STATES, Counts, Quarter, shown
from handlers.small_numbers import hidden
from tests.pages.test_figures import cells
from tests.pages.test_overview import row
from tests.support.databases import Opened, sqlite_copy
from tests.support.month import MONTH, RATNA, Life, live
from tests.support.month_papers import papers_agree
from tests.support.pages import Site, served


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

    ratnas = _staff(site, "Bu Ratna")
    who = site.store.run(lambda tx: tx.people.staff(ratnas))
    assert who is not None
    ratna = await site.signed_in(ratnas)
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
    verkom = site.store.run(lambda tx: collect(tx, kelompoks, Quarter(2026, 4), date(2026, 12, 14)))
    way = site.store.run(lambda tx: tx.figures.way(who, Where()))
    gone = site.store.run(lambda tx: hidden(tx, "2026-T4", way, "kecamatan")).total
    for form in FORMS:
        plain = [entry.state for one in verkom.rows if one.form == form for entry in one.found]
        counts = Counts(len(plain), *(plain.count(state) for state in STATES[1:]))
        mine = [state for state in STATES if f"{form}_{state}" in gone]
        words = {name: word.replace("<", "&lt;") for name, word in shown(counts, mine).items()}
        order = ("verified", "reported", "not_done", "unknown")
        expected = [words["due"], *(f"{words[state]} dari {words['due']}" for state in order)]
        assert cells(quarter, form, "Jumlah") == expected
    await papers_agree(site, ratnas, lines)
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
