"""What is handed in? Papers about meetings, made of recorded facts only."""

from handlers.reports.sheet import attendance_sheet

__all__ = ["attendance_sheet"]
