"""What does a family tell of a change at home? It is kept as told, and counts when the pendamping approves it."""

from __future__ import annotations

from data.obligations import Claim
from data.records import Person
from data.store import Tx
from handlers import handover
from handlers.obligations.entering import on_data
from handlers.obligations.replies import waiting_items
from handlers.rules.data_changes import Change
from handlers.speech import names_of, not_theirs, say
from messages.envelope import Inbound, Outbound
from messages.reading import Reading

QUESTION = "data"
SPOKEN = {
    "hamil": "hamil",
    "lahir": "melahirkan",
    "pindah": "pindah",
    "nomor": "ganti nomor",
    "sekolah": "perubahan sekolah",
    "data": "perubahan data",
    "keluarga": "perubahan keluarga",
}


def on_change(msg: Inbound, who: Person, tx: Tx, reading: Reading) -> list[Outbound]:
    """'Saya hamil lagi', 'bayinya sudah lahir', 'anak sudah pindah'."""
    kind = str(reading.details.get("change", "data"))
    first = who.kpms[0]
    if kind == "pindah":
        for item in waiting_items(msg, who, tx):
            actor, said = f"address:{who.address_id}", Claim.NOT_APPLICABLE
            was = tx.obligations.claim(item, said, actor)
            subject = f"member:{item.member_id}:{item.series}:{item.occurrence}"
            tx.audit.write(actor, "obligation.claim", subject, was, said, "pindah")
    for kpm in who.kpms:
        tx.obligations.waiting.cancel(kpm.id)
    number = tx.questions.add(
        who.address_id,
        QUESTION,
        f"{kind}: {msg.text}",
        topic=QUESTION,
        kpm_id=first.id if len(who.kpms) == 1 else None,
        kelompok_id=first.kelompok_id,
    )
    told = handover.to_pendamping(
        "obligations.staff.change",
        who,
        tx,
        change=SPOKEN.get(kind, kind),
        text=handover.shown(msg.text),
        ref=f"{number}.{kind}",
        name=first.name,
    )
    pendamping = handover.pendamping(who, tx)
    return [say(msg, "obligations.change_noted", names=names_of(who.kpms), pendamping=pendamping), *told]


def on_decision(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """'Catat' begins a DATA draft with what she told; 'Belum benar' closes it."""
    word, _, ref = (msg.button or "").partition(":")
    number, _, kind = ref.partition(".")
    mine = tx.people.kelompok_in_scope(who.staff) if who.staff else []
    found = next((q for q in tx.questions.open_of([k.id for k in mine]) if str(q.id) == number), None)
    if found is None:
        return [not_theirs(msg, "obligations.data.gone")]
    if word == "data.no":
        tx.questions.close(found.id, who.staff.id if who.staff else None)
        return [say(msg, "obligations.data.refused")]
    kpm = tx.people.kpm(found.kpm_id) if found.kpm_id else None
    if kpm is None:
        return [say(msg, "obligations.data.how")]
    kelompok = next(k for k in mine if k.id == kpm.kelompok_id)
    known = f"; {kind}" if kind in {change.value for change in Change} else ""
    return on_data(msg, who, tx, f"{kpm.name} {kelompok.name}{known}", found.id)
