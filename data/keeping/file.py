"""What is in a backup? A zip: `manifest.json` with the schema's revision, and one file of JSON lines for each table.

The same file fits SQLite and PostgreSQL. It holds every name and number of the database and must be kept like it.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Date, LargeBinary, MetaData, String, Table, collate, select

FORMAT = "like-pkh backup 1"
MANIFEST = "manifest.json"
AT_ONCE = 500
"""Rows that are in memory at the same time."""


class BackupError(Exception):
    """This backup cannot be written, or is not one that can be used; the sentence is in Indonesian, for its reader."""


@dataclass(frozen=True, slots=True)
class Content:
    """One table: how many rows, and the digest of its lines."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    revision: str
    made: str
    """When, UTC."""

    tables: Mapping[str, Content]

    @property
    def rows(self) -> int:
        return sum(content.rows for content in self.tables.values())


def tables_of(conn: Connection) -> Sequence[Table]:
    """Those that are really there, those first that others point to."""
    found = MetaData()
    found.reflect(conn)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def lines_of(conn: Connection, table: Table) -> Iterator[bytes]:
    """Every row as one line of JSON, in the order of the key."""
    bytewise = conn.dialect.name == "postgresql"  # SQLite sorts text so by itself; a digest needs one order everywhere
    keys = [collate(c, "C") if bytewise and isinstance(c.type, String) else c for c in table.primary_key]
    for row in conn.execute(select(table).order_by(*keys), execution_options={"yield_per": AT_ONCE}):
        yield json.dumps(list(row), ensure_ascii=False, sort_keys=True, default=_plain).encode() + b"\n"


def digest_of(conn: Connection, table: Table) -> Content:
    digest, rows = hashlib.sha256(), 0
    for line in lines_of(conn, table):
        digest.update(line)
        rows += 1
    return Content(rows, digest.hexdigest())


def rows_in(file: IO[bytes], table: Table) -> Iterator[dict[str, Any]]:
    names = [column.name for column in table.columns]
    dates = [column.name for column in table.columns if isinstance(column.type, Date)]
    pictures = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    for line in file:
        row = dict(zip(names, json.loads(line), strict=True))
        for name in pictures:
            row[name] = b64decode(row[name]) if row[name] is not None else None
        for name in dates:
            row[name] = date.fromisoformat(row[name]) if row[name] else None
        yield row


def keep_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    archive.writestr(MANIFEST, json.dumps({"format": FORMAT, **asdict(manifest)}, indent=2))


def examine(file: Path) -> Manifest:
    """Read all of it and compare with its digests. Raises BackupError for a file that is foreign or not whole."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive)
            for name, content in manifest.tables.items():
                with archive.open(f"{name}.jsonl") as lines:
                    digest = hashlib.sha256()
                    for line in lines:
                        digest.update(line)
                if digest.hexdigest() != content.sha256:
                    raise BackupError(f"{file.name} rusak: isi tabel {name} tidak utuh. Pakai cadangan yang lain.")
    except FileNotFoundError:
        raise BackupError(f"{file} tidak ada.") from None
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, ValueError, zipfile.zlib.error) as fault:  # type: ignore[attr-defined]
        raise BackupError(
            f"{file.name} bukan cadangan LIKE-PKH atau tidak utuh ({type(fault).__name__}). Pakai cadangan yang lain."
        ) from fault
    return manifest


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    said = json.loads(archive.read(MANIFEST))
    if not isinstance(said, dict) or said.pop("format", None) != FORMAT:
        raise ValueError("another format")
    tables = {name: Content(**content) for name, content in said["tables"].items()}
    return Manifest(str(said["revision"]), str(said["made"]), tables)


def _plain(value: object) -> object:
    match value:
        case datetime() | date():
            return value.isoformat()
        case bytes() | memoryview():
            return b64encode(value).decode("ascii")
        case Decimal():
            return int(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no place in a backup")
