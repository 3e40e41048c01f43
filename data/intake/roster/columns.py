"""Which column is meant, however its title is spelled? And which columns must not even be looked at?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from data.intake.cells import text_of
from data.intake.files import Row
from data.intake.findings import Finding, Where, finding
from data.intake.identity import KK, NIK, Seal

FAMILY = {
    "id_kpm": "idkpm idpkh idkeluarga kodekpm kodekeluarga idpeserta nopeserta nopes nomorpeserta",
    "name": (
        "nama namapengurus namakpm namapenguruskpm namaibu namalengkap namalengkappengurus namapenerima pengurus kpm"
    ),
    "sapaan": "sapaan panggilan",
    "status": "status statuskpm statuskeluarga statuspengurus statuskepesertaan",
    "ketua": "ketua ketuakelompok",
    "born": "tanggallahir tgllahir tanggallahirpengurus tgllahirpengurus tempattanggallahir tempattgllahir ttl lahir",
    "language": "bahasa",
    "kabupaten": "kabupaten kab namakabupaten kabupatenkota kabkota kota",
    "kecamatan": "kecamatan kec namakecamatan",
    "desa": "desa namadesa kelurahan kel desakelurahan desakel",
    "kelompok": "kelompok namakelompok kelompokp2k2 kelompokfds kelompokkpm kelompokdampingan klp",
    "pendamping": "pendamping namapendamping pendampingpkh pendampingsosial hppendamping nohppendamping",
    "phone": (
        "hp nohp nomorhp nomerhp handphone nohandphone telp notelp notlp telepon notelepon nomortelepon wa nowa nomorwa"
        " whatsapp nowhatsapp nomorwhatsapp hpwa nohpwa ponsel noponsel kontak nokontak phone nohpkeluarga nohppengurus"
        " nohpkpm hpkpm hppengurus"
    ),
    "own": "hpmilik milikhp pemilikhp kepemilikanhp",
    "consent": "persetujuan persetujuantatapmuka izinpesan consent",
}
MEMBER = {
    "name": "nama namaanggota namakomponen namaart namalengkap anggota",
    "born": "lahir tanggallahir tgllahir tanggallahiranggota ttl",
    "relation": "hubungan hubungankeluarga hubkeluarga",
    "component": "komponen jeniskomponen kategori",
    "hpl": "hpl harikiraanlahir hariperkiraanlahir perkiraanlahir",
    "school": "sekolah namasekolah",
    "level": "jenjang jenjangsekolah tingkat bentukpendidikan",
}
OF_FAMILY = {
    "id_kpm": FAMILY["id_kpm"],
    "family": "namapengurus namakpm pengurus namaibu namapenguruskpm kpm",
    "kelompok": FAMILY["kelompok"],
}
"""How a row of the sheet 'anggota' says whose member it is."""

TITLES = {"name": "nama pengurus", "kelompok": "kelompok", "desa": "desa"}
REQUIRED = tuple(TITLES)
_SILENT = frozenset({"no", "nomor", "nourut", ""})
_IDENTITY_WORDS = frozenset({"nik", "kk", "nokk", "nonik", "ktp", "noktp"})
_IDENTITY = re.compile(r"^(no|nomor|nomer)?(nik|kk|ktp)|kartukeluarga|indukkependudukan")
_BESIDE = re.compile("alamat|nama|status|hub")
"""'Alamat KTP', 'Nama KK': beside a number, not one."""

_KK = re.compile(r"kk|kartukeluarga")
_NUMBER = re.compile(r"\d+")


def _index(fields: dict[str, str]) -> dict[str, str]:
    return {alias: name for name, aliases in reversed(fields.items()) for alias in aliases.split()}


_FAMILY, _MEMBER_OF = _index(FAMILY), _index(MEMBER)
_MEMBER_SHEET = _index(MEMBER) | _index(OF_FAMILY)


@dataclass(slots=True)
class Columns:
    """Where each field stands in a row. Members of a wide sheet are numbered; the sheet 'anggota' has number 0 only."""

    row: int = -1
    titles: list[str] = field(default_factory=list)
    family: dict[str, int] = field(default_factory=dict)
    phones: list[int] = field(default_factory=list)
    members: dict[int, dict[str, int]] = field(default_factory=dict)
    identity: list[int] = field(default_factory=list)
    numbers: dict[tuple[int | None, str], int] = field(default_factory=dict)
    """Which member's NIK, or with None whose family's NIK and KK, stands in a column of `identity`."""
    seal: Seal | None = None
    """How they are read; None: not at all."""
    unknown: list[int] = field(default_factory=list)
    double: list[tuple[int, int]] = field(default_factory=list)

    @property
    def known(self) -> int:
        return len(self.family) + bool(self.phones) + sum(len(m) for m in self.members.values()) + len(self.identity)


def squash(text: str) -> str:
    """'Nama_Pengurus (wajib)' and 'NAMA PENGURUS' are the same: letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\([^)]*\)", "", text.lower()))


def is_identity(title: str) -> bool:
    words = re.split(r"[^a-z]+", title.lower())
    return not _IDENTITY_WORDS.isdisjoint(words) or _IDENTITY.search(squash(title)) is not None


def find_columns(rows: Sequence[Row], *, members_only: bool = False, seal: Seal | None = None) -> Columns:
    """The columns of the row that looks most like titles; rows above it are a heading of the page."""
    found = [read_columns(row, members_only=members_only) for row in rows[:20]]
    best = max(found, key=lambda c: c.known, default=Columns())
    if best.known < 2:
        return Columns()
    best.row, best.seal = found.index(best), seal
    return best


def read_columns(row: Row, *, members_only: bool = False) -> Columns:
    columns = Columns(titles=[text_of(cell) for cell in row])
    for at, title in enumerate(columns.titles):
        if is_identity(title):
            columns.identity.append(at)
            if not _BESIDE.search(squash(title)):
                columns.numbers.setdefault(_whose(title, members_only=members_only), at)
        elif members_only:
            _take(columns, columns.members.setdefault(0, {}), _MEMBER_SHEET.get(squash(title)), at)
        else:
            _family_column(columns, squash(title), at)
    return columns


def _whose(title: str, *, members_only: bool) -> tuple[int | None, str]:
    """'NIK', 'No. KK', 'anggota1_nik', 'NIK anggota 2'; on the sheet of the members a NIK is that of the member."""
    squashed = squash(title)
    kind = KK if _KK.search(squashed) else NIK
    if members_only:
        return (0, kind)
    number = _NUMBER.search(squashed)
    return (int(number[0]) if number else 1, kind) if re.search("anggota|art", squashed) else (None, kind)


def _family_column(columns: Columns, squashed: str, at: int) -> None:
    name = _FAMILY.get(squashed)
    if name == "phone" or _FAMILY.get(squashed.rstrip("0123456789")) == "phone":
        columns.phones.append(at)
    elif name is None and (member := _member_column(squashed)):
        number, name = member
        _take(columns, columns.members.setdefault(number, {}), name, at)
    else:
        _take(columns, columns.family, name, at)


def _member_column(squashed: str) -> tuple[int, str] | None:
    """'anggota1_nama', 'nama anggota 1', 'anggota 1', 'komponen 1': which member, and which field."""
    number = _NUMBER.search(squashed)
    rest = _NUMBER.sub("", squashed)
    bare = rest.removeprefix("anggota").removeprefix("art").removesuffix("anggota")
    name = _MEMBER_OF.get(bare) if bare else "name" if rest else None
    return (int(number[0]) if number else 1, name) if name and (number or bare != rest) else None


def _take(columns: Columns, fields: dict[str, int], name: str | None, at: int) -> None:
    if name is None:
        if squash(columns.titles[at]) not in _SILENT:
            columns.unknown.append(at)
    elif name in fields:
        columns.double.append((at, fields[name]))
    else:
        fields[name] = at


def report_columns(where: Where, columns: Columns, findings: list[Finding]) -> None:
    identity = "identity_column" if columns.seal is None else "identity_sealed"
    for kind, places in (("unknown_column", columns.unknown), (identity, columns.identity)):
        findings.extend(finding(kind, where, columns.titles[at]) for at in places)
    for at, first in columns.double:
        findings.append(finding("double_column", where, columns.titles[at], name=columns.titles[first]))
    if (at := columns.family.get("consent", -1)) >= 0:
        findings.append(finding("consent_column", where, columns.titles[at]))
