"""What must never be kept of a message? A NIK, KK or card number: sixteen digits, however they are spaced."""

from __future__ import annotations

import re

REMOVED = "[nomor 16 angka dihapus]"
_SIXTEEN = re.compile(r"(?<!\d)\d(?:[\s.\-_/]{0,2}\d){15}(?!\d)")


def without_long_numbers(text: str) -> str:
    return _SIXTEEN.sub(REMOVED, text)
