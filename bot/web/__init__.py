"""What does the bot answer over HTTP? Health, metrics, and the pages that the other parts bring along."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
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
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.faults import Faults
from data.store import Store, StoreError
from data.watching import Seen

TOO_LITTLE = 20
"""Free megabytes: below them some commits still pass, and not for long."""

PROBE = 32_000
"""Characters: several pages of a file, so that no gap in the last one lets a full disk look well."""

NO_DOORS: Mapping[str, ASGIApp] = {}
PATIENCE = timedelta(seconds=5)
TICKS_LATE = timedelta(minutes=5)


class Health:
    """Our own parts and their state; never whether a platform can be reached."""

    def __init__(
        self,
        store: Store,
        *,
        last_tick: Callable[[], datetime | None],
        sender: Callable[[], bool],
        free: Callable[[], int] | None = None,
    ) -> None:
        """`free`: how many megabytes are left where the data lies."""
        self.store, self.last_tick, self.sender, self.free = store, last_tick, sender, free

    async def parts(self) -> dict[str, str]:
        return {
            "database": await self._database(),
            "writer": "ok" if self.store.alive else "berhenti",
            "sender": "ok" if self.sender() else "berhenti",
            "ticks": self._ticks(),
            "disk": self._disk(),
        }

    def _disk(self) -> str:
        left = self.free() if self.free is not None else TOO_LITTLE
        return "ok" if left >= TOO_LITTLE else f"tinggal {left} MB"

    async def _database(self) -> str:
        """A real write, as large as a message's: a full or read-only disk still lets itself be read."""
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self.store.write(lambda tx: tx.settings.keep("healthz", tx.now.isoformat().ljust(PROBE)))
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
    """How it runs: ids and counts, never a text or a name."""

    def __init__(self, counts: dict[str, int], landed: int, commits: int, seen: Seen, now: datetime) -> None:
        self.counts, self.landed, self.commits, self.seen, self.now = counts, landed, commits, seen, now

    def collect(self) -> Any:
        yield _by("like_pkh_letters", "Letters in the outbox by state", "state", self.counts)
        yield GaugeMetricFamily("like_pkh_commits", "Commits of the writer since the start", value=self.commits)
        yield GaugeMetricFamily("like_pkh_landed", "Bursts acknowledged, not worked at yet", value=self.landed)
        queue = self.seen.queue
        yield GaugeMetricFamily("like_pkh_queue_letters", "Letters that could go out now", value=queue.depth)
        age = self._ago(queue.oldest)
        yield GaugeMetricFamily("like_pkh_queue_age_seconds", "Age of the oldest of them", value=age)
        yield _by("like_pkh_failed_letters", "Failures among the newest letters", "reason", self.seen.failures)
        if self.seen.last_event is not None:
            ago = self._ago(self.seen.last_event)
            yield GaugeMetricFamily("like_pkh_last_event_seconds", "Since the last event that came in", value=ago)
        held = {one.account: int(one.held) for one in self.seen.holders}
        yield _by("like_pkh_lease_held", "Whether somebody holds the lease", "account", held)
        states = Counter(self.seen.templates.values())
        yield _by("like_pkh_templates", "Templates by what WhatsApp says of them", "status", states)

    def _ago(self, at: datetime | None) -> float:
        return 0.0 if at is None else max((self.now - at).total_seconds(), 0.0)


def _by(name: str, about: str, label: str, numbers: Mapping[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for key, number in sorted(numbers.items()):
        family.add_metric([key], number)
    return family


class Web:
    """Doors, which answer by themselves, and pages for everything else."""

    def __init__(self, doors: Mapping[str, ASGIApp], pages: Starlette) -> None:
        self.doors = {path: Faults(door) for path, door in doors.items()}
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = self.doors.get(scope["path"]) if scope["type"] == "http" else None
        await (door or self.pages)(scope, receive, send)


def make_web(
    store: Store, health: Health, routes: Sequence[BaseRoute], home: str | None, doors: Mapping[str, ASGIApp] = NO_DOORS
) -> Web:
    """`home` is where the bare address leads to; `doors` are where platforms post."""

    async def healthz(request: Request) -> Response:
        parts = await health.parts()
        return JSONResponse({"parts": parts}, 200 if set(parts.values()) == {"ok"} else 503)

    async def metrics(request: Request) -> Response:
        counts, landed, seen, now = await store.write(
            lambda tx: (tx.outbox.counts(), tx.landed.count(), tx.watching.look(), tx.now)
        )
        registry = CollectorRegistry()
        registry.register(_Letters(counts, landed, store.commits, seen, now))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    async def root(request: Request) -> Response:
        return RedirectResponse(home) if home else JSONResponse({"bot": "LIKE-PKH"})

    own = [Route("/", root), Route("/healthz", healthz), Route("/metrics", metrics)]
    return Web(doors, Starlette(routes=[*own, *routes], middleware=[Middleware(Faults)]))
