"""What is known of a place? Its permit, how many it holds, and the six venue questions of FACTS 1.4, asked once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from data.records import Person, Role
from data.store import Tx
from handlers import scope
from handlers.speech import not_theirs, say
from messages.envelope import Inbound, Outbound

TOPIC = "tempat"
CHECKS = (
    "mudah dijangkau",
    "muat untuk semua",
    "bisa menampilkan materi",
    "jauh dari bising",
    "waktu disepakati",
    "sudah dikoordinasikan",
)
_FULL = re.compile(
    r"^\s*(\d{1,4})\s*(?:orang|org)?\s*(?:[,;.]?\s*(?:tidak|tdk|kecuali|kurang)\s*([\d\s,dan]+))?\s*$", re.IGNORECASE
)


def on_permit(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """'Izin tempat sudah?' — and, for a place we do not know yet, what it is like."""
    act, _, number = (msg.button or "").partition(":")
    meeting = tx.meetings.get(int(number)) if number.isdecimal() and len(number) < 15 else None
    mine = {k.id: k for k in scope.mine(who, tx)} if who.role is Role.PENDAMPING else {}
    groups = [mine[i] for i in meeting.kelompok_ids if i in mine] if meeting else []
    if meeting is None or not groups:
        return [not_theirs(msg, "meetings.draft.nothing")]
    tx.meetings.permit(meeting.id, act == "permit.yes")
    key = "meetings.permit.yes" if act == "permit.yes" else "meetings.permit.no"
    desa_id = groups[0].desa_id
    if tx.meetings.place_named(desa_id, meeting.place) is not None:
        return [say(msg, key)]
    tx.sessions.keep(who.address_id, TOPIC, {"desa": desa_id, "place": meeting.place}, timedelta(hours=12))
    words = "Baik, izin tempat dicatat." if act == "permit.yes" else "Baik, izinnya menyusul."
    return [say(msg, "meetings.permit.place", answer=words, place=meeting.place)]


def on_place_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """'40 orang, tidak 3' — or later."""
    if waiting["desa"] not in {k.desa_id for k in scope.mine(who, tx)}:
        tx.sessions.end(who.address_id, TOPIC)
        return None
    if (msg.button or msg.text.strip().lower()) in {"place.skip", "nanti", "nanti saja", "batal", "lewati"}:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "meetings.place.skipped")]
    found = _FULL.match(msg.text)
    missing = {int(n) for n in re.findall(r"\d+", found[2] or "")} if found else set()
    if found is None or not missing <= set(range(1, len(CHECKS) + 1)) or int(found[1]) == 0:
        return None if msg.button or not re.search(r"\d", msg.text) else [say(msg, "meetings.place.unclear")]
    capacity = int(found[1])
    checks = {name: number not in missing for number, name in enumerate(CHECKS, 1)}
    tx.meetings.keep_place(waiting["desa"], waiting["place"], capacity, checks)
    tx.sessions.end(who.address_id, TOPIC)
    lacking = [name for name, holds in checks.items() if not holds]
    words = f"belum: {', '.join(lacking)}" if lacking else "semua syarat terpenuhi"
    return [say(msg, "meetings.place.kept", place=waiting["place"], capacity=f"{capacity} orang", checks=words)]
