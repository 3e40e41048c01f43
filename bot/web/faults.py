"""What does a caller hear when one of our pages breaks? One sentence; the log gets the place, never the words."""

from __future__ import annotations

import structlog
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()


class Faults:
    """Around everything that answers: a server's own traceback would quote what somebody wrote."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception:  # a fault in one request must not reach the server's log with its words or its link
            log.exception("request failed", path=str(scope.get("path")).partition("/masuk/")[0])
            if not begun:
                await JSONResponse({"error": "ada yang rusak di sini; coba lagi sebentar lagi"}, 500)(
                    scope, receive, send
                )
