"""How fast is it? `python -m benchmarks [NAME] …` prints one table and writes var/bench.json.

A demand that is not met is shown, never asserted: the exit status is 1 only when a benchmark crashed.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.figures import Figure, table
from bot.logs import set_up

EVERY = (
    "inbox",
    "summary",
    "reading",
    "sender",
    "webhooks",
    "telegram_pipeline",
    "quiz",
    "obligations",
    "aggregates",
    "pages",
)
RESULT = Path("var/bench.json")

console = Console()


def main(names: Sequence[str]) -> int:
    if unknown := [name for name in names if name not in EVERY]:
        print(f"There is no benchmark {', '.join(unknown)}. There are: {', '.join(EVERY)}.", file=sys.stderr)
        return 2
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        set_up("json")
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(nowhere))  # written, and read by nobody
        return _all(names)


def _all(names: Sequence[str]) -> int:
    figures: dict[str, Sequence[Figure]] = {}
    crashed = []
    for name in names or EVERY:
        if find_spec(f"benchmarks.{name}") is None:
            print(f"{name}: not written yet.", file=sys.stderr)
            continue
        try:
            figures[name] = _measure(name)
        except Exception:  # the others are measured all the same
            traceback.print_exc()
            crashed.append(name)
    every = [figure for found in figures.values() for figure in found]
    (console if console.is_terminal else Console(width=160)).print(table(every))
    _write(figures, crashed)
    print(f"Written to {RESULT}." + (f" Crashed: {', '.join(crashed)}." if crashed else ""))
    return 1 if crashed else 0


def _measure(name: str) -> Sequence[Figure]:
    """Each benchmark is a module with `run(tell) -> Sequence[Figure]`."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(name, total=1.0)

        def tell(what: str, share: float) -> None:
            progress.update(task, description=f"{name}: {what}", completed=share)

        found: Sequence[Figure] = import_module(f"benchmarks.{name}").run(tell)
        return found


def _write(figures: dict[str, Sequence[Figure]], crashed: Sequence[str]) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    made = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cores": os.cpu_count(),
        "crashed": crashed,
        "figures": [
            {"benchmark": name, **asdict(figure), "ratio": figure.ratio}
            for name, found in figures.items()
            for figure in found
        ],
    }
    RESULT.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
