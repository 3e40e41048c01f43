"""May we write to her?"""

from dataclasses import replace

from messages.reading import details
from messages.reading.clauses import Clause
from messages.reading.concepts import ME, NEGATIONS, NODS
from messages.reading.heard import Heard
from messages.reading.records import Finding

MENU = {1: "yes", 2: "no"}
_YES = (*NODS, "can", "want", "willing", "approach")


def find(heard: Heard) -> Finding | None:
    """An answer to "may we write?"."""
    chosen = details.menu(heard, MENU)
    if chosen:
        return chosen
    found = yes_or_no(heard)
    return found if found and (not heard.asks or found.meaning == "no") else None


def yes_or_no(heard: Heard) -> Finding | None:
    """The last decisive clause counts; a no is taken back only in so many words."""
    result: Finding | None = None
    for clause in heard.clauses:
        now = _judge(clause)
        takes_back = result is not None and now is not None and (result.meaning, now.meaning) == ("no", "yes")
        if now is not None and (not takes_back or clause.has("turn")):
            same = result is not None and result.meaning == now.meaning
            result = replace(now, sure=True) if same and result is not None and result.sure else now
    return result


def _judge(clause: Clause) -> Finding | None:
    if clause.asks or clause.kind == "if" or clause.has("lost") or _sets_an_hour(clause):
        return None
    declines = clause.words[0].has("negator") or clause.denies("want", "allow")
    if clause.has("complain") and not declines:
        return None
    if clause.has("doubt", "hedge", "later", "try", "waiting") or (clause.says("tanya") and clause.has("kin")):
        return Finding("maybe", True, "later, or not decided")
    if clause.denies("send", "receive", "post", "need", *_YES) or clause.has("refuse"):
        return Finding("no", True, "does not want it")
    if clause.affirms(*_YES) or (clause.says("ikut") and clause.affirms("come")):
        wishes = clause.has("wish", "hope") and not clause.has("allow", "yes")
        return Finding("maybe", False, "a wish") if wishes else Finding("yes", True, "says yes")
    if clause.has(*NEGATIONS):
        return Finding("no", clause.only("need", *ME, *NEGATIONS), "a bare no")
    if clause.has("wish", "hope"):
        return Finding("maybe", False, "a wish")
    return Finding("yes", False, "asks us to write") if clause.affirms("send") else None


def _sets_an_hour(clause: Clause) -> bool:
    """As in "boleh tapi jangan malam", which is no refusal."""
    return clause.has("negator", "forbid") and clause.has("hello_word", "clock", "often")
