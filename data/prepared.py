"""How does a statement that every message needs reach the driver without being compiled and looked up each time?"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any

from sqlalchemy import BindParameter, Boolean, Connection, Dialect, Insert, Integer, String
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Select, visitors

Convert = Callable[[Any], Any]


class _Ready:
    """One statement in one dialect: its text, the order of its parameters, and what its types need converted."""

    __slots__ = ("binds", "columns", "fixed", "lists", "order", "places", "row", "sql")

    def __init__(
        self,
        statement: Any,
        columns: Sequence[Any],
        dialect: Dialect,
        keys: Sequence[str] | None,
        lists: Mapping[str, int],
    ) -> None:
        asked: set[str] = set()
        compiled = visitors.cloned_traverse(statement, {}, {"bindparam": partial(_later, asked, lists)}).compile(
            dialect=dialect,
            column_keys=list(keys) if keys is not None else None,
            compile_kwargs={"render_postcompile": True},
        )
        self.sql: str = str(compiled)
        binds = {name: _into(bind.type, dialect) for bind, name in compiled.bind_names.items() if name not in lists}
        self.binds = [(name, convert) for name, convert in binds.items() if convert is not None]
        self.order: Sequence[str] | None = compiled.positiontup if compiled.positional else None
        self.lists = {name: [f"{name}_{i + 1}" for i in range(length)] for name, length in lists.items()}
        given = asked | set(keys or ()) | {one for names in self.lists.values() for one in names}
        self.fixed = {name: value for name, value in compiled.params.items() if name not in given}
        self.places = self._places() if self.order is not None and not lists else None
        self.row: Any = _row_of(tuple(str(c.key) for c in columns))
        self.columns = [(i, out) for i, c in enumerate(columns) if (out := _out_of(c.type, dialect)) is not None]

    def _places(self) -> list[tuple[str, Convert | None, Any]]:
        """For each place of the text: whose value, how it is converted, and what always stands there."""
        converts = dict(self.binds)
        fixed = {name: converts[name](value) if name in converts else value for name, value in self.fixed.items()}
        return [
            ("", None, fixed[name]) if name in fixed else (name, converts.get(name), None) for name in self.order or ()
        ]

    def arguments(self, values: Mapping[str, Any]) -> Any:
        if self.places is not None:
            return [
                (convert(values[name]) if convert is not None else values[name]) if name else constant
                for name, convert, constant in self.places
            ]
        given = {**self.fixed, **values}
        for name, places in self.lists.items():
            listed = list(given.pop(name))
            # The last one fills what is left, so that a few lengths do for all.
            given.update(zip_longest(places, listed, fillvalue=listed[-1] if listed else None))
        for name, convert in self.binds:
            given[name] = convert(given[name])
        return [given[name] for name in self.order] if self.order is not None else given

    def converted(self, found: Any) -> Any:
        if not self.columns:
            return self.row(found)
        whole = list(found)
        for i, convert in self.columns:
            whole[i] = convert(whole[i])
        return self.row(whole)


class Prepared:
    """A plain statement: named parameters, also `expanding` lists of plain values, and no default of Python's.

    SQLAlchemy still writes it, once for each dialect; only the way from there to the driver is short, which is what
    counts where a message costs a dozen of them. Faults are SQLAlchemy's own, as everywhere, without parameters.
    """

    def __init__(self, statement: Any, returning: Sequence[Any] = ()) -> None:
        self.statement = statement
        self._columns = list(statement.selected_columns) if isinstance(statement, Select) else list(returning)
        self._by_keys = isinstance(statement, Insert)
        binds = [bind for bind in visitors.iterate(statement) if isinstance(bind, BindParameter)]
        self._lists = [bind.key for bind in binds if bind.expanding and bind.required]
        self._ready: dict[Any, _Ready] = {}
        self._one_text = not self._by_keys and not self._lists

    def all(self, conn: Connection, values: Mapping[str, Any]) -> list[Any]:
        ready, cursor = self._execute(conn, values)
        return [ready.converted(row) for row in cursor.fetchall()]

    def first(self, conn: Connection, values: Mapping[str, Any]) -> Any:
        """The first row, or None."""
        ready, cursor = self._execute(conn, values)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else ready.converted(row)

    def scalar(self, conn: Connection, values: Mapping[str, Any]) -> Any:
        """The first column of the first row, or None."""
        row = self.first(conn, values)
        return None if row is None else row[0]

    def change(self, conn: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it touched."""
        return int(self._execute(conn, values)[1].rowcount)

    def _execute(self, conn: Connection, values: Mapping[str, Any]) -> Any:
        dialect = conn.dialect
        ready = self._ready.get(dialect.name) if self._one_text else self._of_this_shape(dialect, values)
        if ready is None:
            ready = self._ready[dialect.name] = _Ready(self.statement, self._columns, dialect, None, {})
        cursor = conn.connection.cursor()
        try:
            cursor.execute(ready.sql, ready.arguments(values))
        except dialect.loaded_dbapi.Error as fault:
            raise _explained(fault, ready.sql, conn) from fault
        return ready, cursor

    def _of_this_shape(self, dialect: Dialect, values: Mapping[str, Any]) -> _Ready:
        """The text depends on which columns are given, and on how long the lists are."""
        keys = tuple(values) if self._by_keys else None
        lengths = tuple(_room(len(values[name])) for name in self._lists)
        ready = self._ready.get((dialect.name, keys, lengths))
        if ready is None:
            lists = dict(zip(self._lists, lengths, strict=True))
            ready = _Ready(self.statement, self._columns, dialect, keys, lists)
            self._ready[dialect.name, keys, lengths] = ready
        return ready


def _explained(fault: Exception, sql: str, conn: Connection) -> BaseException:
    """The same fault that `conn.execute` would have raised; a lost connection is known to be lost."""
    lost = conn.dialect.is_disconnect(fault, conn.connection.dbapi_connection, None)  # type: ignore[arg-type]
    base = conn.dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, fault, base, True, connection_invalidated=lost, dialect=conn.dialect)


def _row_of(names: Sequence[str]) -> Any:
    made: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    return made._make


def _room(number: int) -> int:
    """0, 1, 2, 4, 8 …"""
    return 1 << (number - 1).bit_length() if number else 0


def _later(asked: set[str], lists: Mapping[str, int], bind: Any) -> None:
    """A parameter that comes with each call: while the text is made it may be missing. What is always the same becomes
    part of the text: SQLite looks for partial indexes in it, and reads the text anew where it must look at a value."""
    if bind.required and bind.key in lists:
        bind.value, bind.required = [0] * lists[bind.key], False
    elif bind.required:
        asked.add(bind.key)
        bind.required = False
    elif isinstance(bind.type, String | Integer | Boolean) and bind.value is not None:
        bind.literal_execute = True


def _into(type_: Any, dialect: Dialect) -> Convert | None:
    found: Convert | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return found


def _out_of(type_: Any, dialect: Dialect) -> Convert | None:
    found: Convert | None = type_.dialect_impl(dialect).result_processor(dialect, None)
    return found
