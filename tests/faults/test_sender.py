"""What becomes of letters when the platform, the database or another sender misbehaves? On both databases."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select, update

from bot.channels.base import Blames, Convert, Notice, Refused, TryLater, Unknown
from bot.channels.errors import MAX_TRIES
from bot.dispatcher import Spacing, carrying, holding
from bot.dispatcher.statuses import receive_statuses
from data import schema
from data.records import Consent, Role, Topic
from data.store import Store, StoreError, Tx
from messages.envelope import Address, Letter, Priority, Status, StatusUpdate
from tests.support.senders import (
    Scripted,
    make_sender,
    people,
    put,
    real_now,
    row,
    sending,
    state,
    states,
    until,
)


@pytest.fixture
def store(database) -> Store:
    """The sender lives in real time."""
    opened: Store = database.store()
    opened.clock = real_now
    return opened


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.errors.FIRST_BACK_OFF", 0.05)
    monkeypatch.setattr("bot.dispatcher.sender.SWEEP", 0.2)
    monkeypatch.setattr("bot.dispatcher.sender.IDLE", 0.1)
    monkeypatch.setattr(holding, "STAND_BY", 0.1)
    monkeypatch.setattr("bot.dispatcher.sender.STAND_BY", 0.1)


def told(store: Store, letter_id: int, status: Status, **more):
    """What Meta posts about a letter."""
    said = StatusUpdate("whatsapp", f"{letter_id}:{status}:{more}", "wamid.1", status, real_now(), letter_id, **more)
    return receive_statuses(store, [said])


def add_admin(tx: Tx) -> int:
    staff_id = tx.people.add_staff("Admin", Role.ADMIN, None, "kabupaten", 0)
    address_id = tx.people.address_id(Address("telegram", "900"))
    tx.people.link_staff(staff_id, address_id)
    return address_id


def alerts(store: Store) -> int:
    count = select(func.count()).where(schema.outbox.c.once.like("alert:%"))
    return store.run(lambda tx: tx.conn.execute(count).scalar_one())


# --- order


async def test_a_reply_overtakes_a_broadcast_that_waits(store: Store):
    ids = store.run(lambda tx: people(tx, 200))
    store.run(lambda tx: [put(tx, i, Priority.BROADCAST) for i in ids[:199]])
    channel = Scripted()
    sender = make_sender(store, channel, rate=100)
    async with sending(sender):
        await until(lambda: len(channel.sent) > 20)
        reply = await store.write(lambda tx: put(tx, ids[199], Priority.REPLY))
        before = len(channel.sent)
        sender.wake()
        await until(lambda: reply in channel.sent)
        assert channel.sent.index(reply) - before < 60  # of the 178 that still wait
    assert len(set(channel.sent)) == len(channel.sent)


async def test_replies_go_first_then_changes_then_the_rest(store: Store):
    ids = store.run(lambda tx: people(tx, 5))
    order = (Priority.BROADCAST, Priority.QUIZ, Priority.REMINDER, Priority.CHANGE, Priority.REPLY)
    letters = store.run(lambda tx: [put(tx, i, p) for i, p in zip(ids, order, strict=True)])
    channel = Scripted()
    async with sending(make_sender(store, channel, rate=20)):
        await until(lambda: len(channel.sent) == 5)
    assert channel.sent == letters[::-1]


async def test_letters_to_one_person_go_one_by_one_in_their_order_even_when_the_first_must_wait(store: Store):
    person, other = store.run(lambda tx: people(tx, 2))
    first, second, third = store.run(lambda tx: [put(tx, person) for _ in range(3)])
    elsewhere = store.run(lambda tx: put(tx, other))
    failed: list[int] = []

    def answer(letter: Letter):
        if letter.id == first and len(failed) < 2:
            failed.append(letter.id)
            return TryLater("busy", 0.05)
        return f"id.{letter.id}"

    channel = Scripted(answer)
    async with sending(make_sender(store, channel)):
        await until(lambda: set(states(store).values()) == {"sent"})
    assert [i for i in channel.sent if i != elsewhere] == [first, first, first, second, third]
    assert channel.sent.index(elsewhere) < channel.sent.index(second)


async def test_one_who_writes_a_hundred_times_does_not_keep_the_others_waiting(store: Store):
    flood, other = store.run(lambda tx: people(tx, 2))
    store.run(lambda tx: [put(tx, flood, Priority.REPLY) for _ in range(100)])
    quiet = store.run(lambda tx: put(tx, other, Priority.REPLY))
    channel = Scripted()
    async with sending(make_sender(store, channel, rate=50, spacing=Spacing(1.0, 3))):
        await until(lambda: quiet in channel.sent, 3)
        assert channel.sent.index(quiet) <= 4
        assert len(channel.sent) <= 8


async def test_what_is_under_way_is_bounded_and_room_is_kept_for_replies(store: Store):
    ids = store.run(lambda tx: people(tx, 120))
    store.run(lambda tx: [put(tx, i) for i in ids[:110]])
    opened = asyncio.Event()

    async def slow(letter: Letter) -> str:
        await opened.wait()
        return "id"

    channel = Scripted(slow)
    sender = make_sender(store, channel, rate=120)
    async with sending(sender):
        await until(lambda: channel.at_once >= sender.room * 0.75)
        await asyncio.sleep(0.3)
        assert channel.at_once <= sender.room * 0.75 + 1
        reply = await store.write(lambda tx: put(tx, ids[119], Priority.REPLY))
        sender.wake()
        await until(lambda: reply in channel.sent)
        opened.set()
        await until(lambda: len(channel.sent) == 111)


# --- no answer


async def test_without_an_answer_telegram_gets_a_reminder_again_and_a_broadcast_never(store: Store):
    ids = store.run(lambda tx: people(tx, 2))
    reminder = store.run(lambda tx: put(tx, ids[0], Priority.REMINDER))
    broadcast = store.run(lambda tx: put(tx, ids[1], Priority.BROADCAST))
    lost: set[int] = set()

    def answer(letter: Letter):
        if letter.id in lost:
            return "id"
        lost.add(letter.id)
        return Unknown("torn")

    channel = Scripted(answer)
    async with sending(make_sender(store, channel)):
        await until(lambda: state(store, reminder) == "sent" and state(store, broadcast) == "failed")
    assert sorted(channel.sent) == sorted([reminder, reminder, broadcast])
    assert "tidak diketahui" in row(store, broadcast).error


async def test_without_an_answer_whatsapp_waits_for_the_status_that_tells(store: Store):
    (person,) = store.run(lambda tx: people(tx, 1))
    first, second = store.run(lambda tx: [put(tx, person), put(tx, person)])
    channel = Scripted(lambda letter: Unknown("torn") if letter.id == first else "wamid.2")
    async with sending(make_sender(store, channel, news=30.0)):
        await until(lambda: channel.sent == [first])
        await asyncio.sleep(0.4)
        assert channel.sent == [first]  # nobody knows; her next one waits too
        await told(store, first, Status.SENT)
        await until(lambda: state(store, second) == "sent")
    assert channel.sent == [first, second]
    assert (state(store, first), row(store, first).platform_id) == ("sent", "wamid.1")


@pytest.mark.parametrize(
    ("priority", "ends", "tries"), [(Priority.REPLY, "sent", 2), (Priority.BROADCAST, "failed", 1)]
)
async def test_when_no_status_comes_whatsapp_gets_it_again_but_no_broadcast(store: Store, priority, ends, tries):
    (person,) = store.run(lambda tx: people(tx, 1))
    letter = store.run(lambda tx: put(tx, person, priority))
    channel = Scripted(lambda _: "id" if len(channel.sent) > 1 else Unknown("torn"))
    async with sending(make_sender(store, channel, news=0.3)):
        await until(lambda: state(store, letter) == ends)
    assert channel.sent == [letter] * tries


async def test_a_platform_that_never_answers_is_not_asked_for_ever(store: Store):
    (person,) = store.run(lambda tx: people(tx, 1))
    letter = store.run(lambda tx: put(tx, person))
    channel = Scripted(lambda _: Unknown("silence"))
    async with sending(make_sender(store, channel)):
        await until(lambda: state(store, letter) == "failed", 30)
    assert len(channel.sent) == MAX_TRIES


# --- busy, refused


async def test_a_letter_that_is_put_off_again_and_again_fails_after_its_tries(store: Store):
    (person,) = store.run(lambda tx: people(tx, 1))
    letter = store.run(lambda tx: put(tx, person))
    channel = Scripted(lambda _: TryLater("HTTP 500", 0.0))
    async with sending(make_sender(store, channel)):
        await until(lambda: state(store, letter) == "failed", 30)
    assert len(channel.sent) == MAX_TRIES
    assert row(store, letter).error == "HTTP 500"


async def test_when_the_platform_says_wait_everybody_waits_exactly_so_long_and_nothing_is_counted(store: Store):
    ids = store.run(lambda tx: people(tx, 30))
    letters = store.run(lambda tx: [put(tx, i) for i in ids])
    refusals: list[float] = []
    times: list[float] = []

    def answer(letter: Letter):
        if not refusals and len(times) >= 5:
            refusals.append(time.monotonic())
            return TryLater("retry after 1", 1.2, whole_account=True)
        times.append(time.monotonic())
        return "id"

    channel = Scripted(answer)
    async with sending(make_sender(store, channel, rate=30)):
        await until(lambda: set(states(store).values()) == {"sent"}, 20)
    later = [at for at in times if at > refusals[0] + 0.2]
    assert min(later) - refusals[0] >= 1.1
    assert len(later) >= 20
    assert [row(store, i).attempts for i in letters] == [1] * 30


async def test_a_pause_outlives_the_process(store: Store):
    ids = store.run(lambda tx: people(tx, 3))
    store.run(lambda tx: [put(tx, i) for i in ids])
    store.run(lambda tx: tx.accounts.pause("whatsapp", tx.now + timedelta(seconds=1), "131048"))
    channel = Scripted()
    begun = time.monotonic()
    async with sending(make_sender(store, channel)):
        await until(lambda: len(channel.sent) == 3)
    assert time.monotonic() - begun >= 0.9
    assert store.run(lambda tx: tx.accounts.paused_until("whatsapp")) is None


async def test_a_fault_of_the_account_stops_it_and_tells_the_admin_once(store: Store):
    ids = store.run(lambda tx: people(tx, 20))
    letters = store.run(lambda tx: [put(tx, i) for i in ids])
    store.run(add_admin)
    channel = Scripted(lambda _: Refused("token expired", Blames.ACCOUNT, code=190))
    async with sending(make_sender(store, channel, rate=50)):
        await until(lambda: alerts(store) == 1)
        tried = len(channel.sent)
        await asyncio.sleep(0.5)
        assert len(channel.sent) == tried < 6
    assert {state(store, i) for i in letters} == {"queued"}
    assert {row(store, i).attempts for i in letters} == {0}
    assert alerts(store) == 1
    assert store.run(lambda tx: tx.accounts.paused_until("whatsapp")) is not None


async def test_a_new_process_tries_an_account_that_was_refused_once_and_keeps_a_pause_of_the_platform(store: Store):
    (person,) = store.run(lambda tx: people(tx, 1))
    letter = store.run(lambda tx: put(tx, person))
    refusing = Scripted(lambda _: Refused("token expired", Blames.ACCOUNT, code=190))
    for tried in (1, 2):  # nothing was mended between the two
        async with sending(make_sender(store, refusing)):
            await asyncio.sleep(0.3)
        assert len(refusing.sent) == tried
        assert store.run(lambda tx: tx.accounts.paused_until("whatsapp")) is not None
    async with sending(make_sender(store, Scripted())):
        await until(lambda: state(store, letter) == "sent")
    store.run(lambda tx: tx.accounts.pause("whatsapp", tx.now + timedelta(hours=1), "131048"))
    waiting = store.run(lambda tx: put(tx, person))
    async with sending(make_sender(store, Scripted())):
        await asyncio.sleep(0.3)
    assert state(store, waiting) == "queued"


async def test_a_stopped_template_stops_its_letters_with_one_alert_and_the_others_go_on(store: Store):
    ids = store.run(lambda tx: people(tx, 40))
    outside = store.run(lambda tx: [put(tx, i) for i in ids[:30]])
    inside = store.run(lambda tx: [put(tx, i) for i in ids[30:]])
    never = update(schema.address).where(schema.address.c.id.in_(ids[:30])).values(heard=None)
    store.run(lambda tx: tx.conn.execute(never))
    store.run(add_admin)
    shut = True

    def answer(letter: Letter):
        return Refused("paused", Blames.TEMPLATE, code=132015) if shut and letter.heard is None else "id"

    channel = Scripted(answer)
    async with sending(make_sender(store, channel, rate=100)):
        await until(lambda: {state(store, i) for i in inside} == {"sent"})
        await until(lambda: {state(store, i) for i in outside} == {"queued"})
        refused = sum(i in outside for i in channel.sent)
        assert refused <= 10
        await receive_statuses(store, [Notice("message_template_status_update", "gangguan_pengiriman", "PAUSED", "")])
        assert alerts(store) == 1  # the refusals and the notice tell of the same thing
        shut = False
        await receive_statuses(store, [Notice("message_template_status_update", "gangguan_pengiriman", "APPROVED", "")])
        await until(lambda: {state(store, i) for i in outside} == {"sent"})
    assert sum(i in outside for i in channel.sent) == 30 + refused


async def test_after_its_rest_one_letter_tries_a_stopped_template_for_all(store: Store, monkeypatch):
    monkeypatch.setattr(carrying, "TEMPLATE_RESTS", timedelta(seconds=0.6))
    monkeypatch.setattr("bot.dispatcher.settling.TEMPLATE_RESTS", timedelta(seconds=0.6))
    monkeypatch.setattr(carrying, "TRIAL", timedelta(seconds=0.5))
    ids = store.run(lambda tx: people(tx, 10))
    store.run(lambda tx: tx.conn.execute(update(schema.address).values(heard=None)))
    letters = store.run(lambda tx: [put(tx, i) for i in ids])
    store.run(lambda tx: tx.accounts.keep_template("gangguan_pengiriman", "PAUSED", "", tx.now))
    channel = Scripted(lambda _: "id" if len(channel.sent) > 1 else Refused("paused", Blames.TEMPLATE, code=132015))
    async with sending(make_sender(store, channel, rate=20)):
        await asyncio.sleep(0.4)
        assert channel.sent == []
        await until(lambda: len(channel.sent) == 1, 5)
        await until(lambda: {state(store, i) for i in letters} == {"sent"}, 10)
    assert len(channel.sent) == 11
    assert store.run(lambda tx: tx.accounts.stopped_templates()) == {}


async def test_one_who_blocked_us_is_tried_once_whatever_else_waits_for_her(store: Store):
    (person,) = store.run(lambda tx: people(tx, 1))
    letters = store.run(lambda tx: [put(tx, person) for _ in range(5)])
    channel = Scripted(lambda _: Refused("blocked", Blames.PERSON, code=403, blocked=True))
    async with sending(make_sender(store, channel)):
        await until(lambda: {state(store, i) for i in letters} == {"failed"})
    assert channel.sent == letters[:1]
    assert all(row(store, i).error for i in letters)


async def test_after_a_permanent_failure_her_other_number_is_used_once(store: Store):
    first, second = store.run(lambda tx: people(tx, 2))

    def added(tx: Tx, table: Table, **values: Any) -> int:
        return int(tx.conn.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())

    def settle(tx: Tx) -> int:
        kabupaten = added(tx, schema.kabupaten, name="B", zone="Asia/Makassar", office="D")
        kecamatan = added(tx, schema.kecamatan, kabupaten_id=kabupaten, name="K")
        village = added(tx, schema.desa, kecamatan_id=kecamatan, name="D")
        group = added(tx, schema.kelompok, desa_id=village, name="M")
        family = added(tx, schema.kpm, kelompok_id=group, name="Siti")
        for address_id in (first, second):
            tx.people.link_kpm(family, address_id)
            tx.people.keep_consent(address_id, Topic.MEETINGS, Consent.YES, "v1")
        letter = put(tx, first, unasked=True)
        tx.conn.execute(insert(schema.outbox_kpm).values(outbox_id=letter, kpm_id=family))
        return letter

    letter = store.run(settle)
    channel = Scripted(lambda _: Refused("undeliverable", Blames.PERSON, code=131026))
    async with sending(make_sender(store, channel)):
        await until(lambda: state(store, letter) == "failed")
    assert len(channel.sent) == 2
    assert row(store, letter).address_id == second


async def test_a_letter_whose_chat_moved_to_one_we_know_goes_there_at_the_second_try(store: Store):
    left, known = store.run(lambda tx: people(tx, 2))
    letters = store.run(lambda tx: [put(tx, left), put(tx, left)])
    values: list[str] = []

    def answer(letter: Letter) -> object:
        values.append(letter.address.value)
        dead = letter.address.value == "62811000001"
        return Refused("moved", Blames.PERSON, migrated_to="62811000002") if dead else f"id.{letter.id}"

    async with sending(make_sender(store, Scripted(answer))):
        await until(lambda: {state(store, letter) for letter in letters} == {"sent"})
    assert values == ["62811000001", "62811000002", "62811000002"]
    assert {row(store, letter).address_id for letter in letters} == {known}


async def test_a_window_that_closed_meanwhile_turns_the_letter_into_its_template(store: Store):
    (person,) = store.run(lambda tx: people(tx, 1))
    first, second = store.run(lambda tx: [put(tx, person), put(tx, person)])
    channel = Scripted()
    channel.answer = lambda _: "id" if channel.bodies[-1].template else Convert("131047")
    async with sending(make_sender(store, channel)):
        await until(lambda: set(states(store).values()) == {"sent"})
    assert channel.sent == [first, first, second]  # the second one knows already
    assert channel.bodies[-1].template == "gangguan_pengiriman"


async def test_what_came_too_late_is_never_sent(store: Store):
    a, b = store.run(lambda tx: people(tx, 2))
    late = store.run(lambda tx: put(tx, a, expires=tx.now - timedelta(seconds=1)))
    soon = store.run(lambda tx: put(tx, b, expires=tx.now + timedelta(hours=1)))
    channel = Scripted()
    async with sending(make_sender(store, channel)):
        await until(lambda: state(store, soon) == "sent" and state(store, late) == "expired")
    assert channel.sent == [soon]


async def test_what_is_cancelled_while_it_waits_is_never_sent(store: Store):
    ids = store.run(lambda tx: people(tx, 100))
    letters = store.run(lambda tx: [put(tx, i, about="meeting:9") for i in ids])
    channel = Scripted()
    async with sending(make_sender(store, channel, rate=50)):
        await until(lambda: len(channel.sent) >= 3)
        await store.write(lambda tx: tx.outbox.cancel_about("meeting:9"))
        await asyncio.sleep(0.3)
        assert len(channel.sent) < 20
    cancelled = {i for i, s in states(store).items() if s == "cancelled"}
    assert cancelled == set(letters) - set(channel.sent)


# --- our own faults


async def test_a_letter_that_cannot_be_rendered_fails_alone(store: Store):
    ids = store.run(lambda tx: people(tx, 3))
    poison = store.run(lambda tx: put(tx, ids[0], key="no.such.key"))
    lacking = store.run(lambda tx: put(tx, ids[1], params={}))
    good = store.run(lambda tx: put(tx, ids[2]))
    channel = Scripted()
    async with sending(make_sender(store, channel)):
        await until(lambda: state(store, good) == "sent" and state(store, poison) == "failed")
        await until(lambda: state(store, lacking) == "failed")
    assert channel.sent == [good]


async def test_an_outcome_that_cannot_be_kept_does_not_stop_the_others(store: Store, monkeypatch):
    ids = store.run(lambda tx: people(tx, 4))
    letters = store.run(lambda tx: [put(tx, i) for i in ids])

    def answer(letter: Letter):
        return Refused("moved", Blames.PERSON) if letter.id == letters[1] else "id"

    def broken(*_args, **_more):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("data.people.People.failed_at", broken)
    channel = Scripted(answer)
    async with sending(make_sender(store, channel)):
        await until(lambda: sorted(states(store).values()) == ["failed", "sent", "sent", "sent"])
    assert state(store, letters[1]) == "failed"
    assert len(channel.sent) == 4


async def test_what_was_sent_while_the_database_was_away_is_not_sent_again(store: Store, monkeypatch):
    ids = store.run(lambda tx: people(tx, 30))
    letters = store.run(lambda tx: [put(tx, i) for i in ids])
    channel = Scripted()
    sender = make_sender(store, channel, rate=60)
    write, away = store.write, False

    async def sometimes(work, otherwise=None):
        if away:
            await asyncio.sleep(0.01)
            raise StoreError("the disk is full")
        return await write(work, otherwise)

    monkeypatch.setattr(store, "write", sometimes)
    async with sending(sender):
        for _ in range(3):
            await until(lambda: len(channel.sent) >= 5)
            away = True
            await asyncio.sleep(0.3)
            assert not sender.healthy
            away = False
        await until(lambda: {state(store, i) for i in letters} == {"sent"}, 20)
        assert sender.healthy
    assert sorted(channel.sent) == sorted(letters)


# --- leaving in good order


async def test_asked_to_stop_it_finishes_what_is_under_way_and_gives_the_rest_back(store: Store):
    ids = store.run(lambda tx: people(tx, 100))
    store.run(lambda tx: [put(tx, i) for i in ids])

    async def slow(letter: Letter) -> str:
        await asyncio.sleep(0.2)
        return "id"

    channel = Scripted(slow)
    sender = make_sender(store, channel, rate=100)
    async with sending(sender):
        await until(lambda: channel.at_once >= 5)
        begun = time.monotonic()
    assert time.monotonic() - begun < 3.0
    found = states(store)
    assert {i for i, s in found.items() if s == "sent"} == set(channel.sent)
    assert set(found.values()) == {"sent", "queued"}
    given_back = [i for i, s in found.items() if s == "queued"]
    assert {row(store, i).attempts for i in given_back} == {0}
    assert not store.run(lambda tx: tx.accounts.held("whatsapp", real_now()))


async def test_a_request_that_hangs_does_not_keep_it_from_stopping(store: Store, monkeypatch):
    monkeypatch.setattr("bot.dispatcher.sender.STOP_WITHIN", 0.3)
    (person,) = store.run(lambda tx: people(tx, 1))
    letter = store.run(lambda tx: put(tx, person))

    async def hang(_: Letter) -> str:
        await asyncio.sleep(60)
        return "id"

    channel = Scripted(hang)
    begun = time.monotonic()
    async with sending(make_sender(store, channel)):
        await until(lambda: channel.at_once == 1)
    assert time.monotonic() - begun < 5.0
    assert state(store, letter) == "sending"  # in doubt, as it is; the next sender decides


async def test_nothing_to_do_costs_next_to_nothing(store: Store, monkeypatch):
    monkeypatch.setattr("bot.dispatcher.sender.IDLE", 1.0)
    store.run(lambda tx: people(tx, 1))
    async with sending(make_sender(store, Scripted(), kinds=("whatsapp",))):
        await asyncio.sleep(2.0)
        commits = store.commits
        await asyncio.sleep(2.0)
        assert store.commits - commits <= 5
