"""What does a pendamping see before she says Kirim? Weekday, clashes, days off, reach, cost, and the first letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from data.content.daysoff import day_off
from data.people import Reach
from data.records import Hours, Kelompok, Kind, Meeting
from data.store import Tx
from handlers.rules.courtesy import FRIDAY, PER_MEETING, next_allowed
from handlers.rules.reminders import plan, still_useful
from handlers.speech import groups, hours
from messages import spoken


def preview(
    tx: Tx, kelompoks: Sequence[Kelompok], pendamping_id: int, starts: datetime, ends: datetime, place: str, title: str
) -> dict[str, str]:
    """The parameters of `meetings.draft.preview`."""
    zone = kelompoks[0].zone
    ids = [k.id for k in kelompoks]
    reach = tx.people.reachable(ids)
    reached = sum(len(r.kpms) for r in reach)
    families = sum(len(tx.people.families(i)) for i in ids)
    return {
        "title": title,
        "kelompoks": groups(kelompoks),
        "when": hours(starts, ends, zone),
        "place": place,
        "reached": str(reached),
        "families": str(families),
        "unreached": _unreached(tx, ids, families - reached),
        "letters": str(PER_MEETING * _on_whatsapp(reach)),
        "first": first_letter(tx, starts, zone),
        "warnings": "".join(
            f"\nPerhatian: {w}" for w in warnings(tx, kelompoks, pendamping_id, starts, ends, place, families)
        ),
    }


def _on_whatsapp(reach: Sequence[Reach]) -> int:
    return sum(r.address.channel == "whatsapp" for r in reach)


def _unreached(tx: Tx, kelompok_ids: Sequence[int], missing: int) -> str:
    if not missing:
        return ""
    phoneless = sum(len(tx.people.phoneless(i)) for i in kelompok_ids)
    rest = missing - phoneless
    parts = ([f"tanpa HP {phoneless}"] if phoneless else []) + ([f"belum setuju {rest}"] if rest else [])
    return f" ({', '.join(parts)})"


def first_letter(tx: Tx, starts: datetime, zone: ZoneInfo) -> str:
    """'Undangan dikirim Rabu 25 Nov 08.00.'"""
    invitation = plan(starts, tx.now, zone)[0]
    at = next_allowed(invitation.at, zone, tx.settings.hours())
    if not still_useful(invitation, at, starts, zone):
        return "Terlalu dekat untuk undangan: beri tahu keluarga langsung."
    if at <= tx.now:
        return "Undangan dikirim sekarang."
    local = at.astimezone(zone)
    return f"Undangan dikirim {spoken.short_date(local.date())} {spoken.clock(local)}."


def warnings(
    tx: Tx,
    kelompoks: Sequence[Kelompok],
    pendamping_id: int,
    starts: datetime,
    ends: datetime,
    place: str,
    families: int,
    but: int | None = None,
) -> list[str]:
    """What a pendamping would want to know, and may still overrule."""
    zone = kelompoks[0].zone
    local = starts.astimezone(zone)
    found = []
    if holiday := day_off(local.date()):
        found.append(f"hari libur ({holiday}).")
    hours = tx.settings.hours()
    if in_friday_prayer(local, ends.astimezone(zone), hours):
        begins, ends_at = (clock.replace(":", ".") for clock in hours.friday)
        found.append(f"waktu salat Jumat ({begins}–{ends_at}).")
    for other in tx.meetings.clashes([k.id for k in kelompoks], pendamping_id, starts, ends, but):
        found.append(_clash(tx, other, kelompoks))
    known = tx.meetings.place_named(kelompoks[0].desa_id, place)
    if known is not None and known.capacity is not None and known.capacity < families:
        found.append(f"{place} muat {known.capacity} orang, keluarga {families}.")
    return found


def in_friday_prayer(starts: datetime, ends: datetime, hours: Hours) -> bool:
    """Whether [starts, ends) touches the Friday prayer, local."""
    if starts.weekday() != FRIDAY:
        return False
    begin = datetime.combine(starts.date(), time.fromisoformat(hours.friday[0]), starts.tzinfo)
    end = datetime.combine(starts.date(), time.fromisoformat(hours.friday[1]), starts.tzinfo)
    return starts < end and ends > begin


def _clash(tx: Tx, other: Meeting, kelompoks: Sequence[Kelompok]) -> str:
    mine = {k.id for k in kelompoks}
    names = spoken.listed([tx.people.kelompok(i).name for i in other.kelompok_ids])
    who = "kelompok ini" if mine & set(other.kelompok_ids) else "pendamping ini"
    at = spoken.clock(other.local)
    return f"{who} sudah ada pertemuan pukul {at} ({names})."


def title_of(kind: Kind, session_name: str | None) -> str:
    """'P2K2: P2 Memahami Perilaku Anak', 'Sosialisasi'."""
    names = {
        Kind.P2K2: "P2K2",
        Kind.AWAL: "Pertemuan awal/validasi",
        Kind.SOSIALISASI: "Sosialisasi",
        Kind.BIMTEK: "Bimtek",
    }
    return f"{names[kind]}: {session_name}" if session_name else names[kind]


def default_end(starts: datetime) -> datetime:
    """A meeting lasts 120 minutes unless it is written otherwise (HOUSE 10)."""
    return starts + timedelta(minutes=120)
