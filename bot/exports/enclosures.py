"""May this file go to families? A photo is made small; a PDF and a voice note stay as they are, if they are one."""

from __future__ import annotations

from bot.exports.pictures import small

MOST_BYTES = 5_000_000
"""Families pay for what they load; a photo is made small first."""


class Unusable(Exception):
    """`fault` is 'size' or 'sort'."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def ready(content: bytes) -> tuple[str, bytes]:
    """(type, content), by what it is and not by what it is called or sent as. Raises Unusable."""
    mime = "application/pdf" if content[:5] == b"%PDF-" else _sound(content)
    if mime is None:
        if (made := small(content)) is None:
            raise Unusable("sort")
        return "image/jpeg", made
    if len(content) > MOST_BYTES:
        raise Unusable("size")
    return mime, content


def _sound(content: bytes) -> str | None:
    """What both platforms take: Opus in Ogg, as their own voice notes are, MP3 and M4A."""
    if content[:4] == b"OggS" and b"OpusHead" in content[:100]:
        return "audio/ogg"
    if content[:3] == b"ID3" or (content[:1] == b"\xff" and content[1:2] in {b"\xfb", b"\xf3", b"\xf2"}):
        return "audio/mpeg"
    return "audio/mp4" if content[4:8] == b"ftyp" else None
