"""When is a quiz offered unasked? The evening after a meeting, within the family's weekly limit, once reminded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from data.quiz import Quiz
from data.records import Meeting
from data.store import Tx
from handlers.quiz.asking import topic
from handlers.quiz.turns import EVENING, MORNING, Turn, next_at, turns
from handlers.rules.courtesy import next_allowed
from handlers.rules.quiz import OFFER_WITHIN, OFFERED_FOR, REMIND_AFTER
from messages.envelope import Outbound, Priority

AT_ONCE = 40
"""Of each kind in one transaction, so that replies pass in between."""

MEETINGS_AT_ONCE = 5
FOLLOWED_FOR = timedelta(days=3)
"""A register that is handed in later than this after its meeting plans no quiz any more."""

PRACTICE_LASTS = timedelta(days=21)
SETTING, FOR_ALL = "quiz_for", "all"
"""'all' offers the quiz after a meeting to everybody with a mark, else to those who were there."""


def tick_follow_meetings(tx: Tx) -> bool:
    """After a meeting: plan the quiz for who was there, a practice for them, the key messages for who was not."""
    found = tx.quiz.to_follow(tx.now - FOLLOWED_FOR, MEETINGS_AT_ONCE)
    for meeting_id, kelompok_id in found:
        meeting = tx.meetings.get(meeting_id)
        if meeting is not None and meeting.session is not None:
            _follow(tx, meeting, kelompok_id, meeting.session)
        tx.quiz.followed(meeting_id, kelompok_id)
    return len(found) == MEETINGS_AT_ONCE


def _follow(tx: Tx, meeting: Meeting, kelompok_id: int, session: str) -> None:
    there, absent = tx.quiz.present(meeting.id, kelompok_id)
    everybody = tx.settings.get(SETTING) == FOR_ALL
    evening = next_at(tx.now, EVENING, meeting.zone)
    for kpm_id in [*there, *(absent if everybody else [])]:
        name = f"post:meeting:{meeting.id}:kpm:{kpm_id}"
        until = evening + OFFER_WITHIN
        tx.quiz.plan(name, kpm_id, kelompok_id, session, "post", evening, until, meeting_id=meeting.id)
    morning = next_at(tx.now + timedelta(hours=8), MORNING, meeting.zone)
    for kind, kpm_ids in (("practice", there), ("messages", absent)):
        for kpm_id in kpm_ids:
            tx.quiz.plan_practice(meeting.id, kpm_id, kelompok_id, session, kind, morning, morning + PRACTICE_LASTS)


def tick_offer(tx: Tx) -> bool:
    """Offer what is due and remind once of what was offered; whoever has had enough this week waits."""
    tx.quiz.expire()
    first = tx.quiz.due(AT_ONCE)
    _offer(tx, first, reminding=False)
    again = tx.quiz.to_remind(AT_ONCE)
    _offer(tx, _not_before_a_practice(tx, again), reminding=True)
    return AT_ONCE in {len(first), len(again)}


def _not_before_a_practice(tx: Tx, quizzes: Sequence[Quiz]) -> list[Quiz]:
    """A practice that waits for room in the week is worth more than a reminder."""
    waiting = tx.quiz.practice_planned([quiz.kpm_id for quiz in quizzes])
    for quiz in quizzes:
        if quiz.kpm_id in waiting:
            tx.quiz.postpone(quiz.id, tx.now + timedelta(days=1))
    return [quiz for quiz in quizzes if quiz.kpm_id not in waiting]


def _offer(tx: Tx, quizzes: Sequence[Quiz], *, reminding: bool) -> None:
    wishes = [(quiz.kpm_id, quiz.kelompok_id, quiz) for quiz in quizzes]
    for turn in turns(tx, wishes):
        if turn.reach is None:
            for quiz in turn.wishes:
                tx.quiz.postpone(quiz.id, next_at(tx.now + timedelta(hours=1), EVENING, turn.zone))
            continue
        _put(tx, turn, reminding=reminding)


def _put(tx: Tx, turn: Turn[Quiz], *, reminding: bool) -> None:
    """One letter per phone and subject: two families on one phone are named together."""
    assert turn.reach is not None  # noqa: S101  checked by the caller
    by_subject: dict[tuple[str, str], list[Quiz]] = {}
    for quiz in turn.wishes:
        by_subject.setdefault((quiz.session, quiz.phase), []).append(quiz)
    at = next_allowed(tx.now, turn.zone, tx.settings.hours())
    for number, ((session, phase), same) in enumerate(by_subject.items()):
        if number:  # a second subject for the same phone waits for its own evening
            for quiz in same:
                tx.quiz.postpone(quiz.id, next_at(tx.now + timedelta(hours=1), EVENING, turn.zone))
            continue
        params = {"names": turn.names([quiz.kpm_id for quiz in same])}
        key = "quiz.reminder" if reminding else "quiz.invitation"
        if phase in {"base", "follow"} and not reminding:
            key = "quiz.baseline"
        else:
            params["topic"] = topic(session)
        letter = Outbound(
            turn.reach.address,
            key,
            params,
            once=f"{key}:{'+'.join(str(quiz.id) for quiz in same)}"[:150],
            priority=Priority.QUIZ,
            not_before=at,
            expires=min(_until(quiz, at, reminding) for quiz in same),
            unasked=True,
            kpms=[quiz.kpm_id for quiz in same],
        )
        tx.outbox.put(letter)
        for quiz in same:
            _note(tx, quiz, at, reminding)


def _note(tx: Tx, quiz: Quiz, at: datetime, reminding: bool) -> None:
    if reminding:
        tx.quiz.reminded(quiz.id)
    else:
        tx.quiz.invited(quiz.id, at + REMIND_AFTER, _until(quiz, at, reminding))


def _until(quiz: Quiz, at: datetime, reminding: bool) -> datetime:
    """An offer stands for some days from its letter on; a pre-test until its meeting, rights and duties for long."""
    return at + OFFERED_FOR if quiz.phase == "post" and not reminding else quiz.expires
