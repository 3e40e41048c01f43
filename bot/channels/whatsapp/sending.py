"""How does a body reach Meta's Graph API, and what did the answer say?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.channels.base import ChannelError, File, Refused, TryLater, Unknown
from bot.channels.careful import named, table, tables, whole, words
from bot.channels.errors import NO_ANSWER, lost, whatsapp_error
from bot.channels.leaving import as_json
from bot.channels.parts import is_picture_file, is_voice_file
from bot.channels.whatsapp.limits import CONNECT_SECONDS, UPLOAD_SECONDS


class Graph:
    """Meta's API with our token. The session is lent: whoever opened it closes it."""

    def __init__(self, token: str, api_url: str, session: aiohttp.ClientSession | None, read: float) -> None:
        self._token, self._url, self._session, self._read = token, api_url.rstrip("/"), session, read
        self._headers = {"Authorization": f"Bearer {token}"}
        self._usual = _timeout(read)

    async def get(self, path: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        return await self._call("GET", path, repeatable=True, params=params)

    async def post(self, path: str, body: Mapping[str, Any], *, repeatable: bool = False) -> Mapping[str, Any]:
        """`repeatable` says that a second time does no harm, so that no answer means try again, not unknown."""
        return await self._call("POST", path, repeatable=repeatable, data=as_json(body))

    async def upload(self, path: str, file: File) -> str:
        """Returns the media id. A file is uploaded again without anybody noticing."""
        form = aiohttp.FormData({"messaging_product": "whatsapp", "type": _mime(file)})
        form.add_field("file", file.content, filename=file.name, content_type=_mime(file))
        answer = await self._call("POST", path, repeatable=True, read=UPLOAD_SECONDS, data=form)
        if found := words(answer.get("id")):
            return found
        raise TryLater("the upload was answered without an id", 0.0)

    async def download(self, url: str, most: int) -> bytes:
        """What lies at an address that Graph named; the token is shown to https only, or to the API we were given."""
        if self._session is None:
            raise RuntimeError("WhatsApp was opened without a session: it can read and render, not fetch")
        if not url.startswith(("https://", f"{self._url.rsplit('/', 1)[0]}/")):
            raise Refused("the file has no address")
        parts, size = [], 0
        try:
            async with self._session.get(
                url, headers=self._headers, timeout=_timeout(UPLOAD_SECONDS), allow_redirects=False
            ) as response:
                if response.status != 200:
                    raise Refused(f"the file was answered with HTTP {response.status}")
                async for part in response.content.iter_chunked(65536):
                    size += len(part)
                    if size > most:
                        raise Refused("the file is too large")
                    parts.append(part)
        except NO_ANSWER as error:
            raise lost(error, repeatable=True) from error
        return b"".join(parts)

    async def _call(
        self, verb: str, path: str, *, repeatable: bool, read: float = 0.0, **what: Any
    ) -> Mapping[str, Any]:
        if self._session is None:
            raise RuntimeError("WhatsApp was opened without a session: it can read and render, not send")
        timeout = self._usual if read <= self._read else _timeout(read)
        url = f"{self._url}/{path}"
        try:
            response = await self._session.request(
                verb, url, headers=self._headers, timeout=timeout, allow_redirects=False, **what
            )
            raw = await response.read()
        except NO_ANSWER as error:
            raise lost(error, repeatable=repeatable) from error
        answer = _parsed(raw)
        if 200 <= response.status < 300:
            return answer
        raise self._error(answer, response.status, response.headers.get("Retry-After"))

    def _error(self, answer: Mapping[str, Any], status: int, wait: str | None) -> ChannelError:
        error = table(answer.get("error"))
        details = words(table(error.get("error_data")).get("details")) or words(error.get("error_user_msg"))
        why = details or words(error.get("message")) or f"HTTP {status}"
        return whatsapp_error(
            whole(error.get("code")),
            # Meta repeats a malformed token in the sentence that refuses it.
            why.replace(self._token, "…") if self._token else why,
            http=status,
            subcode=whole(error.get("error_subcode")),
            wait=float(whole(wait) or 0),
        )


def awaits_file(payload: Mapping[str, Any]) -> bool:
    return payload["type"] in ("image", "document", "audio") or "header" in payload.get("interactive", {})


def with_file(payload: Mapping[str, Any], media_id: str, file: File) -> dict[str, Any]:
    """The pure body with the uploaded file in it; now that it exists, it says itself whether it is a picture."""
    planned = payload["type"]
    if planned == "interactive":
        interactive = payload["interactive"]
        sort, media = _media(interactive["header"][interactive["header"]["type"]], media_id, file)
        return {**payload, "interactive": {**interactive, "header": {"type": sort, sort: media}}}
    sort, media = _media(payload[planned], media_id, file)
    return {name: value for name, value in payload.items() if name != planned} | {"type": sort, sort: media}


def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    """One clock for the whole call: a second one, for silence, would cost every letter a fiftieth."""
    return aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS)


def wamid(answer: Mapping[str, Any]) -> str:
    """The message's id; taken without one means that we cannot tell what became of it."""
    for message in tables(answer.get("messages")):
        if found := named(message.get("id")):
            return found
    raise Unknown("accepted without a message id")


def need(file: File | None) -> File:
    if file is None:
        raise Refused("the file of this letter could not be made")
    return file


def _media(planned: Mapping[str, Any], media_id: str, file: File) -> tuple[str, dict[str, Any]]:
    media = {**planned, "id": media_id}
    if is_voice_file(file):
        return "audio", {"id": media_id}
    return ("image", media) if is_picture_file(file) else ("document", {**media, "filename": file.name})


def _mime(file: File) -> str:
    # Meta takes text/plain and refuses every other text, CSV among them; the name keeps its ending.
    return "text/plain" if file.mime.startswith("text/") else file.mime


def _parsed(raw: bytes) -> Mapping[str, Any]:
    try:
        return table(json.loads(raw))
    except (ValueError, RecursionError):
        return {}
