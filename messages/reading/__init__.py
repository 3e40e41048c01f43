"""What does a family mean by what it writes?"""

from collections.abc import Sequence
from functools import lru_cache

from messages.reading.each import ME, read_each
from messages.reading.heard import hear
from messages.reading.reader import understand
from messages.reading.records import Expecting, Reading
from messages.reading.story import tell

__all__ = ["ME", "Expecting", "Reading", "explain", "read", "read_each"]


def read(text: str, expecting: Expecting | str, *, options: Sequence[str] = ()) -> Reading:
    """The meaning of a message, given the question that stands open."""
    return _read(text, Expecting(expecting), tuple(options))


@lru_cache(maxsize=1024)
def _read(text: str, expecting: Expecting, options: tuple[str, ...]) -> Reading:
    """Most answers are the same few words, and reading is pure: what was read a moment ago need not be read again."""
    return understand(hear(text, expecting, options))[0]


def explain(text: str, expecting: Expecting | str, *, options: Sequence[str] = ()) -> tuple[Reading, list[str]]:
    """The same reading with the steps that led to it."""
    heard = hear(text, expecting, options)
    reading, why = understand(heard)
    return reading, tell(heard, reading, why)
