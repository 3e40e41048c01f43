"""How does the bot talk through the WhatsApp Cloud API? limits, reading, rendering, sending, and its templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import aiohttp

from bot.channels.base import Body, File, Notice, Refused, Sent
from bot.channels.careful import whole, words
from bot.channels.uploads import Uploads
from bot.channels.whatsapp import reading, rendering, templates
from bot.channels.whatsapp.limits import API_URL, NAME, READ_SECONDS, UPLOADED_FOR
from bot.channels.whatsapp.sending import Graph, awaits_file, need, wamid, with_file
from bot.channels.whatsapp.templates import TemplateState, template_definition
from messages.catalog import Entry
from messages.envelope import Inbound, Letter, StatusUpdate

__all__ = ["TemplateState", "WhatsApp", "template_definition"]


class WhatsApp:
    name = NAME

    def __init__(
        self,
        token: str,
        phone_number_id: str,
        business_account_id: str,
        api_url: str = API_URL,
        session: aiohttp.ClientSession | None = None,
        *,
        read: float = READ_SECONDS,
    ) -> None:
        self.phone_number_id, self.business_account_id = phone_number_id, business_account_id
        self._uploads = Uploads(UPLOADED_FOR)
        self._graph = Graph(token, api_url, session, read)

    def parse(self, payload: Mapping[str, Any], received: datetime) -> list[Inbound | StatusUpdate | Notice]:
        return reading.read(payload, received)

    def render(self, letter: Letter, now: datetime) -> Body:
        return rendering.render(letter, now)

    async def send(self, letter: Letter, body: Body, file: File | None) -> Sent:
        payload = body.payload
        if awaits_file(payload):
            return await self._send_file(payload, need(file))
        return Sent(wamid(await self._graph.post(f"{self.phone_number_id}/messages", payload)))

    async def _send_file(self, payload: Mapping[str, Any], file: File) -> Sent:
        async with self._uploads.known(file) as media:
            if media is None:
                media = await self._graph.upload(f"{self.phone_number_id}/media", file)
                self._uploads.learn(file, media)
            payload = with_file(payload, media, file)
            return Sent(wamid(await self._graph.post(f"{self.phone_number_id}/messages", payload)))

    async def fetch(self, media: str, most: int) -> bytes:
        """The file behind an id: Graph names its address, the same token opens it. Raises ChannelError."""
        found = await self._graph.get(quote(media, safe=""), {"phone_number_id": self.phone_number_id})
        if (whole(found.get("file_size")) or 0) > most:
            raise Refused("the file is too large")
        return await self._graph.download(words(found.get("url")), most)

    async def display_number(self) -> str:
        """The digits of our own number, as they stand behind wa.me/ in a link."""
        found = await self._graph.get(self.phone_number_id, {"fields": "display_phone_number"})
        return "".join(sign for sign in words(found.get("display_phone_number")) if sign.isdigit())

    async def push_templates(self, entries: Iterable[Entry]) -> list[TemplateState]:
        return await templates.push(self._graph, self.business_account_id, entries)

    async def template_states(self) -> list[TemplateState]:
        return await templates.states(self._graph, self.business_account_id)
