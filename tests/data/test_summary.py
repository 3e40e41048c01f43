"""Is the running aggregate what a recount says, whatever happened and in whatever order?"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection, select, update

from data import schema, views
from data.records import Answer, FamilyStatus, Kind, Mark, Meeting, Role
from data.schema import COUNTS
from data.store import Store, Tx
from data.summary import NUMBERS, Recap, rebuild, recount
from handlers.meetings import Plan, call_off, create, move
from messages.envelope import KpmId
from tests.support.databases import NOW, Opened
from tests.support.village import SATURDAY, WITA, Village, move_in, plan_meeting, settle

MONTHS = ("2026-10", "2026-11", "2026-12")
FLAGS = ("reached", "maybe", "promised", "declined", "claimed")


@dataclass
class Model:
    """One meeting as a person would count it, with paper and pencil."""

    meeting: Meeting
    cancelled: bool = False
    frozen: set[int] = field(default_factory=set)
    closed: set[int] = field(default_factory=set)
    register: dict[KpmId, int] = field(default_factory=dict)
    marks: dict[KpmId, Mark] = field(default_factory=dict)
    answers: dict[KpmId, Answer] = field(default_factory=dict)
    claimed: bool = False

    def of(self, kelompok_id: int) -> list[KpmId]:
        return [kpm for kpm, k in self.register.items() if k == kelompok_id]

    def held(self, kelompok_id: int) -> bool:
        return kelompok_id in self.closed or any(kpm in self.marks for kpm in self.of(kelompok_id))


class SummaryMachine(RuleBasedStateMachine):
    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.conn: Connection = store.engine.connect()
        self.conn.begin()
        self.village: Village = settle(self.tx)
        self.homes = {kpm.id: kpm.kelompok_id for k in self.groups for kpm in self.tx.people.families(k)}
        self.active = dict.fromkeys(self.homes, True)
        self.meetings: list[Model] = []
        self.said: dict[tuple[str, int], set[tuple[KpmId, str]]] = {}
        self.number = 0

    @property
    def tx(self) -> Tx:
        return Tx(self.conn, NOW)

    @property
    def groups(self) -> tuple[int, int, int]:
        return self.village.melati1, self.village.melati2, self.village.anggrek1

    def _starts(self, month: str) -> datetime:
        self.number += 1  # no two meetings at the same minute
        year, number = map(int, month.split("-"))
        return datetime(year, number, 1 + self.number % 27, 8, 0, tzinfo=WITA) + timedelta(minutes=self.number)

    # --- what can happen

    @rule(
        kind=st.sampled_from([Kind.P2K2, Kind.P2K2, Kind.P2K2, Kind.SOSIALISASI]),
        month=st.sampled_from(MONTHS),
        groups=st.sets(st.sampled_from([0, 1, 2]), min_size=1),
    )
    def plan_one(self, kind, month, groups):
        kelompoks = [self.tx.people.kelompok(self.groups[i]) for i in sorted(groups)]
        by = self.tx.people.staff(self.village.budi)
        assert by is not None
        starts = self._starts(month)
        session = "P2" if kind is Kind.P2K2 else None
        meeting = create(self.tx, by, Plan(kelompoks, starts, starts + timedelta(hours=2), "Balai", kind, session, "x"))
        assert meeting is not None
        self.meetings.append(Model(meeting))

    def _one(self, data: Any, *, live: bool = True) -> Model:
        return data.draw(st.sampled_from([m for m in self.meetings if not (live and m.cancelled)]))

    def _any_live(self) -> bool:
        return any(not m.cancelled for m in self.meetings)

    @precondition(_any_live)
    @rule(data=st.data(), month=st.sampled_from(MONTHS))
    def move_one(self, data, month):
        one = self._one(data)
        happened = one.claimed or one.marks or one.closed
        assert self.tx.attendance.any_claim(one.meeting.id) == bool(happened)
        if happened:
            return  # the conversation refuses
        by = self.tx.people.staff(self.village.budi)
        assert by is not None
        starts = self._starts(month)
        one.meeting = move(self.tx, by, one.meeting, starts, starts + timedelta(hours=2), "Balai").meeting
        one.answers, one.register, one.frozen = {}, {}, set()

    @precondition(_any_live)
    @rule(data=st.data())
    def cancel_one(self, data):
        one = self._one(data)
        if any(one.held(k) for k in one.meeting.kelompok_ids):
            return  # the conversation refuses
        by = self.tx.people.staff(self.village.budi)
        assert by is not None
        call_off(self.tx, by, one.meeting, "banjir")
        one.cancelled = True

    @precondition(_any_live)
    @rule(data=st.data(), answer=st.sampled_from(Answer), code=st.booleans())
    def say(self, data, answer, code):
        one = self._one(data)
        kpm_id = self._family(data, one)
        if kpm_id is None:
            return
        who = self.tx.people.kpm(kpm_id)
        assert who is not None
        claims = answer is Answer.CLAIMED
        code = code and claims
        self.tx.attendance.keep_answer(
            one.meeting, who, answer, "address:1", claimed=NOW if claims else None, code=code
        )
        if one.answers.get(kpm_id, Answer.UNKNOWN) is not answer and answer is not Answer.UNKNOWN:
            self._flag(one, kpm_id, answer.value)
        one.answers[kpm_id] = answer
        one.claimed |= claims

    @precondition(_any_live)
    @rule(data=st.data())
    def reach(self, data):
        one = self._one(data)
        kpm_id = self._family(data, one)
        if kpm_id is not None:
            self.tx.summary.flag(one.meeting, self.homes[kpm_id], kpm_id, "reached")
            self._flag(one, kpm_id, "reached")

    def _family(self, data: Any, one: Model) -> KpmId | None:
        here = [kpm for kpm, k in self.homes.items() if k in one.meeting.kelompok_ids]
        return data.draw(st.sampled_from(here)) if here else None

    def _flag(self, one: Model, kpm_id: KpmId, flag: str) -> None:
        if one.meeting.kind is Kind.P2K2:
            self.said.setdefault((one.meeting.month, self.homes[kpm_id]), set()).add((kpm_id, flag))

    def _freeze(self, one: Model, kelompok_id: int) -> None:
        if kelompok_id not in one.frozen:
            one.frozen.add(kelompok_id)
            for kpm, home in self.homes.items():
                if home == kelompok_id and self.active[kpm]:
                    one.register.setdefault(kpm, kelompok_id)

    @precondition(_any_live)
    @rule(data=st.data())
    def open_check_in(self, data):
        one = self._one(data)
        kelompok_id = data.draw(st.sampled_from(one.meeting.kelompok_ids))
        self.tx.attendance.open_register(one.meeting, kelompok_id)
        self._freeze(one, kelompok_id)

    @precondition(_any_live)
    @rule(data=st.data(), choice=st.lists(st.none() | st.sampled_from(Mark), min_size=1, max_size=4))
    def write_marks(self, data, choice):
        one = self._one(data)
        kelompok_id = data.draw(st.sampled_from(one.meeting.kelompok_ids))
        self._freeze(one, kelompok_id)
        lines = data.draw(st.permutations(one.of(kelompok_id)))
        marks = dict(zip(lines, choice, strict=False))
        self.tx.attendance.mark_all(one.meeting, kelompok_id, marks, self.village.budi)
        for kpm_id, mark in marks.items():
            if mark is None:
                one.marks.pop(kpm_id, None)
            else:
                one.marks[kpm_id] = mark

    @precondition(_any_live)
    @rule(data=st.data())
    def selesai(self, data):
        one = self._one(data)
        kelompok_id = data.draw(st.sampled_from(one.meeting.kelompok_ids))
        self._freeze(one, kelompok_id)
        self.tx.attendance.close(one.meeting, kelompok_id, self.village.budi)
        one.closed.add(kelompok_id)

    @rule(data=st.data(), status=st.sampled_from(FamilyStatus))
    def change_a_family(self, data, status):
        kpm_id = data.draw(st.sampled_from(sorted(self.homes)))
        self.tx.people.set_status(kpm_id, status)
        self.active[kpm_id] = status is FamilyStatus.AKTIF

    @rule(data=st.data())
    def move_a_family(self, data):
        kpm_id = data.draw(st.sampled_from(sorted(self.homes)))
        home = data.draw(st.sampled_from(self.groups))
        old, self.homes[kpm_id] = self.homes[kpm_id], home
        self.conn.execute(update(schema.kpm).where(schema.kpm.c.id == kpm_id).values(kelompok_id=home))
        for kelompok_id in (old, home):
            self.tx.people.recount(kelompok_id)

    @rule(data=st.data())
    def welcome_a_family(self, data):
        if len(self.homes) < 12:
            home = data.draw(st.sampled_from(self.groups))
            kpm_id = move_in(self.tx, self.village, f"Baru {len(self.homes)}", home)
            self.homes[kpm_id], self.active[kpm_id] = home, True

    # --- what must always be true

    def counted(self, month: str) -> dict[int, dict[str, int]]:
        result = {}
        for kelompok_id in self.groups:
            mine = [
                m
                for m in self.meetings
                if kelompok_id in m.meeting.kelompok_ids and m.meeting.month == month and m.meeting.kind is Kind.P2K2
            ]
            held = [m for m in mine if m.held(kelompok_id)]
            marks = [m.marks.get(kpm) for m in held for kpm in m.of(kelompok_id)]
            flags = self.said.get((month, kelompok_id), set())
            result[kelompok_id] = {
                "planned": len(mine),
                "held": len(held),
                "cancelled": sum(m.cancelled for m in mine),
                "expected": len(marks),
                **{flag: sum(f == flag for _, f in flags) for flag in FLAGS},
                **{mark.value: marks.count(mark) for mark in Mark},
            }
        return result

    @invariant()
    def the_aggregate_is_what_a_recount_says(self):
        for month in MONTHS:
            by_hand = self.counted(month)
            assert _filled(self._kept(month), self.groups) == by_hand
            assert _filled(recount(self.conn, month), self.groups) == by_hand

    def _kept(self, month: str) -> dict[int, dict[str, int]]:
        rows = self.conn.execute(select(schema.tally).where(schema.tally.c.month == month))
        return {row.kelompok_id: {name: getattr(row, name) for name in COUNTS} for row in rows}

    def teardown(self) -> None:
        """At the end it is committed, read as the pages read it, rebuilt, and cleared for the next example."""
        by_hand = {month: self.counted(month) for month in MONTHS}
        in_tx = {month: self.tx.summary.recap(month, "kelompok", None) for month in MONTHS}
        kept = {month: self._kept(month) for month in MONTHS}
        for month in MONTHS:
            rebuild(self.conn, month)
            assert self._kept(month) == kept[month]
        self.conn.commit()
        try:
            assert asyncio.run(self._pages()) == in_tx
            for month in MONTHS:
                _check_recap(in_tx[month], by_hand[month], self._active_families())
        finally:
            for table in reversed(schema.metadata.sorted_tables):
                if table is not schema.audit:  # which only grows
                    self.conn.execute(table.delete())
            self.conn.commit()
            self.conn.close()

    def _active_families(self) -> list[int]:
        return [sum(self.active[kpm] for kpm, home in self.homes.items() if home == k) for k in self.groups]

    async def _pages(self) -> dict[str, Recap]:
        found = {month: await views.recap(self.store.reader, month, "kelompok") for month in MONTHS}
        await self.store.reader.dispose()
        return found


def _filled(counts: dict[int, dict[str, int]], groups: tuple[int, ...]) -> dict[int, dict[str, int]]:
    return {k: counts.get(k, dict.fromkeys(COUNTS, 0)) for k in groups}


def _check_recap(recap: Recap, by_hand: dict[int, dict[str, int]], families: list[int]) -> None:
    """The same numbers line by line, the unknown as the rest, and the total as the sum."""
    lines = {line.name: asdict(line) for line in recap.rows}
    for (name, counts), active in zip(
        zip(("Melati 1", "Melati 2", "Anggrek 1"), by_hand.values(), strict=True), families, strict=True
    ):
        line = lines[name]
        assert {n: line[n] for n in COUNTS} == counts
        assert line["belum_diketahui"] == counts["expected"] - sum(counts[mark.value] for mark in Mark) >= 0
        assert line["families"] == (0 if recap.month == "2026-10" else active)
    assert {n: getattr(recap.total, n) for n in NUMBERS} == {n: sum(x[n] for x in lines.values()) for n in NUMBERS}


def test_any_order_of_events_keeps_the_summary_right(database: Opened):
    store = database.store()
    few = settings(max_examples=settings().max_examples // (6 if store.sqlite else 30), stateful_step_count=40)
    run_state_machine_as_test(lambda: SummaryMachine(store), settings=few)  # type: ignore[arg-type]  # a factory will do


# --- single sentences, for those who read


@pytest.fixture
def village(store: Store) -> Village:
    return store.run(settle)


def line(store: Store, name: str = "Melati 1", month: str = "2026-11", by: str = "kelompok") -> dict[str, int]:
    recap = store.run(lambda tx: tx.summary.recap(month, by, None))
    return next(asdict(one) for one in recap.rows if one.name == name)


def test_what_is_expected_stays_when_a_family_leaves_after_the_register_was_frozen(store: Store, village: Village):
    meeting = store.run(lambda tx: plan_meeting(tx, village))
    store.run(lambda tx: tx.attendance.open_register(meeting, village.melati1))
    store.run(lambda tx: tx.people.set_status(village.kpms["Wati"], FamilyStatus.GRADUASI))
    store.run(lambda tx: move_in(tx, village, "Baru", village.melati1))
    marks: dict[KpmId, Mark | None] = {village.kpms["Siti"]: Mark.PRESENT}
    store.run(lambda tx: tx.attendance.mark_all(meeting, village.melati1, marks, village.budi))
    found = line(store)
    assert (found["held"], found["expected"], found["hadir"], found["belum_diketahui"]) == (1, 4, 1, 3)
    assert found["families"] == 4  # one left, one came


def test_the_family_without_a_phone_is_in_all_of_them(store: Store, village: Village):
    meeting = store.run(lambda tx: plan_meeting(tx, village))
    marks: dict[KpmId, Mark | None] = {village.kpms["Jumiati"]: Mark.PRESENT}
    store.run(lambda tx: tx.attendance.mark_all(meeting, village.melati1, marks, village.budi))
    found = line(store)
    assert (found["expected"], found["hadir"], found["families"]) == (4, 1, 4)


def test_two_meetings_in_a_month_both_count_but_a_family_counts_once(store: Store, village: Village):

    def meet(tx: Tx) -> None:
        for days in (0, 7):
            meeting = plan_meeting(tx, village, starts=SATURDAY - timedelta(days=days))
            tx.attendance.keep_answer(meeting, village.kpm(tx, "Siti"), Answer.PROMISED, "address:1")
            tx.attendance.close(meeting, village.melati1, village.budi)

    store.run(meet)
    found = line(store)
    assert (found["planned"], found["held"], found["expected"], found["promised"]) == (2, 2, 8, 1)


@pytest.mark.parametrize("kind", [Kind.AWAL, Kind.SOSIALISASI, Kind.BIMTEK])
def test_only_p2k2_is_participation(store: Store, village: Village, kind: Kind):
    meeting = store.run(lambda tx: plan_meeting(tx, village, kind=kind))

    def everything(tx: Tx) -> None:
        siti = village.kpm(tx, "Siti")
        tx.attendance.keep_answer(meeting, siti, Answer.PROMISED, "address:1")
        tx.summary.flag(meeting, village.melati1, siti.id, "reached")
        tx.attendance.mark_all(meeting, village.melati1, {siti.id: Mark.PRESENT}, village.budi)
        tx.attendance.close(meeting, village.melati1, village.budi)
        tx.summary.cancelled(meeting, village.melati1)

    store.run(everything)
    numbers = line(store)
    assert {name: numbers[name] for name in COUNTS} == dict.fromkeys(COUNTS, 0)


def test_a_joint_meeting_counts_in_every_group_with_its_own_register(store: Store, village: Village):
    joint = store.run(lambda tx: plan_meeting(tx, village, village.melati1, village.melati2))
    marks: dict[KpmId, Mark | None] = {village.kpms["Siti"]: Mark.PRESENT}
    store.run(lambda tx: tx.attendance.mark_all(joint, village.melati1, marks, village.budi))
    one, two = line(store, "Melati 1"), line(store, "Melati 2")
    assert (one["planned"], one["held"], one["expected"], one["hadir"]) == (1, 1, 4, 1)
    assert (two["planned"], two["held"], two["expected"], two["hadir"]) == (1, 0, 0, 0)
    assert line(store, "Babayau", by="desa")["planned"] == 2


@pytest.mark.parametrize("by", ["kelompok", "desa", "kecamatan", "pendamping"])
def test_every_level_adds_up_to_the_same_total(store: Store, village: Village, by: str):
    meeting = store.run(lambda tx: plan_meeting(tx, village, village.melati1, village.anggrek1))
    store.run(lambda tx: tx.attendance.close(meeting, village.melati1, village.budi))
    recap = store.run(lambda tx: tx.summary.recap("2026-11", by, None))
    total = {name: getattr(recap.total, name) for name in NUMBERS}
    assert total == {name: sum(getattr(row, name) for row in recap.rows) for name in NUMBERS}
    assert (total["planned"], total["held"], total["expected"], total["families"]) == (2, 1, 4, 7)


def test_everybody_sees_their_own_scope_in_chat_and_on_the_pages(store: Store, village: Village):
    store.run(lambda tx: plan_meeting(tx, village))

    async def pages(staff_id: int) -> list[str]:
        who = await store.write(lambda tx: tx.people.staff(staff_id))
        found = await views.recap(store.reader, "2026-11", "kelompok", who)
        in_chat = await store.write(lambda tx: tx.summary.recap("2026-11", "kelompok", who))
        await store.reader.dispose()
        assert found == in_chat
        return [row.name for row in found.rows]

    assert asyncio.run(pages(village.budi)) == ["Melati 1", "Melati 2"]
    assert asyncio.run(pages(village.dewi)) == ["Anggrek 1"]
    assert asyncio.run(pages(village.ratna)) == ["Anggrek 1", "Melati 1", "Melati 2"]


def test_groups_of_one_name_in_two_desa_stay_two_lines(store: Store, village: Village):
    def namesake(tx: Tx) -> None:
        other = next(i for i, name in tx.people.places().desa if name == "Batumandi")
        tx.conn.execute(schema.kelompok.insert(), {"desa_id": other, "name": "Melati 1", "pendamping_id": None})

    store.run(namesake)
    recap = store.run(lambda tx: tx.summary.recap("2026-11", "kelompok", None))
    assert [row.name for row in recap.rows] == [
        "Anggrek 1",
        "Melati 1 (Babayau, Batumandi)",
        "Melati 1 (Batumandi, Batumandi)",
        "Melati 2",
    ]
    by_pendamping = store.run(lambda tx: tx.summary.recap("2026-11", "pendamping", None))
    assert "(belum ada pendamping)" in [row.name for row in by_pendamping.rows]


def test_an_admin_sees_all(store: Store, village: Village):
    def look(tx: Tx) -> int:
        admin = tx.people.staff(tx.people.add_staff("Admin", Role.ADMIN, None, "kabupaten", village.kabupaten))
        return len(tx.summary.recap("2026-11", "kelompok", admin).rows)

    assert store.run(look) == 3
