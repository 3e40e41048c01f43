"""Whom did a letter reach? A family counts as reached for the month of the meeting that the letter is about."""

from __future__ import annotations

from data.store import Tx


def remember(tx: Tx, letter_id: int, about: str | None) -> None:
    """Called when a letter is known to have arrived: delivered or read on WhatsApp, sent elsewhere (HOUSE 15)."""
    if about is None or not about.startswith("meeting:"):
        return
    meeting = tx.meetings.get(int(about.removeprefix("meeting:")))
    if meeting is None:
        return
    for kpm_id in tx.outbox.kpms_of(letter_id):
        kpm = tx.people.kpm(kpm_id)
        if kpm is not None:
            tx.summary.flag(meeting, kpm.kelompok_id, kpm.id, "reached")
