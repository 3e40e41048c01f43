"""What does the shelf of questions promise, on both databases: scope, lines, steps, and letters that are answered?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.store import Store, Tx
from messages.envelope import Address, KpmTo, Outbound, StaffTo
from tests.support.databases import NOW
from tests.support.outboxes import gone, letters_of
from tests.support.village import PHONES, Village, settle


@pytest.fixture
def village(store: Store) -> Village:
    return store.run(settle)


def ask(tx: Tx, village: Village, name: str, kelompok: int) -> int:
    where = tx.people.address_id(Address("whatsapp", PHONES[name]))
    whose = {"kpm_id": village.kpms[name], "kelompok_id": kelompok}
    return tx.questions.add(where, "question", "kapan?", topic="layanan", gist="kapan posyandu", **whose)


def test_only_the_pendamping_of_the_kelompok_reads_a_ticket(store: Store, village: Village):
    def look(tx: Tx) -> list[list[int]]:
        first = ask(tx, village, "Siti", village.melati1)
        ask(tx, village, "Nur", village.anggrek1)
        tx.questions.add(tx.people.address_id(Address("whatsapp", PHONES["Siti"])), "note", "x")
        staff = [tx.people.staff(i) for i in (village.budi, village.dewi, village.ratna)]
        assert all(staff)
        seen = [[t.id for t in tx.questions.tickets_of(one)] for one in staff if one]
        assert [bool(tx.questions.ticket(one, first)) for one in staff if one] == [True, False, False]
        return seen

    assert store.run(look) == [[1], [2], []]


def test_what_asks_the_same_is_found_until_it_is_closed(store: Store, village: Village):
    def look(tx: Tx) -> list[int | None]:
        mine = [k.id for k in tx.people.kelompok_of(village.budi)]
        first = ask(tx, village, "Siti", village.melati1)
        ask(tx, village, "Halimah", village.melati2)
        found = [tx.questions.asked_already(mine, "layanan", "kapan posyandu")]
        tx.questions.add_step(first, village.budi, "tanggal 5", told=True)
        tx.questions.close(first, village.budi, "tanggal 5")
        budi = tx.people.staff(village.budi)
        assert budi is not None
        closed = tx.questions.ticket(budi, first)
        assert closed is not None
        assert (closed.open, closed.result, closed.kelompok) == (False, "tanggal 5", "Melati 1")
        assert [(s.text, s.told, s.at) for s in tx.questions.steps(first)] == [("tanggal 5", True, NOW)]
        found.append(tx.questions.asked_already(mine, "layanan", "kapan posyandu"))
        assert tx.questions.waiting_since_before(NOW) == {}
        assert tx.questions.waiting_since_before(NOW + timedelta(seconds=1)) == {village.budi: 1}
        tx.questions.close_of_address(tx.people.address_id(Address("whatsapp", PHONES["Halimah"])))
        found.append(tx.questions.asked_already(mine, "layanan", "kapan posyandu"))
        return found

    assert store.run(look) == [1, 2, None]


def test_a_letter_is_found_by_the_address_that_answers_it(store: Store, village: Village):
    def look(tx: Tx) -> list[object]:
        where = tx.people.address_id(Address("whatsapp", "6281100000902"))
        words = {"count": "1"}
        for about in ("question:1", "question:2"):
            letter = tx.outbox.put(Outbound(StaffTo(village.budi), "questions.staff.open", words, about=about))
            assert letter is not None
            gone(tx, letter, "31")
        return [tx.outbox.about_at(where, "31"), tx.outbox.about_at(where + 1, "31"), tx.outbox.about_at(where, "32")]

    assert store.run(look) == ["question:2", None, None]


def test_a_loss_cancels_what_waits_for_that_family_alone(store: Store, village: Village):
    siti, wati = village.kpms["Siti"], village.kpms["Wati"]

    def look(tx: Tx) -> list[str]:
        later = NOW + timedelta(days=1)
        for key, kpms in (("obligations.due", [siti]), ("obligations.due", [siti, wati]), ("obligationsx", [siti])):
            tx.outbox.put(Outbound(KpmTo(siti), key, {}, not_before=later, kpms=kpms))
        assert tx.outbox.cancel_of_kpm(siti, "obligations.") == 1
        return [str(sent.state) for sent in letters_of(tx, siti)]

    assert store.run(look) == ["queued", "queued", "cancelled"]


def test_a_number_is_let_go_and_a_language_kept(store: Store, village: Village):
    aminah, rusmini = village.kpms["Aminah"], village.kpms["Rusmini"]

    def look(tx: Tx) -> tuple[list[str], str]:
        where = Address("whatsapp", PHONES["Aminah"])
        tx.people.unlink_kpm(aminah, tx.people.address_id(where))
        tx.people.set_language([rusmini], "bjn")
        kpms = tx.people.who(where).kpms
        return [kpm.name for kpm in kpms], kpms[0].language

    assert store.run(look) == (["Rusmini"], "bjn")
