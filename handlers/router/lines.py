"""What is left of a line once it is cleaned, and once its slash is gone?"""

from __future__ import annotations

import re
from dataclasses import replace

from messages.envelope import Inbound

LONGEST = 4000
"""Characters of a message that are looked at; the rest is nobody's handwriting."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def tidy(msg: Inbound) -> Inbound:
    """Control characters carry no meaning, and the database refuses some of them."""
    text = _CONTROLS.sub("", msg.text[:LONGEST]).strip()
    button = _CONTROLS.sub("", msg.button) if msg.button else msg.button
    if text == msg.text and button == msg.button:
        return msg
    return replace(msg, text=text, button=button)


def plain_command(text: str) -> str:
    """'/ganti_jadwal@bot Melati 3' → 'ganti jadwal Melati 3'."""
    found = re.match(r"^/([A-Za-z_]+)(?:@\w+)?\s*(.*)$", text, flags=re.DOTALL)
    return f"{found[1].replace('_', ' ')} {found[2]}".strip() if found else text
