"""`export`: the files that people must hand in."""

from __future__ import annotations

import typer

from bot.cli.export import attendance, innovation, letter, siks, verkom

app = typer.Typer(help="Berkas untuk diserahkan: daftar hadir, surat, laporan, rekap.", no_args_is_help=True)
for part in (attendance, innovation, letter, siks, verkom):
    part.add_to(app)
