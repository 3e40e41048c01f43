"""A member of staff leaves, or loses her phone: from this transaction on nothing of it opens anything."""

from __future__ import annotations

from data.records import Staff
from data.store import Tx


def revoke(tx: Tx, who: Staff, actor: str, act: str) -> int:
    """Unlink her chats, end her pages and links, void the codes for and from her, cancel what waits for her. Returns
    how many chats that were."""
    addresses = tx.people.unlink_staff(who.id)
    for address_id in addresses:
        tx.sessions.end(address_id)
        tx.outbox.cancel_at(address_id)
    pages = tx.desk.revoke(who.id)
    codes = tx.invitations.void(who.id)
    tx.audit.write(actor, act, f"staff:{who.id}", f"{len(addresses)} chat, {pages} sesi, {codes} undangan", None)
    return len(addresses)
