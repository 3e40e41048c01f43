"""How does the command line speak? Facts to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.app import StartError, open_store
from bot.settings import Settings, SettingsError, load_settings
from data.store import Store, StoreError

out = Console(soft_wrap=True)
WIDE = 200
"""Columns of a table that goes into a file or another program: nothing there is narrow."""
err = Console(stderr=True, soft_wrap=True)


class WrongInput(Exception):
    """The person typed something that cannot be done: exit status 2."""


class Failed(Exception):
    """It was right and did not work: exit status 1."""


def complain(sentence: str) -> None:
    err.print(sentence, style="red", markup=False, highlight=False)


def show_json(facts: Any) -> None:
    sys.stdout.write(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")


def show_table(titles: list[str], rows: list[list[str]], caption: str | None = None) -> None:
    table = Table(caption=caption, caption_justify="left")
    for number, title in enumerate(titles):
        table.add_column(title, no_wrap=number == 0, overflow="fold")
    for row in rows:
        table.add_row(*row)
    out.print(table, width=None if out.is_terminal else WIDE)


@contextmanager
def settings_of_start() -> Iterator[Settings]:
    """Settings that are wrong end the command with one sentence."""
    try:
        yield load_settings()
    except (SettingsError, StartError, StoreError) as fault:
        raise Failed(str(fault)) from fault


@contextmanager
def opened() -> Iterator[Store]:
    """The database of the settings, closed at the end."""
    with settings_of_start() as settings:
        store = open_store(settings)
        try:
            yield store
        finally:
            store.stop()
