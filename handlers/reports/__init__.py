"""What is handed in? LAPORAN in the chat, and papers about meetings; all of it from recorded facts."""

from handlers.reports.activity import activity_report
from handlers.reports.asking import FREE_TEXT, TOPIC
from handlers.reports.sheet import attendance_sheet
from handlers.reports.telling import WHICH, on_laporan, on_line, on_media, on_which

__all__ = [
    "FREE_TEXT",
    "TOPIC",
    "WHICH",
    "activity_report",
    "attendance_sheet",
    "on_laporan",
    "on_line",
    "on_media",
    "on_which",
]
