"""Which statements carry a scope in themselves?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select

from data.people import scope_clause
from data.records import Answer, Staff
from data.schema import attendance, desa, kabupaten, kecamatan, kelompok, kpm, meeting, meeting_kelompok

PLACES = (
    kelompok.join(desa, desa.c.id == kelompok.c.desa_id)
    .join(kecamatan, kecamatan.c.id == desa.c.kecamatan_id)
    .join(kabupaten, kabupaten.c.id == kecamatan.c.kabupaten_id)
)
"""Every table that a scope may name."""


def within(who: Staff) -> Any:
    """The ids of every kelompok inside the scope of `who`, as a part of another statement."""
    return select(kelompok.c.id).select_from(PLACES).where(scope_clause(who))


_ACTIVE = (
    select(func.count())
    .where(kpm.c.kelompok_id == meeting_kelompok.c.kelompok_id, kpm.c.status == "aktif")
    .correlate(meeting_kelompok)
    .scalar_subquery()
)
_REGISTERED = (
    select(func.count())
    .where(
        attendance.c.meeting_id == meeting_kelompok.c.meeting_id,
        attendance.c.kelompok_id == meeting_kelompok.c.kelompok_id,
        attendance.c.registered,
    )
    .correlate(meeting_kelompok)
    .scalar_subquery()
)
PLANNED = (
    select(
        meeting.c.id,
        meeting.c.kind,
        meeting.c.starts,
        meeting.c.ends,
        meeting.c.place,
        meeting.c.title,
        meeting.c.cancelled,
        meeting.c.reason,
        meeting_kelompok.c.kelompok_id,
        meeting_kelompok.c.closed,
        meeting_kelompok.c.frozen,
        meeting_kelompok.c.marks,
        kelompok.c.name.label("kelompok"),
        desa.c.name.label("desa"),
        kabupaten.c.zone,
        _ACTIVE.label("active"),
        _REGISTERED.label("registered"),
    )
    .join(meeting_kelompok, meeting_kelompok.c.meeting_id == meeting.c.id)
    .join(kelompok, kelompok.c.id == meeting_kelompok.c.kelompok_id)
    .join(desa, desa.c.id == kelompok.c.desa_id)
    .join(kecamatan, kecamatan.c.id == desa.c.kecamatan_id)
    .join(kabupaten, kabupaten.c.id == kecamatan.c.kabupaten_id)
)
ANSWERS = (
    select(attendance.c.meeting_id, attendance.c.kelompok_id, attendance.c.answer, func.count().label("n"))
    .where(or_(attendance.c.answer != Answer.UNKNOWN.value, attendance.c.mark.is_not(None)))
    .group_by(attendance.c.meeting_id, attendance.c.kelompok_id, attendance.c.answer)
)
