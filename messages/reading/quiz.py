"""Which option of the question is meant?"""

from collections.abc import Sequence

from rapidfuzz import fuzz

from messages.reading.concepts import DOUBT, LINKS, ME, NEGATIONS, NODS, POLITE, SMALL
from messages.reading.details import counted
from messages.reading.heard import Heard
from messages.reading.lexicon import LEXICON, tags_of
from messages.reading.normalise import clean, pieces
from messages.reading.records import Expecting, Finding
from messages.reading.spelling import look
from messages.reading.tokens import Token

LETTERS = "abc"
_CALLED = frozenset({"be", "bee", "ce", "cee"})
# How like an option the whole message must be, and how much more so than the others.
NEAR, AHEAD = 84, 4
_BESIDE = (
    *SMALL,
    *ME,
    *NODS,
    *POLITE,
    *DOUBT,
    *LINKS,
    *NEGATIONS,
    "choose",
    "number",
    "for",
    "sure",
    "later",
    "today",
    "place",
)


def find(heard: Heard) -> Finding | None:
    """A letter or a number of the question; other words that happen to contain one are none."""
    if _hesitates(heard.words):
        return Finding("unknown", False, "one or the other", {"either": True})
    if heard.has("wh", "asking", "either", "notyet"):
        return None
    letter = _picked(heard.words)
    strangers = [word for word in heard.words if _strange(word)]
    if letter is None or (len(strangers) > 2 and not _stands_first(heard, letter)):
        return None
    sure = not strangers and not heard.has("seem", "hedge")
    return Finding(f"answer_{letter}", sure, "a letter or number")


def _hesitates(words: Sequence[Token]) -> bool:
    """As in "a apa b ya"."""
    return any(
        words[i].lemma == "apa" and _letter(words, i - 1) and _letter(words, i + 1) for i in range(1, len(words) - 1)
    )


def _stands_first(heard: Heard, letter: str) -> bool:
    """As in "b, karena anak butuh asi"."""
    first = heard.clauses[0].words
    return len(heard.clauses) > 1 and _picked(first) == letter and not any(_strange(word) for word in first)


def in_words(heard: Heard) -> Finding | None:
    """An answer in the words of an option comes before everything else: "Kejang" may be one of them."""
    if heard.expecting is not Expecting.QUIZ or not heard.options:
        return None
    options = heard.options[: len(LETTERS)]
    index = _option_said(heard.text, options)
    if index is not None and heard.asks and not _says_little_else(heard.text, options[index]):
        return None  # a question that names an option: "apa mandinya dikurangi saja?"
    return None if index is None else Finding(f"answer_{LETTERS[index]}", True, "the words of an option")


def _says_little_else(text: str, option: str) -> bool:
    """Beside the words of the option at most a letter and a "bu", and no question mark."""
    return "?" not in text and len(_key(text).split()) <= len(_key(option).split()) + 1


def _strange(word: Token) -> bool:
    return word.how != "mark" and _as_letter(word.text) is None and not word.has(*_BESIDE)


def _as_letter(text: str) -> str | None:
    """As in "b", "bbb" and, as it is called, "be"."""
    if text in _CALLED:
        return text[0]
    return text[0] if text[0] in LETTERS and text == text[0] * len(text) else None


def _picked(words: Sequence[Token]) -> str | None:
    """The one letter that is chosen: "bukan a tapi b" and "a eh b" leave b."""
    chosen: list[str] = []
    corrects = False
    for i, word in enumerate(words):
        corrects = corrects or word.has("but")
        letter = _letter(words, i)
        if letter is None:
            continue
        if corrects:
            chosen, corrects = [], False
        if letter not in chosen and not any(
            other.has("negator", "forbid") or other.lemma in {"lain", "masa", "masak"}
            for other in words[max(0, i - 2) : i]
        ):
            chosen.append(letter)
    return chosen[0] if len(chosen) == 1 else None


def _letter(words: Sequence[Token], i: int) -> str | None:
    word = words[i]
    if word.has("number"):
        return LETTERS[int(word.lemma) - 1] if word.lemma in {"1", "2", "3"} and not counted(words, i) else None
    numeral = LEXICON.numerals.get(word.text)
    if numeral:
        return None if counted(words, i) else LETTERS[numeral - 1]
    return _as_letter(word.text)


def _option_said(text: str, options: Sequence[str]) -> int | None:
    """The option whose words these are: the whole phrase, or the only one that is contained."""
    said = _key(text)
    keys = [_key(option) for option in options]
    scores = [fuzz.ratio(said, key) if key else 0.0 for key in keys]
    best = max(range(len(keys)), key=scores.__getitem__)
    rival = max((score for i, score in enumerate(scores) if i != best), default=0.0)
    if scores[best] >= NEAR and rival < scores[best] - AHEAD:
        return best
    return _contained(said, keys)


def _contained(said: str, keys: Sequence[str]) -> int | None:
    padded = f" {said} "
    inside = [i for i, key in enumerate(keys) if len(key) > 1 and f" {key} " in padded]
    if not inside:
        return None
    # "Boleh" is inside "Tidak boleh": the longer one is meant.
    best = max(inside, key=lambda i: len(keys[i]))
    if any(keys[i] not in keys[best] for i in inside):
        return None
    before = padded[: padded.index(f" {keys[best]} ")].split()[-1:]
    denied = any(tags_of(look(word)[0][0]) & {"negator", "forbid"} for word in before)
    return None if denied else best


def _key(text: str) -> str:
    return " ".join(piece for piece in pieces(clean(text)) if piece.isalnum())
