"""What do statuses come to, in whatever order and however often a platform tells them?"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Sequence

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import func, insert, select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.channels.base import Notice
from bot.dispatcher import statuses
from bot.dispatcher.statuses import keep_all, receive_statuses
from data import schema
from data.records import Role
from data.store import Store, StoreError, Tx
from messages.envelope import Address, Status, StatusUpdate
from tests.support.senders import people, put, real_now, row, state

SENT, DELIVERED, READ, FAILED = Status.SENT, Status.DELIVERED, Status.READ, Status.FAILED


@pytest.fixture
def store(database) -> Store:
    opened: Store = database.store()
    opened.clock = real_now
    return opened


@pytest.fixture
def letter(store: Store) -> int:
    """Sent, and known to the platform."""

    def send(tx: Tx) -> int:
        (person,) = people(tx, 1)
        return put(tx, person, state="sent", platform_id="wamid.1", attempts=1)

    return store.run(send)


def said(letter: int | None, status: Status, *, at: int = 0, code: int | None = None, wamid: str = "wamid.1"):
    event = f"{wamid}:{status.value}:{at}"
    return StatusUpdate("whatsapp", event, wamid, status, real_now(), letter, code, f"code {code}" if code else "")


def hear(store: Store, *updates: StatusUpdate | Notice) -> None:
    store.run(lambda tx: keep_all(tx, updates))


def alerts(store: Store) -> int:
    count = select(func.count()).where(schema.outbox.c.once.like("alert:%"))
    return store.run(lambda tx: tx.conn.execute(count).scalar_one())


def add_admin(tx: Tx) -> None:
    staff_id = tx.people.add_staff("Admin", Role.ADMIN, None, "kabupaten", 0)
    tx.people.link_staff(staff_id, tx.people.address_id(Address("telegram", "900")))


@pytest.mark.parametrize("order", list(itertools.permutations([SENT, DELIVERED, READ])))
@pytest.mark.parametrize("together", [True, False])
def test_statuses_only_move_forward_in_any_order_together_or_one_by_one(store, letter, order, together):
    updates = [said(letter, status) for status in order]
    if together:
        hear(store, *updates)
    else:
        for update in updates:
            hear(store, update)
    assert state(store, letter) == "read"
    hear(store, *updates)
    assert state(store, letter) == "read"


def test_delivered_may_be_skipped(store: Store, letter: int):
    hear(store, said(letter, READ))
    assert state(store, letter) == "read"


def test_without_our_own_number_the_platforms_id_tells_which_letter(store: Store, letter: int):
    hear(store, said(None, DELIVERED))
    assert state(store, letter) == "delivered"
    hear(store, said(None, READ, wamid="wamid.of.somebody.else"), said(10**17, READ))
    assert state(store, letter) == "delivered"


def test_a_failure_after_the_message_arrived_is_not_believed(store: Store, letter: int):
    hear(store, said(letter, DELIVERED), said(letter, FAILED, code=131026))
    assert state(store, letter) == "delivered"


def test_a_person_who_cannot_be_reached_is_counted_once_however_often_it_is_told(store: Store, letter: int):
    for _ in range(3):
        hear(store, said(letter, FAILED, code=131026))
    assert state(store, letter) == "failed"
    failures = select(schema.address.c.failures)
    assert store.run(lambda tx: tx.conn.execute(failures).scalar_one()) == 1


def test_what_arrives_ends_the_count_of_failures(store: Store):
    def prepare(tx: Tx) -> int:
        (person,) = people(tx, 1)
        tx.people.failed_at(person, blocked=False)
        tx.people.failed_at(person, blocked=False)
        return put(tx, person, state="sent", platform_id="wamid.1")

    hear(store, said(store.run(prepare), DELIVERED))
    assert store.run(lambda tx: tx.conn.execute(select(schema.address.c.failures)).scalar_one()) == 0


@pytest.mark.parametrize(
    ("code", "ends", "alerted", "paused"),
    [
        (131047, "queued", False, False),  # the window closed: again, as a template
        (131056, "queued", False, False),  # too many to her: later
        (131000, "queued", False, False),
        (130429, "queued", False, True),
        (131048, "queued", True, True),  # spam rate: hours, and a human
        (131031, "queued", True, True),  # the account is locked
        (132015, "queued", True, False),  # the template is paused
        (131026, "failed", False, False),
        (131049, "failed", False, False),
        (131051, "failed", False, False),
        (None, "failed", False, False),
        (987654, "failed", False, False),
    ],
)
def test_the_policy_table_decides_about_a_failure_that_comes_later_too(store, letter, code, ends, alerted, paused):
    store.run(add_admin)
    hear(store, said(letter, FAILED, code=code))
    assert state(store, letter) == ends
    assert bool(alerts(store)) is alerted
    assert bool(store.run(lambda tx: tx.accounts.paused_until("whatsapp"))) is paused
    hear(store, said(letter, FAILED, code=code))  # told twice
    assert state(store, letter) == ends
    assert alerts(store) <= 1


def test_a_closed_window_is_closed_for_the_next_letter_too(store: Store, letter: int):
    hear(store, said(letter, FAILED, code=131047))
    heard = store.run(lambda tx: tx.conn.execute(select(schema.address.c.heard)).scalar_one())
    assert (real_now() - heard).total_seconds() >= 24 * 3600 - 5


def test_what_fails_later_again_and_again_is_not_repeated_for_ever(store: Store):
    def prepare(tx: Tx) -> int:
        (person,) = people(tx, 1)
        return put(tx, person, state="sent", platform_id="wamid.1", attempts=5)

    letter = store.run(prepare)
    hear(store, said(letter, FAILED, code=131000))
    assert state(store, letter) == "failed"


def test_of_two_attempts_the_one_that_arrived_counts(store: Store):
    """The first answer was lost, so it went again; the failure of the first is old news."""

    def prepare(tx: Tx) -> int:
        (person,) = people(tx, 1)
        return put(tx, person, state="sent", platform_id="wamid.2", attempts=2)

    letter = store.run(prepare)
    hear(store, said(letter, FAILED, code=131026, wamid="wamid.1"))
    assert state(store, letter) == "sent"
    hear(store, said(letter, DELIVERED, wamid="wamid.2"))
    assert state(store, letter) == "delivered"


def test_a_status_that_comes_before_the_answer_keeps_its_place_and_the_words_are_kept(store: Store):
    def prepare(tx: Tx) -> int:
        (person,) = people(tx, 1)
        return put(tx, person, state="sending", fence=1, attempts=1)

    letter = store.run(prepare)
    hear(store, said(letter, READ))
    store.run(lambda tx: tx.sending.sent([(letter, "wamid.1", "Halo Ibu", None)]))
    found = row(store, letter)
    assert (found.state, found.platform_id, found.text) == ("read", "wamid.1", "Halo Ibu")


def test_a_thousand_statuses_in_any_order_end_where_they_should(store: Store):
    def prepare(tx: Tx) -> Sequence[int]:
        ids = people(tx, 100)
        return [put(tx, i, state="sent", platform_id=f"wamid.{i}") for i in ids]

    letters = store.run(prepare)
    dice = random.Random(5)
    updates = [said(i, s, wamid=f"wamid.{i}") for i in letters for s in (SENT, DELIVERED, READ)] * 4
    dice.shuffle(updates)
    for start in range(0, len(updates), 37):
        hear(store, *updates[start : start + 37])
    assert {state(store, i) for i in letters} == {"read"}


# --- what is said of templates, numbers and the account


def test_a_paused_template_is_told_once_and_an_approved_one_wakes_its_letters(store: Store):
    def prepare(tx: Tx) -> int:
        add_admin(tx)
        (*_, person) = people(tx, 1)
        waiting = put(tx, person, error="templat berhenti")
        tx.conn.execute(schema.outbox.update().values(not_before=tx.now.replace(year=tx.now.year + 1)))
        return waiting

    waiting = store.run(prepare)
    paused = Notice("message_template_status_update", "gangguan_pengiriman", "PAUSED", "low quality")
    hear(store, paused)
    hear(store, paused)
    assert alerts(store) == 1
    assert set(store.run(lambda tx: tx.accounts.stopped_templates())) == {"gangguan_pengiriman"}
    hear(store, Notice("message_template_status_update", "gangguan_pengiriman", "APPROVED"))
    assert store.run(lambda tx: tx.accounts.stopped_templates()) == {}
    assert row(store, waiting).not_before <= real_now()


def test_a_changed_number_takes_her_letters_along(store: Store):
    def prepare(tx: Tx) -> None:
        tx.conn.execute(insert(schema.address), {"channel": "whatsapp", "value": "62811000001"})

    store.run(prepare)
    hear(store, Notice("number_changed", "62811000001", "62811000999"))
    values = select(schema.address.c.value)
    assert store.run(lambda tx: tx.conn.execute(values).scalars().all()) == ["62811000999"]


@pytest.mark.parametrize(
    ("kind", "channel", "old", "new"),
    [
        ("number_changed", "whatsapp", "62811000001", "62811000999"),
        ("chat_migrated", "telegram", "-55", "-1009"),
    ],
)
def test_what_goes_on_under_an_address_that_wrote_first_takes_everything_along(
    store: Store, kind: str, channel: str, old: str, new: str
):
    def prepare(tx: Tx) -> tuple[int, int, int]:
        left, known = (tx.people.address_id(Address(channel, value)) for value in (old, new))
        tx.people.link_staff(tx.people.add_staff("Pak Budi", Role.PENDAMPING, None, "kelompok", 0), left)
        return left, known, put(tx, left)

    left, known, letter = store.run(prepare)
    for _ in "twice":
        hear(store, Notice(kind, old, new))
        assert row(store, letter).address_id == known
        who = store.run(lambda tx: tx.people.who(Address(channel, new)))
        assert (who.address_id, who.staff.name if who.staff else None) == (known, "Pak Budi")
        assert store.run(lambda tx: tx.people.who(Address(channel, old))).role is Role.UNKNOWN
    assert left != known


def test_the_account_alerts_and_the_rest_is_only_noted(store: Store):
    store.run(add_admin)
    with capture_logs() as lines:
        hear(store, Notice("status", "wamid", "warning"), Notice("user_preferences", "6281", "stop", "marketing"))
        hear(store, Notice("message_without_sender", "wamid.9"))
    assert alerts(store) == 0
    assert [line["event"] for line in lines] == ["notice"] * 3
    hear(store, Notice("account_update", "", "DISABLED_UPDATE"))
    assert alerts(store) == 1


async def test_one_status_that_cannot_be_kept_does_not_take_the_others_along(store: Store, letter: int, monkeypatch):
    from data.arrivals import Arrivals

    progress = Arrivals.progress

    def sometimes(self, updates):
        if any(u.platform_id == "wamid.poison" for u in updates):
            raise RuntimeError("a fault of ours")
        return progress(self, updates)

    monkeypatch.setattr(Arrivals, "progress", sometimes)
    with capture_logs() as lines:
        await receive_statuses(store, [said(None, READ, wamid="wamid.poison"), said(letter, READ)])
    assert state(store, letter) == "read"
    assert [line["event"] for line in lines] == ["status not kept"]


def test_a_deadlock_is_not_taken_for_poison(store: Store, letter: int, monkeypatch):
    """The transaction it broke is gone: only the whole batch can be repeated."""

    def deadlock(self, updates):
        raise OperationalError("UPDATE", {}, DeadlockDetected("deadlock detected"))

    monkeypatch.setattr("data.arrivals.Arrivals.progress", deadlock)
    with pytest.raises(StoreError):
        store.run(lambda tx: statuses._one_by_one(tx, [said(letter, READ)]))
    with pytest.raises(StoreError):
        asyncio.run(receive_statuses(store, [said(letter, READ)]))
    assert state(store, letter) == "sent"
