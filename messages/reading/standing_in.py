"""Does somebody else come for her, or is it somebody else who does not come?"""

from itertools import pairwise

from messages.reading.clauses import Clause
from messages.reading.concepts import ME, NEGATIONS
from messages.reading.reasons import REASONS

# "kata suami …": he speaks, he does not come.
_QUOTING = frozenset({"kata", "jar", "ujar", "jarnya", "ujarnya", "jare"})


def stands_in(clause: Clause) -> bool:
    """As in "diwakili anak saya", "saya suruh anak", "suami yang datang", "suami saja"."""
    if clause.affirms("stand_in") or _parent_comes(clause):
        return True
    if not clause.has("kin") or clause.denies("come", "send_someone"):
        return False
    sent = any(a.has("send") and b.has("kin") for a, b in pairwise(clause.words))
    return sent or clause.has("send_someone") or _kin_comes(clause)


def _parent_comes(clause: Clause) -> bool:
    """As in "ibu saya yang datang": with "yang" the form of address is a mother."""
    owned = any(a.has("vocative") and b.has("me") for a, b in pairwise(clause.words))
    return owned and _singles_out(clause) and clause.affirms("come", "here", "arrived")


def _singles_out(clause: Clause) -> bool:
    # In Banjar "nang" is "yang".
    return any(word.lemma == "yang" or word.text == "nang" for word in clause.words)


def singles_out_kin(clause: Clause) -> bool:
    """As in "suami yang datang", whatever else is denied before it."""
    return clause.has("kin") and clause.has("come") and _singles_out(clause)


def _kin_comes(clause: Clause) -> bool:
    words = clause.words
    kin = clause.first("kin")
    if kin and (words[kin - 1].has("company", "for") or words[kin - 1].text in _QUOTING):
        return False
    if clause.says("juga"):
        return False  # "anak saya juga ikut" comes along
    if clause.only("kin", "me", "yes"):
        return not clause.says("ini")  # "ini anaknya bu" introduces herself
    comes = clause.first("come", "swap", "leave", "here", "arrived")
    if comes < 0 and _singles_out(clause) and clause.says("masuk") and not clause.says("sekolah"):
        return True
    if comes < 0:
        return False
    if _singles_out(clause):
        return True
    if words[comes].lemma == "pergi":
        return False  # "suami pergi" is away
    owned = kin + 1 < len(words) and words[kin + 1].has("me")
    alone = owned or (kin == 0 and clause.first("me") < 0)
    return kin < comes and alone and not clause.has("company", "sick", "because")


def is_about_another(clause: Clause) -> bool:
    """As in "ading ulun kada kawa", "suami ga bisa ikut"."""
    before = clause.words[: clause.first(*NEGATIONS)]
    kin = next((i for i, word in enumerate(before) if word.has("kin")), -1)
    if kin < 0 or any(word.has("me", "us") for word in before[:kin]):
        return False
    return not any(word.has("come", "can", *REASONS) for word in before)


def another_comes(clause: Clause) -> bool:
    """As in "Wati hadir", "suami bisa"."""
    before = clause.words[: max(0, clause.first("come", "can", "arrived", "here"))]
    return any(word.how == "unknown" or word.has("kin", "outsider") for word in before)


def others_come(clause: Clause) -> bool:
    """As in "tetangga saya hadir", "yang lain hadir semua", "salam buat yang hadir": nothing about her."""
    comes = clause.first("come", "arrived", "here")
    before = clause.words[: max(0, comes)]
    subject = next((i for i, word in enumerate(before) if word.has("outsider", "people") and not word.has("kin")), -1)
    if subject >= 0:
        return not any(word.has(*ME) or word.how == "number" for word in before[:subject])
    refused = any(a.has(*NEGATIONS) and b.has("can") for a, b in pairwise(before))
    if refused or any(word.has("refuse") for word in before):
        return False  # "tidak bisa nanti yang hadir yang lain saja"
    those = (bool(before) and before[-1].lemma == "yang") or any(
        a.lemma == "yang" and b.lemma == "lain" for a, b in pairwise(before)
    )
    return those and not clause.has("kin", *ME)
