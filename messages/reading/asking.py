"""Is this something for a human: a question, a complaint, a call for help, a wrong number?"""

from messages.reading.clauses import Clause
from messages.reading.concepts import SMALL
from messages.reading.details import stranger
from messages.reading.heard import Heard
from messages.reading.records import Expecting

# "bukan, ini tukang ojek": who is not meant says what she is.
_TRADES = frozenset(
    {"tukang", "toko", "warung", "kantor", "bengkel", "supir", "sopir", "konter", "counter", "apotek", "agen"}
)
_BEFORE_DENIED_NAME = frozenset({"saya", "ini", "itu", "nomor", "lah", "kami"})


def wrong_number(heard: Heard) -> bool:
    """The message reached somebody who does not belong to the programme."""
    # "rusmini hadir, bukan aminah": somebody of this phone comes.
    comes = any(clause.affirms("come") for clause in heard.clauses)
    named = heard.expecting not in {Expecting.WHO, Expecting.QUIZ} and not comes
    return any(
        not clause.asks and (clause.has("wrong") or (named and _denies_name(clause))) for clause in heard.clauses
    )


def _denies_name(clause: Clause) -> bool:
    """As in "saya bukan wati", "ini bukan bu siti", "bukan saya"."""
    words = [word for word in clause.words if not word.has("vocative")]
    lemmas = [word.lemma for word in words]
    if lemmas == ["bukan", "saya"]:
        return True
    said = lemmas[lemmas[:1] == ["bukan"] :]
    if said[:1] == ["ini"] and len(said) > 1 and said[1] in _TRADES:
        return True
    return any(
        words[i].lemma == "bukan" and (not i or words[i - 1].lemma in _BEFORE_DENIED_NAME) and stranger(words[i + 1])
        for i in range(len(words) - 1)
    )


def complaint(heard: Heard) -> bool:
    """The money has not come, the card is gone, the vitamins have run out."""
    return any(_complains(clause) for clause in heard.clauses)


def _complains(clause: Clause) -> bool:
    if clause.has("complain") or clause.denies("receive"):
        return True
    if clause.has("aid"):
        return clause.has("negator", "notyet", "gone", "forbid", "stop") and not clause.has("come")
    if clause.says("data", "kk", "alamat", "nik", "ktp", "nama") and clause.has("gone"):
        return True
    return clause.has("service") and clause.has("gone", "notyet", "negator", "closed")


def help_wanted(heard: Heard) -> bool:
    """Asks how this works, or just for help."""
    return any(_wants_help(clause) for clause in heard.clauses)


def _wants_help(clause: Clause) -> bool:
    if clause.has("assist", "lost") or clause.denies("understand"):
        return True
    how = {"cara", "caranya"}
    if clause.has("please") and all(
        word.has(*SMALL, "please", "me", "us") or word.lemma in how for word in clause.words
    ):
        return True
    return clause.says("bantuan") and not clause.has("notyet", "gone")
