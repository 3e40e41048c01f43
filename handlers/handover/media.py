"""What came in that is no message to read: a voice note, a photo, a changed message, a long number?"""

from __future__ import annotations

from datetime import timedelta

from data.records import Person
from data.store import Tx
from handlers.handover.passing import keep, to_pendamping
from handlers.speech import names_of, say
from messages.envelope import Inbound, Kind, Outbound
from messages.reading import Expecting

WHAT = {
    Kind.VOICE: "pesan suara",
    Kind.IMAGE: "foto",
    Kind.STICKER: "stiker",
    Kind.DOCUMENT: "dokumen",
    Kind.LOCATION: "lokasi",
    Kind.CONTACT: "kontak",
    Kind.EDITED: "pesan yang diubah",
    Kind.DELETED: "pesan yang dihapus",
    Kind.OTHER: "kiriman lain",
}
CHANGED, CHANGED_AGAIN = "diubah", timedelta(hours=1)
"""Who mends a message three times is told once."""


def on_media(msg: Inbound, who: Person, tx: Tx, expecting: Expecting) -> list[Outbound]:
    """Voice notes, photos, stickers and the rest: a kind line, and the pendamping sees that it came."""
    told = _tell(msg, who, tx)
    names = names_of(who.kpms)
    match expecting:
        case Expecting.RSVP:
            return [say(msg, "questions.media", names=names), *told]
        case Expecting.CHECKIN:
            return [say(msg, "questions.media_here", names=names), *told]
        case _:
            return [say(msg, "questions.media_plain", names=names), *told]


def on_changed(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A message of hers was mended or taken back: what was answered stays answered until she writes anew."""
    if tx.sessions.get(who.address_id, CHANGED):
        return []
    tx.sessions.keep(who.address_id, CHANGED, {}, CHANGED_AGAIN)
    told = _tell(msg, who, tx)
    return [say(msg, "questions.changed", names=names_of(who.kpms)), *told]


def _tell(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    what = WHAT.get(msg.kind, WHAT[Kind.OTHER])
    keep(who, tx, "media", what)
    return [] if msg.kind is Kind.STICKER else to_pendamping("questions.staff.media", who, tx, what=what)


def on_nik(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A 16-digit number: it is not kept anywhere, and she is told that we never need it."""
    return [say(msg, "questions.nik", names=names_of(who.kpms))]
