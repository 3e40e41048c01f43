"""Whom do words mean, what may not be said to families, and does the longest text still fit?"""

from __future__ import annotations

import pytest

from handlers.broadcast.preview import KEYS, params
from handlers.rules.broadcast import LONGEST, Fault, Wanted, cost, fault_of, read_audience, read_kind
from messages import catalog
from messages.checks import KPM_LENGTH


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("semua", Wanted()),
        ("Melati 3", Wanted(places=("Melati 3",))),
        ("Melati 1, 2 dan Babayau", Wanted(places=("Melati 1", "2", "Babayau"))),
        ("ibu hamil & Balita", Wanted(components=("ibu_hamil", "anak_usia_dini"))),
        ("semua, BELUM  JAWAB", Wanted(unanswered=True)),
        ("akan datang", Wanted(answers=("promised", "claimed"))),
        ("Melati 3, tidak bisa, belum tahu", Wanted(places=("Melati 3",), answers=("declined", "maybe"))),
        ("hadir", Wanted(last=("hadir",))),
        ("tidak hadir", Wanted(last=("izin", "sakit", "alpa"))),
        ("alpa", Wanted(alpa=1)),
        ("alpa 2x", Wanted(alpa=2)),
        ("alpa 3 kali", Wanted(alpa=3)),
        ("alpa 0x", Wanted(alpa=1)),
        ("alpa 9x", Wanted(alpa=6)),
        ("alpa melulu", Wanted(places=("alpa melulu",))),
        ("Melati 3, belum ikut kuis", Wanted(places=("Melati 3",), quizless=True)),
        ("belum kewajiban", Wanted(undone=True)),
        ("bahasa banjar, Jawa", Wanted(languages=("bjn", "jv"))),
        ("Melati 3, lansia, alpa 2x", Wanted(places=("Melati 3",), components=("lansia",), alpa=2)),
        ("", Wanted()),
    ],
)
def test_words_of_an_audience(words: str, wanted: Wanted):
    assert read_audience(words) == wanted


@pytest.mark.parametrize(
    ("words", "kind", "rest"),
    [
        ("Melati 3; Halo", "biasa", "Melati 3; Halo"),
        ("PENCAIRAN Melati 3; x", "pencairan", "Melati 3; x"),
        ("bencana; semua; x", "banjir", "; semua; x"),
        ("baksos", "baksos", ""),
        ("bakti sosial: semua", "baksos", "semua"),
        ("sosialisasikan; x", "biasa", "sosialisasikan; x"),
    ],
)
def test_ready_made_ones(words: str, kind: str, rest: str):
    assert read_kind(words) == (kind, rest)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("Besok bawa Buku KIA dan KTP.", None),
        ("Pukul 09.00-11.00 di balai desa, RT.02", None),
        ("Tanya 0812-3456-7890.", None),
        ("Jangan balas dengan PIN.", None),
        ("Tidak perlu kirim NIK", None),
        ("x.co.id", Fault.LINK),
        ("wa.me/628", Fault.LINK),
        ("63110101019000", Fault.NUMBER),
        ("Rp750000", Fault.AMOUNT),
        ("1,5 juta", Fault.AMOUNT),
        ("Kirim NIK ke sini", Fault.SECRET),
        ("Jangan lupa hadir. Tulis kode OTP di sini", Fault.SECRET),
        ("a" * 160, None),
        ("a" * 161, Fault.LONG),
    ],
)
def test_what_may_be_said(words: str, fault: Fault | None):
    assert fault_of(words, "biasa") is fault


@pytest.mark.parametrize("kind", LONGEST)
def test_the_longest_letter_fits_a_small_screen(kind: str):
    said = catalog.render(KEYS[kind], params("n" * 60, "p" * 80, "w" * LONGEST[kind]))
    assert len(said.text) <= KPM_LENGTH


def test_cost():
    assert (cost(0, 700), cost(12, 700)) == (0, 8400)
