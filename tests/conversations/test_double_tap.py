"""A button tapped twice is two events of a platform, and one act: the second changes nothing more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from data import schema
from messages.envelope import Kind
from tests.support.chat import Chat, Someone, cast

SAID = {"event", "outbox", "outbox_kpm", "address"}
"""Every tap is kept, may be answered, and tells when she was heard; so does the moment of her last answer."""


def kept(chat: Chat) -> dict[str, list[str]]:
    """Everything the bot remembers, the audit among it."""
    tables = [table for table in schema.metadata.sorted_tables if table.name not in SAID]
    with chat.tx() as tx:
        columns = {table.name: [column for column in table.c if column.name != "answered"] for table in tables}
        return {name: sorted(map(repr, tx.conn.execute(select(*those)))) for name, those in columns.items()}


def invited() -> tuple[Someone, str]:
    c = cast()
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-25 08:05")
    return c.siti, "Bisa datang"


def at_the_door() -> tuple[Someone, str]:
    c = cast("2026-11-28 09:05")
    c.chat.meeting(starts="09:00")
    return c.siti.says("jadwal"), "Saya sudah datang"


def reminded() -> tuple[Someone, str]:
    c = cast()
    c.chat.agrees(c.wati)
    c.chat.member(c.wati, "Wati", "ibu_hamil", hpl="2027-04-12")
    c.wati.says("halo")
    c.chat.at("2026-11-23 09:00")
    if any(button.title == "Buka" for button in c.wati.last.buttons):
        c.wati.taps("Buka")
    return c.wati, "Sudah"


def asked_to_let_in() -> tuple[Someone, str]:
    c = cast()
    with c.chat.tx() as tx:
        tx.settings.keep("telegram_username", "like_pkh_bot")
    chat = c.chat.stranger(channel="telegram")
    c.budi.says("UNDANG Melati 3")
    chat.says(f"/start {c.budi.unread[0].params['how'].rpartition('=')[2]}")
    chat._does(Kind.CONTACT, phone="+6281155554521", own_contact=True).says("Wati")
    return c.budi, "Terima"


def introduced() -> tuple[Someone, str]:
    c = cast()
    nur = c.chat.kpm("Nur", consent=None)
    c.chat.meeting(starts="2026-11-28 09:00", announced="now")
    c.chat.at("2026-11-25 09:00")
    nur.says("halo").hears("consent.introduction")
    return nur, nur.last.buttons[0].title


def listed() -> tuple[Someone, str]:
    c = cast("2026-11-28 09:10")
    c.chat.meeting(starts="09:00")
    c.siti.says("4821")
    return c.budi.says("ABSEN Melati 3; hadir semua"), "SELESAI"


@pytest.mark.parametrize("scene", [invited, at_the_door, reminded, asked_to_let_in, introduced, listed])
def test_a_second_tap_changes_nothing_more_and_tells_nobody_else(scene: Callable[[], tuple[Someone, str]]):
    who, title = scene()
    chat = who.chat
    button = next(b.id for letter in reversed(who.inbox) for b in letter.buttons if b.title == title)
    before = kept(chat)
    who.presses(button, title)
    once, letters = kept(chat), len(chat.outbox)
    assert once != before
    chat.now += timedelta(seconds=2)
    who.presses(button, title)
    assert differences(once, kept(chat)) == {}
    new = chat.outbox[letters:]
    assert [row.address_id for row in new] == [address_id(who)] * len(new)
    assert len(new) <= 1


def address_id(who: Someone) -> int:
    found: int = who.chat.ask(lambda tx: tx.people.address_id(who._address))
    return found


def differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> dict[str, Any]:
    return {name: (one[name], other[name]) for name in one if one[name] != other[name]}
