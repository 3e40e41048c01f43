"""Where are the parts joined? Here and nowhere else: a database, its clock, the simulator or the real channels."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

import uvicorn

from bot import dashboard
from bot.channels.simulator import Simulator
from bot.channels.telegram import rendering as telegram
from bot.channels.whatsapp import rendering as whatsapp
from bot.clock import Clock, RealClock, StandingClock
from bot.dispatcher import Dispatcher
from bot.files import Files
from bot.settings import Settings, secret_key
from bot.simulator import api
from bot.simulator.play import CLOCK, Play
from bot.web import Health, Web, make_web
from data import migrate
from data.retention import KEEP_NIK
from data.store import Store, Tx
from messages.envelope import Letter

SAMPLE_STARTS = datetime.fromisoformat("2026-11-23T08:00:00+08:00")
KIND = "database"
SIMULATOR, REAL = "simulator", "real"


class StartError(Exception):
    """The bot cannot start like this; the sentence says why and what to do."""


def open_store(settings: Settings) -> Store:
    """The database with its schema up to date, and its own clock: the simulator's where it is one.

    Raises StartError when the database cannot be opened.
    """
    clock = _Late()
    try:
        store = Store(settings.database_url, clock.now, cache(partial(secret_key, settings)))
        migrate.upgrade(store)
        clock.behind = store.run(_clock_of)
    except Exception as fault:
        first = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
        raise StartError(f"Basis data tidak bisa dibuka: {first}. Periksa LIKE_PKH_DATABASE_URL.") from fault
    return store


class _Late:
    """A clock that is known only after the database has been asked."""

    behind: Clock = RealClock()

    def now(self) -> datetime:
        return self.behind.now()


def _clock_of(tx: Tx) -> Clock:
    kept = tx.settings.get(CLOCK)
    if tx.settings.get(KIND) == SIMULATOR and kept is not None:
        return StandingClock(datetime.fromisoformat(kept))
    return RealClock()


def keep_choices(tx: Tx, settings: Settings) -> None:
    """What the office chose and the conversations ask for: its hours, who is offered quizzes and when."""
    tx.settings.keep_hours(settings.courtesy)
    tx.settings.keep_urgent_contacts(settings.urgent_contacts)
    tx.retention.keep(settings.keeps)
    tx.settings.keep(KEEP_NIK, "yes" if settings.keep_nik else "no")
    tx.settings.keep("quiz_for", settings.quiz_for)
    tx.settings.keep("quiz_before", "yes" if settings.quiz_before else "no")


def claim_for_simulator(tx: Tx, sample: bool) -> bool:
    """Make this database the simulator's; returns whether the sample was loaded.

    Raises StartError for one that holds real data.
    """
    kind = tx.settings.get(KIND)
    if kind == SIMULATOR:
        return False
    if kind == REAL or tx.people.kabupaten() is not None:
        raise StartError(
            "Basis data ini berisi data nyata, jadi simulator menolaknya. "
            "Pakai yang lain, misalnya LIKE_PKH_DATABASE_URL=sqlite:///var/simulator.db."
        )
    tx.settings.keep(KIND, SIMULATOR)
    tx.settings.keep(CLOCK, SAMPLE_STARTS.isoformat())
    return _load_sample(Tx(tx.conn, SAMPLE_STARTS)) if sample else False


def claim_for_real(tx: Tx, sample: bool) -> None:
    """A database of the simulator never sends to a real platform. Raises StartError for one."""
    if tx.settings.get(KIND) == SIMULATOR:
        raise StartError(
            "Basis data ini milik simulator dan tidak pernah mengirim ke nomor sungguhan. "
            "Pakai yang lain, misalnya LIKE_PKH_DATABASE_URL=sqlite:///var/like-pkh.db."
        )
    tx.settings.keep(KIND, REAL)
    if sample:
        _load_sample(tx)


def _load_sample(tx: Tx) -> bool:
    from data.intake.sample import load_sample  # with all that reads rosters, which a real bot never needs

    return load_sample(tx)


@contextmanager
def only_run(store: Store) -> Iterator[None]:
    """One `run` per SQLite file; commands may write beside it. Raises StartError for a second one."""
    if not store.sqlite or not store.url.database:
        yield
        return
    file: IO[str] = Path(f"{store.url.database}.lock").open("w")  # noqa: SIM115  it is held as long as the bot runs
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise StartError(
            "Bot sudah berjalan dengan basis data ini. Hentikan yang satu sebelum menjalankan lagi."
        ) from None
    try:
        yield
    finally:
        file.close()


@dataclass(frozen=True, slots=True)
class Stage:
    """The simulator, ready to be served."""

    web: Web
    play: Play
    store: Store


def make_simulator(settings: Settings, store: Store) -> Stage:
    """Raises StartError for a database with real data."""
    store.run(lambda tx: claim_for_simulator(tx, True))
    store.run(lambda tx: keep_choices(tx, settings))
    clock = store.run(_clock_of)
    if not isinstance(clock, StandingClock):
        raise StartError("Jam simulator tidak ditemukan di basis data ini.")
    store.clock = clock.now

    async def deliver(letter: Letter, body: dict[str, object]) -> None:
        await store.write(lambda tx: tx.phones.deliver(letter.id, letter.address, letter.key, body))

    channel = Simulator({"whatsapp": whatsapp.render, "telegram": telegram.render}, deliver)
    dispatcher = Dispatcher(store, channel, ("whatsapp", "telegram"), Files(store))
    play = Play(store, clock, dispatcher)
    kabupaten = store.run(lambda tx: tx.people.kabupaten())
    zone: ZoneInfo = kabupaten.zone if kabupaten else settings.zone
    health = Health(store, last_tick=lambda: None, sender=lambda: True)
    return Stage(
        make_web(
            store,
            health,
            [*api.routes(play, zone), *dashboard.routes(store, secure=False, after=play.settle)],
            "/simulator",
        ),
        play,
        store,
    )


async def serve(stage: Stage, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; what is under way is finished first."""
    await stage.play.begin()
    config = uvicorn.Config(stage.web, host=host, port=port, log_config=None, access_log=False, lifespan="off")
    await uvicorn.Server(config).serve()
    await stage.store.close()
