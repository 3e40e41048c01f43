"""What does the bot do with words it cannot use? It keeps them as written and tells the pendamping."""

from __future__ import annotations

from data.records import Kelompok, Kpm, Meeting, Person
from data.store import Tx
from handlers.speech import names_of, pendamping_of, say
from messages.envelope import Inbound, Kind, Outbound, Priority, StaffTo
from messages.reading import Expecting

WHAT = {
    Kind.VOICE: "pesan suara",
    Kind.IMAGE: "foto",
    Kind.STICKER: "stiker",
    Kind.DOCUMENT: "dokumen",
    Kind.LOCATION: "lokasi",
    Kind.CONTACT: "kontak",
    Kind.OTHER: "kiriman lain",
}
SHOWN = 300
"""How much of a long message the pendamping gets to see in the chat; all of it is kept."""


def to_pendamping(key: str, who: Person, tx: Tx, **params: object) -> list[Outbound]:
    """A letter to the pendamping of every kelompok that this address belongs to."""
    letters = []
    for kelompok in _kelompoks(who, tx):
        if kelompok.pendamping_id is not None:
            about = {"who": names_of(who.kpms), "kelompok": kelompok.name}
            to = StaffTo(kelompok.pendamping_id)
            letters.append(Outbound(to, key, {**about, **params}, priority=Priority.CHANGE))
    return letters


def pass_on(
    msg: Inbound, who: Person, tx: Tx, kind: str, text: str, *, meeting: Meeting | None = None
) -> list[Outbound]:
    """Keep the words and show them to the pendamping: a question, or something nobody could read."""
    _keep(msg, who, tx, kind, text, meeting)
    told = to_pendamping(
        "questions.staff.question" if kind == "question" else "attendance.staff.unread", who, tx, text=shown(text)
    )
    return [say(msg, "questions.passed_on", names=names_of(who.kpms), pendamping=pendamping(who, tx)), *told]


def after_meeting(msg: Inbound, who: Person, tx: Tx, kpms: list[Kpm], meeting: Meeting) -> list[Outbound]:
    """A word about a meeting that is over: a note for the pendamping, and no change in the register."""
    _keep(msg, who, tx, "note", msg.text, meeting)
    told = to_pendamping("attendance.staff.note", who, tx, text=shown(msg.text))
    return [say(msg, "attendance.too_late", names=names_of(kpms), pendamping=pendamping(who, tx)), *told]


def on_media(msg: Inbound, who: Person, tx: Tx, expecting: Expecting) -> list[Outbound]:
    """Voice notes, photos, stickers and the rest: a kind line, and the pendamping sees that it came."""
    what = WHAT.get(msg.kind, WHAT[Kind.OTHER])
    _keep(msg, who, tx, "media", f"[{what}]", None)
    told = [] if msg.kind is Kind.STICKER else to_pendamping("questions.staff.media", who, tx, what=what)
    names = names_of(who.kpms)
    match expecting:
        case Expecting.RSVP:
            return [say(msg, "questions.media", names=names), *told]
        case Expecting.CHECKIN:
            return [say(msg, "questions.media_here", names=names), *told]
        case _:
            return [say(msg, "questions.media_plain", names=names), *told]


def on_nik(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A 16-digit number: it is not kept anywhere, and she is told that we never need it."""
    return [say(msg, "questions.nik", names=names_of(who.kpms))]


def pendamping(who: Person, tx: Tx) -> str:
    return pendamping_of(tx.people.kelompok(who.kpms[0].kelompok_id))


def shown(text: str) -> str:
    clean = " ".join(text.split())
    return clean if len(clean) <= SHOWN else clean[: SHOWN - 1] + "…"


def _keep(msg: Inbound, who: Person, tx: Tx, kind: str, text: str, meeting: Meeting | None) -> None:
    first = who.kpms[0]
    tx.questions.add(
        who.address_id,
        kind,
        text,
        kpm_id=first.id if len(who.kpms) == 1 else None,
        kelompok_id=first.kelompok_id,
        meeting_id=meeting.id if meeting else None,
    )


def _kelompoks(who: Person, tx: Tx) -> list[Kelompok]:
    return [tx.people.kelompok(i) for i in sorted({kpm.kelompok_id for kpm in who.kpms})]
