"""Does the shelf of announcements say the same on SQLite and on PostgreSQL?"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, select

from data import schema
from data.broadcasts import Counts
from data.records import Audience, Staff
from data.rhythms import Rhythm
from data.store import Store, Tx
from handlers.broadcast import tick_broadcasts
from tests.support.village import Village, plan_meeting, settle

EVERY = Audience(
    components=("ibu_hamil",),
    languages=("id",),
    alpa=2,
    unanswered=True,
    quizless=True,
    undone=True,
    answers=("promised",),
    last=("hadir",),
)


def staff(tx: Tx, staff_id: int) -> Staff:
    found = tx.people.staff(staff_id)
    assert found is not None
    return found


def test_whom_it_is_for_is_looked_up_inside_the_scope(store: Store):
    village: Village = store.run(settle)

    def look(tx: Tx) -> None:
        budi, ratna = staff(tx, village.budi), staff(tx, village.ratna)
        anggrek = Audience(kelompok_ids=(village.anggrek1,))
        assert tx.broadcasts.whom.counts(budi, Audience(), 2) == Counts(6, 1, 0, 0, 0, 4)
        assert tx.broadcasts.whom.counts(ratna, Audience(), None) == Counts(7, 1, 0, 0, 0, 5)
        assert tx.broadcasts.whom.counts(budi, anggrek, 2).families == 0
        assert tx.broadcasts.whom.groups(budi, anggrek, 0, 9) == []
        assert tx.broadcasts.whom.groups(ratna, Audience(), village.melati1, 9) == [village.melati2, village.anggrek1]
        assert tx.broadcasts.whom.names(budi, Audience(), 2) == ["Aminah", "Halimah"]
        assert tx.broadcasts.whom.counts(budi, EVERY, 2).families == 0
        meeting = plan_meeting(tx, village)
        said = {"meeting_id": meeting.id, "kpm_id": village.kpms["Siti"], "kelompok_id": village.melati1}
        tx.conn.execute(insert(schema.attendance), {**said, "answer": "promised", "mark": "alpa"})
        assert tx.broadcasts.whom.names(budi, Audience(unanswered=True), 9) == ["Aminah", "Jumiati", "Wati"]
        assert tx.broadcasts.whom.names(budi, Audience(answers=("promised",)), 9) == ["Siti"]
        assert tx.broadcasts.whom.names(budi, Audience(answers=("declined",)), 9) == []
        assert tx.broadcasts.whom.names(budi, Audience(last=("alpa", "izin")), 9) == ["Siti"]
        assert tx.broadcasts.whom.names(budi, Audience(last=("hadir",)), 9) == []
        assert tx.broadcasts.whom.names(budi, Audience(alpa=1), 9) == ["Siti"]
        assert tx.broadcasts.whom.names(budi, Audience(alpa=2), 9) == []

    store.run(look)


def test_one_letter_for_a_phone_of_two_groups_and_all_of_it_remembered(store: Store):
    village: Village = store.run(settle)

    def write(tx: Tx) -> None:
        one = tx.broadcasts.add(staff(tx, village.budi), "biasa", "semua", Audience(), "Halo.", tx.now, "allowed")
        while tick_broadcasts(tx):
            pass
        families = {told.kpm.name: (told.why, told.letter is not None) for told in tx.broadcasts.missed(one, 9)}
        written = dict.fromkeys(["Aminah", "Halimah", "Rusmini", "Siti", "Wati"], (None, True))
        assert families == {**written, "Jumiati": ("phone", False)}
        assert tx.broadcasts.states(one) == {"queued": 4}
        assert tx.broadcasts.tally(one) == {"queued": 5, None: 1}
        again = tx.broadcasts.get(one.id)
        assert again is not None
        assert (again.state, again.audience) == ("put", Audience())
        assert tx.broadcasts.last_announcement(village.melati1, "biasa", tx.now - timedelta(days=1)) is None
        tx.conn.execute(schema.outbox.update().values(state="sent", sent=tx.now))
        file = tx.broadcasts.files.keep(village.budi, "image/jpeg", b"x")
        letters = select(schema.outbox.c.id, schema.outbox.c.address_id).order_by(schema.outbox.c.id)
        letter, where = tx.conn.execute(letters.limit(1)).one()
        assert tx.broadcasts.files.owe(letter, file) is None  # of a draft
        tx.broadcasts.files.belongs(file, one.id)
        assert tx.broadcasts.files.owe(letter, file) == where
        assert (tx.broadcasts.files.owed(one.id), tx.broadcasts.files.may_follow(where)) == (1, [])
        tx.conn.execute(schema.address.update().values(heard=tx.now))
        (owed,) = tx.broadcasts.files.may_follow(where)
        assert (owed.outbox_id, owed.broadcast_id, owed.address_id) == (letter, one.id, where)
        assert village.kpms["Aminah"] in tx.broadcasts.files.families(letter)
        tx.broadcasts.files.settled(letter)
        assert [told.why for told in tx.broadcasts.each(one, 9)] == [None, None, "phone", None, None, None]
        assert ([b.id for b in tx.broadcasts.of(village.budi, 9)], tx.broadcasts.asked()) == ([one.id], [])
        last = tx.broadcasts.last_announcement(village.melati1, "biasa", tx.now - timedelta(days=1))
        assert last is not None
        assert last.words == "Halo."
        assert [told.kpm.name for told in tx.broadcasts.missed(one, 9)] == ["Jumiati"]

    store.run(write)


def test_proposed_times_and_the_day_of_every_month(store: Store):
    village: Village = store.run(settle)

    def propose(tx: Tx) -> None:
        times = [(tx.now + timedelta(days=n), tx.now + timedelta(days=n, hours=2)) for n in (1, 2)]
        until = tx.now + timedelta(days=1)
        first = tx.proposals.add(village.budi, village.melati1, times, tx.now, until)
        second = tx.proposals.add(village.budi, village.melati1, times, tx.now, until)
        found = tx.proposals.open_for(village.melati1)
        assert found == second
        assert found.times == times
        assert not tx.proposals.get(first.id).open  # type: ignore[union-attr]
        assert [one.id for one in tx.proposals.to_tell(9)] == [second.id]
        siti, wati = village.kpms["Siti"], village.kpms["Wati"]
        tx.proposals.vote(second.id, [siti, wati], 1)
        tx.proposals.vote(second.id, [wati], 2)
        assert tx.proposals.votes(second.id) == {1: 1, 2: 1}
        assert tx.proposals.asked(second) == set()
        every = Rhythm(village.melati1, village.budi, -1, 5, "09:00", "11:00", "Balai", "2026-11")
        tx.rhythms.keep(every)
        tx.rhythms.keep(every)
        tx.rhythms.proposed(village.melati1, "2026-12")
        assert [one.proposed for one in tx.rhythms.every()] == ["2026-12"]
        tx.rhythms.end(village.melati1)
        assert tx.rhythms.get(village.melati1) is None

    store.run(propose)
