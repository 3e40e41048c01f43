"""Which /words does Telegram offer in its menu, for whom? Each is a word that the router understands."""

from __future__ import annotations

from collections.abc import Sequence

from data.records import Role

Command = tuple[str, str]

_PENDAMPING: Sequence[Command] = (
    ("jadwal", "Buat pertemuan"),
    ("ganti_jadwal", "Pindahkan pertemuan"),
    ("batalkan", "Batalkan pertemuan"),
    ("gabung", "Satu pertemuan untuk beberapa kelompok"),
    ("usul_waktu", "Keluarga memilih waktu pertemuan"),
    ("absen", "Isi daftar hadir"),
    ("kode", "Gambar kode absen hari ini"),
    ("status", "Sampai atau tidak, dan sebabnya"),
    ("tindak_lanjut", "Siapa yang perlu didatangi"),
    ("tanya", "Pesan keluarga yang menunggu"),
    ("jawab", "Jawab pesan keluarga"),
    ("siaran", "Umumkan ke keluarga"),
    ("undang", "Undang keluarga ke Telegram"),
    ("setuju", "Catat persetujuan tatap muka"),
    ("rekap", "Ringkasan bulan ini"),
    ("halaman", "Buka halaman kerja"),
    ("menu", "Semua pilihan"),
)
_KOORDINATOR: Sequence[Command] = (
    ("rekap", "Ringkasan bulan ini"),
    ("belum_bertemu", "Kelompok tanpa pertemuan bulan ini"),
    ("belum_lapor", "Daftar hadir yang belum selesai"),
    ("siaran", "Umumkan ke keluarga"),
    ("halaman", "Buka halaman ringkasan"),
    ("menu", "Semua pilihan"),
)
_KPM: Sequence[Command] = (
    ("jadwal", "Kapan pertemuan berikutnya"),
    ("hadir", "Sudah sampai di pertemuan"),
    ("izin", "Tidak bisa datang"),
    ("tanya", "Bertanya ke pendamping"),
    ("menu", "Semua pilihan"),
    ("bantuan", "Bantuan"),
    ("mulai", "Mulai menerima pesan lagi"),
    ("stop_pesan", "Berhenti menerima pesan"),
)
_STRANGER: Sequence[Command] = (("start", "Mulai"),)


def commands_for(role: Role) -> list[Command]:
    """(command, description) for `setMyCommands`; an underscore stands for the space in a word."""
    match role:
        case Role.PENDAMPING:
            return list(_PENDAMPING)
        case Role.KOORDINATOR | Role.ADMIN:
            return list(_KOORDINATOR)
        case Role.KPM:
            return list(_KPM)
        case Role.UNKNOWN:
            return list(_STRANGER)
