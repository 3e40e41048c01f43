"""When and where does a kelompok meet? JADWAL, GABUNG, GANTI JADWAL, BATALKAN, and the places they meet at."""

from handlers.meetings.acts import Change, Plan, call_off, create, move
from handlers.meetings.change import on_batalkan, on_cancel_line, on_ganti, on_move_line
from handlers.meetings.draft import on_draft_line, on_gabung, on_jadwal
from handlers.meetings.place import on_permit, on_place_line

__all__ = [
    "Change",
    "Plan",
    "call_off",
    "create",
    "move",
    "on_batalkan",
    "on_cancel_line",
    "on_draft_line",
    "on_gabung",
    "on_ganti",
    "on_jadwal",
    "on_move_line",
    "on_permit",
    "on_place_line",
]
