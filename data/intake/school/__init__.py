"""School attendance, from the education form of e-PKH: read, checked row by row, and put to the children we know."""

from data.intake.school.matching import match
from data.intake.school.reading import Line, SchoolFile, read_school

__all__ = ["Line", "SchoolFile", "match", "read_school"]
