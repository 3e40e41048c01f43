"""`backup` and `restore`: how is everything carried away, and brought back?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from bot.app import only_run
from bot.cli.speaking import Failed, err, opened, out, show_json
from data.keeping import BackupError, Manifest, back_up
from data.keeping import restore as bring_back


def add_to(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    file: Annotated[Path, typer.Argument(help="Berkas cadangan, misalnya cadangan-2026-11-21.zip.")],
    json: Annotated[bool, typer.Option("--json", help="Cetak isinya sebagai JSON.")] = False,
) -> None:
    """Cadangkan semua data ke satu berkas, juga selagi bot berjalan. Simpan seperti menyimpan data keluarga.

    Contoh: like-pkh backup cadangan-2026-11-21.zip
    """
    with opened() as store, Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("Mencadangkan", total=None)
        try:
            made = back_up(store, file, lambda name, rows: bar.update(task, description=f"{name}: {rows} baris"))
        except BackupError as fault:
            raise Failed(str(fault)) from None
        store.run(lambda tx: tx.audit.write("cli", "backup.made", "backup", None, f"{made.rows} baris"))
    _show(made, json, f"Ditulis dan diperiksa: {file}, {made.rows} baris dari {len(made.tables)} tabel.")


def restore(
    file: Annotated[Path, typer.Argument(help="Berkas dari like-pkh backup.")],
    replace: Annotated[bool, typer.Option("--replace", help="Ganti isi basis data yang sudah ada.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Cetak isinya sebagai JSON.")] = False,
) -> None:
    """Pulihkan cadangan ke basis data kosong; semuanya atau tidak sama sekali. Hentikan bot dahulu.

    Contoh: like-pkh restore cadangan-2026-11-21.zip
    """
    with opened() as store, only_run(store), Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("Memulihkan", total=None)
        try:
            made = bring_back(
                store,
                file,
                replace=replace,
                tell=lambda name, rows: bar.update(task, description=f"{name}: {rows} baris"),
            )
        except BackupError as fault:
            raise Failed(str(fault)) from None
    _show(made, json, f"Dipulihkan dan dibandingkan: {made.rows} baris dari cadangan {made.made}.")


def _show(made: Manifest, json: bool, sentence: str) -> None:
    if json:
        tables = {name: content.rows for name, content in made.tables.items()}
        show_json({"revision": made.revision, "made": made.made, "rows": made.rows, "tables": tables})
    else:
        out.print(sentence, highlight=False)
