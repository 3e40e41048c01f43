"""What does a browser test need? The real program in its own process, and the system's Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --no-first-run"
WHILE_SLOW = 20_000  # ms: the first answer of a cold server on a busy machine


class Server:
    """The real program with its own empty database; `kill` and `start` again keep database and port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/simulator"
        self.folder = folder

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LIKE_PKH_")}
        settings = {"LIKE_PKH_DATABASE_URL": f"sqlite:///{self.folder}/simulator.db", "PYTHONPATH": str(ROOT)}
        self.log = (self.folder / "server.log").open("a")
        command = [sys.executable, "-m", "bot", "run", "--simulator", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, cwd=self.folder, env=kept | settings, stdout=self.log, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/api/clock", timeout=5).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"the server did not start: {(self.folder / 'server.log').read_text()[-2000:]}")
                time.sleep(0.1)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.log.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine; the pages were not tried in a browser.")
    expect.set_options(timeout=WHILE_SLOW)
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield opened
        opened.close()
