"""How does the simulator send? Everything that is due, at once and in order; nobody paces a page in a browser."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.base import Channel
from bot.dispatcher.carrying import Carrier, MakeFile, Result
from bot.dispatcher.settling import Settler
from bot.dispatcher.turning import one_each
from data.sending import Claimed
from data.store import Store, Tx
from messages.envelope import Priority

AT_ONCE = 64
NO_FENCE = 0
"""There is no other sender."""


class Dispatcher:
    def __init__(self, store: Store, channel: Channel, channels: Sequence[str], make_file: MakeFile) -> None:
        self.store, self.channels = store, tuple(channels)
        self.carrier = Carrier(store, channel, make_file)
        self.settler = Settler(channel.name, dict.fromkeys(channels, True))

    async def drain(self) -> int:
        """Send everything that is due now; returns how many letters went out."""
        sent = 0
        while claimed := await self.store.write(self._claim):
            outcomes = [await self.carrier.carry(one) for one in claimed]
            await self.store.write(lambda tx, done=outcomes: self.settler.keep(tx, done))  # type: ignore[misc]
            sent += sum(outcome.result is Result.SENT for outcome in outcomes)
        return sent

    def _claim(self, tx: Tx) -> list[Claimed]:
        tx.outbox.expire()
        first = one_each(tx.sending.look(self.channels, AT_ONCE, Priority.BROADCAST), AT_ONCE, ())
        taken = tx.sending.take([one.letter.id for one in first], NO_FENCE)
        return [one for one in first if one.letter.id in taken]
