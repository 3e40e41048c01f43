"""Does the admin hear of old letters, silent webhooks and a disk that fills, once a day, and of nothing else?"""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from bot.watch import LITTLE, OLD, Watch
from bot.web import Health, make_web
from data import schema
from data.records import Role
from data.store import Tx
from data.watching import reason
from tests.support.databases import NOW
from tests.support.village import settle

WITA = ZoneInfo("Asia/Makassar")
AT_TEN = NOW.replace(hour=2)
"""Monday, 10.00 WITA."""


@pytest.fixture
def office(sqlite):
    store = sqlite.store()
    store.run(settle)
    store.run(lambda tx: tx.people.add_staff("Pak Amin", Role.ADMIN, "+6281100000999", "kabupaten", 1))
    sqlite.clock.set(AT_TEN)
    return sqlite, store


def letters(tx: Tx, state: str, at, number: int = 1, error: str | None = None) -> None:
    row = {"address_id": 1, "channel": "whatsapp", "key": "help.alert", "params": {}, "priority": 2, "created": at}
    row |= {"not_before": at, "state": state, "sent": None if state == "queued" else at, "error": error}
    tx.conn.execute(insert(schema.outbox), [row] * number)


def told(store) -> list[str]:
    rows = select(schema.outbox.c.params).where(schema.outbox.c.key == "help.watch").order_by(schema.outbox.c.id)
    return [params["what"] for params in store.run(lambda tx: tx.conn.execute(rows).scalars().all())]


def watch(store, free: int = 50_000) -> Watch:
    return Watch(store, WITA, lambda: free, statuses=True)


@pytest.mark.parametrize(("age", "number"), [(OLD, 0), (OLD + timedelta(seconds=1), 1)])
async def test_old_letters_are_told_and_only_once_a_day(office, age, number):
    database, store = office
    store.run(lambda tx: letters(tx, "queued", AT_TEN - age))
    for minutes in (0, 0, 3):
        database.clock.set(AT_TEN)
        await watch(store).look(AT_TEN + timedelta(minutes=minutes))
    assert len(told(store)) == number
    assert all("1 pesan menunggu, yang tertua sejak 09.29" in one for one in told(store))
    database.clock.set(AT_TEN + timedelta(days=1))
    await watch(store).look(AT_TEN + timedelta(days=1))
    assert len([one for one in told(store) if "pesan menunggu" in one]) == number + 1


async def test_silent_webhooks_are_told_in_working_hours(office):
    database, store = office
    store.run(lambda tx: letters(tx, "sent", AT_TEN - timedelta(hours=1), 10))
    database.clock.set(AT_TEN + timedelta(hours=6))
    await watch(store).look(AT_TEN + timedelta(hours=6))
    database.clock.set(AT_TEN)
    store.run(lambda tx: tx.events.first_time("whatsapp", "wamid.1"))
    await watch(store).look(AT_TEN)
    assert told(store) == []
    store.run(lambda tx: tx.conn.execute(schema.event.update().values(at=AT_TEN - timedelta(hours=4))))
    await watch(store).look(AT_TEN)
    assert ["webhook" in one for one in told(store)] == [True]


@pytest.mark.parametrize(("state", "number"), [("delivered", 10), ("sent", 9)])
async def test_a_status_or_a_quiet_morning_is_no_silence(office, state, number):
    _, store = office
    store.run(lambda tx: letters(tx, state, AT_TEN - timedelta(hours=1), number))
    await watch(store).look(AT_TEN)
    assert told(store) == []


@pytest.mark.parametrize(("free", "number"), [(LITTLE, 0), (LITTLE - 1, 1)])
async def test_a_disk_that_fills_is_told_before_it_is_full(office, free, number):
    _, store = office
    await watch(store, free).look(AT_TEN)
    assert told(store) == ["ruang di disk tinggal 999 MB"] * number


async def test_metrics_say_what_waits_failed_and_who_holds_the_lease(office):
    _, store = office

    def fill(tx: Tx) -> None:
        letters(tx, "queued", AT_TEN - timedelta(minutes=5), 3)
        letters(tx, "queued", AT_TEN + timedelta(hours=1))
        letters(tx, "failed", AT_TEN, 2, "131026 Siti +62811 tidak bisa")
        letters(tx, "failed", AT_TEN, 1, "nomor ini memblokir bot")
        tx.accounts.take("whatsapp", "me", tx.now, timedelta(seconds=50))
        tx.accounts.keep_template("undangan", "paused", "", tx.now)
        tx.events.first_time("whatsapp", "wamid.1")

    store.run(fill)
    web = make_web(store, Health(store, last_tick=lambda: None, sender=lambda: True), [], None)
    route = next(one for one in web.pages.routes if one.path == "/metrics")  # type: ignore[attr-defined]
    text = bytes((await route.endpoint(None)).body).decode()  # type: ignore[attr-defined]
    for line in (
        "like_pkh_queue_letters 3.0",
        "like_pkh_queue_age_seconds 300.0",
        'like_pkh_failed_letters{reason="131026"} 2.0',
        'like_pkh_failed_letters{reason="diblokir"} 1.0',
        "like_pkh_last_event_seconds 0.0",
        'like_pkh_lease_held{account="whatsapp"} 1.0',
        'like_pkh_templates{status="PAUSED"} 1.0',
    ):
        assert line in text, text
    assert "Siti" not in text


def test_a_reason_is_a_code_or_a_word_of_ours():
    assert [reason(one) for one in ("131026: x", "nomor ini memblokir bot", "Siti", "", "6281100000001")] == [
        "131026",
        "diblokir",
        "lain",
        "lain",
        "lain",
    ]
