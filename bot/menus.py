"""Which /words does each Telegram chat see? Compared with the roster every minute, for roles come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

import structlog

from bot.channels.base import ChannelError, TryLater
from bot.channels.telegram import Telegram
from bot.waiting import first_of
from data.records import Role
from data.store import Store, StoreError
from handlers.registration import commands_for
from messages.envelope import Address

log = structlog.get_logger()

EVERY = 60.0
"""Seconds between two looks."""

Call = Callable[[], Coroutine[Any, Any, None]]


class Menus:
    """Remembers what was set, in memory: a new process sets every menu of the staff once again."""

    def __init__(self, store: Store, channel: Telegram) -> None:
        self.store, self.channel = store, channel
        self._set: dict[Address | None, Role] = {}
        """None stands for everybody who has no menu of her own."""

        self._waiting = 0

    async def run(self, stop: asyncio.Event) -> None:
        await first_of(self._look_again(), stop.wait())

    async def _look_again(self) -> None:
        while True:
            try:
                await self.look()
            except StoreError as fault:
                log.warning("menus wait for the database", fault=str(fault))
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Set what differs. A chat that refuses keeps nobody else waiting and is asked again at the next look."""
        chats = await self.store.write(lambda tx: tx.people.staff_chats(self.channel.name))
        waiting, why = 0, ""
        for chat, role, call in self._changes(chats):
            try:
                await call()
            except ChannelError as fault:
                waiting, why = waiting + 1, type(fault).__name__
                if isinstance(fault, TryLater) and fault.whole_account:
                    break
            else:
                if role is None:
                    del self._set[chat]
                else:
                    self._set[chat] = role
        if waiting != self._waiting:
            log.warning("menus not set yet", chats=waiting, fault=why)
        self._waiting = waiting

    def _changes(self, chats: Mapping[Address, Role]) -> list[tuple[Address | None, Role | None, Call]]:
        """(chat, its role from now on, what says it to Telegram); who left the staff sees what families see."""
        changes: list[tuple[Address | None, Role | None, Call]] = [
            (chat, None, partial(self.channel.forget_commands, chat))
            for chat in self._set
            if chat is not None and chat not in chats
        ]
        wanted: list[tuple[Address | None, Role]] = [(None, Role.KPM), *chats.items()]
        changes += [
            (chat, role, partial(self.channel.set_commands, commands_for(role), chat))
            for chat, role in wanted
            if self._set.get(chat) is not role
        ]
        return changes
