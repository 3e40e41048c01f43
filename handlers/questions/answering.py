"""JAWAB, CATAT and TUTUP: what does the pendamping say to a family's message, and what of it does the family hear?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from data.questions import Question
from data.records import Consent, Person, Topic
from data.store import Tx
from handlers import handover
from handlers.questions.listing import askers, name_of
from handlers.questions.telling import LONGEST, tell, unfit
from handlers.speech import say
from messages.envelope import Inbound, Outbound
from messages.privacy import REMOVED
from messages.topics import subject

TOPIC = "jawab"
WAITS = timedelta(minutes=30)
A_DAY = timedelta(days=1)
_NUMBERED = re.compile(r"\s*(?:no\.?\s*|nomor\s*|pesan\s*)?(\d{1,9})\b[\s:;,.\-]*(.*)", re.DOTALL | re.IGNORECASE)
_SEND, _DROP = {"answer.send", "ya", "ya, kirim", "kirim", "iya"}, {"answer.drop", "batal", "tidak jadi", "tidak"}


def on_jawab(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """JAWAB 3; Besok saya ke rumah. Without words they are asked for."""
    ticket, words = _named(msg, who, tx, rest)
    if isinstance(ticket, Outbound):
        return [ticket]
    if not words:
        tx.sessions.keep(who.address_id, TOPIC, {"id": ticket.id}, WAITS)
        shown = handover.shown(ticket.text)
        return [say(msg, "questions.staff.what_answer", number=str(ticket.id), who=name_of(tx, ticket), text=shown)]
    return _answer(msg, who, tx, ticket, words)


def on_catat(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """CATAT 3; Surat sudah diantar: a step that the family does not hear of."""
    ticket, words = _named(msg, who, tx, rest)
    if isinstance(ticket, Outbound):
        return [ticket]
    if not words:
        return [say(msg, "questions.staff.step_how")]
    assert who.staff is not None  # noqa: S101  only staff have words
    tx.questions.add_step(ticket.id, who.staff.id, words[:LONGEST], told=False)
    return [say(msg, "questions.staff.step_kept", number=str(ticket.id))]


def on_tutup(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """TUTUP 3, or TUTUP 3; KIS sudah aktif: the result of a case is told to the family, and it is over."""
    ticket, words = _named(msg, who, tx, rest)
    if isinstance(ticket, Outbound):
        return [ticket]
    if fault := _fault(msg, words):
        return [fault]
    assert who.staff is not None  # noqa: S101  only staff have words
    told: list[Outbound] = []
    for one in _alike(tx, who, ticket):
        told += tell(tx, one, words) if words else []
        tx.questions.close(one.id, who.staff.id, words or None)
        tx.audit.write(f"staff:{who.staff.id}", "question.closed", f"question:{one.id}")
    return [say(msg, "questions.staff.closed", number=str(ticket.id)), *told]


def on_quoted(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """An answer to the letter that brought the question; None when the letter was about something else."""
    if not msg.reply_to or not msg.text or msg.button or who.staff is None:
        return None
    about = tx.outbox.about_at(who.address_id, msg.reply_to) or ""
    number = about.removeprefix(handover.ABOUT)
    if about == number or not number.isdecimal():
        return None
    ticket = tx.questions.ticket(who.staff, int(number))
    if ticket is None:
        return [say(msg, "questions.staff.not_found")]
    if not ticket.open:
        return [say(msg, "questions.staff.closed_already", number=number)]
    return _answer(msg, who, tx, ticket, " ".join(msg.text.split()))


def on_loose_line(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """Words that are no command, soon after one question came: most likely its answer, so that is asked."""
    if msg.button or who.staff is None or len(msg.text.split()) < 2:
        return None
    waiting = [t for t in tx.questions.tickets_of(who.staff) if tx.now - t.at < A_DAY]
    if len(waiting) != 1:
        return None
    ticket, words = waiting[0], " ".join(msg.text.split())
    if fault := _fault(msg, words):
        return [fault]
    tx.sessions.keep(who.address_id, TOPIC, {"id": ticket.id, "words": words}, WAITS)
    shown = handover.shown(ticket.text)
    return [say(msg, "questions.staff.confirm", number=str(ticket.id), who=name_of(tx, ticket), text=shown)]


def on_answer_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """The words that JAWAB 3 asked for, or yes or no to 'is this the answer?'."""
    assert who.staff is not None  # noqa: S101  only staff have words
    word = (msg.button or msg.text).strip().lower().rstrip(".!")
    if word in _DROP:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "questions.staff.dropped")]
    words = waiting.get("words")
    if words is None and msg.button is None:
        words = " ".join(msg.text.split())
    elif word not in _SEND:
        tx.sessions.end(who.address_id, TOPIC)
        return None
    ticket = tx.questions.ticket(who.staff, waiting["id"])
    if ticket is None or not ticket.open:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "questions.staff.not_found")]
    return _answer(msg, who, tx, ticket, str(words))


def _answer(msg: Inbound, who: Person, tx: Tx, ticket: Question, words: str) -> list[Outbound]:
    """To everybody who asked the same; what cannot be sent leaves the question open."""
    if fault := _fault(msg, words):
        return [fault]
    assert who.staff is not None  # noqa: S101  only staff have words
    tx.sessions.end(who.address_id, TOPIC)
    alike, number = _alike(tx, who, ticket), str(ticket.id)
    reached = [one for one in alike if not _stopped(tx, one)]
    told = [letter for one in reached for letter in tell(tx, one, words)]
    for one in alike:
        tx.questions.add_step(one.id, who.staff.id, words, told=one in reached)
        tx.audit.write(f"staff:{who.staff.id}", "question.answered", f"question:{one.id}")
        if one in reached and not _goes_on(one):
            tx.questions.close(one.id, who.staff.id, words)
    said = [
        say(msg, "questions.staff.not_sent", number=str(one.id), who=name_of(tx, one))
        for one in alike
        if one not in reached
    ]
    if reached and _goes_on(ticket):
        said.append(say(msg, "questions.staff.step_told", number=number, who=askers(tx, reached)))
    elif reached:
        said.append(say(msg, "questions.staff.answered", number=number, who=askers(tx, reached)))
    return [*said, *told]


def _named(msg: Inbound, who: Person, tx: Tx, rest: str) -> tuple[Question, str] | tuple[Outbound, str]:
    """The open ticket that a line begins with and the words behind it, or what is wrong with the line."""
    assert who.staff is not None  # noqa: S101  only staff have words
    found = _NUMBERED.fullmatch(rest)
    if found is None:
        return say(msg, "questions.staff.how"), ""
    ticket = tx.questions.ticket(who.staff, int(found[1]))
    if ticket is None:
        return say(msg, "questions.staff.not_found"), ""
    if not ticket.open:
        return say(msg, "questions.staff.closed_already", number=found[1]), ""
    words = " ".join(found[2].split())
    after = msg.text.rstrip()[-1:]
    return ticket, words + after if words and after in ".!?" else words


def _alike(tx: Tx, who: Person, ticket: Question) -> Sequence[Question]:
    """Every open ticket of her groups that asks the same."""
    assert who.staff is not None  # noqa: S101  only staff have words
    if not ticket.gist:
        return [ticket]
    same = (ticket.topic, ticket.gist)
    return [one for one in tx.questions.tickets_of(who.staff) if (one.topic, one.gist) == same]


def _goes_on(ticket: Question) -> bool:
    """Services and advocacy take steps until TUTUP; everything else is over with its answer."""
    return ticket.kind == "question" and subject(ticket.text).case


def _stopped(tx: Tx, ticket: Question) -> bool:
    return tx.people.consent_of(ticket.address_id, Topic.MEETINGS) is Consent.STOPPED


def _fault(msg: Inbound, words: str) -> Outbound | None:
    if len(words) > LONGEST:
        return say(msg, "questions.staff.too_long", count=str(len(words)), most=str(LONGEST))
    return say(msg, "questions.staff.unfit") if unfit(words) or REMOVED in words else None
