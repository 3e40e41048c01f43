"""What would Telegram and Meta do? Both, on a port of this computer: strict about their limits, far away if asked,
and as unreliable as one wishes.

In one process: `async with running(Platform()) as url`. In its own, so that nobody's processor time is mixed up:
`with elsewhere(Wishes(…)) as far: …; far.stats()`.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import hmac
import json
import os
import random
import re
import socket
import subprocess
import sys
import time
from bisect import bisect_right, insort
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = "123456:AA-a-token-of-nobody"
PHONE_ID, BUSINESS_ID = "1065", "1022"
ME = {"id": 123456, "is_bot": True, "first_name": "P2K2", "username": "contoh_p2k2_bot"}
APP_SECRET, VERIFY = "a-secret-of-nobody", "a-word-of-nobody"
MARK = re.compile(r"#(\d+)#")
"""A letter's own number inside its words: Telegram gives nothing back that would tell."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How far away, how strict and how unreliable. Shares are of requests, `blocked` is of chats."""

    limit: int = 0
    """Messages that may arrive within any second; 0 is no limit. One more is answered 429."""

    retry_after: float = 1.0
    way: float = 0.0
    """Seconds to the platform, and as many back."""

    jitter: float = 0.0
    """Seconds that the way there may take longer."""

    errors: float = 0.0
    resets: float = 0.0
    lost: float = 0.0
    """Taken, but the answer never arrives."""

    blocked: float = 0.0
    burst_every: int = 0
    """After so many messages everybody is told to wait, for a short while."""

    statuses: bool = False
    """WhatsApp says later what became of a message."""

    seed: int = 1


@dataclass(slots=True)
class Taken:
    """A message that the platform accepted."""

    at: float
    channel: str
    to: str
    letter: int
    answered: bool = True


@dataclass
class Platform:
    wishes: Wishes = field(default_factory=Wishes)
    taken: list[Taken] = field(default_factory=list)
    tried: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How often each letter arrived, accepted or not."""

    refused: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How often each letter was answered that its person has blocked us."""

    said: Counter[str] = field(default_factory=Counter)
    lost: set[tuple[str, int]] = field(default_factory=set)
    updates: deque[dict[str, Any]] = field(default_factory=deque)
    """What Telegram will give to the one who asks."""

    on_status: Callable[[dict[str, Any]], None] | None = None
    confirmed: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.wishes.seed)
        self._arrived: list[float] = []
        self._since_burst = 0
        self._burst_until = 0.0
        self._number = 1000
        self._news = asyncio.Event()

    # --- what both have in common

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**26)
        app.router.add_post(f"/bot{TOKEN}/{{method}}", self._telegram)
        app.router.add_post(f"/v23.0/{PHONE_ID}/messages", self._whatsapp)
        app.router.add_get("/stats", self._stats)
        return app

    def is_blocked(self, to: str) -> bool:
        """The same people every time."""
        return int(hashlib.sha256(to.encode()).hexdigest()[:6], 16) / 2**24 < self.wishes.blocked

    async def _judge(self, channel: str, to: str, letter: int) -> tuple[str, float]:
        """The way there, and what happens at its end: ok, slow, broken, torn or blocked, and when."""
        wishes = self.wishes
        # It arrives when it should, not when this computer next finds the time to look.
        way = wishes.way + self.dice.random() * wishes.jitter
        now = time.monotonic() + way
        if way:
            await asyncio.sleep(way)
        self.tried[channel, letter] += 1
        if self._too_many(now):
            return "slow", now
        fate = self.dice.random()
        if fate < wishes.resets:
            return "torn", now
        if fate < wishes.resets + wishes.errors:
            return "broken", now
        if self.is_blocked(to):
            self.refused[channel, letter] += 1
            return "blocked", now
        insort(self._arrived, now)
        self._since_burst += 1
        return "ok", now

    def _too_many(self, now: float) -> bool:
        wishes = self.wishes
        if now < self._burst_until:
            return True
        if wishes.burst_every and self._since_burst >= wishes.burst_every:
            self._since_burst, self._burst_until = 0, now + wishes.retry_after / 2
            return True
        if not wishes.limit:
            return False
        del self._arrived[: bisect_right(self._arrived, now - 2.0)]
        return bisect_right(self._arrived, now) - bisect_right(self._arrived, now - 1.0) >= wishes.limit

    def _accept(self, channel: str, to: str, letter: int, at: float) -> Taken:
        one = Taken(at, channel, to, letter)
        self.taken.append(one)
        if self.dice.random() < self.wishes.lost:
            one.answered = False
            self.lost.add((channel, letter))
        return one

    async def _back(self) -> None:
        if self.wishes.way:
            await asyncio.sleep(self.wishes.way)

    # --- Telegram

    async def _telegram(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        given = json.loads(await request.read()) if request.content_type == "application/json" else await request.post()
        if method == "getUpdates":
            return await self._get_updates({**request.query, **given})
        if method != "sendMessage":
            self.said[method] += 1
            return web.json_response({"ok": True, "result": ME if method == "getMe" else True})
        to, text = str(given["chat_id"]), str(given["text"])
        letter = _letter(text)
        fate, at = await self._judge("telegram", to, letter)
        self.said[fate] += 1
        if fate == "torn":
            return _torn(request)
        if fate != "ok":
            await self._back()
            return self._telegram_refuses(fate)
        one = self._accept("telegram", to, letter, at)
        if not one.answered:
            return _torn(request)
        await self._back()
        self._number += 1
        chat = {"id": int(to), "type": "private"}
        return web.json_response(
            {"ok": True, "result": {"message_id": self._number, "date": int(time.time()), "chat": chat, "text": text}}
        )

    def _telegram_refuses(self, fate: str) -> web.Response:
        wait = max(1, round(self.wishes.retry_after))
        code, words, more = {
            "slow": (429, f"Too Many Requests: retry after {wait}", {"parameters": {"retry_after": wait}}),
            "broken": (502, "Bad Gateway", {}),
            "blocked": (403, "Forbidden: bot was blocked by the user", {}),
        }[fate]
        return web.json_response({"ok": False, "error_code": code, "description": words, **more}, status=code)

    async def _get_updates(self, given: Mapping[str, Any]) -> web.Response:
        offset = int(given.get("offset", 0))
        while self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()
            self.confirmed += 1
        if not self.updates:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), float(given.get("timeout", 0)))
        first = [self.updates[i] for i in range(min(100, len(self.updates)))]
        return web.json_response({"ok": True, "result": first})

    def write(self, updates: Sequence[dict[str, Any]]) -> None:
        """People write to the bot."""
        self.updates.extend(updates)
        self._news.set()

    # --- WhatsApp

    async def _whatsapp(self, request: web.Request) -> web.Response:
        given = json.loads(await request.read())
        to, letter = given.get("to") or given["recipient"], int(given["biz_opaque_callback_data"])
        fate, at = await self._judge("whatsapp", to, letter)
        self.said[fate] += 1
        if fate == "torn":
            return _torn(request)
        if fate != "ok":
            await self._back()
            return self._whatsapp_refuses(fate)
        one = self._accept("whatsapp", to, letter, at)
        name = f"wamid.{letter}.{len(self.taken)}"
        if self.wishes.statuses and self.on_status:
            for said in ("sent", "delivered"):
                self.on_status(status(name, said, letter, to))
        if not one.answered:
            return _torn(request)
        await self._back()
        return web.json_response({"messaging_product": "whatsapp", "messages": [{"id": name}]})

    def _whatsapp_refuses(self, fate: str) -> web.Response:
        http, code, words = {
            "slow": (429, 130429, "Rate limit hit"),
            "broken": (500, 131000, "Something went wrong"),
            "blocked": (400, 131026, "Message undeliverable"),
        }[fate]
        headers = {"Retry-After": str(max(1, round(self.wishes.retry_after)))} if fate == "slow" else {}
        return web.json_response({"error": {"code": code, "message": words}}, status=http, headers=headers)

    # --- for whoever watches from another process

    async def _stats(self, request: web.Request) -> web.Response:
        since = float(request.query.get("since", 0))
        taken = [one for one in self.taken if one.at >= since]
        return web.json_response(
            {
                "said": dict(self.said),
                "now": time.monotonic(),
                "taken": len(taken),
                "first": taken[0].at if taken else 0.0,
                "last": taken[-1].at if taken else 0.0,
                "at": {f"{one.channel}:{one.letter}": one.at for one in taken} if "all" in request.query else {},
            }
        )


def _letter(text: str) -> int:
    found = MARK.search(text)
    return int(found[1]) if found else 0


def _torn(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


# --- what Meta posts


def status(wamid: str, said: str, letter: int | None, to: str, at: int | None = None) -> dict[str, Any]:
    found = {"id": wamid, "status": said, "timestamp": str(at or int(time.time())), "recipient_id": to}
    return found | ({"biz_opaque_callback_data": str(letter)} if letter is not None else {})


def message(wamid: str, sender: str, text: str, at: int | None = None) -> dict[str, Any]:
    return {
        "from": sender,
        "id": wamid,
        "timestamp": str(at or int(time.time())),
        "type": "text",
        "text": {"body": text},
    }


def delivery(messages: Sequence[Mapping[str, Any]] = (), statuses: Sequence[Mapping[str, Any]] = ()) -> bytes:
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "62800", "phone_number_id": PHONE_ID},
    }
    if messages:
        value["contacts"] = [{"wa_id": m["from"], "profile": {"name": "Seorang ibu"}} for m in messages]
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    entry = {"id": BUSINESS_ID, "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def signed(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": "application/json"}


@dataclass
class Poster:
    """Posts as Meta does: whatever is not answered 200 is posted again, until it is."""

    url: str
    session: aiohttp.ClientSession
    acknowledged: int = 0
    repeated: int = 0
    waits: list[float] = field(default_factory=list)

    async def post(self, body: bytes, *, patience: float = 120.0) -> None:
        until = time.monotonic() + patience
        headers = signed(body)
        while True:
            begun = time.monotonic()
            try:
                async with self.session.post(self.url, data=body, headers=headers) as answer:
                    if answer.status == 200:
                        self.acknowledged += 1
                        self.waits.append(time.monotonic() - begun)
                        return
            except (aiohttp.ClientError, OSError):
                pass
            if time.monotonic() > until:
                raise TimeoutError("a webhook was never acknowledged")
            self.repeated += 1
            await asyncio.sleep(0.1)


# --- running


@asynccontextmanager
async def running(platform: Platform, port: int = 0) -> AsyncIterator[str]:
    """On a port of this computer, in this process; gives its address."""
    runner = web.AppRunner(platform.app(), access_log=None, handler_cancellation=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
    await site.start()
    assert runner.addresses
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@dataclass
class Far:
    """A platform in another process."""

    url: str

    async def stats(self, **query: str) -> dict[str, Any]:
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/stats", params=query) as answer:
            found: dict[str, Any] = await answer.json()
            return found


@contextmanager
def elsewhere(wishes: Wishes) -> Iterator[Far]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.platform", "--port", str(port), "--wishes", json.dumps(asdict(wishes))]
    process = subprocess.Popen(command)
    try:
        _await_port(port)
        yield Far(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()


def _await_port(port: int, patience: float = 20.0) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.02)
    raise TimeoutError("the platform did not start")


def _serve(wishes: Wishes, port: int) -> None:
    import uvloop

    async def forever() -> None:
        with suppress(OSError):
            os.nice(-10)  # it stands for another computer, which does not wait for this one's processor
        gc.disable()  # and whose pauses are not taken for the sender's haste
        async with running(Platform(wishes), port):
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        uvloop.run(forever())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--wishes", type=json.loads, default={}, help='as {"limit": 30, "way": 0.02}')
    given = parser.parse_args()
    _serve(Wishes(**given.wishes), given.port)
