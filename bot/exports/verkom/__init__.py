"""The verkom list of a quarter: by name for the pendamping, in numbers for those above."""

from bot.exports.verkom.coverage import coverage_rows
from bot.exports.verkom.page import verkom_pdf
from bot.exports.verkom.sheet import verkom_sheet
from bot.exports.verkom.tables import STATE_TITLES

__all__ = ["STATE_TITLES", "coverage_rows", "verkom_pdf", "verkom_sheet"]
