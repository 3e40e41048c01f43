"""Which quizzes come before a session? Rights and duties once after consent and half a year later; a pre-test where
the office wants one."""

from __future__ import annotations

from datetime import timedelta

from data.content.quizzes import HK
from data.records import Kelompok
from data.store import Tx
from handlers.quiz.turns import EVENING, next_at
from handlers.rules.courtesy import WEEK
from handlers.rules.quiz import BASELINE_AFTER, FOLLOW_UP_AFTER

AT_ONCE, MEETINGS_AT_ONCE = 100, 5
OWN_WORDINGS = ("perkenalan-1", "tatap-muka")
"""The introductions that speak of quizzes (handlers/consent.py)."""

BASELINE_LASTS = timedelta(days=60)
SETTING, ON = "quiz_before", "yes"
"""Pre-tests are off unless the office switches them on."""

PRE_WINDOW = (WEEK + timedelta(hours=12), WEEK + timedelta(days=2))
"""Before the week of the meeting, whose letters go first."""


def tick_ahead(tx: Tx) -> bool:
    """Five questions on rights and duties once after consent, and their equals six months later: the outcome."""
    kelompoks = {k.id: k for k in tx.people.every_kelompok()}
    first = tx.quiz.baseline_candidates(tx.now - BASELINE_AFTER, OWN_WORDINGS, AT_ONCE)
    for kpm_id, kelompok_id in first:
        _plan_hk(tx, kelompoks[kelompok_id], kpm_id, "base")
    second = tx.quiz.follow_up_candidates(tx.now - FOLLOW_UP_AFTER, AT_ONCE)
    for kpm_id, kelompok_id in second:
        _plan_hk(tx, kelompoks[kelompok_id], kpm_id, "follow")
    more = tx.settings.get(SETTING) == ON and _plan_pre_tests(tx)
    return more or AT_ONCE in {len(first), len(second)}


def _plan_hk(tx: Tx, kelompok: Kelompok, kpm_id: int, phase: str) -> None:
    due = next_at(tx.now, EVENING, kelompok.zone)
    tx.quiz.plan(f"{phase}:kpm:{kpm_id}", kpm_id, kelompok.id, HK, phase, due, due + BASELINE_LASTS)


def _plan_pre_tests(tx: Tx) -> bool:
    """A few meetings at a time; whether there may be more."""
    since, until = (tx.now + span for span in PRE_WINDOW)
    ahead = [meeting for meeting in tx.meetings.between(since, until) if meeting.session is not None]
    planned = tx.quiz.pre_planned([meeting.id for meeting in ahead])
    count = 0
    for meeting in [meeting for meeting in ahead if meeting.id not in planned][:MEETINGS_AT_ONCE]:
        due = next_at(tx.now, EVENING, meeting.zone)
        for kelompok_id in meeting.kelompok_ids:
            for kpm in tx.people.families(kelompok_id):
                name = f"pre:meeting:{meeting.id}:kpm:{kpm.id}"
                session = meeting.session or HK
                added = tx.quiz.plan(
                    name, kpm.id, kelompok_id, session, "pre", due, meeting.starts, meeting_id=meeting.id
                )
                count += added is not None
    return count > 0
