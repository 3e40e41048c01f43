"""JADWAL and GABUNG: one line for those who know it, step by step for the rest, a preview for all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from data.content.sessions import find_session, next_session, session
from data.records import Kelompok, Kind, Meeting, Person
from data.store import Tx
from handlers import scope
from handlers.meetings import rhythm
from handlers.meetings.acts import Plan, create
from handlers.meetings.preview import default_end, first_letter, preview, title_of
from handlers.rules.dates import DateFault, nth_in_month, read_monthly, read_when
from handlers.speech import groups, hours, say
from messages import spoken
from messages.envelope import Inbound, Outbound, StaffId

TOPIC = "jadwal"
OPEN_FOR = timedelta(hours=12)
PLACES = 9
LONGEST_PLACE = 60
"""Letters to families name the place, and they have 300 characters."""

_SAME = re.compile(r"^\s*sama\b", re.IGNORECASE)
DROP = {"draft.drop", "batal", "tidak jadi", "gak jadi", "ga jadi"}
SEND = {"draft.send", "kirim", "ya", "ya kirim"}
EDIT = {"draft.edit", "ubah"}
KINDS = {
    "sosialisasi": Kind.SOSIALISASI,
    "bimtek": Kind.BIMTEK,
    "pelatihan": Kind.BIMTEK,
    "pertemuan awal": Kind.AWAL,
    "awal": Kind.AWAL,
    "validasi": Kind.AWAL,
    "p2k2": Kind.P2K2,
}
PARTS = [
    ("edit:kelompok", "Kelompok"),
    ("edit:when", "Waktu"),
    ("edit:where", "Tempat"),
    ("edit:what", "Sesi"),
    ("draft.drop", "Tidak jadi"),
]
EDITS = {
    "edit:kelompok": ("ids",),
    "edit:when": ("starts", "ends", "every"),
    "edit:where": ("place",),
    "edit:what": ("what", "session"),
}

Draft = dict[str, Any]


def on_jadwal(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """JADWAL kelompok; waktu; tempat; sesi — whatever is missing is asked for."""
    return _begin(msg, who, tx, rest, joint=False)


def on_gabung(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """GABUNG: one meeting of several groups, a register for each."""
    return _begin(msg, who, tx, rest, joint=True)


def _begin(msg: Inbound, who: Person, tx: Tx, rest: str, *, joint: bool) -> list[Outbound]:
    kelompoks = scope.mine(who, tx)
    if not kelompoks:
        return [say(msg, "summary.nothing")]
    draft: Draft = {"joint": joint}
    fields = [part.strip() for part in re.split(r"[;\n]", rest)]
    if not joint:
        one, after = scope.starts_with(fields[0], kelompoks)
        if one is not None:
            fields = [scope.full_name(one), *([after] if after else []), *fields[1:]]
    if fields[0] == "" and len(kelompoks) == 1:
        fields[0] = scope.full_name(kelompoks[0])
    faults = []
    for name, value in zip(("kelompok", "when", "where", "what"), fields, strict=False):
        if value and (fault := _take(draft, name, value, _chosen(who, tx, draft) or kelompoks, tx, msg.at)):
            faults.append(fault)
    return _ask_again(msg, who, tx, draft, faults[0]) if faults else _next_step(msg, who, tx, draft)


def open_draft(msg: Inbound, who: Person, tx: Tx, kelompok: Kelompok, fields: Draft) -> list[Outbound]:
    """A draft whose time is known already: a proposal that was picked, or the day of every month."""
    return _next_step(msg, who, tx, {"joint": False, "ids": [kelompok.id], **fields})


# --- one field at a time

Fault = tuple[str, Mapping[str, object]]


def _take(draft: Draft, name: str, value: str, kelompoks: Sequence[Kelompok], tx: Tx, at: datetime) -> Fault | None:
    """Put one field into the draft; the sentence to answer when it does not fit."""
    match name:
        case "kelompok":
            return _take_kelompok(draft, value, kelompoks)
        case "when" if _SAME.match(value) and "ids" in draft and (same := _same(tx, draft, kelompoks, at)):
            draft.update(same)
            return None
        case "when":
            return _take_when(draft, value, kelompoks, at)
        case "where":
            return take_place(draft, value)
        case _:
            return _take_what(draft, value)


def take_place(draft: Draft, value: str) -> Fault | None:
    place = " ".join(value.split())
    if len(place) > LONGEST_PLACE:
        return "meetings.draft.long_place", {"count": str(len(place)), "most": str(LONGEST_PLACE)}
    draft["place"] = place
    return None


def _take_kelompok(draft: Draft, value: str, kelompoks: Sequence[Kelompok]) -> Fault | None:
    found, unknown = scope.find_all(value, kelompoks) if draft["joint"] else ([], [])
    if not draft["joint"]:
        one = scope.find(value, kelompoks)
        found, unknown = ([one], []) if one else ([], [value[:40]])
    if unknown or not found:
        return "meetings.draft.unknown_kelompok", {"text": ", ".join(unknown), "options": scope.options(kelompoks)}
    draft["ids"] = [k.id for k in found]
    return None


def _take_when(draft: Draft, value: str, kelompoks: Sequence[Kelompok], at: datetime) -> Fault | None:
    zone = kelompoks[0].zone
    draft.pop("every", None)
    try:
        monthly = read_monthly(value) if not draft["joint"] else None
        read = read_when(monthly[0] if monthly else value, at.astimezone(zone))
    except DateFault as fault:
        return fault.key, fault.params
    if monthly:
        draft["every"] = list(monthly[1:])
    starts = datetime.combine(read.day, read.starts, zone)
    ends = datetime.combine(read.day, read.ends, zone) if read.ends else default_end(starts)
    draft["starts"], draft["ends"] = starts.isoformat(), ends.isoformat()
    return None


def _take_what(draft: Draft, value: str) -> Fault | None:
    kind = KINDS.get(value.strip().lower())
    if kind is not None and kind is not Kind.P2K2:
        draft["what"], draft["session"] = kind.value, None
        return None
    found = find_session(re.sub(r"^pakai\s+", "", value.strip(), flags=re.IGNORECASE))
    if found is None:
        return "meetings.draft.unknown_session", {"text": value[:40]}
    draft["what"], draft["session"] = Kind.P2K2.value, found.id
    return None


def planned_from(tx: Tx, kelompoks: Sequence[Kelompok], when: str, place: str, what: str, at: datetime) -> Plan | Fault:
    """The meeting that these words mean, as a line of JADWAL or GABUNG does; or what to answer to them."""
    draft: Draft = {"joint": len(kelompoks) > 1, "ids": [k.id for k in kelompoks]}
    for name, value in (("when", when), ("where", place), ("what", what)):
        if fault := _take(draft, name, value, kelompoks, tx, at):
            return fault
    wanted = _plan(draft, kelompoks)
    return _past(wanted.starts, kelompoks[0]) if wanted.starts <= at else wanted


def shown_first(tx: Tx, wanted: Plan, by: StaffId) -> Fault:
    """What is shown before anything is written down."""
    title = title_of(wanted.kind, wanted.title if wanted.session else None)
    words = preview(tx, wanted.kelompoks, by, wanted.starts, wanted.ends, wanted.place, title)
    return "meetings.draft.preview", words


def done_with(tx: Tx, meeting: Meeting, kelompoks: Sequence[Kelompok]) -> Fault:
    """What is said when it is written down."""
    zone = kelompoks[0].zone
    return "meetings.draft.sent", {
        "kelompoks": groups(kelompoks),
        "when": hours(meeting.starts, meeting.ends, zone),
        "place": meeting.place,
        "first": first_letter(tx, meeting.starts, zone),
        "meeting": str(meeting.id),
    }


def _past(starts: datetime, kelompok: Kelompok) -> Fault:
    local = starts.astimezone(kelompok.zone)
    return "meetings.when.past", {"text": f"{spoken.short_date(local.date())} {spoken.clock(local)}"}


def _next_step(msg: Inbound, who: Person, tx: Tx, draft: Draft) -> list[Outbound]:
    """Ask for what is missing, in the order of the line; then the preview."""
    kelompoks = _chosen(who, tx, draft)
    if "ids" not in draft or not kelompoks:
        draft["step"] = "kelompok"
        _keep(who, tx, draft)
        return [say(msg, "meetings.draft.which", options=scope.options(scope.mine(who, tx)))]
    for step, field in (("when", "starts"), ("where", "place"), ("what", "what")):
        if field not in draft:
            draft["step"] = step
            _keep(who, tx, draft)
            return [_question(msg, tx, step, kelompoks)]
    draft["step"] = "preview"
    _keep(who, tx, draft)
    key, params = shown_first(tx, _plan(draft, kelompoks), who.staff.id if who.staff else StaffId(0))
    return [say(msg, key, **{**params, "when": f"{params['when']}{rhythm.spoken_in_preview(draft)}"})]


def _question(msg: Inbound, tx: Tx, step: str, kelompoks: Sequence[Kelompok]) -> Outbound:
    first = kelompoks[0]
    if step == "when":
        same = _same_as_last_month(tx, first, msg.at)
        if same is None:
            return say(msg, "meetings.draft.when", kelompok=groups(kelompoks))
        words = f"{spoken.long_date(same[0].date())}, {spoken.clock(same[0])}"
        return say(msg, "meetings.draft.when_or_same", kelompok=groups(kelompoks), same=words)
    if step == "where":
        places = tx.meetings.places(first.desa_id)
        if not places:
            return say(msg, "meetings.draft.where")
        return say(msg, "meetings.draft.where_or", options=[(f"place:{p.id}", p.name[:24]) for p in places[:PLACES]])
    suggested = next_session(tx.meetings.sessions_had(first.id))
    name, code = (suggested.name, suggested.id) if suggested else ("semua sesi sudah", "P1")
    return say(msg, "meetings.draft.what", kelompok=groups(kelompoks), next=name, next_id=code)


def _ask_again(msg: Inbound, who: Person, tx: Tx, draft: Draft, fault: Fault) -> list[Outbound]:
    """What was understood so far is kept; only the faulty part is asked for again."""
    key, params = fault
    draft["step"] = {
        "meetings.draft.unknown_kelompok": "kelompok",
        "meetings.draft.long_place": "where",
        "meetings.draft.unknown_session": "what",
    }.get(key, "when")
    _keep(who, tx, draft)
    return [say(msg, key, **params)]


def on_draft_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """One line while a draft is open: the answer to its question, Kirim, Ubah or Tidak jadi."""
    draft = dict(waiting)
    word = msg.button or msg.text.strip().lower().rstrip(".!")
    if word in DROP:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "meetings.draft.dropped")]
    step = draft["step"]
    if step == "preview" and word in SEND:
        return _send(msg, who, tx, draft)
    if step in {"preview", "edit"} and word in EDIT:
        draft["step"] = "edit"
        _keep(who, tx, draft)
        return [say(msg, "meetings.draft.edit", options=PARTS)]
    if part := _part(msg, word):
        for field in EDITS[part]:
            draft.pop(field, None)
        return _next_step(msg, who, tx, draft)
    if step in {"preview", "edit"}:
        return None
    return _answer(msg, who, tx, draft, step)


def _part(msg: Inbound, word: str) -> str | None:
    names = {title.lower(): part for part, title in PARTS[:-1]}
    return word if word in EDITS else (names.get(word) if msg.button is None else None)


def _answer(msg: Inbound, who: Person, tx: Tx, draft: Draft, step: str) -> list[Outbound] | None:
    kelompoks = scope.mine(who, tx)
    text = msg.text
    if msg.button:
        chosen = _from_button(msg, who, tx, draft)
        if chosen is None:
            return None
        if isinstance(chosen, dict):
            return _next_step(msg, who, tx, chosen)
        text = chosen
    elif step == "kelompok" and (one := scope.picked(None, text, kelompoks)):
        text = scope.full_name(one)
    elif step == "where" and (number := scope.small_number(text)) and (chosen_ones := _chosen(who, tx, draft)):
        places = tx.meetings.places(chosen_ones[0].desa_id)[:PLACES]
        text = places[number - 1].name if number <= len(places) else text
    if not text.strip():
        return None
    fault = _take(draft, step, text, _chosen(who, tx, draft) or kelompoks, tx, msg.at)
    return _ask_again(msg, who, tx, draft, fault) if fault else _next_step(msg, who, tx, draft)


def _from_button(msg: Inbound, who: Person, tx: Tx, draft: Draft) -> str | Draft | None:
    """The words a button stands for, or the draft it completes; None for a button of something else."""
    button = msg.button or ""
    chosen = _chosen(who, tx, draft)
    if button.startswith("kelompok:") and (one := scope.picked(button, "", scope.mine(who, tx))):
        return scope.full_name(one)
    if button.startswith("place:") and chosen:
        return next((p.name for p in tx.meetings.places(chosen[0].desa_id) if button == f"place:{p.id}"), None)
    if button == "draft.next" and chosen:
        suggested = next_session(tx.meetings.sessions_had(chosen[0].id))
        return suggested.id if suggested else None
    if button == "draft.same" and chosen and (same := _same(tx, draft, chosen, msg.at)):
        return {**draft, **same}
    return None


def _same(tx: Tx, draft: Draft, kelompoks: Sequence[Kelompok], at: datetime) -> Draft | None:
    """The fields that 'sama bulan lalu' fills in; a place that was written already stays."""
    found = _same_as_last_month(tx, kelompoks[0], at)
    if found is None:
        return None
    starts, last = found
    ends = starts + (last.ends - last.starts)
    place = draft.get("place", last.place)
    return {"starts": starts.isoformat(), "ends": ends.isoformat(), "place": place}


def _same_as_last_month(tx: Tx, kelompok: Kelompok, at: datetime) -> tuple[datetime, Meeting] | None:
    """'Sama seperti bulan lalu': the same weekday of the month at the same hour, at the first month it lies ahead."""
    last = tx.meetings.last(kelompok.id, at)
    if last is None:
        return None
    today = at.astimezone(kelompok.zone)
    for ahead in (0, 1):
        month = (today.month - 1 + ahead) % 12 + 1
        year = today.year + (today.month - 1 + ahead) // 12
        day = nth_in_month(last.local.date(), year, month)
        starts = datetime.combine(day, last.local.time(), kelompok.zone)
        if starts > today and (year, month) > (last.local.year, last.local.month):
            return starts, last
    return None


def _send(msg: Inbound, who: Person, tx: Tx, draft: Draft) -> list[Outbound]:
    kelompoks = _chosen(who, tx, draft)
    if who.staff is None or not kelompoks:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "meetings.draft.nothing")]
    wanted = _plan(draft, kelompoks)
    if wanted.starts <= msg.at:
        return _ask_again(msg, who, tx, draft, _past(wanted.starts, kelompoks[0]))
    tx.sessions.end(who.address_id, TOPIC)
    meeting = create(tx, who.staff, wanted)
    if meeting is None:
        return [say(msg, "meetings.draft.already", kelompoks=groups(kelompoks))]
    if "every" in draft:
        rhythm.remember(tx, who.staff, kelompoks[0], meeting, draft["every"])
    key, params = done_with(tx, meeting, kelompoks)
    return [say(msg, key, **params)]


def _plan(draft: Draft, kelompoks: Sequence[Kelompok]) -> Plan:
    found = session(draft["session"])
    starts, ends = (datetime.fromisoformat(draft[name]) for name in ("starts", "ends"))
    kind = Kind(draft["what"])
    title = found.name if found else title_of(kind, None)
    return Plan(kelompoks, starts, ends, draft["place"], kind, found.id if found else None, title)


def _chosen(who: Person, tx: Tx, draft: Draft) -> list[Kelompok]:
    """The groups of the draft that are still in scope."""
    return [k for k in scope.mine(who, tx) if k.id in draft.get("ids", ())]


def _keep(who: Person, tx: Tx, draft: Draft) -> None:
    tx.sessions.keep(who.address_id, TOPIC, draft, OPEN_FOR)
