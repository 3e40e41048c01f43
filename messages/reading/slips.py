"""Which letters does a thumb confuse, and which slips hide a no?"""

import re
from functools import lru_cache
from itertools import pairwise

DOUBLED = re.compile(r"(.)\1+")
_NEGATORS = (
    "engga",
    "enggak",
    "tdk",
    "gak",
    "kada",
    "kaga",
    "ngak",
    "nggak",
    "ndak",
    "blm",
    "belum",
    "kagak",
    "tidak",
    "tak",
    "ora",
    "boten",
)


def _neighbours() -> frozenset[str]:
    """Pairs of keys that one slip of the thumb confuses."""
    rows = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    pairs = {a + b for row in rows for a, b in pairwise(row)}
    for upper, lower in pairwise(rows):
        pairs |= {a + b for i, b in enumerate(lower) for a in upper[i : i + 2]}
    return frozenset(pairs | {pair[::-1] for pair in pairs})


NEIGHBOURS = _neighbours()


@lru_cache(maxsize=4096)
def near_negator(word: str) -> bool:
    """Right before a verb this may be a negator: one slip away ("tdj", "kga"), too short or too bare for a name."""
    once = DOUBLED.sub(r"\1", word)
    if len(once) < 3 or not set("aeiou") & set(once):
        return True
    return any(_slipped(once, negator) for negator in _NEGATORS)


def _slipped(word: str, negator: str) -> bool:
    if len(word) == len(negator):
        wrong = [a + b for a, b in zip(word, negator, strict=True) if a != b]
        return (len(wrong) == 1 and wrong[0] in NEIGHBOURS) or (len(wrong) == 2 and sorted(word) == sorted(negator))
    longer, shorter = (word, negator) if len(word) > len(negator) else (negator, word)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
