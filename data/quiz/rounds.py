"""Which quizzes are offered, begun and answered, and what comes back?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from data.content.quizzes import Item
from data.dialect import InsertOnce, Upsert
from data.prepared import Prepared
from data.quiz.records import Given, Quiz, Shelf, record
from data.schema import (
    quiz,
    quiz_answer,
    quiz_card,
)

PLAN = InsertOnce(quiz, ["name"], returning="id")
ANSWER = InsertOnce(quiz_answer, ["quiz_id", "position"])
KEEP_CARD = Upsert(quiz_card, ["kpm_id", "item"], ["card", "due"])
MOMENT = quiz.c.due.type
OPEN = ("invited", "started")
BY_ID = Prepared(select(quiz).where(quiz.c.id == bindparam("q")))
ANSWERS = Prepared(select(quiz_answer).where(quiz_answer.c.quiz_id == bindparam("q")).order_by(quiz_answer.c.position))
OPEN_OF = Prepared(
    select(quiz)
    .where(
        quiz.c.kpm_id.in_(bindparam("ks", expanding=True)),
        quiz.c.state.in_(OPEN),
        quiz.c.expires > bindparam("now", type_=MOMENT),
    )
    .order_by(quiz.c.started.desc().nulls_last(), quiz.c.id.desc())
)
DUE = Prepared(
    select(quiz)
    .where(quiz.c.state == "planned", quiz.c.due <= bindparam("now", type_=MOMENT))
    .order_by(quiz.c.due, quiz.c.id)
    .limit(bindparam("n"))
)
TO_REMIND = Prepared(
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

START = Prepared(
    update(quiz)
    .where(quiz.c.id == bindparam("q"))
    .values(
        state="started",
        started=bindparam("at", type_=MOMENT),
        chosen=bindparam("chosen", type_=quiz.c.chosen.type),
        due=bindparam("due", type_=MOMENT),
        expires=bindparam("expires", type_=MOMENT),
    )
)
FINISH = Prepared(
    update(quiz).where(quiz.c.id == bindparam("q")).values(state="finished", finished=bindparam("at", type_=MOMENT))
)
CARDS = Prepared(select(quiz_card.c.item, quiz_card.c.card).where(quiz_card.c.kpm_id == bindparam("k")))
ASKED_BEFORE = Prepared(
    select(quiz_answer.c.item, func.count().label("n"))
    .join(quiz, quiz.c.id == quiz_answer.c.quiz_id)
    .where(quiz.c.kpm_id == bindparam("k"))
    .group_by(quiz_answer.c.item)
)


class Rounds(Shelf):
    """Offers, answers, cards."""

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
        row = BY_ID.first(self.conn, {"q": quiz_id})
        return record(row) if row else None

    def open_of(self, kpm_ids: Sequence[int]) -> list[Quiz]:
        """Offered or begun and not expired, the one in progress first."""
        return [record(r) for r in OPEN_OF.all(self.conn, {"ks": list(kpm_ids), "now": self.now})]

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
        return [record(r) for r in DUE.all(self.conn, {"now": self.now, "n": limit})]

    def still_to_offer(self, kpm_ids: Sequence[int]) -> set[int]:
        """Which of these families have a quiz about a session that waits for its first letter."""
        waits = select(quiz.c.kpm_id).where(
            quiz.c.kpm_id.in_(list(kpm_ids)), quiz.c.state == "planned", quiz.c.phase == "post"
        )
        return {r.kpm_id for r in self.conn.execute(waits)}

    def to_remind(self, limit: int) -> list[Quiz]:
        return [record(r) for r in TO_REMIND.all(self.conn, {"now": self.now, "n": limit})]

    def postpone(self, quiz_id: int, due: datetime) -> None:
        self._set(quiz_id, due=due)

    def invited(self, quiz_id: int, remind_at: datetime, expires: datetime) -> None:
        self._set(quiz_id, state="invited", invited=self.now, due=remind_at, expires=expires)

    def reminded(self, quiz_id: int) -> None:
        self._set(quiz_id, reminded=self.now)

    def start(self, quiz_id: int, chosen: Sequence[Item], remind_at: datetime, expires: datetime) -> None:
        pairs = [[item.id, item.version] for item in chosen]
        values = {"q": quiz_id, "at": self.now, "chosen": pairs, "due": remind_at, "expires": expires}
        START.change(self.conn, values)

    def finish(self, quiz_id: int) -> None:
        FINISH.change(self.conn, {"q": quiz_id, "at": self.now})

    def expire(self) -> int:
        late = and_(quiz.c.state.in_(["planned", *OPEN]), quiz.c.expires <= self.now)
        return self.conn.execute(update(quiz).where(late).values(state="expired")).rowcount

    def drop_planned(self, kpm_ids: Sequence[int]) -> None:
        """STOP PESAN: nothing that was planned is offered any more."""
        mine = and_(quiz.c.kpm_id.in_(list(kpm_ids)), quiz.c.state == "planned")
        self.conn.execute(update(quiz).where(mine).values(state="expired"))

    def _set(self, quiz_id: int, **values: Any) -> None:
        self.conn.execute(update(quiz).where(quiz.c.id == quiz_id).values(**values))

    def answers(self, quiz_id: int) -> list[Given]:
        return [
            Given(r.position, r.item, r.version, r.choice, r.correct, r.at)
            for r in ANSWERS.all(self.conn, {"q": quiz_id})
        ]

    def answer(self, quiz_id: int, position: int, item: Item, choice: str) -> bool:
        """Keep one answer; False when this question was answered before: a double tap counts once."""
        values = {"quiz_id": quiz_id, "position": position, "item": item.id, "version": item.version}
        return bool(ANSWER(self.conn, {**values, "choice": choice, "correct": choice == item.right, "at": self.now}))

    def asked_before(self, kpm_id: int) -> dict[str, int]:
        """How often each question was answered by this family."""
        return {r.item: r.n for r in ASKED_BEFORE.all(self.conn, {"k": kpm_id})}

    def cards(self, kpm_id: int) -> dict[str, Mapping[str, Any]]:
        return {r.item: r.card for r in CARDS.all(self.conn, {"k": kpm_id})}

    def keep_card(self, kpm_id: int, item: str, card: Mapping[str, Any], due: datetime) -> None:
        KEEP_CARD(self.conn, {"kpm_id": kpm_id, "item": item, "card": dict(card), "due": due})
