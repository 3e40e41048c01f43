"""Which known word is meant by this spelling?"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz import fuzz

from messages.reading.concepts import NEGATIONS
from messages.reading.lexicon import LEXICON, Lemmas, fold, tags_of
from messages.reading.slips import DOUBLED, NEIGHBOURS

LONGEST = 24
SHORTEST_TYPO = 5
NUMBER = 0xFFFF
"""The bits of a place in the index that hold the word's number; the rest is a hash."""

_TRIPLED = re.compile(r"(.)\1{2,}")
SHORTEST_STEM = 4
_PREFIXES = (
    "",
    "nge",
    "ng",
    "dipun",
    "di",
    "ke",
    "ter",
    "ber",
    "be",
    "ba",
    "meng",
    "mem",
    "men",
    "me",
    "ma",
    "ta",
    "sa",
)
_ENDINGS = ("", "in", "kan", "akan", "aken", "ake", "an", "i", "nya", "innya", "kannya")
_SUFFIXES = ("nya", "lah", "kah", "ku", "mu", "pun", "ne", "ipun", "ny", "x", "q", "ai", "e")
# However "insyaallah" is spelled, it must not fall apart into a yes and something else.
_ALLAH = ("allah", "alloh", "alah", "aloh")
_LEET = str.maketrans("0134579", "oieasjg")
Found = tuple[Lemmas, str]


def _shortened(word: str) -> set[str]:
    """The word, and the word without each of its letters: two words one slip apart share one of these."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _index() -> tuple[list[str], array[int]]:
    """The words in which a slip may be found, and in order: the hash of each shortened form and the word's number."""
    # No slip makes a town of a fish.
    words = [
        word
        for word, lemmas in LEXICON.words.items()
        if len(word) >= SHORTEST_TYPO and word.isalpha() and "town" not in tags_of(lemmas[0])
    ]
    return words, array("q", sorted(_hashed(form) | i for i, word in enumerate(words) for form in _shortened(word)))


def _hashed(form: str) -> int:
    return hash(form) & ~NUMBER


# A dictionary of these forms, thirty thousand strings, would be the largest thing in memory.
_WORDS, _BY_SHORTENED = _index()


def _sharing(forms: set[str]) -> Iterator[str]:
    """The words of which one of these is a shortened form."""
    for form in forms:
        key = _hashed(form)
        i = bisect_left(_BY_SHORTENED, key)
        while i < len(_BY_SHORTENED) and _BY_SHORTENED[i] & ~NUMBER == key:
            yield _WORDS[_BY_SHORTENED[i] & NUMBER]
            i += 1


# Words of four letters are mistyped too, but many of their neighbours are names ("Nisa"): only the commonest answers.
# Of two words one slip away, the one that answers is meant ("dayang" is "datang", not "sayang").
_ANSWERING = ("come", "can", "done", "late", "sick", "stop")
_SHORT = ("siap", "baik", "bisa", "ikut", "udah", "kada", "kawa", "ndak", "njih")


@lru_cache(maxsize=16384)
def look(word: str) -> Found:
    """The meanings a spelling stands for, and how it was recognised."""
    known = LEXICON.words.get(word)
    if known:
        return known, "exact"
    if len(word) > LONGEST:
        return (word,), "unknown"
    if word[0] == "i" and word.endswith(_ALLAH):
        return LEXICON.words["insyaallah"], "typo"
    return _respelled(word) or _glued(word) or _inflected(word) or _mistyped(word) or ((word,), "unknown")


def _respelled(word: str) -> Found | None:
    words = LEXICON.words
    once = DOUBLED.sub(r"\1", word)
    for shorter in (_TRIPLED.sub(r"\1\1", word), _TRIPLED.sub(r"\1", word), once):
        if shorter in words:
            return words[shorter], "stretched"
    if not word.isalpha():
        plain = word.translate(_LEET)
        return (words[plain], "digits for letters") if plain in words else None
    for spelling in (word, once):
        key = fold(spelling)
        folded = key if key in words else LEXICON.folded.get(key)
        if folded and len(spelling) >= 4:
            return words[folded], "Hulu spelling"
    for suffix in _SUFFIXES:
        stem = word.removesuffix(suffix)
        if stem != word and len(stem) >= 3 and stem in words:
            return (*words[stem], "kah") if suffix == "kah" else words[stem], "suffix"
    return None


def _glued(word: str) -> Found | None:
    """What is written without a space: "gabisa", "sudahhadir", "hadirbu"."""
    words = LEXICON.words
    for cut in range(1, len(word) - 1):
        left, right = word[:cut], word[cut:]
        if left not in words:
            continue
        tags = tags_of(words[left][0])
        if "glue" in tags and (cut > 1 or "negator" in tags) and len(right) >= 3:
            rest = words.get(right) or words.get(DOUBLED.sub(r"\1", right)) or (_glued(right) or ((), ""))[0]
            if rest:
                return (*words[left], *rest), "glued"
        if cut >= 4 and right in words and (len(right) >= 4 or tags_of(words[right][0]) & {"filler", "vocative"}):
            return (*words[left], *words[right]), "glued"
    return None


def _inflected(word: str) -> Found | None:
    """A known word in a form that nobody wrote down: "ngewakilin", "mahadiri", "dikabaraken"."""
    for prefix in _PREFIXES:
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        for suffix in _ENDINGS:
            stem = rest.removesuffix(suffix)
            bare = (bool(suffix) and stem == rest) or not (prefix or suffix)
            if not bare and len(stem) >= SHORTEST_STEM and stem in LEXICON.words:
                return LEXICON.words[stem], "inflected"
    return None


def _mistyped(word: str) -> Found | None:
    """The known word one slip away; a negator wins, so that no slip can turn one away."""
    if len(word) == 4 and word.isalpha():
        return next(((LEXICON.words[near], "typo") for near in _SHORT if _one_key_off(word, near)), None)
    if len(word) < SHORTEST_TYPO or not word.isalpha():
        return None
    near = set(_sharing(_shortened(word)))
    slips = [(score, entry) for entry in near if (score := fuzz.ratio(word, entry)) and _one_slip(word, entry, score)]
    if not slips:
        return None
    best = max(slips, key=lambda slip: (_weight(LEXICON.words[slip[1]][0]), *slip))
    return LEXICON.words[best[1]], "typo"


def _weight(lemma: str) -> int:
    """A negation outweighs everything, a word that answers ("dayang" is "datang") one that does not ("sayang")."""
    tags = tags_of(lemma)
    return 2 if not tags.isdisjoint(NEGATIONS) else int(not tags.isdisjoint(_ANSWERING))


def _one_key_off(word: str, candidate: str) -> bool:
    wrong = [a + b for a, b in zip(word, candidate, strict=True) if a != b]
    swapped = len(wrong) == 2 and wrong[0] == wrong[1][::-1]
    return swapped or (word != "nisa" and len(wrong) == 1 and wrong[0] in NEIGHBOURS)


def _one_slip(word: str, candidate: str, score: float) -> bool:
    # "khadir" may be "kada hadir": letters before a whole word are no slip.
    if word.endswith(candidate):
        return False
    if len(word) != len(candidate):
        return score >= 88
    wrong = [i for i, (a, b) in enumerate(zip(word, candidate, strict=True)) if a != b]
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
        return sorted(word) == sorted(candidate)
    return len(wrong) == 1 and (len(word) >= 7 or word[wrong[0]] + candidate[wrong[0]] in NEIGHBOURS)
