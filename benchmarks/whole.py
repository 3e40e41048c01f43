"""What is measured when the whole program is? `like-pkh run` in a process of its own, by the real clock, with families
that have been told of their meetings."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from sqlalchemy import update

from benchmarks import world
from benchmarks.victim import free_port
from data import migrate, schema
from data.records import Kind, Meeting
from data.store import Store, Tx
from handlers import reminders

TICK = os.sysconf("SC_CLK_TCK")
CODE = "4821"


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    port: int

    def cpu(self) -> float:
        """Seconds of the processor until now."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self) -> float:
        """Megabytes that are in memory now."""
        lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:"))) / 1000


@contextmanager
def program(settings: Mapping[str, str], log: Path) -> Iterator[Process]:
    """The bot, ready to answer."""
    port = free_port()
    command = [sys.executable, "-m", "bot", "run", "--host", "127.0.0.1", "--port", str(port)]
    with serving(command, {**os.environ, **settings}, log, f"http://127.0.0.1:{port}/healthz") as pid:
        yield Process(pid, port)


@contextmanager
def serving(command: list[str], environment: Mapping[str, str], log: Path, asked: str = "") -> Iterator[int]:
    """A process until we are done with it; where `asked` is an address, from when it answers there."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=dict(environment), stdout=out, stderr=out)
    try:
        until = time.monotonic() + 60
        while asked and not _answers(asked):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"it did not start; see {log}")
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=1):
            return True
    except (URLError, OSError):
        return False


def build(file: Path, groups: int, families: int, channel: str, meeting: int) -> list[tuple[str, Meeting]]:
    """So many kelompok with so many families. The first `meeting` of them have a meeting, and each of their families
    has been told of it: gives their phones, each with its meeting."""
    # Nobody is told of a meeting at night, whenever this is measured.
    morning = datetime.now(ZoneInfo(world.ZONE)).replace(hour=10, minute=0, second=0, microsecond=0)
    store = Store(f"sqlite:///{file}", lambda: (morning - timedelta(days=1)).astimezone(UTC))
    migrate.upgrade(store)
    made = store.run(lambda tx: _populate(tx, groups, families, channel, meeting))
    while store.run(reminders.tick_letters):
        pass
    store.run(lambda tx: tx.conn.execute(update(schema.outbox).values(state="sent", sent=tx.now)))
    store.stop()
    return made


def _populate(tx: Tx, groups: int, families: int, channel: str, meeting: int) -> list[tuple[str, Meeting]]:
    world.build_places(tx.conn, groups)
    phones = world.build_phones(tx.conn, world.build_families(tx.conn, groups, families))
    world.build_staff_phones(tx.conn, groups)
    tx.conn.execute(update(schema.address).values(channel=channel, heard=tx.now))
    meetings = [_meeting(tx, group) for group in range(1, meeting + 1)]
    return [(phone, meetings[(family - 1) // families]) for phone, family in phones if family <= meeting * families]


def _meeting(tx: Tx, group: int) -> Meeting:
    """Three days after it was told of, which was yesterday."""
    starts = tx.now + timedelta(days=3)
    what = ("Balai Desa", "1.1", "Menjadi orang tua yang lebih baik", CODE)
    made = tx.meetings.add(
        Kind.P2K2,
        starts,
        starts + timedelta(hours=2),
        ZoneInfo(world.ZONE),
        *what,
        world.pendamping_of(group),
        [group],
        step_at=tx.now,
    )
    tx.summary.planned(made, group)
    return made
