"""Does a question find its pendamping, and the answer its family, and nobody else either of them?"""

from __future__ import annotations

import pytest

from messages.envelope import Kind
from tests.support.chat import Cast, cast


@pytest.fixture
def c() -> Cast:
    return cast()


def topics(c: Cast) -> list[tuple[str, str]]:
    return [(row.topic, row.state) for row in c.chat.sql("SELECT topic, state FROM question ORDER BY id")]


def test_tanya_and_the_way_back(c):
    c.siti.says("TANYA").hears("questions.ask", pendamping="Pak Budi")
    c.siti.says("surat pindah di mana membuatnya").hears("questions.passed_on", pendamping="Pak Budi").hears_nothing()
    c.budi.hears("questions.staff.question", number="1", who="Ibu Siti", kelompok="Melati 3", topic="data keluarga")
    c.budi.says("JAWAB 1; Di kantor desa, besok saya temani!").hears(
        "questions.staff.answered", who="Ibu Siti (Melati 3)"
    )
    c.siti.hears("questions.answer", pendamping="Pak Budi", reply="Di kantor desa, besok saya temani!")
    c.siti.showing("Dari pendamping Pak Budi untuk Ibu Siti:").hears_nothing()
    assert topics(c) == [("data", "closed")]
    c.budi.says("tanya").hears("questions.staff.none").says("JAWAB 1; lagi").hears("questions.staff.closed_already")
    c.budi.says("TANYA 1").hears("questions.staff.shown", state="selesai").showing("Di kantor desa", "surat pindah")


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("kok nama saya ga ada di data bu?", "data"),
        ("kalau ga hadir apa dicoret bu?", "sanksi"),
        ("uang saya dipotong agen bu", "pengaduan"),
        ("minta surat rujukan ke rs gimana bu?", "layanan"),
        ("kenapa bantuan ulun cuma satangah?", "pencairan"),
        ("boleh bawa anak?", "lain"),
    ],
)
def test_what_a_question_is_about(c, words, topic):
    c.siti.says(words).hears("questions.passed_on")
    assert topics(c) == [(topic, "open")]


@pytest.mark.parametrize("words", ["saya sudah pindah ke barabai bu", "anak saya sudah lahir kemarin"])
def test_a_change_at_home_is_a_ticket_that_the_pendamping_approves(c, words):
    c.siti.says(words).hears("obligations.change_noted")
    assert topics(c) == [("data", "open")]
    c.budi.hears("obligations.staff.change").taps("Belum benar").hears("obligations.data.refused")
    assert topics(c) == [("data", "closed")]


@pytest.mark.parametrize("words", ["kapan cair bu?", "pkh sdh cair blm", "bila duit pkh masuk?", "duit pkh kpn cair"])
def test_when_the_money_comes_has_one_honest_answer_and_is_no_ticket(c, words):
    c.siti.says(words).hears("questions.no_news").showing("Belum ada kabar resmi").hears_nothing()
    c.budi.hears_nothing()
    assert topics(c) == []


@pytest.mark.parametrize("words", ["ini siapa ya?", "penipuan ya?", "apa ini nomor resmi?"])
def test_is_this_a_fraud_gets_the_identity_card(c, words):
    c.siti.says(words).hears("questions.who_we_are", pendamping="Pak Budi", desa="Babayau").hears_nothing()
    assert topics(c) == []


def test_an_answer_to_the_letter_is_an_answer_to_the_family(c):
    c.siti.says("boleh bawa anak?")
    c.wati.says("kapan penimbangan?")
    c.budi.quotes("questions.staff.question", "Tanggal 5 di posyandu").hears("questions.staff.answered", number="2")
    c.wati.hears("questions.passed_on").hears("questions.answer", reply="Tanggal 5 di posyandu.")
    c.siti.hears("questions.passed_on").hears_nothing()
    c.budi.quotes("questions.staff.question", "lagi").hears("questions.staff.closed_already")
    c.budi.quotes("questions.staff.answered", "terima kasih bot").hears("questions.staff.confirm", number="1")


def test_equal_questions_are_one_line_that_is_answered_once(c):
    norma = c.chat.kpm("Norma", "Melati 3")
    c.siti.says("kapan posyandu bu?")
    c.wati.says("Assalamualaikum, kpn posyandu ya")
    norma.says("KIP anak ulun hilang")
    c.budi.hears("questions.staff.question", number="1").hears("questions.staff.question", number="3").hears_nothing()
    c.budi.says("TANYA").hears("questions.staff.list", count="2")
    c.budi.showing("1. Ibu Siti (Melati 3), Ibu Wati (Melati 3), layanan", "3. Ibu Norma")
    c.budi.says("jawab 1 Tanggal 5.").hears("questions.staff.answered")
    for kpm in (c.siti, c.wati):
        assert (kpm.last.key, kpm.last.params["reply"]) == ("questions.answer", "Tanggal 5.")
    assert norma.heard == ["questions.passed_on"]
    assert topics(c) == [("layanan", "closed"), ("layanan", "closed"), ("pengaduan", "open")]


def test_who_speaks_of_herself_has_a_line_of_her_own(c):
    c.siti.says("nama saya salah di data bu")
    c.wati.says("nama saya salah di data bu")
    c.budi.says("TANYA").hears("questions.staff.list", count="2")


def test_a_case_goes_on_in_steps_until_its_result(c):
    c.siti.says("minta rujukan ke rs gimana bu?").hears("questions.passed_on")
    c.budi.looks().says("JAWAB 1; Besok saya antar ke puskesmas").hears("questions.staff.step_told")
    c.siti.hears("questions.answer")
    c.budi.says("CATAT 1; dr. Ani minta fotokopi KK").hears("questions.staff.step_kept")
    c.siti.hears_nothing()
    c.budi.says("TANYA 1").hears("questions.staff.shown", state="menunggu").showing(
        "Senin 23 Nov: Besok saya antar ke puskesmas (terkirim)", "Senin 23 Nov: dr. Ani minta fotokopi KK"
    )
    c.budi.says("TUTUP 1; Rujukan sudah keluar").hears("questions.staff.closed")
    c.siti.hears("questions.answer", reply="Rujukan sudah keluar.")
    assert topics(c) == [("layanan", "closed")]
    c.budi.says("TANYA 1").hears("questions.staff.shown").showing("Hasil: Rujukan sudah keluar")
    c.wati.says("wqzx").hears("questions.passed_on")
    c.budi.says("TUTUP 2").hears("questions.staff.closed")
    c.wati.hears_nothing()


def test_nobody_else_sees_it(c):
    c.siti.says("kenapa bantuan saya dipotong?")
    for words in ("TANYA", "TANYA 1", "JAWAB 1; x y", "TUTUP 1", "CATAT 1; x"):
        c.rahma.says(words)
        assert "dipotong" not in c.rahma.last.text
        assert c.rahma.last.key in {"questions.staff.none", "questions.staff.not_found"}
        c.ratna.says(words).hears("help.staff_unknown").hears_nothing()
    assert topics(c) == [("pengaduan", "open")]
    for other in (c.wati, c.dewi):
        other.hears_nothing()
    c.chat.sql("UPDATE kelompok SET pendamping_id = :p WHERE name = 'Melati 3'", p=c.rahma.id)
    c.rahma.says("TANYA").hears("questions.staff.list")
    c.budi.says("TANYA").hears("questions.staff.none")


def test_what_is_open_is_recalled_once_a_day(c):
    c.siti.says("boleh bawa anak?")
    c.wati.says("wqzx qwv").looks()
    c.budi.looks()
    c.chat.at("18:00")
    c.budi.hears_nothing()
    c.chat.at("2026-11-24 07:59")
    c.budi.hears_nothing()
    c.chat.at("2026-11-24 20:00")
    c.budi.hears("questions.staff.open", count="2").hears_nothing()
    c.budi.says("JAWAB 1; Boleh").says("TUTUP 2")
    c.chat.at("2026-11-25 20:00")
    assert c.budi.heard.count("questions.staff.open") == 1


def test_an_answer_that_cannot_be_sent_leaves_the_question_open(c):
    c.siti.says("boleh bawa anak?")
    c.budi.says("JAWAB").hears("questions.staff.how").says("JAWAB x; y").hears("questions.staff.how")
    c.budi.says("JAWAB 9; y").hears("questions.staff.not_found")
    c.budi.says(f"JAWAB 1; {'boleh ' * 40}").hears("questions.staff.too_long", most="160")
    c.budi.says("JAWAB 1; buka https://contoh.id").hears("questions.staff.unfit")
    c.budi.says("JAWAB 1").hears("questions.staff.what_answer").says("batal").hears("questions.staff.dropped")
    c.budi.says("JAWAB 1").hears("questions.staff.what_answer").says("Boleh").hears("questions.staff.answered")
    c.siti.hears("questions.passed_on").hears("questions.answer", reply="Boleh.")


def test_words_without_a_command_may_be_the_answer_and_that_is_asked(c):
    c.siti.says("boleh bawa anak?")
    c.budi.looks().says("boleh saja bu").hears("questions.staff.confirm", who="Ibu Siti").taps("Ya, kirim")
    c.budi.hears("questions.staff.answered")
    c.siti.hears("questions.passed_on").hears("questions.answer", reply="boleh saja bu.")
    c.budi.says("boleh saja bu").hears("help.staff_unknown")
    c.wati.says("jam berapa selesai?")
    c.budi.says("entah lah ya").hears("questions.staff.confirm").says("tidak jadi").hears("questions.staff.dropped")
    c.wati.hears("questions.passed_on").hears_nothing()


def test_who_left_is_not_written_to_and_the_pendamping_knows(c):
    c.siti.says("boleh bawa anak?").says("STOP PESAN").hears("consent.stopped")
    c.budi.says("JAWAB 1; Boleh").hears("questions.staff.not_sent", who="Ibu Siti").hears_nothing()
    c.siti.hears_nothing()


def test_an_answer_at_night_waits_for_the_morning(c):
    c.siti.says("boleh bawa anak?").looks()
    c.chat.at("21:30")
    c.budi.says("JAWAB 1; Boleh").hears("questions.staff.answered")
    c.siti.hears_nothing()
    c.chat.at("2026-11-24 08:00")
    c.siti.hears("questions.answer")


def test_two_pendamping_of_one_phone_each_have_their_own_ticket(c):
    phone = c.siti.phone.address.value
    c.chat.kpm("Dahlia", "Anggrek 1", phone=phone)
    c.siti.says("boleh bawa anak?").hears("questions.passed_on")
    c.budi.hears("questions.staff.question", number="1", kelompok="Melati 3")
    c.rahma.hears("questions.staff.question", number="2", kelompok="Anggrek 1")
    c.rahma.says("JAWAB 2; Boleh").hears("questions.staff.answered")
    c.siti.hears("questions.answer", names="Ibu Dahlia", pendamping="Bu Rahma")
    assert topics(c) == [("lain", "open"), ("lain", "closed")]


def test_what_could_not_be_opened_stands_in_the_list(c):
    c.siti.sends(Kind.STICKER)
    c.wati.sends(Kind.VOICE)
    c.budi.hears("questions.staff.media", what="pesan suara").hears_nothing()
    c.budi.says("TANYA").hears("questions.staff.none")
    c.budi.hears("questions.staff.media_list").showing(
        "Ibu Siti (Melati 3): stiker", "Ibu Wati (Melati 3): pesan suara"
    )


def test_an_erased_family_takes_its_questions_and_their_steps_along(c):
    c.siti.says("minta rujukan ke rs gimana bu?")
    c.budi.says("CATAT 1; sudah ke puskesmas")
    held = c.chat.ask(lambda tx: tx.rights.held(c.siti.id)).counts
    assert (held["pertanyaan"], held["langkah"]) == (1, 1)
    c.siti.says("HAPUS DATA").says("hapus")
    assert [c.chat.sql(f"SELECT count(*) FROM {table}").scalar() for table in ("question", "question_step")] == [0, 0]
    c.budi.says("TANYA").looks()
    assert c.budi.last.key == "questions.staff.none"
