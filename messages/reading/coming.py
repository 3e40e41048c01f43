"""What does one clause say about coming? The same sentences before the meeting and at its door."""

from itertools import pairwise

from messages.reading.clauses import Clause
from messages.reading.concepts import ME, NEGATIONS, NODS, POLITE, SMALL
from messages.reading.details import stranger
from messages.reading.promising import BESIDE_NOD, arrival, lateness, on_the_way, promise
from messages.reading.reasons import REASONS
from messages.reading.refusing import condition, refusal, undecided
from messages.reading.said import Said
from messages.reading.standing_in import others_come

_BESIDE_NO = (*NEGATIONS, *ME, *POLITE, "done", "today", "future", "yes", "turn", "so", "but")
_HARMLESS = (*POLITE, "hello_word", "news", "me")


def judge(clause: Clause, at_door: bool) -> Said:
    """What this clause says about coming."""
    if clause.asks or _asks_leave(clause):
        return Said("ask")
    if clause.kind == "if":
        return condition(clause)
    return (
        _aside(clause, at_door)
        or undecided(clause)
        or refusal(clause, at_door)
        or on_the_way(clause, at_door)
        or arrival(clause, at_door)
        or lateness(clause, at_door)
        or promise(clause)
        or _remark(clause, at_door)
        or _negation(clause, at_door)
        or _nod(clause, at_door)
    )


def _asks_leave(clause: Clause) -> bool:
    """As in "boleh diwakili suami", "boleh saya tidak hadir": asking leave, not giving it."""
    first = next((word for word in clause.words if not word.has(*SMALL, "greeting")), None)
    if first is None:
        return False
    if first.lemma == "boleh":
        return clause.has("come", "stand_in", "negator", "late", "kin")
    return first.has("can") and clause.has("stand_in") and not clause.has("me")


def _aside(clause: Clause, at_door: bool) -> Said | None:
    """Thanks, the code, an earlier time, other people: nothing about her coming."""
    if clause.words[0].has("thanks") and not clause.has("come", "can", "negator"):
        return Said("nothing")
    if clause.has("code") and not clause.has("come", "can", "here"):
        return Said("nothing")
    if clause.words[0].text == "biar" and len(clause.words) > 1 and clause.words[1].has("can"):
        return Said("nothing", False, "a purpose")
    if clause.kind == "but" and clause.has("moment") and not clause.has("come", "negator"):
        return Said("nothing", False, "not for long")
    if at_door and clause.says("taklama") and not clause.has("come"):
        return Said("nothing", False, "leaves early")
    if (
        clause.has("past")
        and clause.has("come", "can", "able", "arrived", "missed")
        and not clause.has("future", "turn")
    ):
        return Said("past", False, "speaks of an earlier time")
    return Said("nothing", False, "speaks of others") if others_come(clause) else None


def _remark(clause: Clause, at_door: bool) -> Said | None:
    """What is not about coming in so many words: waiting, reasons."""
    if clause.kind == "but" and clause.says("harus") and not clause.has("come", "company", *NEGATIONS):
        return Said("excuse", False, "has to do something else")
    if not at_door and _is_away(clause):
        return Said("excuse", False, "is somewhere else")
    if clause.has("waiting") and clause.says("harus") and not at_door:
        return Said("excuse", False, "must wait for somebody")
    if clause.has("waiting") and not clause.has("sick") and (clause.says("pulang") or not clause.has("child")):
        return Said("late" if at_door else "maybe", False, "waits for something")
    if at_door and (clause.has("queue") or (clause.says("masih") and clause.has("nursing", "home", "work"))):
        return Said("late", False, "still busy elsewhere")
    if clause.has("busy", "waiting", *REASONS) and not clause.has("stop"):
        return Said("excuse", False, "gives a reason")
    return None


def _is_away(clause: Clause) -> bool:
    """As in "saya lagi di Pasuruan"."""
    now = clause.first("now")
    return any(
        -1 < now < i and a.lemma in {"di", "ada"} and stranger(b) for i, (a, b) in enumerate(pairwise(clause.words))
    )


def _negation(clause: Clause, at_door: bool) -> Said | None:
    """A no by itself, or the negation of something else."""
    if not clause.has(*NEGATIONS):
        return None
    if clause.has("signing"):
        return Said("nothing", False, "not on the list yet")
    if clause.has("seem") and clause.only("seem", *_BESIDE_NO):
        return Said("no", False, "seems not")
    bare = clause.only(*_BESIDE_NO)
    if clause.has("notyet") and (bare or (at_door and clause.has("home"))):
        return Said("late" if at_door else "maybe", False, "not yet")
    return Said("bare_no", bare, "a bare no")


def _nod(clause: Clause, at_door: bool) -> Said:
    if clause.has("later") and not clause.says("sampaikan"):
        return Said("maybe", False, "later")
    if clause.affirms("sure") and not at_door:
        return Said("yes", False, "surely")
    if clause.says("bilang") and clause.has("me", "future"):
        return Said("maybe", False, "will tell later")
    if clause.affirms("yes", "ok", "allow") and not clause.has("either") and not _only_softens(clause):
        return Said("nod", clause.only(*BESIDE_NOD), "a nod")
    if at_door and clause.has("home") and clause.says("saja") and not clause.says("masih"):
        return Said("no", False, "stays at home")
    if at_door and (clause.has("home", "fresh") or clause.says("masih", "lagi", "sedang")):
        return Said("late", False, "still elsewhere")
    # "telat sedikit tapi": the last word only softens.
    harmless = clause.only(*_HARMLESS) or (clause.kind == "but" and len(clause.words) == 1)
    return Said("nothing", harmless or (clause.has("escorted") and clause.only("escorted", "kin", "me")))


def _only_softens(clause: Clause) -> bool:
    """As in "maaf ya bu": behind other words "ya" agrees to nothing."""
    nods = [i for i, word in enumerate(clause.words) if word.has(*NODS)]
    said = [i for i, word in enumerate(clause.words) if not word.has("vocative")]
    return clause.has("sorry") and all(clause.words[i].lemma == "ya" and i != said[0] for i in nods)
