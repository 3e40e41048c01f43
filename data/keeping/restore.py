"""How does a backup become a database again? In one transaction: all of it, compared row by row, or nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Table, func, insert, inspect, select, text

from data import migrate
from data.accounts import Accounts
from data.keeping.file import AT_ONCE, BackupError, Manifest, digest_of, examine, rows_in, tables_of
from data.store import Store

OUR_OWN = {"alembic_version", "setting", "lease"}
"""What stands in a database that nobody has used yet."""


def restore(
    store: Store, file: Path, *, replace: bool = False, tell: Callable[[str, int], None] = lambda name, rows: None
) -> Manifest:
    """Fill the database from `file` and bring it to the newest schema.

    Raises BackupError, and then nothing has changed: the file is foreign, damaged, or newer than this program; the
    database is not empty and `replace` was not said; another bot is using it.
    """
    manifest = examine(file)
    if not migrate.known(manifest.revision):
        raise BackupError(
            f"Cadangan ini dari versi program yang lebih baru (susunan {manifest.revision}). Perbarui program dahulu."
        )
    with store.engine.connect() as conn, zipfile.ZipFile(file) as archive:
        _refuse_if_in_use(conn, replace, store.clock())
        migrate.inside(conn, "base")
        migrate.inside(conn, manifest.revision)
        for table in tables_of(conn):
            _fill(conn, table, archive, manifest)
            tell(table.name, manifest.tables[table.name].rows if table.name in manifest.tables else 0)
        _compare(conn, manifest)
        migrate.inside(conn, "head")
        conn.commit()
    return manifest


def _refuse_if_in_use(conn: Connection, replace: bool, now: datetime) -> None:
    there = set(inspect(conn).get_table_names())
    if "lease" in there and Accounts(conn).in_use(now):
        raise BackupError("Bot masih berjalan pada basis data ini. Hentikan dahulu, tunggu satu menit, lalu ulangi.")
    used = [one.name for one in tables_of(conn) if one.name not in OUR_OWN and _count(conn, one)]
    if used and not replace:
        raise BackupError(
            f"Basis data ini sudah berisi ({', '.join(used[:3])} …). Pakai basis data kosong, atau tambahkan --replace "
            "untuk menggantinya."
        )


def _count(conn: Connection, table: Table) -> int:
    return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def _fill(conn: Connection, table: Table, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    conn.execute(table.delete())  # what a migration itself writes stands in the backup too
    if table.name not in manifest.tables:
        raise BackupError(f"Cadangan ini tidak lengkap: tabel {table.name} tidak ada di dalamnya.")
    with archive.open(f"{table.name}.jsonl") as lines:
        rows = rows_in(lines, table)
        while some := list(islice(rows, AT_ONCE)):
            conn.execute(insert(table), some)
    if conn.dialect.name == "postgresql" and "id" in table.columns:
        sequence = conn.execute(text("SELECT pg_get_serial_sequence(:t, 'id')"), {"t": table.name}).scalar_one()
        if sequence is not None:
            newest = conn.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
            conn.execute(select(func.setval(sequence, newest + 1, False)))


def _compare(conn: Connection, manifest: Manifest) -> None:
    for table in tables_of(conn):
        if digest_of(conn, table) != manifest.tables[table.name]:
            raise BackupError(f"Tabel {table.name} tidak sama dengan cadangannya sesudah dipulihkan; tidak ada diubah.")
