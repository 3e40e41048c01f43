"""`export`: the files that people must hand in."""

from __future__ import annotations

import typer

from bot.cli.export import attendance

app = typer.Typer(help="Berkas untuk diserahkan: daftar hadir dan lainnya.", no_args_is_help=True)
for part in (attendance,):
    part.add_to(app)
