"""Does this clause say that she is there, on the way, late, or will come?"""

from itertools import pairwise

from messages.reading.clauses import Clause
from messages.reading.concepts import ME, NEGATIONS, NODS
from messages.reading.details import stranger
from messages.reading.reasons import REASONS
from messages.reading.said import AT_AN_HOUR, CAN, COMES, Said

# What may stand beside a nod without turning it into something else.
BESIDE_NOD = (*NODS, *ME, "thanks", "greeting", "turn", "all", "hello_word")
_AFTERWARDS = frozenset({"setelah", "sesudah", "habis"})
_ALREADY = ("done", "present", "yes", "all", "earlier", *ME)


def on_the_way(clause: Clause, at_door: bool) -> Said | None:
    """As in "otw", "masih di jalan"."""
    if clause.has(*NEGATIONS) and not clause.has("notyet"):
        return None
    if clause.has("way") and not at_door and clause.affirms("future") and not clause.has(*NEGATIONS):
        return Said("yes", False, "will set out then")
    if not at_door and clause.says("saja") and clause.says("sebentar") and clause.affirms("come", "can"):
        return Said("yes", False, "comes, but not for long")
    if at_door and clause.affirms("arrived") and clause.has("midway"):
        return Said("late", False, "has come part of the way")
    if clause.has("way") and not clause.has("negator", "rain"):
        return Said("late", at_door or not clause.affirms("come"), "is on the way")
    if at_door and clause.says("kesana") and not clause.has("done", *NEGATIONS, "hedge", "hope", "kin", "stand_in"):
        return Said("late", why="goes there")  # who is there says "di sini"
    nearly = (clause.says("hampir") and not clause.has("here")) or (clause.says("menit") and clause.has("number"))
    return Said("late", False, "is nearly there") if at_door and nearly and not clause.has("done") else None


def arrival(clause: Clause, at_door: bool) -> Said | None:
    """As in "sudah sampai", "di balai desa"; at the door also a plain "sudah"."""
    # "ya udah saya hadir" gives in; it has not come yet.
    gives_in = not at_door and any(a.lemma == "ya" and b.has("done") for a, b in pairwise(clause.words))
    done = clause.affirms("done") and not gives_in
    if clause.affirms("arrived") and not clause.has("hedge", "later"):
        if done or ((at_door or clause.has("here")) and not clause.has("clock", "future")):
            return Said("here", why="has arrived")
    elif (
        clause.affirms("here")
        and _herself(clause, done)
        and not clause.has("rain", "work", "far", "later", "future", "sick")
    ):
        return Said("here", at_door or clause.has("done", "me", "come"), "is at the place")
    if done and _has_come(clause) and not clause.has("future", "want", "hedge"):
        return Said("here", why="has come")
    if clause.affirms("signing"):
        return Said("here", False, "signs the list") if at_door else Said("no", False, "will be absent")
    return _at_the_door(clause, done) if at_door else None


def _herself(clause: Clause, done: bool) -> bool:
    """Who is there says "di sini"; "di sana" is for those who have arrived, or for others."""
    return done or any(word.has("here") and word.lemma != "disitu" for word in clause.words)


def _has_come(clause: Clause) -> bool:
    """As in "sudah datang", "hadir sudah ulun"; not "motor sudah selesai, saya datang"."""
    came = clause.first("come")
    return clause.affirms("come") and any(word.has("done") for word in clause.words[max(0, came - 2) : came + 2])


def _at_the_door(clause: Clause, done: bool) -> Said | None:
    if (done or clause.affirms("present")) and clause.only(*_ALREADY):
        return Said("here", why="yes, already")
    there = clause.affirms("present") and not clause.has("kin", "thing", "waiting")
    done = done or there or clause.says("balai", "aula", "lokasi")
    somewhere = clause.says("di", "masuk") and not clause.has("home", "work", "town", "future", "want", *REASONS)
    return Said("here", False, "is somewhere near") if done and somewhere else None


def lateness(clause: Clause, at_door: bool) -> Said | None:
    """Comes, but late."""
    # "maaf telat balas" is about the answer.
    if clause.affirms("late") and not clause.has("reply"):
        return Said("late", why="will be late")
    if _first_something_else(clause):
        return Said("late", why="does something else first")
    at_that_hour = clause.has("fresh") and clause.affirms("come", "can", "arrived")
    if at_door and clause.affirms("come") and clause.has("clock") and not clause.has("done", "earlier", "present"):
        return Said("late", False, "names an hour")
    came, after = clause.first("come"), next((i for i, x in enumerate(clause.lemmas) if x in _AFTERWARDS), -1)
    if -1 < came < after and clause.affirms("come") and clause.has("nursing", "chore", "work"):
        return Said("late", False, "comes after something else")
    if clause.kind == "but" and clause.says("setelah", "sesudah", "habis") and not clause.has(*NEGATIONS, *REASONS):
        return Said("late", False, "comes after something else")
    if clause.has("clock") and (at_that_hour or (clause.kind == "but" and clause.has("number"))):
        return Said("late", False, AT_AN_HOUR)
    return None


def _first_something_else(clause: Clause) -> bool:
    """As in "masak dulu baru kesana", "tapi antar anak dulu"."""
    lemmas = clause.lemmas
    if clause.says("selesai", "habis") and -1 < clause.first("fresh") < clause.first("come"):
        return True
    if "dulu" in lemmas and (clause.affirms("chore") or (clause.kind == "but" and clause.affirms("nursing", "work"))):
        return True
    if "dulu" not in lemmas or not clause.affirms("come"):
        return False
    i, j = lemmas.index("dulu"), clause.first("fresh")
    return 0 < i < j < clause.first("come")


def promise(clause: Clause) -> Said | None:
    """She comes, or can, or would like to, or hopes to."""
    if clause.says("taklama") and (clause.kind == "but" or clause.has("come", "can")):
        return Said("yes", False, "comes, but not for long")
    if clause.has("longing") and clause.has("can") and clause.has("busy", *REASONS):
        return Said("excuse", False, "could, but for a reason")
    if clause.has("longing"):
        return Said("longs", False, "would like to")
    if clause.has("another_day"):
        return Said("elsewhen" if clause.has("come") else "other_no", False, "speaks of another day")
    if clause.affirms("hard") and clause.has("come"):
        return Said("excuse", False, "it is hard for her")
    if clause.has("rain", "far", "transport", "cost") and not clause.has("me", "though") and _only_the_way(clause):
        return Said("excuse", False, "the way there is bad")
    if _goes_elsewhere(clause):
        return Said("excuse", False, "goes somewhere else")
    hedged = clause.has("hedge", "hope", "try", "seem")
    if clause.affirms("come", "approach", "leave"):
        kind = "means" if clause.has("want") else "yes"
        # "hadir anak sakit" may be two sentences.
        plain = not clause.has(*REASONS) or clause.has("though")
        return Said("maybe", why="hopes or tries to come") if hedged else Said(kind, plain, COMES)
    if clause.affirms("can", "able", "willing"):
        return _can(clause, hedged)
    return _hope(clause, hedged)


def _can(clause: Clause, hedged: bool) -> Said:
    if clause.says("bisanya"):
        return Said("no", False, "can only at another time")
    return Said("maybe", why="a wish") if hedged or clause.has("wish") else Said("yes", why=CAN)


def _hope(clause: Clause, hedged: bool) -> Said | None:
    if clause.has("wish") and clause.affirms("sure"):
        return Said("yes", why="surely")
    if (hedged or clause.has("wish")) and not (clause.has("seem") and clause.has("negator")):
        return Said("maybe", why="a hope")
    if clause.affirms("want") and clause.only("want", *BESIDE_NOD):
        return Said("wants", why="is willing")
    return None


def _only_the_way(clause: Clause) -> bool:
    """As in "calap jalan ka balai": the place is named, nobody goes there."""
    return clause.says("kesana", "jalan") and not any(
        word.has("come", "leave", "approach", "can") and word.lemma != "kesana" for word in clause.words
    )


def _names_kin(clause: Clause, i: int) -> bool:
    """As in "suami pergi", "bapaknya lagi pergi"."""
    return any(word.has("kin") for word in clause.words[max(0, i - 2) : i]) and not clause.has("company")


def _goes_elsewhere(clause: Clause) -> bool:
    """As in "ulun tulak ka Banjar", "nderek suami teng Jawa"; a verb of coming alone comes to us."""
    if clause.has("leave") and clause.says("keluarkota"):
        return True
    if clause.has("town") and not clause.affirms("arrived") and (clause.has("leave") or not clause.has("come")):
        return True
    for i, word in enumerate(clause.words):
        after = clause.words[i + 1 : i + 3]
        if word.lemma == "ikut" and after and after[0].has("kin"):
            return True
        if word.lemma == "pergi" and i and _names_kin(clause, i):
            return True
        if word.has("leave") and len(after) == 2 and after[0].has("place") and stranger(after[1]):
            return True
        if (word.has("leave") or word.lemma == "pulang") and any(other.has("town", "work") for other in after):
            return True
    return False
