"""What is a document called where it is kept? Apart from the rest: a list of papers need not know how they are set."""

from __future__ import annotations


def file_name(*parts: object) -> str:
    """'Daftar Hadir P2K2 Melati 3 2026-11-28': words that people read, and nothing a file system trips over."""
    text = " ".join(str(part) for part in parts if part)
    return " ".join("".join(sign if sign.isalnum() or sign in " -_.()" else " " for sign in text).split())[:120]
