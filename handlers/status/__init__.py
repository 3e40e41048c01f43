"""Was she reached, and whom should the pendamping go and see?"""

from handlers.status.answering import on_status, sentence
from handlers.status.visits import MISSED, TITLES, ToVisit, on_tindak_lanjut, to_visit, undone

__all__ = ["MISSED", "TITLES", "ToVisit", "on_status", "on_tindak_lanjut", "sentence", "to_visit", "undone"]
