"""Who may do what, and for whom? One table; the words of the chat and the pages are held to it by a test.

A KPM acts for the families of her own phone, a ketua besides for the presence of her own kelompok, a pendamping for
the kelompok she accompanies, a koordinator reads the numbers of her desa, kecamatan or kabupaten, an
admin those of all.
"""

from __future__ import annotations

from collections.abc import Mapping

from data.records import Role

PENDAMPING = frozenset({Role.PENDAMPING})
KOORDINATOR = frozenset({Role.KOORDINATOR, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})
STAFF = PENDAMPING | KOORDINATOR

WORDS: Mapping[str, frozenset[Role]] = {
    "jadwal": PENDAMPING,
    "gabung": PENDAMPING,
    "usul waktu": PENDAMPING,
    "ganti jadwal": PENDAMPING,
    "batalkan": PENDAMPING,
    "absen": PENDAMPING,
    "setuju": PENDAMPING,
    "undang": PENDAMPING,
    "daftarkan": PENDAMPING,
    "kode": PENDAMPING,
    "status": PENDAMPING,
    "tindak lanjut": PENDAMPING,
    "data": PENDAMPING,
    "verkom": STAFF,
    "tanya": PENDAMPING,
    "jawab": PENDAMPING,
    "catat": PENDAMPING,
    "tutup": PENDAMPING,
    "bahasa": PENDAMPING,
    "kuis": STAFF,
    "paham": PENDAMPING,
    "rekap": STAFF,
    "laporan": PENDAMPING,
    "siaran": STAFF,
    "ringkasan": KOORDINATOR,
    "belum bertemu": KOORDINATOR,
    "belum lapor": KOORDINATOR,
    "halaman": STAFF,
    "menu": STAFF,
}
"""Words that begin a line of staff. Families have words of their own, about themselves only."""

PAGES: Mapping[str, frozenset[Role]] = {
    "GET /": STAFF,
    "GET /menu": STAFF,
    "GET /hari-ini": PENDAMPING,
    "GET /kelompok": PENDAMPING,
    "GET /kelompok/{kelompok:int}": PENDAMPING,
    "GET /kelompok/{kelompok:int}/pertemuan/{meeting:int}": PENDAMPING,
    "GET /kelompok/{kelompok:int}/pertemuan/{meeting:int}/isi": PENDAMPING,
    "POST /kelompok/{kelompok:int}/pertemuan/{meeting:int}/simpan": PENDAMPING,
    "POST /kelompok/{kelompok:int}/pertemuan/{meeting:int}/urungkan": PENDAMPING,
    "GET /kelompok/{kelompok:int}/pertemuan/{meeting:int}/daftar-hadir.pdf": PENDAMPING,
    "GET /kelompok/{kelompok:int}/pertemuan/{meeting:int}/daftar-hadir-kosong.pdf": PENDAMPING,
    "GET /kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan.pdf": PENDAMPING,
    "GET /kelompok/{kelompok:int}/pertemuan/{meeting:int}/siks.xlsx": PENDAMPING,
    "POST /kelompok/{kelompok:int}/pertemuan/{meeting:int}/surat.pdf": PENDAMPING,
    "GET /kelompok/{kelompok:int}/pertemuan/{meeting:int}/ubah": PENDAMPING,
    "POST /kelompok/{kelompok:int}/pertemuan/{meeting:int}/pindah": PENDAMPING,
    "POST /kelompok/{kelompok:int}/pertemuan/{meeting:int}/batal": PENDAMPING,
    "GET /jadwal": PENDAMPING,
    "GET /jadwal/baru": PENDAMPING,
    "POST /jadwal/lihat": PENDAMPING,
    "POST /jadwal/kirim": PENDAMPING,
    "GET /kewajiban": PENDAMPING,
    "POST /kewajiban/{kelompok:int}/{member:int}": PENDAMPING,
    "GET /kuis": PENDAMPING,
    "POST /kuis/{kelompok:int}/{meeting:int}/paham": PENDAMPING,
    "GET /keluarga": PENDAMPING,
    "GET /keluarga/{kpm:int}": PENDAMPING,
    "POST /keluarga/{kpm:int}/kunjungan": PENDAMPING,
    "GET /tindak-lanjut": PENDAMPING,
    "GET /pertanyaan": PENDAMPING,
    "POST /pertanyaan/{question:int}/jawab": PENDAMPING,
    "POST /pertanyaan/{question:int}/selesai": PENDAMPING,
    "POST /jadwal/ulang/{kelompok:int}/berhenti": PENDAMPING,
    "GET /jadwal/usul": PENDAMPING,
    "POST /jadwal/usul/lihat": PENDAMPING,
    "POST /jadwal/usul/kirim": PENDAMPING,
    "POST /jadwal/usul/{proposal:int}/pilih": PENDAMPING,
    "GET /siaran": STAFF,
    "GET /siaran/baru": STAFF,
    "POST /siaran/lihat": STAFF,
    "POST /siaran/kirim": STAFF,
    "GET /siaran/{broadcast:int}": STAFF,
    "GET /siaran/{broadcast:int}/keadaan": STAFF,
    "POST /siaran/{broadcast:int}/batal": STAFF,
    "POST /siaran/{broadcast:int}/izin": KOORDINATOR,
    "GET /siaran/berkas/{file:int}": STAFF,
    "GET /ringkasan": KOORDINATOR,
    "GET /capaian": KOORDINATOR,
    "GET /sesi": KOORDINATOR,
    "GET /rekap.xlsx": KOORDINATOR,
    "GET /sistem": ADMIN,
    "GET /jejak": KOORDINATOR,
    "GET /jejak.csv": KOORDINATOR,
    "GET /jejak.xlsx": KOORDINATOR,
    "GET /kewajiban/verkom.{form}": PENDAMPING,
    "GET /bukti-inovasi.{form}": KOORDINATOR,
    "GET /belum-lapor": KOORDINATOR,
    "GET /laporan": PENDAMPING,
    "GET /kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan": PENDAMPING,
    "POST /kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan/simpan": PENDAMPING,
    "POST /kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan/ubah": PENDAMPING,
    "POST /kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan/foto": PENDAMPING,
    "GET /kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan/foto/{photo:int}": PENDAMPING,
    "POST /kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan/foto/{photo:int}/hapus": PENDAMPING,
}
"""What lies under /dasbor."""
