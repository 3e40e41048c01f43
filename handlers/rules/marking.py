"""Which marks does a pendamping mean by 'hadir semua kecuali 4 sakit, 7 alpa'?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
CLEAR = {"kosong", "hapus", "belum"}
EXCEPT = r"\b(?:kecuali|kcuali|kecualinya|selain|tanpa|kec|except)\b"
EVERYBODY = r"\b(?:semua|semuanya|sadayaan|samunyaan|kabeh)\b"
REST = {"sisanya", "sisa", "lainnya", "selebihnya", "yang lain"}
_NOISE = {"bu", "ibu", "nenek", "bapak", "pak", "kakek", "dan", "nomor", "no", "yang", "ya", "untuk", "diketahui"}
_NOT = r"\b(?:tidak|tdk|tak|gak|ga|gk|nggak|ngga|enggak|ndak|bukan|kada|kd|kadada|ora|mboten|belum|blm)"
_NOT_THERE = re.compile(_NOT + r"\s+(?:bisa\s+)?(?:hadir|hdr|datang|semua|semuanya)\b")
_TOKEN = re.compile(r"\d+\s*-\s*\d+|\d+|[^\W\d_]+(?:['’][^\W\d_]+)*", re.UNICODE)


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


def read_marks(text: str, lines: Sequence[RegisterLine], marked: Mapping[KpmId, Mark]) -> Marking:
    """Read one message of marks; later lines win over earlier ones. `marked` is what the register holds already."""
    result = Marking()
    for sentence in _sentences(text):
        _read_sentence(sentence, lines, marked, result)
    return result


def _sentences(text: str) -> list[str]:
    parts = [part.strip() for part in re.split(r"[\n;.]+", text.lower()) if part.strip()]
    joined: list[str] = []
    for part in parts:
        if joined and re.search(EXCEPT + r"[\s:,]*$", joined[-1]):
            joined[-1] += " " + part
        else:
            joined.append(part)
    return joined


def _read_sentence(sentence: str, lines: Sequence[RegisterLine], marked: Mapping[KpmId, Mark], result: Marking) -> None:
    if _NOT_THERE.search(sentence):
        # 'tidak hadir' says nothing of izin, sakit or alpa, and must never be read as hadir.
        result.unclear.append(sentence)
        return
    head, *tail = re.split(EXCEPT, sentence, maxsplit=1)
    tokens = _TOKEN.findall(head)
    if re.search(EVERYBODY, head):
        mark = next((MARKS[t] for t in tokens if t in MARKS), Mark.PRESENT if tail else None)
        if mark is None:
            result.unclear.append(head.strip())
            return
        exceptions = Marking()
        if tail:
            _read_items(_TOKEN.findall(tail[0]), lines, exceptions)
        if exceptions.unclear:
            # Whom she wants to except is not known, so 'semua' is not known either.
            result.unclear.append(sentence)
            return
        spared = set(exceptions.marks) | set(exceptions.left_out)
        result.marks.update({line.kpm_id: mark for line in lines if line.kpm_id not in spared})
        for kpm_id in exceptions.left_out:
            result.marks.pop(kpm_id, None)
        result.marks.update(exceptions.marks)
        result.left_out += exceptions.left_out
        return
    rest = next((word for word in REST if word in head), None)
    if rest:
        mark = next((MARKS[t] for t in tokens if t in MARKS), None)
        if mark is None:
            result.unclear.append(head.strip())
            return
        free = [n for n in lines if n.kpm_id not in result.marks and n.kpm_id not in marked]
        result.marks.update({line.kpm_id: mark for line in free})
        return
    items = Marking()
    _read_items(_TOKEN.findall(sentence), lines, items)
    result.marks.update(items.marks)
    result.unclear += items.unclear + [next(n.name for n in lines if n.kpm_id == i) for i in items.left_out]


def _read_items(tokens: Sequence[str], lines: Sequence[RegisterLine], result: Marking) -> None:
    """'4 sakit, 7 alpa' (the mark closes its items) or 'sakit 4, 7' (the mark opens them)."""
    words = [t for t in tokens if t not in _NOISE]
    opens = bool(words) and words[0] in MARKS
    waiting: list[KpmId] = []
    current: Mark | None = None
    position = 0
    while position < len(words):
        word = words[position]
        if word in MARKS or word in CLEAR:
            mark = MARKS.get(word)
            if opens:
                current = mark
            elif waiting:
                result.marks.update(dict.fromkeys(waiting, mark))
                waiting = []
            else:
                result.unclear.append(word)
            position += 1
            continue
        found, used = _find(words, position, lines)
        if not found:
            result.unclear.append(" ".join(words[position : position + used]))
        elif opens and current is not None:
            result.marks.update(dict.fromkeys(found, current))
        else:
            waiting += found
        position += used
    result.left_out += waiting


def _find(words: Sequence[str], position: int, lines: Sequence[RegisterLine]) -> tuple[list[KpmId], int]:
    """The families meant by the words at `position`, and how many words that took. Nothing when it is not clear."""
    word = words[position]
    if word[0].isdigit():
        ends = [int(part) for part in re.findall(r"\d+", word)]
        wanted = set(range(ends[0], ends[-1] + 1)) if ends[-1] - ends[0] < 200 else set()
        found = [line.kpm_id for line in lines if line.number in wanted]
        return (found, 1) if len(found) == len(wanted) else ([], 1)
    for length in range(min(4, len(words) - position), 0, -1):
        name = " ".join(words[position : position + length])
        exact = [line.kpm_id for line in lines if line.name.lower() == name]
        if len(exact) == 1:
            return exact, length
        begins = [line.kpm_id for line in lines if line.name.lower().split()[0] == name]
        if not exact and len(begins) == 1:
            return begins, length
    return [], 1
