"""Can the world reach us? Our own address from the outside, and the two doors that platforms knock at."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

import aiohttp

from bot.channels.careful import table, words
from bot.doctor.asking import Answer, ask
from bot.doctor.finding import Finding, fine, mind, wrong
from bot.settings import PREFIX, Settings

PART = "alamat publik"


async def look(settings: Settings, session: aiohttp.ClientSession) -> list[Finding]:
    url = (settings.public_url or "").rstrip("/")
    if not url:
        return [*_not_set(settings)]
    if not url.startswith("https://") and not _locally(settings):
        return [wrong(PART, f"{url} tanpa https: Telegram dan Meta hanya mengantar ke alamat https.")]
    health = await ask(session, f"{url}/healthz")
    if not health.ok:
        return [_unwell(url, health)]
    findings = [fine(PART, f"{url} menjawab.")]
    if settings.whatsapp:
        findings.append(await _door(settings, session, f"{url}/webhooks/whatsapp"))
    return findings


def _not_set(settings: Settings) -> Iterator[Finding]:
    if settings.whatsapp:
        yield mind(PART, f"{PREFIX}PUBLIC_URL belum diisi: webhook WhatsApp tidak bisa diperiksa dari sini.")
    else:
        yield fine(PART, "Tidak diisi dan tidak diperlukan.")


def _locally(settings: Settings) -> bool:
    """A platform that is played on this machine needs no certificate."""
    return settings.whatsapp_api_url.startswith("http://") or settings.telegram_api_url.startswith("http://")


def _unwell(url: str, answer: Answer) -> Finding:
    if not answer.status:
        return wrong(PART, f"{url} tidak terjangkau ({answer.fault}): periksa DNS, proksi, dan apakah bot berjalan.")
    parts = table(answer.body.get("parts"))
    bad = [f"{name}: {words(state)}" for name, state in parts.items() if state != "ok"]
    if answer.status == 503 and bad:
        return wrong(PART, f"Bot menjawab, tetapi ada yang berhenti ({', '.join(bad)}): lihat log.")
    return wrong(PART, f"{url}/healthz menjawab {answer.status}: periksa proksi dan apakah bot berjalan.")


async def _door(settings: Settings, session: aiohttp.ClientSession, url: str) -> Finding:
    """An empty delivery, signed as Meta signs: it changes nothing, and gives nothing away but that we could sign."""
    part, body = "WhatsApp pintu masuk", b"{}"
    secret = settings.whatsapp_app_secret.get_secret_value() if settings.whatsapp_app_secret else ""
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
    answer = await ask(session, url, verb="POST", headers=headers, data=body)
    if answer.ok:
        return fine(part, "Menerima pesan yang bertanda tangan benar.")
    if answer.status == 401:
        return wrong(part, f"Bot yang berjalan memakai {PREFIX}WHATSAPP_APP_SECRET yang lain: jalankan ulang.")
    reason = str(answer.status) if answer.status else answer.fault
    return wrong(part, f"{url} menjawab {reason}: teruskan /webhooks/ ke bot di proksi.")
