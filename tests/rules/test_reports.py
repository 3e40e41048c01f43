"""The words for SIKS-NG: they always fit, and they say what is missing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.rules.reports import DESCRIPTION, NAME, Facts, cut, siks_text, venue_words

FACTS: dict[str, Any] = {
    "what": "P2K2",
    "kelompok": "Melati 3",
    "desa": "Babayau",
    "session": "P2 Memahami Perilaku Anak",
    "module": "Pengasuhan dan Pendidikan Anak",
    "date": "28 November 2026",
    "when": "Sabtu, 28 November 2026, 09.00–11.00 WITA",
    "place": "Balai Desa Babayau",
    "participation": None,
    "speaker": None,
    "venue": None,
    "result": None,
    "obstacles": None,
    "follow_up": None,
}


def test_what_nobody_recorded_is_named_and_never_invented():
    text = siks_text(Facts(**FACTS))
    assert list(text.missing) == ["pemateri", "kehadiran", "hasil", "periksa tempat", "hambatan", "tindak lanjut"]
    for words in ("pemateri belum dicatat", "daftar hadir belum diisi", "Hasil: belum tercatat.", "Hambatan: belum"):
        assert words in text.description, words


words = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), min_size=1, max_size=300)


@settings(max_examples=40, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(("speaker", "venue", "result", "obstacles", "follow_up"), words)))
def test_it_always_fits_and_every_aspect_stays(told):
    long = {"kelompok": "K" * 60, "desa": "D" * 80, "place": "T" * 120, "session": "S" * 110}
    text = siks_text(Facts(**{**FACTS, **long, **told, "participation": "hadir 12, alpa 2 dari 14 keluarga"}))
    assert len(text.name) <= NAME
    assert len(text.description) <= DESCRIPTION
    for aspect in ("Proses:", "Materi:", "Peserta: hadir 12", "Hasil:", "Hambatan:", "Tindak lanjut:"):
        assert aspect in text.description


@pytest.mark.parametrize(("text", "most", "short"), [("satu dua", 8, "satu dua"), ("satu dua tiga", 9, "satu dua…")])
def test_cut_at_a_word(text, most, short):
    assert cut(text, most) == short


@pytest.mark.parametrize(
    ("lacking", "said"),
    [(None, None), ([], "tempat memenuhi 6 syarat"), ([4, 1], "tempat belum: jauh dari bising, mudah dijangkau")],
)
def test_the_six_questions_about_a_place(lacking, said):
    assert venue_words(lacking) == said
