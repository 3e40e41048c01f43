"""How does python-telegram-bot reach Telegram? Over our one aiohttp session, at a twentieth of httpx's price.

TimedOut means that the request left and no answer came; any other NetworkError that nothing arrived.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels.errors import NEVER_LEFT, NO_ANSWER
from bot.channels.leaving import Leaving, LeavingForm, as_json
from bot.channels.telegram.limits import CONNECT_SECONDS, READ_SECONDS, UPLOAD_SECONDS

# python-telegram-bot's switch to times as timedelta, read at each use; without it every RetryAfter warns.
os.environ.setdefault("PTB_TIMEDELTA", "1")


class _Json:
    """Stands where a RequestData stands, which nobody but the library may make: a call as plain JSON."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.body = as_json(fields)


class AiohttpRequest(BaseRequest):
    """The session is lent: whoever opened it closes it."""

    def __init__(
        self, session: aiohttp.ClientSession, *, connect: float = CONNECT_SECONDS, read: float = READ_SECONDS
    ) -> None:
        self._session, self._connect, self._read = session, connect, read

    @property
    def read_timeout(self) -> float:
        return self._read

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def call(self, url: str, fields: Mapping[str, Any]) -> Any:
        """One call whose answer we read ourselves; failures are the library's own."""
        return await self.post(url, cast(RequestData, _Json(fields)))

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        words = isinstance(request_data, _Json)
        # What is fetched with GET is a file, too.
        large = method == "GET" or (request_data is not None and not words and request_data.contains_files)
        read = read_timeout if isinstance(read_timeout, int | float) else self._read
        # One clock for the whole call: a second one, for silence, would cost every letter a fiftieth.
        timeout = aiohttp.ClientTimeout(
            total=max(read, UPLOAD_SECONDS) if large else read, connect=self._connect, sock_connect=self._connect
        )
        try:
            response = await self._session.request(
                method, url, data=_form(request_data), timeout=timeout, allow_redirects=False
            )
            return response.status, await response.read()
        except NEVER_LEFT as error:
            # Only the kind of the error: its words may hold the address, and the address holds the token.
            raise NetworkError(type(error).__name__) from None
        except NO_ANSWER as error:
            raise TimedOut(type(error).__name__) from None


def _form(data: RequestData | _Json | None) -> Leaving | LeavingForm | None:
    if data is None:
        return None
    if isinstance(data, _Json):
        return data.body
    if not data.contains_files:
        # aiohttp's own form prepares for files with every call, which costs as much as the rest of it.
        return Leaving(urlencode(data.json_parameters).encode(), content_type="application/x-www-form-urlencoded")
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return LeavingForm(form)
