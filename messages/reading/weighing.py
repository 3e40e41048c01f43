"""Which of the things she says about coming counts in the end?"""

from collections.abc import Sequence

from messages.reading.clauses import Clause
from messages.reading.coming import judge
from messages.reading.concepts import POLITE
from messages.reading.said import AT_AN_HOUR, CAN, COMES, EXCUSED, Said
from messages.reading.standing_in import another_comes

_COMES = {"yes", "means", "here", "late"}
_NO = {"no", "if_not"}
_QUIET = {"nothing", "past", "other_no", "elsewhen"}


def weigh(clauses: Sequence[Clause], at_door: bool) -> Said:
    """The last decisive clause counts; a refusal is taken back only in so many words."""
    result = Said("nothing")
    conditional = False
    for clause in clauses:
        now = judge(clause, at_door)
        if now.kind == "if":
            # "tidak bisa bu, kalau besok bisa": the no stands.
            conditional = conditional or not (result.kind in _NO and clause.detached)
        else:
            result = _after(result, now, clause)
            # "hadir kalau ada yang jaga, tapi tidak ada": the condition is not met.
            conditional = conditional and not (clause.kind == "but" and result.kind == "no")
    if conditional and result.kind not in {"stand_in", "ask"}:
        return Said("maybe", result.kind != "nothing", "on a condition")
    wishes = any(clause.has("wish") for clause in clauses)
    if wishes and (result.kind == "nod" or result.why == CAN):
        return Said("maybe", why="a wish")
    return result


def _after(before: Said, now: Said, clause: Clause) -> Said:
    """What stands after one more clause."""
    if now.kind in _QUIET or now.kind == "ask":
        if before.kind == "nod" and clause.kind == "but" and not now.plain:
            return Said("unclear", False, "a nod, and then something else")
        return _after_aside(before, now)
    if before.kind == "ask" and now.kind == "excuse" and clause.kind == "because":
        return before  # she says why she asks
    if before.kind in _QUIET:
        return now if before.kind in {"nothing", "past"} else now.unsure()
    if now.kind == "stand_in":
        return now
    if before.kind == "stand_in":
        return before
    if before.kind in {"yes", "means"} and clause.says("jangantunggu"):
        return Said("late", False, "comes, but later")
    if now.kind in _NO:
        return now
    if before.kind in _NO:
        return _after_no(before, now, clause)
    if before.kind == "bare_no":
        return _after_bare_no(before, now)
    return _after_yes(before, now, clause)


def _after_aside(before: Said, now: Said) -> Said:
    """A question or a remark leaves what was said, but a strange remark leaves it less sure."""
    if now.kind == "ask":
        return now if before.kind in {*_QUIET, "nod"} else before
    if before.kind == "nothing" or (before.kind == "excuse" and now.kind == "other_no"):
        return now
    return before if now.plain or now.kind == "past" or before.kind in _NO else before.unsure()


def _after_no(before: Said, now: Said, clause: Clause) -> Said:
    """As in "tadi bilang tidak bisa, sekarang bisa"; but "tidak bisa besok, bisanya lusa" stays a no."""
    if (now.kind, now.why) == ("late", AT_AN_HOUR) or (now.kind == "here" and before.why == EXCUSED):
        return now.unsure()  # "jam 9 belum bisa, jam 10 baru bisa", "tolong absenkan, saya di balai"
    turns = clause.has("turn") and not clause.has("another_time") and not another_comes(clause)
    if now.kind in _COMES and turns:
        return Said(now.kind, False, "takes the no back")
    return before if now.kind in {"excuse", "nod", "bare_no"} else before.unsure()


def _after_bare_no(before: Said, now: Said) -> Said:
    # A negation of something else ("bukan telat") is no no.
    if now.kind == "maybe":
        return now
    if not before.plain:
        return now.unsure()
    return before if now.kind in {"excuse", "bare_no"} else Said("unclear", False, "no and yes")


def _after_yes(before: Said, now: Said, clause: Clause) -> Said:
    """What a further clause does to a yes, a nod, a wish, a maybe or an excuse."""
    contrast = clause.kind == "but"
    if before.kind in {"here", "late"} and clause.says("pulang") and (contrast or clause.says("lagi")):
        return Said("no", False, "was there and went home")
    match now.kind:
        case "excuse":
            return _after_yes_an_excuse(before, now, contrast)
        case "bare_no":
            if now.plain or (contrast and before.kind != "here"):
                return Said("no", False, "a no at the end")
            # "siap, tidak …": what the nod agrees to is not known.
            return Said("unclear", False, "a nod and a negation") if before.kind == "nod" else before.unsure()
        case "nod" | "wants" | "longs":
            return Said("unclear", False, "asks and nods") if before.kind == "ask" else before
        case "maybe" if before.why == COMES and clause.only("wish", *POLITE):
            return before
        case "maybe" if clause.has("hope") and before.kind == "yes" and not clause.has("come", "can", "want"):
            # "hadir, mudahan kada hujan" is still a promise, but a soft one.
            return before.unsure()
        case "yes" | "means" | "late" if before.kind == "here":
            return before
        case "yes" | "means" if before.kind == "late":
            return before
        case "yes" | "means" if before.kind == "excuse" and clause.kind == "so" and clause.says("kesana"):
            return before  # "anak wisuda, jadi saya ke sana" goes elsewhere
        case "yes" | "means" if before.kind == "excuse":
            return now if clause.has("turn") else now.unsure()
    return now


def _after_yes_an_excuse(before: Said, now: Said, contrast: bool) -> Said:
    if contrast and before.kind in {"longs", "means", "wants"}:
        return Said("no", why="would come, but")
    if before.kind in {"nod", "longs", "wants", "ask", "twice", "excuse", "unclear"}:
        return now
    if contrast and before.kind == "yes":
        return Said("maybe", False, "comes, but gives a reason not to")
    return before if before.kind == "late" else before.unsure()
