"""REKAP: who met, who came, who is unknown — for a pendamping her groups, for a koordinator the whole scope."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from data.records import Kelompok, Person, Role, Staff
from data.store import Tx
from data.summary import BY, Line, Recap
from handlers import scope
from handlers.rules.dates import MONTHS
from handlers.speech import say
from messages import spoken
from messages.envelope import Attachment, Inbound, Outbound

ROWS_PER_MESSAGE = 12
LAST_MONTH = re.compile(r"\bbulan lalu\b")


def on_rekap(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """REKAP [bulan] [kelompok|desa|kecamatan|pendamping]."""
    kelompoks = scope.mine(who, tx)
    if who.staff is None or not kelompoks:
        return [say(msg, "summary.nothing")]
    zone = kelompoks[0].zone
    by = next((level for level in BY if re.search(rf"\b{level}\b", rest.lower())), usual_level(who.staff))
    words = re.sub(rf"\b({'|'.join(BY)}|per)\b", " ", rest.lower()).strip()
    month = read_month(words, msg.at.astimezone(zone))
    if month is None:
        return [say(msg, "summary.no_month", text=rest[:40])]
    recap = tx.summary.recap(month, by, who.staff)
    chart = Attachment("summary_chart", {"month": month, "by": by, "rows": chart_rows(recap)})
    return [
        *_texts(msg, recap, msg.at, zone, _quizzes(tx, [k.id for k in kelompoks], month, zone)),
        Outbound(msg.sender, "summary.chart", {"month": spoken.month_name(month)}, attachment=chart),
    ]


def usual_level(staff: Staff) -> str:
    """One step below what she looks after."""
    if staff.role is Role.PENDAMPING:
        return "kelompok"
    return {"kabupaten": "kecamatan", "kecamatan": "desa", "desa": "kelompok"}.get(staff.scope_level, "kecamatan")


def read_month(words: str, now: datetime) -> str | None:
    """'oktober', 'oktober 2026', '10-2026', 'bulan lalu', '' → '2026-10'; a name alone is the newest such month."""
    if not words or words in {"bulan ini", "sekarang"}:
        return f"{now:%Y-%m}"
    if LAST_MONTH.search(words):
        return f"{now.replace(day=1) - timedelta(days=1):%Y-%m}"
    if found := re.fullmatch(r"(\d{1,2})[-/ ](\d{4})", words):
        return f"{found[2]}-{int(found[1]):02d}" if 1 <= int(found[1]) <= 12 else None
    if found := re.fullmatch(r"(\d{4})-(\d{2})", words):
        return words if 1 <= int(found[2]) <= 12 else None
    named = re.fullmatch(r"(?:bulan )?([a-z]+)\.?(?: (\d{4}))?", words)
    if named is None or named[1] not in MONTHS:
        return None
    number = MONTHS[named[1]]
    year = int(named[2]) if named[2] else now.year - (number > now.month)
    return f"{year}-{number:02d}"


def chart_rows(recap: Recap) -> list[dict[str, object]]:
    """What the picture needs of each line."""
    fields = ("name", "expected", "hadir", "izin", "sakit", "alpa", "belum_diketahui")
    return [{name: getattr(line, name) for name in fields} for line in recap.rows]


def spoken_line(line: Line) -> str:
    """One line of the recap with its denominators."""
    if not line.planned:
        return f"{line.name}: belum ada pertemuan, {line.families} keluarga"
    met = f"{line.name}: bertemu {line.held} dari {line.planned} rencana"
    if line.cancelled:
        met += f", batal {line.cancelled}"
    parts = [met]
    if line.expected:
        parts.append(
            f"hadir {line.hadir}, izin {line.izin}, sakit {line.sakit}, alpa {line.alpa}, "
            f"belum diketahui {line.belum_diketahui} dari {line.expected}"
        )
    parts.append(
        f"terjangkau {line.reached}, akan datang {line.promised}, belum pasti {line.maybe}, "
        f"tidak bisa {line.declined}, mengaku hadir {line.claimed} dari {line.families} keluarga"
    )
    return "\n- ".join(parts)


def _quizzes(tx: Tx, kelompok_ids: list[int], month: str, zone: ZoneInfo) -> str:
    """'Kuis: ditawari 21, mulai 18, selesai 15.'"""
    begins = datetime.strptime(month, "%Y-%m").replace(tzinfo=zone)
    ends = (begins + timedelta(days=32)).replace(day=1)
    offered, begun, finished = tx.quiz.offered_in(kelompok_ids, begins, ends)
    return f"Kuis: ditawari {offered}, mulai {begun}, selesai {finished}."


def _texts(msg: Inbound, recap: Recap, at: datetime, zone: ZoneInfo, quizzes: str) -> list[Outbound]:
    local = at.astimezone(zone)
    as_of = f"{spoken.short_date(local.date())} {spoken.clock_zone(local)}"
    rows = [spoken_line(line) for line in recap.rows]
    parts = [rows[i : i + ROWS_PER_MESSAGE] for i in range(0, len(rows), ROWS_PER_MESSAGE)]
    return [
        say(
            msg,
            "summary.recap",
            month=spoken.month_name(recap.month),
            by=recap.by,
            lines="\n".join(part),
            total=f"{spoken_line(recap.total)}\n{quizzes}" if number == len(parts) else "(bersambung)",
            as_of=as_of,
        )
        for number, part in enumerate(parts, 1)
    ]


def on_belum_bertemu(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """Groups without a p2k2 meeting this month."""
    kelompoks = scope.mine(who, tx)
    if not kelompoks:
        return [say(msg, "summary.nothing")]
    month = f"{msg.at.astimezone(kelompoks[0].zone):%Y-%m}"
    missing = tx.meetings.without_meeting(month)
    without = [k for k in kelompoks if k.id in missing]
    name, total = spoken.month_name(month), str(len(kelompoks))
    if not without:
        return [say(msg, "summary.all_met", month=name, total=total)]
    lines = "\n".join(f"{k.name} ({k.desa}), {k.pendamping or 'belum ada pendamping'}" for k in without)
    return [say(msg, "summary.not_met", month=name, total=total, count=str(len(without)), lines=lines)]


def on_belum_lapor(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """Registers of this month whose meeting is over and that nobody has handed in, and meetings without a report."""
    kelompoks: dict[int, Kelompok] = {k.id: k for k in scope.mine(who, tx)}
    if not kelompoks:
        return [say(msg, "summary.nothing")]
    zone = next(iter(kelompoks.values())).zone
    begins = msg.at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    month = spoken.month_name(f"{begins:%Y-%m}")
    open_ones = [(m, k) for m, k in tx.meetings.unfilled(begins, msg.at) if k in kelompoks]
    said = [say(msg, "summary.all_reported", month=month)]
    if open_ones:
        lines = "\n".join(_unreported(tx, m, kelompoks[k]) for m, k in open_ones)
        said = [say(msg, "summary.not_reported", month=month, count=str(len(open_ones)), lines=lines)]
    untold = [(m, k) for m, k in tx.reports.missing(begins, msg.at) if k in kelompoks]
    if untold:
        lines = "\n".join(_unreported(tx, m, kelompoks[k]) for m, k in untold)
        said.append(say(msg, "summary.no_report", month=month, count=str(len(untold)), lines=lines))
    return said


def _unreported(tx: Tx, meeting_id: int, kelompok: Kelompok) -> str:
    meeting = tx.meetings.get(meeting_id)
    at = spoken.short_date(meeting.local.date()) if meeting else ""
    return f"{kelompok.name} ({kelompok.desa}), {at}, {kelompok.pendamping or 'belum ada pendamping'}"
