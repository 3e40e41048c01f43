"""What does one row say about a family or a member? Every cell is checked; what is wrong becomes a finding."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from data.intake.cells import Problem, date_of, problem_of, text_of
from data.intake.files import Row
from data.intake.findings import Finding, Where, finding
from data.intake.identity import KK, NIK, Sealed
from data.intake.numbers import phones_of
from data.intake.roster.columns import Columns, squash
from data.intake.roster.records import Family, Member
from data.intake.roster.words import (
    COMPONENT,
    LANGUAGE,
    LEVEL,
    OWN,
    RELATION,
    SAPAAN,
    STATUS,
    Words,
    is_name,
    place_name,
    tidy,
    yes_or_no,
)

EXAMPLE = "CONTOH"
"""The id_kpm of the template's example row begins with this."""

NAME, KELOMPOK, ID, PLACE = 80, 60, 40, 68
DATES = frozenset({"born", "hpl"})
CHILD = frozenset({"anak_usia_dini", "sekolah"})


class Line:
    """One row with the fields that its columns name; bad cells are reported here and read as None."""

    def __init__(
        self, row: Row, where: Where, titles: list[str], fields: Mapping[str, int], findings: list[Finding]
    ) -> None:
        self.row, self.where, self.titles, self.fields, self.findings = row, where, titles, fields, findings

    def raw(self, at: int | None) -> object:
        return self.row[at] if at is not None and at < len(self.row) else None

    def report(self, kind: str, at: int | None = None, **words: object) -> None:
        self.findings.append(finding(kind, self.where, self.titles[at] if at is not None else "", **words))

    def report_problem(self, problem: Problem, at: int, kind: str = "") -> None:
        self.report(kind or problem.kind, at, value=problem.value, length=problem.length)

    def blank(self, *more: int) -> bool:
        return not any(text_of(self.raw(at)) for at in (*self.fields.values(), *more))

    def text(self, name: str, limit: int = NAME) -> str | None:
        """'' for an empty cell, None for one that cannot be used."""
        at = self.fields.get(name)
        text = text_of(self.raw(at))
        if not text or at is None:
            return ""
        problem = problem_of(text)
        if isinstance(self.raw(at), date) and name not in DATES:
            problem = Problem("garbage", text)  # Excel took a name for a date
        if problem:
            self.report_problem(problem, at)
            return None
        if len(text) > limit:
            self.report("too_long", at, length=len(text), limit=limit)
            return None
        return text

    def required(self, name: str, limit: int, missing: str) -> str | None:
        text = self.text(name, limit)
        if text == "":
            self.report(missing, self.fields.get(name))
        return text or None

    def name(self, missing: str) -> str | None:
        text = self.required("name", NAME, missing)
        if text is not None and not is_name(text):
            self.report("not_a_name", self.fields["name"], value=text)
            return None
        return tidy(text) if text else None

    def choice(self, name: str, words: Words, unknown: str) -> str | None:
        text = self.text(name)
        if text and squash(text) not in words:
            self.report(unknown, self.fields[name], value=text)
        return words.get(squash(text)) if text else None

    def date(self, name: str, unreadable: str = "") -> date | None:
        if not self.text(name):
            return None
        found = date_of(self.raw(self.fields[name]))
        if isinstance(found, Problem):
            self.report_problem(found, self.fields[name], unreadable)
            return None
        return found

    def sealed(self, columns: Columns, member: int | None, kind: str) -> Sealed | None:
        """What may be kept of a NIK or KK; nothing unless the office wants it."""
        at = columns.numbers.get((member, kind))
        if columns.seal is None or at is None:
            return None
        found = columns.seal(kind, self.raw(at))
        if isinstance(found, Problem):
            self.report(found.kind, at)
            return None
        return found

    def phones(self, places: list[int]) -> list[str]:
        found: dict[str, None] = {}
        for at in places:
            problem = problem_of(text_of(self.raw(at)))
            good, bad = phones_of(self.raw(at)) if problem is None else ([], [problem])
            found |= dict.fromkeys(good)
            for each in bad:
                self.report_problem(each, at)
        return list(found)


def read_family(row: Row, where: Where, columns: Columns, findings: list[Finding]) -> Family | None:
    """The family of one row, with its members in a wide sheet; None for an empty row and for one without a name."""
    line = Line(row, where, columns.titles, columns.family, findings)
    if line.blank(*columns.phones, *(at for m in columns.members.values() for at in m.values())):
        return None
    id_kpm = line.text("id_kpm", ID)
    if id_kpm and id_kpm.upper().startswith(EXAMPLE):
        line.report("example_row")
        return None
    name = line.name("no_name")
    kelompok = line.required("kelompok", KELOMPOK, "no_kelompok")
    desa = line.required("desa", PLACE, "no_desa")
    family = _family(line, columns, id_kpm, (name or "", kelompok or "", desa or ""))
    return family if name and kelompok and desa else None


def _family(line: Line, columns: Columns, id_kpm: str | None, names: tuple[str, str, str]) -> Family:
    name, kelompok, desa = names
    members = (
        read_member(Line(line.row, line.where, line.titles, fields, line.findings), columns, number)
        for number, fields in sorted(columns.members.items())
    )
    return Family(
        line.where,
        name,
        tidy(kelompok),
        place_name(desa),
        place_name(line.text("kecamatan", PLACE) or ""),
        place_name(line.text("kabupaten", PLACE) or ""),
        id_kpm or None,
        line.choice("sapaan", SAPAAN, "unknown_sapaan"),
        line.choice("status", STATUS, "unknown_status"),
        _ketua(line),
        line.date("born"),
        line.choice("language", LANGUAGE, "unknown_language"),
        line.text("pendamping") or None,
        line.phones(columns.phones),
        squash(own) in OWN if (own := line.text("own")) else None,
        line.sealed(columns, None, NIK),
        line.sealed(columns, None, KK),
        tuple(member for member in members if member),
    )


def _ketua(line: Line) -> bool | None:
    if not line.text("ketua"):
        return None
    found = yes_or_no(line.raw(line.fields["ketua"]))
    if isinstance(found, str):
        line.report("unknown_ketua", line.fields["ketua"], value=found)
        return None
    return found


def read_member(line: Line, columns: Columns, number: int) -> Member | None:
    """One member; None when nothing stands in its cells."""
    if line.blank():
        return None
    name = line.name("member_no_name")
    component = line.choice("component", COMPONENT, "unknown_component")
    level = line.choice("level", LEVEL, "unknown_level")
    if component and not level:
        level = LEVEL.get(squash(line.text("component") or ""))
    relation = RELATION.get(squash(line.text("relation") or ""))
    born, hpl = line.date("born"), line.date("hpl", "hpl_unreadable")
    school = line.text("school") or None
    _question(line, component, born, hpl)
    if component != "ibu_hamil":
        hpl = None
    titles = {field: line.titles[at] for field, at in line.fields.items()}
    nik = line.sealed(columns, number, NIK)
    return Member(line.where, titles, name, component, relation, born, hpl, school, level, nik) if name else None


def _question(line: Line, component: str | None, born: date | None, hpl: date | None) -> None:
    """What is not wrong, but reminders will miss it."""
    if component is None and "component" in line.fields and line.text("component") == "":
        line.report("no_component", line.fields["component"])
    if component in CHILD and born is None:
        line.report("member_no_birth", line.fields.get("born"))
    if component == "ibu_hamil" and hpl is None:
        line.report("hpl_missing", line.fields.get("hpl"))
    if component != "ibu_hamil" and hpl is not None:
        line.report("hpl_not_pregnant", line.fields["hpl"])
