"""Do the papers of the month say what the tables say? Read from the PDF and XLSX themselves, recounted plainly."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import load_workbook
from sqlalchemy import text

from bot.exports.evidence import innovation_evidence
from bot.exports.gathering import gathered
from bot.exports.verkom import verkom_pdf
from data.store import Tx
from handlers.obligations import collect
from handlers.rules.verkom import FORMS, STATES, Quarter
from messages.envelope import StaffId
from tests.support import papers
from tests.support.month import MONTH
from tests.support.pages import Site, Visitor

WITA = ZoneInfo("Asia/Makassar")
MARKS = ("hadir", "izin", "sakit", "alpa")
Counts = Mapping[str, Mapping[str, int]]


async def papers_agree(site: Site, ratna: StaffId, lines: Counts) -> None:
    """`lines`: the recount of the month, by kelompok."""
    rows = site.store.run(
        lambda tx: tx.conn.execute(
            text(
                "SELECT k.name AS kelompok, m.id AS meeting, k.id AS number, k.pendamping_id AS staff "
                "FROM meeting m JOIN meeting_kelompok mk ON mk.meeting_id = m.id "
                "JOIN kelompok k ON k.id = mk.kelompok_id"
            )
        ).all()
    )
    held = [row for row in rows if lines[row.kelompok]["held"]]
    assert len(held) == 2
    for row in held:
        visitor = await site.signed_in(StaffId(row.staff))
        here = f"/dasbor/kelompok/{row.number}/pertemuan/{row.meeting}"
        _register(site, row, papers.text(await _file(visitor, f"{here}/daftar-hadir.pdf")), lines[row.kelompok])
        _activity(papers.text(await _file(visitor, f"{here}/laporan.pdf")), lines[row.kelompok])
    _recap(site, await _file(await site.signed_in(ratna), f"/dasbor/rekap.xlsx?waktu={MONTH}"), lines)
    _verkom(site)
    _evidence(site, lines)


async def _file(visitor: Visitor, path: str) -> bytes:
    async with visitor.http.get(visitor.base + path) as answer:
        assert answer.status == 200, path
        return await answer.read()


def _register(site: Site, row: Any, said: str, line: Mapping[str, int]) -> None:
    """The line of every family, and the sum under them."""
    marks = site.store.run(
        lambda tx: tx.conn.execute(
            text(
                "SELECT mark FROM attendance WHERE meeting_id = :m AND kelompok_id = :k AND registered ORDER BY kpm_id"
            ),
            {"m": row.meeting, "k": row.number},
        ).scalars()
    )
    found = Counter(re.findall(r"AKTIF (Hadir|Izin|Sakit|Alpa|belum diketahui) ", said))
    assert found == Counter(mark.capitalize() if mark else "belum diketahui" for mark in marks)
    assert found.total() == line["expected"] > 5
    assert f"{_told(line).capitalize()} dari {line['expected']} keluarga di daftar hadir." in said


def _activity(said: str, line: Mapping[str, int]) -> None:
    numbers = [line["expected"], *(line[mark] for mark in MARKS), line["belum_diketahui"]]
    assert f"Alpa Belum diketahui {' '.join(map(str, numbers))} " in said
    assert f"Peserta: {_told(line)} dari {line['expected']} keluarga" in said


def _told(line: Mapping[str, int]) -> str:
    return ", ".join([*(f"{mark} {line[mark]}" for mark in MARKS), f"belum diketahui {line['belum_diketahui']}"])


def _recap(site: Site, content: bytes, lines: Counts) -> None:
    """A sheet per kecamatan, a line per kelompok, and the sum of each sheet."""
    found: dict[str, Mapping[str, Any]] = {}
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        head, *rows = list(sheet.iter_rows(min_row=3, values_only=True))
        told: list[dict[str, Any]] = [dict(zip(map(str, head), row, strict=True)) for row in rows if any(row)]
        total = told.pop()
        assert total["Desa"] == "Jumlah"
        for name in ("Direncanakan", "Terlaksana", "Total KPM", "Hadir", "Belum diketahui", "Izin", "Sakit", "Alpa"):
            assert total[name] == sum(row[name] for row in told), name
        found |= {str(row["Kelompok"]): row for row in told}
    assert found.keys() == lines.keys()
    for name, line in lines.items():
        row, away = found[name], line["izin"] + line["sakit"] + line["alpa"]
        assert (row["Direncanakan"], row["Terlaksana"]) == (line["planned"], line["held"]), name
        assert row["Total KPM"] == (line["expected"] if line["held"] else line["families"]), name
        assert (row["Hadir"], row["Tidak hadir"], row["Belum diketahui"]) == (
            line["hadir"],
            away,
            line["belum_diketahui"],
        ), name
        assert [row[mark.capitalize()] for mark in ("izin", "sakit", "alpa")] == [line[m] for m in MARKS[1:]], name


def _verkom(site: Site) -> None:
    """The list of Melati 3: a line per member, the sum of each form, and who came."""
    melati = site.store.run(lambda tx: next(k for k in tx.people.every_kelompok() if k.name == "Melati 3"))
    verkom = site.store.run(lambda tx: collect(tx, [melati], Quarter(2026, 4), date(2026, 12, 14)))
    said = papers.text(verkom_pdf(verkom))
    for form in FORMS:
        states = [entry.state for row in verkom.rows if row.form == form for entry in row.found]
        assert f"Jumlah {len(states)} {' '.join(str(states.count(s)) for s in STATES[1:])} " in said, form
    came = site.store.run(
        lambda tx: tx.conn.execute(
            text(
                "SELECT p.name, count(*) AS held, sum(CASE WHEN mark = 'hadir' THEN 1 ELSE 0 END) AS hadir "
                "FROM attendance a JOIN kpm p ON p.id = a.kpm_id JOIN meeting_kelompok mk "
                "ON mk.meeting_id = a.meeting_id AND mk.kelompok_id = a.kelompok_id "
                "WHERE a.kelompok_id = :k AND a.registered AND mk.closed IS NOT NULL GROUP BY p.id, p.name"
            ),
            {"k": melati.id},
        ).all()
    )
    assert len(came) > 5
    for row in came:
        assert f" {row.name} {row.held} {row.hadir} " in said, row.name


def _evidence(site: Site, lines: Counts) -> None:
    """Distinct families of the month and of the year, and how many groups met."""

    def made(tx: Tx) -> bytes:
        home = tx.people.kabupaten()
        assert home is not None
        return innovation_evidence(gathered(tx, home, 2026, "pdf").params).content

    said = papers.text(site.store.run(made))
    reached = sum(line["reached"] for line in lines.values())
    november, whole = _users(site, ("2026-11-01", "2026-12-01")), _users(site, ("2026-01-01", "2027-01-01"))
    assert f"November 2026 {reached} {' '.join(map(str, november))} " in said
    assert whole[0] >= november[0] > 1
    assert re.search(rf"Jumlah 2026 \(keluarga berbeda\) \d+ {' '.join(map(str, whole))} ", said)
    met = sum(line["held"] > 0 for line in lines.values())
    assert f"Kelompok {met} {len(lines)} {met / len(lines):.1%} ".replace(".", ",") in said


def _users(site: Site, days: tuple[str, str]) -> tuple[int, int, int]:
    """(who answered for herself, who was marked present, who did either) between the two days."""
    since, until = (datetime.fromisoformat(day).replace(tzinfo=WITA).timestamp() * 1000 for day in days)

    def rows(statement: str) -> list[Any]:
        return list(site.store.run(lambda tx: tx.conn.execute(text(statement)).all()))

    agreed = {
        row.kpm_id
        for row in rows(
            "SELECT kpm_id FROM kpm_address JOIN consent ON consent.address_id = kpm_address.address_id "
            "WHERE topic = 'p2k2' AND state IN ('yes', 'stopped')"
        )
    }
    said = [
        *rows("SELECT kpm_id, answered AS at FROM attendance WHERE answer <> 'unknown' AND claim_by IS NULL"),
        *rows("SELECT kpm_id, started AS at FROM quiz WHERE entered_by IS NULL"),
        *rows("SELECT kpm_id, asked AS at FROM practice WHERE answer IS NOT NULL"),
        *rows("SELECT kpm_id, at FROM question WHERE kpm_id IS NOT NULL"),
    ]
    replied = {row.kpm_id for row in said if row.at is not None and since <= row.at < until} & agreed
    present = {row.kpm_id for row in rows("SELECT kpm_id FROM attendance WHERE mark = 'hadir'")}
    return len(replied), len(present), len(replied | present)
