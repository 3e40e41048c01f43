"""When did a request really leave? Taking its slot is earlier: a connection is opened first, and the loop may be busy.

The sender sets `told` in the task that carries a letter; the session calls it once the request is on its way.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp

told: ContextVar[Callable[[], None] | None] = ContextVar("told", default=None)


def tracing() -> aiohttp.TraceConfig:
    """For the session that the channels share."""
    config = aiohttp.TraceConfig()
    # Its headers wait for the body, and the body for the loop: only with the body does a request go out.
    config.on_request_chunk_sent.append(_sent)
    return config


async def _sent(
    session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestChunkSentParams
) -> None:
    if (tell := told.get()) is not None:
        tell()
