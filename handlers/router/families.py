"""What did a family mean, and which conversation answers? Danger first, then leaving, then what is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from data.records import Consent, FamilyStatus, Person
from data.store import Tx
from handlers import (
    attendance,
    consent,
    handover,
    help,
    meetings,
    obligations,
    questions,
    quiz,
    registration,
    rights,
    urgent,
)
from handlers.router.lines import plain_command
from messages.envelope import MEDIA, Inbound, Outbound
from messages.privacy import REMOVED, without_long_numbers
from messages.reading import Expecting, Reading, read

Answer = Callable[[Inbound, Person, Tx], list[Outbound]]
LineAnswer = Callable[[Inbound, Person, Tx, Mapping[str, object]], "list[Outbound] | None"]

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


def family(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
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
    plain = plain_command(registration.read_start(msg.text))
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
    word = plain_command(msg.text).lower().rstrip(".!?")
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
    if msg.button or not msg.text or plain_command(msg.text).lower().rstrip(".!?") in KPM_WORDS:
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
    if reading.meaning in {*attendance.PRESENCE, "unknown"}:
        each = attendance.on_each(msg, who, tx, now)
        if each is not None:
            return each or attendance.on_unread(msg, who, tx, now)
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
