"""How is a kept file handed over? Whole, or the piece that is asked for: some browsers play a recording only so."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

_PIECE = re.compile(r"bytes=(\d{1,12})-(\d{1,12})?", re.ASCII)


def handed(request: Request, content: bytes, mime: str, headers: Mapping[str, str]) -> Response:
    """One piece from somewhere to somewhere; anything else that may be wished for gets the whole."""
    about = {**headers, "Accept-Ranges": "bytes"}
    wished = _PIECE.fullmatch(request.headers.get("range", ""))
    if wished is None or (wished[2] and int(wished[2]) < int(wished[1])):
        return Response(content, media_type=mime, headers=about)
    first, last = int(wished[1]), min(int(wished[2] or len(content)), len(content) - 1)
    if first > last:
        return Response(status_code=416, media_type=mime, headers={**about, "Content-Range": f"bytes */{len(content)}"})
    about["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], 206, media_type=mime, headers=about)
