"""Does the bot speak so that a family understands it, in a voice that somebody has reviewed?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from messages import catalog, checks
from messages.catalog import DEFAULT, VOICES, Entry, entries
from tests.support.chat import cast

LANGUAGES = (DEFAULT, *VOICES)


def for_families() -> Iterator[tuple[str, Entry]]:
    for language in LANGUAGES:
        for key, entry in entries(language).items():
            if entry.audience == "kpm":
                yield f"{language} {key}", entry


def example(entry: Entry) -> str:
    params: dict[str, object] = {name: catalog.examples()[name] for name in entry.parameters}
    return catalog.fill(entry, {**params, "options": []}).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_at_fault(language: str):
    assert list(checks.faults(language)) == []


def test_everything_a_family_hears_is_short_and_plain():
    """Measured over every key of every voice, with long values filled in."""
    said = {where: example(entry) for where, entry in for_families()}
    assert len(said) > 80
    assert {where: len(text) for where, text in said.items() if len(text) > 300} == {}
    mean = sum(map(len, said.values())) / len(said)
    assert mean < 190, f"on average {mean:.0f} letters"
    frightening = re.compile(
        r"\b(sanksi|dicoret|blokir|alpa|pencairan|hukuman|denda|dihentikan|NIK anda|segera lapor)\b", re.IGNORECASE
    )
    assert {where: text for where, text in said.items() if frightening.search(text)} == {}
    assert {where for where, text in said.items() if "http" in text or "BERHENTI" in text} == set()


def test_the_word_to_answer_with_stands_in_capitals_or_is_a_number():
    asked = re.compile(r"\b[Bb]alas (?!dengan\b|lawan\b|saja\b|namanya\b)(\S+)")
    for where, entry in for_families():
        for word in asked.findall(example(entry)):
            word = word.strip(",.:;")
            assert word.isdigit() or word.isupper() or word in {"a", "b", "c"}, f"{where}: balas {word}"


def test_a_voice_says_less_than_indonesian_and_nothing_else():
    for voice in VOICES:
        assert 15 <= len(entries(voice)) <= 40
        for key, entry in entries(voice).items():
            assert (entry.buttons, entry.whatsapp, entry.audience) == (
                entries()[key].buttons,
                entries()[key].whatsapp,
                "kpm",
            )


def test_what_nobody_reviewed_is_not_sent():
    assert not any(entry.reviewed for entry in entries("bjn").values())
    assert catalog.spoken_voices() == frozenset()
    assert catalog.entry("attendance.claimed", "bjn") == catalog.entry("attendance.claimed")
    (note,) = checks.unreviewed()
    assert "belum diperiksa penutur asli" in note
    c = cast("2026-11-26 09:00")
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    c.budi.says("BAHASA Melati 3; banjar").hears("voices.not_reviewed", who="Melati 3", voice="Bahasa Banjar")
    c.siti.says("hadir").hears("attendance.promised").showing("Baik, Ibu Siti.")


@pytest.fixture
def reviewed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody from Balangan has read one sentence, and it is good."""
    known = catalog.entries

    def some(language: str = DEFAULT):
        if language == DEFAULT:
            return known()
        return {k: replace(e, reviewed=k == "attendance.promised") for k, e in known(language).items()}

    monkeypatch.setattr(catalog, "entries", some)
    catalog.spoken_voices.cache_clear()
    yield
    monkeypatch.undo()
    catalog.spoken_voices.cache_clear()


def test_a_reviewed_voice_is_heard_by_who_chose_it_key_by_key(reviewed: None):
    c = cast("2026-11-26 09:00")
    c.chat.kpm("Rusmini", phone=c.wati.phone.address.value)
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    c.budi.says("BAHASA Siti; banjar").hears("voices.kept", who="Ibu Siti (Melati 3)", voice="Bahasa Banjar")
    c.budi.says("bahasa wati banjar").hears("voices.kept")
    c.siti.says("hadir").hears("attendance.promised").showing("Kami hadangi", "balas HADIR")
    c.siti.says("tidak bisa").hears("attendance.declined_why").showing("Kami catat: tidak bisa datang.")
    c.wati.says("hadir berdua").hears("attendance.promised").showing("Kami tunggu")
    c.budi.says("BAHASA Siti; indonesia").hears("voices.kept")
    c.siti.says("hadir").hears("attendance.promised").showing("Kami tunggu")
    assert [change.now for change in c.chat.audit(f"kpm:{c.siti.id}")] == ["bjn", "id"]


def test_bahasa_is_for_one_s_own_families():
    c = cast()
    c.budi.says("BAHASA").hears("voices.how").says("BAHASA Wati; jawa").hears("voices.how")
    c.budi.says("BAHASA Dewi; banjar").hears("voices.not_found")
    c.ratna.says("BAHASA Melati 3; banjar").hears("help.staff_unknown")
