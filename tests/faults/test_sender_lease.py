"""Does exactly one process send? Fences, leases, zombies, and what a dead one leaves behind."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.channels.base import TryLater
from bot.dispatcher import holding
from bot.dispatcher.carrying import MOST_TAKEN
from bot.dispatcher.holding import Holding
from data import schema
from data.store import Store
from messages.envelope import Letter, Priority
from tests.support.senders import Scripted, make_sender, people, put, real_now, row, sending, state, states, until


@pytest.fixture
def two(database) -> tuple[Store, Store]:
    """Two processes on one database."""
    stores = database.store(), database.store()
    for store in stores:
        store.clock = real_now
    return stores


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "LEASE", timedelta(seconds=1.5))
    monkeypatch.setattr(holding, "RENEW", 0.3)
    monkeypatch.setattr(holding, "MARGIN", 0.3)
    monkeypatch.setattr("bot.dispatcher.sender.STAND_BY", 0.1)
    monkeypatch.setattr("bot.dispatcher.sender.SWEEP", 0.2)
    monkeypatch.setattr("bot.channels.errors.FIRST_BACK_OFF", 0.05)


async def test_of_two_only_one_sends_and_the_other_takes_over_at_once_after_a_clean_stop(two):
    ids = two[0].run(lambda tx: people(tx, 60))
    two[0].run(lambda tx: [put(tx, i) for i in ids[:30]])
    one, other = Scripted(), Scripted()
    async with sending(make_sender(two[0], one, rate=100)) as stop:
        await until(lambda: len(one.sent) > 0)
        async with sending(make_sender(two[1], other, rate=100)):
            await until(lambda: set(states(two[0]).values()) == {"sent"})
            assert other.sent == []
            stop.set()
            two[0].run(lambda tx: [put(tx, i) for i in ids[30:]])
            await until(lambda: set(states(two[0]).values()) == {"sent"}, 3)
    assert len(one.sent) + len(other.sent) == 60
    assert len(other.sent) > 0


async def test_one_that_falls_silent_is_followed_when_its_lease_is_over_and_not_before(two):
    ids = two[0].run(lambda tx: people(tx, 1))
    dead = Holding(two[0], "whatsapp", alone=False)
    assert await dead.take()
    two[0].run(lambda tx: put(tx, ids[0]))
    channel = Scripted()
    async with sending(make_sender(two[1], channel)):
        await asyncio.sleep(0.8)
        assert channel.sent == []
        await until(lambda: len(channel.sent) == 1, 5)


async def test_a_zombie_that_wakes_after_its_lease_sends_nothing(two, monkeypatch):
    """The process slept (a laptop's lid, a frozen machine): its lease has passed to another one meanwhile."""
    ids = two[0].run(lambda tx: people(tx, 40))
    two[0].run(lambda tx: [put(tx, i) for i in ids])
    zombie, heir = Scripted(), Scripted()
    sleeper = make_sender(two[0], zombie, rate=10)
    async with sending(sleeper):
        await until(lambda: len(zombie.sent) >= 2)
        monkeypatch.setattr(sleeper.holding, "keep", lambda: asyncio.sleep(60))
        frozen = two[0].write

        async def never(work, otherwise=None):
            await asyncio.sleep(2.5)
            return await frozen(work, otherwise)

        monkeypatch.setattr(two[0], "write", never)
        await until(lambda: not sleeper.holding.mine(), 5)
        sent = len(zombie.sent)
        async with sending(make_sender(two[1], heir, rate=200)):
            await until(lambda: set(states(two[1]).values()) == {"sent"}, 20)
        assert len(zombie.sent) == sent
    assert {*zombie.sent, *heir.sent} == set(states(two[1]))
    # Only what it had sent and could not tell any more went out twice.
    assert len(zombie.sent) + len(heir.sent) - len(states(two[1])) <= 12


async def test_a_zombie_cannot_take_even_when_it_believes_the_lease_is_its_own(two):
    ids = two[0].run(lambda tx: people(tx, 3))
    letters = two[0].run(lambda tx: [put(tx, i) for i in ids])
    zombie = Scripted()
    sender = make_sender(two[0], zombie)
    assert await sender.holding.take()
    heir = Holding(two[1], "whatsapp", alone=True)
    assert await heir.take()
    wish = sender._wish()
    turn = two[0].run(lambda tx: sender.turner.run(tx, wish))
    assert turn.lost
    assert turn.taken == []
    assert {state(two[0], i) for i in letters} == {"queued"}


async def test_what_a_zombie_says_late_undoes_nothing_but_the_truth_is_kept(two):
    """It asks for another try of what the heir is sending just now; and of another letter it knows that it arrived."""
    ids = two[0].run(lambda tx: people(tx, 2))
    busy, arrived = two[0].run(lambda tx: [put(tx, i) for i in ids])
    answers = asyncio.Event()

    async def late(letter: Letter):
        await answers.wait()
        return TryLater("busy", 0.0) if letter.id == busy else "wamid.truth"

    sender = make_sender(two[0], Scripted(late))
    async with sending(sender):
        await until(lambda: len(sender._flying) == 2)
        heir = Holding(two[1], "whatsapp", alone=True)
        assert await heir.take()
        theirs = update(schema.outbox).values(fence=heir.fence)
        two[1].run(lambda tx: tx.conn.execute(theirs))
        answers.set()
        await until(lambda: not sender._done and not sender._flying)
        await until(lambda: state(two[0], arrived) == "sent")
        assert state(two[0], busy) == "sending"
        assert row(two[0], arrived).platform_id == "wamid.truth"


async def test_what_a_dead_sender_had_taken_is_sent_again_but_no_broadcast(two):
    ids = two[0].run(lambda tx: people(tx, 3))
    reminder, reply, broadcast = two[0].run(
        lambda tx: [put(tx, ids[0]), put(tx, ids[1], Priority.REPLY), put(tx, ids[2], Priority.BROADCAST)]
    )
    dead = Holding(two[0], "whatsapp", alone=False)
    assert await dead.take()
    assert len(two[0].run(lambda tx: tx.sending.take([reminder, reply, broadcast], dead.fence))) == 3
    channel = Scripted()
    async with sending(make_sender(two[1], channel, longest=0.5)):
        await until(lambda: {state(two[0], i) for i in (reminder, reply)} == {"sent"}, 10)
        await until(lambda: state(two[0], broadcast) == "failed")
    assert sorted(channel.sent) == [reminder, reply]


async def test_whoever_is_alone_need_not_wait_for_a_dead_ones_lease(two):
    ids = two[0].run(lambda tx: people(tx, 1))
    dead = Holding(two[0], "whatsapp", alone=True)
    assert await dead.take()
    letter = two[0].run(lambda tx: put(tx, ids[0]))
    two[0].run(lambda tx: tx.sending.take([letter], dead.fence))
    channel = Scripted()
    async with sending(make_sender(two[1], channel, longest=60, alone=True)):
        await until(lambda: state(two[0], letter) == "sent", 1.2)


async def test_dying_again_and_again_costs_a_letter_no_try_yet_not_for_ever(two):
    """Twenty times somebody took it and died: if it is the letter that kills, it ends here."""
    ids = two[0].run(lambda tx: people(tx, 2))
    unlucky, deadly = two[0].run(lambda tx: [put(tx, i) for i in ids])
    flying = update(schema.outbox).values(state="sending", fence=0)
    two[0].run(lambda tx: tx.conn.execute(flying.where(schema.outbox.c.id == unlucky).values(attempts=12)))
    two[0].run(lambda tx: tx.conn.execute(flying.where(schema.outbox.c.id == deadly).values(attempts=MOST_TAKEN)))
    channel = Scripted()
    async with sending(make_sender(two[1], channel, alone=True)):
        await until(lambda: states(two[0]) == {unlucky: "sent", deadly: "failed"})
    assert channel.sent == [unlucky]


async def test_a_letter_of_ours_that_nobody_carries_never_left_and_goes_again_broadcasts_too(two):
    """The answer to our commit was lost: it was taken, and nobody here knows of it."""
    ids = two[0].run(lambda tx: people(tx, 1))
    letter = two[0].run(lambda tx: put(tx, ids[0], Priority.BROADCAST, not_before=real_now() + timedelta(hours=1)))
    channel = Scripted()
    sender = make_sender(two[0], channel)
    async with sending(sender):
        await until(lambda: sender.holding.mine())
        lost = update(schema.outbox).values(state="sending", fence=sender.holding.fence, attempts=1)
        two[0].run(lambda tx: tx.conn.execute(lost))
        await until(lambda: state(two[0], letter) == "sent")
    assert channel.sent == [letter]
    assert row(two[0], letter).attempts == 1


async def test_leases_of_a_server_are_measured_by_its_clock(on_postgres):
    store = on_postgres.store()
    fast, slow = real_now() + timedelta(hours=3), real_now() - timedelta(hours=3)
    first = store.run(lambda tx: tx.accounts.take("whatsapp", "a", slow, timedelta(seconds=30)))
    assert first
    assert store.run(lambda tx: tx.accounts.take("whatsapp", "b", fast, timedelta(seconds=30))) is None
    until_ = store.run(lambda tx: tx.conn.execute(select(schema.lease.c.until)).scalar_one())
    assert abs(until_ - real_now()) < timedelta(minutes=1)
