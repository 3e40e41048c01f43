"""SIARAN: who is told what, when, and who was reached."""

from handlers.broadcast.announcing import announce, due_of, refused_words, take_back
from handlers.broadcast.audience import compose
from handlers.broadcast.drafting import TOPIC, on_draft_line, on_media, on_number, on_siaran
from handlers.broadcast.files import FAULTS as UNUSABLE
from handlers.broadcast.files import follow, line, on_fetched, on_owed, on_try, on_unusable
from handlers.broadcast.night import decide, may_decide, on_night
from handlers.broadcast.preview import EXAMPLES, TITLES, Seen, see, unreached
from handlers.broadcast.result import each, file_line, numbers, on_button
from handlers.broadcast.sending import tick_broadcasts

__all__ = [
    "EXAMPLES",
    "TITLES",
    "TOPIC",
    "UNUSABLE",
    "Seen",
    "announce",
    "compose",
    "decide",
    "due_of",
    "each",
    "file_line",
    "follow",
    "line",
    "may_decide",
    "numbers",
    "on_button",
    "on_draft_line",
    "on_fetched",
    "on_media",
    "on_night",
    "on_number",
    "on_owed",
    "on_siaran",
    "on_try",
    "on_unusable",
    "refused_words",
    "see",
    "take_back",
    "tick_broadcasts",
    "unreached",
]
