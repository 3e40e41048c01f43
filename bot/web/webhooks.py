"""What do the platforms post? The signature is checked first, then everything is stored, and only then they get 200."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.base import Channel, Notice
from bot.channels.signature import telegram_signed, whatsapp_signed
from bot.dispatcher import receive_statuses
from bot.flood import Flood
from bot.inbox import receive
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


@dataclass(frozen=True, slots=True)
class Intake:
    """Where events of one platform go: parsed, stored, and whoever should know is told."""

    store: Store
    channel: Channel
    after: After
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
        counted = [(msg, self.flood.way(msg)) for msg in inbound]
        # A delivery lies as it came, so one with a NIK in it does not: its words are kept without.
        may_lie = body and all(without_long_numbers(msg.text) == msg.text for msg in inbound)
        if may_lie and self.landing is not None and self.landing.needed:
            await self.landing.keep(body, counted)
        elif len(counted) == 1:
            await receive(self.store, *counted[0])
        else:
            await asyncio.gather(*(receive(self.store, msg, way) for msg, way in counted))

    async def _statuses(self, updates: Sequence[StatusUpdate | Notice]) -> None:
        if updates:
            await receive_statuses(self.store, updates)


def whatsapp_routes(intake: Intake, app_secret: str, verify_token: str) -> list[Route]:
    async def verify(request: Request) -> Response:
        """The handshake: Meta asks once whether this address is ours."""
        query = request.query_params
        if query.get("hub.mode") == "subscribe" and telegram_signed(verify_token, query.get("hub.verify_token")):
            return PlainTextResponse(query.get("hub.challenge", ""))
        return _refused(intake, 403, "verify token")

    async def post(request: Request) -> Response:
        body = await _body(request)
        if not isinstance(body, bytes):
            return _refused(intake, *body)
        if not whatsapp_signed(app_secret, body, request.headers.get("x-hub-signature-256")):
            return _refused(intake, 401, "signature")
        return await _take(intake, body)

    return [
        Route("/webhooks/whatsapp", verify, methods=["GET"]),
        Route("/webhooks/whatsapp", post, methods=["POST"]),
    ]


def telegram_routes(intake: Intake, secret: str) -> list[Route]:
    async def post(request: Request) -> Response:
        if not telegram_signed(secret, request.headers.get("x-telegram-bot-api-secret-token")):
            return _refused(intake, 401, "secret")
        body = await _body(request)
        if not isinstance(body, bytes):
            return _refused(intake, *body)
        return await _take(intake, body)

    return [Route("/webhooks/telegram", post, methods=["POST"])]


def _refused(intake: Intake, status: int, why: str) -> Response:
    """One line in the log, and nothing of the request: whoever sent it wrote it."""
    log.warning("webhook refused", account=intake.channel.name, why=why, status=status)
    return PlainTextResponse("", status)


async def _body(request: Request) -> bytes | tuple[int, str]:
    """The raw body; or with which status and why it is refused."""
    length = request.headers.get("content-length", "0")
    if not (length.isdecimal() and length.isascii()) or len(length) > 12 or int(length) > LARGEST:
        return 413, "too large"
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                size += len(part)
                if size > LARGEST:
                    return 413, "too large"
                parts.append(part)
    except TimeoutError:
        return 408, "too slow"
    except ClientDisconnect:
        return 400, "hung up"
    return b"".join(parts)


async def _take(intake: Intake, body: bytes) -> Response:
    try:
        text = body.decode()
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return _refused(intake, 400, "no JSON")
    if not isinstance(payload, dict):
        return PlainTextResponse("")
    try:
        await intake.take(payload, text)
    except StoreError as fault:
        log.error("webhook not stored", account=intake.channel.name, fault=str(fault))
        return PlainTextResponse("", 503)
    return PlainTextResponse("")
