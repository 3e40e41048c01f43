"""Does every change of a family, a role or a broadcast leave who, when, what, from, to and why?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, timedelta
from functools import cache
from pathlib import Path

import pytest

from bot.cli import staff as commands
from data.audit import Change
from data.records import Role
from messages.acts import ACTS, KINDS, PRIVATE
from tests.support.chat import cast

ROOT = Path(__file__).parents[2]

GIVEN = {
    "bot/cli/people.py": {"people.shown", "people.exported"},
    "bot/dashboard/audit.py": {"audit.viewed", "audit.exported"},
    "bot/dashboard/documents.py": {
        "export.attendance",
        "export.report",
        "export.siks",
        "export.recap",
        "export.letter",
    },
    "bot/cli/staff.py": {"staff.revoked", "staff.access_ended"},
    "handlers/questions/wrong_number.py": {"consent", "consent.health"},
    "data/intake/roster/applying.py": {"family.status", "family.kelompok"},
    "handlers/registration/revoking.py": set(),
}
"""Where an act is not written out in the call itself."""


def written() -> Iterator[tuple[str, str | None]]:
    """Every `audit.write(…)` of the code: its file, and its act where it is written out."""
    for room in ("bot", "handlers", "data"):
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("audit.write"):
                    act = node.args[1]
                    yield file.relative_to(ROOT).as_posix(), str(act.value) if isinstance(act, ast.Constant) else None


def test_every_act_that_the_code_writes_has_words_and_nothing_else_has():
    found = list(written())
    assert {file for file, act in found if act is None} <= set(GIVEN)
    assert {act for _, act in found if act} | set().union(*GIVEN.values()) == set(ACTS)
    assert set(ACTS) >= PRIVATE
    assert len(ACTS) == sum(len(acts) for acts in KINDS.values())


@cache
def lived() -> list[Change]:
    """A week in which everything of point 3 happens once, by the words of the chat and the commands of the office."""
    c = cast("2026-11-23 09:00")
    chat, budi, siti, wati, ratna = c.chat, c.budi, c.siti, c.wati, c.ratna
    for one in (siti, wati):
        chat.agrees(one)
    chat.member(siti, "Hafiz", born="2026-03-20", next_on="2027-01-01")
    siti.says("KEWAJIBAN").says("sudah")
    budi.says("VERKOM Melati 3").taps("Kesehatan").says("semua sudah; bukti KMS").taps("SELESAI")
    budi.says("DATA Wati; hamil; HPL 12-04-2027").taps("Simpan")
    budi.says("SIARAN Melati 3; Besok bawa Buku KIA").taps("Kirim").taps("Tarik kembali")
    chat.at("22:00")
    budi.says("SIARAN bencana; Melati 3; Air naik").taps("Kirim")
    ratna.taps("Setuju")
    chat.meeting("Melati 3", starts="2026-11-28 09:00", announced="now")
    chat.at("2026-11-28 09:05")
    siti.says("hadir")
    chat.at("2026-11-28 11:30")
    budi.says("ABSEN Melati 3 hadir semua kecuali wati alpa").says("SELESAI")
    budi.says("PAHAM Melati 3").says("1 baik").says("SELESAI")
    siti.says("STOP PESAN")
    budi.says("DATA Wati; graduasi").taps("Simpan")
    with chat.tx() as tx:
        commands._add(tx, "Bu Lina", "+6281100000977", Role.PENDAMPING, "")
        commands._hand_over(tx, "Pak Budi", "Bu Lina")
        commands._revoke(tx, "Bu Lina", "+6281100000978")
        commands._remove(tx, "Pak Budi")
    return chat.audit()


@pytest.mark.parametrize(
    ("act", "by", "was", "now", "why"),
    [
        ("attendance.answer", "address:", "unknown", "claimed", ""),
        ("attendance.mark", "staff:", "belum diketahui", "hadir", "daftar hadir"),
        ("attendance.mark", "staff:", "belum diketahui", "alpa", "daftar hadir"),
        ("understanding", "staff:", None, "baik", "diputuskan pendamping"),
        ("obligation.claim", "address:", None, "done", "kata keluarga"),
        ("obligation.mark", "staff:", None, "done", "bukti KMS"),
        ("consent", "address:", "yes", "stopped", "perkenalan"),
        ("consent.health", "address:", "yes", "stopped", "perkenalan"),
        ("broadcast.written", "staff:", None, "Melati 3", "Besok bawa Buku KIA"),
        ("broadcast.taken_back", "staff:", "waiting", "cancelled", ""),
        ("broadcast.night", "staff:", "asked", "allowed", ""),
        ("family.data", "staff:", None, "hamil 2027-04-12", ""),
        ("family.status", "staff:", "aktif", "graduasi", "DATA"),
        ("staff.added", "cli", None, "pendamping", ""),
        ("staff.handover", "cli", "staff:", "staff:", ""),
        ("staff.revoked", "cli", "1 chat", None, ""),
        ("staff.phone", "cli", None, None, ""),
        ("staff.removed", "cli", "pendamping", None, "staff remove"),
    ],
)
def test_it_leaves_a_line(act: str, by: str, was: str | None, now: str | None, why: str):
    def like(found: str | None, wanted: str | None) -> bool:
        return found is None if wanted is None else found is not None and found.startswith(wanted)

    lines = [one for one in lived() if one.act == act]
    assert [one for one in lines if like(one.was, was) and like(one.now, now) and one.why.startswith(why)], lines
    assert all(one.actor.startswith(by) and one.subject and one.at.utcoffset() == timedelta(0) for one in lines)
    assert all(one.at.tzinfo is UTC for one in lines)
