"""What would be posted to Telegram? Pure: a letter makes a call of the Bot API, as plain JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.channels.base import Blames, Body, Refused
from bot.channels.parts import SHARE_CONTACT, is_picture, is_voice
from bot.channels.telegram import limits
from messages import catalog
from messages.envelope import Attachment, Button, Letter


def render(letter: Letter, now: datetime | None = None) -> Body:
    """No parse mode: a name with `_` or `<` can break nothing. Telegram knows no window, so `now` changes nothing."""
    said = catalog.render(letter.key, letter.params, letter.language)
    payload: dict[str, Any] = {"chat_id": _chat(letter)}
    if letter.attachment:
        method, sort = _shape(letter.attachment)
        payload |= {sort: f"upload:{letter.attachment.kind}", "caption": _within(said.text, limits.CAPTION)}
    else:
        method = "sendMessage"
        payload["text"] = _within(said.text, limits.TEXT)
        payload["link_preview_options"] = {"is_disabled": True}
    if said.buttons:
        payload["reply_markup"] = _markup(said.buttons)
    return Body(method, payload, said.text, said.buttons)


def _shape(attachment: Attachment) -> tuple[str, str]:
    if is_voice(attachment) and attachment.params.get("format") not in limits.NO_VOICE:
        return "sendVoice", "voice"
    return ("sendPhoto", "photo") if is_picture(attachment) else ("sendDocument", "document")


def _chat(letter: Letter) -> int:
    try:
        return int(letter.address.value)
    except ValueError:
        raise Refused("the address is no Telegram chat", Blames.PERSON) from None


def _markup(buttons: Sequence[Button]) -> dict[str, Any]:
    if any(b.id == SHARE_CONTACT for b in buttons):
        return _keyboard(buttons)
    if len(buttons) > limits.BUTTONS:
        raise Refused(f"{len(buttons)} buttons, {limits.BUTTONS} are allowed")
    keys = [{"text": b.title, "callback_data": _data(b.id)} for b in buttons]
    width = limits.SHORT_ROW if all(len(b.title) <= limits.SHORT_TITLE for b in buttons) else 1
    return {"inline_keyboard": [keys[start : start + width] for start in range(0, len(keys), width)]}


def _keyboard(buttons: Sequence[Button]) -> dict[str, Any]:
    """Only a keyboard in place of the letters can share a number; its other keys write their title."""
    rows = [[{"text": b.title} | ({"request_contact": True} if b.id == SHARE_CONTACT else {})] for b in buttons]
    return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}


def _data(button_id: str) -> str:
    if not 1 <= len(button_id.encode()) <= limits.CALLBACK_DATA_BYTES:
        raise Refused(f"the button {button_id!r} does not fit into {limits.CALLBACK_DATA_BYTES} bytes")
    return button_id


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Refused(f"the text has {len(text)} characters, {limit} are allowed")
    return text
