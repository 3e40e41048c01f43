"""What do statuses come to, in whatever order and however often a platform tells them?"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import func, insert, select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.channels.base import Notice, TryLater
from bot.channels.errors import whatsapp_error
from bot.dispatcher import statuses
from bot.dispatcher.statuses import keep_all, receive_statuses
from data import schema
from data.records import Consent, Role, Topic
from data.store import Store, StoreError, Tx
from messages.envelope import Address, Status, StatusUpdate
from tests.support.senders import Scripted, make_sender, people, put, real_now, row, sending, state, states, until

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


def add_family(tx: Tx, address_ids: Sequence[int]) -> int:
    """One that agreed on all of these numbers."""
    places = {"kabupaten": {"zone": "Asia/Makassar", "office": "D"}, "kecamatan": {}, "desa": {}, "kelompok": {}}
    above, added = "", 0
    for table, values in {**places, "kpm": {}}.items():
        inside = {f"{above}_id": added} if above else {}
        adding = insert(schema.metadata.tables[table]).returning(schema.metadata.tables[table].c.id)
        added = tx.conn.execute(adding, {"name": "Siti", **values, **inside}).scalar_one()
        above = table
    for address_id in address_ids:
        tx.people.link_kpm(added, address_id)
        tx.people.keep_consent(address_id, Topic.MEETINGS, Consent.YES, "v1")
    return added


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
        (131050, "failed", False, False),
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


@pytest.mark.parametrize("way", ["answer", "status", "notice"])
async def test_who_stops_our_letters_in_whatsapp_is_left_in_peace_and_is_no_dead_number(store: Store, way: str):
    def prepare(tx: Tx) -> tuple[list[int], list[int]]:
        both = people(tx, 2)
        sent: dict[str, Any] = {"state": "sent", "platform_id": "wamid.1"} if way != "answer" else {}
        later = tx.now + timedelta(hours=1)
        letters = [put(tx, both[0], unasked=True, **sent)]
        letters += [put(tx, both[0], unasked=unasked, not_before=later) for unasked in (True, True, False)]
        family = add_family(tx, both)
        tx.conn.execute(insert(schema.outbox_kpm), [{"outbox_id": i, "kpm_id": family} for i in letters])
        return both, letters

    (hers, other), letters = store.run(prepare)
    for _ in range(2):
        match way:
            case "answer":
                channel = Scripted(lambda _: whatsapp_error(131050, "User has stopped marketing messages"))
                async with sending(make_sender(store, channel)):
                    await until(lambda: state(store, letters[0]) == "failed")
            case "status":
                hear(store, said(letters[0], FAILED, code=131050))
            case _:
                hear(store, Notice("user_preferences", "62811000001", "resume", "marketing_messages"))
                hear(store, Notice("user_preferences", "62811000001", "stop", "marketing_messages"))
    first = "sent" if way == "notice" else "failed"
    assert [state(store, i) for i in letters] == [first, "cancelled", "cancelled", "queued"]
    if way != "notice":
        assert row(store, letters[0]).error.startswith("131050")
    assert {row(store, i).address_id for i in letters} == {hers}
    consents = store.run(lambda tx: [tx.people.consent_of(i, Topic.MEETINGS) for i in (hers, other)])
    assert consents == [Consent.STOPPED, Consent.YES]
    failures = select(func.sum(schema.address.c.failures))
    assert store.run(lambda tx: tx.conn.execute(failures).scalar_one()) == 0
    assert len(store.run(lambda tx: tx.audit.of(f"address:{hers}"))) == 1


async def test_a_pause_that_a_status_tells_stops_what_was_taken_and_is_one_lesson(store: Store, monkeypatch):
    monkeypatch.setattr("bot.dispatcher.sender.AHEAD", 0.5)
    letters = store.run(lambda tx: [put(tx, i) for i in people(tx, 60)])
    channel = Scripted()
    sender = make_sender(store, channel, rate=40)
    async with sending(sender):
        await until(lambda: list(states(store).values()).count("sent") >= 2 and len(sender._ready) > 5)
        refused = [i for i in letters if state(store, i) == "sent"][:2]
        for letter in refused:
            updates = [said(letter, FAILED, code=130429, wamid=f"id.{letter}")]
            await receive_statuses(store, updates)
            sender.wake()
        await until(lambda: sender.pacer.learned < 1.0)
        gone = len(channel.sent)
        await until(lambda: set(states(store).values()) == {"queued", "sent"})
        await asyncio.sleep(0.3)
        assert len(channel.sent) == gone < 50
        assert sender.pacer.learned == pytest.approx(0.95, abs=0.01)
        assert sender.pacer.wait() > 1.0


async def test_a_pause_of_its_own_is_no_second_lesson(store: Store, monkeypatch):
    """The next transaction reads what it has just written, when that short pause is over already."""
    store.run(lambda tx: put(tx, people(tx, 1)[0]))
    channel = Scripted(lambda _: "id" if len(channel.sent) > 1 else TryLater("busy", 0.1, whole_account=True))
    sender = make_sender(store, channel)
    write = store.write

    async def slow(work, otherwise=None):
        found = await write(work, otherwise)
        await asyncio.sleep(0.15)
        return found

    async with sending(sender):
        await until(sender.holding.mine)
        monkeypatch.setattr(store, "write", slow)
        await until(lambda: len(channel.sent) == 2)
        assert sender.pacer.learned == pytest.approx(0.95, abs=0.01)


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
    for word in ("PENDING", "IN_APPEAL", "FLAGGED", "LIMIT_EXCEEDED", "ARCHIVED", "PENDING_DELETION", "DELETED"):
        hear(store, Notice("message_template_status_update", "gangguan_pengiriman", word))
        assert "gangguan_pengiriman" in store.run(lambda tx: tx.accounts.stopped_templates())
    assert row(store, waiting).not_before > real_now()
    hear(store, Notice("message_template_status_update", "gangguan_pengiriman", "APPROVED"))
    assert store.run(lambda tx: tx.accounts.stopped_templates()) == {}
    assert row(store, waiting).not_before <= real_now()


def test_a_template_is_told_of_once_whether_a_status_or_the_notice_says_it(store: Store, letter: int):
    store.run(add_admin)
    hear(store, said(letter, FAILED, code=132015))
    hear(store, Notice("message_template_status_update", "gangguan_pengiriman", "PAUSED", "low quality"))
    assert alerts(store) == 1


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
        hear(store, Notice("status", "wamid", "warning"), Notice("user_preferences", "6281", "resume", "marketing"))
        hear(store, Notice("message_without_sender", "wamid.9"))
    assert alerts(store) == 0
    assert [line["event"] for line in lines] == ["notice"] * 3
    hear(store, Notice("account_update", "", "DISABLED_UPDATE"))
    assert alerts(store) == 1


def test_an_alert_names_its_template_and_of_a_number_its_last_digits(store: Store):
    store.run(add_admin)
    for _ in range(2):
        for name in ("undangan_p2k2", "pengingat_p2k2"):
            hear(store, Notice("template_category_update", name, "MARKETING", "UTILITY"))
        hear(store, Notice("phone_number_quality_update", "+62 811-000-9999", "DOWNGRADE", "TIER_250"))
    params = select(schema.outbox.c.params).order_by(schema.outbox.c.id)
    assert [told["why"] for told in store.run(lambda tx: tx.conn.execute(params).scalars().all())] == [
        "undangan_p2k2: template_category_update: MARKETING UTILITY",
        "pengingat_p2k2: template_category_update: MARKETING UTILITY",
        "…9999: phone_number_quality_update: DOWNGRADE TIER_250",
    ]


@pytest.mark.parametrize(
    ("heard", "blocked", "channel"),
    [(True, False, "telegram"), (True, True, "whatsapp"), (False, False, "whatsapp")],
)
def test_an_alert_about_an_account_takes_another_channel_where_the_admin_has_one(
    store, letter, heard, blocked, channel
):
    def prepare(tx: Tx) -> None:
        add_admin(tx)
        (admin,) = tx.people.every_staff()
        heard_last = tx.people.hear(Address("whatsapp", "62811000900"), tx.now)
        tx.people.link_staff(admin.id, heard_last.address_id)
        if heard:
            tx.people.hear(Address("telegram", "900"), tx.now - timedelta(days=1))
        tx.people.block(Address("telegram", "900"), blocked)

    store.run(prepare)
    hear(store, said(letter, FAILED, code=131031))
    told = select(schema.outbox.c.channel).where(schema.outbox.c.once.like("alert:%"))
    assert store.run(lambda tx: tx.conn.execute(told).scalars().all()) == [channel]


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
