"""`audit`: who changed or looked at what, when, from what to what, and why?"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.speaking import WrongInput, opened, out, show_json, show_table
from bot.exports.sheets import csv_text
from data.audit import Change, Wanted
from data.store import Tx

app = typer.Typer(help="Jejak: siapa mengubah atau melihat apa, dan kapan.", no_args_is_help=True)
TITLES = ["Waktu", "Siapa", "Apa", "Tentang", "Dari", "Menjadi", "Sebab"]
FIELDS = ["at", "actor", "act", "subject", "was", "now", "why"]
EVERYTHING = 1_000_000

Since = Annotated[str | None, typer.Option(help="Mulai tanggal, misalnya 2026-11-01.")]
Actor = Annotated[str | None, typer.Option(help="Pelaku: nama petugas, staff:3, address:17, atau cli.")]
Subject = Annotated[str | None, typer.Option(help="Tentang apa: kpm:7, meeting:41, staff:3, …")]
Act = Annotated[str | None, typer.Option(help="Jenis, misalnya attendance, consent, staff, family.viewed.")]


@dataclass(frozen=True, slots=True)
class Found:
    lines: list[Change]
    zone: ZoneInfo


@app.command("list")
def list_changes(
    since: Since = None,
    actor: Actor = None,
    subject: Subject = None,
    act: Act = None,
    most: Annotated[int, typer.Option("--limit", min=1, help="Paling banyak baris, yang terbaru dahulu.")] = 50,
    json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Baca jejak, yang terbaru dahulu.

    Contoh: like-pkh audit list --since 2026-11-01 --actor "Pak Budi"
    """
    with opened() as store:
        found = store.run(lambda tx: _find(tx, since, actor, subject, act, most))
    rows = _rows(found)
    if json:
        show_json([dict(zip(FIELDS, row, strict=True)) for row in rows])
    else:
        show_table(TITLES, rows)


@app.command("export")
def export(
    out_file: Annotated[Path, typer.Option("--out", help="Berkas .csv.")],
    since: Since = None,
    actor: Actor = None,
    subject: Subject = None,
    act: Act = None,
) -> None:
    """Tulis jejak ke berkas CSV untuk pemeriksa.

    Contoh: like-pkh audit export --since 2026-01-01 --out jejak.csv
    """
    with opened() as store:
        found = store.run(lambda tx: _find(tx, since, actor, subject, act, EVERYTHING))
        out_file.touch(mode=0o600)
        with out_file.open("w", encoding="utf-8", newline="") as file:
            file.write(csv_text(TITLES, _rows(found)))
        store.run(lambda tx: tx.audit.write("cli", "audit.exported", "audit", None, f"{len(found.lines)} baris"))
    out.print(f"Ditulis: {out_file}, {len(found.lines)} baris.", highlight=False)


def _find(tx: Tx, since: str | None, actor: str | None, subject: str | None, act: str | None, most: int) -> Found:
    office = tx.people.kabupaten()
    zone = office.zone if office else ZoneInfo("UTC")
    wanted = Wanted(_begin(since, zone), _who(tx, actor), subject, act)
    return Found(tx.audit.find(wanted, most), zone)


def _begin(text: str | None, zone: ZoneInfo) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), zone)
    except ValueError:
        raise WrongInput(f"Tanggal '{text}' tidak terbaca. Contoh: 2026-11-01.") from None


def _who(tx: Tx, text: str | None) -> str | None:
    """'Pak Budi' → 'staff:3', also when he works here no longer; ids stay as they are."""
    if text is None or ":" in text or text in {"cli", "command line"}:
        return text
    found = [s for s in tx.people.every_staff(active=False) if s.name.lower() == text.strip().lower()]
    if len(found) != 1:
        raise WrongInput(f"Petugas '{text}' {'tidak ada' if not found else 'ada beberapa; pakai staff:nomor'}.")
    return f"staff:{found[0].id}"


def _rows(found: Found) -> list[list[str]]:
    def plain(change: Change) -> list[str]:
        at, *rest = astuple(change)
        return [f"{at.astimezone(found.zone):%Y-%m-%d %H:%M:%S}", *(str(one or "") for one in rest)]

    return [plain(change) for change in found.lines]
