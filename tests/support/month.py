"""How does the sample kabupaten live a month? People write, the clock goes on, a pendamping marks and verifies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.channels.simulator import Simulator
from bot.channels.telegram import rendering as telegram
from bot.channels.whatsapp import rendering as whatsapp
from bot.dispatcher import Dispatcher
from bot.exports import make_file
from bot.simulator.play import Play
from data.store import Store
from tests.support.databases import Opened

RATNA, BUDI, DEWI = "+6281100000901", "+6281100000902", "+6281100000903"
SITI, WATI, AMINAH, HALIMAH = (f"+628110000000{n}" for n in (1, 2, 3, 5))
MONTH = "2026-11"


class Life:
    """The sample kabupaten on the simulator: people write, and the clock goes on."""

    def __init__(self, database: Opened, store: Store) -> None:
        self.clock = database.clock

        async def deliver(letter: Any, body: dict[str, object]) -> None:
            await store.write(lambda tx: tx.phones.deliver(letter.id, letter.address, letter.key, body))

        channel = Simulator({"whatsapp": whatsapp.render, "telegram": telegram.render}, deliver)
        self.play = Play(store, database.clock, Dispatcher(store, channel, ("whatsapp", "telegram"), make_file))

    async def at(self, words: str) -> None:
        """The ticks of that minute, and what they set off."""
        self.clock.set(datetime.fromisoformat(f"{words}+08:00"))
        await self.play.settle()

    async def says(self, who: str, *lines: str) -> list[str]:
        """What the bot answers to the last line."""
        heard: list[str] = []
        for line in lines:
            done = await self.play.say({"channel": "whatsapp", "from": who, "text": line})
            heard = [str(m.body.get("text", "")) for m in done.messages if f"+{m.address.value}" == who]
        return heard


async def live(life: Life) -> None:
    await life.says(BUDI, "JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Babayau; P2", "kirim")
    await life.says(BUDI, "JADWAL Melati 2; 28-11-2026 14.00; Balai Desa Babayau; P2", "kirim")
    await life.says(DEWI, "JADWAL Anggrek 1; 29-11-2026 09.00; Balai Desa Batumandi; P2", "kirim")
    await life.at("2026-11-26T09:00")
    await life.says(SITI, "ya bisa")
    await life.says(WATI, "tidak bisa, kerja")
    await life.says(BUDI, "BATALKAN Melati 2; banjir", "kirim")
    await life.at("2026-11-28T08:45")
    await life.at("2026-11-28T09:05")
    await life.says(SITI, "hadir")
    await life.says(HALIMAH, "hadir")
    await life.says(BUDI, "ABSEN Melati 3", "hadir semua kecuali Halimah sakit, Jumiati alpa", "SELESAI")
    for minute in ("13:00", "19:30", "20:00"):
        await life.at(f"2026-11-28T{minute}")
    await life.says(SITI, "mulai", "a", "b", "c", "a")
    await life.says(SITI, "KEWAJIBAN", "sudah")
    await life.says(BUDI, "VERKOM Melati 3", "kesehatan", "semua sudah kecuali 2 belum", "selesai")
    await life.at("2026-11-29T09:30")
    await life.says(DEWI, "ABSEN Anggrek 1", "hadir semua kecuali 1 izin, 2 alpa", "SELESAI")
    for day in ("2026-11-30", "2026-12-01", "2026-12-07", "2026-12-14"):
        await life.at(f"{day}T08:00")
        await life.at(f"{day}T09:30")
    await life.says(SITI, "sudah")
