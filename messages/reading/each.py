"""What does one message say for each of several people who are named in it: "rusmini kada kawa, aminah hadir"?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from messages.reading.concepts import NODS, POLITE, SMALL
from messages.reading.heard import hear
from messages.reading.lexicon import LEXICON, tags_of
from messages.reading.normalise import clean, pieces
from messages.reading.reader import understand
from messages.reading.records import Expecting, Reading
from messages.reading.tokens import MARKS

ME = "_me"
# A longer name may be mistyped by a letter.
NEAR, LONG_NAME = 88, 5
ANSWERS = {"will_attend", "present", "late", "represented", "maybe", "cannot_attend"}
_JOINING = frozenset({"dengan", "dan", "kalau", "setiap"})  # "terus" is read as "setiap"
_CONTRASTING = frozenset({"tapi", "sedangkan", "lalu"})
_OPENING = frozenset({*SMALL, *POLITE, *NODS, "but"})
_MOTHERS = frozenset(
    {"mama", "mamah", "mamak", "mamake", "uma", "umi", "emak", "mak", "acil", "julak", "nini", "mbok", "mbah", "yu"}
)
_POLITE = {"greeting", "thanks", "yes"}


@dataclass(slots=True)
class _Part:
    """A stretch of the message that is about one person, or about nobody in particular."""

    who: str | None = None
    words: list[str] = field(default_factory=list)


def read_each(text: str, expecting: Expecting | str, names: Sequence[str]) -> Mapping[str, Reading] | None:
    """What is said for each of the names (and for `ME`, beside a name, the one who writes); empty when one part of it
    is not clear; None when the message does not speak of people by name."""
    parts = _parts(pieces(clean(text)), _known_by(names))
    if parts is None:
        return {}
    said: dict[str, str] = {}
    last = ""
    for part in parts:
        if part.who is None and not last:
            if understand(hear(" ".join(part.words), Expecting.NONE, ()))[0].meaning not in _POLITE:
                return None
            continue
        last = part.who or last
        said[last] = f"{said[last]}, {' '.join(part.words)}" if last in said else " ".join(part.words)
    if not said or set(said) == {ME} or any(words == "saya" for words in said.values()):
        return None
    found = _readings(said, Expecting(expecting))
    if len(found) == 1:
        alone = next(iter(found.values()))
        return found if alone.sure and _is_clear(alone) else None
    clear = [who for who, reading in found.items() if _is_clear(reading)]
    return found if len(clear) == len(found) else ({} if clear else None)


def _known_by(names: Sequence[str]) -> dict[str, str]:
    """The words that belong to one of the names only."""
    owners: dict[str, set[str]] = {}
    for name in names:
        for word in pieces(clean(name)):
            owners.setdefault(word, set()).add(name)
    return {word: owner.pop() for word, owner in owners.items() if len(owner) == 1 and len(word) > 2}


def _named(word: str, known: Mapping[str, str]) -> str | None:
    if word in known or word in LEXICON.words or len(word) < LONG_NAME:
        return known.get(word)
    return next((name for key, name in known.items() if len(key) >= LONG_NAME and fuzz.ratio(word, key) >= NEAR), None)


def _parts(words: Sequence[str], known: Mapping[str, str]) -> list[_Part] | None:
    """None when one of two is denied and nothing tells which."""
    parts = [_Part()]
    for i, word in enumerate(words):
        lemma = _lemma(word)
        name = _named(word, known)
        if word == "?":
            parts[-1].words.append(word)
        if word in MARKS or lemma in _CONTRASTING or (lemma in _JOINING and _name_follows(words, i, known)):
            parts.append(_Part())
        elif name is None:
            if lemma == "bukan" and _name_follows(words, i, known):
                parts.append(_Part())
            if lemma == "saya" and parts[-1].who is None and _only_calls(parts[-1]):
                parts[-1].who = ME
            parts[-1].words.append(word)
        else:
            if parts[-1].who not in {None, ME, name}:
                denied = any(tags_of(_lemma(w)) & {"negator", "notyet"} for w in parts[-1].words)
                if denied and parts[-1].words[0] != "saya":
                    return None
                parts.append(_Part())
            if parts[-1].who != name:
                parts[-1].words = [w for w in parts[-1].words if not _calls(w)]
            parts[-1].who = name
            parts[-1].words.append("saya")
    return [part for part in parts if part.words]


def _lemma(word: str) -> str:
    return LEXICON.words.get(word, (word,))[0]


def _name_follows(words: Sequence[str], i: int, known: Mapping[str, str]) -> bool:
    """As in "dan bu aminah"; "kalau saya" is about somebody too."""
    after = next((word for word in words[i + 1 :] if "vocative" not in tags_of(_lemma(word))), "")
    return _named(after, known) is not None or (bool(after) and _lemma(after) == "saya")


def _calls(word: str) -> bool:
    """As in "bu siti", "mama siti"."""
    return word in _MOTHERS or "vocative" in tags_of(_lemma(word))


def _only_calls(part: _Part) -> bool:
    return all(tags_of(_lemma(word)) & _OPENING for word in part.words)


def _readings(said: Mapping[str, str], expecting: Expecting) -> dict[str, Reading]:
    found: dict[str, Reading] = {}
    before = Reading("unknown")
    for who, words in said.items():
        also = {_lemma(word) for word in words.split()} <= {"saya", "juga", "bu", "lah"}
        before = found[who] = before if also else understand(hear(words, expecting, ()))[0]
    return found


def _is_clear(reading: Reading) -> bool:
    """Beside somebody who comes, "rusmini sakit" needs no further word."""
    excused = reading.meaning == "cannot_attend" and "reason" in reading.details
    return reading.meaning in ANSWERS and (reading.sure or excused) and "question" not in reading.details
