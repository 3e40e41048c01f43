"""What does a family mean by what it writes?"""

from collections.abc import Sequence

from messages.reading.heard import hear
from messages.reading.reader import understand
from messages.reading.records import Expecting, Reading
from messages.reading.story import tell

__all__ = ["Expecting", "Reading", "explain", "read"]


def read(text: str, expecting: Expecting | str, *, options: Sequence[str] = ()) -> Reading:
    """The meaning of a message, given the question that stands open."""
    return understand(hear(text, expecting, options))[0]


def explain(text: str, expecting: Expecting | str, *, options: Sequence[str] = ()) -> tuple[Reading, list[str]]:
    """The same reading with the steps that led to it."""
    heard = hear(text, expecting, options)
    reading, why = understand(heard)
    return reading, tell(heard, reading, why)
