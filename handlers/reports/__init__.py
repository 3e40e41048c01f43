"""What is handed in? LAPORAN in the chat, and papers about meetings; all of it from recorded facts."""

from handlers.reports.activity import activity_report
from handlers.reports.agenda import agenda_letter, letter_name, letter_rows
from handlers.reports.asking import FREE_TEXT, TOPIC
from handlers.reports.facts import facts_of
from handlers.reports.header import FIELDS, NOT_YET, header, keep_header
from handlers.reports.innovation import innovation_evidence
from handlers.reports.keeping import MOST_PHOTOS, SPEAKER, add_picture, drop_picture, finish, open_report, tell
from handlers.reports.recap import recap_rows
from handlers.reports.sheet import attendance_sheet
from handlers.reports.siks import activity_rows, participant_rows
from handlers.reports.telling import WHICH, on_laporan, on_line, on_media, on_which

__all__ = [
    "FIELDS",
    "FREE_TEXT",
    "MOST_PHOTOS",
    "NOT_YET",
    "SPEAKER",
    "TOPIC",
    "WHICH",
    "activity_report",
    "activity_rows",
    "add_picture",
    "agenda_letter",
    "attendance_sheet",
    "drop_picture",
    "facts_of",
    "finish",
    "header",
    "innovation_evidence",
    "keep_header",
    "letter_name",
    "letter_rows",
    "on_laporan",
    "on_line",
    "on_media",
    "on_which",
    "open_report",
    "participant_rows",
    "recap_rows",
    "tell",
]
