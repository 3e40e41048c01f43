"""What is wrong in a file, where, and what should be done about it? In the words of whoever made the file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

WRONG = "salah"
"""Stops the import."""
CAUTION = "perhatian"
"""Is said, and the import goes on."""

WORDS: dict[str, dict[str, str]] = tomllib.loads(files("data.intake").joinpath("findings.toml").read_text("utf-8"))
"""By kind: level, what is wrong, what to do."""


class Where(NamedTuple):
    """A row as the spreadsheet numbers it; row 0 is the sheet or the file itself."""

    sheet: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    level: str
    sheet: str
    row: int
    column: str
    what: str
    todo: str
    kind: str
    """The same for all findings of one sort, for scripts."""

    def __str__(self) -> str:
        place = [self.sheet, f"baris {self.row}" if self.row else "", f"kolom {self.column}" if self.column else ""]
        return f"{', '.join(p for p in place if p)}: {self.what} {self.todo}"


def finding(kind: str, where: Where, column: str = "", **words: object) -> Finding:
    template = WORDS[kind]
    shown = {name: safe(str(word)) for name, word in words.items()}
    what, todo = template["what"].format(**shown), template["todo"].format(**shown)
    return Finding(template["level"], safe(where.sheet), where.row, safe(column), what, todo, kind)


def safe(text: str, limit: int = 60) -> str:
    """The text without long numbers: a finding never repeats a NIK or a phone number."""
    hidden = re.sub(r"\d(?:[\s.\-_/]{0,2}\d){8,}", "…", text)
    printable = "".join(c if c.isprintable() else " " for c in hidden)
    return printable if len(printable) <= limit else printable[: limit - 1] + "…"
