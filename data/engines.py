"""How is the database opened? Its three doors, and what SQLite must be told first."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

if TYPE_CHECKING:  # it brings the ORM along, 8 MB that nobody needs before a page is read
    from sqlalchemy.ext.asyncio import AsyncEngine

RETRIES = 5

STATEMENTS = 500
"""Kept ready by each connection: a conversation has some forty, all conversations together several hundred."""


def writer_engine(url: URL) -> Engine:
    """The synchronous engine of the writer's thread. Faults end in logs, so none of them quotes parameters."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    arguments = {
        "timeout": 30,
        "check_same_thread": False,
        "isolation_level": None,
        "cached_statements": STATEMENTS,
    }
    engine = create_engine(url, connect_args=arguments, hide_parameters=True)
    event.listen(engine, "connect", _sqlite_pragmas)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def snapshot_engine(url: URL) -> Engine:
    """Reads that stand still at one moment and hold up nobody: for backups."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": 30, "isolation_level": None}, hide_parameters=True)
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN"))
    return engine


def reader_engine(url: URL) -> AsyncEngine:
    """The asynchronous engine of pages and summaries."""
    from sqlalchemy.ext.asyncio import create_async_engine

    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    with_aiosqlite = url.set(drivername="sqlite+aiosqlite")
    engine = create_async_engine(with_aiosqlite, connect_args={"timeout": 30}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _sqlite_pragmas)
    return engine


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("busy_timeout=30000", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    _write_ahead(cursor)
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Two processes that start on a new file both want to change its journal, and SQLite lets neither wait."""
    for attempt in range(RETRIES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if attempt + 1 == RETRIES:
                raise
            time.sleep(0.1 * (attempt + 1))


def _begin_immediate(conn: Connection) -> None:
    # The driver would begin late and a released savepoint would survive the outer rollback.
    conn.exec_driver_sql("BEGIN IMMEDIATE")
