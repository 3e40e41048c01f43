"""Reports, letters and usage on both databases: the same numbers, and numbers of letters that never come twice."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from data import schema
from data.records import Kind
from data.store import Store, Tx
from tests.support.chat import Chat
from tests.support.databases import Opened


def played(url: str) -> Chat:
    """Siti came, Wati answered that she cannot, Jumiati has no phone; a sosialisasi that nobody held."""
    chat = Chat("2026-11-27 08:00", url=url)
    budi = chat.pendamping("Pak Budi", "Melati 3")
    siti, wati = chat.kpm("Siti"), chat.kpm("Wati")
    chat.kpm("Jumiati", phone=None)
    chat.meeting("Melati 3", starts="2026-11-28 09:00", announced="now")
    chat.meeting("Melati 3", starts="2026-11-30 09:00", kind=Kind.SOSIALISASI, announced="now")
    wati.says("tidak bisa, sakit")
    chat.at("2026-11-28 09:05")
    siti.says("hadir")
    chat.at("2026-11-28 11:05")
    budi.says("ABSEN Melati 3 hadir semua kecuali Wati sakit").says("selesai")
    return chat


def test_users_reports_and_photos(database: Opened):
    chat = played(database.url)
    since, until = datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC)

    def look(tx: Tx) -> None:
        users = tx.usage.users(["2026-11"], since, until)
        assert (users.reached, users.replied, users.verified, users.users) == (2, 2, 2, 3)
        assert tx.usage.users(["2026-10"], since - timedelta(days=30), since).users == 0
        assert (tx.usage.kelompok_met(["2026-11"]), tx.usage.desa_met(["2026-10"])) == ((1, 1), (0, 1))
        assert tx.usage.meetings_of(Kind.SOSIALISASI, since, until) == []
        assert [row[1:] for row in tx.usage.meetings_of(Kind.P2K2, since, until)] == [(2, 0)]
        assert tx.usage.questions(since, until) == (0, 0)
        (meeting,) = [m for m in tx.meetings.between(since, until) if m.kind is Kind.P2K2]
        (kelompok,) = meeting.kelompok_ids
        assert tx.reports.missing(since, until) == [(meeting.id, kelompok)]
        for _ in range(2):
            tx.reports.begin(meeting.id, kelompok, meeting.pendamping_id)
        tx.reports.tell(meeting.id, kelompok, venue=[3, 4], location="-2.3,115.4")
        tx.reports.add_photo(meeting.id, kelompok, "whatsapp", "M1")
        (photo,) = tx.reports.photos_waiting(5)
        tx.reports.keep_picture(photo.id, b"\xff\xd8")
        assert tx.reports.photos_waiting(5) == []
        assert [one.content for one in tx.reports.photos(meeting.id, kelompok)] == [b"\xff\xd8"]
        tx.reports.finish(meeting.id, kelompok)
        told = tx.reports.get(meeting.id, kelompok)
        assert told is not None
        assert (told.finished, told.venue, told.location) == (True, [3, 4], None)
        assert tx.reports.missing(since, until) == []
        assert tx.reports.levels(meeting.id, kelompok) == {}

    chat.ask(look)
    chat.closes()


def test_two_processes_never_give_one_number_twice(database: Opened):
    chat = played(database.url)
    meetings = chat.meetings()
    home = chat.kabupaten_id
    chat.closes()
    stores = [Store(database.url, lambda: datetime(2026, 11, 28, tzinfo=UTC)) for _ in range(2)]

    def write(store: Store, which: int) -> None:
        for _ in range(3):
            store.run(lambda tx: tx.letters.number_of(meetings[which], home, "Agenda"))

    threads = [threading.Thread(target=write, args=(store, number)) for number, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = stores[0].run(lambda tx: sorted(one.number for one in tx.letters.register()))
    assert numbers == ["LIKE-PKH/P2K2/001/XI/2026", "LIKE-PKH/P2K2/002/XI/2026"]
    assert stores[0].run(lambda tx: tx.conn.execute(select(func.count()).select_from(schema.letter)).scalar()) == 2
    for store in stores:
        store.stop()
