"""Which words does a message consist of?"""

from dataclasses import dataclass

from messages.reading.lexicon import LEXICON, NO_TAGS, tags_of
from messages.reading.normalise import NIK, pieces
from messages.reading.slips import near_negator
from messages.reading.spelling import SHORTEST_TYPO, look

MARKS = frozenset("?!.,;:…/\n")
_NUMBER = frozenset({"number"})
# Searching for the nearest spelling costs most; no answer needs it more often than this.
MOST_SEARCHES = 20
MOST_WORDS = 160


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as written, what it stands for, what that does in a sentence, and how it was recognised."""

    text: str
    lemma: str
    tags: frozenset[str]
    how: str

    def has(self, *concepts: str) -> bool:
        return not self.tags.isdisjoint(concepts)


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a cleaned message, with fixed phrases put together."""
    written = [piece for piece in pieces(text) if piece != "-"][:MOST_WORDS]
    found: list[Token] = []
    searches = i = 0
    while i < len(written):
        piece = written[i]
        saying = _saying(written, i) if piece in LEXICON.sayings else ()
        if saying:
            found.extend(saying)
            i += len(saying[0].text.split())
            continue
        searches += len(piece) >= SHORTEST_TYPO and piece not in LEXICON.words
        found.extend(_read(piece, searches <= MOST_SEARCHES))
        i += 1
    return tuple(_join_phrases(_hear_negators(_resolve_no(found))))


def _saying(written: list[str], i: int) -> list[Token]:
    for key, lemmas in LEXICON.sayings[written[i]]:
        if tuple(written[i : i + len(key)]) == key:
            return [_token(" ".join(key), lemma, "phrase") for lemma in lemmas]
    return []


def _read(piece: str, search: bool) -> list[Token]:
    if piece in MARKS:
        return [Token(piece, piece, NO_TAGS, "mark")]
    if piece == NIK:
        return [Token(piece, NIK, NO_TAGS, "mark")]
    if piece[0].isdigit():
        return [Token(piece, _digits(piece), _NUMBER, "number")]
    if piece not in LEXICON.words and not piece.isalpha():
        parts = _split_digits(piece)
        if parts:
            return [token for part in parts for token in _read(part, search)]
    lemmas, how = look(piece) if search else (LEXICON.words.get(piece, (piece,)), "unread")
    return [_token(piece, lemma, how) for lemma in lemmas]


def _token(piece: str, lemma: str, how: str) -> Token:
    number = LEXICON.numbers.get(lemma)
    if number is not None:
        return Token(piece, str(number), tags_of(lemma) | _NUMBER, how)
    return Token(piece, lemma, tags_of(lemma), how)


def _digits(piece: str) -> str:
    return str(int(piece)) if piece.isdecimal() else piece


def _split_digits(piece: str) -> list[str]:
    """What is said twice ("anak2", "mudah2an") or stands together ("jam9"); "h4dir" is one word."""
    head = piece.rstrip("0123456789")
    tail = piece[len(head) :]
    if tail and head.isalpha():
        return [head, head] if tail == "2" else [head, tail]
    before, two, after = piece.partition("2")
    return [before, before + after] if two and before.isalpha() and after in {"an", "nya", "ne", "ku"} else []


def _resolve_no(found: list[Token]) -> list[Token]:
    """ "No" is "nomor" before something that has a number, and English otherwise (FACTS 5, rule 5)."""
    for i, word in enumerate(found):
        if word.text == "no":
            after = found[i + 1] if i + 1 < len(found) else None
            asked_for = i > 0 and found[i - 1].has("please")
            if not asked_for and (
                after is None or not after.has("number", "post", "signal", "aid", "me", "wh", "fresh")
            ):
                found[i] = _token("no", "tidak", "exact")
    return found


def _hear_negators(found: list[Token]) -> list[Token]:
    """Right before a word of coming, a mistyped "tdk" must not pass for a name."""
    for i, word in enumerate(found[:-1]):
        # After "saya" it is no name; what then stands before the verb is most often a no.
        bare = i > 0 and found[i - 1].has("me") and len(word.text) < SHORTEST_TYPO
        if (
            word.how == "unknown"
            and (bare or near_negator(word.text))
            and found[i + 1].has("come", "can", "able", "want")
        ):
            found[i] = Token(word.text, "tidak", tags_of("tidak"), "guess")
    return found


def _join_phrases(found: list[Token]) -> list[Token]:
    joined: list[Token] = []
    i, size = 0, len(found)
    while i < size:
        candidates = LEXICON.phrases.get((found[i].lemma, found[i + 1].lemma), ()) if i + 1 < size else ()
        for key, lemma in candidates:
            end = i + len(key)
            if end <= size and all(found[i + n].lemma == key[n] for n in range(2, len(key))):
                text = " ".join(part.text for part in found[i:end])
                joined.append(_token(text, lemma, "phrase"))
                i = end
                break
        else:
            joined.append(found[i])
            i += 1
    return joined
