"""On which days does each posyandu meet, and where? A small table: desa, posyandu, tempat, hari."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import select

from data.dialect import Upsert
from data.intake.cells import date_of, text_of
from data.intake.files import Row, tables
from data.intake.findings import WRONG, Finding, Where, finding
from data.intake.roster.columns import squash
from data.intake.roster.words import fold, place_name
from data.schema import desa, kecamatan, posyandu
from data.store import Tx

COLUMNS = {
    "desa": {"desa", "namadesa", "kelurahan", "desakelurahan"},
    "kecamatan": {"kecamatan", "namakecamatan"},
    "name": {"posyandu", "namaposyandu", "nama"},
    "place": {"tempat", "lokasi", "alamat"},
    "day": {"hari", "jadwal", "haribuka", "tanggal", "hariposyandu"},
}
KEEP = Upsert(posyandu, ["desa_id", "name"], ["place", "pattern"])
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Line:
    where: Where
    desa: str
    kecamatan: str
    name: str
    place: str
    pattern: str


@dataclass(slots=True)
class PosyanduFile:
    lines: list[Line] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not any(f.level == WRONG for f in self.findings)


def read_posyandu(source: Path | str | bytes, name: str, pattern_of: Callable[[str], str | None]) -> PosyanduFile:
    """Never raises. `pattern_of` reads 'Selasa minggu kedua'; single days are read here."""
    found = PosyanduFile()
    sheets = tables(source, name, _judge)
    if isinstance(sheets, Finding):
        found.findings.append(sheets)
        return found
    table = sheets[0]
    at = next((n for n, row in enumerate(table.rows[:20]) if _judge(row) >= 2), 0)
    titles = [squash(text_of(cell)) for cell in table.rows[at]] if table.rows else []
    columns = {
        field_: next((n for n, title in enumerate(titles) if title in words), None) for field_, words in COLUMNS.items()
    }
    for field_, title in (("desa", "desa"), ("day", "hari")):
        if columns[field_] is None:
            found.findings.append(finding("posyandu_missing_column", Where(table.name, at + 1), name=title))
    if not found.ok:
        return found
    for number, row in enumerate(table.rows[at + 1 :], at + 2):
        cells = {f: row[n] if n is not None and n < len(row) else None for f, n in columns.items()}
        if not text_of(cells["desa"]):
            continue
        where = Where(table.name, number)
        pattern = _pattern(cells["day"], pattern_of)
        if pattern is None:
            found.findings.append(finding("posyandu_day", where, value=text_of(cells["day"])))
            continue
        words = {f: text_of(cells[f]) for f in ("desa", "kecamatan", "name", "place")}
        place = words["place"][:120]
        found.lines.append(Line(where, words["desa"], words["kecamatan"], words["name"][:80], place, pattern))
    if not found.lines and found.ok:
        found.findings.append(finding("posyandu_missing_column", Where(table.name, at + 2), name="desa"))
    return found


def _judge(row: Row) -> int:
    titles = {squash(text_of(cell)) for cell in row}
    return sum(bool(titles & words) for words in COLUMNS.values())


def _pattern(cell: object, pattern_of: Callable[[str], str | None]) -> str | None:
    text = text_of(cell)
    if (monthly := pattern_of(text)) is not None:
        return monthly
    if text.isdecimal() and len(text) <= 2:
        return pattern_of(f"tanggal {text}")
    days = [date_of(cell)] if not isinstance(cell, str) else [date_of(part) for part in text.split(",")]
    if not days or not all(isinstance(day, date) for day in days):
        return None
    joined = ",".join(sorted(str(day) for day in days))
    return joined if len(joined) <= LONGEST else None


def match(tx: Tx, found: PosyanduFile) -> list[dict[str, object]]:
    """Rows to keep; a desa that nobody knows is a finding, and then nothing is kept."""
    rows = tx.conn.execute(
        select(desa.c.id, desa.c.name, kecamatan.c.name.label("kecamatan")).join(
            kecamatan, kecamatan.c.id == desa.c.kecamatan_id
        )
    )
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in rows:
        places[fold(row.name)].append((fold(row.kecamatan), row.id))
    kept: list[dict[str, object]] = []
    for line in found.lines:
        wanted = fold(place_name(line.kecamatan))
        ids = [i for kec, i in places[fold(place_name(line.desa))] if not wanted or kec == wanted]
        if len(ids) != 1:
            found.findings.append(finding("posyandu_unknown_desa", line.where, name=line.desa))
            continue
        kept.append({"desa_id": ids[0], "name": line.name, "place": line.place, "pattern": line.pattern})
    return kept if found.ok else []


def keep(tx: Tx, rows: list[dict[str, object]]) -> None:
    for row in rows:
        KEEP(tx.conn, row)
