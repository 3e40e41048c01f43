"""Does this clause ask something?"""

from collections.abc import Sequence
from itertools import pairwise

from messages.reading.concepts import DAYS, DOUBT, LINKS, ME, NEGATIONS
from messages.reading.tokens import Token

# "kapan saja bisa" offers; "apa saja" and "siapa saja" ask.
_OFFERING = frozenset({"kapan", "mana", "berapa"})
# "saya tidak", "besok enggak", "kayaknya enggak" answer; after any other word a last "tidak" asks.
_BEFORE_PLAIN_NO = frozenset({*ME, *DAYS, *LINKS, *DOUBT, "yes", "ok", "sorry", "filler", "kin", "number", "done"})


def asks(words: Sequence[Token]) -> bool:
    """A question word, a word of asking, or one of the forms in which people ask without either."""
    undecided = any(word.has("doubt") for word in words)
    # "tanya suami dulu" will ask somebody else.
    asked = next((i for i, word in enumerate(words) if word.lemma == "tanya"), len(words))
    after = [word for word in words[asked + 1 :] if not word.has("vocative", "company", "place")]
    elsewhere = any(word.has("kin") for word in words) and any(word.lemma == "dulu" for word in words)
    if (elsewhere and not asked) or (after and after[0].has("kin") and not any(word.has("wh") for word in words)):
        return False
    if not elsewhere and any(word.has("asking") for word in words):
        return True
    if not undecided and any(_asking_word(words, i) for i in range(len(words))):
        return True
    if _doubts(words) or _wants_to_know(words) or _suspects(words) or _which_hour(words):
        return True
    if _ends_in_kan(words) or _opens_with_choice(words) or _wonders(words):
        return True
    return not undecided and (_tag_question(words) or _already_or_not_yet(words))


def _asking_word(words: Sequence[Token], i: int) -> bool:
    if not words[i].has("wh"):
        return False
    following = words[i + 1] if i + 1 < len(words) else None
    if following is None:
        return True
    # "lupa sudah apa belum" does not know; it does not ask.
    unknown = following.has("negator", "notyet") and any(word.has("forgot") for word in words)
    return not unknown and not (words[i].lemma in _OFFERING and following.lemma == "saja")


def _wonders(words: Sequence[Token]) -> bool:
    """As in "kok saya ga dapat", "nama saya kok ga ada"; at the end "kok" only stresses."""
    said = [word for word in words if not word.has("vocative")]
    if said and said[0].text == "kok":
        return True
    return any(a.text == "kok" and b.has(*NEGATIONS) and b.lemma != "bukan" for a, b in pairwise(said))


def _already_or_not_yet(words: Sequence[Token]) -> bool:
    """As in "sudah dicatat belum bu saya"; not "sudah ke posyandu belum ditimbang"."""
    done = next((i for i, word in enumerate(words) if word.has("done")), -1)
    not_yet = next((i for i, word in enumerate(words) if word.has("notyet")), -1)
    forgot = any(word.has("forgot") for word in words)
    if forgot or done < 0 or not_yet <= done + 1 or sum(word.lemma == "yang" for word in words) > 1:
        return False
    after = ("duty", "come", "can", "arrived", "number", "today", "again")
    return not any(word.has(*after) for word in words[not_yet + 1 :])


def _doubts(words: Sequence[Token]) -> bool:
    """As in "emang masih ada pkh ya bu"."""
    said = [word for word in words if not word.has("vocative")]
    first, last = (said[0].text, said[-1].lemma) if len(said) > 2 else ("", "")
    if any(a.has("either") and b.has("refuse", "closed") for a, b in pairwise(said)):
        return True  # "jadi atau batal"
    return first in {"emang", "memang", "emangnya", "memangnya"} and last == "ya" and not any(w.has(*ME) for w in said)


def _wants_to_know(words: Sequence[Token]) -> bool:
    """As in "tolong jadwalnya", "minta nomor pendamping"."""
    wants = any(word.has("please") for word in words) and any(word.has("topic") for word in words)
    return wants and not any(word.has("stop", "erase", "send", "bother", "post", *NEGATIONS) for word in words)


def _which_hour(words: Sequence[Token]) -> bool:
    """As in "kumpulnya jam 9 atau jam 10"."""
    hours = [i for i, word in enumerate(words) if word.has("clock")]
    return len(hours) == 2 and any(word.has("either") for word in words[hours[0] : hours[1]])


def _suspects(words: Sequence[Token]) -> bool:
    """As in "penipuan ya bu"."""
    said = [word for word in words if not word.has("vocative")]
    return len(said) > 1 and said[-1].lemma == "ya" and said[-2].lemma == "penipuan"


def _ends_in_kan(words: Sequence[Token]) -> bool:
    """As in "besok jadi kan bu"."""
    last = [word.text for word in words if not word.has("vocative")][-1:]
    return last == ["kan"]


def _opens_with_choice(words: Sequence[Token]) -> bool:
    """As in "bisa gak saya telat", "lama ga acaranya", "bidannya ada ga hari ini"."""
    if len(words) > 2 and words[1].has("negator"):
        if words[0].has("can", "allow"):
            return True
        if words[0].has("quality") and words[2].lemma not in {"ada", "bisa"} and not words[2].has("come"):
            return True
    return any(a.lemma == "ada" and b.lemma == "tidak" for a, b in pairwise(words))


def _tag_question(words: Sequence[Token]) -> bool:
    """As in "bisa gak ya", "sudah cair belum", "hadir atau tidak"; but "bisa sih enggak" answers."""
    said = [word for word in words if not word.has("vocative") and word.lemma not in {"lah", "ya"}]
    if len(said) < 2 or not said[-1].has("negator", "notyet") or said[-1].text.endswith("nya"):
        return False
    if said[-2].has("either"):
        return True
    if said[-1].lemma == "bukan" or said[-2].has("hedge") or any(word.text in {"sih", "si"} for word in words):
        return False
    before = said[:-1]
    if said[-1].has("notyet") and not any(word.has("done", "aid") for word in before):
        return False
    if before[-1].how == "unknown" and (len(before) == 1 or before[-2].has("come", "can")):
        return False  # "aminah hadir rusmini tidak"
    # "yang tidak hadir kena sanksi ga": the first negation belongs to those she asks about.
    subject = 3 if before[0].lemma == "yang" else 0
    denied = any(word.has("negator", "longing", "forgot") for word in before[subject:])
    return not denied and any(word.tags.isdisjoint(_BEFORE_PLAIN_NO) for word in before)
