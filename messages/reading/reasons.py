"""Why can she not come?"""

from messages.reading.clauses import REACH, Clause
from messages.reading.concepts import NEGATIONS
from messages.reading.heard import Heard

# FACTS 1.5. The first that fits is the weightier one: a death before an illness, an illness before the rain.
_CODES = {
    "grief": "duka",
    "death": "duka",
    "miscarriage": "duka",
    "sick": "sakit",
    "birth": "melahirkan",
    "pregnant": "melahirkan",
    "rain": "hujan_banjir",
    "transport": "kendaraan",
    "cost": "biaya",
    "work": "kerja",
    "event": "hajatan",
    "far": "jauh",
    "forgot": "lupa",
    "nursing": "tanpa_rinci",
    "busy": "tanpa_rinci",
}
REASONS = tuple(concept for concept in _CODES if concept not in {"miscarriage", "pregnant", "busy"})


def reason(heard: Heard) -> str | None:
    """The reason code, or None when no reason is given."""
    said = [clause for clause in heard.clauses if not clause.asks]
    for concept, code in _CODES.items():
        for clause in said:
            if clause.has(concept) and not _denied(clause, clause.first(concept)):
                return _who_is_sick(clause, said) if code == "sakit" else code
    return None


def _denied(clause: Clause, i: int) -> bool:
    """As in "tidak sakit"; in "tidak bisa, suami sakit" the negation has found its verb before it gets there."""
    if clause.words[i].has("transport", "cost"):
        return False  # "tidak ada motor" is one word here, with its own negation
    for word in reversed(clause.words[max(0, i - REACH) : i]):
        if word.has("come", "can", "able", "want"):
            return False
        if word.has(*NEGATIONS):
            return True
    return False


def _who_is_sick(clause: Clause, said: list[Clause]) -> str:
    people = clause.tags
    if not clause.has("child", "kin", "me"):
        people = people.union(*(other.tags for other in said if other.has("nursing")))
    if "child" in people:
        return "anak_sakit"
    return "keluarga_sakit" if "kin" in people or "nursing" in people else "sakit"
