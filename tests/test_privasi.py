"""Do the promises of docs/privasi.md and the faults of docs/gangguan.md name tests that exist, and agree with them?"""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from bot.settings import PREFIX, Settings
from data.retention import Keeps
from tests.support.commands import faults_in

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "privasi.md"
FAULTS = ROOT / "docs" / "gangguan.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def found_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("page", [PAGE, FAULTS], ids=lambda page: page.stem)
def test_every_test_that_is_named_exists(page: Path):
    named = NAMED.findall(page.read_text(encoding="utf-8"))
    assert len(named) > 20
    assert [one for one in named if not (ROOT / one[0]).is_file() or one[1] not in found_in(ROOT / one[0])] == []


def test_every_promise_names_a_test():
    promises = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("- ")]
    assert [one for one in promises if not NAMED.search(one)] == []


def test_every_fault_names_what_was_done_and_seen_and_a_test():
    rows = [line for line in FAULTS.read_text(encoding="utf-8").splitlines() if re.match(r"\| (?!Gangguan|---)", line)]
    assert len(rows) >= 20
    assert [row for row in rows if len(row.split(" | ")) != 4 or not NAMED.search(row)] == []


def test_the_periods_on_the_page_are_those_of_the_program():
    text = PAGE.read_text(encoding="utf-8")
    for one in fields(Keeps):
        name = f"keep_{one.name}"
        assert Settings.model_fields[name].default == one.default
        assert re.search(rf"\| {one.default} hari \| `{PREFIX}{name.upper()}` \|", text), name
    assert f"| {Settings.model_fields['backup_keep'].default} malam |" in text


def test_its_commands_exist():
    assert [*faults_in(PAGE), *faults_in(FAULTS)] == []
