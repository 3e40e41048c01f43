"""What do the platforms post? The signature is checked first, then everything is stored, and only then they get 200."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from bot.channels.base import Channel, Notice
from bot.channels.signature import telegram_signed, whatsapp_signed
from bot.dispatcher import receive_statuses
from bot.flood import Flood, receive
from bot.landing import Landing
from data.store import Store, StoreError
from messages.envelope import Inbound, StatusUpdate
from messages.privacy import without_long_numbers

log = structlog.get_logger()

LARGEST = 3 * 2**20
"""Bytes of a webhook. Meta's own limit is 3 MB."""

PATIENCE = 10.0
"""Seconds for a body to arrive."""

After = Callable[[Sequence[Inbound]], Awaitable[None]]
Headers = Mapping[bytes, bytes]
Post = Callable[[Headers, Receive], Awaitable[int]]
"""Takes what was posted; returns the status that answers it."""

NOTHING = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"0")]


@dataclass(frozen=True, slots=True)
class Intake:
    """Where events of one platform go: parsed, stored, and whoever should know is told. `wake` is called when answers
    may lie in the outbox; for what only landed, the landing does that in its turn."""

    store: Store
    channel: Channel
    after: After
    wake: Callable[[], None]
    flood: Flood = field(default_factory=Flood)
    landing: Landing | None = None

    async def take(self, payload: Mapping[str, Any], body: str = "") -> None:
        """Every event of one delivery. Raises StoreError when it is not on disk: the platform shall repeat it."""
        events = self.channel.parse(payload, self.store.clock())
        inbound = [e for e in events if isinstance(e, Inbound)]
        others = [e for e in events if isinstance(e, StatusUpdate | Notice)]
        if inbound and not others:
            await self._events(inbound, body)
        elif inbound:
            await asyncio.gather(self._events(inbound, body), self._statuses(others))
        else:
            await self._statuses(others)
        await self.after(inbound)

    async def _events(self, inbound: Sequence[Inbound], body: str) -> None:
        # A delivery lies as it came, so one with a NIK in it does not: its words are kept without.
        may_lie = body and all(without_long_numbers(msg.text) == msg.text for msg in inbound)
        if may_lie and self.landing is not None and self.landing.needed:
            await self.landing.keep(body, inbound)
            return
        if len(inbound) == 1:
            await receive(self.store, inbound[0], self.flood)
        else:
            await asyncio.gather(*(receive(self.store, msg, self.flood) for msg in inbound))
        self.wake()

    async def _statuses(self, updates: Sequence[StatusUpdate | Notice]) -> None:
        if updates:
            await receive_statuses(self.store, updates)
            self.wake()


class Door:
    """Where one platform posts. It answers without the frames of a page, which would cost a webhook a third more."""

    def __init__(self, post: Post, handshake: Callable[[Request], Response] | None = None) -> None:
        self.post, self.handshake = post, handshake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.handshake is not None and scope["method"] in ("GET", "HEAD"):
            await self.handshake(Request(scope))(scope, receive, send)
            return
        status = await self.post(dict(scope["headers"]), receive) if scope["method"] == "POST" else 405
        await send({"type": "http.response.start", "status": status, "headers": NOTHING})
        await send({"type": "http.response.body", "body": b""})


def whatsapp_door(intake: Intake, app_secret: str, verify_token: str) -> dict[str, Door]:
    def verify(request: Request) -> Response:
        """The handshake: Meta asks once whether this address is ours."""
        query = request.query_params
        if query.get("hub.mode") == "subscribe" and telegram_signed(verify_token, query.get("hub.verify_token")):
            return PlainTextResponse(query.get("hub.challenge", ""))
        return PlainTextResponse("", _refused(intake, 403, "verify token"))

    async def post(headers: Headers, receive: Receive) -> int:
        body = await _body(headers, receive)
        if not isinstance(body, bytes):
            return _refused(intake, *body)
        if not whatsapp_signed(app_secret, body, _header(headers, b"x-hub-signature-256")):
            return _refused(intake, 401, "signature")
        return await _take(intake, body)

    return {"/webhooks/whatsapp": Door(post, verify)}


def telegram_door(intake: Intake, secret: str) -> dict[str, Door]:
    async def post(headers: Headers, receive: Receive) -> int:
        if not telegram_signed(secret, _header(headers, b"x-telegram-bot-api-secret-token")):
            return _refused(intake, 401, "secret")
        body = await _body(headers, receive)
        if not isinstance(body, bytes):
            return _refused(intake, *body)
        return await _take(intake, body)

    return {"/webhooks/telegram": Door(post)}


def _header(headers: Headers, name: bytes) -> str | None:
    return headers[name].decode("latin-1") if name in headers else None


def _refused(intake: Intake, status: int, why: str) -> int:
    """One line in the log, and nothing of the request: whoever sent it wrote it."""
    log.warning("webhook refused", account=intake.channel.name, why=why, status=status)
    return status


async def _body(headers: Headers, receive: Receive) -> bytes | tuple[int, str]:
    """The raw body; or with which status and why it is refused."""
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or len(length) > 12 or int(length) > LARGEST:
        return 413, "too large"
    parts: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(PATIENCE):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return 400, "hung up"
                parts.append(message.get("body", b""))
                size, more = size + len(parts[-1]), message.get("more_body", False)
                if size > LARGEST:
                    return 413, "too large"
    except TimeoutError:
        return 408, "too slow"
    return b"".join(parts)


async def _take(intake: Intake, body: bytes) -> int:
    try:
        text = body.decode()
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return _refused(intake, 400, "no JSON")
    if not isinstance(payload, dict):
        return 200
    try:
        await intake.take(payload, text)
    except StoreError as fault:
        log.error("webhook not stored", account=intake.channel.name, fault=str(fault))
        return 503
    return 200
