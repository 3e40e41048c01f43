"""Where can one go from here? Per role, and only what exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.records import Role


@dataclass(frozen=True, slots=True)
class Place:
    """`icon` is the id of a drawing in pages/layout.html; `first` ones stand in the bar of a small phone."""

    path: str
    name: str
    icon: str
    first: bool = True

    def here(self, path: str) -> bool:
        return path == self.path or path.startswith(f"{self.path}/")


PENDAMPING: Sequence[Place] = (
    Place("/dasbor/hari-ini", "Hari ini", "today"),
    Place("/dasbor/kelompok", "Kelompok", "groups"),
    Place("/dasbor/jadwal", "Jadwal", "calendar"),
    Place("/dasbor/keluarga", "Keluarga", "family"),
    Place("/dasbor/laporan", "Laporan", "report", first=False),
    Place("/dasbor/siaran", "Siaran", "speak", first=False),
    Place("/dasbor/kewajiban", "Kewajiban", "check-list", first=False),
    Place("/dasbor/kuis", "Kuis", "book", first=False),
    Place("/dasbor/tindak-lanjut", "Tindak lanjut", "visit", first=False),
    Place("/dasbor/pertanyaan", "Pertanyaan", "question", first=False),
)
KOORDINATOR: Sequence[Place] = (
    Place("/dasbor/ringkasan", "Ringkasan", "chart"),
    Place("/dasbor/capaian", "Capaian", "check-list"),
    Place("/dasbor/sesi", "Sesi", "book"),
    Place("/dasbor/belum-lapor", "Laporan", "report"),
    Place("/dasbor/siaran", "Siaran", "speak", first=False),
    Place("/dasbor/jejak", "Jejak", "search"),
)


ADMIN: Sequence[Place] = (*KOORDINATOR, Place("/dasbor/sistem", "Sistem", "system", first=False))


def of(role: Role) -> Sequence[Place]:
    return {Role.PENDAMPING: PENDAMPING, Role.ADMIN: ADMIN}.get(role, KOORDINATOR)
