"""By which steps was a message understood?"""

from messages.reading.clauses import Clause
from messages.reading.heard import Heard
from messages.reading.records import Reading


def tell(heard: Heard, reading: Reading, why: str) -> list[str]:
    """One plain line for each step."""
    lines = [f"awaited: {heard.expecting.value}", f"cleaned: {heard.text}"]
    lines += [
        f"word: {word.text} → {word.lemma} ({word.how})"
        for word in heard.words
        if word.how != "mark" and word.text != word.lemma
    ]
    lines += [f"clause {number}: {_clause(clause)}" for number, clause in enumerate(heard.clauses, 1)]
    beside = "".join(f", {key} = {value}" for key, value in reading.details.items())
    lines.append(f"reason: {why}")
    lines.append(f"reading: {reading.meaning}, {'sure' if reading.sure else 'not sure'}{beside}")
    return lines


def _clause(clause: Clause) -> str:
    said = zip(clause.words, clause.denials, strict=True)
    words = " ".join(f"[not] {word.lemma}" if denied % 2 else word.lemma for word, denied in said)
    return f"{clause.kind}{', asks' if clause.asks else ''}: {words}"
