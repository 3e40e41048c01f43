"""Is there a backup after each night, never too many, and does somebody hear when there is none?"""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.nightly import Nightly, by_command
from data.keeping import examine
from data.schema import outbox
from tests.support.village import settle

WITA = ZoneInfo("Asia/Makassar")
BEFORE_TWO, AT_TWO = datetime(2026, 11, 22, 17, 59, tzinfo=UTC), datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


class Maker:
    """Writes a file, or fails."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.works = True

    async def __call__(self, file):
        self.made.append(file.name)
        if self.works:
            file.write_text("a backup")
        return 0 if self.works else 1


async def a_minute(nightly, at):
    nightly.look(at)
    await nightly.finish()


async def test_one_each_night_after_two_and_the_oldest_go(sqlite, tmp_path):
    maker = Maker()
    nightly = Nightly(sqlite.store(), tmp_path, 3, WITA, maker)
    (tmp_path / "punya-saya.zip").write_text("not ours")
    await a_minute(nightly, BEFORE_TWO)
    assert maker.made == []
    for night in range(5):
        await a_minute(nightly, AT_TWO + timedelta(days=night))
        await a_minute(nightly, AT_TWO + timedelta(days=night, minutes=1))
    assert len(maker.made) == 5
    assert sorted(one.name for one in tmp_path.glob("like-pkh-2*.zip")) == [
        f"like-pkh-2026-11-{day}.zip" for day in (25, 26, 27)
    ]
    assert (tmp_path / "punya-saya.zip").exists()


async def test_a_failure_is_tried_again_after_an_hour_and_told_once(sqlite, tmp_path):
    store = sqlite.store()
    store.run(settle)
    maker = Maker()
    maker.works = False
    nightly = Nightly(store, tmp_path, 3, WITA, maker)
    for minutes in (0, 1, 59, 60, 61):
        await a_minute(nightly, AT_TWO + timedelta(minutes=minutes))
    assert len(maker.made) == 2
    assert nightly.failed is not None
    told = store.run(lambda tx: tx.conn.execute(select(outbox.c.key)).scalars().all())
    assert told.count("help.backup_failed") <= 1
    maker.works = True
    await a_minute(nightly, AT_TWO + timedelta(hours=3))
    assert nightly.failed is None


async def test_switched_off_it_makes_none(sqlite, tmp_path):
    maker = Maker()
    await a_minute(Nightly(sqlite.store(), None, 0, WITA, maker), AT_TWO)
    assert maker.made == []


async def test_the_real_command_makes_one(sample_file, tmp_path, monkeypatch):
    monkeypatch.setenv("LIKE_PKH_DATABASE_URL", f"sqlite:///{sample_file}")
    assert await by_command(tmp_path / "a.zip") == 0
    assert examine(tmp_path / "a.zip").rows > 1000
    assert zipfile.is_zipfile(tmp_path / "a.zip")
