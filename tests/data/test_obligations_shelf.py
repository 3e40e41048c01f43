"""One thing is kept once, on both databases; and a whole scene runs on each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import select, update

from data.obligations import Claim, Item
from data.schema import outbox
from messages.envelope import Outbound
from tests.support.chat import Chat, Someone
from tests.support.databases import Opened
from tests.support.outboxes import families_of


@pytest.fixture
def chat(database: Opened) -> Iterator[Chat]:
    chat = Chat("2026-12-09 08:55", url=database.url)
    yield chat
    chat.closes()


def test_a_scene_from_the_reminder_to_the_verified_list(chat: Chat):
    budi = chat.pendamping("Pak Budi", "Melati 3")
    siti = chat.kpm("Siti")
    chat.agrees(siti)
    hafiz = chat.member(siti, "Hafiz", born="2026-03-20")
    wati = chat.kpm("Wati")
    chat.member(wati, "Wati", "ibu_hamil", hpl="2026-12-01")
    chat.posyandu("tanggal 10")
    chat.at("2026-12-09 19:35").restarts()
    siti.hears("obligations.posyandu").says("sudah").hears("obligations.done")
    assert "obligations.staff.born" in [letter.key for letter in budi.inbox]
    budi.says("DATA Wati; lahir; 08-12-2026; Ahmad").taps("Simpan").hears("obligations.data.saved")
    budi.says("VERKOM Melati 3; kesehatan").says("hadir semua").says("selesai").hears("obligations.verkom.saved")
    with chat.tx() as tx:
        kept = tx.obligations.kept([siti.id])[hafiz, "PSY", "2026-12"]
        assert (kept.claim, kept.mark, kept.times) == (Claim.DONE, Claim.DONE, 1)
        assert tx.obligations.queue.next_day() is not None
        assert [m.name for m in tx.obligations.members([wati.id])[wati.id]] == ["Wati", "Ahmad"]


def test_a_thing_is_there_once_and_goes_with_its_member(chat: Chat):
    siti = chat.kpm("Siti")
    hafiz = chat.member(siti, "Hafiz", born="2026-03-20")
    item = Item(chat.kpm_id(siti), hafiz, "PSY_B", "PSY", "2026-12")
    with chat.tx() as tx:
        assert tx.obligations.claim(item, Claim.NOT_DONE, "address:1", reason="anak_sakit") is None
        assert tx.obligations.claim(item, Claim.DONE, "address:1", done_on=date(2026, 12, 9)) is Claim.NOT_DONE
        assert len(tx.obligations.kept([siti.id])) == 1
    chat.sql("DELETE FROM member WHERE id = :i", i=hafiz)
    assert chat.ask(lambda tx: tx.obligations.kept([siti.id])) == {}


def test_letters_put_together_are_there_once_and_name_their_families(chat: Chat):
    siti, wati = chat.kpm("Siti"), chat.kpm("Wati")

    def letter(who: Someone, once: str) -> Outbound:
        assert who.address is not None
        return Outbound(who.address, "obligations.sealed", {"names": who.name}, once=once, kpms=[chat.kpm_id(who)])

    with chat.tx() as tx:
        tx.outbox.put_all([letter(siti, "a"), letter(wati, "b")])
        tx.outbox.put_all([letter(wati, "a"), letter(wati, "c")])
        tx.outbox.put_all([])
        letters = {row.once: families_of(tx, row.id) for row in tx.conn.execute(select(outbox))}
    assert letters == {"a": [siti.id], "b": [wati.id], "c": [wati.id]}
    with chat.tx() as tx:
        tx.conn.execute(update(outbox).where(outbox.c.once == "b").values(state="expired"))
        for name in "ab":
            tx.outbox.free(name)
        assert [tx.outbox.put(letter(siti, name)) is None for name in "abc"] == [True, False, True]
