"""What was meant, by which role, and who answers? Order is meaning: leaving outranks everything, being there a menu."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from data.records import Consent, FamilyStatus, Person, Role
from data.store import Tx
from handlers import attendance, consent, handover, help, meetings, quiz, summary
from messages.envelope import MEDIA, Inbound, Kind, Outbound
from messages.reading import Expecting, Reading, read

Answer = Callable[[Inbound, Person, Tx], list[Outbound]]
WordAnswer = Callable[[Inbound, Person, Tx, str], list[Outbound]]
LineAnswer = Callable[[Inbound, Person, Tx, Mapping[str, object]], "list[Outbound] | None"]

LONGEST = 4000
"""Characters of a message that are looked at; the rest is nobody's handwriting."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that begins a line. `shown` ones stand in the menu; the others are accepted."""

    words: tuple[str, ...]
    roles: frozenset[Role]
    answer: WordAnswer


PENDAMPING = frozenset({Role.PENDAMPING})
KOORDINATOR = frozenset({Role.KOORDINATOR, Role.ADMIN})
STAFF = PENDAMPING | KOORDINATOR

STAFF_WORDS: Sequence[Word] = (
    Word(("jadwal",), PENDAMPING, meetings.on_jadwal),
    Word(("gabung",), PENDAMPING, meetings.on_gabung),
    Word(("ganti jadwal", "pindah", "undur", "tunda"), PENDAMPING, meetings.on_ganti),
    Word(("batalkan", "batal"), PENDAMPING, meetings.on_batalkan),
    Word(("absen",), PENDAMPING, attendance.on_absen),
    Word(("setuju",), PENDAMPING, consent.on_setuju),
    Word(("kuis",), PENDAMPING, quiz.on_kuis_staff),
    Word(("paham",), PENDAMPING, quiz.on_paham),
    Word(("rekap",), STAFF, summary.on_rekap),
    Word(("belum bertemu",), KOORDINATOR, summary.on_belum_bertemu),
    Word(("belum lapor",), KOORDINATOR, summary.on_belum_lapor),
    Word(("menu", "bantuan", "help", "start", "mulai"), STAFF, lambda m, w, t, _: help.on_menu(m, w, t)),
)
KPM_WORDS: Mapping[str, Answer] = {
    "jadwal": attendance.on_next,
    "kuis": quiz.on_kuis,
    "materi": quiz.on_materi,
    "menu": help.on_menu,
    "start": help.on_menu,
    "bantuan": help.on_bantuan,
    "cara pakai": help.on_how,
    "uang bantuan": help.on_money,
}
KPM_BUTTONS: Mapping[str, Answer] = {
    "help.how": help.on_how,
    "help.money": help.on_money,
    "quiz.start": quiz.on_start,
    "quiz.later": quiz.on_later,
    "practice.done": lambda m, w, t: _practice(m, w, t, True),
    "practice.not_yet": lambda m, w, t: _practice(m, w, t, False),
}
PRACTICE = {"sudah": True, "sdh": True, "udah": True, "belum": False, "blm": False}
START = {"mulai", "mulai lagi", "start"}

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
    "setuju": lambda m, w, t, _: consent.on_face_answer(m, w, t),
}
WAITING_KPM: Mapping[str, LineAnswer] = {
    "who": attendance.on_who,
    "reason": attendance.on_reason,
    "quiz": quiz.on_quiz_line,
    "quiz_who": quiz.on_quiz_who,
    "practice_who": quiz.on_practice_who,
}


def answer(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """What to say to one event. Nothing here sends, commits, or knows the channel."""
    match msg.kind:
        case Kind.BLOCKED | Kind.UNBLOCKED:
            tx.people.block(msg.sender, msg.kind is Kind.BLOCKED)
            return []
        case Kind.GROUP:
            return []
        case _ if who.staff is not None:
            return _staff(_tidy(msg), who, tx)
        case _:
            return _family(_tidy(msg), who, tx)


def _tidy(msg: Inbound) -> Inbound:
    """Control characters carry no meaning, and the database refuses some of them."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", "", msg.text[:LONGEST])
    return replace(msg, text=text.strip()) if text != msg.text else msg


# --- staff


def _staff(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    if msg.kind in MEDIA or msg.kind is Kind.REACTION:
        return [] if msg.kind is Kind.REACTION else help.on_unknown_word(msg, who, tx)
    if not msg.text and not msg.button:
        return []
    text = _plain_command(msg.text)
    msg = replace(msg, text=text) if text != msg.text else msg
    waiting = tx.sessions.newest(who.address_id)
    found = _word(text, who.role)
    drops = text.lower().rstrip(".!") in {"batal", "tidak jadi", "selesai", "ubah"}
    if found is not None and not msg.button and not (waiting and drops):
        word, rest = found
        return word.answer(msg, who, tx, rest)
    if msg.button and msg.button.startswith("permit."):
        return meetings.on_permit(msg, who, tx)
    if waiting is not None and waiting.topic in WAITING_STAFF:
        said = WAITING_STAFF[waiting.topic](msg, who, tx, waiting.memory)
        if said is not None:
            return said
    if msg.button and msg.button.startswith(("draft.", "mark.", "kelompok:", "place:", "edit:", "face.")):
        return _stale_draft(msg, who, tx)
    return help.on_unknown_word(msg, who, tx)


def _stale_draft(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    return [Outbound(msg.sender, "meetings.draft.nothing")]


def _plain_command(text: str) -> str:
    """'/ganti_jadwal@bot Melati 3' → 'ganti jadwal Melati 3'."""
    found = re.match(r"^/([A-Za-z_]+)(?:@\w+)?\s*(.*)$", text, flags=re.DOTALL)
    return f"{found[1].replace('_', ' ')} {found[2]}".strip() if found else text


def _word(text: str, role: Role) -> tuple[Word, str] | None:
    """The word a line begins with, and the rest of the line; the longest word wins."""
    line = " ".join(text.split(" "))
    best: tuple[int, Word, str] | None = None
    for word in STAFF_WORDS:
        if role not in word.roles:
            continue
        for name in word.words:
            spaced = name.replace(" ", r"\s+")
            found = re.match(rf"{spaced}(?![^\W_])[\s:;,]*", line, flags=re.IGNORECASE)
            if found and (best is None or len(name) > best[0]):
                best = (len(name), word, line[found.end() :].strip())
    return (best[1], best[2]) if best else None


# --- families


def _family(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    reading = read(msg.text, Expecting.NONE) if msg.text else Reading("unknown")
    if reading.meaning == "stop" and who.kpms:
        return consent.on_stop(msg, who, tx)
    if not who.kpms:
        return consent.on_stranger(msg, who, tx)
    active = [kpm for kpm in who.kpms if kpm.status is FamilyStatus.AKTIF]
    if not active:
        return consent.on_inactive(msg, who, tx)
    who = replace(who, kpms=active)
    word = _plain_command(msg.text).lower().rstrip(".!?")
    if word in START and who.consent is not Consent.YES:
        return consent.on_start(msg, who, tx)
    if reading.details.get("nik"):
        return handover.on_nik(msg, who, tx)
    if who.consent is None:
        return _introduction(msg, who, tx)
    if msg.button and msg.button.startswith("consent."):
        return consent.on_answer(msg, who, tx)
    return _known_family(msg, who, tx, word, reading)


def _introduction(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """Nobody is asked anything else before consent; the first message of all begins it."""
    if tx.sessions.get(who.address_id, consent.TOPIC):
        return consent.on_answer(msg, who, tx)
    return consent.introduce(msg, who, tx)


def _known_family(msg: Inbound, who: Person, tx: Tx, word: str, reading: Reading) -> list[Outbound]:
    waiting = tx.sessions.newest(who.address_id)
    if waiting is not None and waiting.topic in WAITING_KPM and (msg.text or msg.button):
        said = WAITING_KPM[waiting.topic](msg, who, tx, waiting.memory)
        if said is not None:
            return said
    if msg.button:
        if msg.button.startswith("quiz.answer:"):
            return quiz.on_quiz_button(msg, who, tx)
        return KPM_BUTTONS.get(msg.button, attendance.on_button)(msg, who, tx)
    if word in {*START, "nanti"} and tx.quiz.open_of([kpm.id for kpm in who.kpms]):
        return quiz.on_later(msg, who, tx) if word == "nanti" else quiz.on_start(msg, who, tx)
    if word in PRACTICE and (said := quiz.on_practice(msg, who, tx, PRACTICE[word])) is not None:
        return said
    if word in KPM_WORDS:
        return KPM_WORDS[word](msg, who, tx)
    now = attendance.situation(who, tx, msg.at)
    if msg.kind in MEDIA:
        return handover.on_media(msg, who, tx, awaited=now.expecting is not Expecting.NONE)
    if not msg.text:
        return []
    if (said := attendance.on_ketua(msg, who, tx)) is not None:
        return said
    return _read(msg, who, tx, now, reading)


def _practice(msg: Inbound, who: Person, tx: Tx, done: bool) -> list[Outbound]:
    said = quiz.on_practice(msg, who, tx, done)
    return said if said is not None else [Outbound(msg.sender, "attendance.stale")]


def _quiz_again(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """A quiz is open and nothing else could read the line."""
    waiting = tx.sessions.get(who.address_id, quiz.TOPIC)
    return quiz.on_unclear(msg, who, tx, waiting.memory) if waiting is not None else None


def _read(msg: Inbound, who: Person, tx: Tx, now: attendance.Situation, plain: Reading) -> list[Outbound]:
    """Words without a fixed meaning: read them with what is awaited in hand."""
    reading = plain if now.expecting is Expecting.NONE else read(msg.text, now.expecting)
    bare = now.expecting is Expecting.NONE and reading.meaning in {"yes", "no"}
    if reading.meaning in attendance.PRESENCE and not bare:
        return attendance.on_reading(msg, who, tx, now, reading)
    match reading.meaning:
        case "help":
            return help.on_bantuan(msg, who, tx)
        case "greeting":
            return help.on_greeting(msg, who, tx)
        case "thanks":
            return help.on_thanks(msg, who, tx)
        case "question":
            return handover.pass_on(msg, who, tx, "question", msg.text, meeting=now.meeting)
        case "wrong_number":
            return consent.on_wrong_number(msg, who, tx)
        case "unknown" if now.expecting is Expecting.NONE:
            return _unknown(msg, who, tx, now)
        case "unknown" if (said := _quiz_again(msg, who, tx)) is not None:
            return said
        case "unknown":
            return attendance.on_unread(msg, who, tx, now)
        case _:
            return handover.pass_on(msg, who, tx, "unread", msg.text, meeting=now.meeting)


def _unknown(msg: Inbound, who: Person, tx: Tx, now: attendance.Situation) -> list[Outbound]:
    """Nothing is awaited. A bare 'hadir' still gets an answer: the next meeting, or that there is none."""
    as_answer = read(msg.text, Expecting.RSVP)
    if as_answer.sure and as_answer.meaning in attendance.PRESENCE:
        return attendance.on_reading(msg, who, tx, now, as_answer)
    if (said := _quiz_again(msg, who, tx)) is not None:
        return said
    return attendance.on_unread(msg, who, tx, now)


__all__ = ["KPM_WORDS", "STAFF_WORDS", "answer"]
