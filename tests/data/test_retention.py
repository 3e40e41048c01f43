"""Does what is over its time go, on the very day, in small steps, and nothing that is still needed?"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from data import schema
from data.retention import BATCH, Keeps
from data.store import Store, StoreError, Tx
from handlers.housekeeping import tick_forget
from tests.support.databases import NOW
from tests.support.village import Village, settle

NIGHT = NOW.replace(hour=18, minute=30)
"""02.30 WITA of the day after."""

MOMENT = timedelta(milliseconds=1)


def add(tx: Tx, table, **values) -> None:
    tx.conn.execute(insert(table).values(**values))


def furnish(tx: Tx, age: timedelta) -> None:
    """One row of every kind that is so old at `NIGHT`."""
    village = settle(tx)
    at = NIGHT - age
    letter = {"address_id": 1, "channel": "whatsapp", "key": "help.kpm", "params": {"names": "Siti"}, "priority": 1}
    add(tx, schema.outbox, **letter, not_before=at, created=at, state="sent", text="Halo Siti")
    add(tx, schema.outbox, **letter, not_before=at, created=at, state="queued")
    asked = {"address_id": 1, "kind": "question", "text": "kapan?", "kpm_id": village.kpms["Siti"]}
    add(tx, schema.question, **asked, at=at, closed=at, state="closed", result="sudah")
    add(tx, schema.question, **asked, at=at, state="open")
    add(tx, schema.question_step, question_id=1, at=at, staff_id=village.budi, text="ditelepon")
    add(tx, schema.event, account="a", event="1", at=at, state="failed", raw={"text": "kada kawa"}, error="x")
    add(tx, schema.visit, kpm_id=village.kpms["Siti"], staff_id=village.budi, at=at, text="sehat")
    add(tx, schema.address, channel="whatsapp", value="628999", heard=at)
    tx.conn.execute(schema.address.update().where(schema.address.c.id == 1).values(heard=at))
    add(tx, schema.audit, at=at, actor="cli", act="test", subject="kpm:1")
    add(tx, schema.audit, at=NIGHT, actor="cli", act="test", subject="kpm:1")


def left(tx: Tx) -> dict[str, object]:
    def count(table, *where) -> int:
        return int(tx.conn.execute(select(func.count()).select_from(table).where(*where)).scalar_one())

    return {
        "letters": count(schema.outbox, schema.outbox.c.text.is_not(None)),
        "questions": count(schema.question, schema.question.c.state == "closed"),
        "failed": count(schema.event, schema.event.c.state == "failed"),
        "visits": count(schema.visit),
        "strangers": count(schema.address, schema.address.c.value == "628999"),
        "audit": count(schema.audit) - 1,
    }


@pytest.mark.parametrize(("kind", "days"), [(kind, getattr(Keeps(), kind)) for kind in Keeps.__dataclass_fields__])
def test_each_kind_stays_to_its_last_day_and_goes_on_the_next(sqlite, kind, days):
    store = sqlite.store()
    sqlite.clock.set(NIGHT)
    store.run(lambda tx: furnish(tx, timedelta(days=days)))
    store.run(lambda tx: tx.retention.forget())
    assert store.run(left)[kind] == 1
    sqlite.clock.set(NIGHT + MOMENT)
    gone = store.run(lambda tx: tx.retention.forget())
    assert (store.run(left)[kind], gone.rows[kind]) == (0, 1)


def test_what_is_still_needed_stays_whatever_its_age(store: Store, database):
    database.clock.set(NIGHT)
    store.run(lambda tx: furnish(tx, timedelta(days=4000)))
    store.run(lambda tx: tx.retention.forget())
    assert store.run(left) == dict.fromkeys(Keeps.__dataclass_fields__, 0)

    def look(tx: Tx) -> tuple[object, ...]:
        waiting = tx.conn.execute(select(schema.outbox.c.params).where(schema.outbox.c.state == "queued")).scalar()
        states = list(tx.conn.execute(select(schema.question.c.state)).scalars())
        steps = tx.conn.execute(select(func.count()).select_from(schema.question_step)).scalar()
        numbers = set(tx.conn.execute(select(schema.address.c.value)).scalars())
        sent = tx.conn.execute(select(func.count()).select_from(schema.outbox)).scalar()
        return waiting, states, steps, "6281100000001" in numbers, sent

    assert store.run(look) == ({"names": "Siti"}, ["open"], 0, True, 2)


def test_a_shorter_period_of_the_office_counts(sqlite):
    store = sqlite.store()
    sqlite.clock.set(NIGHT)
    store.run(lambda tx: furnish(tx, timedelta(days=40)))
    store.run(lambda tx: tx.retention.keep(Keeps(letters=30, visits=50)))
    store.run(lambda tx: tx.retention.forget())
    assert (store.run(left)["letters"], store.run(left)["visits"]) == (0, 1)


@pytest.mark.parametrize(("hour", "goes"), [(17, False), (18, True), (19, False)])
def test_only_at_night_by_the_clock_of_the_kabupaten(sqlite, hour, goes):
    store = sqlite.store()
    sqlite.clock.set(NIGHT)
    store.run(lambda tx: furnish(tx, timedelta(days=4000)))
    sqlite.clock.set(NIGHT.replace(hour=hour, minute=0))
    store.run(tick_forget)
    assert (store.run(left)["visits"] == 0) is goes


def test_many_go_in_steps(sqlite):
    store = sqlite.store()

    def fill(tx: Tx) -> None:
        village: Village = settle(tx)
        row = {"kpm_id": village.kpms["Siti"], "staff_id": village.budi, "at": NIGHT - timedelta(days=4000), "text": ""}
        tx.conn.execute(insert(schema.visit), [row] * (BATCH + 1))

    store.run(fill)
    sqlite.clock.set(NIGHT)
    assert [store.run(tick_forget) for _ in range(2)] == [True, False]


# --- the audit itself


def test_the_database_itself_lets_nobody_change_the_audit(store: Store, database):
    def wrote(at: datetime) -> None:
        store.run(lambda tx: add(tx, schema.audit, at=at, actor="staff:1", act="test", subject="kpm:1", now="hadir"))

    wrote(NOW - timedelta(days=366))
    wrote(NOW)
    for statement in (
        schema.audit.update().values(now="alpa"),
        schema.audit.delete().where(schema.audit.c.at == NOW),
        schema.audit.delete(),
    ):
        with pytest.raises((DBAPIError, StoreError), match="append-only"):
            store.run(lambda tx, s=statement: tx.conn.execute(s))  # type: ignore[misc]
    store.run(lambda tx: tx.conn.execute(schema.audit.delete().where(schema.audit.c.at < NOW)))
    assert store.run(lambda tx: tx.conn.execute(select(schema.audit.c.now)).scalars().all()) == ["hadir"]
