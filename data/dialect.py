"""How is "insert unless it is there" said, and what can both databases store? SQLAlchemy spells it per dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, Update, exists, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from data.prepared import Prepared


class InsertOnce:
    """`INSERT … ON CONFLICT DO NOTHING`, built once per dialect; `returning` gives None where the row was there."""

    def __init__(self, table: Table, conflict: Sequence[str], returning: str | None = None) -> None:
        self._statements: dict[str, Prepared] = {}
        self._returning = returning
        self._many: dict[str, Any] = {}
        for dialect in (sqlite, postgresql):
            statement = dialect.insert(table).on_conflict_do_nothing(index_elements=list(conflict))
            self._many[dialect.dialect.name] = statement
            back = [table.c[returning]] if returning else []
            self._statements[dialect.dialect.name] = Prepared(statement.returning(*back) if back else statement, back)

    def __call__(self, conn: Connection, values: dict[str, Any]) -> Any:
        """True when a row was added (or its `returning` column); None or False when it was there already."""
        statement = self._statements[conn.dialect.name]
        return statement.scalar(conn, values) if self._returning else statement.change(conn, values) > 0

    def many(self, conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """The same for many rows; those that were there stay as they are."""
        if rows:
            conn.execute(self._many[conn.dialect.name], list(rows))


class Upsert:
    """`INSERT … ON CONFLICT DO UPDATE` of the named columns; those of `add` grow by the new number."""

    def __init__(self, table: Table, conflict: Sequence[str], update: Sequence[str], add: Sequence[str] = ()) -> None:
        self._statements: dict[str, Prepared] = {}
        self._many: dict[str, Any] = {}
        for dialect in (sqlite, postgresql):
            statement = dialect.insert(table)
            new = {name: statement.excluded[name] for name in update}
            new |= {name: table.c[name] + statement.excluded[name] for name in add}
            upsert = statement.on_conflict_do_update(index_elements=list(conflict), set_=new)
            self._many[dialect.dialect.name] = upsert
            self._statements[dialect.dialect.name] = Prepared(upsert)

    def __call__(self, conn: Connection, values: dict[str, Any]) -> None:
        self._statements[conn.dialect.name].change(conn, values)

    def many(self, conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """The same for many rows, one after the other."""
        if rows:
            conn.execute(self._many[conn.dialect.name], list(rows))


class InTurn:
    """Two updates, the second where the first changed something; PostgreSQL is asked for both at once."""

    def __init__(self, first: Update, second: Update) -> None:
        self._apart = Prepared(first), Prepared(second)
        done = first.returning(literal(1).label("one")).cte("first_done")
        then = second.where(exists(select(done.c.one))).returning(literal(1).label("one")).cte("then_done")
        counts = (select(func.count()).select_from(one).scalar_subquery() for one in (done, then))
        self._together = Prepared(select(*counts))

    def __call__(self, conn: Connection, values: dict[str, Any]) -> tuple[int, int]:
        """How many rows each changed."""
        if conn.dialect.name == "postgresql":
            first, second = self._together.first(conn, values)
            return first, second
        done = self._apart[0].change(conn, values)
        return done, self._apart[1].change(conn, values) if done else 0


def storable(value: Any) -> Any:
    """The same without NUL and half characters: PostgreSQL takes neither, and a fault must be kept in any case."""
    match value:
        case str():
            return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
        case Mapping():
            return {storable(name): storable(inner) for name, inner in value.items()}
        case list() | tuple():
            return [storable(inner) for inner in value]
        case _:
            return value
