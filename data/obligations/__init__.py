"""What is remembered of the obligations of a family: words, marks, reminders, school months, posyandu days."""

from data.obligations.queue import LOOK_AT_ONCE, LOOK_FIRST, Queue
from data.obligations.records import Asked, Attended, Claim, Item, Kept, Line, Member, Posyandu, SchoolMonth
from data.obligations.shelf import Obligations

__all__ = [
    "LOOK_AT_ONCE",
    "LOOK_FIRST",
    "Asked",
    "Attended",
    "Claim",
    "Item",
    "Kept",
    "Line",
    "Member",
    "Obligations",
    "Posyandu",
    "Queue",
    "SchoolMonth",
]
