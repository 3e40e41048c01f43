"""What does a message say besides its meaning: a number, a code, names, how late, when, for how many?"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from messages.reading.concepts import ME
from messages.reading.heard import Heard
from messages.reading.normalise import NIK
from messages.reading.records import Finding
from messages.reading.tokens import Token

LONGEST_LIST = 8
_VOWELS = frozenset("aeiou")
_BESIDE_NUMBER = (*ME, "number", "choose", "yes", "ok", "greeting", "thanks", "but", "gone")
_DAYS = {"past_week": "last_week", "past_month": "last_month", "yesterday": "yesterday", "today": "today"}


def noted(heard: Heard) -> dict[str, Any]:
    """What must be told whatever the message means."""
    return {"nik": True} if any(word.lemma == NIK for word in heard.words) else {}


def menu(heard: Heard, meanings: Mapping[int, str]) -> Finding | None:
    """The answer that a bare number stands for."""
    number = bare_number(heard)
    if number is None:
        return None
    if number not in meanings:
        return Finding("unknown", False, "no such number in the menu", {"number": number})
    return Finding(meanings[number], True, f"number {number} of the menu")


def bare_number(heard: Heard) -> int | None:
    """The one number of a message that says nothing else: not counted, not a time, not one of two."""
    if heard.has("either") or not heard.only(*_BESIDE_NUMBER):
        return None
    numbers = [i for i, word in enumerate(heard.words) if word.has("number")]
    # "1 eh 2", "1, maaf salah, 2": she corrects herself.
    if len(numbers) == 2 and any(word.has("but", "gone") for word in heard.words[numbers[0] : numbers[1]]):
        numbers = numbers[1:]
    if len(numbers) != 1 or counted(heard.words, numbers[0]):
        return None
    word = heard.words[numbers[0]]
    return int(word.lemma) if word.lemma.isdecimal() and len(word.lemma) < 3 and word.text[0] != "0" else None


def counted(words: Sequence[Token], i: int) -> bool:
    """As in "2 orang", "jam 1", "orang 2", "ada 2"."""
    return any(word.has("unit") for word in _around(words, i)) or (i > 0 and words[i - 1].lemma == "ada")


def _around(words: Sequence[Token], i: int) -> Sequence[Token]:
    # "anak saya 2" counts like "anak 2".
    before = [word for word in words[max(0, i - 2) : i] if not word.has("me")][-1:]
    return (*before, *words[i + 1 : i + 2])


def code(heard: Heard) -> str | None:
    """The four digits that are announced at the meeting."""
    for i, word in enumerate(heard.words):
        four_digits = word.has("number") and len(word.text) == 4 and word.text.isdecimal()
        if four_digits and not any(other.has("unit", "post", "signal", "aid") for other in _around(heard.words, i)):
            return word.text
    return None


def minutes(heard: Heard) -> int | None:
    """How late."""
    for i, word in enumerate(heard.words):
        if word.lemma == "setengahjam":
            return 30
        following = heard.words[i + 1].lemma if i + 1 < len(heard.words) else ""
        if word.has("number") and word.lemma.isdecimal() and len(word.lemma) < 4 and following in {"menit", "jam"}:
            return int(word.lemma) * (60 if following == "jam" else 1)
    return None


def day(heard: Heard) -> str | None:
    """When it was done."""
    return next((name for concept, name in _DAYS.items() if heard.has(concept)), None)


def plural(heard: Heard) -> bool:
    """Said for everybody on this phone: "kami berdua hadir", "hadir semua", "kami datang"."""
    heads = ("come", "can", "arrived", "here")
    return any(clause.affirms("all") or (clause.has("us") and clause.affirms(*heads)) for clause in heard.clauses)


def people(heard: Heard) -> int | None:
    """As in "orang 2", "2 orang"."""
    for i, word in enumerate(heard.words):
        small = word.has("number") and word.lemma.isdecimal() and len(word.lemma) < 3
        if small and any(other.has("people") for other in _around(heard.words, i)):
            return int(word.lemma)
    return None


def kin(heard: Heard) -> str | None:
    """Who comes for her: the one who is named and not ill."""
    for clause in heard.clauses:
        if clause.has("kin") and not clause.has("sick"):
            return clause.words[clause.first("kin")].lemma.removesuffix("nya")
    # "ibu saya yang datang"
    owned = ((a, b) for clause in heard.clauses for a, b in pairwise(clause.words))
    return next((a.text for a, b in owned if a.has("vocative") and b.has("me")), None)


def names(words: Sequence[Token]) -> list[str]:
    """Words that can only be names: after "untuk", beside a verb of coming, or in a list with one of those."""
    found: list[str] = []
    for i, word in enumerate(words):
        if stranger(word) and _beside_name(words, i, found):
            found.append(word.text)
    return found[:LONGEST_LIST]


def stranger(word: Token) -> bool:
    """A word that we do not know and that may be a name."""
    return word.how in {"unknown", "unread"} and len(word.text) > 2 and not _VOWELS.isdisjoint(word.text)


def differ(heard: Heard) -> bool:
    """One named person comes and another does not: "aminah ga bisa, rusmini bisa"."""
    named = [clause for clause in heard.clauses if stranger(clause.words[0])]
    return any(c.denies("come", "can") for c in named) and any(c.affirms("come", "can") for c in named)


def _beside_name(words: Sequence[Token], i: int, found: list[str]) -> bool:
    after = words[i + 1] if i + 1 < len(words) else None
    if not i:
        return after is not None and after.has("come", "arrived")
    before = words[i - 1]
    if before.has("for", "come"):
        return True
    # "untuk bu rusmini", "hadir wati, aminah": but "hadir bu dewi" greets the pendamping.
    earlier = words[i - 2] if i > 1 else None
    if earlier is None:
        return False
    return (before.has("vocative") and earlier.has("for")) or (
        before.lemma in {"dan", ",", "dengan"} and earlier.text in found
    )
