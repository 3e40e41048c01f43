"""KUIS and PAHAM: offered, read aloud, summed up honestly, decided by the pendamping; counted by hand beside it."""

from __future__ import annotations

from typing import Any

from data.quiz import Score
from handlers.quiz.results import groups, item_rows, practice_rows, result_rows
from tests.support.chat import Chat, Someone
from tests.support.quizzing import BY_ID, after_a_meeting, asked, evening, right, takes, wrong


def lines_of(chat: Chat, name: str = "Melati 3") -> dict[str, list[int]]:
    return {name: [chat.kelompok(name).id]}


def results(chat: Chat, session: str = "P2") -> dict[str, object]:
    lines = lines_of(chat)
    (row,) = chat.ask(lambda tx: result_rows(tx, lines, session))
    return row


def scores(chat: Chat) -> list[Score]:
    ids = lines_of(chat)["Melati 3"]
    return chat.ask(lambda tx: tx.quiz.scores(ids))


def item_table(chat: Chat) -> list[dict[str, Any]]:
    ids = lines_of(chat)["Melati 3"]
    return chat.ask(lambda tx: item_rows(tx, ids, "P2"))


def test_recap_results_and_item_table_agree_with_a_count_by_hand():
    chat, budi, families = after_a_meeting("Siti", "Wati", "Halimah", "Rukayah", "Mariani", "Salmah")
    ratna = chat.koordinator("Bu Ratna")
    evening(chat, *families)
    siti, wati, halimah, rukayah, mariani, _ = families
    marks = {siti: [True, True, True], wati: [True, False, True], halimah: [False, False, True], rukayah: [False] * 3}
    by_item: dict[str, list[bool]] = {}
    for family, given in marks.items():
        family.says("mulai")
        for mark in given:
            by_item.setdefault(asked(family).id, []).append(mark)
            family.says(right(family) if mark else wrong(family))
    mariani.says("mulai").says(right(mariani))
    by_item[asked_first(mariani)].append(True)

    # By hand: six invited, five begun, four finished with 3 + 2 + 1 + 0 of 12.
    row = results(chat)
    assert (row["invited"], row["started"], row["finished"]) == (6, 5, 4)
    assert row["mean_score"] == 0.5
    assert (row["pre_mean"], row["n_pairs"], row["gain"]) == (None, 0, None)
    found = item_table(chat)
    assert {r["id"]: (r["n"], r["right"]) for r in found} == {i: (len(m), sum(m)) for i, m in by_item.items()}
    assert all(sum(r["options"].values()) == r["n"] and r["flag"] == "" for r in found)

    budi.says("KUIS Melati 3").hears("quiz.staff.results")
    budi.showing("Ditawari 6, mulai 5, selesai 4. Rata-rata 50% benar.", "Wati: 2 dari 3 benar", "Mariani: 1 dari 1")
    budi.hiding("Salmah")
    budi.says("REKAP").hears("summary.recap").showing("Kuis: ditawari 6, mulai 5, selesai 4.")

    # Above the pendamping no mean of fewer than five, and no names.
    ratna.says("REKAP").hears("summary.recap").showing("Kuis: ditawari 6, mulai 5, selesai 4.")
    ratna.says("KUIS P2 kelompok").hears("quiz.staff.overview").showing("Melati 3: Ditawari 6, mulai 5, selesai 4.")
    ratna.hiding("Rata-rata 5", "Siti").hears("quiz.staff.chart")
    mariani.says(right(mariani)).says(right(mariani)).hears("quiz.right_last")
    ratna.says("KUIS").hears("quiz.staff.overview").showing("Babayau: Ditawari 6, mulai 5, selesai 5. Rata-rata 60%")
    ratna.says("KUIS XX").hears("quiz.staff.overview_unknown")


def asked_first(family: Someone) -> str:
    """The question before the one that lies there now."""
    first = next(letter for letter in family.inbox if letter.key == "quiz.question")
    return next(i.id for i in BY_ID.values() if i.question == first.params["question"])


def test_a_level_is_proposed_with_its_basis_never_prefilled_and_decided_with_audit():
    chat, budi, (siti, _) = after_a_meeting("Siti", "Wati")
    chat.at("2026-11-28 19:40")
    takes(siti, [True, False, True])
    budi.says("PAHAM Melati 3").hears("quiz.staff.levels")
    budi.showing("1. Siti: 2 dari 3 benar, usul baik", "2. Wati: belum menjawab kuis, usul tidak dapat dinilai")
    assert chat.sql("SELECT count(*) FROM understanding").scalar() == 0
    budi.says("SELESAI").hears("quiz.staff.levels_unclear")
    budi.says("1-999999999 baik").hears("quiz.staff.levels_unclear")
    budi.says("1 sangat baik, 2 tidak dapat dinilai").hears("quiz.staff.levels_proposal")
    budi.taps("SELESAI").hears("quiz.staff.levels_saved").showing("sangat baik 1, tidak dapat dinilai 1")
    decided = [(c.actor, c.was, c.now) for c in chat.audit() if c.act == "understanding"]
    assert decided == [(f"staff:{budi.id}", None, "sangat baik"), (f"staff:{budi.id}", None, "tidak dapat dinilai")]
    budi.says("PAHAM Melati 3").hears("quiz.staff.levels").showing("usul baik; tercatat sangat baik")
    budi.says("1 baik").says("SELESAI").hears("quiz.staff.levels_saved")
    assert [(c.was, c.now) for c in chat.audit() if c.act == "understanding"][2:] == [("sangat baik", "baik")]
    budi.says("KUIS Siti").hears("quiz.staff.family").showing("P2: 2 dari 3 benar; tercatat baik")


def test_answers_read_aloud_are_entered_by_the_pendamping_and_marked_so():
    chat, budi, _ = after_a_meeting("Siti")
    rahma = chat.pendamping("Bu Rahma", "Anggrek 1")
    chat.kpm("Jumiati", "Melati 3", phone=None)
    budi.says("KUIS Jumiati; P2").hears("quiz.staff.aloud", name="Ibu Jumiati", number="1")
    budi.says(right(budi)).hears("quiz.staff.aloud", number="2")
    budi.presses("quiz.answer:1.0.b").hears("quiz.staff.aloud", number="2")
    assert chat.sql("SELECT count(*) FROM quiz_answer").scalar() == 1
    budi.says("2" if right(budi) == "b" else "1")
    budi.says(wrong(budi)).hears("quiz.staff.aloud_done")
    assert [(s.aloud, s.finished) for s in scores(chat)] == [(True, True)]
    budi.says("KUIS Melati 3").hears("quiz.staff.results").showing("Jumiati:", "(dibacakan)")
    rahma.says("KUIS Jumiati; P2").hears("quiz.staff.unknown")
    chat.at("2026-12-12 12:00")
    assert not [row for row in chat.outbox if row.key == "quiz.reminder"]


def test_kuis_of_the_pendamping_shows_first_and_offers_in_the_evening():
    chat = Chat("2026-12-01 10:00")
    budi = chat.pendamping("Pak Budi", "Melati 3")
    siti, wati = chat.kpm("Siti", "Melati 3"), chat.kpm("Wati", "Melati 3", consent=False)
    budi.says("KUIS Melati 3").hears("quiz.staff.no_results")
    budi.says("KUIS Melati 3; Z9").hears("meetings.draft.unknown_session")
    budi.says("KUIS Melati 3; K1").hears("quiz.staff.preview", reached="1", families="2")
    assert siti.inbox == []
    budi.taps("Tidak jadi").hears("quiz.staff.dropped")
    budi.says("KUIS Melati 3; hk").taps("Tidak jadi")
    budi.says("KUIS Melati 3; K1").taps("Kirim").hears("quiz.staff.sent", count="1")
    chat.at("2026-12-01 19:40")
    siti.hears("quiz.invitation").showing("Gizi dan Layanan Kesehatan Ibu Hamil").hears_nothing()
    assert wati.inbox == []
    siti.taps("Mulai").hears("quiz.question")
    assert asked(siti).id.startswith("K1-")


def test_five_questions_once_after_consent_and_their_equals_half_a_year_later():
    chat = Chat("2026-01-05 08:00")
    chat.pendamping("Pak Budi", "Melati 3")
    siti = chat.kpm("Siti", "Melati 3", consent=None)
    told_nothing = chat.kpm("Wati", "Melati 3")
    siti.says("halo").hears("consent.introduction")
    siti.says("ya")
    chat.at("2026-01-07 20:30")
    assert "quiz.baseline" not in siti.heard
    chat.at("2026-01-10 20:00")
    assert siti.heard[-1] == "quiz.baseline"
    siti.taps("Mulai").hears("quiz.question", total="5")
    first = []
    for mark in (True, False, False, True, False):
        first.append(asked(siti).id)
        siti.says(right(siti) if mark else wrong(siti))
    siti.hears("quiz.not_yet_right_last", score="2 dari 5")
    chat.at("2026-07-08 20:00")
    assert siti.heard.count("quiz.baseline") == 1
    chat.at("2026-07-13 20:00")
    assert siti.heard.count("quiz.baseline") == 2
    siti.looks().says("mulai").hears("quiz.question", total="5")
    second = []
    for mark in (True, True, True, True, False):
        second.append(asked(siti).id)
        siti.says(right(siti) if mark else wrong(siti))
    assert set(first) & set(second) == set()
    row = results(chat, "HK")
    assert (row["pre_mean"], row["post_mean"], row["n_pairs"]) == (0.4, 0.8, 1)
    assert round(float(str(row["gain"])), 6) == round((0.8 - 0.4) / (1 - 0.4), 6)
    assert told_nothing.inbox == []


def test_a_pre_test_comes_only_where_the_office_wants_it_and_before_the_week_of_the_meeting():
    def played(before: str) -> list[str]:
        chat = Chat("2026-11-10 07:00")
        budi = chat.pendamping("Pak Budi", "Melati 3")
        siti = chat.kpm("Siti", "Melati 3")
        chat.ask(lambda tx: tx.settings.keep("quiz_before", before))
        budi.says("JADWAL Melati 3; 28-11-2026 09.00; Balai; P2").taps("Kirim")
        chat.at("2026-11-21 08:00")
        if siti.heard[-1:] == ["quiz.invitation"]:
            takes(siti, [True, False, False])
        chat.at("2026-11-28 20:30")
        assert {s.phase for s in scores(chat)} == ({"pre"} if before == "yes" else set())
        return siti.heard

    assert "quiz.invitation" not in played("no")
    assert played("yes")[0] == "quiz.invitation"


def test_a_new_version_has_its_own_line_and_names_of_groups_stay_apart():
    chat, _, (siti,) = after_a_meeting("Siti")
    evening(chat, siti)
    siti.says("mulai")
    item = asked(siti)
    siti.says(right(siti))
    newer = item.model_copy(update={"version": 2, "question": "Apa yang paling membantu anak merapikan mainan?"})
    chat.ask(lambda tx: tx.quiz.keep_item(newer))
    found = item_table(chat)
    assert [(r["id"], r["n"]) for r in found] == [(f"{item.id} v1", 1)]
    assert chat.ask(lambda tx: tx.quiz.item(item.id, 1)) == item
    two = [chat.kelompok("Mawar 1", desa="Juai"), chat.kelompok("Mawar 1", desa="Lampihong")]
    assert list(groups(two, "kelompok")) == ["Mawar 1 Juai", "Mawar 1 Lampihong"]
    assert chat.ask(lambda tx: practice_rows(tx, {"x": [two[0].id]}, None)) == []
