"""What can be asked and changed inside one transaction? Every shelf of the house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar, overload

from sqlalchemy import Connection

from data import (
    accounts,
    arrivals,
    attendance,
    audit,
    broadcasts,
    desk,
    events,
    figures,
    invitations,
    landed,
    letters,
    meetings,
    obligations,
    outbox,
    overview,
    people,
    phones,
    proposals,
    questions,
    quiz,
    reported,
    reports,
    retention,
    rhythms,
    rights,
    scoped,
    sending,
    sessions,
    settings,
    status,
    summary,
    usage,
    watching,
)
from data.faults import StoreError

T = TypeVar("T")


def no_key() -> str:
    """A database that was opened without its key signs nothing."""
    raise StoreError("there is no key to sign with")


class Shelf(Generic[T]):
    """Made when it is first asked for. `functools.cached_property` takes a lock each time, in Python 3.11."""

    def __init__(self, make: Callable[[Tx], T]) -> None:
        self.make = make

    def __set_name__(self, _owner: type[Tx], name: str) -> None:
        self.name = name

    @overload
    def __get__(self, tx: None, owner: type[Tx]) -> Shelf[T]: ...

    @overload
    def __get__(self, tx: Tx, owner: type[Tx]) -> T: ...

    def __get__(self, tx: Tx | None, owner: type[Tx]) -> Shelf[T] | T:
        if tx is None:
            return self
        made = tx.__dict__[self.name] = self.make(tx)
        return made


class Tx:
    """One open transaction with every shelf on it. `now` is the moment the work is done at, UTC; `key` signs links."""

    def __init__(self, conn: Connection, now: datetime, key: Callable[[], str] = no_key) -> None:
        self.conn = conn
        self.now = now
        self.key = key

    accounts = Shelf(lambda tx: accounts.Accounts(tx.conn))
    arrivals = Shelf(lambda tx: arrivals.Arrivals(tx.conn, tx.now))
    audit = Shelf(lambda tx: audit.Audit(tx.conn, tx.now))
    broadcasts = Shelf(lambda tx: broadcasts.Broadcasts(tx.conn, tx.now))
    desk = Shelf(lambda tx: desk.Desk(tx.conn, tx.now, tx.audit, tx.key))
    events = Shelf(lambda tx: events.Events(tx.conn, tx.now))
    figures = Shelf(lambda tx: figures.Figures(tx.conn, tx.now))
    invitations = Shelf(lambda tx: invitations.Invitations(tx.conn, tx.now))
    landed = Shelf(lambda tx: landed.Landings(tx.conn, tx.now))
    letters = Shelf(lambda tx: letters.Letters(tx.conn, tx.now))
    meetings = Shelf(lambda tx: meetings.Meetings(tx.conn, tx.now))
    obligations = Shelf(lambda tx: obligations.Obligations(tx.conn, tx.now))
    outbox = Shelf(lambda tx: outbox.Outbox(tx.conn, tx.now))
    overview = Shelf(lambda tx: overview.Overview(tx.conn))
    people = Shelf(lambda tx: people.People(tx.conn, tx.now))
    phones = Shelf(lambda tx: phones.Phones(tx.conn, tx.now))
    proposals = Shelf(lambda tx: proposals.Proposals(tx.conn, tx.now))
    questions = Shelf(lambda tx: questions.Questions(tx.conn, tx.now))
    quiz = Shelf(lambda tx: quiz.Quizzes(tx.conn, tx.now))
    reported = Shelf(lambda tx: reported.Reporting(tx.conn, tx.now))
    reports = Shelf(lambda tx: reports.Reports(tx.conn, tx.now))
    rhythms = Shelf(lambda tx: rhythms.Rhythms(tx.conn))
    rights = Shelf(lambda tx: rights.Rights(tx.conn, tx.now))
    scoped = Shelf(lambda tx: scoped.Scoped(tx.conn, tx.now, tx.audit))
    sending = Shelf(lambda tx: sending.Sending(tx.conn, tx.now))
    sessions = Shelf(lambda tx: sessions.Sessions(tx.conn, tx.now))
    settings = Shelf(lambda tx: settings.Settings(tx.conn))
    status = Shelf(lambda tx: status.Status(tx.conn))
    summary = Shelf(lambda tx: summary.Summary(tx.conn))
    usage = Shelf(lambda tx: usage.Usage(tx.conn, tx.now))
    watching = Shelf(lambda tx: watching.Watching(tx.conn, tx.now))
    attendance = Shelf(lambda tx: attendance.Attendance(tx.conn, tx.now, tx.audit, tx.summary, tx.meetings))
    retention = Shelf(lambda tx: retention.Retention(tx.conn, tx.now, tx.settings))
