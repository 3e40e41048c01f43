"""Does Meta know this number, how much may it send, and does what comes in reach us?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from bot.channels.careful import table, tables, whole, words
from bot.channels.errors import WRONG_NUMBER_ID, safe
from bot.channels.whatsapp import WhatsApp
from bot.doctor import templates
from bot.doctor.asking import Answer, ask
from bot.doctor.finding import Finding, fine, mind, wrong
from bot.doctor.telegram import safe_host
from bot.settings import PREFIX, Settings

NUMBER_FIELDS = "display_phone_number,quality_rating,messaging_limit_tier,throughput"
NEWER_FIELDS = "status,whatsapp_business_manager_messaging_limit,webhook_configuration"
"""Asked separately: Meta has moved the limit to the portfolio, and refuses a whole question for one field it does not
know. https://developers.facebook.com/docs/whatsapp/messaging-limits"""

USUAL_RATE = 80
UNLIMITED = 10**9
TOKEN_CODES = {0, 190}
RIGHT_CODES = {3, 10, *range(200, 300)}


@dataclass(frozen=True, slots=True)
class Number:
    """`number` is the sending number where Meta named it: digits only, as links to the chat want it."""

    findings: list[Finding]
    drift: timedelta | None = None
    number: str | None = None


class Meta:
    """What the doctor asks of the Graph API."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        self.settings, self.session = settings, session
        self.token = settings.whatsapp_token.get_secret_value() if settings.whatsapp_token else ""
        self.url = settings.whatsapp_api_url.rstrip("/")
        self.account = settings.whatsapp_business_account_id or ""

    async def get(self, path: str, fields: str = "") -> Answer:
        params = {"fields": fields} if fields else {}
        return await ask(
            self.session, f"{self.url}/{path}", params=params, headers={"Authorization": f"Bearer {self.token}"}
        )

    @property
    def channel(self) -> WhatsApp:
        phone = self.settings.whatsapp_phone_number_id or ""
        return WhatsApp(self.token, phone, self.account, self.url, self.session)


async def look(settings: Settings, session: aiohttp.ClientSession, numbers: int) -> Number:
    """`numbers` is how many WhatsApp numbers have agreed to be written to."""
    meta = Meta(settings, session)
    phone = settings.whatsapp_phone_number_id or ""
    found = await meta.get(phone, NUMBER_FIELDS)
    if not found.ok:
        return Number([_refused(found)], found.drift)
    newer = await meta.get(phone, NEWER_FIELDS)
    shown = words(found.body.get("display_phone_number"))
    findings = [
        fine("WhatsApp token", f"Berlaku untuk {shown or 'nomor ini'}."),
        *_status(words(newer.body.get("status"))),
        _quality(words(found.body.get("quality_rating"))),
        _limit(words(newer.body.get("whatsapp_business_manager_messaging_limit")), found.body, numbers),
        _rate(settings, words(table(found.body.get("throughput")).get("level"))),
        *_callback(settings, table(newer.body.get("webhook_configuration"))),
    ]
    if not meta.account:
        name = f"{PREFIX}WHATSAPP_BUSINESS_ACCOUNT_ID"
        findings.append(wrong("WhatsApp templat", f"Tidak bisa diperiksa dan dikirim ke Meta: isi {name}."))
    else:
        findings += [
            _subscribed(await meta.get(f"{meta.account}/subscribed_apps")),
            *await templates.look(meta.channel),
        ]
    return Number(findings, found.drift, re.sub(r"\D", "", shown) or None)


def _refused(answer: Answer, part: str = "WhatsApp token") -> Finding:
    error = table(answer.body.get("error"))
    code, why = whole(error.get("code")), safe(words(error.get("message")))
    if not answer.status:
        return wrong(part, f"Meta tidak terjangkau ({answer.fault}): periksa internet dan tembok api komputer ini.")
    if code in TOKEN_CODES or answer.status == 401:
        return wrong(part, f"Ditolak Meta: buat token pengguna sistem yang baru, isi {PREFIX}WHATSAPP_TOKEN.")
    if code in RIGHT_CODES:
        return wrong(part, "Tokennya tidak berhak: beri izin whatsapp_business_messaging dan _management, buat lagi.")
    if code == 100 and whole(error.get("error_subcode")) == WRONG_NUMBER_ID:
        return wrong(part, f"Meta tidak mengenal id ini: periksa {PREFIX}WHATSAPP_PHONE_NUMBER_ID dan hak tokennya.")
    return wrong(part, f"Meta menjawab {answer.status} {why}".rstrip() + ": coba lagi sebentar.")


# --- the number


def _status(status: str) -> Iterator[Finding]:
    part = "WhatsApp nomor"
    match status.upper():
        case "":
            return
        case "CONNECTED":
            yield fine(part, "Terdaftar.")
        case "FLAGGED" | "RESTRICTED" as held:
            yield wrong(part, f"Berstatus {held}: Meta menahannya, lihat WhatsApp Manager.")
        case other:
            yield wrong(part, f"Berstatus {other}: daftarkan nomornya dulu (docs/golive.md, langkah register).")


def _quality(rating: str) -> Finding:
    part = "WhatsApp mutu"
    match rating.upper():
        case "RED":
            return wrong(part, "Merah: banyak yang memblokir atau melapor. Hentikan siaran, tanyakan kepada keluarga.")
        case "YELLOW":
            return mind(part, "Kuning: kurangi siaran sampai hijau lagi.")
        case "GREEN":
            return fine(part, "Hijau.")
        case _:
            return fine(part, "Belum dinilai Meta.")


def _limit(portfolio: str, number: Mapping[str, Any], families: int) -> Finding:
    """Different people a day outside their 24 hours: nearly everybody the bot reminds."""
    part = "WhatsApp batas harian"
    tier = portfolio or words(number.get("messaging_limit_tier"))
    limit = _people(tier)
    if limit is None:
        return fine(part, "Meta tidak menyebutnya; lihat WhatsApp Manager.")
    if limit >= UNLIMITED:
        return fine(part, "Tanpa batas.")
    said = f"{limit} orang berbeda dalam 24 jam; {families} nomor sudah setuju"
    if families > limit:
        return mind(part, f"{said}: verifikasi bisnis di Meta menaikkannya, jangan undang semua di hari yang sama.")
    return fine(part, f"{said}.")


def _people(tier: str) -> int | None:
    """TIER_250, TIER_1K, TIER_UNLIMITED, or a bare number."""
    if "UNLIMITED" in tier.upper():
        return UNLIMITED
    found = re.search(r"(\d+)(K?)$", tier.upper())
    return int(found[1]) * (1000 if found[2] else 1) if found else None


def _rate(settings: Settings, level: str) -> Finding:
    part, rate = "WhatsApp kecepatan", settings.whatsapp_rate
    if level.upper() == "HIGH":
        return fine(part, f"Meta mengizinkan 1000 pesan per detik; dipakai {rate:g} ({PREFIX}WHATSAPP_RATE).")
    if rate > USUAL_RATE:
        return mind(part, f"Dipakai {rate:g} per detik, Meta mengizinkan {USUAL_RATE}: kecilkan {PREFIX}WHATSAPP_RATE.")
    return fine(part, f"{rate:g} pesan per detik.")


# --- what comes back to us


def _callback(settings: Settings, configured: Mapping[str, Any]) -> Iterator[Finding]:
    """Where Meta delivers: the number's own address, else the account's, else the app's."""
    part = "WhatsApp webhook"
    found = next(filter(None, (words(configured.get(n)) for n in _LEVELS)), "")
    if not found:
        return
    if settings.public_url is None:
        yield mind(part, f"Meta mengantar ke {safe_host(found)}: isi {PREFIX}PUBLIC_URL supaya bisa diperiksa.")
        return
    expected = f"{settings.public_url.rstrip('/')}/webhooks/whatsapp"
    if found == expected:
        yield fine(part, "Alamat di Meta sama dengan alamat di sini.")
    else:
        yield wrong(part, f"Meta mengantar ke {safe_host(found)}: isi {expected} di setelan webhook aplikasi Meta.")


_LEVELS = ("phone_number", "whatsapp_business_account", "application")


def _subscribed(answer: Answer) -> Finding:
    part = "WhatsApp langganan"
    if not answer.ok:
        return _refused(answer, part)
    names = [words(table(row.get("whatsapp_business_api_data")).get("name")) for row in tables(answer.body.get("data"))]
    if not names:
        return wrong(part, "Tidak ada aplikasi yang berlangganan, jadi pesan tidak sampai: lihat docs/golive.md.")
    return fine(part, f"Aplikasi yang berlangganan: {', '.join(name or 'tanpa nama' for name in names)}.")
