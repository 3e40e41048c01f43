"""Does she come, and who else, how late, with which code?"""

from collections.abc import Mapping
from typing import Any

from messages.reading import changes, details
from messages.reading.concepts import NEGATIONS, NODS, POLITE
from messages.reading.heard import Heard
from messages.reading.reasons import reason
from messages.reading.records import Expecting, Finding
from messages.reading.said import Said
from messages.reading.weighing import weigh

RSVP_MENU = {1: "will_attend", 2: "cannot_attend", 3: "maybe"}
CHECKIN_MENU = {1: "present", 2: "cannot_attend"}
_GUESSED = {"unknown", "unread", "typo", "inflected", "guess"}
# "gadir" may be "hadir" or "ga hadir".
_NEGATING = ("ga", "gk", "kd", "ng", "td", "tk")
_HARMLESS_TYPOS = ("come", "can", "arrived", "here", "done", "vocative", *NODS, *POLITE)
# More than this is no answer to "can you come?"; it is read, but not trusted with presence.
LONGEST_ANSWER = 300


def find(heard: Heard) -> Finding | None:
    """An answer to "will you come?" or "are you there?"."""
    at_door = heard.expecting is Expecting.CHECKIN
    said = weigh(heard.clauses, at_door)
    chosen = details.menu(heard, CHECKIN_MENU if at_door else RSVP_MENU)
    if chosen and said.kind in {"nothing", "nod"}:
        return chosen
    beside = _beside(heard)
    if details.differ(heard):
        return Finding("unknown", False, "one comes, another does not", beside)
    code = details.code(heard)
    if code and said.kind in {"nothing", "nod", "yes", "means", "here"}:
        return Finding(_yes(at_door), True, "the code of the meeting", {"code": code, **beside})
    why = reason(heard)
    change = changes.find(heard)
    if change and (said.kind in {"nothing", "nod", "past", "ask"} or (said.kind == "excuse" and _is_news(change, why))):
        return change
    if said.kind in {"no", "excuse", "bare_no", "if_not", "other_no"}:
        sure = said.plain and said.kind in {"no", "bare_no"}
        return Finding(
            "cannot_attend", sure, said.why, _kept({"reason": why}, change.details if change else {}, beside)
        )
    if said.kind == "ask":
        return Finding("question", True, "asks something")
    return _comes(heard, said, at_door, beside) or _otherwise(heard, said, at_door, beside)


def _yes(at_door: bool) -> str:
    return "present" if at_door else "will_attend"


def _comes(heard: Heard, said: Said, at_door: bool, beside: dict[str, Any]) -> Finding | None:
    """Presence is sure only when nothing at all is negated."""
    sure = (
        said.plain and not heard.has(*NEGATIONS) and not _garbled(heard, beside) and len(heard.text) <= LONGEST_ANSWER
    )
    match said.kind:
        case "here":
            return Finding("present", sure, said.why, beside)
        case "yes" | "means" if at_door and heard.has("later", "approach", "leave", "want"):
            return Finding("late", False, said.why, beside)
        case "yes" | "means" if at_door and heard.has("wish", "future"):
            return Finding("will_attend", False, said.why, beside)
        case "yes" | "means":
            return Finding(_yes(at_door), sure, said.why, beside)
        case "nod" if heard.has("thanks") and heard.has("news"):
            return Finding("thanks", False, "thanks for the news")
        case "nod":
            # At the door "siap" and "ok" may mean "I am coming".
            return Finding(_yes(at_door), sure and (not at_door or heard.has("yes")), said.why, beside)
        case "wants" | "longs":
            # "pengen sih ikut" leaves the rest unsaid.
            doubts = at_door or any(word.text in {"sih", "si"} for word in heard.words)
            return Finding("maybe" if doubts else "will_attend", sure and not doubts, said.why, beside)
        case _:
            return None


def _is_news(change: Finding, reason: str | None) -> bool:
    """A pregnancy is news first, a birth keeps her at home."""
    return reason is None or (reason == "melahirkan" and change.details["change"] == "hamil")


def _garbled(heard: Heard, beside: dict[str, Any]) -> bool:
    """A word we do not know, and that is no name, or one that we only guessed, may be anything, also a no."""
    named = beside.get("names", ())
    strange = (word for word in heard.words if word.how in _GUESSED and word.text not in named)
    return any(
        word.how not in {"typo", "inflected"} or not word.has(*_HARMLESS_TYPOS) or word.text.startswith(_NEGATING)
        for word in strange
    )


def _otherwise(heard: Heard, said: Said, at_door: bool, beside: dict[str, Any]) -> Finding | None:
    match said.kind:
        case "late":
            return Finding("late", said.plain, said.why, _kept({"minutes": details.minutes(heard)}, beside))
        case "stand_in":
            return Finding("represented", said.plain, said.why, _kept({"by": details.kin(heard)}, beside))
        case "maybe" | "twice" | "elsewhen":
            return Finding("maybe", said.plain, said.why, beside)
        case _:
            return None


def _beside(heard: Heard) -> dict[str, Any]:
    """What else is said, as far as it is."""
    return _kept(
        {
            "all": details.plural(heard),
            "names": details.names(heard.words),
            "people": details.people(heard),
            "question": heard.asks,
        }
    )


def _kept(*found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for part in found for key, value in part.items() if value}
