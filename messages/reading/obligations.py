"""Was it done: the weighing, the check-up, the school month?"""

from dataclasses import replace
from itertools import pairwise
from typing import Any

from messages.reading import changes, details
from messages.reading.clauses import Clause
from messages.reading.heard import Heard
from messages.reading.reasons import REASONS, reason
from messages.reading.records import Finding

MENU = {1: "done", 2: "not_yet", 3: "question"}
_NOD = "a nod"
_PLANS = ("later", "future", "want", "try", "waiting", "way", "leave")
_EXCUSE = "gives a reason"
_REASONS = ("busy", "sorry", "waiting", *(concept for concept in REASONS if concept not in {"death", "birth"}))


def find(heard: Heard) -> Finding | None:
    """An answer to "was it done?"."""
    chosen = details.menu(heard, MENU) or changes.find(heard)
    if chosen:
        return chosen
    verdict = _weigh(heard)
    if verdict is None or (heard.asks and verdict.why == _NOD):
        return None
    beside: dict[str, Any] = {
        "when": details.day(heard) if verdict.meaning == "done" else None,
        "reason": reason(heard) if verdict.meaning == "not_yet" else None,
        "all": details.plural(heard),
        "question": heard.asks,
    }
    return Finding(verdict.meaning, verdict.sure, verdict.why, {key: value for key, value in beside.items() if value})


def _weigh(heard: Heard) -> Finding | None:
    """The last decisive clause counts; a "belum" is taken back only in so many words, a "sudah" by no mere reason."""
    result: Finding | None = None
    examined = False
    for clause in heard.clauses:
        now = _judge(clause)
        if now is None:
            continue
        if result is not None and {result.meaning, now.meaning} == {"done", "not_yet"}:
            if now.meaning == "done" and not clause.has("turn"):
                continue
            if now.why == _EXCUSE and (clause.kind != "but" or examined):
                continue
            now = Finding(now.meaning, False, now.why)
        # "sudah imunisasi tapi anaknya demam" was done; "sudah ke sana tapi anak demam" may not have been.
        examined = now.meaning == "done" and clause.says("periksa")
        if result is not None and result.meaning == now.meaning:
            now = replace(now, sure=now.sure or result.sure)
        result = now
    return result


def _judge(clause: Clause) -> Finding | None:
    if clause.asks or clause.kind == "if" or clause.says("takmengerti"):
        return None
    if clause.has("doubt"):
        return Finding("maybe", False, "does not know")
    if clause.has("notyet"):
        remembers = not (clause.has("forgot") and clause.has("done"))
        return Finding("not_yet", True, "says not yet") if remembers else Finding("maybe", False, "does not remember")
    if clause.has("thanks") and not clause.has("me", "yes"):
        return None  # "terima kasih sudah diingatkan"
    if clause.has("done"):
        return _claims_done(clause)
    if clause.has("refuse"):
        return Finding("not_yet", True, "did not manage")
    if clause.has("negator", "forbid") and not clause.has("fear"):
        about_it = clause.kind != "but" or clause.has("duty", "come", "can", "able", "want")
        return Finding("not_yet", True, "a negation") if about_it else None
    return _unsaid(clause)


def _claims_done(clause: Clause) -> Finding:
    if clause.has("negator"):
        return Finding("not_yet", False, "a negation")
    if clause.has("forgot") and clause.has("seem", "hedge"):
        return Finding("maybe", False, "does not remember")
    if clause.has("want", "forgot") or (clause.has("way") and not clause.says("pulang")):
        return Finding("not_yet", False, "meant to")
    return Finding("done", not clause.has("seem", "hedge"), "says it was done")


def _unsaid(clause: Clause) -> Finding | None:
    """Without "sudah" and "belum", times and doings speak."""
    reasoned = clause.has(*_REASONS)
    planned = clause.has("later", "future", "want", "try", "waiting", "way", "leave") or (
        clause.has("fresh") and clause.says("hari")
    )
    if _just_did(clause):
        return Finding("done", False, "comes from it")
    if clause.has("closed", "gone", "missed"):
        return Finding("not_yet", False, _EXCUSE)
    if clause.has("past", "earlier") and not clause.has("want") and (not reasoned or clause.says("mengantar")):
        return Finding("done", True, "names the day it was done")
    if clause.has("often") and not reasoned:
        return Finding("done", clause.has("duty", "come", "yes"), "does it regularly")
    if planned:
        return Finding("not_yet", not clause.has("wish", "hedge"), "plans to")
    if clause.has("hedge", "wish", "hope"):
        return Finding("maybe", False, "a hope")
    if clause.has("forgot") and clause.says("bawa", "lapor", "melapor", "bilang"):
        return None  # a book was forgotten, not the visit
    if reasoned and (not clause.has("duty", "here") or clause.has("far", "rain", "transport", "cost")):
        return Finding("not_yet", False, _EXCUSE)
    if clause.has("here") or (clause.has("duty") and clause.says("di")):
        return Finding("done", False, "is there now")
    if clause.has("yes", "ok"):
        return Finding("done", clause.has("yes"), _NOD)
    if clause.has("duty") and clause.has("me", "child", "kin", "come", "today"):
        return Finding("done", False, "tells what was done")
    return None


def _just_did(clause: Clause) -> bool:
    """As in "barusan bu", "baru pulang dari bidan", "habis imunisasi"; but "vitamin habis" has run out."""
    if clause.has("fresh") and (clause.only("fresh", "me") or clause.says("pulang")):
        return True
    return any(a.lemma == "habis" and b.has("duty", "place") for a, b in pairwise(clause.words))
