"""What was a played platform asked? Its body and query as plain values, however they were sent."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web


async def body_of(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return await request.json()
    form = await request.post()
    found: dict[str, Any] = {}
    for name, value in form.items():
        if isinstance(value, web.FileField):
            with value.file as file:
                found[name] = file.read()
        else:
            found[name] = decoded(str(value))
    return found


def decoded(value: str) -> Any:
    """A form holds text only; Telegram reads numbers, flags and structures out of it."""
    try:
        return json.loads(value)
    except ValueError:
        return value
