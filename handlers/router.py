"""What was meant, by which role, and who answers? Order is meaning: leaving outranks everything, being there a menu."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from data.records import Consent, FamilyStatus, Person, Role, Session
from data.store import Tx
from handlers import (
    attendance,
    broadcast,
    consent,
    desk,
    handover,
    help,
    meetings,
    obligations,
    questions,
    quiz,
    registration,
    reports,
    rights,
    scope,
    status,
    summary,
    urgent,
    voices,
)
from handlers.rules.permissions import KOORDINATOR, PENDAMPING, STAFF
from messages.envelope import MEDIA, Inbound, Kind, Outbound
from messages.privacy import REMOVED, without_long_numbers
from messages.reading import Expecting, Reading, read

Answer = Callable[[Inbound, Person, Tx], list[Outbound]]
WordAnswer = Callable[[Inbound, Person, Tx, str], list[Outbound]]
LineAnswer = Callable[[Inbound, Person, Tx, Mapping[str, object]], "list[Outbound] | None"]

LONGEST = 4000
"""Characters of a message that are looked at; the rest is nobody's handwriting."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
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
KPM_WORDS: Mapping[str, Answer] = {
    "jadwal": attendance.on_next,
    "tanya": questions.on_tanya,
    "kuis": quiz.on_kuis,
    "materi": quiz.on_materi,
    "menu": help.on_menu,
    "start": help.on_menu,
    "mulai": help.on_menu,
    "info data": rights.on_info,
    "hapus data": rights.on_hapus,
    "bantuan": help.on_bantuan,
    "cara pakai": help.on_how,
    "uang bantuan": help.on_money,
    "kewajiban": obligations.on_kewajiban,
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
    "data": obligations.on_data_line,
    "verkom": obligations.on_verkom_line,
    "setuju": lambda m, w, t, _: consent.on_face_answer(m, w, t),
    broadcast.TOPIC: broadcast.on_draft_line,
    meetings.TOPIC: meetings.on_usul_line,
    reports.TOPIC: reports.on_line,
    reports.WHICH: lambda m, w, t, _: reports.on_which(m, w, t),
    "jawab": questions.on_answer_line,
}
WAITING_KPM: Mapping[str, LineAnswer] = {
    "who": attendance.on_who,
    "reason": attendance.on_reason,
    "kewajiban_siapa": lambda m, w, t, _: obligations.on_whose(m, w, t),
    "kewajiban_mana": obligations.on_which,
    "kewajiban_alasan": obligations.on_why,
    "izin_kewajiban": lambda m, w, t, _: obligations.on_consent(m, w, t),
    "bantuan": lambda m, w, t, _: help.on_which_help(m, w, t),
    "tanya": lambda m, w, t, _: _asked(m, w, t),
    "salah_nomor": lambda m, w, t, _: questions.on_sure(m, w, t),
    rights.TOPIC: rights.on_line,
    "quiz": quiz.on_quiz_line,
    "quiz_who": quiz.on_quiz_who,
    "practice_who": quiz.on_practice_who,
    meetings.VOTE: meetings.on_vote_line,
}


def answer(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """What to say to one event. Nothing here sends, commits, or knows the channel."""
    match msg.kind:
        case Kind.BLOCKED | Kind.UNBLOCKED:
            tx.people.block(msg.sender, msg.kind is Kind.BLOCKED)
            return []
        case Kind.GROUP:
            return []
        case Kind.REACTION | Kind.EDITED | Kind.DELETED:
            return _wordless(msg, who, tx)
        case _ if who.staff is not None:
            return _staff(_tidy(msg), who, tx)
        case _:
            return _family(_tidy(msg), who, tx)


def _wordless(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A thumb under a letter, a message mended or taken back: only of families that hear from us."""
    who = replace(who, kpms=[kpm for kpm in who.kpms if kpm.status is FamilyStatus.AKTIF])
    if who.staff is not None or not who.kpms or who.consent is not Consent.YES:
        return []
    return attendance.on_reaction(msg, who, tx) if msg.kind is Kind.REACTION else handover.on_changed(msg, who, tx)


def _tidy(msg: Inbound) -> Inbound:
    """Control characters carry no meaning, and the database refuses some of them."""
    text = _CONTROLS.sub("", msg.text[:LONGEST]).strip()
    button = _CONTROLS.sub("", msg.button) if msg.button else msg.button
    if text == msg.text and button == msg.button:
        return msg
    return replace(msg, text=text, button=button)


# --- staff


def _staff(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    if msg.kind in MEDIA:
        if (said := broadcast.on_media(msg, who, tx)) is not None:
            return said
        telling = tx.sessions.get(who.address_id, reports.TOPIC)
        told = reports.on_media(msg, who, tx, telling.memory) if telling else []
        return told or help.on_unknown_word(msg, who, tx)
    if not msg.text and not msg.button:
        return []
    numbered = _CARD.search(msg.text) is not None
    text = _plain_command(_CARD.sub(" ", msg.text).strip())
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
    if msg.button in {"school.tell", "school.leave"}:
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
        return [Outbound(msg.sender, "meetings.draft.nothing")]
    loose = questions.on_loose_line(msg, who, tx) if who.role is Role.PENDAMPING else None
    return loose or help.on_unknown_word(msg, who, tx)


def _of_a_draft(msg: Inbound) -> bool:
    """A button or word of a conversation that is over."""
    if msg.button:
        return msg.button.startswith(
            ("draft.", "mark.", "kelompok:", "place", "edit:", "face.", "data.", "verkom.", "answer.", "report.")
        )
    return msg.text.lower().rstrip(".! ") in {"selesai", "ubah"}


def _plain_command(text: str) -> str:
    """'/ganti_jadwal@bot Melati 3' → 'ganti jadwal Melati 3'."""
    found = re.match(r"^/([A-Za-z_]+)(?:@\w+)?\s*(.*)$", text, flags=re.DOTALL)
    return f"{found[1].replace('_', ' ')} {found[2]}".strip() if found else text


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


# --- families


def _family(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    text = without_long_numbers(msg.text)
    numbered = text != msg.text
    if numbered:
        msg = replace(msg, text=text.replace(REMOVED, " ").strip())
    reading = read(msg.text, Expecting.NONE) if msg.text and not msg.button else Reading("unknown")
    if reading.meaning in {"urgent", "loss"} and (said := _words_of_the_quiz(msg, who, tx)) is not None:
        return said
    if reading.meaning == "urgent":
        return urgent.on_danger(msg, who, tx)
    if (said := registration.on_line(msg, who, tx, consent.introduce)) is not None:
        return said
    plain = _plain_command(registration.read_start(msg.text))
    if plain != msg.text:
        msg = replace(msg, text=plain)
        reading = read(plain, Expecting.NONE) if plain and not msg.button else reading
    if reading.meaning == "loss" and who.kpms:
        return _lost(msg, who, tx)
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
        return _agreed(consent.on_start(msg, who, tx), msg, who, tx)
    if numbered or reading.details.get("nik"):
        return _with_number(msg, who, tx)
    if who.consent is None:
        return _introduction(msg, who, tx)
    if msg.button and msg.button.startswith("consent."):
        return _agreed(consent.on_answer(msg, who, tx), msg, who, tx)
    return _known_family(msg, who, tx, word, reading)


def _with_number(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A long number came; its sender is told that we keep none. What she said beside it still counts."""
    notice = handover.on_nik(msg, who, tx)
    now = attendance.situation(who, tx, msg.at)
    if who.consent is None or now.expecting is Expecting.NONE:
        return notice
    beside = read(msg.text, now.expecting)
    if not beside.sure or beside.meaning not in attendance.PRESENCE:
        return notice
    return [*attendance.on_reading(msg, who, tx, now, beside), *notice]


def _words_of_the_quiz(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """'Kejang' is an answer where the quiz that is open offers that very word."""
    waiting = tx.sessions.get(who.address_id, quiz.TOPIC) if who.consent is Consent.YES else None
    return quiz.on_quiz_line(msg, who, tx, waiting.memory) if waiting is not None else None


def _lost(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A death in the family is answered quietly; where it also says that she cannot come, that is kept too."""
    obligations.on_loss(who, tx)
    now = attendance.situation(who, tx, msg.at)
    if who.consent is Consent.YES and now.expecting is not Expecting.NONE:
        beside = read(msg.text, now.expecting)
        if beside.sure and beside.meaning == "cannot_attend":
            said = attendance.on_reading(msg, who, tx, now, beside)
            asks = [letter for letter in said if letter.key == "attendance.who"]
            quiet, *told = urgent.on_loss(msg, who, tx)
            return [*(asks or [quiet]), *told]
    return urgent.on_loss(msg, who, tx)


def _agreed(said: list[Outbound], msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """Who agrees when the invitations have gone out already hears of the meeting at once."""
    if any(letter.key in {"consent.yes", "consent.started"} for letter in said):
        said += attendance.on_late(msg, who, tx)
    return said


def _introduction(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """Nobody is asked anything else before consent; the first message of all begins it."""
    if (msg.text or msg.button) and tx.sessions.get(who.address_id, "salah_nomor"):
        if (said := questions.on_sure(msg, who, tx)) is not None:
            return said
    elif msg.text and not msg.button and read(msg.text, Expecting.CONSENT).meaning == "wrong_number":
        return questions.on_wrong_number(msg, who, tx)
    if tx.sessions.get(who.address_id, consent.TOPIC):
        return _agreed(consent.on_answer(msg, who, tx), msg, who, tx)
    return consent.introduce(msg, who, tx)


def _known_family(msg: Inbound, who: Person, tx: Tx, word: str, reading: Reading) -> list[Outbound]:
    said = _open_question(msg, who, tx) if msg.text or msg.button else None
    if said is not None:
        return said
    if msg.button and msg.button.startswith("ob.ask:"):
        return questions.on_tanya(msg, who, tx)
    if msg.button and (said := obligations.on_button(msg, who, tx)) is not None:
        return said
    if msg.button:
        if msg.button.startswith("quiz.answer:"):
            return quiz.on_quiz_button(msg, who, tx)
        if msg.button.startswith("vote:"):
            return meetings.on_vote(msg, who, tx)
        return KPM_BUTTONS.get(msg.button, attendance.on_button)(msg, who, tx)
    if word in {*START, "nanti"} and quiz.is_waited_for(who, tx):
        return quiz.on_later(msg, who, tx) if word == "nanti" else quiz.on_start(msg, who, tx)
    if (
        word in PRACTICE
        and not obligations.is_newest(who, tx)
        and (said := quiz.on_practice(msg, who, tx, PRACTICE[word])) is not None
    ):
        return said
    if word in KPM_WORDS:
        return KPM_WORDS[word](msg, who, tx)
    now = attendance.situation(who, tx, msg.at)
    if msg.kind in MEDIA:
        answered, *told = handover.on_media(msg, who, tx, now.expecting)
        return [*_read(msg, who, tx, now, reading), *told] if msg.text else [answered, *told]
    if not msg.text:
        return []
    if (said := attendance.on_ketua(msg, who, tx)) is not None:
        return said
    if now.expecting is not Expecting.CHECKIN:
        said = obligations.on_line(msg, who, tx, now.expecting)
        if said is not None:
            return said
    return _read(msg, who, tx, now, reading)


def _practice(msg: Inbound, who: Person, tx: Tx, done: bool) -> list[Outbound]:
    said = quiz.on_practice(msg, who, tx, done)
    return said if said is not None else [Outbound(msg.sender, "attendance.stale")]


def _quiz_again(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """A quiz is open and nothing else could read the line."""
    waiting = tx.sessions.get(who.address_id, quiz.TOPIC)
    return quiz.on_unclear(msg, who, tx, waiting.memory) if waiting is not None else None


def _open_question(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """The newest question that this line answers; older ones wait behind it."""
    newest = tx.sessions.newest(who.address_id)
    if newest is None:
        return None
    for topic in sorted(WAITING_KPM, key=lambda topic: topic != newest.topic):
        waiting = tx.sessions.get(who.address_id, topic)
        said = WAITING_KPM[topic](msg, who, tx, waiting.memory) if waiting else None
        if said is not None:
            return said
    return None


def _asked(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """The line after TANYA is a question, unless it is a word of the menu or answers what stands open beside it."""
    if msg.button or not msg.text or _plain_command(msg.text).lower().rstrip(".!?") in KPM_WORDS:
        return None
    now = attendance.situation(who, tx, msg.at)
    if now.expecting is not Expecting.NONE:
        reading = read(msg.text, now.expecting)
        if reading.sure and reading.meaning in attendance.PRESENCE and not reading.details.get("question"):
            return None
    return questions.on_asked(msg, who, tx)


def _read(msg: Inbound, who: Person, tx: Tx, now: attendance.Situation, plain: Reading) -> list[Outbound]:
    """Words without a fixed meaning: read them with what is awaited in hand."""
    reading = plain if now.expecting is Expecting.NONE else read(msg.text, now.expecting)
    bare = now.expecting is Expecting.NONE and reading.meaning in {"yes", "no"}
    if reading.meaning in attendance.PRESENCE and not bare:
        return attendance.on_reading(msg, who, tx, now, reading)
    match reading.meaning:
        case "yes" if bare:
            return help.on_thanks(msg, who, tx)
        case "help":
            return help.on_bantuan(msg, who, tx)
        case "greeting":
            return help.on_greeting(msg, who, tx)
        case "thanks":
            return help.on_thanks(msg, who, tx)
        case "question":
            return handover.pass_on(msg, who, tx, "question", msg.text, meeting=now.meeting)
        case "data_change":
            return obligations.on_change(msg, who, tx, reading)
        case "wrong_number":
            return questions.on_wrong_number(msg, who, tx)
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
