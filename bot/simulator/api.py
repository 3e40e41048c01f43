"""The simulator's page and its JSON: phones, clock and register, on this machine only."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.simulator.play import Backwards, BadRequest, Play, RegisterView, entry_state, register
from data.phones import PhoneMessage
from data.records import Role
from data.store import Tx
from data.views import look
from messages.envelope import Attachment

LOOPBACK = {"127.0.0.1", "::1", "localhost", "testserver"}
TYPES = {".css": "text/css", ".js": "text/javascript"}
PAGES = {
    page.name: TYPES[suffix]
    for page in files("bot.simulator").joinpath("pages").iterdir()
    if (suffix := "." + page.name.rsplit(".", 1)[-1]) in TYPES
}
"""What the page may ask for: a fixed list, so that no name leads out of its folder."""

LARGEST = 100_000
LARGEST_SEQ = 2**53

Handler = Callable[[Request], Awaitable[Response]]


def routes(play: Play, zone: ZoneInfo) -> list[Route]:
    """Everything under /simulator."""
    api = _Api(play, zone)
    table: Sequence[tuple[str, str, Handler]] = (
        ("GET", "/simulator", api.page),
        ("GET", "/simulator/pages/{name}", api.asset),
        ("POST", "/simulator/api/messages", api.say),
        ("GET", "/simulator/api/messages", api.messages),
        ("GET", "/simulator/api/media/{seq:int}", api.media),
        ("GET", "/simulator/api/clock", api.clock),
        ("POST", "/simulator/api/clock", api.move_clock),
        ("GET", "/simulator/api/register", api.register),
        ("GET", "/simulator/api/people", api.people),
        ("GET", "/simulator/api/kelompok", api.kelompok),
    )
    return [Route(path, _guarded(handler), methods=[method]) for method, path, handler in table]


def _guarded(handler: Handler) -> Handler:
    """Only this machine may play, and a wrong request gets a sentence."""

    async def guarded(request: Request) -> Response:
        host = (request.headers.get("host") or "").rsplit(":", 1)[0].strip("[]")
        if host not in LOOPBACK or (request.client and request.client.host not in {"127.0.0.1", "::1"}):
            return JSONResponse({"error": "simulator hanya untuk komputer ini"}, 403)
        try:
            return await handler(request)
        except Backwards:
            return JSONResponse({"error": "jam simulator hanya bisa maju"}, 409)
        except BadRequest as fault:
            return JSONResponse({"error": str(fault)}, 400)

    return guarded


async def _json(request: Request) -> dict[str, Any]:
    body = await request.body()
    if len(body) > LARGEST:
        raise BadRequest("permintaan terlalu besar")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("isi permintaan bukan JSON") from None
    if not isinstance(found, dict):
        raise BadRequest("isi permintaan harus sebuah objek JSON")
    return found


class _Api:
    def __init__(self, play: Play, zone: ZoneInfo) -> None:
        self.play, self.store, self.zone = play, play.store, zone

    async def page(self, request: Request) -> Response:
        return Response(files("bot.simulator").joinpath("pages", "index.html").read_bytes(), media_type="text/html")

    async def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in PAGES:
            return JSONResponse({"error": "tidak ada"}, 404)
        return Response(files("bot.simulator").joinpath("pages", name).read_bytes(), media_type=PAGES[name])

    async def say(self, request: Request) -> Response:
        done = await self.play.say(await _json(request))
        return JSONResponse({"duplicate": done.duplicate, "delivered": self._shown(done.messages)})

    async def messages(self, request: Request) -> Response:
        query = request.query_params
        after, to = query.get("after") or "0", (query.get("to") or "").strip().lstrip("+")
        if not re.fullmatch(r"[0-9]{1,15}", after):
            raise BadRequest("after harus sebuah angka")
        both = None if query.get("all") else False
        found = await look(self.store, lambda tx: tx.phones.since(int(after), to or None, outgoing=both))
        if channel := query.get("channel"):
            found = [m for m in found if m.address.channel == channel]
        return JSONResponse({"messages": self._shown(found, whole=both is None)})

    async def media(self, request: Request) -> Response:
        seq = min(int(request.path_params["seq"]), LARGEST_SEQ)
        found = await look(self.store, lambda tx: tx.phones.since(seq - 1))
        attachment = found[0].body.get("attachment") if found and found[0].seq == seq else None
        if attachment is None:
            return JSONResponse({"error": "tidak ada gambar"}, 404)
        file = await self.play.dispatcher.carrier.make_file(Attachment(attachment["kind"], attachment["params"]))
        return Response(file.content, media_type=file.mime)

    async def clock(self, request: Request) -> Response:
        following = await look(self.store, self._next_meeting)
        return JSONResponse({"now": self._at(self.play.clock.now()), "next_meeting": following})

    def _next_meeting(self, tx: Tx) -> str | None:
        found = tx.meetings.between(tx.now + timedelta(minutes=1), tx.now + timedelta(days=120))
        return self._at(found[0].starts) if found else None

    async def move_clock(self, request: Request) -> Response:
        moved = await self.play.advance(self._until(await _json(request)))
        return JSONResponse({"now": self._at(self.play.clock.now()), "delivered": self._shown(moved)})

    def _until(self, asked: dict[str, Any]) -> datetime:
        match asked:
            case {"set": str(text)}:
                try:
                    at = datetime.fromisoformat(text)
                    return (at if at.tzinfo else at.replace(tzinfo=self.zone)).astimezone(UTC)
                except (ValueError, OverflowError):
                    raise BadRequest("set harus seperti 2026-11-27T08:00:00+08:00") from None
            case {"advance_minutes": int(minutes)} if minutes >= 0:
                return self.play.clock.now() + timedelta(minutes=min(minutes, 600_000))
            case {"advance_minutes": int()}:
                raise Backwards("jam simulator tidak bisa mundur")
            case _:
                raise BadRequest("isi set atau advance_minutes")

    async def register(self, request: Request) -> Response:
        name = request.query_params.get("kelompok") or ""
        found = await look(self.store, lambda tx: register(tx, name, tx.now))
        return JSONResponse(self._register(found) if found else {"meeting": None, "rows": []})

    def _register(self, view: RegisterView) -> dict[str, Any]:
        meeting = view.meeting
        return {
            "meeting": {
                "starts": self._at(meeting.starts),
                "place": meeting.place,
                "session": meeting.session,
                "code": meeting.code,
                "state": view.state,
            },
            "rows": [
                {
                    "name": entry.kpm.name,
                    "state": entry_state(entry),
                    "mark": entry.mark.value if entry.mark else None,
                    "late": entry.late,
                    "represented_by": entry.represented_by,
                    "code": entry.code,
                    "reason": entry.reason,
                    "by": view.marked_by.get(int(entry.marked_by)) if entry.marked_by else entry.claim_by,
                }
                for entry in view.rows
            ],
        }

    async def people(self, request: Request) -> Response:
        return JSONResponse({"people": await look(self.store, _people)})

    async def kelompok(self, request: Request) -> Response:
        names = await look(self.store, lambda tx: sorted(k.name for k in tx.people.every_kelompok()))
        return JSONResponse({"kelompok": names})

    def _shown(self, messages: Sequence[PhoneMessage], *, whole: bool = False) -> list[dict[str, Any]]:
        return [self._message(m, whole) for m in messages]

    def _message(self, message: PhoneMessage, whole: bool) -> dict[str, Any]:
        body = message.body
        shown = {
            "seq": message.seq,
            "to": f"+{message.address.value}",
            "channel": message.address.channel,
            "key": message.key,
            "text": body.get("text", ""),
            "buttons": body.get("buttons", []),
            "template": body.get("template"),
            "media": body.get("media"),
            "at": self._at(message.at),
        }
        if whole:
            shown |= {"outgoing": message.outgoing, "body": body.get("body"), "kind": body.get("kind")}
        return shown

    def _at(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).isoformat()


def _people(tx: Tx) -> list[dict[str, Any]]:
    """Everybody who has a phone, staff first."""
    kelompoks = {k.id: k for k in tx.people.every_kelompok()}
    people: list[dict[str, Any]] = []
    for row in tx.people.everybody_with_phone():
        kelompok = kelompoks.get(row.kelompok_id) if row.kelompok_id else None
        people.append(
            {
                "id": f"{'kpm' if row.role is Role.KPM else 'staff'}:{row.id}",
                "name": row.name,
                "called": row.called,
                "role": row.role.value,
                "kelompok": kelompok.name if kelompok else None,
                "desa": kelompok.desa if kelompok else None,
                "phone": f"+{row.value}",
                "channels": list(row.channels),
                "shares": list(row.shares),
            }
        )
    return people
