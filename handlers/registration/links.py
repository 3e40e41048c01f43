"""Under which names do the platforms know this bot, and which links open it?"""

from __future__ import annotations

from urllib.parse import quote

from data.store import Tx

TELEGRAM_USERNAME = "telegram_username"
WHATSAPP_NUMBER = "whatsapp_number"
"""Kept in `tx.settings` when the bot has asked the platforms (bot/names.py); unknown until then."""


def telegram(tx: Tx, payload: str) -> str | None:
    """Opens the chat with the bot; START sends `/start payload`."""
    username = tx.settings.get(TELEGRAM_USERNAME)
    return f"https://t.me/{username}?start={payload}" if username else None


def whatsapp(tx: Tx, text: str) -> str | None:
    """Opens the chat with our number; the words are there, only sending is left."""
    number = tx.settings.get(WHATSAPP_NUMBER)
    return f"https://wa.me/{number}?text={quote(text)}" if number else None


def number(tx: Tx) -> str | None:
    """Our number as it is written here: '0811-5000-0001'."""
    digits = tx.settings.get(WHATSAPP_NUMBER)
    if not digits:
        return None
    local = f"0{digits[2:]}" if digits.startswith("62") else f"+{digits}"
    return "-".join([local[:4], *(local[start : start + 4] for start in range(4, len(local), 4))])
