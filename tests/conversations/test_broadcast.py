"""SIARAN: to whom, seen first, taken back in a minute, and an honest account of who was reached."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import inbox
from handlers.broadcast import on_fetched, on_unusable
from messages.envelope import Kind
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


def test_what_waits_for_its_hour_is_stopped_and_what_has_gone_is_counted(village):
    village.budi.says("SIARAN Melati 3; Besok bawa Buku KIA").taps("Kirim").looks()
    village.chat.at("09:01")
    village.chat.sql("UPDATE outbox SET state = 'queued', sent = NULL, not_before = not_before + 3600000 WHERE id = 4")
    waiting = len(village.chat.waiting("broadcast.plain"))
    village.budi.says("SIARAN BATAL").hears("broadcast.stopped", told=str(2 - waiting), count=str(waiting))
    assert waiting == 1
    village.budi.says("SIARAN HASIL").hears("broadcast.result").showing("Dikabari 1 dari 4", "- dibatalkan: ")


def test_a_later_moment_and_what_stands_in_the_way_of_it(village):
    chat, budi = village.chat, village.budi
    budi.says("SIARAN Melati 3; Bawa Buku KIA; besok 9").hears("broadcast.preview").showing(
        "Dikirim Selasa 24 Nov 09.00."
    )
    budi.says("besok 20.30").hears("broadcast.preview").showing("Dikirim Rabu 25 Nov 08.00, sesudah jam istirahat.")
    budi.says("KIRIM").hears("broadcast.sent").looks()
    village.wati.says("STOP PESAN").looks()
    chat.at("2026-11-25 07:59")
    village.siti.hears_nothing()
    chat.at("2026-11-25 08:10")
    village.siti.hears("broadcast.plain")
    village.wati.hears_nothing()
    budi.looks().says("siaran hasil").hears("broadcast.result").showing("- STOP PESAN: Wati")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Buka https://contoh.id sekarang", "broadcast.fault.link"),
        ("Lihat di cekbansos.kemensos.go.id", "broadcast.fault.link"),
        ("NIK 6311010101900001 belum padan", "broadcast.fault.number"),
        ("Kartu 6013 0101 2345 6789 siap", "broadcast.fault.number"),
        ("Cair Rp 750.000 besok", "broadcast.fault.amount"),
        ("Dapat 750 ribu ya bu", "broadcast.fault.amount"),
        ("Balas dengan PIN kartunya", "broadcast.fault.secret"),
        ("panjang " * 30, "broadcast.fault.long"),
        ("Jangan beri PIN kepada siapa pun. Tanya 081234567890.", "broadcast.preview"),
    ],
)
def test_families_get_no_links_no_numbers_no_amounts(village, words, key):
    village.budi.says(f"SIARAN Melati 3; {words}").hears(key).hears_nothing()


def test_nobody_writes_beyond_their_own_groups(village):
    village.budi.says("SIARAN Anggrek 1; Halo").hears("broadcast.unknown", text="Anggrek 1").hears_nothing()
    village.budi.says("batal").looks()
    village.budi.says("SIARAN semua; Besok bawa Buku KIA").hears("broadcast.preview", families="4").hiding("Dewi")
    village.budi.taps("Kirim")
    number = village.budi.last.params["ref"]
    for act in ("back", "result", "copy", "allow"):
        village.rahma.looks().presses(f"siaran.{act}:{number}").hears("broadcast.stale").hears_nothing()
    village.chat.at("09:10")
    village.dewi.hears_nothing()
    village.ratna.looks().says("SIARAN semua; Rapat desa besok").hears("broadcast.preview", families="5")
    village.ratna.taps("Kirim").hears("broadcast.sent")
    village.chat.at("09:20")
    village.dewi.hears("broadcast.plain", pendamping="Bu Ratna")


def test_step_by_step_and_the_text_is_not_taken_for_a_word(village):
    budi = village.budi
    budi.says("SIARAN").hears("broadcast.which").taps("Melati 3").hears("broadcast.what")
    budi.says("Jadwal besok pindah ke jam sepuluh").hears("broadcast.preview").showing("Jadwal besok pindah")
    budi.says("tidak jadi").hears("meetings.draft.dropped").hears_nothing()
    assert village.chat.ask(lambda tx: tx.broadcasts.latest(budi.id)) is None
    budi.says("SIARAN HASIL").hears("broadcast.none_yet")
    budi.says("KIRIM Melati 3; Halo ibu-ibu").hears("broadcast.preview")
    budi.says("kirim").hears("broadcast.sent").taps("Salin untuk grup").hears("broadcast.copy").showing("Halo ibu-ibu.")


@pytest.mark.parametrize(
    ("line", "said", "words"),
    [
        ("SIARAN Melati 3 besok libur", "Melati 3 Babayau", "besok libur."),
        ("siaran melati3: Besok libur!", "Melati 3 Babayau", "Besok libur!"),
        ("UMUMKAN semua, besok libur", "semua", "besok libur."),
        ("/siaran Melati 3\nPertemuan:\nSabtu 09.00", "Melati 3", "Pertemuan: Sabtu 09.00."),
        ("SIARAN Melati 3; Siapa yang belum punya Buku KIA?", "Melati 3", "Siapa yang belum punya Buku KIA?"),
        ("SIARAN Melati 3; Satu; dua; tiga", "Melati 3", "Satu; dua; tiga."),
        ("SIARAN sosialisasi\nMelati 3; Gizi anak", "Melati 3", "Gizi anak."),
    ],
)
def test_the_ways_to_write_a_line(village, line, said, words):
    village.budi.says(line).hears("broadcast.preview", audience=said).showing(words).taps("Kirim")
    latest = village.chat.ask(lambda tx: tx.broadcasts.latest(village.budi.id))
    assert (latest.words, latest.due > latest.created) == (words, True)


def arrives(village: Cast, content: bytes = b"x", mime: str = "image/jpeg") -> None:
    """What the platform held is here."""
    with village.chat.tx() as tx:
        for file in tx.broadcasts.files.waiting(9):
            assert on_fetched(tx, file.id, mime, content) == []


def is_unusable(village: Cast, fault: str) -> None:
    with village.chat.tx() as tx:
        for file in tx.broadcasts.files.waiting(9):
            inbox.post(tx, on_unusable(tx, file.id, fault))


def test_a_photo_rides_along_and_follows_who_could_not_get_it_at_once(village):
    chat, budi, siti, wati = village.chat, village.budi, village.siti, village.wati
    siti.says("terima kasih").looks()
    budi.sends(Kind.IMAGE, "SIARAN Melati 3; Ini tempatnya", media="M1").hears("broadcast.preview", told="2")
    budi.showing("1 foto ikut (TANPA FOTO untuk membuangnya): 1 keluarga langsung menerimanya, 1 nomor menerima")
    budi.taps("Kirim").hears("broadcast.sent").looks()
    chat.at("09:02")
    siti.hears_nothing()  # it is still on its way to us
    arrives(village)
    chat.at("09:04")
    assert siti.hears("broadcast.plain", words="Ini tempatnya.").last.file == "jpg"
    assert (wati.hears("broadcast.plain").last.file, wati.last.template) == (None, "pengumuman_p2k2")
    budi.says("SIARAN HASIL").looks().showing("1 foto ikut; pada 1 nomor menyusul sesudah mereka membalas.")
    wati.says("tolong bu, saya dipukul suami").hears("urgent.danger").hears_nothing()
    wati.says("baik pak")
    assert wati.last.key == "broadcast.file"
    assert (wati.last.file, wati.last.text) == ("jpg", "Foto dari Pak Budi.")
    wati.looks().says("sudah").looks()
    assert wati.heard.count("broadcast.file") == 1
    budi.says("SIARAN HASIL").looks().showing("Dikabari 2 dari 4 keluarga", "1 foto ikut.")
    siti.hears_nothing()


def test_who_stops_messages_or_whose_announcement_was_taken_back_gets_no_photo(village):
    chat, budi = village.chat, village.budi
    for words in ("Satu", "Dua"):
        budi.sends(Kind.IMAGE, f"SIARAN Melati 3; {words}", media="M1").taps("Kirim")
        arrives(village)
        chat.at("09:05" if words == "Satu" else "09:10")
    village.wati.says("STOP PESAN").looks()
    assert "broadcast.file" not in village.wati.heard
    budi.says("SIARAN BATAL").looks()
    village.siti.says("halo pak")
    assert [letter.params["what"] for letter in village.siti.inbox if letter.key == "broadcast.file"] == ["Foto"]
    village.siti.says("halo").looks()
    assert village.siti.heard.count("broadcast.file") == 1


def test_a_voice_note_comes_after_its_words_on_whatsapp_and_with_them_on_telegram(village):
    chat, budi, siti = village.chat, village.budi, village.siti
    rusmini = chat.kpm("Rusmini", channel="telegram")
    siti.says("terima kasih").looks()
    budi.says("SIARAN Melati 3").looks().sends(Kind.VOICE, media="V1").hears("broadcast.file_taken", what="pesan suara")
    budi.hears("broadcast.what").says("Dengarkan pesan saya").hears("broadcast.preview").taps("Kirim").looks()
    arrives(village, mime="audio/ogg")
    chat.at("09:03")
    assert siti.hears("broadcast.plain").hears("broadcast.file", what="Pesan suara").last.file == "ogg"
    assert [letter.file for letter in siti.inbox[-2:]] == [None, "ogg"]
    assert rusmini.hears("broadcast.plain").hears_nothing().last.file == "ogg"
    assert village.wati.hears("broadcast.plain").hears_nothing().last.file is None


def test_what_else_can_be_done_with_a_photo_in_a_draft(village):
    budi = village.budi
    budi.sends(Kind.IMAGE, "sawah", media="M0").hears("help.staff_unknown")
    budi.sends(Kind.STICKER, "SIARAN Melati 3; lihat", media="S").hears("broadcast.only_files")
    budi.sends(Kind.IMAGE, "SIARAN Melati 3; Kartu 6013 0101 2345 6789", media="M0").hears("broadcast.fault.number")
    budi.sends(Kind.IMAGE, "SIARAN", media="M1").hears("broadcast.which")
    budi.sends(Kind.DOCUMENT, media="D1").hears("broadcast.file_taken", what="dokumen").hears("broadcast.which")
    budi.taps("Melati 3").hears("broadcast.what").sends(Kind.DOCUMENT, "Surat dari desa", media="D2")
    budi.hears("broadcast.preview").showing("1 dokumen ikut", "Surat dari desa.")
    budi.says("tanpa dokumen").hears("broadcast.preview").hiding("ikut")
    budi.sends(Kind.IMAGE, media="M2").hears("broadcast.preview").showing("1 foto ikut").says("batal").looks()
    assert village.chat.ask(lambda tx: tx.broadcasts.files.waiting(9)) == []
    assert village.chat.sql("SELECT count(*) FROM broadcast_file").scalar() == 0


def test_a_file_that_cannot_be_used_is_told_and_nothing_goes_with_half_of_what_was_meant(village):
    chat, budi = village.chat, village.budi
    budi.sends(Kind.DOCUMENT, "SIARAN Melati 3; Suratnya", media="D1").hears("broadcast.preview")
    is_unusable(village, "size")
    chat.at("09:01")
    budi.hears("broadcast.file_refused", why="lebih besar dari 5 MB")
    budi.taps("Kirim").hears("broadcast.preview").hiding("ikut").says("batal").looks()
    budi.sends(Kind.DOCUMENT, "SIARAN Melati 3; Suratnya", media="D1").taps("Kirim").looks()
    chat.at("10:30")
    budi.hears("broadcast.file_stopped", what="dokumen", why="tidak bisa diunduh").hears_nothing()
    village.siti.hears_nothing()
    assert chat.ask(lambda tx: tx.broadcasts.latest(budi.id)).state == "cancelled"


def test_files_are_forgotten_like_the_words_they_came_with(village):
    chat, budi = village.chat, village.budi
    budi.sends(Kind.IMAGE, "SIARAN Melati 3; Ini tempatnya", media="M1").taps("Kirim")
    budi.sends(Kind.IMAGE, "SIARAN Melati 3; Draf", media="M2").looks()
    arrives(village)
    chat.at("09:05")
    owed = "SELECT count(*) FROM broadcast_owed"
    assert chat.sql(owed).scalar() == 2
    chat.ask(lambda tx: tx.rights.erase(village.wati.id))
    assert chat.sql(owed).scalar() == 1
    chat.now += timedelta(days=8)
    chat.ask(lambda tx: (tx.broadcasts.files.forget(), tx.retention.forget()))
    assert (chat.sql(owed).scalar(), chat.sql("SELECT count(*) FROM broadcast_file").scalar()) == (0, 1)
    assert chat.ask(lambda tx: tx.broadcasts.files.content(1)) == b"x"
    chat.now += timedelta(days=180)
    chat.ask(lambda tx: tx.retention.forget())
    assert chat.ask(lambda tx: tx.broadcasts.files.content(1)) is None


def test_a_full_preview_still_has_its_buttons(village):
    for n in range(40):
        village.chat.kpm(f"Nama Yang Sangat Panjang Sekali Untuk Dibaca {n:02d}", phone=None)
    village.budi.sends(Kind.IMAGE, f"SIARAN BANJIR Melati 3; {'x' * 150}", media="M").hears("broadcast.preview")
    village.budi.showing("lainnya", "menyusul")
    assert len(village.budi.last.text) <= 1024
    assert len(village.budi.last.buttons) == 2


def test_the_week_has_room_for_two_and_a_flood_for_one_more(village):
    chat = village.chat
    for clock in ("09:10", "09:20"):
        village.budi.says("SIARAN Melati 3; Besok bawa Buku KIA").taps("Kirim")
        chat.at(clock)
    village.budi.looks().says("SIARAN Melati 3; Yang ketiga").hears("broadcast.preview", told="0")
    village.budi.showing("sudah 2 kiriman minggu ini 2").says("batal").looks()
    village.budi.says("SIARAN BANJIR Melati 3; Air naik").hears("broadcast.preview", told="2").taps("Kirim")
    village.siti.looks()
    chat.at("09:30")
    village.siti.hears("broadcast.urgent", words="Air naik.").hears_nothing()


def test_while_people_sleep_a_flood_asks_the_koordinator(village):
    chat, budi, ratna = village.chat, village.budi, village.ratna
    chat.at("22:00")
    words = "SIARAN bencana; Melati 3; Air naik, pindah ke balai desa"
    budi.sends(Kind.IMAGE, words, media="M1").hears("broadcast.preview")
    arrives(village)
    budi.showing("Jam istirahat: dikirim Selasa 24 Nov 08.00, atau lebih dulu bila koordinator setuju.")
    budi.taps("Kirim").hears("broadcast.sent")
    ratna.hears("broadcast.ask", pendamping="Pak Budi").showing("(1 foto ikut)").hears_nothing()
    chat.at("22:10")
    village.siti.hears_nothing()
    ratna.taps("Setuju").hears("broadcast.allowed")
    budi.hears("broadcast.night", answer="disetujui")
    village.siti.hears("broadcast.urgent")
    ratna.taps("Setuju").hears("broadcast.stale")
    assert "broadcast.night" in [change.act for change in chat.audit()]


def test_refused_it_waits_for_the_morning(village):
    chat = village.chat
    chat.at("22:00")
    village.budi.says("SIARAN baksos Melati 3; Besok sembako di balai desa").taps("Kirim")
    village.ratna.looks().taps("Tolak").hears("broadcast.denied")
    chat.at("2026-11-24 07:59")
    village.siti.hears_nothing()
    chat.at("2026-11-24 08:00")
    village.siti.hears("broadcast.urgent")


def test_money_news_carries_a_quiz_and_answers_kapan_cair(village):
    chat, siti = village.chat, village.siti
    siti.says("kapan cair bu?").hears("questions.no_news")
    village.budi.says("SIARAN PENCAIRAN Melati 3; Kamis di kantor pos, bawa KTP").taps("Kirim")
    chat.at("09:05")
    siti.hears("broadcast.money").showing("Balas KUIS").says("kuis")
    assert siti.last.key.startswith("quiz.")
    siti.looks().says("kapan cair bu?").hears("questions.last_news", words="Kamis di kantor pos, bawa KTP.")
    village.dewi.looks().says("kapan cair bu?").hears("questions.no_news")


def test_one_phone_one_letter_that_names_both(village):
    chat = village.chat
    chat.kpm("Aminah", phone="+6281177700003")
    chat.kpm("Rusmini", phone="+6281177700003")
    together = chat.kpm("Halimah", "Anggrek 1", phone="+6281177700003")
    village.ratna.says("SIARAN Melati 3, Anggrek 1; Rapat besok").hears("broadcast.preview").taps("Kirim")
    chat.at("09:05")
    together.hears("broadcast.plain", names="Ibu Aminah, Ibu Halimah, dan Ibu Rusmini").hears_nothing()
    village.ratna.looks().says("SIARAN HASIL").hears("broadcast.result").showing("Dikabari 6 dari 8 keluarga")


def test_what_a_second_run_writes_is_nothing_new(village):
    village.budi.says("SIARAN Melati 3; Besok bawa Buku KIA").taps("Kirim")
    village.chat.at("09:05").restarts()
    village.chat.sql("UPDATE broadcast SET state = 'waiting', cursor = 0, due = due - 1")
    village.chat.sql("DELETE FROM broadcast_kpm")
    village.siti.looks()
    village.chat.at("09:10")
    village.siti.hears_nothing()


# --- whom


def told(village: Cast, words: str) -> set[str]:
    """The names that a preview shows for these words."""
    said = village.budi.looks().says(f"SIARAN {words}; Halo semua").last
    village.budi.says("batal")
    return set(said.text.splitlines()[1].split(", ")) if said.key == "broadcast.preview" else {said.key}


def test_whom_the_words_mean(village):
    chat = village.chat
    for name, kpm, component in (("Bayi", village.siti, "anak_usia_dini"), ("Wati", village.wati, "ibu_hamil")):
        chat.sql("INSERT INTO member (kpm_id, name, component) VALUES (:k, :n, :c)", k=kpm.id, n=name, c=component)
    chat.sql("UPDATE kpm SET language = 'bjn' WHERE name = 'Wati'")
    everybody = {"Jumiati", "Nur", "Siti", "Wati"}
    expected = {
        "semua": everybody,
        "Babayau": everybody,
        "desa Babayau": everybody,
        "Batumandi": everybody,
        "kecamatan Batumandi": everybody,
        "desa Batumandi": {"broadcast.unknown"},
        "melati3": everybody,
        "ibu hamil": {"Wati"},
        "Melati 3, balita": {"Siti"},
        "balita dan ibu hamil": {"Siti", "Wati"},
        "lansia": {"broadcast.nobody"},
        "bahasa banjar": {"Wati"},
        "balita, banjar": {"broadcast.nobody"},
        "belum kuis": everybody,
        "belum jawab": {"broadcast.nobody"},
        "alpa 2x": {"broadcast.nobody"},
        "Juai": {"broadcast.unknown"},
        "Melati 3, Mawar": {"broadcast.unknown"},
    }
    assert {words: told(village, words) for words in expected} == expected


def test_who_has_not_answered_who_was_absent_twice_who_did_the_quiz(village):
    chat, budi = village.chat, village.budi
    for day in ("2026-11-24", "2026-11-26"):
        chat.at(f"{day} 08:00").meeting("Melati 3", starts=f"{day} 09:00")
        chat.at(f"{day} 09:30")
        budi.looks().says("ABSEN Melati 3").says("hadir semua kecuali Wati alpa, Jumiati alpa").says("SELESAI")
        if day == "2026-11-24":
            budi.says("ABSEN Melati 3").says("Jumiati hadir").says("SELESAI")
    assert told(village, "alpa 2x") == {"Wati"}
    assert told(village, "alpa") == {"Jumiati", "Wati"}
    chat.at("2026-11-27 09:00").meeting("Melati 3", starts="2026-12-05 09:00", announced="now")
    chat.at("2026-12-04 10:00")
    village.siti.says("bisa datang").hears("attendance.promised")
    assert told(village, "belum jawab") == {"Jumiati", "Nur", "Wati"}
    village.siti.looks().says("KUIS")
    assert told(village, "belum ikut kuis") == {"Jumiati", "Nur", "Wati"}


def test_who_was_reminded_of_an_obligation_and_did_nothing(village):
    chat = village.chat
    for person, claim in ((village.siti, "done"), (village.wati, "not_done")):
        chat.sql("INSERT INTO member (kpm_id, name, component) VALUES (:k, 'Anak', 'anak_usia_dini')", k=person.id)
        chat.sql(
            "INSERT INTO obligation (member_id, kpm_id, series, occurrence, rule, claim, reminded, times)"
            " SELECT max(id), :k, 's', '1', 'r', :c, '2026-11-20', 1 FROM member",
            k=person.id,
            c=claim,
        )
    assert told(village, "belum kewajiban") == {"Wati"}
