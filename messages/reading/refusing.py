"""Does this clause refuse, ask to be excused, leave it open, or send somebody else?"""

from messages.reading.clauses import Clause
from messages.reading.concepts import ME, SMALL
from messages.reading.reasons import REASONS
from messages.reading.said import EXCUSED, HEADS, Said
from messages.reading.standing_in import is_about_another, singles_out_kin, stands_in


def condition(clause: Clause) -> Said:
    """What a clause with "kalau" makes of the others."""
    if [word.text for word in clause.words] == ["lek"]:
        return Said("nothing", False, "an uncle")  # in Javanese also "if"
    if clause.has("weekday") and clause.only("if", "weekday"):
        return Said("nothing", False, "names the day")  # "kalau sabtu" is "on Saturdays"
    # "kalau saya tidak bisa bu" is "as for me": a polite no, not a condition.
    topic = clause.words[1:3]
    if len(topic) == 2 and not topic[0].has("future", "today"):
        topic = topic[:1]
    as_for_me = any(word.has("me") for word in topic) and clause.denies("can", "come", "able")
    if as_for_me and singles_out_kin(clause):
        return Said("stand_in", False, "if not she, somebody else")
    return Said("if_not", False, "as for her, no") if as_for_me else Said("if", False, "a condition")


def undecided(clause: Clause) -> Said | None:
    """Not decided yet, said twice over, or left to somebody else."""
    asks_how = clause.has("lost") and (clause.has("reply", "assist") or clause.says("cara", "caranya"))
    if (clause.has("doubt") and not asks_how) or (clause.says("tanya") and clause.has("kin")):
        return Said("maybe", why="not decided yet")
    if any(count == 2 and word.has(*HEADS) for word, count in zip(clause.words, clause.denials, strict=True)):
        return Said("twice", False, "two negations")
    if stands_in(clause):
        return Said("stand_in", why="somebody else comes")
    return None


def refusal(clause: Clause, at_door: bool) -> Said | None:
    """A denied coming, or an asking to be excused."""
    if clause.denies(*HEADS):
        if is_about_another(clause):
            return Said("other_no", False, "somebody else does not come")
        return _denied(clause, at_door)
    if clause.denies("here", "arrived"):
        return Said("no" if clause.has("negator") else "late", False, "not there")
    if clause.has("negator") and clause.denies("way"):
        return Said("no", False, "not even on the way")
    if clause.affirms("missed") and clause.says("bolos", "membolos", "mbolos", "alpa"):
        return Said("no", False, "stays away")
    comes = clause.affirms("come") and clause.says("takmasalah", "tetap")
    if clause.affirms("refuse") and not comes:
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


def _leave_to_come(clause: Clause) -> bool:
    """As in "izin hadir bu"; in "izin, tamu datang" somebody else comes."""
    if not clause.says("izin") or not clause.affirms("come"):
        return False
    asked = next(i for i, word in enumerate(clause.words) if word.lemma == "izin")
    after = [word for word in clause.words[asked + 1 :] if not word.has(*SMALL, *ME, "want")]
    return not after or after[0].has("come")


def _excused(clause: Clause) -> Said:
    said = [word for word in clause.words if not word.has("vocative")]
    if any(
        a.lemma == "batal" and b.has("place") and c.has("work", "town")
        for a, b, c in zip(said, said[1:], said[2:], strict=False)
    ):
        return Said("nothing", False, "does not go somewhere else")
    if clause.says("izin") and clause.has("late"):
        return Said("late", why="asks leave to be late")
    if _leave_to_come(clause) and not clause.has("another_day", *REASONS):
        return Said("yes", False, "asks leave to come")
    # Who wants to be put on the list by others is not there; nothing is granted, so ask.
    return Said("no", not clause.says("malas", "titipabsen"), EXCUSED)
