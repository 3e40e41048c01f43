"""The wall's clock jumps back and forth under the real sender: is each letter sent once, and what is stale never?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from data.store import Tx
from tests.support.databases import Opened
from tests.support.senders import Scripted, make_sender, people, put, real_now, sending, state, until

BACK, FORTH = timedelta(hours=-5), timedelta(days=2)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.dispatcher.sender.SWEEP", 0.1)
    monkeypatch.setattr("bot.dispatcher.sender.IDLE", 0.05)


async def test_letters_go_once_whatever_the_clock_does_and_a_stale_one_does_not_go(sqlite: Opened):
    store, channel, jumped = sqlite.store(), Scripted(), timedelta(0)
    store.clock = lambda: real_now() + jumped
    them = store.run(lambda tx: people(tx, 8))

    def letter(who: int, **more: timedelta) -> int:
        def write(tx: Tx) -> int:
            moments: dict[str, Any] = {name: tx.now + span for name, span in more.items()}
            return put(tx, them[who], **moments)

        return store.run(write)

    async with sending(make_sender(store, channel, alone=True)):
        before = letter(0)
        await until(lambda: before in channel.sent)
        waiting = letter(1, not_before=timedelta(seconds=30), expires=timedelta(hours=3))

        jumped = BACK
        now = letter(2)
        await until(lambda: now in channel.sent)
        assert waiting not in channel.sent  # its hour has not come, by this clock

        jumped = timedelta(minutes=1)
        await until(lambda: waiting in channel.sent)
        stale = letter(3, not_before=timedelta(hours=1), expires=timedelta(hours=2))

        jumped = FORTH
        later = letter(4)
        await until(lambda: later in channel.sent)
        await until(lambda: state(store, stale) == "expired")

        jumped = timedelta(0)
        after = letter(5)
        await until(lambda: after in channel.sent)
    assert channel.sent == [before, now, waiting, later, after]
    assert {state(store, one) for one in channel.sent} == {"sent"}
