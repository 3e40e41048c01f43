"""What does one clause say about coming? The same sentences before the meeting and at its door."""

from dataclasses import dataclass

from messages.reading.clauses import Clause
from messages.reading.concepts import ME, NEGATIONS, NODS, POLITE, SMALL
from messages.reading.reasons import REASONS
from messages.reading.standing_in import is_about_another, stands_in

# What can be denied or affirmed about coming.
HEADS = ("come", "can", "able", "want", "approach", "leave", "allow", "sure", "ok")
# What may stand beside a nod without turning it into something else.
_BESIDE_NOD = (*NODS, *ME, "thanks", "greeting", "turn", "all", "hello_word")
_BESIDE_NO = ("negator", "notyet", *ME, "done", "today", "future", "yes")
_HARMLESS = (*POLITE, "hello_word", "news", "me")


@dataclass(frozen=True, slots=True)
class Said:
    """What a clause says, whether plainly, and why we think so.

    Kinds: no, bare_no, other_no, if_not, excuse · yes, means, wants, nod, here · late, stand_in, maybe, twice ·
    ask, if, past, nothing, unclear.
    """

    kind: str
    plain: bool = True
    why: str = ""

    def unsure(self) -> "Said":
        return Said(self.kind, False, self.why)


def judge(clause: Clause, at_door: bool) -> Said:
    """What this clause says about coming."""
    if clause.asks or _asks_leave(clause):
        return Said("ask")
    if clause.kind == "if":
        return _condition(clause)
    if clause.words[0].has("thanks") and not clause.has("come", "can", "negator"):
        return Said("nothing")
    if clause.has("code") and not clause.has("come", "can", "here"):
        return Said("nothing")
    if clause.has("past") and not clause.has("future", "turn"):
        return Said("past", False, "speaks of an earlier time")
    return (
        _undecided(clause)
        or _refusal(clause, at_door)
        or _on_the_way(clause, at_door)
        or _arrival(clause, at_door)
        or _lateness(clause)
        or _promise(clause)
        or _remark(clause, at_door)
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


def _condition(clause: Clause) -> Said:
    # "kalau saya tidak bisa bu" is "as for me": a polite no, not a condition.
    as_for_me = len(clause.words) > 1 and clause.words[1].has("me") and clause.denies("can", "come", "able")
    return Said("if_not", False, "as for her, no") if as_for_me else Said("if", False, "a condition")


def _undecided(clause: Clause) -> Said | None:
    if clause.has("doubt") or clause.says("belumtentu"):
        return Said("maybe", why="not decided yet")
    if any(count == 2 and word.has(*HEADS) for word, count in zip(clause.words, clause.denials, strict=True)):
        return Said("twice", False, "two negations")
    if stands_in(clause):
        return Said("stand_in", why="somebody else comes")
    return None


def _refusal(clause: Clause, at_door: bool) -> Said | None:
    if clause.denies(*HEADS):
        if is_about_another(clause):
            return Said("other_no", False, "somebody else does not come")
        return _denied(clause, at_door)
    if clause.denies("here", "arrived"):
        return Said("no" if clause.has("negator") else "late", False, "not there")
    if clause.affirms("refuse"):
        return _excused(clause)
    return None


def _denied(clause: Clause, at_door: bool) -> Said:
    only_not_yet = clause.has("notyet") and not clause.has("negator", "forbid")
    if only_not_yet and at_door and not clause.denies("can", "able", "want"):
        return Said("late", False, "not there yet")
    if clause.says("tepatwaktu"):
        return Said("late", why="not in time")
    if clause.says("mungkin") and not clause.denies("hedge"):
        return Said("maybe", False, "perhaps not")
    return Said("no", not clause.has("seem"), "a negation governs coming")


def _excused(clause: Clause) -> Said:
    if clause.says("izin") and clause.has("late"):
        return Said("late", why="asks leave to be late")
    if clause.says("izin") and clause.affirms("come") and not clause.has(*REASONS):
        return Said("yes", False, "asks leave to come")
    # Who wants to be put on the list by others is not there; nothing is granted, so ask.
    return Said("no", not clause.says("malas", "titipabsen"), "asks to be excused")


def _on_the_way(clause: Clause, at_door: bool) -> Said | None:
    if clause.has("way") and not clause.has("negator"):
        return Said("late", at_door or not clause.affirms("come"), "is on the way")
    return None


def _arrival(clause: Clause, at_door: bool) -> Said | None:
    done = clause.affirms("done")
    if clause.affirms("arrived") and not clause.has("hedge", "later"):
        if done or ((at_door or clause.has("here")) and not clause.has("clock", "future")):
            return Said("here", why="has arrived")
    elif clause.affirms("here") and not clause.has("rain", "work", "far", "later", "future", "sick"):
        return Said("here", at_door or clause.has("done", "me", "come"), "is at the place")
    if done and clause.affirms("come") and not clause.has("future", "want", "hedge"):
        return Said("here", why="has come")
    if (
        at_door
        and (done or clause.affirms("present"))
        and clause.only("done", "present", "me", "us", "yes", "all", "earlier")
    ):
        return Said("here", why="yes, already")
    if clause.affirms("signing"):
        return Said("here", False, "signs the list") if at_door else Said("no", False, "will be absent")
    return None


def _lateness(clause: Clause) -> Said | None:
    # "maaf telat balas" is about the answer.
    if clause.affirms("late") and not clause.has("reply"):
        return Said("late", why="will be late")
    if clause.has("clock") and clause.has("fresh") and clause.affirms("come", "can"):
        return Said("late", False, "comes only at that hour")
    return None


def _promise(clause: Clause) -> Said | None:
    hedged = clause.has("hedge", "hope", "try", "seem")
    wished = clause.has("wish")
    if clause.has("longing"):
        return Said("wants", False, "would like to")
    if _goes_elsewhere(clause):
        return Said("excuse", False, "goes somewhere else")
    if clause.affirms("come", "approach", "leave"):
        # Insyaallah with a verb of coming is a promise, alone it is none (FACTS 5, rule 3).
        kind = "means" if clause.has("want") else "yes"
        return Said("maybe", why="hopes or tries to come") if hedged else Said(kind, why="says she comes")
    if clause.affirms("can", "able", "willing"):
        if clause.says("bisanya"):
            return Said("no", False, "can only at another time")
        return Said("maybe", why="a wish") if hedged or wished else Said("yes", why="says she can")
    if wished and clause.affirms("sure"):
        return Said("yes", why="surely")
    if (hedged or wished) and not (clause.has("seem") and clause.has("negator")):
        return Said("maybe", why="a hope")
    if clause.affirms("want") and clause.only("want", *_BESIDE_NOD):
        return Said("wants", False, "would like to")
    return None


def _goes_elsewhere(clause: Clause) -> bool:
    """As in "ulun tulak ka Banjar", "nderek suami teng Jawa"; a verb of coming alone comes to us."""
    if clause.has("town") and not clause.affirms("arrived") and (clause.has("leave") or not clause.has("come")):
        return True
    following = zip(clause.words, clause.words[1:], strict=False)
    return any((a.lemma == "ikut" and b.has("kin")) or (a.has("leave") and b.has("town", "work")) for a, b in following)


def _remark(clause: Clause, at_door: bool) -> Said | None:
    """What is not about coming in so many words: waiting, reasons, a bare no."""
    if clause.has("waiting") and not clause.has("sick") and (clause.says("pulang") or not clause.has("child")):
        return Said("late" if at_door else "maybe", False, "waits for something")
    if at_door and clause.says("masih") and clause.has("nursing", "home"):
        return Said("late", False, "still busy elsewhere")
    if clause.has("busy", "waiting", *REASONS) and not clause.has("stop"):
        return Said("excuse", False, "gives a reason")
    if clause.has(*NEGATIONS):
        if clause.has("seem") and clause.only("seem", *_BESIDE_NO):
            return Said("no", False, "seems not")
        bare = clause.only(*_BESIDE_NO)
        if at_door and clause.has("notyet") and clause.has("home"):
            return Said("late", False, "still at home")
        if bare and clause.has("notyet"):
            return Said("late" if at_door else "maybe", False, "not yet")
        return Said("bare_no", bare, "a bare no")
    return None


def _nod(clause: Clause, at_door: bool) -> Said:
    if clause.has("later"):
        return Said("maybe", False, "later")
    if clause.affirms("sure") and not at_door:
        return Said("yes", False, "surely")
    if clause.affirms("yes", "ok", "allow") and not clause.has("either"):
        return Said("nod", clause.only(*_BESIDE_NOD), "a nod")
    if clause.has("home") and at_door:
        return Said("late", False, "still at home")
    return Said("nothing", clause.only(*_HARMLESS))
