"""Who is killed? The real `like-pkh run`, in a process of its own, as often as one likes.

Its only difference is that it is more impatient: a lease, a request without an answer and the wait for a status end
after a second or two, or a hundred deaths would take hours of waiting. A second process stands by with everything
imported, so that a new life begins at once.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.platform import APP_SECRET, BUSINESS_ID, PHONE_ID, TOKEN, VERIFY

IMPATIENT = """
import sys
from datetime import timedelta
import bot.channels.errors as errors, bot.cli as cli, bot.dispatcher.holding as holding, bot.live as live
holding.LEASE, holding.RENEW, holding.MARGIN, holding.STAND_BY = timedelta(seconds=2), 0.4, 0.4, 0.2
live.LONGEST, live.WHATSAPP_NEWS = timedelta(seconds=1), timedelta(seconds=2)
errors.FIRST_BACK_OFF, errors.LONGEST_BACK_OFF = 0.3, 2.0
errors.WHATSAPP[130429] = errors._later(0.5, whole_account=True)
sys.stdin.readline()
cli.main()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings(database: str, platform: str, *, rate: int) -> dict[str, str]:
    """What a bot with both channels needs, all of it on this computer."""
    given = {
        "DATABASE_URL": database,
        "SECRET_KEY": "nobody-signs-with-this",
        "LOG_FORMAT": "json",
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": platform,
        "TELEGRAM_RATE": str(rate),
        "WHATSAPP_TOKEN": "a-token-of-nobody",
        "WHATSAPP_PHONE_NUMBER_ID": PHONE_ID,
        "WHATSAPP_BUSINESS_ACCOUNT_ID": BUSINESS_ID,
        "WHATSAPP_APP_SECRET": APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": VERIFY,
        "WHATSAPP_API_URL": f"{platform}/v23.0",
        "WHATSAPP_RATE": str(rate),
    }
    return {f"LIKE_PKH_{name}": value for name, value in given.items()}


@dataclass
class Victim:
    settings: Mapping[str, str]
    log: Path
    port: int
    more: tuple[str, ...] = ()
    """Further words for `run`."""

    lives: int = 0
    _alive: subprocess.Popen[bytes] | None = None
    _next: subprocess.Popen[bytes] | None = None

    @property
    def webhook(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks/whatsapp"

    @property
    def running(self) -> bool:
        return self._alive is not None and self._alive.poll() is None

    def start(self) -> None:
        """A new life."""
        self._alive, self._next = self._next or self._stand_by(), None
        assert self._alive.stdin
        self._alive.stdin.write(b"\n")
        self._alive.stdin.flush()
        self.lives += 1
        self._next = self._stand_by()

    def kill(self) -> None:
        """No goodbye: SIGKILL."""
        assert self._alive
        if self._alive.poll() is not None:
            raise RuntimeError(f"the bot ended by itself with {self._alive.returncode}; see {self.log}")
        self._alive.send_signal(signal.SIGKILL)
        self._alive.wait()

    async def stop(self) -> float:
        """SIGTERM; returns how many seconds it took to leave in good order."""
        assert self._alive
        begun = time.monotonic()
        self._alive.send_signal(signal.SIGTERM)
        while self._alive.poll() is None and time.monotonic() < begun + 30:
            await asyncio.sleep(0.02)
        if self._alive.returncode != 0:
            raise RuntimeError(f"the bot left with {self._alive.returncode}; see {self.log}")
        return time.monotonic() - begun

    def close(self) -> None:
        for process in (self._alive, self._next):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()

    async def healthy(self, patience: float = 60.0) -> None:
        """Until it answers."""
        until = time.monotonic() + patience
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < until:
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/healthz") as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, OSError):
                    pass
                if not self.running:
                    raise RuntimeError(f"the bot did not start; see {self.log}")
                await asyncio.sleep(0.05)
        raise TimeoutError("the bot did not answer")

    def _stand_by(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", IMPATIENT, "run", "--host", "127.0.0.1", "--port", str(self.port), *self.more]
        environment = {**os.environ, **self.settings, "PYTHONPATH": os.getcwd()}
        with self.log.open("ab") as log:
            return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log)
