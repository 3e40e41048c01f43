"""KODE: a picture that a mother scans at the meeting, and what its link says when it arrives."""

from __future__ import annotations

import re

from data.records import Kelompok, Meeting, Person
from data.store import Tx
from handlers import scope
from handlers.registration import links
from handlers.rules.attendance import Claim, check_in_opens, judge_hadir
from handlers.speech import day, groups, say, when
from messages import spoken
from messages.envelope import Attachment, Inbound, Outbound

_LINK = re.compile(r"/?start(?:@\w+)?\s+hadir-(\d{4})\s*", re.IGNORECASE)


def read_start(text: str) -> str:
    """Telegram's '/start hadir-4821' is what others write as 'hadir 4821'."""
    found = _LINK.fullmatch(text.strip())
    return f"hadir {found[1]}" if found else text


def on_kode(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """KODE Melati 3, or KODE alone for whatever is open now; a picture only while check-in is open."""
    mine = scope.mine(who, tx)
    wanted = [scope.find(rest, mine)] if rest else mine
    kelompoks = [kelompok for kelompok in wanted if kelompok is not None]
    if not kelompoks:
        return [say(msg, "registration.code.not_found", name=rest[:40], kelompok=mine[0].name if mine else "Melati 1")]
    nearest = {k.id: tx.meetings.current_or_next(k.id, msg.at) for k in kelompoks}
    open_now = {m.id: m for m in nearest.values() if m and judge_hadir(m, None, msg.at) == Claim(m)}
    if open_now:
        return [_picture(msg, tx, meeting, mine) for meeting in open_now.values()]
    coming = sorted((m for m in nearest.values() if m), key=lambda m: m.starts)
    if not coming:
        return [say(msg, "registration.code.none", kelompok=groups(kelompoks) if rest else "dampingan")]
    return [_not_yet(msg, coming[0], kelompoks)]


def _picture(msg: Inbound, tx: Tx, meeting: Meeting, mine: list[Kelompok]) -> Outbound:
    names = groups([k for k in mine if k.id in meeting.kelompok_ids])
    shown = {
        "kelompok": names,
        "code": meeting.code,
        "when": when(meeting),
        "whatsapp": links.whatsapp(tx, f"HADIR {meeting.code}"),
        "telegram": links.telegram(tx, f"hadir-{meeting.code}"),
    }
    picture = Attachment("check_in_qr", shown)
    words = {"kelompok": names, "code": meeting.code}
    return Outbound(msg.sender, "registration.code.picture", words, attachment=picture)


def _not_yet(msg: Inbound, meeting: Meeting, kelompoks: list[Kelompok]) -> Outbound:
    name = next(k.name for k in kelompoks if k.id in meeting.kelompok_ids)
    opens = spoken.clock_zone(check_in_opens(meeting).astimezone(meeting.zone))
    return say(msg, "registration.code.not_yet", kelompok=name, day=day(meeting), opens=opens)
