"""A meeting made, moved or called off on a page: shown first, then done with the functions and letters of the chat."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from bot.dashboard import monthly
from bot.dashboard.door import Ask, Missing, Refused
from bot.dashboard.groups import chosen
from bot.inbox import post
from data.content.sessions import next_session, sessions
from data.records import Kelompok, Meeting
from data.store import Tx
from handlers import meetings
from handlers.meetings import CANCEL, MOVE, Plan
from handlers.speech import when
from messages import catalog

DAY = re.compile(r"(20\d\d)-(\d\d)-(\d\d)")
CLOCK = re.compile(r"(\d\d):(\d\d)(?::\d\d)?")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Blank:
    """The form, with what is known already."""

    kelompok: Kelompok
    kelompoks: Sequence[Kelompok]
    places: Sequence[str]
    suggested: str


async def blank(ask: Ask) -> Response:
    """What the address names is filled in: a time that was picked, or the day of every month."""
    known = {name: found for name in ("tanggal", "mulai", "sampai", "tempat") if (found := ask.query(name))}
    return await _form(ask, known | ({f"k:{ask.query('kelompok')}": "ya"} if known else {}), "")


async def look(ask: Ask) -> Response:
    """Weekday, clashes, days off, reach and the first letter, before anything is written."""

    def work(tx: Tx) -> tuple[str, str]:
        wanted = _wanted(tx, ask)
        if not isinstance(wanted, Plan):
            return "", _said(wanted)
        return _said(meetings.shown_first(tx, wanted, ask.who.id)) + monthly.said(ask, wanted), ""

    shown, fault = await ask.look(work)
    if fault:
        return await _form(ask, ask.sent, fault)
    return confirm(ask, shown, "/dasbor/jadwal/kirim", "Simpan jadwal")


async def send(ask: Ask) -> Response:
    def work(tx: Tx) -> tuple[str, str]:
        wanted = _wanted(tx, ask)
        if not isinstance(wanted, Plan):
            return "", _said(wanted)
        meeting = meetings.create(tx, ask.who, wanted)
        if meeting is None:
            names = ", ".join(k.name for k in wanted.kelompoks)
            return "", _said(("meetings.draft.already", {"kelompoks": names}))
        if every := monthly.every(ask, wanted):
            meetings.remember(tx, ask.who, wanted.kelompoks[0], meeting, every)
        return _said(meetings.done_with(tx, meeting, wanted.kelompoks)), ""

    done, fault = await ask.write(work)
    return await _form(ask, ask.sent, fault) if fault else _told(ask, done)


async def change(ask: Ask) -> Response:
    """What can be done with this meeting."""
    return await _change(ask, "")


async def move(ask: Ask) -> Response:
    return await _act(ask, MOVE)


async def call_off(ask: Ask) -> Response:
    return await _act(ask, CANCEL)


async def _act(ask: Ask, topic: str) -> Response:
    """First shown, then done."""
    sure = ask.sent.get("yakin") == "ya"

    def work(tx: Tx) -> tuple[str, str]:
        kelompok, meeting = _theirs(tx, ask)
        if str(meeting.revision) != str(ask.sent.get("revision")):
            raise Refused(409, "Jadwal pertemuan ini sudah diubah. Muat ulang halaman.")
        if too_late := meetings.refused(tx, meeting, topic):
            return "", _said((too_late, {"kelompok": kelompok.name, "when": when(meeting)}))
        return (_cancel if topic == CANCEL else _move)(tx, ask, kelompok, meeting, sure=sure)

    said, fault = await (ask.write(work) if sure else ask.look(work))
    if fault:
        return await _change(ask, fault)
    if not sure:
        verb = "Ya, batalkan" if topic == CANCEL else "Ya, pindahkan"
        return confirm(ask, said, ask.request.url.path, verb)
    await ask.sent_letters()
    return _told(ask, said)


def _cancel(tx: Tx, ask: Ask, kelompok: Kelompok, meeting: Meeting, *, sure: bool) -> tuple[str, str]:
    reason = _line(ask.sent, "alasan")
    if not reason:
        return "", "Tulis alasannya: keluarga ikut membacanya."
    words = meetings.cancel_words(tx, meeting, reason)
    if not sure:
        return _said(("meetings.cancel.preview", words)), ""
    done = meetings.call_off(tx, ask.who, meeting, reason)
    post(tx, list(done.letters))
    more = {"kelompoks": words["kelompoks"], "when": words["when"], "told": str(done.told)}
    return _said(("meetings.cancel.done", more)), ""


def _move(tx: Tx, ask: Ask, kelompok: Kelompok, meeting: Meeting, *, sure: bool) -> tuple[str, str]:
    place = _line(ask.sent, "tempat") or meeting.place
    what = meeting.session or meeting.kind.value
    wanted = meetings.planned_from(tx, [kelompok], when_of(ask.sent), place, what, tx.now)
    if not isinstance(wanted, Plan):
        return "", _said(wanted)
    words = meetings.move_words(tx, meeting, wanted.starts, wanted.ends, wanted.place)
    if not sure:
        return _said(("meetings.move.preview", words)), ""
    done = meetings.move(tx, ask.who, meeting, wanted.starts, wanted.ends, wanted.place)
    post(tx, list(done.letters))
    more = {"kelompoks": words["kelompoks"], "when": when(done.meeting), "told": str(done.told)}
    return _said(("meetings.move.done", more)), ""


# --- inside


def _wanted(tx: Tx, ask: Ask) -> Plan | tuple[str, Mapping[str, object]]:
    """Raises Refused without a kelompok, and Missing for one of others."""
    ids = {name[2:] for name in ask.sent if name.startswith("k:")}
    mine = [k for k in tx.people.kelompok_in_scope(ask.who) if str(k.id) in ids]
    if len(mine) != len(ids):
        raise Missing
    if not mine:
        raise Refused(422, "Pilih kelompoknya dulu.")
    place = _line(ask.sent, "tempat")
    if not place:
        raise Refused(422, "Tempatnya masih kosong.")
    wanted = meetings.planned_from(tx, mine, when_of(ask.sent), place, _line(ask.sent, "sesi"), tx.now)
    return (monthly.fault(ask, wanted) or wanted) if isinstance(wanted, Plan) else wanted


def when_of(sent: Mapping[str, Any]) -> str:
    """'28-11-2026 09.00-11.00' out of the fields of a browser. Raises Refused when they hold no day and hour."""
    day, begins = DAY.fullmatch(_line(sent, "tanggal")), CLOCK.fullmatch(_line(sent, "mulai"))
    if day is None or begins is None:
        raise Refused(422, "Tanggal atau jamnya belum lengkap.")
    ends = CLOCK.fullmatch(_line(sent, "sampai"))
    until = f"-{ends[1]}.{ends[2]}" if ends else ""
    return f"{day[3]}-{day[2]}-{day[1]} {begins[1]}.{begins[2]}{until}"


def _theirs(tx: Tx, ask: Ask) -> tuple[Kelompok, Meeting]:
    kelompok_id, meeting_id = ask.number("kelompok"), ask.number("meeting")
    kelompok = tx.scoped.kelompok(ask.who, kelompok_id)
    meeting = tx.meetings.get(meeting_id) if tx.scoped.meets(ask.who, meeting_id, kelompok_id) else None
    if kelompok is None or meeting is None or meeting.cancelled or meeting.ends <= tx.now:
        raise Missing
    return kelompok, meeting


def _line(sent: Mapping[str, Any], name: str) -> str:
    return " ".join(str(sent.get(name, "")).replace("\x00", "").split())[:LONGEST]


def _said(words: tuple[str, Mapping[str, object]]) -> str:
    return catalog.render(words[0], words[1]).text


async def _form(ask: Ask, sent: Mapping[str, Any], fault: str) -> Response:
    def work(tx: Tx) -> Blank:
        kelompok, kelompoks = chosen(tx, ask)
        suggested = next_session(tx.meetings.sessions_had(kelompok.id))
        places = [place.name for place in tx.meetings.places(kelompok.desa_id)]
        known = tx.rhythms.get(kelompok.id)
        places = [known.place, *places] if known is not None else places
        last = tx.meetings.last(kelompok.id, tx.now)
        if last is not None:
            places = list(dict.fromkeys([last.place, *places]))
        return Blank(kelompok, kelompoks, places, suggested.id if suggested else "")

    found = await ask.look(work)
    more = {"sent": sent, "fault": fault, "sessions": sessions(), "KINDS": KINDS}
    return ask.page("jadwal-baru.html", title="Buat jadwal", d=found, **more)


async def _change(ask: Ask, fault: str) -> Response:
    kelompok, meeting = await ask.look(lambda tx: _theirs(tx, ask))
    title = f"Ubah jadwal {kelompok.name}"
    return ask.page("jadwal-ubah.html", title=title, k=kelompok, m=meeting, sent=ask.sent, fault=fault)


def confirm(ask: Ask, shown: str, action: str, verb: str) -> Response:
    kept = {name: value for name, value in ask.sent.items() if name not in {"csrf", "yakin"}}
    return ask.page("jadwal-lihat.html", title="Periksa dulu", shown=shown, action=action, verb=verb, kept=kept)


def _told(ask: Ask, said: str) -> Response:
    return ask.page("jadwal-lihat.html", title="Tersimpan", shown=said, action="", verb="", kept={})


KINDS = {"sosialisasi": "Sosialisasi", "bimtek": "Bimtek", "awal": "Pertemuan awal/validasi"}
