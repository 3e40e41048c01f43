"""`kill -9` while families answer a quiz: is every answer that was acknowledged kept, and counted once?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from data.store import Tx
from handlers.quiz.results import item_rows, result_rows
from tests.faults.test_kill import Disturbed, Say, Step, Undisturbed, spoken
from tests.support.process import like_pkh, running

ANSWERS = "abc"
PLAYERS = 6


def scene(families: list[str]) -> list[Step]:
    """KUIS, and three answers each; the questions are the same for every family."""

    def all_say(name: str, words: str) -> list[Say | str]:
        return [{"from": phone, "text": words, "id": f"{name}:{phone}"} for phone in families]

    return [("begin", all_say("kuis", "KUIS")), *((f"answer {a}", all_say(f"answer:{a}", a)) for a in ANSWERS)]


def expected(tx: Tx) -> list[Any]:
    """What the command line would say where nothing went wrong."""
    ids = [k.id for k in tx.people.every_kelompok() if k.name == "Melati 3"]
    return [result_rows(tx, {"Melati 3": ids}, None), item_rows(tx, ids, None)]


@pytest.mark.slow
def test_killed_twice_no_answer_is_lost_or_counted_twice(tmp_path: Path):
    undisturbed = Undisturbed(tmp_path)
    steps = scene(undisturbed.families()[:PLAYERS])
    asyncio.run(undisturbed.play(steps))
    with running(tmp_path) as bot:
        disturbed = Disturbed(bot, seed=4)
        disturbed.play(steps, {"answer a": [0.1], "answer c": [0.1]})
        assert disturbed.kills == 2
        assert len(disturbed.acknowledged) == PLAYERS * (1 + len(ANSWERS))
        assert spoken(bot.messages(), "no code") == spoken(undisturbed.messages(), "no code")
    words = ("--kelompok", "Melati 3", "--json")
    found = [like_pkh(tmp_path, "quiz", what, *words).facts["rows"] for what in ("results", "items")]
    assert found == undisturbed.stage.store.run(expected)
    (row,), items = found
    assert row["started"] == row["finished"] > 3
    assert [item["n"] for item in items] == [row["finished"]] * len(ANSWERS)
    asyncio.run(undisturbed.stage.store.close())
