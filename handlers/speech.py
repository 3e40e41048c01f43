"""What do all conversations need to speak? The answer to who wrote, and the words for families and meetings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from data.records import Kelompok, Kind, Kpm, Meeting
from messages import spoken
from messages.envelope import Inbound, Outbound


def say(msg: Inbound, key: str, /, **params: object) -> Outbound:
    """An answer to the address that wrote."""
    return Outbound(msg.sender, key, params)


def not_theirs(msg: Inbound, key: str = "attendance.not_yours", /, **params: object) -> Outbound:
    """An answer to a button that names what is not this person's, forwarded perhaps, or forged: the log has a line."""
    return Outbound(msg.sender, key, params, refuses=True)


NAMES_LENGTH = 60
"""So that a letter that names many families still fits on a small screen."""


def names_of(kpms: Sequence[Kpm]) -> str:
    """'Ibu Aminah dan Ibu Rusmini', with the form of address of the roster as long as there is room."""
    for names in ([kpm.called for kpm in kpms], [kpm.name for kpm in kpms]):
        if len(listed := spoken.listed(names)) <= NAMES_LENGTH or len(kpms) == 1:
            return listed
    return f"{kpms[0].called} dan {len(kpms) - 1} lainnya"


def ref(meeting: Meeting) -> str:
    """Names a meeting and its revision inside a button, so that a button of before a move is seen to be stale."""
    return f"{meeting.id}.{meeting.revision}"


def day(meeting: Meeting) -> str:
    return spoken.day_and_date(meeting.local.date())


def time(meeting: Meeting) -> str:
    return spoken.clock_zone(meeting.local)


def what(meeting: Meeting) -> str:
    """What a family is invited to."""
    return WHAT[meeting.kind]


def when(meeting: Meeting) -> str:
    """'Sabtu, 28 November 2026, 09.00–11.00 WITA'."""
    return hours(meeting.starts, meeting.ends, meeting.zone)


def hours(starts: datetime, ends: datetime, zone: ZoneInfo) -> str:
    begin, end = starts.astimezone(zone), ends.astimezone(zone)
    return f"{spoken.long_date(begin.date())}, {spoken.clock(begin)}–{spoken.clock_zone(end)}"


def groups(kelompoks: Sequence[Kelompok]) -> str:
    return spoken.listed([kelompok.name for kelompok in kelompoks])


def pendamping_of(kelompok: Kelompok) -> str:
    return kelompok.pendamping or "pendamping"


WHAT = {
    Kind.P2K2: "pertemuan P2K2",
    Kind.AWAL: "pertemuan awal",
    Kind.SOSIALISASI: "sosialisasi",
    Kind.BIMTEK: "bimtek",
}
REASONS = {
    "sakit": "sakit",
    "anak_sakit": "anak sakit",
    "keluarga_sakit": "keluarga sakit",
    "kerja": "kerja",
    "hajatan": "ada hajatan",
    "duka": "sedang berduka",
    "melahirkan": "melahirkan",
    "jauh": "tempatnya jauh",
    "kendaraan": "tidak ada kendaraan",
    "biaya": "biaya",
    "hujan_banjir": "hujan atau banjir",
    "lupa": "lupa",
    "tanpa_rinci": "ada halangan",
}
"""The reason codes of FACTS 1.5, spoken."""
TOPICS = {
    "pencairan": "uang PKH",
    "identitas": "nomor ini",
    "sanksi": "aturan PKH",
    "pengaduan": "pengaduan",
    "data": "data keluarga",
    "layanan": "layanan",
    "lain": "hal lain",
}
"""What a ticket is about, spoken."""
