"""What does the doctor say of one part? How it stands, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARNING = "perhatian"
    WRONG = "salah"


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    state: State
    sentence: str


def fine(part: str, sentence: str) -> Finding:
    return Finding(part, State.OK, sentence)


def mind(part: str, sentence: str) -> Finding:
    """It works, but somebody should look."""
    return Finding(part, State.WARNING, sentence)


def wrong(part: str, sentence: str) -> Finding:
    """It does not work."""
    return Finding(part, State.WRONG, sentence)


def without(secrets: Iterable[str], findings: Iterable[Finding]) -> list[Finding]:
    """The same findings, whatever a platform or a driver has quoted in them."""
    hidden = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)
    cleaned = []
    for finding in findings:
        sentence = finding.sentence
        for secret in hidden:
            sentence = sentence.replace(secret, "…")
        cleaned.append(Finding(finding.part, finding.state, sentence))
    return cleaned
