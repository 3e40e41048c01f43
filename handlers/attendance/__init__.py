"""Who will come, who says she is here, and what does the pendamping write down?"""

from handlers.attendance.register import on_absen, on_register_line, on_which
from handlers.attendance.replies import (
    PRESENCE,
    Situation,
    on_button,
    on_ketua,
    on_next,
    on_reading,
    on_reason,
    on_unread,
    on_who,
    situation,
)

__all__ = [
    "PRESENCE",
    "Situation",
    "on_absen",
    "on_button",
    "on_ketua",
    "on_next",
    "on_reading",
    "on_reason",
    "on_register_line",
    "on_unread",
    "on_which",
    "on_who",
    "situation",
]
