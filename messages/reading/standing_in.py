"""Does somebody else come for her, or is it somebody else who does not come?"""

from itertools import pairwise

from messages.reading.clauses import Clause
from messages.reading.concepts import NEGATIONS
from messages.reading.reasons import REASONS


def stands_in(clause: Clause) -> bool:
    """As in "diwakili anak saya", "saya suruh anak", "suami yang datang", "suami saja"."""
    if clause.affirms("stand_in") or _parent_comes(clause):
        return True
    if not clause.has("kin") or clause.denies("come", "send_someone"):
        return False
    return clause.has("send_someone") or _kin_comes(clause)


def _parent_comes(clause: Clause) -> bool:
    """As in "ibu saya yang datang": with "yang" the form of address is a mother."""
    owned = any(a.has("vocative") and b.has("me") for a, b in pairwise(clause.words))
    return owned and _singles_out(clause) and clause.affirms("come")


def _singles_out(clause: Clause) -> bool:
    # In Banjar "nang" is "yang".
    return any(word.lemma == "yang" or word.text == "nang" for word in clause.words)


def _kin_comes(clause: Clause) -> bool:
    words = clause.words
    kin = clause.first("kin")
    if kin and words[kin - 1].has("company", "for"):
        return False
    if clause.only("kin", "me", "yes"):
        return True
    comes = clause.first("come", "swap", "leave", "here")
    if comes < 0:
        return False
    if _singles_out(clause):
        return True
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
    comes = clause.first("come")
    return comes > 0 and any(word.how == "unknown" or word.has("kin") for word in clause.words[:comes])
