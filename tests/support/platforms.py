"""Telegram, Meta and our own public address, played on 127.0.0.1 for whoever wants to look at them from outside."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web

from bot.channels.signature import whatsapp_signed
from bot.channels.whatsapp import template_definition
from messages.catalog import Entry, TemplateError, entries
from tests.channels.vendors import BotApi, bot_api
from tests.support.asked import body_of, decoded

TELEGRAM_TOKEN = "8100000001:AAtelegram-token-of-nobody-at-all_0001"
WHATSAPP_TOKEN = "EAAGwhatsapptokenofnobody0123456789abcdefghijklmnop"
APP_SECRET = "0123456789abcdef0123456789abcdef"
VERIFY_TOKEN = "kata-sandi-webhook"
WEBHOOK_SECRET = "rahasia_webhook_telegram"
PHONE_ID, ACCOUNT_ID = "106540352242922", "102290129340398"
SECRETS = (TELEGRAM_TOKEN, WHATSAPP_TOKEN, APP_SECRET, VERIFY_TOKEN, WEBHOOK_SECRET)


def approved_templates() -> list[dict[str, Any]]:
    """Every template that `messages/` needs, as Meta lists it once it has been approved."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries().values():
        if entry.whatsapp is not None and entry.whatsapp.name not in found:
            found[entry.whatsapp.name] = {**_definition(entry), "id": str(len(found) + 1), "status": "APPROVED"}
    return list(found.values())


def _definition(entry: Entry) -> dict[str, Any]:
    try:
        return template_definition(entry.key)
    except TemplateError:  # found by the checks of the words, not here
        assert entry.whatsapp is not None
        components = [{"type": "BODY", "text": entry.source}]
        return {"name": entry.whatsapp.name, "language": "id", "category": "UTILITY", "components": components}


def _bot_api() -> BotApi | None:
    try:
        return bot_api()
    except pytest.skip.Exception:  # without the vendor's file it is played, and nothing is checked
        return None


@dataclass
class Platforms:
    """Healthy as it is made; a test changes what shall be ill. `posted` is every message that was taken, `asked` every
    method of Telegram, `faults` what its specification has against them: such a call is refused."""

    ahead: timedelta = timedelta(0)
    telegram_ok: bool = True
    webhook: dict[str, Any] = field(default_factory=lambda: {"url": "", "pending_update_count": 0})
    number: dict[str, Any] = field(
        default_factory=lambda: {
            "display_phone_number": "+62 811-0000-0900",
            "quality_rating": "GREEN",
            "throughput": {"level": "STANDARD"},
        }
    )
    newer: dict[str, Any] | None = field(
        default_factory=lambda: {"status": "CONNECTED", "whatsapp_business_manager_messaging_limit": "TIER_2K"}
    )
    graph_error: tuple[int, dict[str, Any]] | None = None
    apps: list[str] = field(default_factory=lambda: ["LIKE-PKH Balangan"])
    templates: list[dict[str, Any]] = field(default_factory=approved_templates)
    health: tuple[int, dict[str, str]] = (200, {"database": "ok", "writer": "ok"})
    app_secret_there: str = APP_SECRET
    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    bot_api: BotApi | None = field(default_factory=_bot_api)
    hold: asyncio.Event | None = None
    """While it is not set, no message is answered."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._dated])
        app.router.add_route("*", f"/bot{TELEGRAM_TOKEN}/{{method}}", self._telegram)
        app.router.add_route("*", "/bot{token}/{method}", _unauthorised)
        app.router.add_get(f"/graph/{PHONE_ID}", self._number)
        app.router.add_post(f"/graph/{PHONE_ID}/messages", self._message)
        app.router.add_get(f"/graph/{ACCOUNT_ID}/subscribed_apps", self._apps)
        app.router.add_get(f"/graph/{ACCOUNT_ID}/message_templates", self._templates)
        app.router.add_get("/public/healthz", self._healthz)
        app.router.add_post("/public/webhooks/whatsapp", self._door)
        return app

    @web.middleware
    async def _dated(self, request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
        response: web.StreamResponse = await handler(request)
        response.headers["Date"] = format_datetime(datetime.now(UTC) + self.ahead, usegmt=True)
        return response

    # --- Telegram

    async def _telegram(self, request: web.Request) -> web.Response:
        if not self.telegram_ok:
            return await _unauthorised(request)
        method = request.match_info["method"]
        given = await body_of(request) | {name: decoded(value) for name, value in request.query.items()}
        self.asked.add(method)
        if self.bot_api is not None and (found := self.bot_api.faults(method, given)):
            self.faults += found
            refused = {"ok": False, "error_code": 400, "description": f"Bad Request: {found[0]}"}
            return web.json_response(refused, status=400)
        match method:
            case "getMe":
                result: Any = {"id": 8100000001, "is_bot": True, "first_name": "P2K2", "username": "p2k2_uji_bot"}
            case "getWebhookInfo":
                result = self.webhook
            case "getUpdates":
                await self.closing.wait()
                result = []
            case "sendMessage":
                await self._take("telegram", given)
                chat = {"id": 1, "type": "private"}
                result = {"message_id": len(self.posted), "date": 0, "chat": chat, "text": "…"}
            case _:
                result = True
        return web.json_response({"ok": True, "result": result})

    # --- Meta

    def _told(self, body: Any) -> web.Response:
        if self.graph_error is not None:
            status, error = self.graph_error
            return web.json_response({"error": error}, status=status)
        return web.json_response(body)

    async def _number(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {WHATSAPP_TOKEN}":
            error = {"message": f"Malformed access token {WHATSAPP_TOKEN}", "code": 190}
            return web.json_response({"error": error}, status=401)
        if "webhook_configuration" not in request.query["fields"]:
            return self._told({**self.number, "id": PHONE_ID})
        if self.newer is None:
            error = {"message": "(#100) Tried accessing nonexisting field", "code": 100}
            return web.json_response({"error": error}, status=400)
        return self._told({**self.newer, "id": PHONE_ID})

    async def _message(self, request: web.Request) -> web.Response:
        await self._take("whatsapp", await request.json())
        return self._told({"messages": [{"id": f"wamid.{len(self.posted)}"}]})

    async def _apps(self, request: web.Request) -> web.Response:
        return self._told({"data": [{"whatsapp_business_api_data": {"id": "1", "name": app}} for app in self.apps]})

    async def _templates(self, request: web.Request) -> web.Response:
        return self._told({"data": self.templates, "paging": {"cursors": {"after": "x"}}})

    # --- ourselves, seen from outside

    async def _healthz(self, request: web.Request) -> web.Response:
        status, parts = self.health
        return web.json_response({"parts": parts}, status=status)

    async def _door(self, request: web.Request) -> web.Response:
        body = await request.read()
        signed = whatsapp_signed(self.app_secret_there, body, request.headers.get("X-Hub-Signature-256"))
        return web.Response(status=200 if signed else 401)

    async def _take(self, platform: str, body: dict[str, Any]) -> None:
        self.posted.append((platform, json.loads(json.dumps(body, default=str))))
        if self.hold is not None:
            await self.hold.wait()


async def _unauthorised(request: web.Request) -> web.Response:
    return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)
