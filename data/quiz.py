"""Which quizzes are there, what was answered, and what comes back?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, and_, bindparam, cast, func, or_, select, update

from data.content.quizzes import Item, items
from data.dialect import InsertOnce, Upsert
from data.records import Mark
from data.schema import (
    attendance,
    consent,
    kpm,
    kpm_address,
    meeting,
    meeting_kelompok,
    practice,
    quiz,
    quiz_answer,
    quiz_card,
    quiz_item,
    understanding,
)
from messages.envelope import KpmId, StaffId

PLAN = InsertOnce(quiz, ["name"], returning="id")
ANSWER = InsertOnce(quiz_answer, ["quiz_id", "position"])
KEEP_CARD = Upsert(quiz_card, ["kpm_id", "item"], ["card", "due"])
KEEP_ITEM = InsertOnce(quiz_item, ["item", "version"])
KEEP_LEVEL = Upsert(understanding, ["meeting_id", "kpm_id"], ["level", "by_staff_id", "at"])
PLAN_PRACTICE = InsertOnce(practice, ["meeting_id", "kpm_id"])
MOMENT = quiz.c.due.type
OPEN = ("invited", "started")
OF_SESSION = quiz_answer.c.item.like(quiz.c.session + "-%")

BY_ID = select(quiz).where(quiz.c.id == bindparam("q"))
ANSWERS = select(quiz_answer).where(quiz_answer.c.quiz_id == bindparam("q")).order_by(quiz_answer.c.position)
OPEN_OF = (
    select(quiz)
    .where(
        quiz.c.kpm_id.in_(bindparam("ks", expanding=True)),
        quiz.c.state.in_(OPEN),
        quiz.c.expires > bindparam("now", type_=MOMENT),
    )
    .order_by(quiz.c.started.desc().nulls_last(), quiz.c.id.desc())
)
DUE = (
    select(quiz)
    .where(quiz.c.state == "planned", quiz.c.due <= bindparam("now", type_=MOMENT))
    .order_by(quiz.c.due, quiz.c.id)
    .limit(bindparam("n"))
)
TO_REMIND = (
    select(quiz)
    .where(
        quiz.c.state.in_(OPEN),
        quiz.c.due <= bindparam("now", type_=MOMENT),
        quiz.c.reminded.is_(None),
        quiz.c.entered_by.is_(None),
        quiz.c.expires > bindparam("now", type_=MOMENT),
    )
    .order_by(quiz.c.due, quiz.c.id)
    .limit(bindparam("n"))
)


@dataclass(frozen=True, slots=True)
class Given:
    """One answer that was given."""

    position: int
    item: str
    version: int
    choice: str
    correct: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Quiz:
    id: int
    kpm_id: KpmId
    kelompok_id: int
    meeting_id: int | None
    session: str
    phase: str
    state: str
    items: Sequence[tuple[str, int]]
    expires: datetime
    entered_by: StaffId | None


Answered = tuple[str, int, str, bool]
"""(question, version, choice, right)."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one quiz says about its session: the question that came back from another one is not counted."""

    kpm_id: KpmId
    kelompok_id: int
    session: str
    phase: str
    correct: int
    answered: int
    asked: int
    """Questions of the session; 0 until it is begun."""
    finished: bool
    aloud: bool

    @property
    def share(self) -> float:
        """Right of those asked."""
        return self.correct / self.asked if self.asked else 0.0


class Quizzes:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now

    # --- the bank

    def bank(self, session: str | None = None) -> list[Item]:
        """Authored questions with what coordinators added or changed; the newest version of an id counts."""
        found = {item.id: item for item in items()}
        for row in self.conn.execute(select(quiz_item).order_by(quiz_item.c.version)):
            changed = Item.model_validate(row.content)
            if changed.id not in found or changed.version >= found[changed.id].version:
                found[changed.id] = changed
        return [item for item in found.values() if session in {None, item.session}]

    def keep_item(self, item: Item) -> bool:
        """A new version of a question, from a spreadsheet."""
        values = {"item": item.id, "version": item.version, "content": item.model_dump(mode="json")}
        return bool(KEEP_ITEM(self.conn, {**values, "changed": self.now}))

    def item(self, item_id: str, version: int) -> Item | None:
        """The very version that was asked."""
        row = self.conn.execute(
            select(quiz_item.c.content).where(quiz_item.c.item == item_id, quiz_item.c.version == version)
        ).first()
        if row is not None:
            return Item.model_validate(row.content)
        return next((item for item in items() if item.id == item_id and item.version == version), None)

    # --- quizzes

    def plan(
        self,
        name: str,
        kpm_id: int,
        kelompok_id: int,
        session: str,
        phase: str,
        due: datetime,
        expires: datetime,
        *,
        meeting_id: int | None = None,
        entered_by: int | None = None,
    ) -> int | None:
        """A quiz that will be offered from `due` on; None when one of that name is there."""
        values = {
            "name": name,
            "kpm_id": kpm_id,
            "kelompok_id": kelompok_id,
            "meeting_id": meeting_id,
            "session": session,
            "phase": phase,
            "chosen": [],
            "due": due,
            "expires": expires,
            "entered_by": entered_by,
        }
        added = PLAN(self.conn, values)
        return int(added) if added is not None else None

    def get(self, quiz_id: int) -> Quiz | None:
        row = self.conn.execute(BY_ID, {"q": quiz_id}).first()
        return _record(row) if row else None

    def open_of(self, kpm_ids: Sequence[int]) -> list[Quiz]:
        """Offered or begun and not expired, the one in progress first."""
        return [_record(r) for r in self.conn.execute(OPEN_OF, {"ks": list(kpm_ids), "now": self.now})]

    def missed(self, kpm_ids: Sequence[int], since: datetime) -> bool:
        """Whether an offer to these families ran out since then."""
        found = select(quiz.c.id).where(
            quiz.c.kpm_id.in_(list(kpm_ids)),
            quiz.c.state == "expired",
            quiz.c.expires > since,
            or_(quiz.c.invited.is_not(None), quiz.c.started.is_not(None)),
        )
        return self.conn.execute(found.limit(1)).first() is not None

    def due(self, limit: int) -> list[Quiz]:
        return [_record(r) for r in self.conn.execute(DUE, {"now": self.now, "n": limit})]

    def to_remind(self, limit: int) -> list[Quiz]:
        return [_record(r) for r in self.conn.execute(TO_REMIND, {"now": self.now, "n": limit})]

    def postpone(self, quiz_id: int, due: datetime) -> None:
        self._set(quiz_id, due=due)

    def invited(self, quiz_id: int, remind_at: datetime, expires: datetime) -> None:
        self._set(quiz_id, state="invited", invited=self.now, due=remind_at, expires=expires)

    def reminded(self, quiz_id: int) -> None:
        self._set(quiz_id, reminded=self.now)

    def start(self, quiz_id: int, chosen: Sequence[Item], remind_at: datetime, expires: datetime) -> None:
        pairs = [[item.id, item.version] for item in chosen]
        self._set(quiz_id, state="started", started=self.now, chosen=pairs, due=remind_at, expires=expires)

    def finish(self, quiz_id: int) -> None:
        self._set(quiz_id, state="finished", finished=self.now)

    def expire(self) -> int:
        late = and_(quiz.c.state.in_(["planned", *OPEN]), quiz.c.expires <= self.now)
        return self.conn.execute(update(quiz).where(late).values(state="expired")).rowcount

    def drop_planned(self, kpm_ids: Sequence[int]) -> None:
        """STOP PESAN: nothing that was planned is offered any more."""
        mine = and_(quiz.c.kpm_id.in_(list(kpm_ids)), quiz.c.state == "planned")
        self.conn.execute(update(quiz).where(mine).values(state="expired"))

    def _set(self, quiz_id: int, **values: Any) -> None:
        self.conn.execute(update(quiz).where(quiz.c.id == quiz_id).values(**values))

    # --- answers

    def answers(self, quiz_id: int) -> list[Given]:
        return [
            Given(r.position, r.item, r.version, r.choice, r.correct, r.at)
            for r in self.conn.execute(ANSWERS, {"q": quiz_id})
        ]

    def answer(self, quiz_id: int, position: int, item: Item, choice: str) -> bool:
        """Keep one answer; False when this question was answered before: a double tap counts once."""
        values = {"quiz_id": quiz_id, "position": position, "item": item.id, "version": item.version}
        return bool(ANSWER(self.conn, {**values, "choice": choice, "correct": choice == item.right, "at": self.now}))

    def asked_before(self, kpm_id: int) -> dict[str, int]:
        """How often each question was answered by this family."""
        rows = self.conn.execute(
            select(quiz_answer.c.item, func.count().label("n"))
            .join(quiz, quiz.c.id == quiz_answer.c.quiz_id)
            .where(quiz.c.kpm_id == kpm_id)
            .group_by(quiz_answer.c.item)
        )
        return {r.item: r.n for r in rows}

    # --- what comes back

    def cards(self, kpm_id: int) -> dict[str, Mapping[str, Any]]:
        rows = self.conn.execute(select(quiz_card.c.item, quiz_card.c.card).where(quiz_card.c.kpm_id == kpm_id))
        return {r.item: r.card for r in rows}

    def keep_card(self, kpm_id: int, item: str, card: Mapping[str, Any], due: datetime) -> None:
        KEEP_CARD(self.conn, {"kpm_id": kpm_id, "item": item, "card": dict(card), "due": due})

    # --- scores

    def scores(self, kelompok_ids: Sequence[int], session: str | None = None) -> list[Score]:
        """Right and answered per quiz of these groups; what was not answered is not wrong."""
        correct: Any = func.coalesce(func.sum(cast(quiz_answer.c.correct, Integer)), 0)
        statement = (
            select(
                quiz.c.kpm_id,
                quiz.c.kelompok_id,
                quiz.c.session,
                quiz.c.phase,
                quiz.c.chosen,
                quiz.c.finished,
                quiz.c.entered_by,
                correct.label("correct"),
                func.count(quiz_answer.c.position).label("answered"),
            )
            .outerjoin(quiz_answer, and_(quiz_answer.c.quiz_id == quiz.c.id, OF_SESSION))
            .where(
                quiz.c.kelompok_id.in_(list(kelompok_ids)),
                or_(quiz.c.invited.is_not(None), quiz.c.started.is_not(None)),
            )
            .group_by(quiz.c.id)
            .order_by(quiz.c.id)
        )
        if session is not None:
            statement = statement.where(quiz.c.session == session)
        return [
            Score(
                KpmId(r.kpm_id),
                r.kelompok_id,
                r.session,
                r.phase,
                int(r.correct),
                r.answered,
                sum(item.startswith(f"{r.session}-") for item, _ in r.chosen),
                r.finished is not None,
                r.entered_by is not None,
            )
            for r in self.conn.execute(statement)
        ]

    def answered(self, kelompok_ids: Sequence[int], session: str | None = None) -> list[list[Answered]]:
        """The answers of each quiz of these groups."""
        statement = (
            select(
                quiz_answer.c.quiz_id,
                quiz_answer.c.item,
                quiz_answer.c.version,
                quiz_answer.c.choice,
                quiz_answer.c.correct,
            )
            .join(quiz, quiz.c.id == quiz_answer.c.quiz_id)
            .where(quiz.c.kelompok_id.in_(list(kelompok_ids)))
            .order_by(quiz_answer.c.quiz_id, quiz_answer.c.position)
        )
        if session is not None:
            statement = statement.where(quiz.c.session == session)
        found: dict[int, list[Answered]] = {}
        for r in self.conn.execute(statement):
            found.setdefault(r.quiz_id, []).append((r.item, r.version, r.choice, r.correct))
        return list(found.values())

    def offered_in(self, kelompok_ids: Sequence[int], since: datetime, until: datetime) -> tuple[int, int, int]:
        """(offered, begun, finished) quizzes of these groups that were offered or begun in [since, until)."""
        at = func.coalesce(quiz.c.invited, quiz.c.started)
        row = self.conn.execute(
            select(func.count(), func.count(quiz.c.started), func.count(quiz.c.finished)).where(
                quiz.c.kelompok_id.in_(list(kelompok_ids)),
                at >= bindparam("b_since", since, type_=MOMENT),
                at < bindparam("b_until", until, type_=MOMENT),
            )
        ).one()
        return int(row[0]), int(row[1]), int(row[2])

    # --- understanding

    def level(self, meeting_id: int, kpm_id: int) -> str | None:
        return self.conn.execute(
            select(understanding.c.level).where(
                understanding.c.meeting_id == meeting_id, understanding.c.kpm_id == kpm_id
            )
        ).scalar_one_or_none()

    def levels_of(self, kpm_id: int) -> dict[str, str]:
        """What was decided about a family, by session."""
        rows = self.conn.execute(
            select(meeting.c.session, understanding.c.level)
            .join(meeting, meeting.c.id == understanding.c.meeting_id)
            .where(understanding.c.kpm_id == kpm_id, meeting.c.session.is_not(None))
            .order_by(meeting.c.starts)
        )
        return {r.session: r.level for r in rows}

    def keep_level(self, meeting_id: int, kpm_id: int, level: str, by: StaffId) -> None:
        values = {"meeting_id": meeting_id, "kpm_id": kpm_id, "level": level, "by_staff_id": by}
        KEEP_LEVEL(self.conn, {**values, "at": self.now})

    # --- the pair that shows what LIKE-PKH brings

    def baseline_candidates(self, agreed_before: datetime, wordings: Sequence[str]) -> list[tuple[int, int]]:
        """(family, kelompok) that agreed to one of our own wordings before this moment and was never offered the
        first set. Who was told nothing of quizzes when she agreed is not asked."""
        rows = self.conn.execute(
            select(kpm.c.id, kpm.c.kelompok_id)
            .join(kpm_address, kpm_address.c.kpm_id == kpm.c.id)
            .join(consent, and_(consent.c.address_id == kpm_address.c.address_id, consent.c.topic == "p2k2"))
            .where(
                consent.c.state == "yes",
                consent.c.at <= agreed_before,
                consent.c.wording.in_(wordings),
                kpm.c.status == "aktif",
                kpm.c.id.not_in(select(quiz.c.kpm_id).where(quiz.c.phase == "base")),
            )
            .distinct()
            .order_by(kpm.c.id)
            .limit(500)
        )
        return [(r.id, r.kelompok_id) for r in rows]

    def follow_up_candidates(self, finished_before: datetime) -> list[tuple[int, int]]:
        """(family, kelompok) that finished the first set before this moment and was never offered its equal."""
        rows = self.conn.execute(
            select(quiz.c.kpm_id, quiz.c.kelompok_id)
            .where(
                quiz.c.phase == "base",
                quiz.c.finished <= finished_before,
                quiz.c.kpm_id.not_in(select(quiz.c.kpm_id).where(quiz.c.phase == "follow")),
            )
            .order_by(quiz.c.kpm_id)
            .limit(500)
        )
        return [(r.kpm_id, r.kelompok_id) for r in rows]

    # --- after a meeting

    def to_follow(self, since: datetime, limit: int) -> list[tuple[int, int]]:
        """(meeting, kelompok) that ended and whose follow-up is not planned yet, or whose register came later."""
        rows = self.conn.execute(
            select(meeting.c.id, meeting_kelompok.c.kelompok_id)
            .join(meeting_kelompok, meeting_kelompok.c.meeting_id == meeting.c.id)
            .where(
                meeting.c.ends > since,
                meeting.c.ends <= self.now,
                meeting.c.kind == "p2k2",
                meeting.c.session.is_not(None),
                meeting.c.cancelled.is_(False),
                or_(meeting_kelompok.c.followed.is_(None), meeting_kelompok.c.closed > meeting_kelompok.c.followed),
            )
            .order_by(meeting.c.id, meeting_kelompok.c.kelompok_id)
            .limit(limit)
        )
        return [(r.id, r.kelompok_id) for r in rows]

    def followed(self, meeting_id: int, kelompok_id: int) -> None:
        self.conn.execute(
            update(meeting_kelompok)
            .where(meeting_kelompok.c.meeting_id == meeting_id, meeting_kelompok.c.kelompok_id == kelompok_id)
            .values(followed=self.now)
        )

    def present(self, meeting_id: int, kelompok_id: int) -> tuple[list[KpmId], list[KpmId]]:
        """(there, not there): marked hadir, or without a mark a claim; not there only when the pendamping says so."""
        rows = self.conn.execute(
            select(attendance.c.kpm_id, attendance.c.mark, attendance.c.answer).where(
                attendance.c.meeting_id == meeting_id,
                attendance.c.kelompok_id == kelompok_id,
                attendance.c.registered,
            )
        ).all()
        there = [
            KpmId(r.kpm_id) for r in rows if r.mark == Mark.PRESENT.value or (r.mark is None and r.answer == "claimed")
        ]
        absent = [KpmId(r.kpm_id) for r in rows if r.mark is not None and r.mark != Mark.PRESENT.value]
        return there, absent

    # --- practice

    def plan_practice(
        self, meeting_id: int, kpm_id: int, kelompok_id: int, session: str, kind: str, due: datetime, expires: datetime
    ) -> None:
        values = {"meeting_id": meeting_id, "kpm_id": kpm_id, "kelompok_id": kelompok_id, "session": session}
        PLAN_PRACTICE(self.conn, {**values, "kind": kind, "due": due, "expires": expires})

    def practices_due(self, limit: int) -> Sequence[Any]:
        return self.conn.execute(
            select(practice)
            .where(practice.c.state.in_(["planned", "told"]), practice.c.due <= self.now)
            .order_by(practice.c.due, practice.c.meeting_id, practice.c.kpm_id)
            .limit(limit)
        ).all()

    def practice_planned(self, kpm_ids: Sequence[int]) -> set[int]:
        """Which of these families have a practice or key messages still to come."""
        rows = self.conn.execute(
            select(practice.c.kpm_id).where(practice.c.kpm_id.in_(list(kpm_ids)), practice.c.state == "planned")
        )
        return {r.kpm_id for r in rows}

    def set_practice(self, meeting_id: int, kpm_id: int, **values: Any) -> int:
        return self.conn.execute(
            update(practice).where(practice.c.meeting_id == meeting_id, practice.c.kpm_id == kpm_id).values(**values)
        ).rowcount

    def practice_asked(self, kpm_ids: Sequence[int]) -> Any:
        """The newest question 'sudah dicoba?' of these families that waits for its answer."""
        return self.conn.execute(
            select(practice)
            .where(practice.c.kpm_id.in_(list(kpm_ids)), practice.c.state == "asked", practice.c.expires > self.now)
            .order_by(practice.c.asked.desc(), practice.c.kpm_id)
        ).all()

    def practice_counts(self, kelompok_ids: Sequence[int], session: str | None = None) -> dict[str, dict[str, int]]:
        """By session: told, asked, done, not yet. What families said, never what was seen."""
        told_done: Any = func.coalesce(func.sum(cast(practice.c.answer == "done", Integer)), 0)
        statement = select(
            practice.c.session,
            func.count(practice.c.told).label("told"),
            func.count(practice.c.asked).label("asked"),
            told_done.label("done"),
            func.count(practice.c.answer).label("answered"),
        ).where(practice.c.kelompok_id.in_(list(kelompok_ids)), practice.c.kind == "practice")
        if session is not None:
            statement = statement.where(practice.c.session == session)
        return {
            r.session: {"told": r.told, "asked": r.asked, "done": int(r.done), "not_yet": r.answered - int(r.done)}
            for r in self.conn.execute(statement.group_by(practice.c.session).order_by(practice.c.session))
        }

    def newest_session(self, kelompok_ids: Sequence[int]) -> str | None:
        """The session of the quiz that was offered or begun last."""
        return self.conn.execute(
            select(quiz.c.session)
            .where(
                quiz.c.kelompok_id.in_(list(kelompok_ids)),
                quiz.c.phase == "post",
                or_(quiz.c.invited.is_not(None), quiz.c.started.is_not(None)),
            )
            .order_by(quiz.c.id.desc())
            .limit(1)
        ).scalar_one_or_none()


def _record(row: Any) -> Quiz:
    return Quiz(
        row.id,
        KpmId(row.kpm_id),
        row.kelompok_id,
        row.meeting_id,
        row.session,
        row.phase,
        row.state,
        [(item, version) for item, version in row.chosen],
        row.expires,
        StaffId(row.entered_by) if row.entered_by else None,
    )
