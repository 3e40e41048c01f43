"""Does what `pip install` brings work on its own: with templates, words, pages, migrations, content and the sample?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "handlers", "messages", "data")
NEEDED = [
    "messages/id/reminders.toml",
    "messages/id/examples.toml",
    "messages/reading/words/id.toml",
    "messages/reading/words/bjn.toml",
    "bot/simulator/pages/index.html",
    "bot/simulator/pages/phone.css",
    "bot/simulator/pages/main.js",
    "bot/simulator/pages/phone.js",
    "bot/dashboard/pages/layout.html",
    "bot/dashboard/pages/desk.css",
    "bot/dashboard/pages/register.js",
    "bot/dashboard/pages/icon.svg",
    "data/migrations/env.py",
    "data/migrations/script.py.mako",
    "data/migrations/versions/0001_first_tables.py",
    "data/content/sessions.toml",
    "data/content/holidays.toml",
    "data/content/sample/roster.csv",
    "data/content/sample/sample.toml",
    "data/intake/findings.toml",
]


def run(*words: object, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that nothing of an earlier build gets in and nothing lies about afterwards."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    junk = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info")
    for room in ROOMS:
        shutil.copytree(ROOT / room, source / room, ignore=junk)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source / file)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_four_rooms_and_nothing_else(wheel: Path):
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {
        file.relative_to(ROOT).as_posix()
        for room in ROOMS
        for file in (ROOT / room).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert sorted(wanted - held) == []
    assert sorted(held - wanted) == []
    assert [name for name in NEEDED if name not in held] == []


LOOK = """
from datetime import UTC, datetime
from importlib.resources import files
import bot, data, handlers, messages
from bot.exports.charts import summary_chart
from data import migrate
from data.intake.sample import load_sample
from data.store import Store
from messages.reading import Expecting, read

for room in (bot, data, handlers, messages):
    assert "site-packages" in room.__file__, room.__file__
store = Store("sqlite:///sample.db", lambda: datetime(2026, 11, 23, tzinfo=UTC))
migrate.upgrade(store)
assert store.run(load_sample)
assert read("kada kawa, anak garing", Expecting.RSVP).meaning == "cannot_attend"
assert b"<html" in files("bot.simulator").joinpath("pages", "index.html").read_bytes()
store.stop()
print("all there")
"""


@pytest.mark.slow
def test_installed_into_a_clean_environment_it_works_from_an_empty_folder(wheel: Path, tmp_path: Path):
    venv, empty = tmp_path / "venv", tmp_path / "empty"
    empty.mkdir()
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=tmp_path)
    python = venv / "bin" / "python"
    install = ("install", "--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check", "--quiet", wheel)
    run(sys.executable, "-m", "pip", "--python", python, *install, cwd=tmp_path)
    # The libraries are those of this environment; as a plain path, so that nothing of its own installation gets in.
    (own,) = (venv / "lib").glob("python*/site-packages")
    (own / "libraries.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LIKE_PKH_", "PYTHON"))}

    like_pkh = venv / "bin" / "like-pkh"
    assert "kalimat" in run(like_pkh, "content", "check", cwd=empty, env=env)
    assert list(empty.iterdir()) == []
    assert "terbaru: 00" in run(like_pkh, "migrate", cwd=empty, env=env)
    assert (empty / "var" / "like-pkh.db").is_file()
    assert run(python, "-c", LOOK, cwd=empty, env=env) == "all there\n"
