"""What do families ask, and how does the pendamping answer?"""

from handlers.questions.answering import on_answer_line, on_catat, on_jawab, on_loose_line, on_quoted, on_tutup
from handlers.questions.asking import TOPIC as ASKED
from handlers.questions.asking import on_asked, on_tanya
from handlers.questions.listing import askers, on_list, tick_remind, together
from handlers.questions.wrong_number import on_sure, on_wrong_number

__all__ = [
    "ASKED",
    "askers",
    "on_answer_line",
    "on_asked",
    "on_catat",
    "on_jawab",
    "on_list",
    "on_loose_line",
    "on_quoted",
    "on_sure",
    "on_tanya",
    "on_tutup",
    "on_wrong_number",
    "tick_remind",
    "together",
]
