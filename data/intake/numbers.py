"""Which phone numbers stand in a cell, however they were typed? Only what can be an Indonesian mobile number is one."""

from __future__ import annotations

import re

from data.intake.cells import EMPTY, Problem, has_identity, text_of

_NONE = frozenset(
    {"0", "x", "tidak ada", "tdk ada", "tidak punya", "tdk punya", "tidak", "nihil", "kosong", "belum ada"}
)
_SPLIT = re.compile(r"\s*(?:[/,;|&\n]|\bdan\b|\batau\b)\s*", re.IGNORECASE)
_OWNER = re.compile(r"\([^)]*[A-Za-z][^)]*\)")
_SCIENTIFIC = re.compile(r"\+?\d(?:[.,]\d*)?\s?E\s?\+?\d{1,3}", re.IGNORECASE)
_FLOAT = re.compile(r"(\d{9,15})[.,]0{1,2}")
_WHOLE_IDENTITY = re.compile(r"(?<!\d)\d{16}(?!\d)")
_ALLOWED = re.compile(r"\+?[\d\s.\-()–]+")
MOBILE = re.compile(r"628[1-9]\d{7,10}")
"""An Indonesian mobile number: 9 to 12 digits after the country's 62."""


def phones_of(cell: object) -> tuple[list[str], list[Problem]]:
    """The numbers in a cell as digits that begin with 62, each once, and what cannot be a mobile number."""
    text = text_of(cell.replace("\n", ";") if isinstance(cell, str) else cell)
    if text.lower() in _NONE or not text:
        return [], []
    if _SCIENTIFIC.fullmatch(text):
        return [], [Problem("phone_scientific")]
    if _WHOLE_IDENTITY.search(text):
        return [], [Problem("identity")]
    if whole := _FLOAT.fullmatch(text):
        text = whole[1]
    found = [
        number
        for piece in _SPLIT.split(_OWNER.sub("", text))
        if piece.lower() not in _NONE | EMPTY
        for number in _piece(piece)
    ]
    good = dict.fromkeys(number for number in found if isinstance(number, str))
    return list(good), [number for number in found if isinstance(number, Problem)]


def _piece(piece: str) -> list[str | Problem]:
    if has_identity(piece):
        return [Problem("identity")]
    whole = phone_of(piece)
    if isinstance(whole, Problem):
        # Two numbers with only a space between them: only when each of them is complete.
        parts = [phone_of(part) for part in piece.split()]
        if len(parts) > 1 and not any(isinstance(part, Problem) for part in parts):
            return parts
    return [whole]


def phone_of(text: str) -> str | Problem:
    """One number: 0811…, 62811…, +62 811…, 811…; with spaces, dots and dashes."""
    if not _ALLOWED.fullmatch(text):
        return Problem("phone_invalid")
    digits = re.sub(r"\D", "", text)
    if not text.startswith("+"):
        if digits.startswith("00"):
            digits = digits[2:]
        elif digits.startswith("0"):
            digits = "62" + digits[1:]
        elif digits.startswith("8"):
            digits = "62" + digits
    if digits.startswith("620"):
        digits = "62" + digits[3:]
    return digits if MOBILE.fullmatch(digits) else _why_not(digits)


def _why_not(digits: str) -> Problem:
    local = len(digits) - 1  # as it is typed at home: 0 instead of 62
    if not digits.startswith("62"):
        return Problem("phone_foreign") if len(digits) >= 9 else Problem("phone_short", length=len(digits))
    if len(digits) > 14:
        return Problem("phone_long", length=local)
    if digits[2:3] == "8" and len(digits) < 11:
        return Problem("phone_short", length=local)
    return Problem("phone_landline") if len(digits) >= 9 else Problem("phone_short", length=local)
