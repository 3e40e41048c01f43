"""Which words may stand in a cell of the roster, and what do they mean?"""

from __future__ import annotations

from collections.abc import Mapping

from data.intake.cells import text_of
from data.intake.roster.columns import squash

Words = Mapping[str, str]


def _words(meanings: Mapping[str, str]) -> Words:
    return {word: meaning for meaning, words in meanings.items() for word in (squash(meaning), *words.split())}


STATUS = _words(
    {
        "calon": "calonkpm baru",
        "aktif": "active ya kpmaktif",
        "graduasi": "lulus graduasimandiri graduasialamiah graduasisejahtera",
        "nonaktif": "tidakaktif keluar inactive tidak",
    }
)
SAPAAN = _words({"Ibu": "bu", "Bapak": "pak bpk bp", "Nenek": "nini nek", "Kakek": "kai kek"})
LANGUAGE = _words({"id": "indonesia bahasaindonesia", "bjn": "banjar bahasabanjar", "jv": "jawa bahasajawa"})
YES = frozenset({"ya", "y", "1", "x", "v", "true", "ketua", "iya", "benar"})
NO = frozenset({"tidak", "t", "0", "n", "bukan", "false", "anggota"})
OWN = frozenset({"sendiri", "miliksendiri", "ya", "pengurus", "pribadi"})
COMPONENT = _words(
    {
        "ibu_hamil": "hamil bumil",
        "nifas": "ibunifas menyusui",
        "anak_usia_dini": "aud balita bayi usiadini anakbalita anakusia06tahun anakusiadini06tahun",
        "sekolah": "anaksekolah sd smp sma sdsederajat smpsederajat smasederajat anaksd anaksmp anaksma",
        "lansia": "lanjutusia lansia60",
        "disabilitas_berat": "disabilitas penyandangdisabilitas penyandangdisabilitasberat",
        "lain": "lainnya tidakada bukankomponen tanpakomponen",
    }
)
LEVEL = _words(
    {
        "PAUD": "tk ra",
        "SD": "mi sdmi sdsederajat anaksd",
        "SMP": "mts smpmts smpsederajat anaksmp",
        "SMA": "smk ma smasmk smkma smasmkma smasederajat anaksma",
        "SLB": "",
        "Paket A": "",
        "Paket B": "",
        "Paket C": "",
    }
)
RELATION = _words(
    {
        "pengurus": "dirisendiri sendiri",
        "suami": "",
        "istri": "",
        "anak": "anakkandung anaktiri anakangkat",
        "orang tua": "ibu bapak ayah mertua ibumertua bapakmertua nenek kakek",
        "cucu": "",
        "saudara": "adik kakak",
    }
)

_PLACE = ("kabupaten", "kab", "kecamatan", "kec", "desa", "kelurahan", "kel")
_ROMAN = frozenset("IVX")


def fold(name: str | None) -> str:
    """The same for every spelling of one name: case and spaces do not tell people or places apart."""
    return " ".join((name or "").casefold().split())


def place_name(text: str) -> str:
    """'DESA BABAYAU' and 'Ds. Babayau' without what sort of place it is."""
    first, _, rest = text.partition(" ")
    plain = rest if rest and first.lower().rstrip(".") in {*_PLACE, "ds"} else text
    return tidy(plain.strip())


def tidy(text: str) -> str:
    """Names in capitals, as offices write them, would shout in a letter; mixed writing is left as it is."""
    if not (text.isupper() or text.islower()):
        return text
    return " ".join(w if _ROMAN.issuperset(w) else w[:1].upper() + w[1:].lower() for w in text.split(" "))


def without_title(name: str) -> str:
    """'Pak Budi' and 'budi' are one pendamping."""
    first, _, rest = fold(name).partition(" ")
    return rest if rest and first.rstrip(".") in {"pak", "bu", "ibu", "bapak", "bpk", "sdr", "sdri"} else fold(name)


def default_relation(component: str, member: str, family: str) -> str:
    if fold(member) == fold(family):
        return "pengurus"
    return {"lansia": "orang tua", "ibu_hamil": "istri", "nifas": "istri", "lain": "lain"}.get(component, "anak")


def is_name(text: str) -> bool:
    """Has letters, and no number that belongs elsewhere."""
    return any(c.isalpha() for c in text) and sum(c.isdigit() for c in text) < 5


def yes_or_no(cell: object) -> bool | str | None:
    """True, False, None for nothing, or the word that is neither."""
    text = text_of(cell)
    plain = squash(text)
    if not plain:
        return True if text in {"✓", "✔", "√"} else None
    return True if plain in YES else False if plain in NO else text
