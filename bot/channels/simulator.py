"""How are letters carried when no platform is there? They are laid on the phones of the simulator's page.

The bodies are those that the WhatsApp and Telegram channels render, 24-hour window and templates as such.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from bot.channels.base import Body, File, Notice, Sent
from messages.envelope import Inbound, Letter, StatusUpdate

Render = Callable[[Letter, datetime], Body]
Deliver = Callable[[Letter, dict[str, Any]], Awaitable[None]]


class Simulator:
    """A channel like the others. `deliver` keeps a message on its phone; the same letter twice is one."""

    name = "simulator"

    def __init__(self, platforms: Mapping[str, Render], deliver: Deliver) -> None:
        self.platforms, self.deliver = platforms, deliver

    def parse(self, payload: Mapping[str, Any], received: datetime) -> list[Inbound | StatusUpdate | Notice]:
        """The page speaks through its own API; no platform posts here."""
        return []

    def render(self, letter: Letter, now: datetime) -> Body:
        return self.platforms[letter.address.channel](letter, now)

    async def send(self, letter: Letter, body: Body, file: File | None) -> Sent:
        shown = {
            "text": body.text,
            "buttons": [{"id": button.id, "title": button.title} for button in body.buttons],
            "template": body.template,
            "media": file.mime if file else None,
            "body": {"method": body.method, **dict(body.payload)},
            "attachment": _packed(letter),
        }
        await self.deliver(letter, shown)
        return Sent(f"simulator:{letter.id}")


def _packed(letter: Letter) -> dict[str, Any] | None:
    attachment = letter.attachment
    return {"kind": attachment.kind, "params": dict(attachment.params)} if attachment else None
