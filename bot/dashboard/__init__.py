"""Which pages are there under /dasbor, and for whom? One line each; what is not here cannot be opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.routing import BaseRoute, Route

from bot.dashboard import (
    announcing,
    audit,
    broadcasts,
    documents,
    families,
    figures,
    groups,
    monthly,
    obligations,
    overview,
    planning,
    progress,
    proposing,
    questions,
    quizzes,
    register,
    reports,
    schedule,
    system,
    today,
    visits,
)
from bot.dashboard.door import LARGEST, After, Door, Page, nobody_waits
from bot.dashboard.machine import UNKNOWN, Machine
from bot.dashboard.paper import asset
from data.records import Role
from data.store import Store
from handlers.rules.permissions import ADMIN, KOORDINATOR, PENDAMPING, STAFF

PAGES: Sequence[tuple[str, str, frozenset[Role], Page]] = (
    ("GET", "/", STAFF, today.home),
    ("GET", "/hari-ini", PENDAMPING, today.page),
    ("GET", "/menu", STAFF, today.menu),
    ("GET", "/ringkasan", KOORDINATOR, overview.page),
    ("GET", "/capaian", KOORDINATOR, figures.page),
    ("GET", "/sesi", KOORDINATOR, overview.covered),
    ("GET", "/kelompok", PENDAMPING, groups.every),
    ("GET", "/kelompok/{kelompok:int}", PENDAMPING, groups.one),
    ("GET", "/jadwal", PENDAMPING, schedule.page),
    ("GET", "/jadwal/baru", PENDAMPING, planning.blank),
    ("POST", "/jadwal/lihat", PENDAMPING, planning.look),
    ("POST", "/jadwal/kirim", PENDAMPING, planning.send),
    ("GET", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/ubah", PENDAMPING, planning.change),
    ("GET", "/keluarga", PENDAMPING, families.every),
    ("GET", "/keluarga/{kpm:int}", PENDAMPING, families.one),
    ("POST", "/keluarga/{kpm:int}/kunjungan", PENDAMPING, families.note_visit),
    ("GET", "/tindak-lanjut", PENDAMPING, visits.page),
    ("GET", "/kewajiban", PENDAMPING, obligations.page),
    ("POST", "/kewajiban/{kelompok:int}/{member:int}", PENDAMPING, obligations.save),
    ("GET", "/kuis", PENDAMPING, quizzes.page),
    ("POST", "/kuis/{kelompok:int}/{meeting:int}/paham", PENDAMPING, quizzes.decide),
    ("GET", "/pertanyaan", PENDAMPING, questions.page),
    ("POST", "/pertanyaan/{question:int}/jawab", PENDAMPING, questions.answer),
    ("POST", "/pertanyaan/{question:int}/selesai", PENDAMPING, questions.close),
    ("GET", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}", PENDAMPING, register.page),
    ("GET", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/isi", PENDAMPING, register.rows),
    ("POST", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/simpan", PENDAMPING, register.save),
    ("POST", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/urungkan", PENDAMPING, register.take_back),
    ("GET", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/daftar-hadir.pdf", PENDAMPING, documents.attendance),
    ("GET", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/daftar-hadir-kosong.pdf", PENDAMPING, documents.blank),
    ("GET", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan.pdf", PENDAMPING, documents.report),
    ("GET", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/siks.xlsx", PENDAMPING, documents.siks),
    ("POST", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/surat.pdf", PENDAMPING, documents.letter),
    ("POST", "/jadwal/ulang/{kelompok:int}/berhenti", PENDAMPING, monthly.stop_repeating),
    ("GET", "/jadwal/usul", PENDAMPING, proposing.page),
    ("POST", "/jadwal/usul/lihat", PENDAMPING, proposing.look),
    ("POST", "/jadwal/usul/kirim", PENDAMPING, proposing.send),
    ("POST", "/jadwal/usul/{proposal:int}/pilih", PENDAMPING, proposing.pick),
    ("GET", "/siaran", STAFF, broadcasts.every),
    ("GET", "/siaran/baru", STAFF, announcing.blank),
    ("POST", "/siaran/lihat", STAFF, announcing.look),
    ("POST", "/siaran/kirim", STAFF, announcing.send),
    ("GET", "/siaran/{broadcast:int}", STAFF, broadcasts.one),
    ("GET", "/siaran/{broadcast:int}/keadaan", STAFF, progress.page),
    ("POST", "/siaran/{broadcast:int}/batal", STAFF, broadcasts.take_back),
    ("POST", "/siaran/{broadcast:int}/izin", KOORDINATOR, broadcasts.decide),
    ("GET", "/siaran/berkas/{file:int}", STAFF, broadcasts.file),
    ("GET", "/rekap.xlsx", KOORDINATOR, documents.recap),
    ("GET", "/sistem", ADMIN, system.page),
    ("GET", "/jejak", KOORDINATOR, audit.page),
    ("GET", "/jejak.csv", KOORDINATOR, audit.as_csv),
    ("GET", "/jejak.xlsx", KOORDINATOR, audit.as_xlsx),
    ("GET", "/kewajiban/verkom.{form}", PENDAMPING, documents.verkom),
    ("GET", "/bukti-inovasi.{form}", KOORDINATOR, documents.evidence),
    ("GET", "/belum-lapor", KOORDINATOR, overview.unreported),
    ("GET", "/laporan", PENDAMPING, reports.every),
    ("GET", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan", PENDAMPING, reports.page),
    ("POST", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan/simpan", PENDAMPING, reports.save),
    ("POST", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan/ubah", PENDAMPING, reports.reopen),
    ("POST", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan/foto", PENDAMPING, reports.add_photos),
    ("GET", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan/foto/{photo:int}", PENDAMPING, reports.photo),
    (
        "POST",
        "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan/foto/{photo:int}/hapus",
        PENDAMPING,
        reports.drop_photo,
    ),
    ("POST", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/pindah", PENDAMPING, planning.move),
    ("POST", "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/batal", PENDAMPING, planning.call_off),
)


REPORT_PHOTOS = "/kelompok/{kelompok:int}/pertemuan/{meeting:int}/laporan/foto"
LARGER: Mapping[str, int] = {"/siaran/lihat": 17_000_000, REPORT_PHOTOS: 30_000_000}
"""Bytes where a photo, or six of them, may come along: they are made small here, not on an old phone."""


def routes(store: Store, *, secure: bool, after: After = nobody_waits, machine: Machine = UNKNOWN) -> list[BaseRoute]:
    """Everything under /dasbor; `secure` when people come over https, so that the cookie travels on nothing else;
    `after` is called when a page has left letters in the outbox; `machine` is what the admin sees of it."""
    door = Door(store, secure=secure, after=after, machine=machine)
    own: list[BaseRoute] = [
        Route("/dasbor/masuk/{token:path}", door.sign_in_page, methods=["GET"]),
        Route("/dasbor/masuk/{token:path}", door.sign_in, methods=["POST"]),
        Route("/dasbor/keluar", door.guarded(door.sign_out, STAFF), methods=["POST"]),
        Route("/dasbor/keluar-semua", door.guarded(door.sign_out_everywhere, STAFF), methods=["POST"]),
        Route("/dasbor/berkas/{name}", asset, methods=["GET"]),
    ]
    pages = [
        Route(
            f"/dasbor{path}",
            door.guarded(page, roles, LARGER.get(path, LARGEST)),
            methods=[method],
        )
        for method, path, roles, page in PAGES
    ]
    return [*own, *pages]


__all__ = ["routes"]
