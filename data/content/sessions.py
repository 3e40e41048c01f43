"""Which sessions does P2K2 have, and what do people call them?"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

LETTER = 205
"""Characters that three key messages may have together."""


class SessionContent(BaseModel):
    """One session of the curriculum (FACTS 1.2, 1.3)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Z]{1,2}\d{0,2}$")
    module: str = Field(min_length=3, max_length=60)
    title: str = Field(min_length=3, max_length=100)
    aliases: tuple[str, ...] = ()
    messages: tuple[str, ...] = Field(min_length=1)
    review: str = Field(pattern=r"^(draf|perlu ditinjau|ditinjau)$")

    @property
    def name(self) -> str:
        return f"{self.id} {self.title}"


@lru_cache(maxsize=1)
def sessions() -> Sequence[SessionContent]:
    """All sessions in the order in which they are suggested."""
    text = files("data.content").joinpath("sessions.toml").read_text(encoding="utf-8")
    return tuple(SessionContent.model_validate(row) for row in tomllib.loads(text)["session"])


def session(session_id: str | None) -> SessionContent | None:
    return next((s for s in sessions() if s.id == session_id), None)


def key_messages(session_id: str) -> Sequence[str]:
    """Three messages of a session that fit into one letter: the first three, else the three shortest."""
    found = session(session_id)
    if found is None:
        return ()
    first = found.messages[:3]
    if sum(map(len, first)) <= LETTER:
        return first
    short = sorted(found.messages, key=len)[:3]
    return tuple(message for message in found.messages if message in short)


def find_session(words: str) -> SessionContent | None:
    """The session somebody means by 'p2', 'P 2', 'perilaku anak' or the whole title; None when it is not clear."""
    wanted = _plain(words)
    if not wanted:
        return None
    for found in sessions():
        if wanted in {_plain(found.id), _plain(found.title), _plain(found.name), *map(_plain, found.aliases)}:
            return found
    first = re.match(r"^([a-z]{1,2}\s?\d{1,2})\b", wanted)
    if first and (by_id := next((s for s in sessions() if _plain(s.id) == first[1].replace(" ", "")), None)):
        return by_id
    close = [s for s in sessions() if any(wanted in _plain(name) for name in (s.title, *s.aliases))]
    return close[0] if len(close) == 1 and len(wanted) >= 4 else None


def next_session(had: Collection[str]) -> SessionContent | None:
    """The first session that a kelompok has not had."""
    return next((s for s in sessions() if s.id not in had), None)


def _plain(words: str) -> str:
    text = re.sub(r"[^a-z0-9]+", " ", words.lower()).strip()
    return re.sub(r"^([a-z]{1,2}) (\d{1,2})$", r"\1\2", text)
