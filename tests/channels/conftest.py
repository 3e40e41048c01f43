"""A platform on 127.0.0.1, the vendors' specifications, and a small catalogue for shapes the real one may not have."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from messages import catalog
from messages.catalog import Entry, WhatsAppTemplate
from messages.envelope import Address, Attachment, Letter
from tests.channels import vendors
from tests.channels.vendors import BotApi, Meta, specification
from tests.support.asked import body_of

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
SITI = "62811000001"


@pytest.fixture(scope="session")
def meta() -> Meta:
    return Meta(specification("whatsapp-business-messaging-api_v23.0.yaml"))


@pytest.fixture(scope="session")
def bot_api() -> BotApi:
    return vendors.bot_api()


def entry(key: str, text: str, *buttons: tuple[str, str], options: bool = False, order: tuple[str, ...] = ()) -> Entry:
    template = WhatsAppTemplate(key.replace(".", "_"), order) if order else None
    return Entry(key, text, frozenset(), buttons, options, "Pilih nama", "kpm", template)


RSVP = [("rsvp.yes:{{ ref }}", "Bisa datang"), ("rsvp.no:{{ ref }}", "Tidak bisa"), ("rsvp.maybe", "Belum tahu")]
SAMPLE = {
    e.key: e
    for e in [
        entry("test.plain", "{{ text }}"),
        entry("test.reminder", "Halo {{ names }}, besok pertemuan pukul {{ time }} ya.", order=("names", "time")),
        entry("test.invitation", "Halo {{ names }}, bisa datang besok? Balas 1, 2, 3.", *RSVP, order=("names",)),
        entry("test.menu", "Untuk siapa?", options=True),
        entry("test.buttons", "{{ text }}", ("a", "Boleh"), ("b", "Tidak")),
        entry("test.twins", "Ibu yang mana?", ("a", "Wati"), ("b", "Wati")),
        entry("test.share", "Bagikan nomor ya.", ("contact:share", "Bagikan nomor"), ("later", "Nanti")),
        entry("test.long_id", "Pilih.", ("x" * 65, "Satu")),
    ]
}


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "entries", lambda language="id": SAMPLE)
    monkeypatch.setattr(catalog, "examples", lambda language="id": {"names": "Ibu Siti", "time": "09.00 WITA"})


def letter(
    key: str,
    *,
    to: str = SITI,
    channel: str = "whatsapp",
    heard: timedelta | None = timedelta(minutes=5),
    attachment: Attachment | None = None,
    **params: Any,
) -> Letter:
    """A letter to Siti, who wrote five minutes ago unless it is said otherwise."""
    params = {"ref": "41.7", "names": "Ibu Siti", "time": "09.00 WITA", **params}
    return Letter(77, Address(channel, to), key, params, "id", None if heard is None else NOW - heard, attachment)


@dataclass
class Seen:
    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any]


Answer = Callable[[web.Request], Any]


@dataclass
class Platform:
    """Answers what it is told to, in order, then the last one for ever; remembers what it was asked."""

    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def says(self, status: int, body: Any, **headers: str) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        self.answers.append(
            lambda request: web.Response(status=status, text=text, headers=headers, content_type="application/json")
        )

    def hangs_up(self) -> None:
        """Takes the request and tears the line, so that nobody knows."""

        async def tear(request: web.Request) -> None:
            assert request.transport
            request.transport.abort()

        self.answers.append(tear)

    def is_silent(self) -> None:
        self.answers.append(lambda request: self.closing.wait())

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(
            Seen(request.method, request.path, request.headers, dict(request.query), await body_of(request))
        )
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        said = answer(request)
        if not isinstance(said, web.StreamResponse):
            said = await said
        return said if isinstance(said, web.StreamResponse) else web.Response()


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    served = Platform()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", served.serve)
    async with TestServer(app, host="127.0.0.1") as server:
        served.url = str(server.make_url("/")).rstrip("/")
        yield served
        served.closing.set()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def nobody_there(unused_tcp_port: int) -> str:
    return f"http://127.0.0.1:{unused_tcp_port}"
