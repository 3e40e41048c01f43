"""What does the bot do with words it cannot use? It keeps them as written and tells the pendamping."""

from handlers.handover.media import on_changed, on_media, on_nik
from handlers.handover.passing import ABOUT, after_meeting, keep, open_ticket, pass_on, pendamping, shown, to_pendamping

__all__ = [
    "ABOUT",
    "after_meeting",
    "keep",
    "on_changed",
    "on_media",
    "on_nik",
    "open_ticket",
    "pass_on",
    "pendamping",
    "shown",
    "to_pendamping",
]
