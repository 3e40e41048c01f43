"""Has something changed at home that the register should know: a move, a new number, a pregnancy, a birth?"""

from messages.reading.clauses import Clause
from messages.reading.heard import Heard
from messages.reading.records import Finding

KINDS = {
    "gantinomor": "nomor",
    "hamillagi": "hamil",
    "sudahlahir": "lahir",
    "berhentisekolah": "sekolah",
    "lulus": "sekolah",
    "kkbaru": "data",
    "cerai": "keluarga",
    "pindahtempat": "pindah",
    "pindah": "pindah",
}


def find(heard: Heard) -> Finding | None:
    """A change that is told as a fact; a question about one, or a moved meeting, is none."""
    for clause in heard.clauses:
        kind = None if clause.asks or clause.kind == "if" or clause.has("not_moved") else _kind(clause)
        if kind:
            return Finding("data_change", True, "something changed at home", {"change": kind})
    return None


def _kind(clause: Clause) -> str | None:
    for word, denied in zip(clause.words, clause.denials, strict=True):
        if word.lemma in KINDS and not denied:
            return KINDS[word.lemma]
    if (clause.says("nomor") and clause.says("baru", "gantian")) or (clause.says("pesan") and clause.says("gantian")):
        return "nomor"
    if clause.says("alamat", "data", "kk") and clause.says("berubah", "baru", "gantian"):
        return "data"
    if clause.affirms("pregnant") and clause.only("pregnant", "me", "kin", "yes", "number", "unit"):
        return "hamil"
    if (
        clause.affirms("birth", "new_child")
        and clause.has("done", "fresh", "past", "earlier")
        and not clause.has("sick")
    ):
        return "lahir"
    return None
