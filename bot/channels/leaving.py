"""When did a request really leave? Taking its slot is earlier: a connection is opened first, and the loop may be busy.

The sender sets `told` in the task that carries a letter; a body calls it once it is on its way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from aiohttp import BytesPayload, FormData, Payload
from aiohttp.abc import AbstractStreamWriter

told: ContextVar[Callable[[], None] | None] = ContextVar("told", default=None)

_as_json = json.JSONEncoder(separators=(",", ":")).encode


class Leaving(BytesPayload):
    """A body that says when it goes. Its headers wait for it, and it for the loop: only with it the request is out."""

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        await super().write_with_length(writer, content_length)
        if (tell := told.get()) is not None:
            tell()


class LeavingForm(Payload):
    """The same for a form with files: it is out with its last part."""

    def __init__(self, form: FormData) -> None:
        self._inner = form()
        super().__init__(self._inner, headers=self._inner.headers)

    @property
    def size(self) -> int | None:
        return self._inner.size

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return self._inner.decode(encoding, errors)

    async def write(self, writer: AbstractStreamWriter) -> None:
        await self._inner.write(writer)
        if (tell := told.get()) is not None:
            tell()


def as_json(fields: Mapping[str, Any]) -> Leaving:
    return Leaving(_as_json(fields).encode(), content_type="application/json")
