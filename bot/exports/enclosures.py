"""May this file go to families? A photo is made small; a PDF and a recording stay as they are, if they are one."""

from __future__ import annotations

from bot.exports import sounds
from bot.exports.pictures import small

MOST_BYTES = 5_000_000
"""Families pay for what they load; a photo is made small first."""


class Unusable(Exception):
    """`fault` is 'size', 'sort', 'sound' or 'video'."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def ready(content: bytes) -> tuple[str, bytes]:
    """(type, content), by what it is and not by what it is called or sent as. Raises Unusable."""
    mime = "application/pdf" if content[:5] == b"%PDF-" else sounds.sort_of(content)
    if mime is None:
        if (made := small(content)) is None:
            raise Unusable("sort")
        return "image/jpeg", made
    if mime in {sounds.SOUND, sounds.VIDEO}:
        raise Unusable(mime)
    if len(content) > MOST_BYTES:
        raise Unusable("size")
    return mime, sounds.plain(content) if mime == sounds.M4A else content
