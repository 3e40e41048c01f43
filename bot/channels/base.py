"""What does a channel promise? To read what a platform posts, to render a letter, to send it, and two ways to fail.

ChannelError
├── TryLater      the platform is busy or broken: the same letter may pass later
├── Unknown       it left here and no answer came: nobody knows whether it arrived
├── Convert       the 24 hours are over: the same letter goes as its approved template
└── Refused       the platform will never take it; with what that means for the person, template or account
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from messages.envelope import Button, Inbound, Letter, StatusUpdate


class ChannelError(Exception):
    """Something a platform did not take."""


class TryLater(ChannelError):
    """Throttled, timed out or broken over there. `after` seconds; `whole_account` stops everybody's letters."""

    def __init__(self, why: str, after: float, *, whole_account: bool = False, alert: bool = False) -> None:
        super().__init__(why)
        self.after, self.whole_account, self.alert = after, whole_account, alert


class Unknown(ChannelError):
    """The request left and no answer came back."""


class Convert(ChannelError):
    """Not as free text any more: send the approved template instead (131047)."""


class Blames(StrEnum):
    """Whose fault a refusal is: what must stop because of it."""

    LETTER = "letter"
    PERSON = "person"
    UNASKED = "unasked"
    """She wants no letters that she has not asked for; her number is as good as before."""

    TEMPLATE = "template"
    ACCOUNT = "account"


class Refused(ChannelError):
    """The platform will never take this letter."""

    def __init__(
        self,
        why: str,
        blames: Blames = Blames.LETTER,
        *,
        code: int | None = None,
        blocked: bool = False,
        migrated_to: str | None = None,
    ) -> None:
        super().__init__(why)
        self.blames, self.code, self.blocked = blames, code, blocked
        self.migrated_to = migrated_to
        """The address that took the place of this one, where the platform names it."""

    @property
    def reason(self) -> str:
        """Begins with the platform's code: whoever asks later why she was not reached need not guess."""
        return f"{self.code} {self}" if self.code else str(self)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a platform says of the account, a template or an address, and of no letter of ours.

    `kind` is the platform's own word for it (`message_template_status_update`, `account_update` …) or one of ours:
    `number_changed` and `chat_migrated` carry the old address in `name` and the new one in `status`."""

    kind: str
    name: str = ""
    status: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """One rendered letter: what is posted, and what a person will see."""

    method: str
    payload: Mapping[str, Any]
    text: str
    buttons: Sequence[Button] = ()
    template: str | None = None
    owes: bool = False
    """The letter's file does not ride along: a template holds none, and under a voice note stand no words."""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment made by `bot/exports`. `once` names one that many letters carry: it is uploaded once."""

    name: str
    mime: str
    content: bytes = field(repr=False)
    once: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    platform_id: str


class Channel(Protocol):
    name: str

    def parse(self, payload: Mapping[str, Any], received: datetime) -> list[Inbound | StatusUpdate | Notice]:
        """Every event of a batch, in order; an unknown kind is an Inbound of kind OTHER; never raises."""
        ...

    def render(self, letter: Letter, now: datetime) -> Body:
        """What would be posted: pure, so that tests and the simulator show the very same bodies."""
        ...

    async def send(self, letter: Letter, body: Body, file: File | None) -> Sent:
        """Post it. Raises TryLater, Unknown, Convert or Refused."""
        ...
