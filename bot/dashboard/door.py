"""Who comes in, and what may they change? Link, session, role and CSRF token are looked at here, before any page."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.dashboard import forms, nav, parcels
from bot.dashboard.machine import Machine
from bot.dashboard.paper import PRIVATE, written
from data import views
from data.desk import SESSION_LASTS
from data.records import Role, Staff
from data.store import Store, Tx

T = TypeVar("T")

COOKIE = "dasbor"
LARGEST = 200_000
"""Bytes of a body: a register of a whole desa is smaller."""

WITH_FILE = 17_000_000
"""Bytes where a photo may come along: it is made small here, not on an old phone."""

LARGEST_NUMBER = 2**53


After = Callable[[], Awaitable[None]]


async def nobody_waits() -> None:
    """The sender looks into the outbox by itself."""


class Refused(Exception):
    """The request is not answered as asked; `sentence` says why, in words for whoever looks at the page."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class Missing(Refused):
    """There is no such thing, or it is not theirs: nobody learns which."""

    def __init__(self) -> None:
        super().__init__(404, "Halaman ini tidak ada, atau bukan kelompok dampingan Anda.")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of somebody who is signed in."""

    request: Request
    store: Store
    who: Staff
    token: str
    csrf: str
    after: After
    machine: Machine
    sent: Mapping[str, Any] = field(default_factory=dict)
    """The fields of a form, or the object of a JSON body."""

    def number(self, name: str) -> int:
        found = int(self.request.path_params[name])
        if found > LARGEST_NUMBER:
            raise Missing
        return found

    def query(self, name: str) -> str:
        """Something from the address, never longer than anybody would type."""
        return self.request.query_params.get(name, "").replace("\x00", "").strip()[:80]

    async def look(self, work: Callable[[Tx], T]) -> T:
        return await views.look(self.store, work)

    async def write(self, work: Callable[[Tx], T]) -> T:
        return await self.store.write(work)

    async def sent_letters(self) -> None:
        """Something new lies in the outbox: whoever carries it out may begin."""
        await self.after()

    def page(self, template: str, **words: Any) -> Response:
        path = self.request.url.path
        about = {"who": self.who, "csrf": self.csrf, "nav": nav.of(self.who.role), "path": path}
        return written(template, {**about, **words})


Page = Callable[[Ask], Awaitable[Response]]
Handler = Callable[[Request], Awaitable[Response]]


class Door:
    def __init__(self, store: Store, *, secure: bool, after: After, machine: Machine) -> None:
        self.store, self.secure, self.after, self.machine = store, secure, after, machine

    def guarded(self, page: Page, roles: Set[Role], largest: int = LARGEST) -> Handler:
        """`page` for these roles only; a change needs the session's own CSRF token besides, within `largest` bytes."""

        async def guarded(request: Request) -> Response:
            token = request.cookies.get(COOKIE, "")
            try:
                who = await self._who(token)
                if who.role not in roles:
                    raise Refused(403, "Halaman ini bukan untuk peran Anda.")
                csrf = self._csrf(token)
                sent = await _sent(request, csrf, largest) if request.method == "POST" else {}
                return await page(Ask(request, self.store, who, token, csrf, self.after, self.machine, sent))
            except Refused as fault:
                return _refusal(request, fault)

        return guarded

    async def _who(self, token: str) -> Staff:
        who = await views.look(self.store, lambda tx: tx.desk.who(token)) if token else None
        if who is None:
            raise Refused(401, "Anda belum masuk, atau sesi sudah habis.")
        return who

    def _csrf(self, token: str) -> str:
        return hmac.new(self.store.key().encode(), f"csrf:{token}".encode("utf-8", "replace"), sha256).hexdigest()

    # --- in and out

    async def sign_in_page(self, request: Request) -> Response:
        """Only looks: a preview of the link spends nothing."""
        token = _token(request)
        name = await views.look(self.store, lambda tx: tx.desk.whose(token))
        if name is None:
            return _spent()
        return written("masuk.html", {"name": name, "action": request.url.path})

    async def sign_in(self, request: Request) -> Response:
        """Spends the link."""
        if _from_elsewhere(request):
            return _spent()
        token = _token(request)
        opened = await self.store.write(lambda tx: tx.desk.spend(token))
        if opened is None:
            return _spent()
        if before := request.cookies.get(COOKIE):
            await self.store.write(lambda tx: tx.desk.end(before))
        answer = RedirectResponse("/dasbor/", 303, headers=PRIVATE)
        answer.set_cookie(
            COOKIE,
            opened.token,
            max_age=int(SESSION_LASTS.total_seconds()),
            path="/dasbor",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )
        return answer

    async def sign_out(self, ask: Ask) -> Response:
        await ask.write(lambda tx: tx.desk.end(ask.token))
        return self._out()

    async def sign_out_everywhere(self, ask: Ask) -> Response:
        await ask.write(lambda tx: tx.desk.end_all(ask.who.id))
        return self._out()

    def _out(self) -> Response:
        answer = written("pesan.html", {"title": "Sudah keluar", "sentence": "Sesi di peramban ini sudah ditutup."})
        answer.delete_cookie(COOKIE, path="/dasbor", secure=self.secure, httponly=True, samesite="lax")
        return answer


def _token(request: Request) -> str:
    return str(request.path_params["token"]).rstrip("/")[:200]


def _spent() -> Response:
    words = "Tautan ini sudah dipakai, sudah diganti yang baru, atau lewat sepuluh menit."
    return written("pesan.html", {"title": "Tautan tidak berlaku", "sentence": words}, 410)


def _from_elsewhere(request: Request) -> bool:
    """A form on another site sent it. Browsers say so; what says nothing is no browser."""
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}


async def _sent(request: Request, csrf: str, largest: int) -> Mapping[str, Any]:
    """The body of a change. Raises Refused unless it carries the token of this session."""
    content_type = request.headers.get("content-type", "")
    if parcels.carries_files(request):
        sent = await _parcel(request)
    else:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > largest:
                raise Refused(413, "Kiriman terlalu besar.")
        try:
            sent = forms.read(content_type, bytes(body))
        except forms.Unreadable:
            raise Refused(400, "Kiriman tidak terbaca.") from None
    given = request.headers.get("x-csrf", "") if forms.is_json(content_type) else sent.get("csrf", "")
    same = hmac.compare_digest(str(given).encode("utf-8", "replace"), csrf.encode())
    if not same or _from_elsewhere(request):
        raise Refused(403, "Halaman ini sudah lama terbuka. Muat ulang, lalu coba lagi.")
    return sent


async def _parcel(request: Request) -> Mapping[str, Any]:
    try:
        return await parcels.unpacked(request)
    except parcels.Unreadable as fault:
        words = "Foto terlalu besar." if fault.status == 413 else "Kiriman tidak terbaca."
        raise Refused(fault.status, words) from None


def _refusal(request: Request, fault: Refused) -> Response:
    if forms.is_json(request.headers.get("content-type", "")) or "application/json" in request.headers.get(
        "accept", ""
    ):
        return JSONResponse({"error": fault.sentence}, fault.status, headers=PRIVATE)
    title = {401: "Belum masuk", 404: "Tidak ditemukan"}.get(fault.status, "Tidak bisa")
    return written("pesan.html", {"title": title, "sentence": fault.sentence}, fault.status)
