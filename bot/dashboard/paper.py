"""What goes over the wire? Templates that escape everything, fixed files, and headers that allow little."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from data.records import Mark
from messages import spoken

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ASSETS = {
    file.name: (file.read_bytes(), TYPES[suffix])
    for file in files("bot.dashboard").joinpath("pages").iterdir()
    if (suffix := "." + file.name.rsplit(".", 1)[-1]) in TYPES
}
"""What a page may ask for: a fixed list, so that no name leads out of its folder."""

VERSIONS = {name: sha256(content).hexdigest()[:12] for name, (content, _) in ASSETS.items()}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
PRIVATE = {**HEADERS, "Cache-Control": "no-store"}
A_YEAR = "public, max-age=31536000, immutable"
"""Every file is asked for under the hash of its content: on a bad connection it comes once."""

MARKS = {Mark.PRESENT: "Hadir", Mark.EXCUSED: "Izin", Mark.SICK: "Sakit", Mark.ABSENT: "Alpa"}


def _file(name: str) -> str:
    return f"/dasbor/berkas/{name}?v={VERSIONS[name]}"


def _number(value: int) -> str:
    """'12.345'."""
    return f"{value:,}".replace(",", ".")


def _short(at: datetime) -> str:
    """'Sabtu 28 Nov'; `at` is local, as in all of these."""
    return spoken.short_date(at.date())


def _moment(at: datetime) -> str:
    """'Sabtu 28 Nov 09.05 WITA'."""
    return f"{_short(at)} {spoken.clock_zone(at)}"


_environment = Environment(
    loader=PackageLoader("bot.dashboard", "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals["file"] = _file
_environment.globals["MARKS"] = MARKS
_environment.filters.update(
    number=_number,
    short=_short,
    moment=_moment,
    long=lambda at: spoken.long_date(at.date()),
    clock=spoken.clock,
    clock_zone=spoken.clock_zone,
    month=spoken.month_name,
)


def written(template: str, words: Mapping[str, Any], status: int = 200) -> Response:
    """A page of these words; whatever somebody wrote in them stays text."""
    return HTMLResponse(_environment.get_template(template).render(words), status, headers=PRIVATE)


async def asset(request: Request) -> Response:
    """A style sheet or a script."""
    found = ASSETS.get(request.path_params["name"])
    if found is None:
        return Response("tidak ada", 404, headers=HEADERS, media_type="text/plain")
    content, media_type = found
    return Response(content, media_type=media_type, headers={**HEADERS, "Cache-Control": A_YEAR})
