"""How does python-telegram-bot reach Telegram? Over our one aiohttp session, at a twentieth of httpx's price.

TimedOut means that the request left and no answer came; any other NetworkError that nothing arrived.
"""

from __future__ import annotations

import os
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels.errors import NEVER_LEFT, NO_ANSWER
from bot.channels.telegram.limits import CONNECT_SECONDS, READ_SECONDS, UPLOAD_SECONDS

# python-telegram-bot's switch to times as timedelta, read at each use; without it every RetryAfter warns.
os.environ.setdefault("PTB_TIMEDELTA", "1")


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
        files = request_data is not None and request_data.contains_files
        read = read_timeout if isinstance(read_timeout, int | float) else self._read
        read = max(read, UPLOAD_SECONDS) if files else read
        timeout = aiohttp.ClientTimeout(
            total=self._connect + 2 * read, connect=self._connect, sock_connect=self._connect, sock_read=read
        )
        try:
            async with self._session.request(
                method, url, data=_form(request_data), timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except NEVER_LEFT as error:
            # Only the kind of the error: its words may hold the address, and the address holds the token.
            raise NetworkError(type(error).__name__) from None
        except NO_ANSWER as error:
            raise TimedOut(type(error).__name__) from None


def _form(data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if data is None:
        return None
    if not data.contains_files:
        return data.json_parameters
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, mime) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form
