"""What do the shelves of invitations and of STATUS promise, on both databases?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.invitations import LASTS
from data.records import Consent, Line, Topic
from data.store import Store
from messages.envelope import Address, KpmId, KpmTo, Outbound, Status, StatusUpdate
from tests.support.databases import NOW, Opened
from tests.support.village import PHONES, Village, settle

CHAT = Address("telegram", "700000001")


@pytest.fixture
def village(store: Store) -> Village:
    return store.run(settle)


# --- codes


def test_a_code_is_found_in_any_case_and_only_as_long_as_it_lasts(store: Store, database: Opened, village: Village):
    made = store.run(lambda tx: tx.invitations.create(kpm_id=village.kpms["Wati"], by=village.budi))
    assert store.run(lambda tx: tx.invitations.get(made.code.upper())) == made
    assert (made.single, made.kpm_id, made.by, made.expires) == (True, village.kpms["Wati"], village.budi, NOW + LASTS)
    assert store.run(lambda tx: tx.invitations.get("tidak-ada")) is None
    chat = store.run(lambda tx: tx.people.address_id(CHAT))
    database.clock.set(NOW + LASTS)
    assert not store.run(lambda tx: tx.invitations.use(made.code, chat))
    database.clock.set(NOW + LASTS + timedelta(seconds=1))
    assert not store.run(lambda tx: tx.invitations.use(made.code, chat))


def test_a_code_is_spent_once(store: Store, village: Village):
    made = store.run(lambda tx: tx.invitations.create(staff_id=village.budi))
    first, second = store.run(lambda tx: [tx.people.address_id(Address("telegram", v)) for v in ("1", "2")])
    assert store.run(lambda tx: tx.invitations.use(made.code, first))
    assert not store.run(lambda tx: tx.invitations.use(made.code, first))
    assert not store.run(lambda tx: tx.invitations.use(made.code, second))
    found = store.run(lambda tx: tx.invitations.get(made.code))
    assert found is not None
    assert found.used_by == first


# --- requests


def test_a_request_is_answered_once_and_another_question_is_no_request(store: Store, village: Village):
    chat = store.run(lambda tx: tx.people.address_id(CHAT))
    number = store.run(lambda tx: tx.invitations.ask(chat, village.melati1, "Wati", village.kpms["Wati"]))
    other = store.run(lambda tx: tx.questions.add(chat, "question", "kapan?", kelompok_id=village.melati1))
    found = store.run(lambda tx: tx.invitations.request(number))
    assert found is not None
    assert (found.address, found.kelompok_id, found.kpm_id, found.open) == (
        CHAT,
        village.melati1,
        village.kpms["Wati"],
        True,
    )
    assert store.run(lambda tx: tx.invitations.request(other)) is None
    assert not store.run(lambda tx: tx.invitations.settle(other))
    assert store.run(lambda tx: tx.invitations.settle(number))
    assert not store.run(lambda tx: tx.invitations.settle(number))


def test_who_is_known_asks_no_more(store: Store, village: Village):
    chat = store.run(lambda tx: tx.people.address_id(CHAT))
    numbers = store.run(lambda tx: [tx.invitations.ask(chat, village.melati1, "Wati", None) for _ in range(2)])
    question = store.run(lambda tx: tx.questions.add(chat, "question", "kapan?", kelompok_id=village.melati1))
    store.run(lambda tx: tx.invitations.withdraw(chat))
    assert not store.run(lambda tx: any(tx.invitations.settle(number) for number in numbers))
    left = store.run(lambda tx: [q.id for q in tx.questions.open_of([village.melati1])])
    assert question in left


# --- STATUS


def test_lines_say_what_is_known_of_each_address_the_newest_first(store: Store, village: Village):
    wati, where = village.kpms["Wati"], Address("whatsapp", PHONES["Wati"])

    def prepare(tx) -> None:
        chat = tx.people.address_id(CHAT)
        tx.people.link_kpm(wati, chat, own=True)
        tx.people.hear(CHAT, NOW)
        tx.people.block(CHAT, True)
        for _ in range(3):
            tx.people.failed_at(tx.people.address_id(where), blocked=False)

    store.run(prepare)
    lines = store.run(lambda tx: tx.status.lines([village.melati1]))
    assert lines[wati] == [
        Line("telegram", NOW, True, 0, False, None, None),
        Line("whatsapp", None, False, 3, True, Consent.YES, NOW),
    ]
    assert village.kpms["Jumiati"] not in lines
    assert village.kpms["Nur"] not in lines
    store.run(lambda tx: tx.people.keep_consent(tx.people.address_id(CHAT), Topic.HEALTH, Consent.NO, "test"))
    assert store.run(lambda tx: tx.status.lines([village.melati1]))[wati][0].consent is None


def test_the_newest_unasked_letter_that_was_not_cancelled_counts(store: Store, village: Village):
    wati, siti = village.kpms["Wati"], village.kpms["Siti"]

    def put(kpm: KpmId, key: str, *, unasked: bool = True) -> int:
        letter = Outbound(KpmTo(kpm), key, {}, unasked=unasked, kpms=[kpm], not_before=NOW + timedelta(hours=1))
        return store.run(lambda tx: tx.outbox.put(letter)) or 0

    first, second = put(wati, "reminders.meeting.invitation"), put(wati, "reminders.meeting.today")
    put(wati, "attendance.next", unasked=False)
    put(siti, "meetings.moved")
    news = store.run(lambda tx: tx.status.letters([village.melati1]))
    assert (news[wati].key, news[wati].state) == ("reminders.meeting.today", Status.QUEUED)
    assert (news[wati].at, news[siti].key) == (NOW + timedelta(hours=1), "meetings.moved")
    store.run(lambda tx: tx.conn.exec_driver_sql(f"UPDATE outbox SET state = 'cancelled' WHERE id = {second}"))
    store.run(
        lambda tx: tx.arrivals.progress([StatusUpdate("whatsapp", "e1", "wamid.1", Status.DELIVERED, NOW, first)])
    )
    news = store.run(lambda tx: tx.status.letters([village.melati1]))
    assert (news[wati].key, news[wati].state, news[wati].at) == (
        "reminders.meeting.invitation",
        Status.DELIVERED,
        NOW,
    )
    assert store.run(lambda tx: tx.status.letters([village.anggrek1])) == {}
