"""`/start CODE` on Telegram: whose chat is this? Her own number decides, else her pendamping does.

Whoever holds a code hears the same whatever name they write: an answer must not show who belongs to a kelompok.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from data.invitations import ALPHABET, LENGTH
from data.records import FamilyStatus, Kpm, Person, Staff
from data.store import Tx
from handlers import families
from handlers.registration import codes
from handlers.registration.codes import TOPIC, Target
from handlers.registration.deciding import Introduce, ask_pendamping
from handlers.speech import names_of, pendamping_of, say
from messages.envelope import Address, Inbound, Kind, Outbound

OPEN_FOR = timedelta(days=1)
WAITS = timedelta(days=7)
DROPS = {"registration.drop", "tidak jadi", "batal", "stop"}
_START = re.compile(rf"/start(?:@\w+)?\s+(\S+)|start\s+([{ALPHABET}]{{{LENGTH}}})", re.IGNORECASE)
_CHECK_IN = re.compile(r"hadir-\d{4}")
_NOT_THE_NAME = re.compile(r"^(?:nama\s+(?:saya|ulun)|nama|saya|ulun|ini)\b[\s:]*", re.IGNORECASE)


def on_line(msg: Inbound, who: Person, tx: Tx, introduce: Introduce) -> list[Outbound] | None:
    """A line from a Telegram chat that is no member of staff's; None when it is about something else."""
    if msg.sender.channel != "telegram":
        return None
    found = _START.fullmatch(msg.text)
    code = (found[1] or found[2]).lower() if found else ""
    if code and not (who.kpms and _CHECK_IN.fullmatch(code)):
        return _on_code(msg, who, tx, code)
    if who.kpms and msg.kind is not Kind.CONTACT:
        return None
    waiting = tx.sessions.get(who.address_id, TOPIC)
    if waiting is None:
        return None
    match waiting.memory["step"]:
        case "contact":
            return _on_contact(msg, who, tx, waiting.memory["code"], introduce)
        case "name":
            return _on_name(msg, who, tx, waiting.memory)
        case "waiting":
            return [say(msg, "registration.waiting", pendamping=waiting.memory["pendamping"])]
        case _:
            return [say(msg, "registration.refused")]


# --- the code


def _on_code(msg: Inbound, who: Person, tx: Tx, code: str) -> list[Outbound]:
    if codes.silent(tx, who.address_id):
        return []
    if _CHECK_IN.fullmatch(code):
        return [say(msg, "registration.check_in_unknown")]
    invitation = tx.invitations.get(code)
    if invitation is None:
        return [say(msg, "registration.unknown_code"), *codes.count_wrong(tx, who.address_id)]
    open_now = tx.sessions.get(who.address_id, TOPIC)
    step = open_now.memory["step"] if open_now else ""
    if step == "refused" and not invitation.single:
        return [say(msg, "registration.refused")]
    if open_now and step == "waiting" and (not invitation.single or invitation.used_by == who.address_id):
        return [say(msg, "registration.waiting", pendamping=open_now.memory["pendamping"])]
    if who.kpms and (invitation.kpm_id is None or invitation.kpm_id in {kpm.id for kpm in who.kpms}):
        return [say(msg, "registration.already")]
    target = codes.target(tx, code)
    if target is None:
        return [say(msg, "registration.expired")]
    tx.sessions.keep(who.address_id, TOPIC, {"step": "contact", "code": code}, OPEN_FOR)
    return [_welcome(msg, tx, target)]


def _welcome(msg: Inbound, tx: Tx, target: Target) -> Outbound:
    """Who is this, what do we never ask for, and what is the one next step?"""
    office = tx.people.kabupaten(target.kelompok.kabupaten_id if target.kelompok else None)
    name = office.office if office else "Dinas Sosial"
    if target.kelompok is None:
        return say(msg, "registration.welcome_staff", office=name)
    words = {"kelompok": target.kelompok.name, "pendamping": pendamping_of(target.kelompok)}
    return say(msg, "registration.welcome", office=name, **words)


# --- the contact


def _on_contact(msg: Inbound, who: Person, tx: Tx, code: str, introduce: Introduce) -> list[Outbound]:
    if msg.kind is not Kind.CONTACT:
        return _drop(msg, who, tx) or [say(msg, "registration.share_first")]
    if not msg.own_contact:
        return [say(msg, "registration.not_own")]
    target = codes.target(tx, code)
    if target is None:
        return _too_late(msg, who, tx)
    number = _digits(msg.phone)
    if target.staff is not None:
        return _link_staff(msg, who, tx, target, target.staff, number)
    known = [k for k in tx.people.who(Address("whatsapp", number)).kpms if k.status is FamilyStatus.AKTIF]
    if any(_meant(target, kpm) for kpm in known):
        return _link(msg, who, tx, target, known, introduce)
    tail = f"berakhir {number[-4:]}" if number else "tidak terbaca"
    if target.kpm is not None:
        return _ask(msg, who, tx, target, target.kpm, target.kpm.name, tail)
    tx.sessions.keep(who.address_id, TOPIC, {"step": "name", "code": code, "tail": tail}, OPEN_FOR)
    return [say(msg, "registration.ask_name")]


def _meant(target: Target, kpm: Kpm) -> bool:
    if target.kpm is not None:
        return kpm.id == target.kpm.id
    return target.kelompok is not None and kpm.kelompok_id == target.kelompok.id


def _digits(phone: str | None) -> str:
    """As the roster keeps numbers: '0811…' and '+62811…' → '62811…'."""
    number = re.sub(r"\D", "", phone or "")
    return f"62{number[1:]}" if number.startswith("0") else number


def _link(
    msg: Inbound, who: Person, tx: Tx, target: Target, known: Sequence[Kpm], introduce: Introduce
) -> list[Outbound]:
    """The number stands in the roster: this chat is for every family that it serves there."""
    if target.invitation.single and not tx.invitations.use(target.invitation.code, who.address_id):
        return _too_late(msg, who, tx)
    for kpm in known:
        tx.people.link_kpm(kpm.id, who.address_id, own=len(known) == 1)
        chat = f"address:{who.address_id}"
        tx.audit.write(chat, "address.linked", f"kpm:{kpm.id}", None, chat, "nomor cocok")
    tx.invitations.withdraw(who.address_id)
    tx.sessions.end(who.address_id)
    if who.consent is not None:
        return [say(msg, "registration.linked", names=names_of(known))]
    return introduce(msg, tx.people.who(msg.sender), tx)


def _link_staff(msg: Inbound, who: Person, tx: Tx, target: Target, staff: Staff, number: str) -> list[Outbound]:
    if not number or staff.phone != f"+{number}":
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "registration.staff_mismatch")]
    if not tx.invitations.use(target.invitation.code, who.address_id):
        return _too_late(msg, who, tx)
    tx.people.link_staff(staff.id, who.address_id)
    chat = f"address:{who.address_id}"
    tx.audit.write(chat, "address.linked", f"staff:{staff.id}", None, chat, "nomor cocok")
    tx.sessions.end(who.address_id)
    return [say(msg, "registration.staff_linked", name=staff.name)]


# --- the name


def _on_name(msg: Inbound, who: Person, tx: Tx, memory: Mapping[str, Any]) -> list[Outbound]:
    if (dropped := _drop(msg, who, tx)) is not None:
        return dropped
    name = _NOT_THE_NAME.sub("", " ".join(msg.text.split())).strip(" .,!")
    if not 2 <= len(name) <= 40 or not re.fullmatch(r"[^\W\d_][^\d_@:/]*", name):
        return [say(msg, "registration.ask_name")]
    target = codes.target(tx, memory["code"])
    if target is None or target.kelompok is None:
        return _too_late(msg, who, tx)
    fits = families.find(name, [target.kelompok], tx)
    return _ask(msg, who, tx, target, fits[0][0] if len(fits) == 1 else None, name, memory["tail"])


def _ask(msg: Inbound, who: Person, tx: Tx, target: Target, kpm: Kpm | None, name: str, tail: str) -> list[Outbound]:
    """The pendamping decides. A code for one family is spent with the asking."""
    if target.kelompok is None or (
        target.invitation.single and not tx.invitations.use(target.invitation.code, who.address_id)
    ):
        return _too_late(msg, who, tx)
    pendamping = pendamping_of(target.kelompok)
    tx.sessions.keep(who.address_id, TOPIC, {"step": "waiting", "pendamping": pendamping}, WAITS)
    request = tx.invitations.ask(who.address_id, target.kelompok.id, name, kpm.id if kpm else None)
    told = ask_pendamping(tx, request, target.kelompok, kpm, name, tail)
    return [say(msg, "registration.waiting", pendamping=pendamping), *told]


def _drop(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    if (msg.button or msg.text.strip().lower().rstrip(".!")) not in DROPS:
        return None
    tx.sessions.end(who.address_id, TOPIC)
    return [say(msg, "registration.dropped")]


def _too_late(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    tx.sessions.end(who.address_id, TOPIC)
    return [say(msg, "registration.expired")]
