"""Whom may a family call in danger? The numbers of the country, and those that the kabupaten has confirmed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LONGEST = 110
"""Letters of all numbers together: the answer must fit a small screen."""


@dataclass(frozen=True, slots=True)
class Contact:
    number: str
    name: str
    source: str
    review: str

    def __str__(self) -> str:
        return f"{self.number} ({self.name})"


@cache
def contacts() -> Sequence[Contact]:
    text = files("data.content").joinpath("danger.toml").read_text(encoding="utf-8")
    return [Contact(**entry) for entry in tomllib.loads(text)["contact"]]


def spoken(own: str) -> str:
    """'0811… (bidan desa), 119 (ambulans), 129 (SAPA)': those of the kabupaten first, they are nearer."""
    return ", ".join([*([own] if own else []), *map(str, contacts())])


def faults() -> Iterator[str]:
    """What is wrong with the authored numbers."""
    for contact in contacts():
        if not contact.number.isdigit() or not contact.name or not contact.source:
            yield f"danger.toml: {contact.number!r} perlu angka, nama, dan sumber"
    if len(spoken("")) > LONGEST:
        yield f"danger.toml: semua nomor bersama paling banyak {LONGEST} huruf"
