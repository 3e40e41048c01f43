"""SIARAN: to whom, seen first, taken back in a minute, and an honest account of who was reached."""

from __future__ import annotations

import pytest

from tests.support.chat import Cast, cast


@pytest.fixture
def village() -> Cast:
    made = cast("2026-11-23 09:00")
    made.chat.kpm("Jumiati", phone=None)
    made.chat.kpm("Nur", consent=None)
    return made


def test_an_announcement_is_shown_sent_after_a_minute_and_accounted_for(village):
    chat, budi = village.chat, village.budi
    budi.says("SIARAN Melati 3; Besok bawa Buku KIA.").hears("broadcast.preview", families="4", told="2", letters="2")
    budi.showing("Jumiati, Nur, Siti, Wati", "tanpa HP 1", "belum setuju 1", "paling banyak Rp1.400")
    budi.showing("Halo Ibu …. Dari Pak Budi: Besok bawa Buku KIA.").hears_nothing()
    budi.taps("Kirim").hears("broadcast.sent", told="2").hears_nothing()
    village.siti.hears_nothing()
    chat.at("09:01")
    village.siti.hears("broadcast.plain", words="Besok bawa Buku KIA.", pendamping="Pak Budi", names="Ibu Siti")
    village.siti.showing("Halo Ibu Siti. Dari Pak Budi: Besok bawa Buku KIA.")
    assert village.siti.last.template == "pengumuman_p2k2"
    village.wati.hears("broadcast.plain").hears_nothing()
    village.dewi.hears_nothing()
    chat.at("09:03")
    budi.hears("broadcast.done", told="2", families="4").hears_nothing()
    budi.says("SIARAN HASIL").hears("broadcast.result").hears_nothing()
    budi.showing("Dikabari 2 dari 4 keluarga: terkirim 2.", "- tanpa HP: Jumiati", "- belum pernah menulis: Nur")


def test_taken_back_within_the_minute_nobody_hears_anything(village):
    village.budi.says("SIARAN Melati 3; Besok bawa Buku KIA").taps("Kirim").looks()
    village.budi.taps("Tarik kembali").hears("broadcast.taken_back")
    village.chat.at("09:30")
    village.siti.hears_nothing()
    village.budi.hears_nothing()
    village.budi.taps("Hasil").hears("broadcast.result").showing("Ditarik kembali sebelum dikirim.")


def test_later_it_is_said_how_many_it_went_to(village):
    village.budi.says("SIARAN Melati 3; Besok bawa Buku KIA").taps("Kirim").looks()
    village.chat.at("09:01")
    village.budi.taps("Tarik kembali").hears("broadcast.too_late", told="2").showing("sudah terkirim 2")
