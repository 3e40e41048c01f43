"""A form that carries files: its fields, and the files under their names. Nothing larger than what was promised."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

MOST_FILES, MOST_FIELDS = 6, 20
WHERE = "/laporan/foto"
"""No other address takes files."""

LARGEST = 30_000_000
"""Bytes of all files together: six photos of a phone, before they are made small."""


class Unreadable(ValueError):
    """The body is no form, or is too large (`status`)."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def carries_files(request: Request) -> bool:
    sent = request.headers.get("content-type", "")
    return sent.startswith("multipart/form-data") and request.url.path.endswith(WHERE)


async def unpacked(request: Request) -> Mapping[str, Any]:
    """{"csrf": "…", "file:foto": [b"…", b"…"]}. Raises Unreadable."""
    parser = MultiPartParser(request.headers, _measured(request), max_files=MOST_FILES, max_fields=MOST_FIELDS)
    try:
        form = await parser.parse()
    except (MultiPartException, UnicodeDecodeError, KeyError):
        raise Unreadable(400) from None
    found: dict[str, Any] = {}
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                found.setdefault(f"file:{name}", []).append(await value.read())
            else:
                found[name] = value
    finally:
        await form.close()
    return found


async def _measured(request: Request) -> AsyncGenerator[bytes]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise Unreadable(413)
        yield part
