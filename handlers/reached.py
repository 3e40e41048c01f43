"""Whom did letters reach? A family counts as reached for the month of the meeting that a letter is about."""

from __future__ import annotations

from collections.abc import Iterable

from data.store import Tx

ABOUT = "meeting:"


def remember(tx: Tx, letters: Iterable[tuple[int, str | None]]) -> None:
    """(letter, about) of those known to have arrived: delivered or read on WhatsApp, sent elsewhere (HOUSE 15)."""
    meeting_of = {i: int(about.removeprefix(ABOUT)) for i, about in letters if about and about.startswith(ABOUT)}
    if not meeting_of:
        return
    meetings = {meeting_id: tx.meetings.get(meeting_id) for meeting_id in set(meeting_of.values())}
    for letter_id, kpm_id, kelompok_id in tx.arrivals.families_of(meeting_of):
        meeting = meetings[meeting_of[letter_id]]
        if meeting is not None:
            tx.summary.flag(meeting, kelompok_id, kpm_id, "reached")
