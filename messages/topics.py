"""What is a question about, and do two questions ask the same?"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from messages.reading import asking
from messages.reading.heard import Heard, hear
from messages.reading.records import Expecting

OTHER = "lain"
SHORTEST = 2
"""'Kapan?' may ask anything."""

_PERSONAL, _SCHEDULE = "personal", "schedule"
_LUMPED = {"kartu"}
"""KIP and KIS are one word to the reader, and two cards to a family."""

_SILENT = ("filler", "vocative", "greeting", "hello_word", "thanks", "sorry", "please", "yes", "ok")


@dataclass(frozen=True, slots=True)
class Subject:
    """`general` ones are the same for everybody: when the money comes. A `case` takes steps until it has a result: a
    card, a referral. `gist` is what is left without politeness; it is empty where the answer is hers alone."""

    topic: str
    general: bool
    case: bool
    gist: str


def subject(text: str) -> Subject:
    heard = hear(text, Expecting.NONE, ())
    found = next((topic for topic in _words() if topic not in {_PERSONAL, _SCHEDULE} and _says(heard, topic)), OTHER)
    if found == "pencairan" and asking.complaint(heard) and not heard.asks:
        found = "pengaduan"
    # Whether the money stops is another question than when it comes.
    general = found == "pencairan" and not _says(heard, _PERSONAL) and not heard.has("stop")
    case = found == "layanan" and not _says(heard, _SCHEDULE)
    return Subject(found, general, case, "" if case else gist(heard))


def gist(heard: Heard) -> str:
    """'Assalamualaikum bu, kpn posyandu ya?' and 'kapan posyandu' are one question."""
    said = [word for word in heard.words if word.how != "mark" and not word.has(*_SILENT)]
    if len(said) < SHORTEST or heard.has("me"):
        return ""
    return " ".join(word.text if word.lemma in _LUMPED else word.lemma for word in said)


def _says(heard: Heard, topic: str) -> bool:
    written = [word.text for word in heard.words if word.how != "mark"]
    meant = [word.lemma for word in heard.words if word.how != "mark"]
    known = {*" ".join(written).split(), *meant}
    around = f" {' '.join(written)} ", f" {' '.join(meant)} "
    for words in _words()[topic]:
        if words in known or (" " in words and any(f" {words} " in line for line in around)):
            return True
    return False


@cache
def _words() -> Mapping[str, Sequence[str]]:
    """In the order of the file."""
    text = files("messages").joinpath("topics.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
