"""Is somebody in danger, or has a family lost somebody?"""

from itertools import pairwise

from messages.reading.clauses import Clause
from messages.reading.heard import Heard
from messages.reading.records import Expecting, Finding


def find(heard: Heard) -> Finding | None:
    """An emergency, or a loss in the household; another death only keeps her from coming."""
    word = _danger(heard)
    if word:
        return Finding("urgent", True, f"a word of danger: {word}")
    whose = _loss(heard)
    if whose is None:
        return None
    if heard.expecting in {Expecting.RSVP, Expecting.CHECKIN} and whose != "own" and not _of_the_list(heard):
        refused = any(clause.denies("come", "can", "able") for clause in heard.clauses)
        mourning = {"reason": "duka"} if whose == "other" else {"reason": "duka", "loss": True}
        return Finding("cannot_attend", refused, "a death, and no coming", mourning)
    return Finding("loss", True, "somebody was lost") if whose != "other" or _of_the_list(heard) else None


def _of_the_list(heard: Heard) -> bool:
    """As in "bapak saya yang di daftar sudah meninggal"."""
    return any(clause.says("daftar", "terdaftar", "peserta") for clause in heard.clauses)


def _danger(heard: Heard) -> str | None:
    weak = {word.lemma for word in heard.words if word.has("danger_weak")}
    # Limp and not drinking, both together, is a danger to any child.
    frail = heard.has("frail") or (len(weak) > 1 and heard.has("child"))
    for clause in heard.clauses:
        if clause.has("danger", "danger_weak", "death_wish", "blow"):
            for i, word in enumerate(clause.words):
                if _dangerous(clause, i, frail):
                    return word.text
    return None


def _dangerous(clause: Clause, i: int, frail: bool) -> bool:
    word = clause.words[i]
    if word.has("death_wish"):
        return True
    # Only a denial right before the word counts: when in doubt it is an emergency.
    if any(other.has("negator") for other in clause.words[max(0, i - 2) : i]):
        return False
    if word.has("danger"):
        return not _lesson(clause) and not (word.text.endswith("hilang") and _of_a_thing(clause))
    return (word.has("danger_weak") and frail) or (word.has("blow") and clause.has("me", "kin", "us"))


def _lesson(clause: Clause) -> bool:
    """Who asks what a danger is, or how to prevent it, wants a lesson; everything else is taken for an emergency."""
    if clause.has("me", "kin") and not clause.asks:
        return False
    defines = any(set(pair) == {"apa", "itu"} for pair in pairwise(clause.lemmas))
    return defines or clause.has("lesson")


def _loss(heard: Heard) -> str | None:
    """Who was lost: "own" child, pregnancy or spouse, "elder" for parents, "other" for people outside."""
    worst = None
    for i, clause in enumerate(heard.clauses):
        if clause.asks or clause.kind == "if" or clause.has("fear"):
            continue
        if clause.affirms("miscarriage") or _no_longer_there(clause):
            return "own"
        if clause.affirms("death") and not (_of_a_thing(clause) and _written(clause, "death") <= {"mati"}):
            # "anak saya lahir tapi meninggal": who it was stands before the "tapi".
            named = clause.kind != "but" or clause.has("kin", "outsider", "vocative") or not i
            worst = _whose(clause if named else heard.clauses[i - 1])
            if worst == "own":
                return worst
    return worst


def _of_a_thing(clause: Clause) -> bool:
    """A card is lost, a lamp goes out: "KIS anak saya mati", "KIP anak hilang"."""
    first = next((word for word in clause.words if word.has("thing", "kin", "me")), None)
    return first is not None and first.has("thing")


def _written(clause: Clause, concept: str) -> set[str]:
    return {word.text for word in clause.words if word.has(concept)}


def _no_longer_there(clause: Clause) -> bool:
    """As in "kada ada lagi bayinya", "janinnya sudah tidak ada"."""
    return clause.has("unborn") and clause.says("tidak") and clause.says("ada") and clause.says("lagi", "sudah")


def _whose(clause: Clause) -> str:
    if clause.has("outsider"):
        return "other"
    # "bapak saya" and "bapak meninggal" are a father, "bapak" alone somebody addressed.
    owned = any(a.has("vocative") and b.has("me", "death") for a, b in pairwise(clause.words))
    if owned or clause.has("elder"):
        return "elder"
    return "own" if clause.has("household", "child", "birth") else "other"
