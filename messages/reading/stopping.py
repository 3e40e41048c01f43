"""Does she ask us to write no more?"""

from messages.reading.clauses import Clause
from messages.reading.concepts import LINKS, ME, NODS, POLITE, SMALL, WRITING
from messages.reading.heard import Heard
from messages.reading.records import Expecting, Finding

# What may stand beside "berhenti" in a request to be left alone; anything else ("ASI", "hujan", "sekolah") is another
# matter.
_BESIDE = frozenset(
    {*SMALL, *ME, *POLITE, *WRITING, *LINKS, *NODS, "stop", "want", "done", "negator", "forbid", "refuse"}
    | {"signal", "for", "weary", "today", "all", "again", "place", "need"}
)
# "jangan kirim malam-malam" sets an hour.
_LIMITS = ("hello_word", "clock", "another_time", "if", "aid", "forgot", "stop")
_NEAR = 4


def find(heard: Heard) -> Finding | None:
    """A request, never a question, never under a negation, never about something else that stops."""
    asked_leave = heard.expecting is Expecting.CONSENT
    if any(_stops(clause, asked_leave) for clause in heard.clauses if clause.kind != "if"):
        return Finding("stop", True, "asks us to write no more")
    return None


def _stops(clause: Clause, asked_leave: bool) -> bool:
    if clause.asks and not _polite_request(clause):
        return False
    if clause.affirms("stop"):
        return _about_us(clause)
    if clause.affirms("erase") and clause.says("nomor", "grup", "daftar"):
        return True
    # To "may we write?", "tidak usah dikirim" is simply no.
    if asked_leave and clause.has("need", "want") and not clause.has("again"):
        return False
    return not clause.has(*_LIMITS) and _forbids_writing(clause)


def _polite_request(clause: Clause) -> bool:
    """As in "tolong stop kirim pesan ya?"."""
    return clause.has("please") and clause.has("post", "send") and not clause.has("wh", "asking")


def _about_us(clause: Clause) -> bool:
    strangers = [i for i, word in enumerate(clause.words) if word.tags.isdisjoint(_BESIDE)]
    if not strangers:
        return True
    if clause.has("post", "send", "bother"):
        return len(strangers) <= 3 and not clause.has("aid", "child", "rain")
    # "stop bu rahma": a name after a form of address.
    i = strangers[0]
    return len(strangers) == 1 and i > 0 and clause.words[i - 1].has("vocative") and clause.words[i].how == "unknown"


def _forbids_writing(clause: Clause) -> bool:
    """As in "jangan kirim lagi", "tidak usah wa lagi", "tidak mau terima pesan lagi"."""
    for i, word in enumerate(clause.words):
        following = clause.words[i + 1 : i + 1 + _NEAR]
        if not following:
            return False
        if word.has("forbid") or (word.has("negator") and following[0].has("need")):
            if any(other.has("send", "bother", "post") for other in following):
                return True
        elif word.has("negator") and any(other.has("want") for other in following):
            return any(other.has("post", "send") for other in clause.words[i + 1 :])
    return False
