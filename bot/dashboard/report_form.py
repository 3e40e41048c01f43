"""What does the form of a report say, and what stands in it? The venue check is the only part that can be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.exports.pictures import spot
from data.reports import Report
from handlers.rules.reports import VENUE

FULL, LACKING, UNTOLD = "semua", "kurang", ""


def told(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError with a sentence when the venue check contradicts itself."""
    lacking = [number for number in range(1, len(VENUE) + 1) if sent.get(f"kurang:{number}")]
    checked = sent.get("tempat", UNTOLD)
    if checked not in {FULL, LACKING, UNTOLD} or (checked == FULL and lacking):
        raise ValueError("Periksa tempat: pilih semua terpenuhi, atau centang yang kurang, bukan keduanya.")
    if checked == LACKING and not lacking:
        raise ValueError("Periksa tempat: centang hal yang belum terpenuhi.")
    return {
        "speaker": str(sent.get("pemateri", "")),
        "venue": lacking if lacking or checked == FULL else None,
        "obstacles": str(sent.get("hambatan", "")),
        "follow_up": str(sent.get("tindak_lanjut", "")),
    }


def fields(sent: Mapping[str, Any], known: Report | None) -> Mapping[str, Any]:
    """What stands in the form: what was just sent, else what is written down."""
    if sent:
        lacking = {number for number in range(1, len(VENUE) + 1) if sent.get(f"kurang:{number}")}
        words = {name: str(sent.get(name, "")) for name in ("tempat", "pemateri", "hambatan", "tindak_lanjut")}
        return {**words, "kurang": lacking}
    venue = known.venue if known else None
    return {
        "pemateri": (known.speaker if known else None) or "",
        "hambatan": (known.obstacles if known else None) or "",
        "tindak_lanjut": (known.follow_up if known else None) or "",
        "tempat": UNTOLD if venue is None else LACKING if venue else FULL,
        "kurang": set(venue or ()),
    }


def place(sent: Mapping[str, Any]) -> str | None:
    """Where the phone says it is; anything unreadable is left out."""
    try:
        north, east = (float(part) for part in str(sent.get("lokasi", "")).split(","))
    except ValueError:
        return None
    return spot(north, east)
