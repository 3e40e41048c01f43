"""Into which statements, conditions and questions does a message fall, and what does a negation govern?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from messages.reading.concepts import ME, NEGATIONS, SMALL
from messages.reading.questions import asks
from messages.reading.tokens import Token

# How many words after it a negation still governs; small words in between do not count (FACTS 5, rule 1).
REACH = 3
# The words that open a clause of their own.
OPENERS = ("but", "because", "so", "if", "though")
_CLOSING = frozenset("?!.;…\n,:")


@dataclass(frozen=True)
class Clause:
    """A stretch of words that says one thing."""

    words: tuple[Token, ...]
    kind: str = "main"
    questioned: bool = False
    detached: bool = True

    @cached_property
    def tags(self) -> frozenset[str]:
        return frozenset().union(*(word.tags for word in self.words))

    @cached_property
    def lemmas(self) -> tuple[str, ...]:
        return tuple(word.lemma for word in self.words)

    @cached_property
    def denials(self) -> tuple[int, ...]:
        """For each word, how many negations govern it."""
        counts = [0] * len(self.words)
        if self.has(*NEGATIONS):
            for i, word in enumerate(self.words):
                if word.has(*NEGATIONS):
                    for j in self._reach(i):
                        counts[j] += 1
        return tuple(counts)

    def _reach(self, i: int) -> range:
        left, j = REACH, i
        while left and j + 1 < len(self.words):
            j += 1
            left -= not self.words[j].has(*SMALL, *ME)
        return range(i + 1, j + 1)

    @cached_property
    def asks(self) -> bool:
        return self.questioned or asks(self.words)

    def has(self, *concepts: str) -> bool:
        return not self.tags.isdisjoint(concepts)

    def says(self, *lemmas: str) -> bool:
        return any(lemma in self.lemmas for lemma in lemmas)

    def only(self, *concepts: str) -> bool:
        """Every word is one of these, or a small one."""
        return all(word.has(*SMALL, *concepts) for word in self.words)

    def affirms(self, *concepts: str) -> bool:
        """One of these is said without a negation before it."""
        return self.has(*concepts) and any(
            word.has(*concepts) and not n for word, n in zip(self.words, self.denials, strict=True)
        )

    def denies(self, *concepts: str) -> bool:
        """One of these is said under a negation."""
        return self.has(*concepts) and any(
            word.has(*concepts) and n % 2 for word, n in zip(self.words, self.denials, strict=True)
        )

    def first(self, *concepts: str) -> int:
        """Where one of these is said first, or -1."""
        return next((i for i, word in enumerate(self.words) if word.has(*concepts)), -1)


def _opens_nothing(opener: str | None, before: Token) -> bool:
    """As in "belum jadi hadir", which draws no conclusion, and "lupa kalau hari ini", which sets no condition."""
    return (opener == "so" and before.has(*NEGATIONS)) or (opener == "if" and before.has("forgot"))


def split(words: Sequence[Token]) -> tuple[Clause, ...]:
    """Clauses in the order in which they are said."""
    clauses: list[Clause] = []
    current: list[Token] = []
    kind, detached, after_mark = "main", True, True
    for word in words:
        is_mark = word.how == "mark"
        opener = next((opener for opener in OPENERS if opener in word.tags), None)
        spoken = [said for said in current if not said.has("vocative")]
        if spoken and _opens_nothing(opener, spoken[-1]):
            opener = None
        if current and (is_mark or opener):
            clauses.append(Clause(tuple(current), kind, word.lemma == "?", detached))
            current = []
        elif word.lemma == "?" and clauses:
            clauses[-1] = replace(clauses[-1], questioned=True)
        if opener:
            kind, detached = opener, after_mark
        elif is_mark and word.lemma in _CLOSING:
            kind, detached = "main", True
        if not is_mark:
            current.append(word)
        after_mark = is_mark
    if current:
        clauses.append(Clause(tuple(current), kind, False, detached))
    return tuple(clauses)
