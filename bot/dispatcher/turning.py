"""What does one transaction of a sender do? It keeps what came back since the last one, and takes what may go next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.dispatcher.carrying import Outcome, inherited, unsent
from bot.dispatcher.holding import Holding
from bot.dispatcher.settling import Settler
from data.sending import Claimed
from data.store import Tx
from messages.envelope import Priority

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a transaction is asked for."""

    done: Sequence[Outcome]
    one_by_one: bool
    """The last one failed: find out which outcome cannot be kept."""

    open: Set[int]
    """Letters that were taken here and are not settled."""

    urgent: int
    bulk: int
    """How many replies and changes, and how many others, are wanted."""

    seen: Sequence[Claimed]
    """What a look has found before."""

    look: bool
    skip: Set[int]
    """Addresses that may not hear another letter yet."""

    sweep: bool
    inherits: bool
    """Whether what a dead sender left behind may be decided about."""

    listen: bool
    """Whether to count what came in to any process."""


@dataclass(slots=True)
class Turn:
    """What it came to."""

    taken: list[Claimed] = field(default_factory=list)
    tried: frozenset[int] = frozenset()
    """Addresses of what was to be taken, whether or not it was."""

    seen: list[Claimed] | None = None
    flying: frozenset[int] | None = None
    stopped: dict[str, datetime] | None = None
    heard: int | None = None
    """How many events came in during the last second."""

    paused_until: datetime | None = None
    lost: bool = False


class Turner:
    """`page` is how many letters a look brings."""

    def __init__(self, holding: Holding, settler: Settler, kinds: Sequence[str], page: int) -> None:
        self.holding, self.settler, self.kinds, self.page = holding, settler, kinds, page

    def run(self, tx: Tx, wish: Wish) -> Turn:
        """In the writer's thread, and repeated whole where the database asks for it: it changes nothing of ours."""
        keep = self.settler.keep_each if wish.one_by_one else self.settler.keep
        keep(tx, wish.done)
        turn = Turn()
        held = self.holding.lease
        mine, paused_until = tx.accounts.may_send(held, self.holding.holder) if held else (False, None)
        if held is None or not mine:
            turn.lost = True
            return turn
        if wish.sweep:
            self._sweep(tx, wish, turn, held.fence)
        if paused_until is not None and paused_until > tx.now:
            turn.paused_until = paused_until
            return turn
        if paused_until is not None:
            tx.accounts.resume(self.holding.account)
        self._take(tx, wish, turn, held.fence)
        return turn

    def _take(self, tx: Tx, wish: Wish, turn: Turn, fence: int) -> None:
        """Replies and changes as they come; of the rest only what leaves within the next moment."""
        if wish.listen:
            turn.heard = tx.events.since(self.holding.account, tx.now - SECOND)
        urgent: list[Claimed] = []
        if wish.urgent > 0 or wish.look:
            # Letters of a template that may be used again come together with the news of it.
            turn.stopped = dict(tx.accounts.stopped_templates())
        if wish.urgent > 0:
            urgent = one_each(tx.sending.look(self.kinds, wish.urgent, Priority.CHANGE, wish.skip), wish.urgent, ())
        taken = tx.sending.take([one.letter.id for one in urgent], fence)
        seen = wish.seen
        if wish.look:
            due = tx.sending.something_due()
            seen = turn.seen = tx.sending.look(self.kinds, self.page, Priority.BROADCAST, wish.skip) if due else []
        bulk = one_each(seen, wish.bulk, {one.address_id for one in urgent} | wish.skip)
        taken |= tx.sending.take([one.letter.id for one in bulk], fence)
        turn.tried = frozenset(one.address_id for one in (*urgent, *bulk))
        turn.taken = [one.held(fence) for one in (*urgent, *bulk) if one.letter.id in taken]

    def _sweep(self, tx: Tx, wish: Wish, turn: Turn, fence: int) -> None:
        """Expire what came too late; decide about letters of which nobody knows whether they arrived."""
        tx.outbox.expire()
        flying = tx.sending.flying(self.kinds)
        turn.flying = frozenset(one.letter.id for one in flying)
        strange = [one for one in flying if one.letter.id not in wish.open]
        never_left = [unsent(one) for one in strange if one.fence == fence]
        orphans = [inherited(one) for one in strange if one.fence != fence and wish.inherits]
        self.settler.keep(tx, [*never_left, *orphans])


def one_each(letters: Iterable[Claimed], most: int, busy: Collection[int]) -> list[Claimed]:
    """The first letter of each address that is not busy, so many at most."""
    first: dict[int, Claimed] = {}
    for one in letters:
        if len(first) >= most:
            break
        if one.address_id not in busy:
            first.setdefault(one.address_id, one)
    return list(first.values())
