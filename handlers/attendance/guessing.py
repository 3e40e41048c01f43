"""How often may a phone be wrong about the code of a meeting? Four figures are soon tried out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from data.records import Meeting, Person
from data.store import Tx
from handlers.speech import names_of
from messages.envelope import Outbound, Priority, StaffTo
from messages.reading import Reading

TOPIC = "kode_absen"
MOST_WRONG = 5
AN_HOUR = timedelta(hours=1)


def locked(tx: Tx, address_id: int) -> bool:
    """Whether codes of this phone count for nothing now, the right one too."""
    counted = tx.sessions.get(address_id, TOPIC)
    return counted is not None and counted.memory["wrong"] >= MOST_WRONG


def without_code(reading: Reading) -> Reading:
    """What else she said still counts."""
    return replace(reading, details={k: v for k, v in reading.details.items() if k != "code"})


def count_wrong(tx: Tx, who: Person, meeting: Meeting) -> list[Outbound]:
    """One more within an hour of the first; with the last that is allowed the pendamping hears of it, once."""
    counted = tx.sessions.get(who.address_id, TOPIC)
    wrong = counted.memory["wrong"] + 1 if counted else 1
    since = datetime.fromisoformat(counted.memory["since"]) if counted else tx.now
    tx.sessions.keep(who.address_id, TOPIC, {"wrong": wrong, "since": since.isoformat()}, since + AN_HOUR - tx.now)
    if wrong != MOST_WRONG:
        return []
    kelompok = tx.people.kelompok(next(k.kelompok_id for k in who.kpms if k.kelompok_id in meeting.kelompok_ids))
    tx.audit.write(f"address:{who.address_id}", "code.guessing", f"meeting:{meeting.id}", None, wrong)
    told = {"kelompok": kelompok.name, "count": str(MOST_WRONG), "names": names_of(who.kpms)}
    once = f"guessing:code:{who.address_id}:{since:%Y%m%d%H%M%S}"
    to = StaffTo(kelompok.pendamping_id or meeting.pendamping_id)
    return [Outbound(to, "attendance.staff.guessing", told, once=once, priority=Priority.CHANGE)]
