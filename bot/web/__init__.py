"""What does the bot answer over HTTP? Health, metrics, and the pages that the other parts bring along."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.web.faults import Faults
from data.store import Store, StoreError

PATIENCE = timedelta(seconds=5)
TICKS_LATE = timedelta(minutes=5)


class Health:
    """Our own parts and their state; never whether a platform can be reached."""

    def __init__(self, store: Store, *, last_tick: Callable[[], datetime | None], sender: Callable[[], bool]) -> None:
        self.store, self.last_tick, self.sender = store, last_tick, sender

    async def parts(self) -> dict[str, str]:
        return {
            "database": await self._database(),
            "writer": "ok" if self.store.alive else "berhenti",
            "sender": "ok" if self.sender() else "berhenti",
            "ticks": self._ticks(),
        }

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self.store.write(lambda tx: tx.settings.get("clock"))
        except TimeoutError:
            return "tidak menjawab"
        except StoreError as fault:
            return str(fault)
        return "ok"

    def _ticks(self) -> str:
        last = self.last_tick()
        if last is None or self.store.clock() - last <= TICKS_LATE:
            return "ok"
        return f"terakhir {last.isoformat()}"


class _Letters(Collector):
    """Numbers of letters by state: ids and counts, never a text or a name."""

    def __init__(self, counts: dict[str, int], commits: int) -> None:
        self.counts, self.commits = counts, commits

    def collect(self) -> Any:
        letters = GaugeMetricFamily("like_pkh_letters", "Letters in the outbox by state", labels=["state"])
        for state, number in sorted(self.counts.items()):
            letters.add_metric([state], number)
        yield letters
        yield GaugeMetricFamily("like_pkh_commits", "Commits of the writer since the start", value=self.commits)


def make_web(store: Store, health: Health, routes: Sequence[BaseRoute], home: str | None) -> Starlette:
    """`home` is where the bare address leads to."""

    async def healthz(request: Request) -> Response:
        parts = await health.parts()
        return JSONResponse({"parts": parts}, 200 if set(parts.values()) == {"ok"} else 503)

    async def metrics(request: Request) -> Response:
        counts = await store.write(lambda tx: tx.outbox.counts())
        registry = CollectorRegistry()
        registry.register(_Letters(counts, store.commits))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    async def root(request: Request) -> Response:
        return RedirectResponse(home) if home else JSONResponse({"bot": "LIKE-PKH"})

    own = [Route("/", root), Route("/healthz", healthz), Route("/metrics", metrics)]
    return Starlette(routes=[*own, *routes], middleware=[Middleware(Faults)])
