"""Which lines of the audit lie inside a scope? A line is where its subject is; an admin sees all of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from data.records import Role, Staff
from data.schema import (
    audit,
    broadcast,
    kelompok,
    kpm,
    kpm_address,
    meeting_kelompok,
    member,
    question,
    quiz,
    staff,
)
from data.scoped.statements import within

CHUNK = 500
PAIR = re.compile(r"(\w+):(\d{1,15})")
OFFICE, FAMILIES = "kantor", "keluarga"
"""Instead of a member of staff: the program of the office, and the phones of families."""

_KPM = kpm.c.kelompok_id.label("kelompok_id")
PLACE: Mapping[str, Any] = {
    "kpm": select(kpm.c.id, _KPM),
    "kelompok": select(kelompok.c.id, kelompok.c.id.label("kelompok_id")),
    "member": select(member.c.id, _KPM).join(kpm, kpm.c.id == member.c.kpm_id),
    "address": select(kpm_address.c.address_id.label("id"), _KPM).join(kpm, kpm.c.id == kpm_address.c.kpm_id),
    "question": select(question.c.id, question.c.kelompok_id),
    "quiz": select(quiz.c.id, quiz.c.kelompok_id),
    "meeting": select(meeting_kelompok.c.meeting_id.label("id"), meeting_kelompok.c.kelompok_id),
    "staff": select(kelompok.c.pendamping_id.label("id"), kelompok.c.id.label("kelompok_id")),
    "broadcast": select(broadcast.c.id, kelompok.c.id.label("kelompok_id")).join(
        kelompok, kelompok.c.pendamping_id == broadcast.c.staff_id
    ),
}
"""In which kelompok is what a subject names? 'meeting:41:kpm:7' is where the family is."""

FAMILY: Mapping[str, Any] = {
    "member": select(member.c.id, member.c.kpm_id),
    "address": select(kpm_address.c.address_id.label("id"), kpm_address.c.kpm_id),
    "question": select(question.c.id, question.c.kpm_id),
    "quiz": select(quiz.c.id, quiz.c.kpm_id),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What a page looks for. `before` is the id of the oldest line that was seen already."""

    since: datetime | None = None
    until: datetime | None = None
    who: str = ""
    acts: Collection[str] | None = None
    kelompok: int | None = None
    family: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """One line, with the names that staff may be called by, and never a family's."""

    id: int
    at: datetime
    actor: str
    by: str | None
    act: str
    subject: str
    group: str | None
    about: str | None
    """The member of staff it is about."""
    was: str | None
    now: str | None
    why: str


class _NumberAfter(FunctionElement[int]):
    """7 of 'meeting:41:kpm:7' after 'kpm:', NULL where there is none."""

    type = BigInteger()
    inherit_cache = True


@compiles(_NumberAfter, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    text, word = (compiler.process(part, **more) for part in element.clauses)
    at = f"instr({text}, {word})"
    return f"CASE WHEN {at} > 0 THEN CAST(substr({text}, {at} + length({word})) AS INTEGER) END"


@compiles(_NumberAfter, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    text, word = (compiler.process(part, **more) for part in element.clauses)
    return f"CAST(substring({text} from {word} || '([0-9]{{1,15}})') AS BIGINT)"


def _number(kind: str) -> ColumnElement[int]:
    return _NumberAfter(audit.c.subject, literal_column(f"'{kind}:'"))


def find(conn: Connection, who: Staff, sought: Sought, most: int) -> list[Noted]:
    """The newest first, at most so many."""
    statement = select(audit).where(*_where(who, sought)).order_by(audit.c.id.desc()).limit(most)
    rows = conn.execute(statement).all()
    named = _staff_names(conn, rows)
    groups = _groups(conn, [row.subject for row in rows])
    return [
        Noted(
            row.id,
            row.at,
            row.actor,
            named.get(row.actor),
            row.act,
            row.subject,
            groups.get(row.subject),
            named.get(row.subject),
            row.was,
            row.now,
            row.why,
        )
        for row in rows
    ]


def people(conn: Connection, who: Staff) -> list[tuple[int, str]]:
    """Whose acts may be asked for: everybody's by an admin, else those who accompany a kelompok inside the scope."""
    statement = select(staff.c.id, staff.c.name).order_by(staff.c.name, staff.c.id)
    if who.role is not Role.ADMIN:
        inside = select(kelompok.c.pendamping_id).where(kelompok.c.id.in_(within(who)))
        statement = statement.where(or_(staff.c.id.in_(inside), staff.c.id == who.id))
    return [(row.id, row.name) for row in conn.execute(statement)]


def _where(who: Staff, sought: Sought) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if who.role is not Role.ADMIN:
        chosen.append(or_(_inside(within(who)), audit.c.actor == f"staff:{who.id}"))
    if sought.kelompok is not None:
        one = select(kelompok.c.id).where(kelompok.c.id == sought.kelompok, kelompok.c.id.in_(within(who)))
        chosen.append(_inside(one))
    if sought.family:
        chosen.append(_about(who, sought.family))
    if sought.since is not None:
        chosen.append(audit.c.at >= sought.since)
    if sought.until is not None:
        chosen.append(audit.c.at < sought.until)
    if sought.acts is not None:
        chosen.append(audit.c.act.in_(sought.acts))
    if sought.before is not None:
        chosen.append(audit.c.id < sought.before)
    return [*chosen, *_by(sought.who)]


def _by(words: str) -> Iterable[ColumnElement[bool]]:
    families = or_(audit.c.actor.startswith("address:"), audit.c.actor.startswith("kpm:"))
    if words == FAMILIES:
        yield families
    elif words == OFFICE:
        yield not_(or_(families, audit.c.actor.startswith("staff:")))
    elif words:
        yield audit.c.actor == f"staff:{words}"


def _inside(area: Any) -> ColumnElement[bool]:
    """The subject lies in one of these kelompok. A meeting of several is everybody's; each family at it is not."""
    narrower = or_(audit.c.subject.contains(":kpm:"), audit.c.subject.contains(":kelompok:"))
    found: list[ColumnElement[bool]] = []
    for kind, statement in PLACE.items():
        place = statement.subquery()
        there = exists().where(place.c.id == _number(kind), place.c.kelompok_id.in_(area))
        found.append(and_(not_(narrower), there) if kind == "meeting" else there)
    return or_(*found)


def _about(who: Staff, words: str) -> ColumnElement[bool]:
    """Of one family: by its ID KPM, its number here, or its whole name. Only an admin may ask for a person."""
    if who.role is not Role.ADMIN:
        return false()
    named: list[ColumnElement[bool]] = [func.lower(kpm.c.name) == words.lower(), kpm.c.id_kpm == words]
    number = int(words) if words.isascii() and words.isdigit() and len(words) <= 15 else None
    if number is not None:
        named.append(kpm.c.id == number)
    meant = select(kpm.c.id).where(or_(*named))
    found: list[ColumnElement[bool]] = [_number("kpm").in_(meant)]
    if number is not None:
        found.append(_number("kpm") == number)  # erased since
    for kind, statement in FAMILY.items():
        part = statement.subquery()
        found.append(exists().where(part.c.id == _number(kind), part.c.kpm_id.in_(meant)))
    return or_(*found)


def _staff_names(conn: Connection, rows: Iterable[Any]) -> dict[str, str]:
    keys = {key for row in rows for key in (row.actor, row.subject) if key.startswith("staff:")}
    ids = {int(found[2]) for key in keys if (found := PAIR.fullmatch(key))}
    names: dict[str, str] = {}
    for some in _chunks(ids):
        found_rows = conn.execute(select(staff.c.id, staff.c.name).where(staff.c.id.in_(some)))
        names.update({f"staff:{row.id}": row.name for row in found_rows})
    return names


def _groups(conn: Connection, subjects: Iterable[str]) -> dict[str, str]:
    """The kelompok of each subject by name; of several the first by name. Staff are in none."""
    wanted: dict[str, dict[int, list[str]]] = {}
    for subject in set(subjects):
        pairs = PAIR.findall(subject)
        kind, number = next((pair for pair in pairs if pair[0] in {"kpm", "kelompok"}), pairs[0] if pairs else ("", 0))
        if kind in PLACE and kind not in {"staff", "broadcast"}:
            wanted.setdefault(kind, {}).setdefault(int(number), []).append(subject)
    found: dict[str, str] = {}
    for kind, numbers in wanted.items():
        place = PLACE[kind].subquery()
        statement = select(place.c.id, kelompok.c.name).join(kelompok, kelompok.c.id == place.c.kelompok_id)
        for some in _chunks(numbers):
            rows = conn.execute(statement.where(place.c.id.in_(some)).order_by(kelompok.c.name.desc()))
            found.update({subject: row.name for row in rows for subject in numbers[row.id]})
    return found


def _chunks(numbers: Iterable[int]) -> Iterable[list[int]]:
    whole = sorted(numbers)
    return (whole[at : at + CHUNK] for at in range(0, len(whole), CHUNK))
