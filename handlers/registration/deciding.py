"""A chat says who it is and its number does not: the pendamping knows. One question, one answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from data.invitations import Request
from data.records import FamilyStatus, Kelompok, Kpm, Person, Role
from data.store import Tx
from handlers import families, scope
from handlers.registration.codes import A_DAY, TOPIC
from handlers.speech import not_theirs, say
from messages.envelope import Inbound, Outbound, Priority, StaffTo

Introduce = Callable[[Inbound, Person, Tx], list[Outbound]]
"""The consent conversation, handed in by the router: conversations do not know each other."""

_NUMBERED = re.compile(r"(\d{1,9})\b[\s:;,]*(.*)", re.DOTALL)


def ask_pendamping(tx: Tx, request: int, kelompok: Kelompok, kpm: Kpm | None, name: str, tail: str) -> list[Outbound]:
    """One letter to the pendamping; to the admins where the kelompok has none."""
    key, who = "registration.staff.ask_which", {"name": name}
    if kpm is not None:
        key, who = "registration.staff.ask", {"who": kpm.name}
    params = {**who, "kelompok": kelompok.name, "phone": tail, "ref": str(request)}
    admins = [staff.id for staff in tx.people.every_staff() if staff.role is Role.ADMIN]
    ids = [kelompok.pendamping_id] if kelompok.pendamping_id is not None else admins
    return [Outbound(StaffTo(i), key, params, once=f"join:{request}:{i}", priority=Priority.CHANGE) for i in ids]


def on_decision(msg: Inbound, who: Person, tx: Tx, introduce: Introduce) -> list[Outbound]:
    """Terima or Bukan: the button names the request; whose it is to decide comes from the scope, never from it."""
    act, _, number = (msg.button or "").partition(":")
    request = _mine(number, who, tx)
    if request is None:
        return [not_theirs(msg, "registration.staff.no_request")]
    if act == "join.no":
        return _refuse(msg, who, tx, request)
    return _accept(msg, who, tx, request, tx.people.kpm(request.kpm_id or 0), introduce)


def on_daftarkan(msg: Inbound, who: Person, tx: Tx, rest: str, introduce: Introduce) -> list[Outbound]:
    """DAFTARKAN 12 Wati: the same with the right name, where the name that was written fits none or several."""
    found = _NUMBERED.fullmatch(rest)
    request = _mine(found[1], who, tx) if found else None
    if found is None or request is None:
        return [say(msg, "registration.staff.no_request")]
    name = found[2].strip()
    if not name:
        return _accept(msg, who, tx, request, tx.people.kpm(request.kpm_id or 0), introduce)
    kelompok = tx.people.kelompok(request.kelompok_id)
    fits = families.find(name, [kelompok], tx)
    if len(fits) != 1:
        words = {"name": name[:40], "kelompok": kelompok.name, "ref": str(request.id)}
        return [say(msg, "registration.staff.not_found", **words)]
    return _accept(msg, who, tx, request, fits[0][0], introduce)


def _mine(number: str, who: Person, tx: Tx) -> Request | None:
    request = tx.invitations.request(int(number)) if number.isdecimal() and len(number) < 10 else None
    if request is None or request.kelompok_id not in {k.id for k in scope.mine(who, tx)}:
        return None
    return request


def _accept(
    msg: Inbound, who: Person, tx: Tx, request: Request, kpm: Kpm | None, introduce: Introduce
) -> list[Outbound]:
    if not request.open:
        return [say(msg, "registration.staff.settled")]
    kelompok = tx.people.kelompok(request.kelompok_id)
    if kpm is None or kpm.status is not FamilyStatus.AKTIF or kpm.kelompok_id != kelompok.id:
        return [say(msg, "registration.staff.who", ref=str(request.id), kelompok=kelompok.name)]
    tx.invitations.withdraw(request.address_id)
    tx.people.link_kpm(kpm.id, request.address_id, own=True)
    actor, chat = f"staff:{who.staff.id if who.staff else 0}", f"address:{request.address_id}"
    tx.audit.write(actor, "address.linked", f"kpm:{kpm.id}", None, chat, "diterima pendamping")
    tx.sessions.end(request.address_id)
    there = replace(msg, sender=request.address, button=None, text="")
    accepted = say(msg, "registration.staff.accepted", who=kpm.called, kelompok=kelompok.name)
    return [accepted, *introduce(there, tx.people.who(request.address), tx)]


def _refuse(msg: Inbound, who: Person, tx: Tx, request: Request) -> list[Outbound]:
    """The chat is told where to go, and cannot ask again for a day."""
    if not tx.invitations.settle(request.id):
        return [say(msg, "registration.staff.settled")]
    tx.sessions.keep(request.address_id, TOPIC, {"step": "refused"}, A_DAY)
    actor = f"staff:{who.staff.id if who.staff else 0}"
    tx.audit.write(actor, "address.refused", f"address:{request.address_id}")
    return [say(msg, "registration.staff.refused"), Outbound(request.address, "registration.refused")]
