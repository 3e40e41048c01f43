"""What does a letter cost outside WhatsApp's 24 hours? An estimate; inside them, and on Telegram, nothing."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def prices() -> dict[str, int]:
    """Rupiah per template, by Meta's word for its kind."""
    text = files("data.content").joinpath("prices.toml").read_text(encoding="utf-8")
    return {str(kind): int(price) for kind, price in tomllib.loads(text)["whatsapp"].items()}
