"""Whatever anybody writes at whatever moment: nothing breaks, nothing is said at length, and nobody is marked by it."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.router import KPM_WORDS, STAFF_WORDS
from messages.envelope import Kind
from tests.support.chat import Cast, Someone, cast

PIECES = st.sampled_from(
    [
        *(
            "hadir",
            "tidak",
            "bisa",
            "1",
            "2",
            "3",
            "9",
            "Siti",
            "Wati",
            "Melati 3",
            "Anggrek 1",
            "semua",
            "kecuali",
            "sakit",
        ),
        *(
            "alpa",
            "izin",
            "besok",
            "Sabtu",
            "09.00",
            "28/11",
            "31/2",
            "P2",
            "Balai",
            "4821",
            "0000",
            "stop",
            "pesan",
            "ya",
        ),
        *(
            "batal",
            "selesai",
            "ubah",
            "kirim",
            "nanti",
            ";",
            ",",
            ".",
            "\n",
            "?",
            "!",
            "²",
            "٣",
            "\x00",
            "\u202e",
            "👍",
            "/",
            ":",
        ),
        *("dan", "untuk", "berdua", "suami", "telat", "6371012345678901", "{{ x }}", "%s", "'", "\\", "x" * 200),
        *(word for entry in STAFF_WORDS for word in entry.words),
        *KPM_WORDS,
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=8).map(" ".join))
BUTTONS = st.one_of(
    st.text(max_size=80),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(
            [
                "rsvp.yes:",
                "rsvp.no:",
                "rsvp.maybe:",
                "here:",
                "reason.sakit:",
                "reason.x:",
                "who:",
                "kelompok:",
                "place:",
                "permit.yes:",
                "draft.",
                "mark.",
                "edit:",
                "face.",
                "consent.",
                "help.",
                "join.",
            ]
        ),
        st.sampled_from(
            ["", "1", "2", "99", "²", "٣", "-1", "1" * 40, "all", "send", "save", "claims", "same", "when", "yes"]
        ),
        st.sampled_from(["", ".0", ".1", ".", ".²", ":"]),
    ),
)
EVENTS = st.one_of(
    st.tuples(st.just("says"), TEXTS),
    st.tuples(st.just("presses"), BUTTONS),
    st.tuples(st.just("sends"), st.sampled_from(sorted(Kind, key=str))),
)


def before(c: Cast) -> None:
    """Everybody was invited; nothing has begun."""


def door(c: Cast) -> None:
    c.chat.at("2026-11-28 09:05")


def over(c: Cast) -> None:
    c.chat.at("2026-11-28 12:00")


def alone(c: Cast) -> None:
    c.chat.at("2026-12-01 09:00")


STATES = [before, door, over, alone]
OPENINGS = {
    "nothing": [],
    "jadwal": ["JADWAL Melati 3"],
    "where": ["JADWAL Melati 3; Sabtu 9"],
    "preview": ["JADWAL Melati 3; Sabtu 9; Balai; P2"],
    "edit": ["JADWAL Melati 3; Sabtu 9; Balai; P2", "ubah"],
    "place": ["JADWAL Melati 3; besok 9; Balai; P2", "kirim"],
    "move": ["GANTI JADWAL Melati 3"],
    "cancel": ["BATALKAN Melati 3"],
    "register": ["ABSEN Melati 3"],
    "proposal": ["ABSEN Melati 3", "hadir semua kecuali 1"],
    "consent": ["SETUJU Norma"],
    "family who": ["tidak bisa"],
    "family help": ["bantuan"],
    "family unread": ["wqzx"],
}


@pytest.fixture(scope="module")
def scene() -> Cast:
    """Built once; every example plays on a copy of the database."""
    c = cast("2026-11-27 09:00", ketua=True)
    c.chat.kpm("Rusmini", "Melati 3", phone=c.wati.phone.address.value)
    c.chat.kpm("Norma", "Melati 3", consent=None)
    c.chat.meeting("Melati 3", starts="2026-11-28 09:00")
    c.chat.admin("Admin")
    return c


def people(c: Cast) -> list[Someone]:
    return [c.siti, c.wati, c.dewi, c.budi, c.rahma, c.ratna, c.chat.stranger()]


@settings(max_examples=80)
@given(
    state=st.sampled_from(STATES),
    opening=st.sampled_from(sorted(OPENINGS)),
    who=st.integers(0, 6),
    events=st.lists(EVENTS, min_size=1, max_size=4),
)
@example(state=before, opening="jadwal", who=3, events=[("says", "²")])
@example(state=door, opening="register", who=3, events=[("says", "9" * 4000)])
@example(state=before, opening="nothing", who=0, events=[("says", "\ud800")])
@example(state=door, opening="nothing", who=0, events=[("says", "HADIR " + "Rukayah, " * 400)])
def test_nothing_breaks_whoever_writes_whatever_at_whatever_moment(scene, state, opening, who, events):
    with scene.chat.undone():
        state(scene)
        someone = people(scene)[who]
        for words in OPENINGS[opening]:
            someone.says(words)
        for act, what in events:
            # Chat watches every letter that comes of it: not empty, not long, nobody else's name.
            getattr(someone, act)(what)
        assert scene.chat.sql("SELECT count(*) FROM event WHERE state = 'failed'").scalar() == 0
        assert scene.chat.grep("6371012345678901") == []


@settings(max_examples=30)
@given(who=st.integers(0, 6), texts=st.lists(TEXTS, min_size=1, max_size=5))
def test_only_the_pendamping_s_own_selesai_can_mark_a_register(scene, who, texts):
    with scene.chat.undone():
        door(scene)
        someone = people(scene)[who]
        for text in texts:
            someone.says(text)
        marked = {name for name, state in scene.chat.register().items() if state in {"hadir", "izin", "sakit", "alpa"}}
        assert not marked or (someone is scene.budi and any("selesai" in text.lower() for text in texts))
        if someone is not scene.budi:
            assert scene.chat.register("Melati 3").keys() >= {"Siti", "Wati"}


def test_ten_thousand_characters_and_a_hostile_json_are_stored_safely(scene):
    with scene.chat.undone():
        scene.siti.says(json.dumps({"a": "\x00" * 5000}) + "'; DROP TABLE kpm; --")
        for letter in "xyz":
            scene.siti.says(letter * 10_000)
        assert scene.chat.sql("SELECT count(*) FROM kpm").scalar() == 5
        assert max(len(words) for _, words in scene.chat.questions()) <= 4000
