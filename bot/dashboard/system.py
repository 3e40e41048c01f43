"""How does the bot run? For the admin: what waits, what failed and why, who was heard of, the cost, backup and disk."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import Response

from bot.dashboard.door import Ask
from bot.watch import LITTLE, OLD
from data.content.prices import prices
from data.store import Tx
from data.watching import Holder, Paid, Queue

OLD_BACKUP = timedelta(hours=36)
CHANNELS = {"whatsapp": "WhatsApp", "telegram": "Telegram", "simulator": "Simulator"}
REASONS = {
    "131026": "nomor tidak bisa menerima (tidak di WhatsApp, atau versi lama)",
    "131047": "lewat 24 jam, harus templat",
    "131049": "dibatasi Meta supaya orang tidak terganggu",
    "131050": "orangnya menolak pesan promosi",
    "131051": "jenis pesan tidak dikenal",
    "130472": "sedang dipakai uji coba Meta",
    "131042": "pembayaran akun bermasalah",
    "131031": "akun dikunci Meta",
    "403": "orangnya memblokir bot",
    "400": "alamat tidak dikenal",
    "diblokir": "orangnya memblokir bot",
    "tidak diketahui": "tidak diketahui apakah sampai",
    "templat": "templat berhenti",
    "lain": "sebab lain; lihat log menurut nomor suratnya",
}
STATES = {
    "sent": "terkirim",
    "delivered": "sampai",
    "read": "dibaca",
    "failed": "gagal",
    "expired": "lewat waktunya",
    "cancelled": "dibatalkan",
    "sending": "sedang dikirim",
}
TEMPLATES = {
    "APPROVED": "disetujui",
    "PENDING": "ditinjau Meta",
    "PAUSED": "dihentikan sementara",
    "REJECTED": "ditolak",
    "DISABLED": "dimatikan",
}


@dataclass(frozen=True, slots=True)
class Running:
    """Everything on the page, true at one moment. Ids and counts only."""

    now: datetime
    queue: Queue
    sends: Mapping[str, Mapping[str, int]]
    failures: Sequence[tuple[str, int]]
    heard: Mapping[str, datetime]
    holders: Sequence[Holder]
    paused: Mapping[str, datetime]
    templates: Sequence[tuple[str, str]]
    paid: Paid

    @property
    def late(self) -> bool:
        return self.queue.oldest is not None and self.now - self.queue.oldest > OLD

    @property
    def cost(self) -> Sequence[tuple[str, int, int]]:
        """(what, letters, rupiah each)."""
        each = prices()
        return [
            ("Undangan, pengingat, jawaban", self.paid.utility, each["utility"]),
            ("Siaran petugas", self.paid.announced, each["marketing"]),
        ]

    @property
    def rupiah(self) -> int:
        return sum(letters * price for _, letters, price in self.cost)


async def page(ask: Ask) -> Response:
    running = await ask.look(lambda tx: _running(tx, ask))
    machine = ask.machine
    free = await asyncio.to_thread(machine.free) if machine.free else None
    backup = await asyncio.to_thread(machine.last_backup)
    return ask.page(
        "sistem.html",
        title="Sistem",
        d=running,
        free=free,
        little=free is not None and free < LITTLE,
        backups=machine.backups is not None,
        backup=backup.astimezone(running.now.tzinfo) if backup else None,
        stale=backup is None or running.now - backup > OLD_BACKUP,
        CHANNELS=CHANNELS,
        REASONS=REASONS,
        STATES=STATES,
        TEMPLATES=TEMPLATES,
        ago=lambda at: ago(running.now - at),
    )


def _running(tx: Tx, ask: Ask) -> Running:
    zone = tx.scoped.zone(ask.who)
    now = tx.now.astimezone(zone)
    seen = tx.watching.look()
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Running(
        now,
        seen.queue,
        tx.watching.sends(),
        sorted(seen.failures.items(), key=lambda one: (-one[1], one[0])),
        {name: at.astimezone(zone) for name, at in sorted(tx.watching.heard().items())},
        seen.holders,
        {name: at.astimezone(zone) for name, at in tx.watching.paused().items()},
        sorted(seen.templates.items(), key=lambda one: (one[1] == "APPROVED", one[0])),
        tx.watching.paid(month),
    )


def ago(span: timedelta) -> str:
    """'3 menit', '5 jam', '2 hari'."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    if minutes < 60:
        return f"{minutes} menit"
    return f"{minutes // 60} jam" if minutes < 48 * 60 else f"{minutes // (24 * 60)} hari"
