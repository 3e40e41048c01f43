"""Which lines does a verkom list have? One per member and form, and one per family for the meetings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.obligations import Attended, Kept, Member, SchoolMonth
from data.obligations.verkom import attended, school_months
from data.records import Kelompok, Kpm
from data.store import Tx
from handlers.rules.obligations import months_old
from handlers.rules.verkom import FORMS, Counts, Entry, Quarter, count, entries, is_low, percent, visits_judged
from handlers.speech import REASONS
from messages import spoken


@dataclass(frozen=True, slots=True)
class Row:
    """One member on one form."""

    kelompok: Kelompok
    kpm: Kpm
    member: Member
    form: str
    found: Sequence[Entry]
    note: str = ""
    months: Sequence[SchoolMonth] = ()
    """As the school wrote them; on the list of schools only."""

    @property
    def counts(self) -> Counts:
        return count(self.found)

    @property
    def reasons(self) -> str:
        """Why it was not done, in words."""
        codes = [entry.kept.reason for entry in self.found if entry.kept and entry.kept.reason]
        return ", ".join(dict.fromkeys(REASONS.get(code, code) for code in codes))


@dataclass(frozen=True, slots=True)
class Verkom:
    """The list of some groups for one quarter."""

    quarter: Quarter
    as_of: date
    rows: Sequence[Row]
    p2k2: Sequence[tuple[Kelompok, Kpm, Attended]]

    def of_form(self, form: str) -> list[Row]:
        return [row for row in self.rows if row.form == form]

    @property
    def attended(self) -> Attended:
        """All meetings of all families together."""
        return sum((one for _, _, one in self.p2k2), Attended())

    def total(self, form: str) -> Counts:
        return sum((row.counts for row in self.of_form(form)), Counts())


def collect(tx: Tx, kelompoks: Sequence[Kelompok], quarter: Quarter, today: date) -> Verkom:
    rows: list[Row] = []
    meetings: list[tuple[Kelompok, Kpm, Attended]] = []
    for kelompok in kelompoks:
        families = tx.people.families(kelompok.id)
        ids = [kpm.id for kpm in families]
        members, kept = tx.obligations.members(ids), tx.obligations.kept(ids)
        every = [m.id for kpm in families for m in members[kpm.id]]
        months = _by_member(school_months(tx.conn, every, quarter.months))
        for kpm in families:
            for member in members[kpm.id]:
                rows += _of_member(kelompok, kpm, member, kept, quarter, today, months.get(member.id, ()))
        since = datetime.combine(quarter.since, datetime.min.time(), kelompok.zone)
        until = datetime.combine(quarter.until + timedelta(days=1), datetime.min.time(), kelompok.zone)
        held = attended(tx.conn, [kelompok.id], since, until)
        meetings += [(kelompok, kpm, held.get(kpm.id, Attended())) for kpm in families]
    return Verkom(quarter, today, rows, meetings)


def _by_member(months: Collection[SchoolMonth]) -> Mapping[int, list[SchoolMonth]]:
    found: dict[int, list[SchoolMonth]] = defaultdict(list)
    for month in months:
        found[month.member_id].append(month)
    return found


def _of_member(
    kelompok: Kelompok,
    kpm: Kpm,
    member: Member,
    kept: Mapping[tuple[int, str, str], Kept],
    quarter: Quarter,
    today: date,
    months: Sequence[SchoolMonth],
) -> list[Row]:
    found = []
    for form in FORMS:
        if mine := entries(member, kept, form, quarter, today):
            if form == "pendidikan":
                found.append(Row(kelompok, kpm, member, form, mine, _school_note(months), months))
            else:
                note = _visits_note(member, kept) if form == "kesehatan" else ""
                found.append(Row(kelompok, kpm, member, form, mine, note))
    return found


def _visits_note(member: Member, kept: Mapping[tuple[int, str, str], Kept]) -> str:
    """'periksa kehamilan 3 dari 4 yang dinilai'."""
    judged = visits_judged(member, kept)
    return f"periksa kehamilan {min(judged)} dari {judged[1]} yang dinilai" if judged else ""


def _school_note(months: Sequence[SchoolMonth]) -> str:
    """'Okt 95 %, Nov 81 % rendah'."""
    words = []
    for one in months:
        share = percent(one.effective, one.alpa, one.izin, one.sakit)
        low = " rendah" if is_low(share) else ""
        words.append(f"{spoken.month_name(one.month)[:3]} {share if share is not None else '?'} %{low}")
    return ", ".join(words)


def age_words(member: Member, day: date) -> str:
    """'8 bln', '5 th'; nothing where it is not known."""
    if member.born is None:
        return ""
    months = months_old(member.born, day)
    return f"{months} bln" if months < 24 else f"{months // 12} th"
