"""Whose turn is it? Letters of an announcement are written a few groups at a time, so that replies never wait."""

from __future__ import annotations

from datetime import timedelta

from data.broadcasts import Broadcast, Family
from data.records import Kpm, Staff
from data.store import Tx
from handlers.broadcast import files
from handlers.broadcast.preview import KEYS, params
from handlers.rules.broadcast import URGENT
from handlers.rules.courtesy import PER_WEEK, next_allowed
from handlers.speech import names_of
from messages.envelope import Attachment, Outbound, Priority, StaffTo, Status

GROUPS = 3
"""About 30 families each: one transaction stays well under 500 letters and 50 ms (HOUSE 8)."""

LOOK_AGAIN = timedelta(minutes=1), timedelta(minutes=30)
TOLD = (Status.SENT, Status.DELIVERED, Status.READ)


def tick_broadcasts(tx: Tx) -> bool:
    """One step of one announcement; True when another step may be due."""
    one = tx.broadcasts.due()
    if one is None:
        return False
    by = tx.people.staff(one.staff_id)
    if by is None or not by.active:
        tx.outbox.cancel_about(one.about)
        tx.broadcasts.change(one.id, state="cancelled")
        tx.audit.write("bot", "broadcast.taken_back", one.about, one.state, "cancelled", "petugas sudah keluar")
    elif one.state == "waiting":
        _write(tx, one, by)
    else:
        _finish(tx, one, by)
    return True


def _write(tx: Tx, one: Broadcast, by: Staff) -> None:
    ids = tx.broadcasts.whom.groups(by, one.audience, one.cursor, GROUPS)
    if not ids:
        tx.broadcasts.change(one.id, state="put", due=tx.now + LOOK_AGAIN[0])
        return
    allowed = next_allowed(tx.now, tx.people.kelompok(ids[0]).zone, tx.settings.hours())
    if allowed > tx.now and one.night != "allowed":
        # Whom it is for is decided when it may be said: who answers in the evening is not asked at dawn.
        tx.broadcasts.change(one.id, due=allowed)
        return
    file, comes = files.on_its_way(tx, one)
    if comes:
        tx.broadcasts.change(one.id, due=tx.now + LOOK_AGAIN[0])
        return
    by_phone: dict[int, list[Family]] = {}
    left_out: list[tuple[Kpm, int | None, str | None]] = []
    for family in tx.broadcasts.whom.families(by, one.audience, ids):
        if (why := _why_not(one, family)) is not None:
            left_out.append((family.kpm, None, why))
        elif family.address_id is not None:
            by_phone.setdefault(family.address_id, []).append(family)
    tx.broadcasts.remember(one.id, left_out)
    for address_id, families in by_phone.items():
        _put(tx, one, by, address_id, families, files.attachment(file))
    tx.broadcasts.change(one.id, cursor=ids[-1])


def _why_not(one: Broadcast, family: Family) -> str | None:
    if not family.phone:
        return "phone"
    if family.address_id is None:
        return "consent"
    return "week" if one.kind not in URGENT and family.letters >= PER_WEEK else None


def _put(tx: Tx, one: Broadcast, by: Staff, address_id: int, families: list[Family], file: Attachment | None) -> None:
    """One letter per phone, which names every family it is for."""
    kpms = [family.kpm for family in families]
    where = families[0].address
    assert where is not None  # noqa: S101  the caller leaves out who has none
    letter = Outbound(
        where,
        KEYS[one.kind],
        params(names_of(kpms), by.name, one.words),
        once=f"{one.about}:address:{address_id}",
        priority=Priority.BROADCAST,
        not_before=tx.now,
        about=one.about,
        attachment=file,
        unasked=True,
        kpms=[kpm.id for kpm in kpms],
    )
    letter_id = tx.outbox.put(letter)
    if letter_id is None:  # a family of another kelompok on the same phone had it already
        letter_id = tx.broadcasts.letter_at(one, address_id)
        if letter_id is not None:
            tx.broadcasts.also_for(letter_id, [kpm.id for kpm in kpms])
    tx.broadcasts.remember(one.id, [(kpm, letter_id, None) for kpm in kpms])


def _finish(tx: Tx, one: Broadcast, by: Staff) -> None:
    """When nothing waits any more, its writer is told what it came to."""
    states = tx.broadcasts.states(one)
    if states.get("queued", 0) + states.get("sending", 0):
        soon, later = LOOK_AGAIN
        tx.broadcasts.change(one.id, due=tx.now + (soon if tx.now < one.created + later else later))
        return
    tx.broadcasts.change(one.id, state="done")
    tally = tx.broadcasts.tally(one)
    told = sum(tally.get(state, 0) for state in TOLD)
    words = {"audience": one.said, "told": str(told), "families": str(sum(tally.values()))}
    once = f"{one.about}:done"
    tx.outbox.put(Outbound(StaffTo(by.id), "broadcast.done", words, once=once, priority=Priority.REMINDER))
