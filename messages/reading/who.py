"""For whom of the people on this phone is it?"""

from typing import Any

from rapidfuzz import fuzz

from messages.reading.concepts import NEGATIONS
from messages.reading.details import LONGEST_LIST, people, stranger
from messages.reading.heard import Heard
from messages.reading.records import Finding

NEAR = 80


def find(heard: Heard) -> Finding | None:
    """Everybody is "yes" with all; a number or names stay "unknown" with what was given, for the caller to match."""
    if heard.asks:
        return None
    clear = not heard.has("if", *NEGATIONS)
    if any(clause.affirms("all", "us") for clause in heard.clauses):
        return Finding("yes", clear, "for everybody", {"all": True})
    details: dict[str, Any] = {**_numbers(heard), **_names(heard)}
    if details:
        clear = clear and "people" not in details
        return Finding("unknown", clear, "a number or a name", details)
    return Finding("unknown", False, "for herself", {"self": True}) if heard.has("me") else None


def _numbers(heard: Heard) -> dict[str, Any]:
    several = people(heard)
    if several:
        return {"people": several}
    found = [int(word.lemma) for word in heard.words if word.has("number") and word.lemma.isdecimal()]
    if len(found) == 1:
        return {"number": found[0]}
    return {"numbers": found[:LONGEST_LIST]} if found else {}


def _names(heard: Heard) -> dict[str, Any]:
    """The names that were offered, as they were offered; without an offer, the words that can only be names."""
    found: list[str] = []
    for i, word in enumerate(heard.words):
        if word.how == "mark" or any(other.has("negator") for other in heard.words[max(0, i - 2) : i]):
            continue
        if not heard.options and stranger(word):
            found.append(word.text)
        found += [option for option in heard.options if option not in found and _like(word.text, option)]
    return {"names": found[:LONGEST_LIST]} if found else {}


def _like(word: str, option: str) -> bool:
    return any(len(part) > 1 and fuzz.ratio(word, part) >= NEAR for part in option.lower().split())
