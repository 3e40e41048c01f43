"""How many met and came? REKAP and its lists on demand, a digest for koordinators unasked."""

from handlers.summary.answering import chart_rows, on_belum_bertemu, on_belum_lapor, on_rekap, read_month
from handlers.summary.digest import on_ringkasan, tick_digest

__all__ = [
    "chart_rows",
    "on_belum_bertemu",
    "on_belum_lapor",
    "on_rekap",
    "on_ringkasan",
    "read_month",
    "tick_digest",
]
