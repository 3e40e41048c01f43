"""What lies on the table once a message has been taken apart?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from messages.reading.clauses import Clause, split
from messages.reading.normalise import clean
from messages.reading.records import Expecting
from messages.reading.tokens import Token, tokens


@dataclass(frozen=True, slots=True)
class Heard:
    """A message taken apart, and the question that stands open."""

    text: str
    words: tuple[Token, ...]
    clauses: tuple[Clause, ...]
    expecting: Expecting
    options: tuple[str, ...] = ()

    def has(self, *concepts: str) -> bool:
        return any(clause.has(*concepts) for clause in self.clauses)

    def only(self, *concepts: str) -> bool:
        """Nothing but these and small words is said."""
        return all(clause.only(*concepts) for clause in self.clauses)

    @property
    def asks(self) -> bool:
        return any(clause.asks for clause in self.clauses)


def hear(text: str, expecting: Expecting | str, options: Sequence[str]) -> Heard:
    """Take a message apart."""
    return Heard(*_apart(text), Expecting(expecting), tuple(options))


@lru_cache(maxsize=16)
def _apart(text: str) -> tuple[str, tuple[Token, ...], tuple[Clause, ...]]:
    """One message is often read twice: by itself, and with the open question in hand."""
    cleaned = clean(text)
    words = tokens(cleaned)
    return cleaned, words, split(words)
