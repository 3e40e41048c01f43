"""What do the platforms post? The signature is checked first, then everything is stored, and only then they get 200."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.base import Channel, Notice
from bot.channels.signature import telegram_signed, whatsapp_signed
from bot.dispatcher import receive_statuses
from bot.inbox import receive
from data.store import Store, StoreError
from messages.envelope import Inbound, StatusUpdate

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

    async def take(self, payload: Mapping[str, Any]) -> None:
        """Every event of one delivery. Raises StoreError when it is not on disk: the platform shall repeat it."""
        events = self.channel.parse(payload, self.store.clock())
        inbound = [e for e in events if isinstance(e, Inbound)]
        others = [e for e in events if isinstance(e, StatusUpdate | Notice)]
        waiting = [receive(self.store, msg) for msg in inbound]
        if others:
            waiting.append(self._statuses(others))
        await asyncio.gather(*waiting)
        await self.after(inbound)

    async def _statuses(self, updates: Sequence[StatusUpdate | Notice]) -> bool:
        await receive_statuses(self.store, updates)
        return True


def whatsapp_routes(intake: Intake, app_secret: str, verify_token: str) -> list[Route]:
    async def verify(request: Request) -> Response:
        """The handshake: Meta asks once whether this address is ours."""
        query = request.query_params
        if query.get("hub.mode") == "subscribe" and telegram_signed(verify_token, query.get("hub.verify_token")):
            return PlainTextResponse(query.get("hub.challenge", ""))
        return PlainTextResponse("", 403)

    async def post(request: Request) -> Response:
        body = await _body(request)
        if isinstance(body, Response):
            return body
        if not whatsapp_signed(app_secret, body, request.headers.get("x-hub-signature-256")):
            log.warning("webhook refused", account="whatsapp", why="signature")
            return PlainTextResponse("", 401)
        return await _take(intake, body)

    return [
        Route("/webhooks/whatsapp", verify, methods=["GET"]),
        Route("/webhooks/whatsapp", post, methods=["POST"]),
    ]


def telegram_routes(intake: Intake, secret: str) -> list[Route]:
    async def post(request: Request) -> Response:
        if not telegram_signed(secret, request.headers.get("x-telegram-bot-api-secret-token")):
            log.warning("webhook refused", account="telegram", why="secret")
            return PlainTextResponse("", 401)
        body = await _body(request)
        return body if isinstance(body, Response) else await _take(intake, body)

    return [Route("/webhooks/telegram", post, methods=["POST"])]


async def _body(request: Request) -> bytes | Response:
    """The raw body, or a refusal: too large, or too slow."""
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > LARGEST:
        return PlainTextResponse("", 413)
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in request.stream():
                size += len(part)
                if size > LARGEST:
                    return PlainTextResponse("", 413)
                parts.append(part)
    except TimeoutError:
        return PlainTextResponse("", 408)
    return b"".join(parts)


async def _take(intake: Intake, body: bytes) -> Response:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return PlainTextResponse("", 400)
    if not isinstance(payload, dict):
        return PlainTextResponse("")
    try:
        await intake.take(payload)
    except StoreError as fault:
        log.error("webhook not stored", account=intake.channel.name, fault=str(fault))
        return PlainTextResponse("", 503)
    return PlainTextResponse("")
