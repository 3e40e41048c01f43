"""`run`, `simulate`, `migrate`: how does the bot start?"""

from __future__ import annotations

import asyncio
import socket
from typing import Annotated

import typer

from bot import logs
from bot.app import StartError, claim_for_real, keep_choices, make_simulator, only_run, open_store, serve
from bot.cli.speaking import WrongInput, opened, out, settings_of_start
from bot.live import start
from bot.settings import Settings, secret_key
from data import migrate
from handlers.desk import PAGES

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
Host = Annotated[str | None, typer.Option(help="Alamat tempat mendengarkan; bawaan dari LIKE_PKH_HTTP_HOST.")]
Port = Annotated[int | None, typer.Option(help="Nomor port; bawaan dari LIKE_PKH_HTTP_PORT.", min=1, max=65535)]


def add_to(app: typer.Typer) -> None:
    app.command("run")(run)
    app.command("simulate")(simulate)
    app.command("migrate")(migrate_schema)


def run(
    simulator: Annotated[bool, typer.Option("--simulator", help="Semua pesan ke simulator.")] = False,
    host: Host = None,
    port: Port = None,
    only: Annotated[str | None, typer.Option(help="web atau sender: bagi ke beberapa proses (PostgreSQL).")] = None,
) -> None:
    """Jalankan bot. Tanpa saluran yang diatur, simulator dengan kabupaten contoh yang berjalan.

    Contoh: like-pkh run --port 8080
    """
    if only not in {None, "web", "sender"}:
        raise WrongInput("--only hanya menerima web atau sender.")
    with settings_of_start() as settings:
        logs.set_up(settings.log_format)
        secret_key(settings)
        if simulator or not (settings.telegram or settings.whatsapp):
            _simulator(settings, host, port)
        else:
            _live(settings, host, port, only)


def _live(settings: Settings, host: str | None, port: int | None, only: str | None) -> None:
    where, number = host or settings.http_host, port or settings.http_port
    if only != "sender":
        _free(where, number)
    store = open_store(settings)
    if only is not None and store.sqlite:
        store.stop()
        raise WrongInput("--only membagi bot ke beberapa proses dan butuh PostgreSQL di LIKE_PKH_DATABASE_URL.")
    store.run(lambda tx: claim_for_real(tx, settings.sample))
    store.run(lambda tx: keep_choices(tx, settings))
    store.run(lambda tx: tx.settings.keep(PAGES, (settings.public_url or "").rstrip("/")))
    with only_run(store):
        start(settings, store, where, number, web=only != "sender", sender=only != "web")


def simulate(host: Host = None, port: Port = None) -> None:
    """Jalankan simulator saja.

    Contoh: like-pkh simulate --port 8081
    """
    with settings_of_start() as settings:
        logs.set_up(settings.log_format)
        _simulator(settings, host, port)


def _simulator(settings: Settings, host: str | None, port: int | None) -> None:
    where, number = host or settings.http_host, port or settings.http_port
    if where not in LOOPBACK:
        raise WrongInput("Simulator hanya untuk komputer ini: pakai --host 127.0.0.1.")
    _free(where, number)
    store = open_store(settings)
    with only_run(store):
        stage = make_simulator(settings, store)
        store.run(lambda tx: tx.settings.keep(PAGES, f"http://{where}:{number}"))
        _greet(where, number)
        try:
            asyncio.run(serve(stage, where, number))
        except KeyboardInterrupt:
            out.print("Berhenti.")


def _free(host: str, port: int) -> None:
    """Raises StartError with a sentence when another program already listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise StartError(
                f"Port {port} sudah dipakai program lain. Coba yang lain: PORT={port + 1} make run."
            ) from fault


def _greet(host: str, port: int) -> None:
    out.print(f"\n[bold]LIKE-PKH[/bold] simulator: [bold]http://{host}:{port}/simulator[/bold]", highlight=False)
    out.print(
        "Coba dulu: di HP Pak Budi kirim\n"
        "[bold]JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Babayau; P2[/bold], tekan Kirim,\n"
        "majukan jam, lalu jawab dari HP Siti. Berhenti dengan Ctrl-C.\n",
        highlight=False,
    )


def migrate_schema() -> None:
    """Perbarui susunan basis data.

    Contoh: like-pkh migrate
    """
    with opened() as store:
        out.print(f"Susunan basis data terbaru: {migrate.current(store)}.", highlight=False)
