"""UNDANG: what brings a kelompok, a family or a member of staff to Telegram?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.invitations import Invitation
from data.records import Kelompok, Kpm, Person, StaffId
from data.store import Tx
from handlers import families, scope
from handlers.registration import links
from handlers.speech import pendamping_of, say
from messages import spoken
from messages.envelope import Attachment, Inbound, Outbound


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation to a whole kelompok, or to one family of it."""

    invitation: Invitation
    kelompok: Kelompok
    kpm: Kpm | None = None


def on_undang(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """UNDANG Melati 3: one code for a meeting full of people. UNDANG Wati: a code for her alone."""
    kelompoks = scope.mine(who, tx)
    if not rest or not kelompoks:
        return [say(msg, "registration.invite.which", kelompok=kelompoks[0].name if kelompoks else "Melati 1")]
    by = who.staff.id if who.staff else None
    if (kelompok := scope.find(rest, kelompoks)) is not None:
        return _to_kelompok(msg, tx, invite(tx, kelompok, None, by))
    found = families.find(rest, kelompoks, tx)
    if not found:
        return [say(msg, "registration.invite.not_found", name=rest[:40])]
    if len(found) > 1:
        words = {"found": families.listed(found), "example": families.example(found)}
        return [say(msg, "registration.invite.two", name=rest[:40], **words)]
    kpm, kelompok = found[0]
    return _to_family(msg, tx, invite(tx, kelompok, kpm, by), kpm)


def _to_kelompok(msg: Inbound, tx: Tx, invited: Invited) -> list[Outbound]:
    name, shown = invited.kelompok.name, poster(tx, invited)
    words = {"kelompok": name, "how": how(tx, invited.invitation), "until": until(invited)}
    picture = Attachment("invitation_qr", shown)
    return [
        Outbound(msg.sender, "registration.invite.kelompok", words, attachment=picture),
        Outbound(
            msg.sender,
            "registration.invite.print",
            {"kelompok": name},
            attachment=Attachment("invitation_poster", shown),
        ),
    ]


def _to_family(msg: Inbound, tx: Tx, invited: Invited, kpm: Kpm) -> list[Outbound]:
    code = how(tx, invited.invitation)
    words = {"who": kpm.called, "kelompok": invited.kelompok.name, "how": code, "until": until(invited)}
    picture = Attachment("invitation_qr", poster(tx, invited))
    return [Outbound(msg.sender, "registration.invite.family", words, attachment=picture)]


def invite(tx: Tx, kelompok: Kelompok, kpm: Kpm | None, by: StaffId | None) -> Invited:
    """A new code; the ones given before stay good until they are used or too old."""
    whom = {"kpm_id": kpm.id} if kpm else {"kelompok_id": kelompok.id}
    made = tx.invitations.create(**whom, by=by)
    subject = f"kpm:{kpm.id}" if kpm else f"kelompok:{kelompok.id}"
    tx.audit.write(f"staff:{by}" if by else "cli", "invitation.created", subject)
    return Invited(made, kelompok, kpm)


def invite_each(tx: Tx, kelompok: Kelompok, by: StaffId | None) -> list[Invited]:
    """A single-use code for every active family that is not on Telegram yet, for whoever gives them out one by one."""
    there = tx.people.on_channel(kelompok.id, "telegram")
    return [invite(tx, kelompok, kpm, by) for kpm in tx.people.families(kelompok.id) if kpm.id not in there]


def invite_staff(tx: Tx, staff_id: StaffId) -> Invitation:
    tx.audit.write("cli", "invitation.created", f"staff:{staff_id}")
    return tx.invitations.create(staff_id=staff_id)


def how(tx: Tx, invitation: Invitation) -> str:
    """The link; what to type where the bot's name is not known yet."""
    return links.telegram(tx, invitation.code) or f"kirim /start {invitation.code} ke bot Telegram kami"


def until(invited: Invited) -> str:
    """'Rabu, 23 Desember 2026'."""
    return spoken.long_date(invited.invitation.expires.astimezone(invited.kelompok.zone).date())


def poster(tx: Tx, invited: Invited) -> Mapping[str, Any]:
    """What `bot/exports/posters.py` needs to draw it."""
    kelompok = invited.kelompok
    office = tx.people.kabupaten(kelompok.kabupaten_id)
    return {
        "kelompok": kelompok.name,
        "desa": kelompok.desa,
        "pendamping": pendamping_of(kelompok),
        "office": office.office if office else "Dinas Sosial",
        "family": invited.kpm.called if invited.kpm else None,
        "code": invited.invitation.code,
        "telegram": links.telegram(tx, invited.invitation.code),
        "whatsapp": links.whatsapp(tx, "Halo"),
        "number": links.number(tx),
        "until": until(invited),
    }
