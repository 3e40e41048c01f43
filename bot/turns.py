"""How does a busy process divide its time? Between the loop and the writer's thread, and how little goes to waste."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

TURN = 0.001
"""Seconds that the writer's thread may compute before the loop gets its turn: a slot of the sender is a millisecond."""

GARBAGE = (10_000, 20, 50)
"""New objects, and passes over the young, before the collector looks. With Python's own 700, and all that was loaded at
the start looked at again and again, a tenth of the processor went there, for cycles that a message hardly makes."""


def set_turns() -> None:
    """Once, when everything is loaded."""
    sys.setswitchinterval(TURN)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    with suppress(OSError, AttributeError):  # only glibc keeps what the start has freed
        ctypes.CDLL(None).malloc_trim(0)
