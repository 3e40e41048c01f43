"""Which word of staff is it, who may say it, and which conversation answers? The longest word wins."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from data.records import Person, Role, Session
from data.store import Tx
from handlers import (
    attendance,
    broadcast,
    consent,
    desk,
    help,
    meetings,
    obligations,
    questions,
    quiz,
    registration,
    reports,
    scope,
    status,
    summary,
    voices,
)
from handlers.router.lines import plain_command
from handlers.rules.permissions import KOORDINATOR, PENDAMPING, STAFF
from messages.envelope import MEDIA, Inbound, Outbound

WordAnswer = Callable[[Inbound, Person, Tx, str], list[Outbound]]
LineAnswer = Callable[[Inbound, Person, Tx, Mapping[str, object]], "list[Outbound] | None"]

_CARD = re.compile(r"(?<!\d)(?:\d{16}|\d{4}([ .-])\d{4}\1\d{4}\1\d{4}|\d{6}([ .-])\d{6}\2\d{4})(?!\d)")
"""A NIK, KK or card number among the words of staff, whose dates and hours have as many digits."""

_DROP = re.compile(r"(batal|tidak jadi|gak jadi|ga jadi)(\s+(saja|aja|ya|dulu|deh|dong))?[.!]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word that begins a line. `shown` ones stand in the menu; the others are accepted."""

    words: tuple[str, ...]
    roles: frozenset[Role]
    answer: WordAnswer


STAFF_WORDS: Sequence[Word] = (
    Word(("jadwal",), PENDAMPING, meetings.on_jadwal),
    Word(("gabung",), PENDAMPING, meetings.on_gabung),
    Word(("usul waktu",), PENDAMPING, meetings.on_usul),
    Word(("ganti jadwal", "pindah", "undur", "tunda"), PENDAMPING, meetings.on_ganti),
    Word(("batalkan", "batal"), PENDAMPING, meetings.on_batalkan),
    Word(("absen",), PENDAMPING, attendance.on_absen),
    Word(("setuju",), PENDAMPING, consent.on_setuju),
    Word(("undang",), PENDAMPING, registration.on_undang),
    Word(("daftarkan",), PENDAMPING, lambda m, w, t, rest: registration.on_daftarkan(m, w, t, rest, consent.introduce)),
    Word(("kode",), PENDAMPING, registration.on_kode),
    Word(("status",), PENDAMPING, status.on_status),
    Word(("tindak lanjut",), PENDAMPING, status.on_tindak_lanjut),
    Word(("data",), PENDAMPING, obligations.on_data),
    Word(("verkom",), STAFF, obligations.on_verkom),
    Word(("tanya",), PENDAMPING, questions.on_list),
    Word(("jawab",), PENDAMPING, questions.on_jawab),
    Word(("catat",), PENDAMPING, questions.on_catat),
    Word(("tutup",), PENDAMPING, questions.on_tutup),
    Word(("bahasa",), PENDAMPING, voices.on_bahasa),
    Word(("kuis",), PENDAMPING, quiz.on_kuis_staff),
    Word(("kuis",), KOORDINATOR, quiz.on_kuis_overview),
    Word(("paham",), PENDAMPING, quiz.on_paham),
    Word(("laporan",), PENDAMPING, reports.on_laporan),
    Word(("rekap",), STAFF, summary.on_rekap),
    Word(("belum bertemu",), KOORDINATOR, summary.on_belum_bertemu),
    Word(("belum lapor",), KOORDINATOR, summary.on_belum_lapor),
    Word(("siaran", "umumkan", "kirim"), STAFF, broadcast.on_siaran),
    Word(("ringkasan",), KOORDINATOR, summary.on_ringkasan),
    Word(("halaman", "dasbor"), STAFF, desk.on_halaman),
    Word(("menu", "bantuan", "help", "start", "mulai"), STAFF, lambda m, w, t, _: help.on_menu(m, w, t)),
)
WAITING_STAFF: Mapping[str, LineAnswer] = {
    "jadwal": meetings.on_draft_line,
    "pindah": meetings.on_move_line,
    "batalkan": meetings.on_cancel_line,
    "tempat": meetings.on_place_line,
    "absen": attendance.on_register_line,
    "kuis": quiz.on_kuis_line,
    "kuis_lisan": quiz.on_aloud_line,
    "paham": quiz.on_levels_line,
    "absen_mana": lambda m, w, t, _: attendance.on_which(m, w, t),
    "data": obligations.on_data_line,
    "verkom": obligations.on_verkom_line,
    "setuju": lambda m, w, t, _: consent.on_face_answer(m, w, t),
    broadcast.TOPIC: broadcast.on_draft_line,
    meetings.TOPIC: meetings.on_usul_line,
    reports.TOPIC: reports.on_line,
    reports.WHICH: lambda m, w, t, _: reports.on_which(m, w, t),
    "jawab": questions.on_answer_line,
}


def staff(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    if msg.kind in MEDIA:
        if (said := broadcast.on_media(msg, who, tx, numbered=bool(_CARD.search(msg.text)))) is not None:
            return said
        telling = tx.sessions.get(who.address_id, reports.TOPIC)
        told = reports.on_media(msg, who, tx, telling.memory) if telling else []
        return told or help.on_unknown_word(msg, who, tx)
    if not msg.text and not msg.button:
        return []
    numbered = _CARD.search(msg.text) is not None
    text = plain_command(_CARD.sub(" ", msg.text).strip())
    drops = msg.button is None and _DROP.fullmatch(text) is not None
    msg = replace(msg, text="batal" if drops else text)
    waiting = tx.sessions.newest(who.address_id)
    found = None if msg.button or drops else _word(text, who, tx, waiting)
    if numbered and (found[0].answer is broadcast.on_siaran if found else waiting and waiting.topic == broadcast.TOPIC):
        return broadcast.on_number(msg, who, tx)
    if found is not None:
        word, rest = found
        return word.answer(msg, who, tx, rest)
    if msg.button and msg.button.startswith("permit."):
        return meetings.on_permit(msg, who, tx)
    if msg.button and msg.button.startswith(("data.take:", "data.no:")):
        return obligations.on_decision(msg, who, tx)
    if (msg.button or "").startswith(("school.tell:", "school.leave:")):
        return obligations.on_low(msg, who, tx)
    if msg.button and msg.button.startswith("join."):
        return registration.on_decision(msg, who, tx, consent.introduce)
    if msg.button and msg.button.startswith("siaran."):
        return broadcast.on_button(msg, who, tx)
    if msg.button and msg.button.startswith(("pick:", "rhythm.")):
        return meetings.on_pick(msg, who, tx) if msg.button[0] == "p" else meetings.on_rhythm(msg, who, tx)
    if (said := questions.on_quoted(msg, who, tx)) is not None:
        return said
    if waiting is not None and waiting.topic in WAITING_STAFF:
        said = WAITING_STAFF[waiting.topic](msg, who, tx, waiting.memory)
        if said is not None:
            return said
        if drops:
            tx.sessions.end(who.address_id, waiting.topic)
            return [Outbound(msg.sender, "meetings.draft.dropped")]
    if drops or _of_a_draft(msg):
        return [Outbound(msg.sender, "meetings.draft.nothing", refuses=_names_one(msg))]
    loose = questions.on_loose_line(msg, who, tx) if who.role is Role.PENDAMPING else None
    return loose or [replace(letter, refuses=_names_one(msg)) for letter in help.on_unknown_word(msg, who, tx)]


def _names_one(msg: Inbound) -> bool:
    """A button with an id in it, which no conversation of this person knows: a family's, or of another's draft."""
    return ":" in (msg.button or "")


def _of_a_draft(msg: Inbound) -> bool:
    """A button or word of a conversation that is over."""
    if msg.button:
        return msg.button.startswith(
            ("draft.", "mark.", "kelompok:", "place", "edit:", "face.", "data.", "verkom.", "answer.", "report.")
        )
    return msg.text.lower().rstrip(".! ") in {"selesai", "ubah"}


def _word(text: str, who: Person, tx: Tx, waiting: Session | None) -> tuple[Word, str] | None:
    """The word a line begins with, and the rest of the line; the longest word wins."""
    best: tuple[int, Word, str] | None = None
    for word in STAFF_WORDS:
        if who.role not in word.roles:
            continue
        for name in word.words:
            spaced = name.replace(" ", r"\s+")
            found = re.match(rf"{spaced}(?![^\W_])[\s:;,.!?]*", text, flags=re.IGNORECASE)
            if name == "kirim" and not re.search(r"[;\n]", text):
                continue  # the answer to a preview
            if found and (best is None or len(name) > best[0]):
                best = (len(name), word, text[found.end() :].rstrip(" .!?"))
    if best is None or (_asked_why(waiting) and not _names_a_kelompok(best[2], who, tx)):
        return None
    return best[1], best[2]


def _asked_why(waiting: Session | None) -> bool:
    """'Tunda, hujan' is a reason when a reason was asked for, 'Jadwal besok pindah' an announcement when one was, and
    'Undang bidan' a follow-up."""
    if waiting is None:
        return False
    step = waiting.memory.get("step")
    asked = {("batalkan", "detail"), (broadcast.TOPIC, "words"), *((reports.TOPIC, one) for one in reports.FREE_TEXT)}
    return (waiting.topic, step) in asked


def _names_a_kelompok(rest: str, who: Person, tx: Tx) -> bool:
    return not rest or scope.starts_with(rest, scope.mine(who, tx))[0] is not None
