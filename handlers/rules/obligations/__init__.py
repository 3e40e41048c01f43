"""What is due for a member of a family, from when to when?"""

from handlers.rules.obligations.ages import DAY, TERM, after_months, months_old, week_of
from handlers.rules.obligations.asked import Occurrence, due_on, is_enough, is_over, late_on, occurrences, touching
from handlers.rules.obligations.cadences import school_days
from handlers.rules.obligations.concerns import (
    CHILDREN,
    FINISHED,
    LEFT,
    NEXT_PREGNANCY,
    SCHOOLS,
    Kind,
    enrolled,
    has_delivered,
    kind_of,
    span,
)

__all__ = [
    "CHILDREN",
    "DAY",
    "FINISHED",
    "LEFT",
    "NEXT_PREGNANCY",
    "SCHOOLS",
    "TERM",
    "Kind",
    "Occurrence",
    "after_months",
    "due_on",
    "enrolled",
    "has_delivered",
    "is_enough",
    "is_over",
    "kind_of",
    "late_on",
    "months_old",
    "occurrences",
    "school_days",
    "span",
    "touching",
    "week_of",
]
