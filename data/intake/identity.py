"""What stays of a NIK or KK where the office wants to match by it? A keyed digest and four digits, never the number."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

from data.intake.cells import Problem, text_of

NIK, KK = "nik", "kk"
SHORTEST_SECRET = 32
"""Characters: sixteen digits could be guessed one by one by whoever guesses the secret."""

_SIGNS = re.compile(r"[\s.\-_/]")
_NUMBER = re.compile(r"\d{16}")


@dataclass(frozen=True, slots=True)
class Sealed:
    """All that is ever kept of one number."""

    kind: str
    digest: str
    last: str


class Seal:
    """Turns numbers into digests under one secret; without the secret nobody can try numbers against them."""

    def __init__(self, secret: str) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(f"the secret has fewer than {SHORTEST_SECRET} characters")
        self._key = secret.encode()

    def __call__(self, kind: str, cell: object) -> Sealed | Problem | None:
        """None for an empty cell. A Problem never repeats what stands in it."""
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            return Problem("identity_rounded")  # Excel keeps fifteen digits of a number
        number = _SIGNS.sub("", text_of(cell))
        if not number:
            return None
        if not _NUMBER.fullmatch(number):
            return Problem("identity_unreadable")
        digest = hmac.new(self._key, f"{kind}:{number}".encode(), sha256).hexdigest()
        return Sealed(kind, digest, number[-4:])
