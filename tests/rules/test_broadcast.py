"""Whom do words mean, what may not be said to families, and does the longest text still fit?"""

from __future__ import annotations

from typing import Any

import pytest

from data.records import Audience
from handlers.broadcast.preview import KEYS, params
from handlers.rules.broadcast import LONGEST, Fault, Wanted, cost, fault_of, read_audience, read_kind
from messages import catalog
from messages.checks import KPM_LENGTH


def meant(*places: str, **narrowed: Any) -> Wanted:
    return Wanted(places, Audience(**narrowed))


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("semua", meant()),
        ("Melati 3", meant("Melati 3")),
        ("Melati 1, 2 dan Babayau", meant("Melati 1", "2", "Babayau")),
        ("ibu hamil & Balita", meant(components=("ibu_hamil", "anak_usia_dini"))),
        ("semua, BELUM  JAWAB", meant(unanswered=True)),
        ("akan datang", meant(answers=("promised", "claimed"))),
        ("Melati 3, tidak bisa, belum tahu", meant("Melati 3", answers=("declined", "maybe"))),
        ("hadir", meant(last=("hadir",))),
        ("tidak hadir", meant(last=("izin", "sakit", "alpa"))),
        ("alpa", meant(alpa=1)),
        ("alpa 2x", meant(alpa=2)),
        ("alpa 3 kali", meant(alpa=3)),
        ("alpa 0x", meant(alpa=1)),
        ("alpa 9x", meant(alpa=6)),
        ("alpa melulu", meant("alpa melulu")),
        ("Melati 3, belum ikut kuis", meant("Melati 3", quizless=True)),
        ("belum kewajiban", meant(undone=True)),
        ("bahasa banjar, Jawa", meant(languages=("bjn", "jv"))),
        ("Melati 3, lansia, alpa 2x", meant("Melati 3", components=("lansia",), alpa=2)),
        ("", meant()),
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
