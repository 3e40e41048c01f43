"""Does erasing leave no trace of her, and every total as it was?"""

from __future__ import annotations

import json

from sqlalchemy import select

from data.rights import KEPT, NOBODY, SECTIONS, _pointing_at
from data.schema import kpm, kpm_address, metadata, outbox_kpm
from data.summary import recount
from handlers.housekeeping import tick_forget
from tests.support.chat import Chat, Someone

NAMES = "Zubaidatun"
NUMBER = "6281177770001"


def everything(chat: Chat) -> str:
    """All that is in the database, as text."""
    with chat.tx() as tx:
        return "\n".join(str(row) for table in metadata.sorted_tables for row in tx.conn.execute(select(table)))


def counted(chat: Chat) -> object:
    with chat.tx() as tx:
        return recount(tx.conn, "2026-11")


def the_next_hour(chat: Chat) -> None:
    chat.at("2026-11-29 12:00")
    with chat.tx() as tx:
        tick_forget(tx)


def lived(shared: bool = False) -> tuple[Chat, Someone]:
    """A family that was invited, answered, came, took part and asked."""
    chat = Chat("2026-11-23 08:00")
    budi = chat.pendamping("Pak Budi", "Melati 3")
    her = chat.kpm(NAMES, "Melati 3", phone=NUMBER)
    if shared:
        chat.kpm("Rusmini", "Melati 3", phone=NUMBER)
    chat.kpm("Wati", "Melati 3")
    chat.meeting("Melati 3", starts="2026-11-28 09:00")
    chat.at("2026-11-25 09:00")
    if not shared:
        her.says("kada kawa, anak garing").says("kapan pertemuan bulan depan bu?")
    chat.at("2026-11-28 09:10")
    budi.says("ABSEN Melati 3 hadir semua").says("SELESAI")
    chat.at("2026-11-29 10:00")
    return chat, her


def test_hapus_data_asks_once_more_and_then_nothing_is_left_of_her():
    chat, her = lived()
    before = counted(chat)
    assert NAMES in everything(chat)
    her.looks().says("HAPUS DATA").hears("rights.sure").says("HAPUS").hears("rights.erased")
    the_next_hour(chat)
    left = everything(chat)
    assert NAMES not in left
    assert NUMBER not in left
    assert "anak_sakit" not in left.replace("declined (anak_sakit)", ""), "the reason stays in the audit by id only"
    assert counted(chat) == before
    her.looks().says("halo").hears("consent.stranger")


def test_the_pendamping_is_told_without_her_name_and_the_register_keeps_its_line():
    chat, her = lived()
    her.says("hapus data").says("hapus")
    told = everything(chat)
    assert "rights.staff.erased" in told
    assert NOBODY in told


def test_anything_but_the_word_leaves_everything_as_it_is():
    chat, her = lived()
    her.says("HAPUS DATA").says("tidak jadi")
    assert NAMES in everything(chat)
    chat.at("2026-11-29 11:00")
    her.says("hapus")
    assert NAMES in everything(chat), "the question has lapsed"


def test_on_a_shared_phone_it_asks_whose_and_the_other_goes_on():
    chat, her = lived(shared=True)
    her.looks().says("HAPUS DATA").hears("rights.whose").taps(NAMES).hears("rights.sure").says("hapus")
    the_next_hour(chat)
    assert NAMES not in everything(chat)
    assert NUMBER in everything(chat)
    her.looks().says("menu").hears("help.kpm", names="Ibu Rusmini")


def test_what_waited_for_her_is_not_sent_any_more():
    chat, her = lived()
    chat.meeting("Melati 3", starts="2026-12-05 09:00")
    her.says("HAPUS DATA").says("HAPUS").looks()
    chat.at("2026-12-05 12:00")
    her.hears_nothing()


def test_every_table_that_points_to_a_family_has_a_policy():
    shown = {*SECTIONS.values(), kpm_address, outbox_kpm}
    assert {table.name for table in _pointing_at(kpm)} - {table.name for table in shown} == set()
    assert set(SECTIONS.values()) >= KEPT


def test_what_we_hold_can_be_shown():
    chat, her = lived()
    with chat.tx() as tx:
        held = tx.rights.held(her.id)
        assert tx.rights.families_at(f"+{NUMBER}") == [her.id]
    assert held.name == NAMES
    assert held.counts["kehadiran"] == 1
    assert held.counts["nomor"] == 1
    assert held.counts["surat"] >= 2
    json.dumps(held.sections)
