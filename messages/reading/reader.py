"""In which order is a message understood?"""

from messages.reading import asking, attendance, consent, danger, details, obligations, quiz, stopping, unasked, who
from messages.reading.heard import Heard
from messages.reading.records import Expecting, Finding, Reading

_CONTEXTS = {
    Expecting.RSVP: attendance.find,
    Expecting.CHECKIN: attendance.find,
    Expecting.OBLIGATION: obligations.find,
    Expecting.QUIZ: quiz.find,
    Expecting.CONSENT: consent.find,
    Expecting.WHO: who.find,
}


def understand(heard: Heard) -> tuple[Reading, str]:
    """The reading, and why."""
    found = _find(heard) if heard.clauses else Finding("unknown", False, "nothing readable is left")
    extra = {**details.noted(heard), **found.details}
    reading = Reading(found.meaning, extra, found.sure) if extra else Reading(found.meaning, sure=found.sure)
    return reading, found.why


def _find(heard: Heard) -> Finding:
    """Danger first, then the wish to be left alone, then the open question, then what can always be said."""
    first = quiz.in_words(heard) or danger.find(heard) or stopping.find(heard)
    if first:
        return first
    if asking.wrong_number(heard):
        return Finding("wrong_number", True, "does not belong to the programme")
    answer = _CONTEXTS[heard.expecting](heard) if heard.expecting in _CONTEXTS else None
    if answer is None and heard.expecting in {Expecting.QUIZ, Expecting.WHO, Expecting.NONE}:
        answer = unasked.find(heard)
    return answer or unasked.anything(heard)
