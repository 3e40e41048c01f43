"""What is each act of the audit called, and of what kind is it? Every act that the code writes stands here."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, Mapping[str, str]] = {
    "kehadiran": {
        "attendance.answer": "kabar kehadiran",
        "attendance.mark": "tanda hadir",
        "register.closed": "daftar hadir diserahkan",
        "register.reopened": "daftar hadir dibuka lagi",
        "code.guessing": "kode absen ditebak",
    },
    "pemahaman": {
        "understanding": "pemahaman diputuskan",
        "quiz.offered": "kuis ditawarkan",
        "quiz.finished": "kuis selesai",
        "quiz.item": "soal kuis diubah",
        "practice.answer": "jawaban praktik",
    },
    "kewajiban": {
        "obligation.mark": "kewajiban diverifikasi",
        "obligation.claim": "kewajiban dilaporkan keluarga",
        "member.stopped": "pengingat satu anggota dihentikan",
        "loss.reported": "kabar duka",
        "school.import": "kehadiran sekolah diimpor",
        "posyandu.import": "hari posyandu diimpor",
    },
    "persetujuan": {
        "consent": "persetujuan pesan",
        "consent.health": "persetujuan pengingat kesehatan",
        "language": "bahasa",
    },
    "petugas": {
        "staff.added": "petugas ditambah",
        "staff.phone": "nomor petugas diganti",
        "staff.removed": "petugas dikeluarkan",
        "staff.handover": "dampingan diserahterimakan",
        "staff.revoked": "HP petugas ditutup",
        "staff.access_ended": "akses petugas ditutup",
        "desk.signed_in": "masuk ke halaman",
        "desk.signed_out_everywhere": "keluar dari semua HP",
    },
    "siaran": {
        "broadcast.written": "siaran dikirim",
        "broadcast.taken_back": "siaran ditarik",
        "broadcast.night": "siaran di jam istirahat",
    },
    "ekspor": {
        "export.attendance": "daftar hadir diambil",
        "export.report": "laporan kegiatan diambil",
        "export.siks": "baris SIKS-NG diambil",
        "export.recap": "rekap kecamatan diambil",
        "export.letter": "surat diambil",
        "export.innovation": "bukti inovasi diambil",
        "export.header": "kop surat diubah",
        "verkom.export": "daftar verkom diambil",
        "summary.export": "rekap diambil",
        "quiz.export": "hasil kuis diambil",
        "people.exported": "data keluarga diserahkan",
        "audit.exported": "jejak diambil",
        "backup.made": "cadangan dibuat",
    },
    "dilihat": {
        "family.viewed": "halaman keluarga dibuka",
        "people.shown": "data keluarga dibaca",
        "audit.viewed": "jejak dibuka",
    },
    "keluarga": {
        "family.data": "data keluarga diubah",
        "family.status": "status keluarga",
        "family.kelompok": "pindah kelompok",
        "address.linked": "nomor dihubungkan",
        "address.refused": "nomor ditolak",
        "address.unlinked": "nomor dilepas",
        "invitation.created": "undangan dibuat",
        "visit.noted": "catatan kunjungan",
        "people.erased": "data keluarga dihapus",
    },
    "pertemuan": {
        "meeting.created": "pertemuan dibuat",
        "meeting.moved": "pertemuan dipindah",
        "meeting.cancelled": "pertemuan dibatalkan",
        "meeting.proposed": "waktu diusulkan",
        "meeting.every_month": "jadwal bulanan",
        "report.finished": "laporan kegiatan selesai",
        "report.opened": "laporan kegiatan dibuka lagi",
        "report.photo_dropped": "foto laporan dibuang",
    },
    "pertanyaan": {
        "question.answered": "pertanyaan dijawab",
        "question.closed": "pertanyaan ditutup",
    },
}
"""Kind → act → words."""

ACTS: Mapping[str, str] = {act: words for acts in KINDS.values() for act, words in acts.items()}

PRIVATE = frozenset(
    {"family.data", "member.stopped", "loss.reported", "consent.health", "visit.noted", "people.erased"}
) | frozenset(act for act in KINDS["kewajiban"] if act.startswith("obligation"))
"""What may say how somebody's body or house is doing: a koordinator learns that it happened, not what."""
