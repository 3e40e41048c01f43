"""When and where does a kelompok meet? JADWAL, GABUNG, GANTI JADWAL, BATALKAN, and the places they meet at."""

from handlers.meetings.acts import Change, Plan, call_off, create, move
from handlers.meetings.change import (
    CANCEL,
    MOVE,
    cancel_words,
    move_words,
    on_batalkan,
    on_cancel_line,
    on_ganti,
    on_move_line,
    refused,
)
from handlers.meetings.draft import done_with, on_draft_line, on_gabung, on_jadwal, planned_from, shown_first
from handlers.meetings.place import on_permit, on_place_line
from handlers.meetings.proposing import (
    TOPIC,
    on_pick,
    on_rhythm,
    on_usul,
    on_usul_line,
    on_vote,
    on_vote_line,
    tick_proposals,
)
from handlers.meetings.rhythm import coming, every_of, forget, named, remember, tick_rhythm
from handlers.meetings.times import VOTE, Votes, pick, propose, read_times, shown, votes

__all__ = [
    "CANCEL",
    "MOVE",
    "TOPIC",
    "VOTE",
    "Change",
    "Plan",
    "Votes",
    "call_off",
    "cancel_words",
    "coming",
    "create",
    "done_with",
    "every_of",
    "forget",
    "move",
    "move_words",
    "named",
    "on_batalkan",
    "on_cancel_line",
    "on_draft_line",
    "on_gabung",
    "on_ganti",
    "on_jadwal",
    "on_move_line",
    "on_permit",
    "on_pick",
    "on_place_line",
    "on_rhythm",
    "on_usul",
    "on_usul_line",
    "on_vote",
    "on_vote_line",
    "pick",
    "planned_from",
    "propose",
    "read_times",
    "refused",
    "remember",
    "shown",
    "shown_first",
    "tick_proposals",
    "tick_rhythm",
    "votes",
]
