"""How is the real program played with? Started on a free port and its own file, talked to, killed, started again."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import structlog

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds; the machine may be busy with other tests."""


class Gone(Exception):
    """Nobody answers: the program was killed, or is not there yet."""


class Refused(Exception):
    """The program answered, and not with 200."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


def environment(folder: Path, settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Nothing of the developer's own settings gets in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIKE_PKH_")}
    own = {"LIKE_PKH_DATABASE_URL": f"sqlite:///{folder}/bot.db", "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return {**kept, **own, **{f"LIKE_PKH_{name}": value for name, value in (settings or {}).items()}}


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def facts(self) -> Any:
        return json.loads(self.out)


def in_a_process(folder: Path, *words: str, **settings: str) -> Done:
    """One `like-pkh` command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env=environment(folder, settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def like_pkh(folder: Path, *words: str, **settings: str) -> Done:
    """The same in this process: without two seconds of importing for each command."""
    from bot.cli import main

    status: object = 0
    with (
        patch.dict(os.environ, environment(folder, settings), clear=True),
        patch.object(sys, "argv", ["like-pkh", *words]),
        chdir(folder),
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as err,
    ):
        try:
            main()
        except SystemExit as end:
            status = end.code or 0
        finally:
            structlog.reset_defaults()
            logging.getLogger().handlers.clear()
    assert isinstance(status, int), status
    return Done(status, out.getvalue(), err.getvalue())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Bot:
    """The simulator with its own database. `kill` and `start` again keep the database and the port."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.settings = folder, settings
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log, self.said = folder / "stderr.log", folder / "stdout.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = [sys.executable, "-m", "bot", "run", "--simulator", "--port", str(self.port)]
        with self.log.open("ab") as log, self.said.open("ab") as said:
            self.process = subprocess.Popen(
                words, cwd=self.folder, env=environment(self.folder, self.settings), stdout=said, stderr=log
            )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                self.get("/healthz")
                return
            except Gone:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"it did not start: {self.log.read_text()[-2000:]}") from None
                time.sleep(0.03)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """`kill -9`, unless something gentler is asked for."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)

    # --- talking

    def get(self, path: str) -> Any:
        return self._ask(urllib.request.Request(self.address + path))

    def post(self, path: str, body: Any) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._ask(urllib.request.Request(self.address + path, content, {"Content-Type": "application/json"}))

    def _ask(self, request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as fault:
            with fault:
                raise Refused(fault.code, fault.read().decode()) from None
        except (OSError, ValueError) as fault:
            raise Gone(str(fault)) from None
        try:
            return json.loads(text)
        except ValueError:
            return text

    def say(self, phone: str, text: str = "", *, channel: str = "whatsapp", **more: str) -> list[dict[str, Any]]:
        """One message; what it set off, delivered."""
        said = {"text": text} if text else {}
        body = {"channel": channel, "from": phone, **said, **more}
        delivered: list[dict[str, Any]] = self.post("/simulator/api/messages", body)["delivered"]
        return delivered

    def set_clock(self, at: str) -> list[dict[str, Any]]:
        delivered: list[dict[str, Any]] = self.post("/simulator/api/clock", {"set": at})["delivered"]
        return delivered

    def messages(self, after: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/simulator/api/messages?after={after}")["messages"]
        return found

    def register(self, kelompok: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/simulator/api/register?kelompok={kelompok.replace(' ', '%20')}")
        return found


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Bot]:
    bot = Bot(folder, **settings)
    bot.start()
    try:
        yield bot
    finally:
        bot.kill()
