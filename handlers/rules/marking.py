"""Which marks does a pendamping mean by 'hadir semua kecuali 4 sakit, 7 alpa'?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from data.records import KpmId, Mark

MARKS = {
    "hadir": Mark.PRESENT,
    "hdr": Mark.PRESENT,
    "h": Mark.PRESENT,
    "datang": Mark.PRESENT,
    "izin": Mark.EXCUSED,
    "ijin": Mark.EXCUSED,
    "i": Mark.EXCUSED,
    "sakit": Mark.SICK,
    "skt": Mark.SICK,
    "s": Mark.SICK,
    "alpa": Mark.ABSENT,
    "alpha": Mark.ABSENT,
    "alfa": Mark.ABSENT,
    "a": Mark.ABSENT,
}
NOT_YET = {"belum", "blm"}
CLEAR = {"kosong", "kosongkan", "hapus", *NOT_YET}
EVERYBODY = {"semua", "semuanya", "seluruh", "seluruhnya", "sadayaan", "samunyaan", "kabeh"}
REST = {"sisanya", "sisa", "lainnya", "lain", "selebihnya"}
NOT = {
    *("tidak", "tdk", "tak", "gak", "ga", "gk", "nggak", "ngga", "enggak", "ndak", "bukan"),
    *("kada", "kd", "kadada", "ora", "mboten"),
}
EXCEPT = r"\b(?:kecuali|kcuali|kecualinya|selain|tanpa|kec|except)\b"
LARGEST = 4
"""Digits of a number that can be a line; longer ones are something else."""

_NOISE = {"bu", "ibu", "nenek", "bapak", "pak", "kakek", "hj", "nomor", "no", "yang", "ya", "untuk", "diketahui"}
_AND = {",", "&", "dan"}
_TO = re.compile(r"(\d)\s*(?:-|–|s\.?\s?/?\s?d\b\.?|sampai|hingga)\s*(?:dengan\s*)?(?=\d)")
_TOKEN = re.compile(r"\d+\s*-\s*\d+|\d+|[,&]|[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class RegisterLine:
    number: int
    kpm_id: KpmId
    name: str


@dataclass(slots=True)
class Marking:
    """What was understood: a mark per family (None takes a mark away), and the words that were not clear."""

    marks: dict[KpmId, Mark | None] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)
    left_out: list[KpmId] = field(default_factory=list)
    """Named after 'kecuali' without saying what they are: they stay belum diketahui."""
    doubtful: set[KpmId] = field(default_factory=set)
    """Named in words that were not clear: 'semua' does not mean them."""


class Sort(Enum):
    """What a piece of a sentence does."""

    MARK = auto()
    ALL = auto()
    REST = auto()
    NOT = auto()
    WHO = auto()
    AND = auto()
    WORD = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    sort: Sort
    text: str
    mark: Mark | None = None
    ids: tuple[KpmId, ...] = ()


@dataclass(slots=True)
class Items:
    """'4 sakit, 7 alpa': who is what, who was named without a mark, and what is not clear."""

    marks: dict[KpmId, Mark | None] = field(default_factory=dict)
    bare: list[KpmId] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    doubtful: set[KpmId] = field(default_factory=set)


def read_marks(text: str, lines: Sequence[RegisterLine], marked: Mapping[KpmId, Mark]) -> Marking:
    """Read one message of marks; later lines win over earlier ones. `marked` is what the register holds already."""
    result = Marking()
    for sentence in _sentences(text):
        parts = [_pieces(part, lines) for part in re.split(EXCEPT, sentence)]
        if not _read_sentence(parts, lines, marked, result):
            result.unclear.append(sentence)
            result.doubtful |= _ids(piece for part in parts for piece in part)
    for kpm_id in result.doubtful:
        if result.marks.get(kpm_id) is Mark.PRESENT:
            del result.marks[kpm_id]
    return result


def begins_with_marks(text: str) -> bool:
    """Whether a line is about marks and no name: 'hadir semua', not 'Anggrek 1'."""
    first = next(iter(_TOKEN.findall(text.lower())), "")
    return len(first) > 1 and (first in MARKS or first in EVERYBODY)


def _sentences(text: str) -> list[str]:
    words = _TO.sub(r"\1-", text.lower().replace("tanpa keterangan", "alpa"))
    # A full stop after a number belongs to it: people copy the list, "1. hadir".
    parts = [part.strip() for part in re.split(r"[\n;]+|(?<!\d)\.+", words) if part.strip(" .,")]
    joined: list[str] = []
    for part in parts:
        if joined and (re.search(EXCEPT + r"[\s:,]*$", joined[-1]) or re.match(EXCEPT, part)):
            joined[-1] += " " + part
        else:
            joined.append(part)
    return joined


# --- one sentence


def _read_sentence(
    parts: Sequence[Sequence[Piece]], lines: Sequence[RegisterLine], marked: Mapping[KpmId, Mark], result: Marking
) -> bool:
    """Put the marks of one sentence into `result`; False when nothing of it may be used."""
    # 'tidak hadir' says nothing of izin, sakit or alpa, and must never be read as hadir.
    if len(parts) > 2 or any(piece.sort is Sort.NOT for part in parts for piece in part):
        return False
    head, tail = parts[0], _items(parts[1]) if len(parts) == 2 else None
    if tail is not None and tail.unclear:
        return False
    everybody = [n for n, piece in enumerate(head) if piece.sort in {Sort.ALL, Sort.REST}]
    if everybody or (tail is not None and [piece.sort for piece in head] == [Sort.MARK]):
        return _read_bulk(head, everybody, tail, lines, marked, result)
    items = _items(head)
    if tail is not None:
        if items.unclear or items.bare:
            return False
        spared = {**dict.fromkeys(tail.bare), **tail.marks}
        items.marks = {i: mark for i, mark in items.marks.items() if i not in spared} | spared
    result.marks.update(items.marks)
    result.doubtful |= items.doubtful
    result.unclear += items.unclear + [next(n.name for n in lines if n.kpm_id == i) for i in items.bare]
    return True


def _read_bulk(
    head: Sequence[Piece],
    everybody: Sequence[int],
    tail: Items | None,
    lines: Sequence[RegisterLine],
    marked: Mapping[KpmId, Mark],
    result: Marking,
) -> bool:
    """'hadir semua kecuali …', 'semua hadir, 4 sakit', '4 sakit, sisanya hadir', 'hadir kecuali 4'."""
    if len(everybody) > 1:
        return False
    at = everybody[0] if everybody else 1
    rest = bool(everybody) and head[at].sort is Sort.REST
    if at == 1 and head[0].sort is Sort.MARK:
        mark, others = head[0].mark, head[2:]
    elif at + 1 < len(head) and head[at + 1].sort is Sort.MARK:
        mark, others = head[at + 1].mark, [*head[:at], *head[at + 2 :]]
    elif len(head) == 1 and tail is not None and not rest:
        mark, others = Mark.PRESENT, []
    else:
        return False
    beside, exceptions = _items(others), tail or Items()
    if beside.unclear or beside.bare:
        return False
    named = {**beside.marks, **exceptions.marks}
    free = [n.kpm_id for n in lines if not rest or (n.kpm_id not in result.marks and n.kpm_id not in marked)]
    result.marks.update({i: mark for i in free if i not in named and i not in exceptions.bare})
    for kpm_id in exceptions.bare:
        if result.marks.get(kpm_id) is mark:
            del result.marks[kpm_id]
        if marked.get(kpm_id) is mark:
            result.marks[kpm_id] = None
    result.marks.update(named)
    result.left_out += exceptions.bare
    return True


def _items(pieces: Sequence[Piece]) -> Items:
    """'4 sakit, 7 alpa' (the mark closes its items) or 'sakit 4, 7' (the mark opens them)."""
    said = [piece for piece in pieces if piece.sort is not Sort.AND]
    opens = bool(said) and said[0].sort is Sort.MARK
    groups: list[list[Piece]] = [[]]
    for piece in said:
        if piece.sort is Sort.MARK and opens and groups[-1]:
            groups.append([])
        groups[-1].append(piece)
        if piece.sort is Sort.MARK and not opens:
            groups.append([])
    found = Items()
    for group in groups:
        if not group:
            continue
        marks = [piece.mark for piece in group if piece.sort is Sort.MARK]
        who = [i for piece in group for i in piece.ids]
        if any(piece.sort not in {Sort.MARK, Sort.WHO} for piece in group) or (marks and not who):
            found.unclear.append(" ".join(piece.text for piece in group))
            found.doubtful |= set(who)
        elif marks:
            found.marks.update(dict.fromkeys(who, marks[0]))
        else:
            found.bare += who
    if opens and found.unclear and len(groups[-1]) == 1:
        # "sakit 4, 7 alpa": a mark is left over, so nobody knows which one 4 and 7 have.
        return Items(unclear=[" ".join(piece.text for piece in said)], doubtful=_ids(said))
    return found


# --- pieces


def _pieces(part: str, lines: Sequence[RegisterLine]) -> list[Piece]:
    words = [word for word in _TOKEN.findall(part) if word not in _NOISE]
    pieces: list[Piece] = []
    position = 0
    while position < len(words):
        piece, used = _piece(words, position, lines)
        if pieces and _contradicts(pieces[-1], piece):
            piece = Piece(Sort.WORD, piece.text, ids=piece.ids)
        pieces.append(piece)
        position += used
    return pieces


def _contradicts(number: Piece, name: Piece) -> bool:
    """ "3. Wati sakit" where line 3 is somebody else: which of the two is meant?"""
    both = number.sort is name.sort is Sort.WHO and number.ids != name.ids
    return both and number.text[0].isdecimal() and not name.text[0].isdecimal()


def _piece(words: Sequence[str], position: int, lines: Sequence[RegisterLine]) -> tuple[Piece, int]:
    word = words[position]
    following = words[position + 1] if position + 1 < len(words) else ""
    if word in _AND:
        return Piece(Sort.AND, word), 1
    if word[0].isdecimal():
        ids = _numbered(word, lines)
        return Piece(Sort.WHO if ids else Sort.WORD, word, ids=ids), 1
    for length in range(min(4, len(words) - position), 0, -1):
        said = words[position : position + length]
        if length == 1 and (fixed := _fixed(word, following)):
            return fixed, 1
        if len(found := _named(said, lines)) == 1:
            return Piece(Sort.WHO, " ".join(said), ids=found), length
    return Piece(Sort.WORD, word), 1


def _fixed(word: str, following: str) -> Piece | None:
    """A word of this little language; None for a name, or for what nobody knows."""
    if word in NOT or (word in NOT_YET and (following in EVERYBODY or MARKS.get(following) is Mark.PRESENT)):
        return Piece(Sort.NOT, word)
    if word in MARKS or word in CLEAR:
        return Piece(Sort.MARK, word, MARKS.get(word))
    if word in EVERYBODY:
        return Piece(Sort.ALL, word)
    return Piece(Sort.REST, word) if word in REST else None


def _numbered(word: str, lines: Sequence[RegisterLine]) -> tuple[KpmId, ...]:
    """The lines of '4' or '4-9'; none of them when one is not there."""
    ends = re.findall(r"\d+", word)
    if any(len(end) > LARGEST for end in ends):
        return ()
    first, last = int(ends[0]), int(ends[-1])
    found = tuple(line.kpm_id for line in lines if first <= line.number <= last)
    return found if len(found) == last - first + 1 else ()


def _named(said: Sequence[str], lines: Sequence[RegisterLine]) -> tuple[KpmId, ...]:
    """The families with exactly this name, else those whose name has these words in a row."""
    names = [(line.kpm_id, [w for w in _TOKEN.findall(line.name.lower()) if w not in _NOISE]) for line in lines]
    wanted = list(said)
    exact = tuple(i for i, name in names if name == wanted)
    return exact or tuple(i for i, name in names if any(name[n : n + len(wanted)] == wanted for n in range(len(name))))


def _ids(pieces: Iterable[Piece]) -> set[KpmId]:
    return {i for piece in pieces for i in piece.ids}
