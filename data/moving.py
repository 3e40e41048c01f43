"""What goes along when a chat or number goes on under one that we know already? Everything; a stop wins."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, case, delete, select, update

from data.records import Consent, Topic
from data.schema import (
    address,
    broadcast_owed,
    consent,
    invitation,
    kpm_address,
    obligation_letter,
    outbox,
    question,
    session,
    staff_address,
)

STRICT = (Consent.YES, Consent.LATER, Consent.NO, Consent.STOPPED)
"""Of two answers the later one in this row is kept."""

GOES_ALONG = (outbox.c.address_id, obligation_letter.c.address_id, question.c.address_id, broadcast_owed.c.address_id)
"""With what was said: an answer to an older letter, or a button under it, comes from the new address."""


def move(conn: Connection, old: int, new: int) -> None:
    """Both rows stay; the old one serves nobody any more. A second time nothing is left to move."""
    own = select(kpm_address.c.kpm_id).where(kpm_address.c.address_id == old, kpm_address.c.own)
    conn.execute(
        update(kpm_address).where(kpm_address.c.address_id == new, kpm_address.c.kpm_id.in_(own)).values(own=True)
    )
    _rows(conn, kpm_address.c.kpm_id, old, new)
    if conn.execute(select(staff_address.c.staff_id).where(staff_address.c.address_id == new)).first() is None:
        conn.execute(update(staff_address).where(staff_address.c.address_id == old).values(address_id=new))
    conn.execute(delete(staff_address).where(staff_address.c.address_id == old))
    _consent(conn, old, new)
    _rows(conn, session.c.topic, old, new)
    for column in (*GOES_ALONG, invitation.c.used_by):
        conn.execute(update(column.table).where(column == old).values({column.name: new}))
    _unwanted(conn, new)
    conn.execute(update(address).where(address.c.id == new).values(failures=0))


def _rows(conn: Connection, key: Any, old: int, new: int) -> None:
    """Rows of a table with an address and a key: those of the new address stay, the others come."""
    table = key.table
    there = select(key).where(table.c.address_id == new)
    conn.execute(update(table).where(table.c.address_id == old, key.not_in(there)).values(address_id=new))
    conn.execute(delete(table).where(table.c.address_id == old))


def _consent(conn: Connection, old: int, new: int) -> None:
    """The less strict of two answers to one question goes, the other stays with its time and wording."""
    rank = case({state.value: place for place, state in enumerate(STRICT)}, value=consent.c.state)
    asked = select(consent.c.topic, consent.c.address_id, rank).where(consent.c.address_id.in_([old, new]))
    ranks = {(row.topic, row.address_id): row[2] for row in conn.execute(asked)}
    for (topic, where), place in ranks.items():
        if where == old and place > ranks.get((topic, new), place):
            conn.execute(delete(consent).where(consent.c.address_id == new, consent.c.topic == topic))
    _rows(conn, consent.c.topic, old, new)


def _unwanted(conn: Connection, where: int) -> None:
    """What waited there under a yes that no longer holds is not sent."""
    no = select(consent.c.topic).where(consent.c.address_id == where, consent.c.state != Consent.YES.value)
    topics = set(conn.execute(no).scalars())
    waits = and_(outbox.c.address_id == where, outbox.c.state == "queued", outbox.c.unasked)
    if Topic.MEETINGS.value in topics:
        conn.execute(update(outbox).where(waits).values(state="cancelled"))
    elif Topic.HEALTH.value in topics:
        conn.execute(update(outbox).where(waits, outbox.c.key.like("obligations.%")).values(state="cancelled"))
