"""Who will come, who says she is here, and what does the pendamping write down?"""

from handlers.attendance.each import on_each
from handlers.attendance.ketua import on_ketua
from handlers.attendance.marks import on_register_line
from handlers.attendance.reactions import on_reaction
from handlers.attendance.register import on_absen, on_which, said_of
from handlers.attendance.replies import (
    PRESENCE,
    on_button,
    on_late,
    on_next,
    on_reading,
    on_reason,
    on_unread,
)
from handlers.attendance.saving import Saved, Wish, save, take_back
from handlers.attendance.situation import Situation, situation
from handlers.attendance.who import on_who

__all__ = [
    "PRESENCE",
    "Saved",
    "Situation",
    "Wish",
    "on_absen",
    "on_button",
    "on_each",
    "on_ketua",
    "on_late",
    "on_next",
    "on_reaction",
    "on_reading",
    "on_reason",
    "on_register_line",
    "on_unread",
    "on_which",
    "on_who",
    "said_of",
    "save",
    "situation",
    "take_back",
]
