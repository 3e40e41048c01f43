"""`summary`: participation as a table, JSON, CSV, XLSX or a picture."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.speaking import WrongInput, opened, out, show_json, show_table
from bot.exports import make_file
from bot.exports.sheets import summary_sheet
from data import views
from data.summary import BY, NUMBERS, Recap, heading
from handlers.summary import chart_rows
from messages.envelope import Attachment
from messages.spoken import clock_zone, month_name, short_date

FORMATS = ("table", "json", "csv", "xlsx", "png")


def add_to(app: typer.Typer) -> None:
    app.command("summary")(summary)


def summary(
    month: Annotated[str | None, typer.Option(help="Bulan, misalnya 2026-11; bawaan bulan ini.")] = None,
    by: Annotated[str, typer.Option(help="kecamatan, desa, pendamping, atau kelompok")] = "kelompok",
    format: Annotated[str, typer.Option(help="table, json, csv, xlsx, atau png")] = "table",
    out_file: Annotated[Path | None, typer.Option("--out", help="Tulis ke berkas ini.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Sama dengan --format json.")] = False,
) -> None:
    """Rekap kehadiran sebulan, dengan penyebutnya.

    Contoh: like-pkh summary --month 2026-11 --by desa --format json
    """
    form = "json" if json else format
    if by not in BY or form not in FORMATS:
        raise WrongInput(f"--by salah satu dari {', '.join(BY)}; --format salah satu dari {', '.join(FORMATS)}.")
    if month is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise WrongInput(f"Bulan '{month}' tidak terbaca. Contoh: 2026-11.")
    with opened() as store:
        kabupaten = store.run(lambda tx: tx.people.kabupaten())
        now = store.clock().astimezone(kabupaten.zone) if kabupaten else store.clock()

        async def ask() -> Recap:
            found = await views.recap(store.reader, month or f"{now:%Y-%m}", by)
            await store.reader.dispose()
            return found

        recap = asyncio.run(ask())
        if out_file is not None:
            what = f"{recap.month} per {by}, {form}"
            store.run(lambda tx: tx.audit.write("cli", "summary.export", "summary", None, what))
    if form == "table":
        _table(recap, f"Keadaan {short_date(now.date())} {clock_zone(now)}")
    elif form == "json":
        _write(out_file, _json(recap, now.isoformat(timespec="seconds")))
    elif form == "csv":
        _write(out_file, _csv(recap))
    else:
        _write(out_file, _file(recap, form))


def _json(recap: Recap, as_of: str) -> dict[str, object]:
    rows = [asdict(line) for line in recap.rows]
    total = {k: v for k, v in asdict(recap.total).items() if k != "name"}
    return {"month": recap.month, "by": recap.by, "as_of": as_of, "rows": rows, "total": total}


def _table(recap: Recap, caption: str) -> None:
    lines = [*recap.rows, recap.total]
    rows = [[line.name, *(str(getattr(line, number)) for number in NUMBERS)] for line in lines]
    out.print(f"Rekap {month_name(recap.month)} per {recap.by}", highlight=False)
    show_table([recap.by.capitalize(), *(heading(name) for name in NUMBERS)], rows, caption)


def _csv(recap: Recap) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([recap.by, *NUMBERS])
    for line in [*recap.rows, recap.total]:
        name = f"'{line.name}" if line.name[:1] in "=+-@" else line.name
        writer.writerow([name, *(getattr(line, number) for number in NUMBERS)])
    return text.getvalue()


def _file(recap: Recap, form: str) -> bytes:
    if form == "xlsx":
        return summary_sheet(recap)
    chart = Attachment("summary_chart", {"month": recap.month, "by": recap.by, "rows": chart_rows(recap)})
    return asyncio.run(make_file(chart)).content


def _write(file: Path | None, content: object) -> None:
    if isinstance(content, bytes):
        if file is None:
            raise WrongInput("Format ini perlu --out, misalnya --out rekap.png.")
        file.write_bytes(content)
    elif isinstance(content, str):
        if file is None:
            sys.stdout.write(content)
            return
        file.write_text(content, encoding="utf-8")
    elif file is None:
        show_json(content)
        return
    else:
        import json as codec

        file.write_text(codec.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
    out.print(f"Ditulis: {file}", highlight=False)
