"""How does a test open a page? The pages on a real port, a database of their own, a browser without a screen."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import uvicorn

from bot import dashboard
from bot.dashboard.machine import UNKNOWN, Machine
from bot.web import Health, make_web
from data.records import Meeting
from data.store import Store
from messages.envelope import StaffId
from tests.support.databases import Opened
from tests.support.village import SATURDAY, Village, plan_meeting, settle

KEY = "a key of the tests"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    text: str
    headers: Any

    def json(self) -> Any:
        return json.loads(self.text)


class Visitor:
    """One browser: it keeps its cookies and remembers the CSRF token of the last page."""

    def __init__(self, base: str) -> None:
        self.base, self.csrf = base, ""
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        return await self._ask("GET", path, headers=headers or {})

    async def post(
        self,
        path: str,
        sent: Any = None,
        *,
        csrf: str | None = None,
        form: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        token = self.csrf if csrf is None else csrf
        if form:
            return await self._ask("POST", path, data={**(sent or {}), "csrf": token}, headers=headers or {})
        return await self._ask("POST", path, json=sent or {}, headers={"x-csrf": token, **(headers or {})})

    async def _ask(self, method: str, path: str, **more: Any) -> Answer:
        async with self.http.request(method, self.base + path, allow_redirects=False, **more) as answer:
            text = (await answer.read()).decode("utf-8", "replace")
            if found := re.search(r'name="csrf" value="(\w+)"', text):
                self.csrf = found[1]
            return Answer(answer.status, text, answer.headers)


class Site:
    """The pages of one village; its clock stands at the meeting of Melati 1."""

    village: Village

    def __init__(self, database: Opened, base: str, *, settled: bool) -> None:
        self.database, self.base = database, base
        self.store: Store = database.store()
        self.store.key = lambda: KEY
        if settled:
            self.village = self.store.run(settle)
        self.visitors: list[Visitor] = []

    def meeting(self, *kelompok_ids: int, **more: Any) -> Meeting:
        return self.store.run(lambda tx: plan_meeting(tx, self.village, *kelompok_ids, **more))

    def at(self, moment: datetime) -> None:
        self.database.clock.set(moment)

    def link(self, who: StaffId) -> str:
        return self.store.run(lambda tx: f"/dasbor/masuk/{tx.desk.link(who)}/")

    def visitor(self) -> Visitor:
        made = Visitor(self.base)
        self.visitors.append(made)
        return made

    async def signed_in(self, who: StaffId) -> Visitor:
        visitor = self.visitor()
        assert (await visitor.post(self.link(who))).status == 303
        assert (await visitor.get("/dasbor/menu")).status == 200
        return visitor


@asynccontextmanager
async def served(
    database: Opened, *, secure: bool = False, settled: bool = True, machine: Machine = UNKNOWN
) -> AsyncIterator[Site]:
    """`settled`: with the village, at its meeting; else what the database holds already."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = Site(database, f"http://127.0.0.1:{port}", settled=settled)
    if settled:
        site.at(SATURDAY + timedelta(minutes=5))
    health = Health(site.store, last_tick=lambda: None, sender=lambda: True)
    web = make_web(site.store, health, dashboard.routes(site.store, secure=secure, machine=machine), None)
    config = uvicorn.Config(web, host="127.0.0.1", port=port, log_level="error", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield site
    finally:
        for visitor in site.visitors:
            await visitor.http.close()
        server.should_exit = True
        await serving
        await site.store.close()
