"""What does a mother scan? A poster that brings her in, and a picture with the code of the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.channels.base import File
from bot.exports.paper import Page, Square, pdf, png


def invitation_qr(params: Mapping[str, Any]) -> File:
    """The poster as a picture: to show on a phone, or to pass on in a group."""
    return File(f"{_name(params)}.png", "image/png", png(_invitation(params)))


def invitation_poster(params: Mapping[str, Any]) -> File:
    """The poster as a page to print."""
    return File(f"{_name(params)}.pdf", "application/pdf", pdf(_invitation(params)))


def check_in_qr(params: Mapping[str, Any]) -> File:
    return File(f"kode-{_plain(params['kelompok'])}.png", "image/png", png(_check_in(params)))


def _invitation(params: Mapping[str, Any]) -> Page:
    link = params.get("telegram")
    caption = "Telegram: scan, tekan START, lalu Bagikan nomor"
    if not link:
        link, caption = f"/start {params['code']}", f"Telegram: buka bot kami, kirim /start {params['code']}"
    squares = [Square(link, caption)]
    if params.get("whatsapp"):
        squares.append(Square(params["whatsapp"], "WhatsApp: scan, lalu kirim Halo"))
    above = [f"Desa {params['desa']}  ·  Pendamping: {params['pendamping']}"]
    if params.get("family"):
        above.append(f"Undangan untuk {params['family']}")
    number = [f"Nomor WhatsApp kami: {params['number']}"] if params.get("number") else []
    below = [
        *number,
        f"Untuk undangan pertemuan P2K2, pengingat, dan kuis dari {params['office']}.",
        f"Undangan Telegram ini berlaku sampai {params['until']}.",
    ]
    return Page(f"P2K2 {params['kelompok']}", above, squares, below, "Kami tidak minta NIK, PIN, atau uang.")


def _check_in(params: Mapping[str, Any]) -> Page:
    code = params["code"]
    links = ((params.get("whatsapp"), "WhatsApp: scan, lalu kirim"), (params.get("telegram"), "Telegram: scan, START"))
    squares = [Square(link, caption) for link, caption in links if link]
    words = [Square(f"HADIR {code}", f"Atau tulis: HADIR {code}")]
    below = ["Tanpa kamera: balas HADIR dan 4 angka ini ke nomor P2K2."]
    return Page(
        f"Kode hari ini: {code}", [params["kelompok"], params["when"]], squares or words, below, f"HADIR {code}"
    )


def _name(params: Mapping[str, Any]) -> str:
    return f"undangan-{_plain(params['family'] or params['kelompok'])}"


def _plain(words: str) -> str:
    return "-".join("".join(sign if sign.isalnum() else " " for sign in words.lower()).split())
