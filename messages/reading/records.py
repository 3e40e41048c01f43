"""What does a reading look like, and what can we be waiting for?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Expecting(StrEnum):
    """The question that stands open when the message comes in."""

    RSVP = "rsvp"
    CHECKIN = "checkin"
    OBLIGATION = "obligation"
    QUIZ = "quiz"
    CONSENT = "consent"
    WHO = "who"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message means, what it says besides, and whether it may be acted on without asking again."""

    meaning: str
    details: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A meaning on its way to becoming a reading, with the reason for it."""

    meaning: str
    sure: bool
    why: str
    details: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
