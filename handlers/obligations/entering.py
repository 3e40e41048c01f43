"""DATA: a change at home, entered by the pendamping on one line or step by step; shown back before it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from data.content.obligations import rules
from data.intake.numbers import phone_of
from data.obligations import Member
from data.records import Kelompok, Kpm, Person
from data.store import Tx
from handlers import families, scope
from handlers.obligations.applying import apply
from handlers.rules.data_changes import Change, Meant, complete, read_change
from handlers.rules.dates import DateFault
from handlers.speech import say
from messages import spoken
from messages.envelope import Inbound, Outbound

TOPIC = "data"
OPEN_FOR = timedelta(hours=12)
SAVE = {"data.save", "simpan", "kirim", "ya", "selesai"}
DROP = {"data.drop", "batal", "tidak jadi"}
CHOICES = [(f"data.kind:{change.value}", change.value.capitalize()) for change in Change if change is not Change.RESUME]


def on_data(msg: Inbound, who: Person, tx: Tx, rest: str, question: int | None = None) -> list[Outbound]:
    """DATA nama; apa; kapan."""
    name, *pieces = [piece.strip() for piece in re.split(r"[;\n]", rest)]
    if not name:
        return [say(msg, "obligations.data.how")]
    found = families.find(name, scope.mine(who, tx), tx)
    if not found:
        return [say(msg, "obligations.data.not_found", name=name[:60])]
    if len(found) > 1:
        listed, example = families.listed(found), families.example(found)
        return [say(msg, "obligations.data.two", name=name[:60], found=listed, example=example)]
    kpm, kelompok = found[0]
    memory: dict[str, Any] = {"kpm": kpm.id, "change": None, "pieces": [], "question": question}
    return _next(msg, who, tx, memory, kpm, kelompok, [piece for piece in pieces if piece])


def on_data_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """The next line of a DATA draft."""
    kpm = tx.people.kpm(waiting["kpm"])
    kelompok = next((k for k in scope.mine(who, tx) if kpm and k.id == kpm.kelompok_id), None)
    if kpm is None or kelompok is None:
        tx.sessions.end(who.address_id, TOPIC)
        return None
    word = msg.button or msg.text.strip().lower().rstrip(".!")
    if word in DROP:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "obligations.data.dropped")]
    if word in SAVE and waiting.get("ready"):
        return _save(msg, who, tx, waiting, kpm, kelompok)
    if msg.button and msg.button.startswith("data.member:"):
        return _next(msg, who, tx, waiting, kpm, kelompok, [_member_name(msg.button, kpm, tx)])
    if msg.button and not msg.button.startswith("data.kind:"):
        return None
    text = msg.button.partition(":")[2] if msg.button else msg.text
    return _next(msg, who, tx, waiting, kpm, kelompok, [p.strip() for p in re.split(r"[;\n]", text) if p.strip()])


def _member_name(button: str, kpm: Kpm, tx: Tx) -> str:
    wanted = button.partition(":")[2]
    return next((m.name for m in tx.obligations.members([kpm.id])[kpm.id] if str(m.id) == wanted), "")


def _next(
    msg: Inbound,
    who: Person,
    tx: Tx,
    memory: Mapping[str, Any],
    kpm: Kpm,
    kelompok: Kelompok,
    pieces: Sequence[str],
) -> list[Outbound]:
    """Put the new pieces to what is known; ask for what is missing, else show it all."""
    change = Change(memory["change"]) if memory["change"] else None
    every = [*memory["pieces"], *pieces]
    if change is None:
        at = next((n for n, piece in enumerate(every) if read_change(piece)), None)
        change = read_change(every[at]) if at is not None else None
        every = [piece for n, piece in enumerate(every) if n != at]
    kept = {**memory, "change": change.value if change else None, "pieces": every, "ready": False}
    tx.sessions.keep(who.address_id, TOPIC, kept, OPEN_FOR)
    if change is None:
        return [say(msg, "obligations.data.which", who=kpm.called, options=CHOICES)]
    members, today = tx.obligations.members([kpm.id])[kpm.id], _today(msg, kelompok)
    try:
        meant = complete(change, every, members, today)
    except DateFault as fault:
        tx.sessions.keep(who.address_id, TOPIC, {**kept, "pieces": memory["pieces"]}, OPEN_FOR)
        return [say(msg, fault.key, **fault.params)]
    number = phone_of(meant.number) if meant.number else None
    if meant.missing or (meant.number and not isinstance(number, str)):
        tx.sessions.keep(who.address_id, TOPIC, {**kept, "pieces": memory["pieces"]}, OPEN_FOR)
        return [_missing(msg, kpm, meant, members)]
    tx.sessions.keep(who.address_id, TOPIC, {**kept, "ready": True}, OPEN_FOR)
    what, then = _spoken(meant, members, today)
    return [say(msg, "obligations.data.preview", who=kpm.called, kelompok=kelompok.name, what=what, then=then)]


def _missing(msg: Inbound, kpm: Kpm, meant: Meant, members: Sequence[Member]) -> Outbound:
    match meant.missing:
        case "hpl":
            return say(msg, "obligations.data.hpl", who=kpm.called)
        case "born":
            return say(msg, "obligations.data.born", who=kpm.called)
        case "member" | "child" if members:
            options = [(f"data.member:{m.id}", m.name[:20]) for m in members]
            return say(msg, "obligations.data.member", who=kpm.called, options=options)
        case "school":
            return say(msg, "obligations.data.school")
        case "member" | "child":
            return say(msg, "obligations.data.nobody", who=kpm.called)
        case _:
            return say(msg, "obligations.data.number", who=kpm.called)


def _spoken(meant: Meant, members: Sequence[Member], today: date) -> tuple[str, str]:
    """What will be written, and what follows from it."""
    names = spoken.listed([m.name for m in members if m.id in meant.members])
    day = spoken.long_date(meant.day) if meant.day else ""
    match meant.change:
        case Change.PREGNANT:
            return f"hamil, HPL {day}", "Pengingat periksa kehamilan dimulai."
        case Change.BORN:
            babies = spoken.listed(meant.names)
            then = "Pengingat kehamilan berhenti; nifas dan bayi dimulai."
            return f"melahirkan {day}: {babies}", f"{then}{_told_in_person(meant, today)}"
        case Change.DIED:
            return f"{names} meninggal", "Semua pengingat untuknya berhenti."
        case Change.LOST:
            return "keguguran", "Semua pengingat kehamilan berhenti; tidak ada pesan ke keluarga."
        case Change.MOVED:
            return f"pindah: {names or 'keluarga'}", "Semua pengingat untuknya berhenti."
        case Change.RESUME:
            return f"lanjutkan: {names}", "Pengingat berjalan lagi."
        case Change.SCHOOL:
            risk = {True: "perlu perhatian", False: "tidak perlu perhatian", None: ""}[meant.at_risk]
            words = ", ".join(word for word in (meant.school or meant.level or "", risk) if word)
            return f"sekolah {names}: {words}", "Pengingat sekolah mengikuti data ini."
        case Change.NUMBER:
            return f"nomor baru {_masked(meant.number)}", "Nomor lama tetap. Nomor baru menulis dulu atau SETUJU."
        case Change.CANDIDATE | Change.GRADUATED:
            return f"status {meant.change.value}", "Keluarga ini tidak lagi diundang dan tidak diingatkan."


def _told_in_person(meant: Meant, today: date) -> str:
    """The first visits are over in days; a letter that the week's limit holds back would come too late."""
    assert meant.day is not None  # noqa: S101  a birth without a day is asked for before
    first = [rule for rule in rules().values() if rule.unit == "hari" and rule.component == "nifas"]
    ends = (meant.day + timedelta(days=rule.until) for rule in first)
    until = next((end for end in ends if end >= today), None)
    return f" Sampaikan juga langsung: ibu dan bayi diperiksa bidan sampai {spoken.short_day(until)}." if until else ""


def _masked(number: str | None) -> str:
    digits = re.sub(r"\D", "", number or "")
    return f"…{digits[-4:]}"


def _save(
    msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any], kpm: Kpm, kelompok: Kelompok
) -> list[Outbound]:
    assert who.staff is not None  # noqa: S101  the router lets only staff in here
    members = tx.obligations.members([kpm.id])[kpm.id]
    meant = complete(Change(waiting["change"]), waiting["pieces"], members, _today(msg, kelompok))
    number = phone_of(meant.number) if meant.number else None
    if isinstance(number, str):
        meant = Meant(meant.change, number=number)
    apply(tx, kpm, meant, f"staff:{who.staff.id}")
    if waiting.get("question"):
        tx.questions.close(waiting["question"], who.staff.id)
    tx.sessions.end(who.address_id, TOPIC)
    what, then = _spoken(meant, members, _today(msg, kelompok))
    return [say(msg, "obligations.data.saved", who=kpm.called, what=what, then=then)]


def _today(msg: Inbound, kelompok: Kelompok) -> date:
    return msg.at.astimezone(kelompok.zone).date()
