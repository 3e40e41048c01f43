"""`doctor`: can the bot start, and is the world ready for it?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape

from bot.cli.speaking import Failed, err, out, show_json
from bot.doctor import Finding, State, examine, wrong
from bot.settings import SettingsError, load_settings

COLOUR = {State.OK: "green", State.WARNING: "yellow", State.WRONG: "bold red"}


def add_to(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False) -> None:
    """Periksa setelan, basis data, jam, disk, token, webhook, templat WhatsApp, dan alamat publik.

    Tiap baris: bagian, keadaan (ok, perhatian, salah), dan apa yang perlu dilakukan.

    Contoh: like-pkh doctor
    """
    findings = _examined()
    if json:
        show_json([{"part": f.part, "state": f.state.value, "sentence": f.sentence} for f in findings])
    else:
        _show(findings)
    if number := sum(finding.state is State.WRONG for finding in findings):
        raise Failed(f"{number} bagian salah; lihat di atas.")


def _examined() -> Sequence[Finding]:
    try:
        settings = load_settings()
    except SettingsError as fault:
        return [wrong("setelan", str(fault))]
    with err.status("Memeriksa …"):
        return asyncio.run(examine(settings))


def _show(findings: Sequence[Finding]) -> None:
    width = max(len(finding.part) for finding in findings)
    for finding in findings:
        state = f"[{COLOUR[finding.state]}]{finding.state.value:<9}[/]"
        out.print(f"{finding.part:<{width}}  {state}  {escape(finding.sentence)}", highlight=False)
