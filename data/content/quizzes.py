"""Which questions are there, what should be remembered, and what is worth trying at home? Checked while reading."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.content.sessions import sessions

HK = "HK"
"""Hak & kewajiban PKH: the bot's own set, no session of the curriculum."""

QUESTION, OPTION, EXPLANATION = 160, 20, 95
TOGETHER = 160
"""A question with its options: after the explanation of the last one it still has to fit into 300 characters."""
LETTERS = "abc"
LEAST_PER_SESSION = 4
BASELINE = 5
"""Questions of the set that is asked once after consent, and of its equal six months later."""

FORBIDDEN = re.compile(
    r"\bRp\s?\d|\b\d+\s?(?:ribu|juta)\b|\b(sanksi|ditangguhkan|dihentikan|dicoret|blokir|hukuman|dipotong|bodoh|jahat)\b",
    re.IGNORECASE,
)
"""No amounts, no sanctions, nothing degrading (issue C 1)."""

Review = Literal["draf", "perlu ditinjau", "ditinjau"]
Form = Literal["awal", "lanjutan"]


class Item(BaseModel):
    """One question. An answer belongs to the version that was asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Z]{1,2}\d{0,2}-\d{2,3}$")
    version: int = Field(default=1, ge=1)
    question: str = Field(min_length=10, max_length=QUESTION)
    options: tuple[str, ...] = Field(min_length=2, max_length=3)
    right: Literal["a", "b", "c"]
    explanation: str = Field(min_length=10, max_length=EXPLANATION)
    source: str = Field(min_length=3)
    review: Review
    form: Form | None = None

    @model_validator(mode="after")
    def _fits(self) -> Item:
        if LETTERS.index(self.right) >= len(self.options):
            raise ValueError(f"{self.id}: jawaban benar '{self.right}' tidak ada di pilihan")
        if len({option.lower() for option in self.options}) < len(self.options):
            raise ValueError(f"{self.id}: dua pilihan sama")
        long = next((option for option in self.options if not 1 <= len(option.strip()) <= OPTION), None)
        if long is not None:
            raise ValueError(f"{self.id}: pilihan '{long}' {len(long)} huruf, paling banyak {OPTION}")
        together = len(self.question) + sum(len(option) + 3 for option in self.options)
        if together > TOGETHER:
            raise ValueError(f"{self.id}: pertanyaan dengan pilihannya {together} huruf, paling banyak {TOGETHER}")
        for text in (self.question, *self.options, self.explanation):
            if found := FORBIDDEN.search(text):
                raise ValueError(f"{self.id}: '{found[0]}' tidak boleh ada dalam kuis")
        return self

    @property
    def session(self) -> str:
        return self.id.split("-")[0]

    @property
    def answer(self) -> str:
        return self.options[LETTERS.index(self.right)]


class Practice(BaseModel):
    """What a session leaves behind: one sentence to remember, one small thing to try this week."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    session: str
    remember: str = Field(min_length=10, max_length=120)
    practice: str = Field(min_length=10, max_length=140)
    review: Review


@lru_cache(maxsize=1)
def items() -> Sequence[Item]:
    """Every authored question, by session."""
    found: list[Item] = []
    for file in sorted(files("data.content").joinpath("quiz").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml") and file.name != "practices.toml":
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            found += [Item.model_validate(row) for row in table["item"]]
    return tuple(found)


@lru_cache(maxsize=1)
def practices() -> Mapping[str, Practice]:
    text = files("data.content").joinpath("quiz", "practices.toml").read_text(encoding="utf-8")
    rows = [Practice.model_validate(row) for row in tomllib.loads(text)["practice"]]
    return {row.session: row for row in rows}


def faults(bank: Sequence[Item] | None = None) -> Iterator[str]:
    """One sentence for everything about the whole bank that is not as it should be."""
    bank = items() if bank is None else bank
    seen: set[str] = set()
    known = {HK, *(s.id for s in sessions())}
    for item in bank:
        if item.id in seen:
            yield f"{item.id}: id dua kali"
        seen.add(item.id)
        if item.session not in known:
            yield f"{item.id}: sesi {item.session} tidak ada"
        if item.form is not None and item.session != HK:
            yield f"{item.id}: bentuk '{item.form}' hanya untuk {HK}"
    for practice in practices().values():
        if practice.session not in known:
            yield f"praktik {practice.session}: sesi tidak ada"
        if found := FORBIDDEN.search(f"{practice.remember} {practice.practice}"):
            yield f"praktik {practice.session}: '{found[0]}' tidak boleh ada"
    for session in [HK, *(s.id for s in sessions())]:
        mine = [item for item in bank if item.session == session]
        if len(mine) < LEAST_PER_SESSION:
            yield f"{session}: {len(mine)} pertanyaan, paling sedikit {LEAST_PER_SESSION}"
        longest = sum(len(item.answer) == max(map(len, item.options)) for item in mine)
        if len(mine) >= LEAST_PER_SESSION and longest == len(mine):
            yield f"{session}: jawaban benar selalu yang terpanjang"
        if len(mine) >= LEAST_PER_SESSION and len({item.right for item in mine}) == 1:
            yield f"{session}: jawaban benar selalu di tempat yang sama"
        if session != HK and session not in practices():
            yield f"{session}: belum ada praktik"
    for form in ("awal", "lanjutan"):
        number = sum(item.form == form for item in bank)
        if number != BASELINE:
            yield f"{HK} {form}: {number} pertanyaan, harus {BASELINE}"
