"""What became of a change that is not on disk? Whether it may pass again, and what is told to whoever waits."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

SQLITE_BREAKS = tuple(
    f"SQLITE_{what}"
    for what in ("FULL", "IOERR", "CORRUPT", "NOTADB", "READONLY", "BUSY", "LOCKED", "CANTOPEN", "PROTOCOL")
)
"""Faults of the file or the disk; some of them have already undone the whole transaction."""


class StoreError(Exception):
    """The change is not on disk; nothing of it is kept. Who acts: whoever runs the bot."""


class StoreBusyError(StoreError):
    """Another process held the database too long; the same change may pass later."""


def _state(fault: BaseException) -> str:
    return str(getattr(getattr(fault, "orig", None), "sqlstate", "") or "")


def may_pass_again(fault: BaseException) -> bool:
    """Serialisation failure or deadlock: the whole batch is repeated. So is a lost connection."""
    if not isinstance(fault, DBAPIError):
        return False
    return fault.connection_invalidated or _state(fault) in {"40001", "40P01", "57P01", "08006", "08003"}


def breaks_the_batch(fault: BaseException) -> bool:
    """A fault of the database rather than of one event: a full disk, an I/O error, a deadlock, a lost server. Nothing
    that was done in this transaction can be trusted; whoever catches such a fault lets it through."""
    if not isinstance(fault, DBAPIError):
        return False
    if isinstance(fault.orig, sqlite3.Error):
        name = str(getattr(fault.orig, "sqlite_errorname", ""))  # a fault of the driver itself has none
        return name.startswith(SQLITE_BREAKS)
    state = _state(fault)
    return fault.connection_invalidated or state[:2] in {"40", "53", "57", "58", "08"}


def explained(fault: Exception) -> Exception:
    if not isinstance(fault, DBAPIError):
        return fault
    words = str(fault.orig).strip().splitlines()[0] if str(fault.orig).strip() else type(fault.orig).__name__
    if "locked" in words or "busy" in words:
        return StoreBusyError(f"the database is held by another process ({words})")
    return StoreError(f"the database refused the change: {words}")
