"""What did a browser send? The fields of a form, the object of a JSON body, or fields with files among them."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

FIELDS, FILES = 500, 6
FILE = "file:"
"""What the names of files begin with here, and no field's."""


class Unreadable(Exception):
    """It is none of these."""


class TooLarge(Exception):
    """More bytes than this address takes."""


async def read(request: Request, largest: int) -> Mapping[str, Any]:
    """{"csrf": "…", "file:foto": [b"…", b"…"]}: files stand in lists, empty ones are left out. Raises Unreadable or
    TooLarge."""
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("multipart/form-data"):
        return await _parts(request, largest)
    body = b"".join([part async for part in _measured(request, largest)])
    sent = _object(body) if is_json(request) else _form(body)
    return {name: value for name, value in sent.items() if not name.startswith(FILE)}


def is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/json")


async def _measured(request: Request, largest: int) -> AsyncGenerator[bytes]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > largest:
            raise TooLarge
        yield part


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unreadable
    return found


def _form(body: bytes) -> Mapping[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError:
        raise Unreadable from None


async def _parts(request: Request, largest: int) -> Mapping[str, Any]:
    parser = MultiPartParser(request.headers, _measured(request, largest), max_files=FILES, max_fields=FIELDS)
    try:
        form = await parser.parse()
    except (MultiPartException, UnicodeDecodeError, KeyError):
        raise Unreadable from None
    sent: dict[str, Any] = {}
    try:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if content := await value.read():
                    sent.setdefault(FILE + name, []).append(content)
            elif not name.startswith(FILE):
                sent[name] = value
    finally:
        await form.close()
    return sent
