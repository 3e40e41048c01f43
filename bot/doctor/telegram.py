"""Does Telegram know this bot, and how do its updates come in?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from bot.channels.careful import table, whole, words
from bot.channels.errors import safe
from bot.doctor.asking import Answer, ask
from bot.doctor.finding import Finding, fine, mind, wrong
from bot.settings import PREFIX, Settings

MANY = 100
RECENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Telegram:
    """`username` is the bot's name where the token is valid."""

    findings: list[Finding]
    drift: timedelta | None = None
    username: str | None = None


async def look(settings: Settings, session: aiohttp.ClientSession, now: Callable[[], datetime]) -> Telegram:
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    base = f"{settings.telegram_api_url.rstrip('/')}/bot{token}"
    me = await ask(session, f"{base}/getMe")
    username = words(table(me.body.get("result")).get("username"))
    if not me.ok or not username:
        return Telegram([_refused(me)], me.drift)
    info = await ask(session, f"{base}/getWebhookInfo")
    how = _updates(settings, table(info.body.get("result")), now()) if info.ok else [_refused(info)]
    return Telegram([fine("Telegram token", f"Berlaku untuk @{username}."), *how], me.drift, username)


def _refused(answer: Answer) -> Finding:
    part = "Telegram token"
    if answer.status in {401, 404}:
        return wrong(part, f"Ditolak Telegram: salin lagi token dari @BotFather ke {PREFIX}TELEGRAM_TOKEN.")
    if answer.status:
        why = safe(words(answer.body.get("description")))
        return wrong(part, f"Telegram menjawab {answer.status} {why}".rstrip() + ": coba lagi sebentar.")
    return wrong(part, f"Telegram tidak terjangkau ({answer.fault}): periksa internet dan tembok api komputer ini.")


def _updates(settings: Settings, info: Mapping[str, Any], now: datetime) -> Iterator[Finding]:
    if settings.telegram_mode == "polling":
        yield _polling(words(info.get("url")), whole(info.get("pending_update_count")) or 0)
    else:
        yield _webhook(f"{(settings.public_url or '').rstrip('/')}/webhooks/telegram", info, now)


def _polling(url: str, waiting: int) -> Finding:
    part = "Telegram pesan masuk"
    if url:
        return mind(part, "Webhook masih terpasang, padahal TELEGRAM_MODE=polling: like-pkh run melepasnya saat mulai.")
    if waiting > MANY:
        return mind(part, f"Polling; {waiting} pesan menunggu diambil: apakah like-pkh run berjalan?")
    return fine(part, f"Polling; {waiting} pesan menunggu.")


def _webhook(expected: str, info: Mapping[str, Any], now: datetime) -> Finding:
    part = "Telegram webhook"
    url, waiting = words(info.get("url")), whole(info.get("pending_update_count")) or 0
    if url != expected:
        found = f"menunjuk ke {safe_host(url)}" if url else "belum terpasang"
        return wrong(part, f"Webhook {found}; like-pkh run memasang {expected} saat mulai.")
    failed = datetime.fromtimestamp(whole(info.get("last_error_date")) or 0, UTC)
    if now - failed > RECENT:
        return fine(part, f"Terpasang; {waiting} pesan menunggu.")
    why = f"Telegram gagal mengantar {round((now - failed).total_seconds() / 60)} menit lalu"
    why += f" ({safe(words(info.get('last_error_message')))})"
    if waiting:
        return wrong(part, f"{why} dan {waiting} pesan menunggu: periksa {PREFIX}PUBLIC_URL, sertifikat, dan proksi.")
    return mind(part, f"{why}; sesudah itu tidak ada lagi yang menunggu.")


def safe_host(url: str) -> str:
    """Where an address leads, without what may be secret in its path."""
    return "/".join(url.split("/")[:3]) or "alamat lain"
