"""Is everything said once, in order, in time, and never twice at once to one person? Any order of events must do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from bot.dispatcher.turning import one_each
from data import schema
from data.outbox import LIVES
from data.records import Consent, FamilyStatus, Topic
from data.sending import Claimed
from data.store import Store, Tx
from messages.envelope import Address, Attachment, KpmId, KpmTo, Outbound, Priority, StaffTo, Status, StatusUpdate
from tests.support.databases import NOW, Opened
from tests.support.outboxes import families_of, letters_of, taken
from tests.support.village import PHONES, Village, settle

KEY = "attendance.stale"
WHATSAPP = [Address("whatsapp", f"6281{n}") for n in range(3)]
TELEGRAM = Address("telegram", "77")
CHANNELS = ("whatsapp",)
RANK = {s: n for n, s in enumerate((Status.QUEUED, Status.SENDING, Status.SENT, Status.DELIVERED, Status.READ))}


@dataclass
class Known:
    """What the model knows of a letter."""

    to: Address
    priority: int
    not_before: datetime
    expires: datetime
    unasked: bool
    about: str | None
    state: Status = Status.QUEUED
    attempts: int = 0
    fence: int = 0
    platform_id: str | None = None

    @property
    def on_its_way(self) -> bool:
        return self.state is Status.SENDING

    def late(self, now: datetime) -> bool:
        return self.expires <= now

    def forward(self, status: Status, platform_id: str) -> bool:
        """Whether a platform's word changes anything."""
        if self.state is Status.FAILED:
            return status in {Status.DELIVERED, Status.READ}
        if status is Status.FAILED:
            ours = self.platform_id in (None, platform_id)  # not an earlier attempt, whose answer was lost
            return self.state in {Status.SENDING, Status.SENT} and ours
        return self.state in RANK and RANK[self.state] < RANK[status]


class OutboxMachine(RuleBasedStateMachine):
    """Everything happens in one transaction that is undone at the end, so that an example costs little."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.conn: Connection = engine.connect()
        self.whole = self.conn.begin()
        self.now = NOW
        self.letters: dict[int, Known] = {}
        self.names: set[str] = set()
        self.seen: list[Claimed] = []
        """What a look has found, as a sender keeps it."""

        self.fence = 1
        for address in (*WHATSAPP, TELEGRAM):
            self.tx.people.address_id(address)

    def teardown(self) -> None:
        self.whole.rollback()
        self.conn.close()

    @property
    def tx(self) -> Tx:
        return Tx(self.conn, self.now)

    def in_state(self, *states: Status) -> list[int]:
        return [i for i, known in self.letters.items() if known.state in states]

    # --- what can happen

    @rule(
        to=st.sampled_from([*WHATSAPP, TELEGRAM]),
        priority=st.sampled_from(Priority),
        once=st.none() | st.sampled_from(["a", "b", "c", "d"]),
        wait=st.sampled_from([0, 0, 0, 5, 60]),
        lasts=st.none() | st.sampled_from([1, 30, 120]),
        unasked=st.booleans(),
        about=st.none() | st.sampled_from(["meeting:1", "meeting:2"]),
    )
    def put(self, to, priority, once, wait, lasts, unasked, about):
        begins = self.now + timedelta(minutes=wait)
        expires = None if lasts is None else self.now + timedelta(minutes=lasts)
        letter = Outbound(to, KEY, {}, once, priority, begins if wait else None, expires, None, about, unasked)
        added = self.tx.outbox.put(letter)
        assert (added is None) == (once is not None and once in self.names)
        if added is not None:
            self.letters[added] = Known(to, int(priority), begins, expires or begins + LIVES, unasked, about)
            self.names |= {once} - {None}

    @rule(minutes=st.sampled_from([1, 5, 30, 90]))
    def pass_time(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule()
    def expire(self):
        late = [i for i in self.in_state(Status.QUEUED) if self.letters[i].late(self.now)]
        assert self.tx.outbox.expire() == len(late)
        for i in late:
            self.letters[i].state = Status.EXPIRED

    @rule(limit=st.integers(1, 5), most=st.sampled_from([Priority.BROADCAST, Priority.CHANGE, Priority.REPLY]))
    def look(self, limit, most):
        """Replies before changes before reminders, of one address the first one first; and it changes nothing."""
        may_go = [i for i in self.in_state(Status.QUEUED) if self._may_go(i, int(most))]
        in_order = sorted(may_go, key=lambda i: (self.letters[i].priority, i))[:limit]
        self.seen = self.tx.sending.look(CHANNELS, limit, most)
        note(f"seen {[one.letter.id for one in self.seen]} of {in_order}")
        assert [one.letter.id for one in self.seen] == in_order
        for one in self.seen:
            mine = self.letters[one.letter.id]
            assert one.letter.address == mine.to
            assert (one.priority, one.unasked, one.about) == (mine.priority, mine.unasked, mine.about)

    def _may_go(self, i: int, most: int) -> bool:
        known = self.letters[i]
        others = {j: k for j, k in self.letters.items() if k.to == known.to and j != i}
        if any(k.on_its_way for k in others.values()):
            return False
        waits_for_an_earlier_one = any(
            j < i
            and k.state is Status.QUEUED
            and k.attempts > 0
            and k.not_before > self.now
            and k.priority <= known.priority
            for j, k in others.items()
        )
        return (
            known.to.channel in CHANNELS
            and known.not_before <= self.now
            and not known.late(self.now)
            and known.priority <= most
            and not waits_for_an_earlier_one
        )

    @precondition(lambda self: self.seen)
    @rule(most=st.integers(1, 5))
    def take(self, most):
        """Just before they leave: what was cancelled or went stale since the look stays where it is."""
        first = one_each(self.seen, most, ())
        tried = {one.address_id for one in first}
        self.seen = [one for one in self.seen if one.address_id not in tried]
        ids = [one.letter.id for one in first]
        waiting = [i for i in self.in_state(Status.QUEUED) if not self.letters[i].late(self.now)]
        taken = self.tx.sending.take(ids, self.fence)
        assert taken == set(ids) & set(waiting)
        for i in taken:
            known = self.letters[i]
            known.state, known.fence, known.attempts = Status.SENDING, self.fence, known.attempts + 1

    @precondition(lambda self: self.in_state(Status.SENDING))
    @rule(data=st.data())
    def answered(self, data):
        i = data.draw(st.sampled_from(self.in_state(Status.SENDING)))
        self._sent(i)
        assert self._column(i, "sent") is not None

    @precondition(lambda self: self.letters)
    @rule(data=st.data())
    def answered_late(self, data):
        """The answer came after a status, after the lease was lost, or after it was given up: it is true all the same,
        only what was taken back or went stale stays so."""
        self._sent(data.draw(st.sampled_from(sorted(self.letters))))

    def _sent(self, i: int) -> None:
        known, name = self.letters[i], f"wamid.{i}"
        self.tx.sending.sent([(i, name, "…", None)])
        if known.state in {Status.CANCELLED, Status.EXPIRED}:
            return
        another = known.state is Status.FAILED and known.platform_id != name
        if known.state in {Status.QUEUED, Status.SENDING} or another:
            known.state = Status.SENT
        known.platform_id = name

    @precondition(lambda self: self.in_state(Status.SENDING))
    @rule(data=st.data(), minutes=st.sampled_from([0, 1, 30]), free=st.booleans(), ours=st.booleans())
    def put_back(self, data, minutes, free, ours):
        """One who has lost the lease can undo nothing."""
        i = data.draw(st.sampled_from(self.in_state(Status.SENDING)))
        known, wait = self.letters[i], timedelta(minutes=minutes)
        fence = known.fence if ours else known.fence + 1
        assert self.tx.sending.put_back(i, fence, wait, "busy over there", free=free) is ours
        if ours:
            known.state, known.not_before = Status.QUEUED, self.now + wait
            known.attempts -= free

    @precondition(lambda self: self.in_state(Status.SENDING))
    @rule(data=st.data(), ours=st.booleans())
    def fail(self, data, ours):
        i = data.draw(st.sampled_from(self.in_state(Status.SENDING)))
        known = self.letters[i]
        assert self.tx.sending.fail(i, known.fence if ours else known.fence - 1, "131026") is ours
        if ours:
            known.state = Status.FAILED

    @rule()
    def another_sender_takes_over(self):
        """What the last one left in flight is found, with its fence, on the channels that are asked for."""
        self.fence += 1
        self.seen = []
        found = {one.letter.id: (one.fence, one.attempts + 1) for one in self.tx.sending.flying(CHANNELS)}
        flying = [i for i in self.in_state(Status.SENDING) if self.letters[i].to.channel in CHANNELS]
        assert found == {i: (self.letters[i].fence, self.letters[i].attempts) for i in flying}

    @rule()
    def the_simulator_starts_again(self):
        flying = [i for i in self.in_state(Status.SENDING) if self.letters[i].to.channel in CHANNELS]
        assert self.tx.outbox.take_back_unsent(CHANNELS) == len(flying)
        self.seen = []
        for i in flying:
            self.letters[i].state = Status.QUEUED

    @precondition(lambda self: self.letters)
    @rule(
        data=st.data(),
        said=st.lists(
            st.sampled_from([Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED]), min_size=1, max_size=4
        ),
        by_name=st.booleans(),
        old=st.booleans(),
    )
    def hear_statuses(self, data, said, by_name, old):
        """In any order, repeated, by our own number or the platform's name, of this attempt or an earlier one."""
        i = data.draw(st.sampled_from(sorted(self.letters)))
        known = self.letters[i]
        name = f"old.{i}" if old else f"wamid.{i}"
        heard = not by_name or known.platform_id == name
        updates = [
            StatusUpdate("whatsapp", f"{i}:{n}", name, status, self.now, None if by_name else i)
            for n, status in enumerate(said)
        ]
        expected = []
        for status in said:
            if heard and known.forward(status, name):
                expected.append(status)
                known.state = status
        moved = self.tx.arrivals.progress(updates)
        assert [one.update.status for one in moved] == expected
        if expected:
            known.platform_id = known.platform_id or name

    @precondition(lambda self: self.in_state(Status.SENT, Status.FAILED))
    @rule(data=st.data(), minutes=st.sampled_from([0, 30]))
    def send_again(self, data, minutes):
        """The platform took it and gave it up later, for a reason that passes."""
        i = data.draw(st.sampled_from(self.in_state(Status.SENT, Status.FAILED)))
        wait = timedelta(minutes=minutes)
        self.tx.arrivals.again(i, wait)
        self.letters[i].state, self.letters[i].not_before = Status.QUEUED, self.now + wait

    @rule(about=st.sampled_from(["meeting:1", "meeting:2"]))
    def cancel_a_meeting(self, about):
        waiting = [i for i in self.in_state(Status.QUEUED) if self.letters[i].about == about]
        assert self.tx.outbox.cancel_about(about) == len(waiting)
        for i in waiting:
            self.letters[i].state = Status.CANCELLED

    @rule(to=st.sampled_from(WHATSAPP))
    def stop_pesan(self, to):
        waiting = [i for i in self.in_state(Status.QUEUED) if self.letters[i].to == to and self.letters[i].unasked]
        assert self.tx.outbox.cancel_unasked(self.tx.people.address_id(to)) == len(waiting)
        for i in waiting:
            self.letters[i].state = Status.CANCELLED

    # --- what must always be true

    @invariant()
    def everything_stands_as_the_model_says(self):
        table = schema.outbox.c
        rows = self.conn.execute(select(table.id, table.state, table.attempts, table.platform_id))
        assert {r.id: (r.state, r.attempts, r.platform_id) for r in rows} == {
            i: (known.state.value, known.attempts, known.platform_id) for i, known in self.letters.items()
        }

    @invariant()
    def nobody_is_sent_two_letters_at_once(self):
        flying = [known.to for known in self.letters.values() if known.on_its_way]
        assert len(set(flying)) == len(flying)

    @invariant()
    def the_next_moment_is_known(self):
        waiting = [self.letters[i].not_before for i in self.in_state(Status.QUEUED)]
        assert self.tx.outbox.next_due() == min(waiting, default=None)

    def _column(self, i: int, name: str) -> Any:
        column = schema.outbox.c[name]
        return self.conn.execute(select(column).where(schema.outbox.c.id == i)).scalar_one()


def test_any_order_of_events_keeps_the_outbox_honest(database: Opened):
    store = database.store()
    few = settings(max_examples=settings().max_examples // (4 if store.sqlite else 15), stateful_step_count=40)
    run_state_machine_as_test(lambda: OutboxMachine(store.engine), settings=few)  # type: ignore[arg-type]  # a factory


# --- two processes


def test_two_processes_never_take_the_same_letter(on_postgres: Opened):
    """Both look at the same moment: what one has taken is not in the other's hands."""
    one, two = on_postgres.store(), on_postgres.store()
    one.run(lambda tx: [tx.people.address_id(a) for a in WHATSAPP])
    one.run(lambda tx: [tx.outbox.put(Outbound(a, KEY)) for a in WHATSAPP])

    claims: list[Claimed] = []

    def claim_while_another_does(tx: Tx) -> None:
        claims.extend(taken(tx, fence=1))
        other = two._submit(lambda tx: taken(tx, fence=2))
        waits.append(other)

    waits: list[Any] = []
    one.run(claim_while_another_does)
    theirs = waits[0].future.result(10)
    assert len(claims) == 3
    assert theirs == []


# --- where a letter goes


@pytest.fixture
def village(store: Store) -> Village:
    return store.run(settle)


def test_a_letter_to_a_person_goes_to_the_number_last_heard_from(store: Store, village: Village):
    def put(tx: Tx) -> int | None:
        second = Address("whatsapp", "62811000999")
        tx.people.link_kpm(village.kpms["Siti"], tx.people.address_id(second))
        tx.people.hear(second, NOW)
        return tx.outbox.put(Outbound(KpmTo(village.kpms["Siti"]), KEY))

    assert store.run(put)
    (claimed,) = store.run(taken)
    assert claimed.letter.address.value == "62811000999"


def test_a_letter_to_somebody_without_a_phone_is_not_kept(store: Store, village: Village):
    assert store.run(lambda tx: tx.outbox.put(Outbound(KpmTo(village.kpms["Jumiati"]), KEY))) is None
    assert store.run(lambda tx: tx.outbox.put(Outbound(KpmTo(KpmId(404)), KEY))) is None
    assert store.run(lambda tx: tx.outbox.put(Outbound(Address("whatsapp", "404"), KEY))) is None


def test_a_letter_to_a_blocked_number_of_staff_is_not_kept(store: Store, village: Village):
    def put(tx: Tx) -> int | None:
        return tx.outbox.put(Outbound(StaffTo(village.budi), KEY))

    assert store.run(put)
    store.run(lambda tx: tx.people.block(Address("whatsapp", "6281100000902"), True))
    assert store.run(put) is None


def test_a_letter_keeps_what_it_is_made_of(store: Store, village: Village):
    params = {"names": "Ibu Siti \U0001f9d5", "options": [("a", "Aminah"), ("b", "Rusmini")], "n": None}
    chart = Attachment("summary_chart", {"rows": [{"hadir": 1}]})
    store.run(lambda tx: tx.people.hear(Address("whatsapp", PHONES["Siti"]), NOW - timedelta(hours=2)))
    store.run(lambda tx: tx.outbox.put(Outbound(Address("whatsapp", PHONES["Siti"]), KEY, params, attachment=chart)))
    (claimed,) = store.run(lambda tx: taken(tx, fence=7))
    letter = claimed.letter
    assert letter.params == {**params, "options": [["a", "Aminah"], ["b", "Rusmini"]]}
    assert letter.attachment == chart
    assert letter.heard == NOW - timedelta(hours=2)


# --- what was said to whom


def invite(tx: Tx, village: Village, *names: str, priority: Priority = Priority.REMINDER, **more: Any) -> int | None:
    to = Address("whatsapp", PHONES[names[0]])
    kpms = [village.kpms[name] for name in names]
    return tx.outbox.put(Outbound(to, KEY, {}, priority=priority, about="meeting:7", unasked=True, kpms=kpms, **more))


def test_letters_of_a_week_are_counted_per_family_without_changes(database: Opened, store: Store, village: Village):
    def week(tx: Tx) -> dict[int, int]:
        return tx.outbox.unasked_since(list(village.kpms.values()), NOW - timedelta(days=7))

    store.run(lambda tx: invite(tx, village, "Aminah", "Rusmini"))
    store.run(lambda tx: invite(tx, village, "Aminah", not_before=NOW + timedelta(days=2)))
    store.run(lambda tx: invite(tx, village, "Aminah", priority=Priority.CHANGE))
    store.run(lambda tx: tx.outbox.put(Outbound(Address("whatsapp", PHONES["Aminah"]), KEY)))
    assert store.run(week) == {village.kpms["Aminah"]: 2, village.kpms["Rusmini"]: 1}
    store.run(lambda tx: tx.outbox.cancel_about("meeting:7"))
    assert store.run(week) == {}


def test_only_what_really_went_out_counts_as_told(store: Store, village: Village):
    siti = [village.kpms["Siti"]]
    letter = store.run(lambda tx: invite(tx, village, "Siti"))
    assert letter
    assert not store.run(lambda tx: tx.outbox.told("meeting:7", siti))
    store.run(taken)
    assert store.run(lambda tx: tx.outbox.told("meeting:7", siti))
    assert store.run(lambda tx: tx.sending.fail(letter, 0, "131026"))
    assert not store.run(lambda tx: tx.outbox.told("meeting:7", siti))
    assert not store.run(lambda tx: tx.outbox.told("meeting:7", [village.kpms["Wati"]]))


def test_every_person_has_an_honest_answer_to_why_she_was_not_reached(store: Store, village: Village):
    letter = store.run(lambda tx: invite(tx, village, "Siti"))
    assert letter
    store.run(taken)
    assert store.run(lambda tx: tx.sending.fail(letter, 0, "131026 nomor tidak di WhatsApp"))
    (sent,) = store.run(lambda tx: letters_of(tx, village.kpms["Siti"]))
    assert (sent.state, sent.sent, sent.error) == (Status.FAILED, None, "131026 nomor tidak di WhatsApp")


def test_a_letter_of_one_family_goes_to_her_other_number_when_the_first_is_dead(store: Store, village: Village):
    def second(tx: Tx) -> int:
        address_id = tx.people.address_id(Address("telegram", "555"))
        tx.people.link_kpm(village.kpms["Siti"], address_id)
        tx.people.keep_consent(address_id, Topic.MEETINGS, Consent.YES, "v1")
        return address_id

    store.run(second)
    letter = store.run(lambda tx: invite(tx, village, "Siti"))
    shared = store.run(lambda tx: invite(tx, village, "Aminah", "Rusmini"))
    assert letter
    assert shared
    store.run(taken)
    assert store.run(lambda tx: tx.outbox.try_other_address(letter))
    assert not store.run(lambda tx: tx.outbox.try_other_address(shared))
    (again,) = store.run(lambda tx: taken(tx, ("telegram",)))
    assert (again.letter.id, again.letter.address) == (letter, Address("telegram", "555"))


def test_the_outbox_finds_its_work_by_indexes_alone(sqlite: Opened):
    """A year of letters lies there: looking for the next one must not read them all."""
    store = sqlite.store()
    store.run(settle)
    store.run(lambda tx: [tx.outbox.put(Outbound(Address("whatsapp", PHONES["Siti"]), KEY)) for _ in range(3)])
    asked: list[str] = []
    with store.engine.connect() as conn:
        driver: Any = conn.connection.dbapi_connection
        driver.set_trace_callback(asked.append)
        tx = Tx(conn, NOW)
        tx.outbox.expire()
        taken(tx)
        tx.outbox.next_due()
        tx.sending.something_due()
        tx.sending.flying(CHANNELS)
        driver.set_trace_callback(None)
        of_outbox = [text for text in asked if "outbox" in text]
        assert len(of_outbox) == 6
        for text in of_outbox:
            plan = [row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
            read_whole = [step for step in plan if step.startswith(("SCAN outbox", "SCAN address", "SCAN earlier"))]
            assert not [step for step in read_whole if "INDEX" not in step], (text, plan)


def test_status_families_do_not_matter_to_what_was_sent(store: Store, village: Village):
    """A family that has graduated keeps its history."""
    letter = store.run(lambda tx: invite(tx, village, "Siti"))
    assert letter
    store.run(lambda tx: tx.people.set_status(village.kpms["Siti"], FamilyStatus.GRADUASI))
    assert store.run(lambda tx: families_of(tx, letter)) == [village.kpms["Siti"]]


def test_a_letter_of_no_known_address_is_refused_by_the_database(store: Store):
    values = {"address_id": 404, "channel": "whatsapp", "key": KEY, "params": {}, "priority": 0}
    with pytest.raises(IntegrityError):
        store.run(lambda tx: tx.conn.execute(insert(schema.outbox), {**values, "not_before": NOW, "created": NOW}))


def test_every_letter_expires_also_one_that_names_no_end(store: Store, village: Village):
    siti, later = Address("whatsapp", PHONES["Siti"]), timedelta(days=3)

    def prepare(tx: Tx) -> list[int | None]:
        letters = [Outbound(siti, KEY), Outbound(siti, KEY, not_before=tx.now + later)]
        return [tx.outbox.put(one) for one in [*letters, Outbound(siti, KEY, expires=tx.now + later)]]

    store.run(prepare)
    rows = select(schema.outbox.c.expires, schema.outbox.c.created).order_by(schema.outbox.c.id)
    found = store.run(lambda tx: [row.expires - row.created for row in tx.conn.execute(rows)])
    assert found == [timedelta(days=1), timedelta(days=4), timedelta(days=3)]
