"""SIARAN: who is told what, when, and who was reached."""

from handlers.broadcast.drafting import TOPIC, on_draft_line, on_media, on_number, on_siaran
from handlers.broadcast.files import on_fetched, on_try, on_unusable
from handlers.broadcast.night import on_night
from handlers.broadcast.result import on_button
from handlers.broadcast.sending import tick_broadcasts

__all__ = [
    "TOPIC",
    "on_button",
    "on_draft_line",
    "on_fetched",
    "on_media",
    "on_night",
    "on_number",
    "on_siaran",
    "on_try",
    "on_unusable",
    "tick_broadcasts",
]
