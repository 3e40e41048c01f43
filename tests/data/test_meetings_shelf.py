"""Which meetings are there, and what stands in their registers?"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from data import schema
from data.records import Answer, Entry, FamilyStatus, Kind, Mark, Meeting
from data.store import Store, Tx
from messages.envelope import KpmId
from tests.support.databases import NOW, Opened
from tests.support.village import SATURDAY, WITA, Village, move_in, plan_meeting, settle


@pytest.fixture
def village(store: Store) -> Village:
    return store.run(settle)


@pytest.fixture
def meeting(store: Store, village: Village) -> Meeting:
    return store.run(lambda tx: plan_meeting(tx, village))


def register(store: Store, village: Village, meeting: Meeting) -> list[Entry]:
    return store.run(lambda tx: tx.attendance.register(meeting, village.melati1))


def names(entries: list[Entry]) -> list[str]:
    return [entry.kpm.name for entry in entries]


def claim(tx: Tx, village: Village, meeting: Meeting, name: str, code: bool = False) -> None:
    who = village.kpm(tx, name)
    tx.attendance.keep_answer(meeting, who, Answer.CLAIMED, "address:1", claimed=tx.now, code=code)


# --- finding


def test_the_meeting_of_a_group_by_the_clock(store: Store, village: Village):
    first = store.run(lambda tx: plan_meeting(tx, village))
    later = store.run(lambda tx: plan_meeting(tx, village, starts=SATURDAY + timedelta(days=7)))

    def look(at: datetime) -> tuple[int | None, int | None]:
        def find(tx: Tx) -> tuple[int | None, int | None]:
            following, last = tx.meetings.current_or_next(village.melati1, at), tx.meetings.last(village.melati1, at)
            return (following.id if following else None, last.id if last else None)

        return store.run(find)

    assert look(SATURDAY) == (first.id, None)
    assert look(first.ends) == (first.id, None)
    assert look(first.ends + timedelta(milliseconds=1)) == (later.id, first.id)
    assert look(later.ends + timedelta(seconds=1)) == (None, later.id)
    assert store.run(lambda tx: tx.meetings.current_or_next(village.melati2, SATURDAY)) is None


def test_today_is_the_day_of_the_local_calendar(store: Store, village: Village, meeting: Meeting):
    later = store.run(lambda tx: plan_meeting(tx, village, starts=SATURDAY + timedelta(days=1)))

    def of_the_day(text: str) -> int:
        at = datetime.fromisoformat(text).replace(tzinfo=WITA)
        found = store.run(lambda tx: tx.meetings.of_the_day(village.melati1, at, WITA))
        assert found is not None
        return found.id

    assert of_the_day("2026-11-28 00:00") == meeting.id
    assert of_the_day("2026-11-28 23:59") == meeting.id  # it is over, and still today's
    assert of_the_day("2026-11-29 00:00") == later.id
    assert of_the_day("2026-12-24 00:00") == later.id


def test_a_cancelled_meeting_is_not_found_by_those_who_look_for_one(store: Store, village: Village, meeting: Meeting):
    store.run(lambda tx: tx.meetings.cancel(meeting, "banjir"))

    def look(tx: Tx) -> list[Any]:
        whole = (SATURDAY - timedelta(days=9), SATURDAY + timedelta(days=9))
        return [
            tx.meetings.current_or_next(village.melati1, NOW),
            tx.meetings.last(village.melati1, SATURDAY + timedelta(days=9)),
            tx.meetings.of_the_day(village.melati1, SATURDAY, WITA),
            *tx.meetings.between(*whole),
            *tx.meetings.clashes([village.melati1], village.budi, SATURDAY, meeting.ends),
            *tx.meetings.steps_due(10),
            *tx.meetings.unfrozen(*whole),
            *tx.meetings.unfilled(*whole),
        ]

    assert store.run(look) == [None, None, None]
    assert [m.cancelled for m in store.run(lambda tx: tx.meetings.of_kelompok([village.melati1], NOW, meeting.ends))]
    assert store.run(lambda tx: tx.meetings.without_meeting("2026-11")) >= {village.melati1}


@pytest.mark.parametrize(
    ("minutes", "clashes"), [(-120, False), (-119, True), (0, True), (119, True), (120, False)], ids=str
)
def test_meetings_clash_when_they_share_a_minute(
    store: Store, village: Village, meeting: Meeting, minutes: int, clashes: bool
):
    starts = SATURDAY + timedelta(minutes=minutes)

    def look(tx: Tx) -> bool:
        return bool(tx.meetings.clashes([village.melati1], village.dewi, starts, starts + timedelta(hours=2)))

    assert store.run(look) is clashes


def test_a_pendamping_cannot_be_in_two_places(store: Store, village: Village, meeting: Meeting):
    def look(tx: Tx, by: int) -> int:
        return len(tx.meetings.clashes([village.anggrek1], by, SATURDAY, meeting.ends))

    assert store.run(lambda tx: look(tx, village.budi)) == 1
    assert store.run(lambda tx: look(tx, village.dewi)) == 0


def test_a_month_counts_by_the_local_clock(store: Store, village: Village):
    last_night = datetime(2026, 11, 30, 23, 30, tzinfo=WITA)
    assert store.run(lambda tx: plan_meeting(tx, village, starts=last_night)).month == "2026-11"
    first_hour = datetime(2026, 12, 1, 0, 30, tzinfo=WITA)  # still November in UTC
    assert store.run(lambda tx: plan_meeting(tx, village, starts=first_hour)).month == "2026-12"


def test_a_joint_meeting_belongs_to_every_group_once(store: Store, village: Village):
    groups = (village.melati2, village.melati1, village.melati2)
    joint = store.run(lambda tx: plan_meeting(tx, village, *groups))
    assert joint.kelompok_ids == (village.melati1, village.melati2)
    for kelompok_id in joint.kelompok_ids:
        assert store.run(partial(_next_of, kelompok_id)) == joint


def _next_of(kelompok_id: int, tx: Tx) -> Meeting | None:
    return tx.meetings.current_or_next(kelompok_id, NOW)


def test_a_meeting_ends_after_it_starts(store: Store, village: Village):
    def backwards(tx: Tx) -> None:
        args = ("Balai", "P2", "P2", "4821", village.budi, [village.melati1])
        tx.meetings.add(Kind.P2K2, SATURDAY, SATURDAY, WITA, *args)

    with pytest.raises(IntegrityError):
        store.run(backwards)


# --- answers


def test_silence_is_unknown(store: Store, village: Village, meeting: Meeting):
    assert {entry.answer for entry in register(store, village, meeting)} == {Answer.UNKNOWN}
    assert [entry.reachable for entry in register(store, village, meeting)] == [True, False, True, True]


def test_an_answer_replaces_the_one_before_and_both_stand_in_the_audit(
    store: Store, village: Village, meeting: Meeting
):
    def talk(tx: Tx) -> Any:
        siti = village.kpm(tx, "Siti")
        tx.attendance.keep_answer(meeting, siti, Answer.PROMISED, "address:1", late=True)
        was = tx.attendance.keep_answer(meeting, siti, Answer.DECLINED, "address:1", reason="sakit", why="garing")
        tx.attendance.keep_answer(meeting, siti, Answer.DECLINED, "address:1", reason="sakit")
        return was, tx.attendance.said(meeting.id, siti.id), tx.audit.of(f"meeting:{meeting.id}:kpm:{siti.id}")

    was, said, changes = store.run(talk)
    assert (was.answer, was.late) == (Answer.PROMISED, True)
    assert (said.answer, said.reason, said.late) == (Answer.DECLINED, "sakit", False)
    assert [(c.was, c.now, c.why) for c in changes] == [
        ("unknown", "promised", ""),
        ("promised", "declined (sakit)", "garing"),
    ]


def test_a_proven_claim_stays_proven(store: Store, village: Village, meeting: Meeting):
    def talk(tx: Tx) -> Any:
        claim(tx, village, meeting, "Siti", code=True)
        claim(tx, village, meeting, "Siti")
        return tx.attendance.said(meeting.id, village.kpms["Siti"])

    assert store.run(talk).code is True


def test_a_code_without_a_claim_is_refused_by_the_database(store: Store, village: Village, meeting: Meeting):
    values = {
        "meeting_id": meeting.id,
        "kpm_id": village.kpms["Siti"],
        "kelompok_id": village.melati1,
        "code": True,
    }
    with pytest.raises(IntegrityError):
        store.run(lambda tx: tx.conn.execute(insert(schema.attendance), values))


@pytest.mark.parametrize(("column", "value"), [("answer", "perhaps"), ("mark", "bolos")])
def test_only_known_answers_and_marks_are_taken(
    store: Store, village: Village, meeting: Meeting, column: str, value: str
):
    key = {"meeting_id": meeting.id, "kpm_id": village.kpms["Siti"], "kelompok_id": village.melati1}
    with pytest.raises(IntegrityError):
        store.run(lambda tx: tx.conn.execute(insert(schema.attendance), {**key, column: value}))


# --- the register


def test_a_register_keeps_the_families_of_its_day(store: Store, village: Village, meeting: Meeting):
    store.run(lambda tx: tx.attendance.open_register(meeting, village.melati1))
    store.run(lambda tx: tx.people.set_status(village.kpms["Wati"], FamilyStatus.GRADUASI))
    store.run(lambda tx: move_in(tx, village, "Baru", village.melati1))
    assert names(register(store, village, meeting)) == ["Aminah", "Jumiati", "Siti", "Wati"]
    later = store.run(lambda tx: plan_meeting(tx, village, starts=SATURDAY + timedelta(days=7)))
    assert names(register(store, village, later)) == ["Aminah", "Baru", "Jumiati", "Siti"]


def test_opening_a_register_twice_changes_nothing(store: Store, village: Village, meeting: Meeting):
    store.run(lambda tx: tx.attendance.open_register(meeting, village.melati1))
    store.run(lambda tx: move_in(tx, village, "Baru", village.melati1))
    store.run(lambda tx: tx.attendance.open_register(meeting, village.melati1))
    assert len(register(store, village, meeting)) == 4


def test_one_who_changed_her_group_stands_where_she_belongs_on_that_day(store: Store, village: Village):
    joint = store.run(lambda tx: plan_meeting(tx, village, village.melati1, village.melati2))

    def promise_and_move(tx: Tx) -> None:
        tx.attendance.keep_answer(joint, village.kpm(tx, "Siti"), Answer.PROMISED, "address:1")
        tx.conn.execute(update(schema.kpm).where(schema.kpm.c.name == "Siti").values(kelompok_id=village.melati2))

    store.run(promise_and_move)

    def frozen(tx: Tx) -> tuple[list[str], list[str]]:
        for kelompok_id in joint.kelompok_ids:
            tx.attendance.open_register(joint, kelompok_id)
        one, two = (tx.attendance.register(joint, k) for k in joint.kelompok_ids)
        return names(one), names(two)

    assert store.run(frozen) == (["Aminah", "Jumiati", "Wati"], ["Halimah", "Rusmini", "Siti"])


def test_marks_are_written_changed_and_taken_back(store: Store, village: Village, meeting: Meeting):
    siti, wati = village.kpms["Siti"], village.kpms["Wati"]

    def mark(marks: dict[KpmId, Mark | None], why: str = "") -> int:
        return store.run(lambda tx: tx.attendance.mark_all(meeting, village.melati1, marks, village.budi, why))

    assert mark({siti: Mark.PRESENT, wati: Mark.SICK}) == 2
    assert mark({siti: Mark.PRESENT}) == 0  # the same again changes nothing
    assert mark({siti: Mark.ABSENT, wati: None}, "perbaikan") == 2
    found = {e.kpm.name: (e.mark, e.marked_by) for e in register(store, village, meeting)}
    assert found["Siti"] == (Mark.ABSENT, village.budi)
    assert found["Wati"] == (None, None)
    changes = store.run(lambda tx: tx.audit.of(f"meeting:{meeting.id}:kpm:{siti}"))
    assert [(c.actor, c.was, c.now, c.why) for c in changes] == [
        (f"staff:{village.budi}", "belum diketahui", "hadir", ""),
        (f"staff:{village.budi}", "hadir", "alpa", "perbaikan"),
    ]


def test_one_who_is_not_on_the_register_cannot_be_marked(store: Store, village: Village, meeting: Meeting):
    store.run(lambda tx: tx.attendance.open_register(meeting, village.melati1))
    new = store.run(lambda tx: move_in(tx, village, "Baru", village.melati1))
    done = store.run(lambda tx: tx.attendance.mark_all(meeting, village.melati1, {new: Mark.PRESENT}, village.budi))
    assert done == 0
    state = store.run(lambda tx: tx.meetings.register(meeting.id, village.melati1))
    assert state is not None
    assert not state.held


def test_marks_of_one_group_are_not_marks_of_the_other(store: Store, village: Village):
    joint = store.run(lambda tx: plan_meeting(tx, village, village.melati1, village.melati2))
    marks: dict[KpmId, Mark | None] = {village.kpms["Siti"]: Mark.PRESENT}
    store.run(lambda tx: tx.attendance.mark_all(joint, village.melati1, marks, village.budi))

    def held(tx: Tx) -> list[bool]:
        states = [tx.meetings.register(joint.id, k) for k in joint.kelompok_ids]
        return [state is not None and state.held for state in states]

    assert store.run(held) == [True, False]


def test_selesai_makes_it_held_also_when_nobody_came(store: Store, village: Village, meeting: Meeting):
    store.run(lambda tx: tx.attendance.close(meeting, village.melati1, village.budi))
    state = store.run(lambda tx: tx.meetings.register(meeting.id, village.melati1))
    assert state is not None
    assert state.held
    assert state.frozen is not None


# --- moving


def moved(store: Store, meeting: Meeting, starts: datetime) -> Meeting:
    def move(tx: Tx) -> Meeting:
        tx.attendance.forget_answers(meeting, "staff:1", "jadwal pindah")
        return tx.meetings.move(meeting, starts, starts + timedelta(hours=2), meeting.place, None)

    return store.run(move)


def test_after_a_move_everybody_is_asked_again(store: Store, village: Village, meeting: Meeting):
    def talk(tx: Tx) -> None:
        tx.attendance.keep_answer(meeting, village.kpm(tx, "Siti"), Answer.DECLINED, "address:1", reason="sakit")

    store.run(talk)
    after = moved(store, meeting, SATURDAY + timedelta(days=1))
    assert after.revision == meeting.revision + 1
    assert {e.answer for e in register(store, village, after)} == {Answer.UNKNOWN}
    (_, change) = store.run(lambda tx: tx.audit.of(f"meeting:{meeting.id}:kpm:{village.kpms['Siti']}"))
    assert (change.was, change.now, change.why) == ("declined (sakit)", "unknown", "jadwal pindah")


def test_after_a_move_the_register_is_that_of_the_new_day(store: Store, village: Village, meeting: Meeting):
    """It was frozen half an hour before the old time; nobody had claimed anything yet."""
    store.run(lambda tx: tx.attendance.open_register(meeting, village.melati1))
    after = moved(store, meeting, SATURDAY + timedelta(days=7))
    store.run(lambda tx: tx.people.set_status(village.kpms["Wati"], FamilyStatus.GRADUASI))
    store.run(lambda tx: move_in(tx, village, "Baru", village.melati1))
    due = store.run(lambda tx: tx.meetings.unfrozen(NOW, SATURDAY + timedelta(days=8)))
    assert due == [(meeting.id, village.melati1)]  # so the pendamping gets the code of the day
    store.run(lambda tx: tx.attendance.open_register(after, village.melati1))
    assert names(register(store, village, after)) == ["Aminah", "Baru", "Jumiati", "Siti"]


@pytest.mark.parametrize("what", ["claim", "mark", "selesai"])
def test_what_happened_already_cannot_be_moved(store: Store, village: Village, meeting: Meeting, what: str):
    assert not store.run(lambda tx: tx.attendance.any_claim(meeting.id))

    def happen(tx: Tx) -> None:
        match what:
            case "claim":
                claim(tx, village, meeting, "Siti")
            case "mark":
                marks: dict[KpmId, Mark | None] = {village.kpms["Siti"]: Mark.ABSENT}
                tx.attendance.mark_all(meeting, village.melati1, marks, village.budi)
            case _:
                tx.attendance.close(meeting, village.melati1, village.budi)

    store.run(happen)
    assert store.run(lambda tx: tx.attendance.any_claim(meeting.id))


def test_a_handover_moves_what_lies_ahead_and_leaves_what_was_held(database: Opened, store: Store, village: Village):
    past = store.run(lambda tx: plan_meeting(tx, village, starts=datetime(2026, 10, 3, 9, tzinfo=WITA)))
    ahead = store.run(lambda tx: plan_meeting(tx, village))
    assert store.run(lambda tx: tx.meetings.hand_over(village.budi, village.dewi, NOW)) == 1
    store.run(lambda tx: tx.people.give_kelompok([village.melati1], village.dewi))

    def owners(tx: Tx) -> list[int]:
        found = [tx.meetings.get(meeting.id) for meeting in (past, ahead)]
        return [meeting.pendamping_id for meeting in found if meeting]

    assert store.run(owners) == [village.budi, village.dewi]

    def planned(month: str) -> dict[str, int]:
        recap = store.run(lambda tx: tx.summary.recap(month, "pendamping", None))
        return {line.name: line.planned for line in recap.rows if line.planned}

    assert planned("2026-10") == {"Pak Budi": 1}
    assert planned("2026-11") == {"Bu Dewi": 1}


# --- places


def test_a_place_is_known_in_its_desa_whatever_the_case(store: Store, village: Village):
    def keep(tx: Tx) -> list[Any]:
        babayau = next(i for i, name in tx.people.places().desa if name == "Babayau")
        tx.meetings.keep_place(babayau, "Balai Desa", 40, {"mudah dijangkau": True})
        tx.meetings.keep_place(babayau, "Balai Desa", 50, {"mudah dijangkau": False})
        other = next(i for i, name in tx.people.places().desa if name == "Batumandi")
        return [tx.meetings.place_named(babayau, "balai DESA"), tx.meetings.place_named(other, "Balai Desa")]

    found, elsewhere = store.run(keep)
    assert (found.capacity, found.checks) == (50, {"mudah dijangkau": False})
    assert elsewhere is None


def test_the_next_letters_of_a_meeting_come_due_in_order(database: Opened, store: Store, village: Village):
    def step(meeting: Meeting, at: datetime | None, number: int = 0) -> None:
        store.run(lambda tx: tx.meetings.step_done(meeting, number, at))

    one = store.run(lambda tx: plan_meeting(tx, village))
    two = store.run(lambda tx: plan_meeting(tx, village, village.anggrek1))
    step(one, NOW + timedelta(hours=2))
    step(two, NOW + timedelta(hours=1))

    def due() -> list[int]:
        return [m.id for m in store.run(lambda tx: tx.meetings.steps_due(10))]

    assert due() == []
    database.clock.set(NOW + timedelta(hours=1))
    assert due() == [two.id]
    database.clock.set(NOW + timedelta(hours=3))
    assert due() == [two.id, one.id]
    step(two, None, 3)
    assert due() == [one.id]


def test_rows_of_the_audit_carry_ids_only(store: Store, village: Village, meeting: Meeting):
    store.run(lambda tx: claim(tx, village, meeting, "Siti"))
    rows = store.run(lambda tx: tx.conn.execute(select(schema.audit)).all())
    assert rows
    assert not any("Siti" in str(row) or "62811" in str(row) for row in rows)
