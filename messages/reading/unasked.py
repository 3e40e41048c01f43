"""What stands by itself when nothing was asked, or when something else was?"""

from messages.reading import asking, changes
from messages.reading.concepts import NODS, SMALL
from messages.reading.consent import yes_or_no
from messages.reading.details import bare_number, stranger
from messages.reading.heard import Heard
from messages.reading.reasons import reason
from messages.reading.records import Expecting, Finding
from messages.reading.weighing import weigh

_NODDING = (*NODS, "can", "want", "willing", "greeting", "me", "thanks", "need", "negator", "forbid")

_BESIDE_GREETING = ("greeting", "hello_word", "sorry", "bother")


def find(heard: Heard) -> Finding | None:
    """A change at home, or "besok saya tidak bisa hadir"; a bare "hadir" says nothing without a question."""
    change = changes.find(heard)
    if change:
        return change
    said = weigh(heard.clauses, at_door=False)
    about_coming = heard.has("come") or (heard.has("refuse") and heard.expecting is Expecting.NONE)
    if said.kind == "no" and about_coming and not heard.has("quiz"):
        why = reason(heard)
        return Finding("cannot_attend", False, said.why, {"reason": why} if why else {})
    return None


def anything(heard: Heard) -> Finding:
    """What can be said whatever was asked."""
    if heard.asks:
        return Finding("question", True, "asks something")
    change = changes.find(heard)
    if change:
        return change
    if asking.complaint(heard):
        return Finding("question", True, "something for a human")
    if asking.help_wanted(heard):
        return Finding("help", True, "asks for help")
    if heard.expecting is Expecting.NONE and heard.has("aid") and not heard.has("thanks"):
        return Finding("question", False, "about the money or the card")
    return _nod(heard) or _politeness(heard) or _nothing(heard)


def _nod(heard: Heard) -> Finding | None:
    """A yes or no to nothing; "oke makasih" only thanks."""
    if heard.expecting is not Expecting.NONE or not heard.only(*_NODDING):
        return None
    if heard.has("thanks") and not heard.has("negator", "allow"):
        return None
    return yes_or_no(heard)


def _politeness(heard: Heard) -> Finding | None:
    if heard.has("thanks"):
        return Finding("thanks", True, "thanks")
    named = {i + 1 for i, word in enumerate(heard.words) if word.has("vocative")}
    said = [word for i, word in enumerate(heard.words) if word.how != "mark" and not (i in named and stranger(word))]
    if heard.has("greeting", "hello_word") and all(word.has(*SMALL, *_BESIDE_GREETING) for word in said):
        return Finding("greeting", True, "a greeting")
    return None


def _nothing(heard: Heard) -> Finding:
    number = bare_number(heard)
    return Finding("unknown", False, "says nothing we await", {} if number is None else {"number": number})
