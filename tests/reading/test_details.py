"""What is said besides the meaning?"""

import pytest

from messages.reading import Reading, explain, read


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("tidak bisa, saya demam", "sakit"),
        ("kada kawa, anak garing", "anak_sakit"),
        ("ga bisa bu suami opname", "keluarga_sakit"),
        ("mboten saged, nengga mertua gerah", "keluarga_sakit"),
        ("ga bisa hadir, kerja", "kerja"),
        ("kada kawa, manurih", "kerja"),
        ("tidak hadir, ada hajatan", "hajatan"),
        ("kada umpat, baaruh", "hajatan"),
        ("ga bisa, mau melayat", "duka"),
        ("tidak bisa, baru melahirkan", "melahirkan"),
        ("ga bisa bu, jauh", "jauh"),
        ("kada kawa, kadada kandaraan", "kendaraan"),
        ("ga bisa, motor rusak", "kendaraan"),
        ("tidak bisa, tidak ada ongkos", "biaya"),
        ("kada kawa umpat bu ai, banyu dalam", "hujan_banjir"),
        ("ora iso, udan deres", "hujan_banjir"),
        ("maaf ga bisa, lupa", "lupa"),
        ("ga bisa, ada urusan", "tanpa_rinci"),
        ("tidak bisa hadir", None),
    ],
)
def test_the_reason_of_a_refusal(text, reason):
    reading = read(text, "rsvp")
    assert (reading.meaning, reading.details.get("reason")) == ("cannot_attend", reason)


@pytest.mark.parametrize(
    ("text", "context", "details"),
    [
        ("hadir 4821", "checkin", {"code": "4821"}),
        ("4821", "checkin", {"code": "4821"}),
        ("hadir kode 0912", "checkin", {"code": "0912"}),
        ("4821", "rsvp", {"code": "4821"}),
        ("hadir jam 0900", "rsvp", {}),
        ("kami berdua hadir", "rsvp", {"all": True}),
        ("hadir semua bu", "rsvp", {"all": True}),
        ("hadir buat Rusmini juga", "rsvp", {"names": ["rusmini"]}),
        ("hadir Wati, Aminah", "rsvp", {"names": ["wati", "aminah"]}),
        ("hadir orang 2", "rsvp", {"people": 2}),
        ("telat 30 menit bu", "rsvp", {"minutes": 30}),
        ("telat setengah jam", "rsvp", {"minutes": 30}),
        ("telat 1 jam", "rsvp", {"minutes": 60}),
        ("diwakili suami", "rsvp", {"by": "suami"}),
        ("ibu saya yang datang", "rsvp", {"by": "ibu"}),
        ("hadir bu. Jam berapa?", "rsvp", {"question": True}),
        ("sudah kemarin", "obligation", {"when": "yesterday"}),
        ("sudah minggu lalu", "obligation", {"when": "last_week"}),
        ("samalam sudah", "obligation", {"when": "yesterday"}),
        ("sudah bulan lalu", "obligation", {"when": "last_month"}),
        ("sudah tadi pagi", "obligation", {"when": "today"}),
        ("belum, anak demam", "obligation", {"reason": "anak_sakit"}),
        ("2", "who", {"number": 2}),
        ("1 dan 2", "who", {"numbers": [1, 2]}),
        ("untuk aminah", "who", {"names": ["aminah"]}),
        ("berdua", "who", {"all": True}),
        ("hamil lagi bu", "none", {"change": "hamil"}),
        ("nomor saya ganti", "none", {"change": "nomor"}),
        ("7", "rsvp", {"number": 7}),
        ("6301234567890001", "none", {"nik": True}),
        ("hadir 6301 2345 6789 0001", "rsvp", {"nik": True}),
    ],
)
def test_details(text, context, details):
    assert read(text, context).details == details


def test_an_identity_number_is_nowhere_in_the_steps():
    _, steps = explain("nik saya 6301234567890001", "none")
    assert not any("6301234567890001" in step for step in steps)


@pytest.mark.parametrize(
    ("context", "meanings"),
    [
        ("rsvp", ["will_attend", "cannot_attend", "maybe"]),
        ("checkin", ["present", "cannot_attend"]),
        ("obligation", ["done", "not_yet", "question"]),
        ("quiz", ["answer_a", "answer_b", "answer_c"]),
        ("consent", ["yes", "no"]),
    ],
)
def test_numbers_of_the_menus(context, meanings):
    for number, meaning in enumerate(meanings, 1):
        assert read(str(number), context) == Reading(meaning, sure=True)
        assert read(f"no {number} bu", context).meaning == meaning


@pytest.mark.parametrize("text", ["2 orang", "jam 2", "2 kali", "anak 2", "1 atau 2", "12"])
def test_a_counted_thing_is_no_choice(text):
    assert read(text, "rsvp").meaning == "unknown"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("segera ke bidan", "answer_b"),
        ("Segera ke bidan bu", "answer_b"),
        ("ke bidan segera", "unknown"),
        ("tunggu semingu", "answer_a"),
        ("bukan minum jamu", "unknown"),
        ("b", "answer_b"),
    ],
)
def test_an_answer_in_words(text, answer):
    assert read(text, "quiz", options=["Tunggu seminggu", "Segera ke bidan", "Minum jamu"]).meaning == answer


def test_the_longer_option_wins():
    options = ["Boleh", "Tidak boleh", "Boleh ke saudara"]
    assert [read(option, "quiz", options=options).meaning for option in options] == ["answer_a", "answer_b", "answer_c"]
    assert read("tidak boleh bu", "quiz", options=options).meaning == "answer_b"


def test_offered_names_are_given_back_as_offered():
    reading = read("rusmni aja", "who", options=["Aminah", "Rusmini"])
    assert reading == Reading("unknown", {"names": ["Rusmini"]}, sure=True)


def test_the_steps_end_with_the_reading():
    reading, steps = explain("kada kawa umpat bu ai, banyu dalam", "rsvp")
    assert reading.meaning == "cannot_attend"
    assert any("kada → tidak" in step for step in steps)
    assert steps[-1].startswith("reading: cannot_attend")
