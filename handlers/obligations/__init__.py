"""What does PKH ask of a family, when is it reminded, and what does it say?"""

from handlers.obligations.collecting import Row, Verkom, age_words, collect
from handlers.obligations.entering import on_data, on_data_line
from handlers.obligations.history import history
from handlers.obligations.listing import on_kewajiban, on_whose
from handlers.obligations.reminding import tick
from handlers.obligations.replies import is_newest, on_button, on_consent, on_line, on_which, on_why
from handlers.obligations.reporting import on_change, on_decision
from handlers.obligations.school import on_low
from handlers.obligations.stopping import on_loss, stop_for_loss
from handlers.obligations.verkom import on_verkom, on_verkom_line, thing, verify
from handlers.obligations.wording import item_of

__all__ = [
    "Row",
    "Verkom",
    "age_words",
    "collect",
    "history",
    "is_newest",
    "item_of",
    "on_button",
    "on_change",
    "on_consent",
    "on_data",
    "on_data_line",
    "on_decision",
    "on_kewajiban",
    "on_line",
    "on_loss",
    "on_low",
    "on_verkom",
    "on_verkom_line",
    "on_which",
    "on_whose",
    "on_why",
    "stop_for_loss",
    "thing",
    "tick",
    "verify",
]
