"""How is a running database written into one file? From one snapshot, and read back before it counts."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Table

from data import migrate
from data.engines import snapshot_engine
from data.keeping.file import BackupError, Content, Manifest, examine, keep_manifest, lines_of, tables_of
from data.store import Store

Tell = Callable[[str, int], None]
"""Hears the name of each table and how many rows it had."""


def back_up(store: Store, file: Path, tell: Tell = lambda name, rows: None) -> Manifest:
    """Write everything to `file`, readable by its owner only. Raises BackupError; a half file never gets the name."""
    half = file.with_name(f".{file.name}.{os.getpid()}.part")
    engine = snapshot_engine(store.url)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        half.touch(mode=0o600)
        with engine.connect() as conn, zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            _hold_still(conn)
            revision = migrate.current(store)
            if revision is None:
                raise BackupError("Basis data ini masih kosong: belum ada yang bisa dicadangkan.")
            tables = {table.name: _write(conn, archive, table, tell) for table in tables_of(conn)}
            made = store.clock().isoformat(timespec="seconds")
            keep_manifest(archive, manifest := Manifest(revision, made, tables))
            conn.rollback()
        examine(half)
        half.replace(file)
    except OSError as fault:
        raise BackupError(f"Cadangan tidak bisa ditulis ke {file}: {fault.strerror or fault}.") from fault
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        engine.dispose()
    return manifest


def _hold_still(conn: Connection) -> None:
    """One moment for all tables, and the writer goes on meanwhile."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    else:
        conn.exec_driver_sql("SELECT 1 FROM alembic_version").all()


def _write(conn: Connection, archive: zipfile.ZipFile, table: Table, tell: Tell) -> Content:
    digest, rows = hashlib.sha256(), 0
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
        for line in lines_of(conn, table):
            digest.update(line)
            out.write(line)
            rows += 1
    tell(table.name, rows)
    return Content(rows, digest.hexdigest())
