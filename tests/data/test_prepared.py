"""Does the short way to the driver say exactly what SQLAlchemy's own way says?"""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from data.prepared import Prepared
from data.schema import address, session
from data.store import StoreError
from tests.support.databases import NOW

MOMENT = session.c.at.type
WAITS = (
    select(session.c.topic, session.c.memory, session.c.at)
    .where(session.c.topic.in_(["a", "b"]), session.c.at <= bindparam("now", type_=MOMENT))
    .order_by(session.c.topic)
    .limit(5)
)
ADDRESS = {"id": 1, "channel": "whatsapp", "value": "+6281"}
KEEP = {"address_id": 1, "memory": {"kata": ["satu", None, True]}, "at": NOW, "expires": NOW}


@pytest.fixture
def kept(store):
    """A store with one address."""
    store.run(lambda tx: tx.conn.execute(insert(address), ADDRESS))
    return store


def test_rows_moments_json_and_truth_come_back_as_from_the_long_way(kept):
    add, found = Prepared(insert(session)), Prepared(WAITS)

    def both_ways(tx):
        assert add.change(tx.conn, {**KEEP, "topic": "a"}) == 1
        tx.conn.execute(insert(session), {**KEEP, "topic": "b"})
        short, long = found.all(tx.conn, {"now": NOW}), tx.conn.execute(WAITS, {"now": NOW}).all()
        assert [tuple(row) for row in short] == [tuple(row) for row in long]
        assert len(short) == 2
        assert (short[0].topic, short[0].memory, short[0].at) == ("a", KEEP["memory"], NOW)
        blocked = Prepared(select(address.c.blocked, address.c.heard).where(address.c.id == bindparam("a")))
        assert tuple(blocked.first(tx.conn, {"a": 1})) == (False, None)
        assert blocked.first(tx.conn, {"a": 2}) is None
        assert blocked.scalar(tx.conn, {"a": 1}) is False

    kept.run(both_ways)


def test_a_change_says_how_many_rows_it_touched(kept):
    mark = Prepared(update(address).where(address.c.id == bindparam("a")).values(blocked=True, heard=bindparam("at")))
    gone = Prepared(delete(address).where(address.c.id == bindparam("a")))
    touched = kept.run(lambda tx: [mark.change(tx.conn, {"a": n, "at": NOW}) for n in (1, 2)])
    assert touched == [1, 0]
    assert kept.run(lambda tx: tx.conn.execute(select(address.c.heard)).scalar_one()) == NOW
    assert kept.run(lambda tx: gone.change(tx.conn, {"a": 1})) == 1


def test_a_fault_is_the_one_of_the_long_way_and_quotes_no_values(kept):
    again = Prepared(insert(address))
    with pytest.raises(IntegrityError) as short:
        kept.run(lambda tx: again.change(tx.conn, ADDRESS))
    assert "+6281" not in str(short.value).split("DETAIL")[0]
    assert isinstance(short.value, DBAPIError)
    assert not isinstance(short.value, StoreError)
    assert kept.run(lambda tx: tx.conn.execute(select(address.c.id)).scalars().all()) == [1]


def test_a_parameter_that_is_missing_is_a_fault_and_not_an_empty_value(kept):
    with pytest.raises(KeyError):
        kept.run(lambda tx: Prepared(WAITS).all(tx.conn, {}))


@pytest.mark.parametrize("ids", [[], [1], [1, 2, 3], list(range(1, 40)), (99,)])
def test_a_list_of_any_length(kept, ids):
    found = Prepared(select(address.c.id).where(address.c.id.in_(bindparam("ids", expanding=True))))
    others = Prepared(select(address.c.id).where(address.c.id.not_in(bindparam("ids", expanding=True))))
    there, not_there = kept.run(lambda tx: (found.all(tx.conn, {"ids": ids}), others.all(tx.conn, {"ids": ids})))
    assert [row.id for row in there] == [1] * (1 in ids)
    assert [row.id for row in not_there] == [1] * (1 not in ids)
