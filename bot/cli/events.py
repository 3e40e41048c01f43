"""`events`: what failed, run again."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.speaking import Failed, opened, out, show_json
from bot.inbox import retry

app = typer.Typer(help="Pesan masuk yang gagal diproses.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Pesan masuk yang gagal diproses."""


@app.command("retry")
def retry_events(json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False) -> None:
    """Proses ulang pesan masuk yang gagal.

    Contoh: like-pkh events retry
    """
    with opened() as store:
        done, failed = store.run(retry)
    if json:
        show_json({"done": done, "failed": failed})
    else:
        out.print(f"Berhasil {done}, masih gagal {failed}.", highlight=False)
    if failed:
        raise Failed("Masih ada pesan yang gagal; lihat log.")
