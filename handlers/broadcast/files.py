"""What rides along with a SIARAN? One photo, PDF or voice note; it comes here on its own, and follows where it must."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from data.broadcasts import KIND, BroadcastFile, Counts
from data.broadcasts.files import Owed
from data.broadcasts.records import Broadcast
from data.records import Staff
from data.store import Tx
from messages.envelope import Attachment, Inbound, Kind, KpmId, Outbound, Priority, StaffTo

SORTS: Mapping[Kind, str] = {Kind.IMAGE: "image", Kind.DOCUMENT: "document", Kind.VOICE: "voice"}
CALLED = {"image": "foto", "document": "dokumen", "voice": "pesan suara"}
FAULTS = {
    "size": "lebih besar dari 5 MB",
    "sort": "bukan foto, PDF, atau rekaman suara",
    "sound": "tersimpan dalam bentuk yang tidak diterima WhatsApp (yang bisa: pesan suara, M4A, MP3, AAC, AMR)",
    "video": "ternyata video",
    "lost": "tidak bisa diunduh",
}
WITHOUT = {"draft.nofile", "tanpa foto", "tanpa dokumen", "tanpa suara", "tanpa berkas", "tanpa pesan suara"}
ON_ITS_WAY = timedelta(hours=1)
"""Longer than this nothing takes to be fetched."""


def take(msg: Inbound, by: Staff, tx: Tx, before: int | None) -> int | None:
    """The file that was sent, in the place of the one before; None for what cannot ride along."""
    if msg.kind not in SORTS or not msg.media:
        return None
    if before is not None:
        tx.broadcasts.files.drop(before)
    return tx.broadcasts.files.add(by.id, SORTS[msg.kind], msg.sender.channel, msg.media)


def of_draft(tx: Tx, draft: Mapping[str, Any]) -> BroadcastFile | None:
    """What rides along, as far as it can be used."""
    found = tx.broadcasts.files.get(draft["file"]) if draft.get("file") else None
    return found if found is not None and found.fault is None else None


def line(file: BroadcastFile | None, counts: Counts, *, typed: bool = True) -> str:
    """'1 foto ikut: …': who gets it at once, and who once she has answered; `typed`: in the chat a word drops it."""
    if file is None:
        return ""
    what = CALLED[file.sort]
    drop = f" (TANPA {what.split()[-1].upper()} untuk membuangnya)" if typed else ""
    if not counts.template:
        return f"1 {what} ikut{drop}."
    later = f"{counts.template} nomor menerima tulisannya dulu, {what}nya menyusul begitu mereka membalas"
    return f"1 {what} ikut{drop}: {counts.free} keluarga langsung menerimanya, {later}."


def attachment(file: BroadcastFile | None, *, alone: bool = False) -> Attachment | None:
    """`alone`: it follows a letter that was said already."""
    if file is None:
        return None
    return Attachment(KIND, {"id": file.id, "format": file.format} | ({"alone": True} if alone else {}))


def on_fetched(tx: Tx, file_id: int, mime: str, content: bytes) -> list[Outbound]:
    tx.broadcasts.files.fetched(file_id, mime, content)
    return []


def on_try(tx: Tx, file_id: int) -> list[Outbound]:
    """It could not be fetched this time; after the last try it is lost."""
    return on_unusable(tx, file_id, "lost") if tx.broadcasts.files.tried(file_id) else []


def on_unusable(tx: Tx, file_id: int, fault: str) -> list[Outbound]:
    """Its sender is told why; an announcement that waits for it is not sent with half of what was meant."""
    tx.broadcasts.files.unusable(file_id, fault)
    found = tx.broadcasts.files.get(file_id)
    if found is None:
        return []
    one = tx.broadcasts.get(found.broadcast_id) if found.broadcast_id is not None else None
    words = {"what": CALLED[found.sort], "why": FAULTS[fault]}
    if one is not None and one.state == "waiting":
        tx.broadcasts.change(one.id, state="cancelled")
        tx.audit.write("system", "broadcast.taken_back", one.about, one.state, "cancelled", fault)
        key, words = "broadcast.file_stopped", words | {"audience": one.said}
    else:
        key = "broadcast.file_refused"
    to = StaffTo(found.staff_id)  # type: ignore[arg-type]  # a number of the table
    return [Outbound(to, key, words, once=f"broadcast-file:{file_id}", priority=Priority.CHANGE)]


def on_its_way(tx: Tx, one: Broadcast) -> tuple[BroadcastFile | None, bool]:
    """(the file of an announcement, whether it is still to be fetched)."""
    file = tx.broadcasts.files.of(one.id)
    if file is None or file.ready:
        return file, False
    if file.at < tx.now - ON_ITS_WAY:
        for letter in on_unusable(tx, file.id, "lost"):
            tx.outbox.put(letter)
    return file, True


def on_owed(tx: Tx, letter_id: int, file_id: int) -> list[Outbound]:
    """A letter has gone without its file. It follows at once where the phone may be written to freely."""
    where = tx.broadcasts.files.owe(letter_id, file_id)
    return follow(tx, where) if where is not None else []


def follow(tx: Tx, address_id: int) -> list[Outbound]:
    """Whoever has answered gets what her letter could not carry."""
    return [letter for owed in tx.broadcasts.files.may_follow(address_id) if (letter := _following(tx, owed))]


def _following(tx: Tx, owed: Owed) -> Outbound | None:
    one, file = tx.broadcasts.get(owed.broadcast_id), tx.broadcasts.files.of(owed.broadcast_id)
    by = tx.people.staff(one.staff_id) if one is not None else None
    tx.broadcasts.files.settled(owed.outbox_id)
    if one is None or file is None or by is None or not file.ready or one.state == "cancelled":
        return None
    return Outbound(
        owed.address,
        "broadcast.file",
        {"what": CALLED[file.sort].capitalize(), "pendamping": by.name[:30]},
        once=f"{one.about}:file:{owed.address_id}",
        priority=Priority.CHANGE,
        about=one.about,
        attachment=attachment(file, alone=True),
        unasked=True,
        kpms=[KpmId(kpm) for kpm in tx.broadcasts.files.families(owed.outbox_id)],
    )
