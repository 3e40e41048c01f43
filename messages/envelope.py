"""What travels: an address, what came in, what shall go out, and what a channel is asked to carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, NewType

StaffId = NewType("StaffId", int)
KpmId = NewType("KpmId", int)


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where a person can be reached. WhatsApp: the digits of a number, or an id with letters when the platform
    hides the number. Telegram: the chat id."""

    channel: str
    value: str

    @property
    def phone(self) -> str | None:
        """The number in E.164 with its plus sign, where the address is one."""
        return f"+{self.value}" if self.channel == "whatsapp" and self.value.isdigit() else None


class Kind(StrEnum):
    """What sort of event came in. Whatever we do not know is OTHER, never an exception."""

    TEXT = "text"
    BUTTON = "button"
    VOICE = "voice"
    IMAGE = "image"
    STICKER = "sticker"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"
    REACTION = "reaction"
    EDITED = "edited"
    DELETED = "deleted"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    GROUP = "group"
    OTHER = "other"


MEDIA = frozenset({Kind.VOICE, Kind.IMAGE, Kind.STICKER, Kind.DOCUMENT, Kind.LOCATION, Kind.CONTACT, Kind.OTHER})


@dataclass(frozen=True, slots=True)
class Inbound:
    """One event from a platform. `event` is unique within `account`; `at` is the platform's time, with zone."""

    account: str
    event: str
    sender: Address
    at: datetime
    kind: Kind = Kind.TEXT
    text: str = ""
    button: str | None = None
    reply_to: str | None = None
    phone: str | None = None
    """A number that came beside the address: a shared contact, or the wa_id next to a username's id."""
    own_contact: bool = False
    media: str | None = None
    location: str | None = None
    """A place that was shared: latitude and longitude."""
    callback: str | None = None
    """Telegram's callback query that wants an answer."""


class Status(StrEnum):
    """How far a letter came. The order is the order of progress."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What a platform says of a letter of ours."""

    account: str
    event: str
    platform_id: str
    status: Status
    at: datetime
    letter: int | None = None
    code: int | None = None
    reason: str = ""


class Priority(IntEnum):
    """Who goes first. Small goes before large."""

    REPLY = 0
    CHANGE = 1
    REMINDER = 2
    QUIZ = 3
    BROADCAST = 4


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file described, not made: `bot/exports` renders it outside the writer."""

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outbound:
    """What a conversation wants said. `to` is an address, or a person whose best address the outbox looks up.

    `once` names the event that causes it, so a second run changes nothing; `about` groups letters that die together.
    `unasked` letters need consent and count against the family's weekly limit. Times carry a zone. One that `refuses`
    answers a button that names what is not this person's: kind words for her, a line in the log.
    """

    to: Address | KpmTo | StaffTo
    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    once: str | None = None
    priority: Priority = Priority.REPLY
    not_before: datetime | None = None
    expires: datetime | None = None
    attachment: Attachment | None = None
    about: str | None = None
    unasked: bool = False
    kpms: Sequence[KpmId] = ()
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class KpmTo:
    id: KpmId


@dataclass(frozen=True, slots=True)
class StaffTo:
    id: StaffId


@dataclass(frozen=True, slots=True)
class Letter:
    """One waiting message as a channel gets it. `heard` is when the address last wrote to us: WhatsApp lets us speak
    freely for 24 hours after it."""

    id: int
    address: Address
    key: str
    params: Mapping[str, Any]
    language: str = "id"
    heard: datetime | None = None
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Button:
    id: str
    title: str
