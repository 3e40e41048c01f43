"""What is handed in? LAPORAN in the chat, and papers about meetings; all of it from recorded facts."""

from handlers.reports.activity import activity_report
from handlers.reports.agenda import agenda_letter, letter_name, letter_rows
from handlers.reports.asking import FREE_TEXT, TOPIC
from handlers.reports.header import FIELDS, NOT_YET, header, keep_header
from handlers.reports.innovation import innovation_evidence
from handlers.reports.recap import recap_rows
from handlers.reports.sheet import attendance_sheet
from handlers.reports.siks import activity_rows, participant_rows
from handlers.reports.telling import WHICH, on_laporan, on_line, on_media, on_which

__all__ = [
    "FIELDS",
    "FREE_TEXT",
    "NOT_YET",
    "TOPIC",
    "WHICH",
    "activity_report",
    "activity_rows",
    "agenda_letter",
    "attendance_sheet",
    "header",
    "innovation_evidence",
    "keep_header",
    "letter_name",
    "letter_rows",
    "on_laporan",
    "on_line",
    "on_media",
    "on_which",
    "participant_rows",
    "recap_rows",
]
