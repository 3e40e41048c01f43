"""Does the admin see how it runs, and no text and no name? And is the cost what was really sent as a template?"""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.dashboard.machine import Machine
from data.content.prices import prices
from data.records import Role
from data.schema import event, template_state
from messages.envelope import Address, Outbound, Priority
from tests.support.pages import Site, Visitor, served


@pytest.fixture
async def site(database, tmp_path: Path) -> AsyncIterator[Site]:
    async with served(database, machine=Machine(lambda: 999, tmp_path)) as running:
        yield running


def letters(tx, *names: str, key: str = "questions.nik", channel: str = "whatsapp") -> list[int]:
    made = []
    for name in names:
        to = Address(channel, {"Siti": "6281100000001", "Wati": "6281100000002"}[name])
        tx.people.address_id(to)
        made.append(tx.outbox.put(Outbound(to, key, {"names": f"Ibu {name}"}, priority=Priority.REPLY)))
    return made


def lived(tx) -> None:
    """Two invitations as templates, one announcement, one answer inside the day, one of last month, one failure."""
    now = tx.now
    utility = letters(tx, "Siti", "Wati")
    (announced,) = letters(tx, "Siti", key="broadcast.plain")
    (free,) = letters(tx, "Wati")
    (failed,) = letters(tx, "Wati")
    (telegram,) = letters(tx, "Siti", channel="telegram")
    (before,) = letters(tx, "Siti")
    letters(tx, "Siti")
    sent = [(i, f"wamid.{i}", "Halo Ibu Siti", "undangan_p2k2") for i in [*utility, announced, telegram, before]]
    tx.sending.sent([*sent, (free, "wamid.free", "Halo Ibu Wati", None)])
    tx.conn.exec_driver_sql(f"UPDATE outbox SET sent = sent - 3000000000 WHERE id = {before}")
    tx.conn.exec_driver_sql(
        f"UPDATE outbox SET state = 'failed', error = '131026 Ibu Siti', status_at = created WHERE id = {failed}"
    )
    tx.conn.execute(insert(template_state), {"name": "undangan_p2k2", "status": "PAUSED", "at": now})
    tx.conn.execute(insert(event), {"account": "whatsapp:1", "event": "e", "at": now - timedelta(hours=5)})
    tx.accounts.take("whatsapp:1", "kantor-1", now, timedelta(minutes=5))
    tx.accounts.pause("whatsapp:1", now + timedelta(hours=1), "Ibu Siti menulis apa")


async def admin(site: Site) -> Visitor:
    who = site.store.run(lambda tx: tx.people.add_staff("Pak Amin", Role.ADMIN, None, "kabupaten", 0))
    return await site.signed_in(who)


async def seen(visitor: Visitor) -> str:
    answer = await visitor.get("/dasbor/sistem")
    assert answer.status == 200
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.text.split("<main", 1)[1])).split())


async def test_it_says_what_waits_failed_was_heard_and_costs_and_nothing_of_anybody(site: Site, tmp_path: Path):
    site.store.run(lived)
    site.at(site.store.clock() + timedelta(minutes=40))
    text = await seen(await admin(site))
    cost = 2 * prices()["utility"] + prices()["marketing"]
    assert f"Biaya bulan ini (perkiraan) Rp{cost:,}".replace(",", ".") in text
    for words in (
        "Pesan menunggu 1 Terlalu lama: tertua 40 menit",
        "nomor tidak bisa menerima (tidak di WhatsApp, atau versi lama) kode 131026 1",
        "whatsapp:1 5 jam lalu",
        "undangan_p2k2 dihentikan sementara",
        "berhenti sampai",
        "999 MB Hampir penuh",
        "Cadangan terakhir belum",
        "WhatsApp terkirim",
    ):
        assert words in text
    assert not re.search("Siti|Wati|62811|Halo", text)
    backup = tmp_path / "like-pkh-2026-11-28.zip"
    backup.touch()
    at = site.store.clock() - timedelta(hours=7)
    os.utime(backup, (at.timestamp(), at.timestamp()))
    visitor = await admin_again(site)
    assert "Cadangan terakhir 7 jam" in await seen(visitor)


async def admin_again(site: Site) -> Visitor:
    (who,) = site.store.run(lambda tx: [one.id for one in tx.people.every_staff() if one.role is Role.ADMIN])
    return await site.signed_in(who)


async def test_an_empty_database_has_a_page_too_and_a_koordinator_none(site: Site):
    text = await seen(await admin(site))
    assert "tidak ada yang menunggu" in text
    assert "Rp0" in text
    ratna = await site.signed_in(site.village.ratna)
    assert (await ratna.get("/dasbor/sistem")).status == 403
    assert "/dasbor/sistem" not in (await ratna.get("/dasbor/menu")).text
