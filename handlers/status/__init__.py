"""Was she reached, and whom should the pendamping go and see?"""

from handlers.status.answering import on_status
from handlers.status.visits import on_tindak_lanjut

__all__ = ["on_status", "on_tindak_lanjut"]
