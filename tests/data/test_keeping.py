"""Is what comes back from a backup what was there, and does a bad file change nothing?"""

from __future__ import annotations

import json
import stat
import threading
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from data import migrate
from data.intake.sample import load_sample
from data.keeping import BackupError, back_up, examine, restore
from data.keeping.file import MANIFEST
from data.records import Kind
from data.schema import kpm, photo
from messages.envelope import Address
from tests.support.databases import NOW, Opened, sqlite_copy


def with_a_picture(tx):
    village = tx.people.every_kelompok()[0]
    made = tx.meetings.add(
        Kind.P2K2,
        NOW,
        NOW + timedelta(hours=2),
        village.zone,
        "Balai",
        "P2",
        "Judul",
        "1234",
        village.pendamping_id or 1,
        [village.id],
    )
    line = {"meeting_id": made.id, "kelompok_id": village.id, "channel": "whatsapp", "at": NOW}
    tx.conn.execute(insert(photo), {**line, "content": bytes(range(256))})


@pytest.fixture
def lived_in(store):
    """A database with the sample, a conversation and a line of the audit."""
    store.run(load_sample)
    store.run(lambda tx: tx.people.hear(Address("whatsapp", "+6281100000001"), NOW))
    store.run(lambda tx: tx.sessions.keep(1, "who", {"ids": [1], "é": None}, timedelta(hours=1)))
    store.run(lambda tx: tx.audit.write("staff:1", "test", "kpm:1", "lama", "baru"))
    store.run(with_a_picture)
    return store


def families(store) -> int:
    return store.run(lambda tx: tx.conn.execute(select(func.count()).select_from(kpm)).scalar_one())


def test_every_table_comes_back_on_a_file_too(lived_in, sqlite_file, tmp_path):
    made = back_up(lived_in, tmp_path / "a.zip")
    empty = Opened(sqlite_copy(sqlite_file, tmp_path / "empty.db")).store()
    assert restore(empty, tmp_path / "a.zip") == made
    assert back_up(empty, tmp_path / "b.zip").tables == made.tables
    assert made.rows > 1000
    assert families(empty) == families(lived_in)
    added = empty.run(lambda tx: tx.people.address_id(Address("whatsapp", "+62811999")))
    assert added > 1, "new rows go on after the old ones"


def test_from_a_file_to_a_server(sqlite, on_postgres, tmp_path):
    source, target = sqlite.store(), on_postgres.store()
    source.run(load_sample)
    made = back_up(source, tmp_path / "a.zip")
    restore(target, tmp_path / "a.zip")
    assert back_up(target, tmp_path / "b.zip").tables == made.tables
    assert target.run(lambda tx: tx.people.address_id(Address("whatsapp", "+62811999"))) > 1


def test_it_is_readable_by_its_owner_only_and_leaves_nothing_half_made(lived_in, tmp_path):
    back_up(lived_in, tmp_path / "a.zip")
    assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.glob("*a.zip*")] == ["a.zip"]


def test_the_writer_goes_on_meanwhile_and_the_backup_shows_one_moment(sqlite, tmp_path):
    store = sqlite.store()
    store.run(load_sample)
    seen, wrote = [], threading.Event()

    def write_beside(name, rows):
        seen.append(name)
        if not wrote.is_set():
            store.run(lambda tx: tx.conn.execute(update(kpm).values(name="Diganti")))
            wrote.set()

    back_up(store, tmp_path / "a.zip", write_beside)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert wrote.is_set()
        assert b"Diganti" not in archive.read("kpm.jsonl")
    assert "kpm" in seen


def test_a_database_in_use_is_replaced_only_when_told(lived_in, tmp_path):
    back_up(lived_in, tmp_path / "a.zip")
    before = families(lived_in)
    with pytest.raises(BackupError, match="sudah berisi"):
        restore(lived_in, tmp_path / "a.zip")
    lived_in.run(lambda tx: tx.conn.execute(update(kpm).values(name="Diganti")))
    restore(lived_in, tmp_path / "a.zip", replace=True)
    assert families(lived_in) == before
    assert "Siti" in lived_in.run(lambda tx: tx.conn.execute(select(kpm.c.name)).scalars().all())


def test_a_bot_that_runs_on_it_is_not_pulled_from_under(lived_in, tmp_path):
    back_up(lived_in, tmp_path / "a.zip")
    lived_in.run(lambda tx: tx.accounts.take("ticks", "me", tx.now, timedelta(days=3650)))
    with pytest.raises(BackupError, match="masih berjalan"):
        restore(lived_in, tmp_path / "a.zip", replace=True)


def cut(file):
    file.write_bytes(file.read_bytes()[:-200])


def flip(file):
    """One changed name inside, the zip itself sound."""
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(file, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content.replace(b"Siti", b"Sita") if name == "kpm.jsonl" else content)


def newer(file):
    change(file, lambda said: said | {"revision": "9999"})


def foreign(file):
    file.write_bytes(b"PK, but not really")


def other_format(file):
    change(file, lambda said: said | {"format": "something else"})


def without_a_table(file):
    change(file, lambda said: said | {"tables": {k: v for k, v in said["tables"].items() if k != "kpm"}})


def change(file, how):
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[MANIFEST] = json.dumps(how(json.loads(parts[MANIFEST]))).encode()
    with zipfile.ZipFile(file, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (cut, "tidak utuh"),
        (flip, "rusak: isi tabel kpm"),
        (foreign, "bukan cadangan"),
        (other_format, "bukan cadangan"),
        (newer, "versi program yang lebih baru"),
        (without_a_table, "tidak lengkap: tabel kpm"),
    ],
)
def test_a_bad_file_is_refused_and_nothing_has_changed(harm, says, sqlite, tmp_path):
    store = sqlite.store()
    store.run(load_sample)
    back_up(store, tmp_path / "a.zip")
    harm(tmp_path / "a.zip")
    before = families(store)
    with pytest.raises(BackupError, match=says):
        restore(store, tmp_path / "a.zip", replace=True)
    assert families(store) == before
    assert migrate.current(store) == migrate.newest(store)


def test_an_older_schema_is_brought_forward(sqlite_file, tmp_path):
    old = Opened(sqlite_copy(sqlite_file, tmp_path / "old.db"))
    source = old.store()
    source.run(load_sample)
    migrate.downgrade(source, "0001")
    back_up(source, tmp_path / "a.zip")
    assert examine(tmp_path / "a.zip").revision == "0001"
    target = Opened(sqlite_copy(sqlite_file, tmp_path / "new.db"))
    restore(target.store(), tmp_path / "a.zip")
    assert migrate.current(target.store()) == migrate.newest(target.store())
    assert families(target.store()) == families(source) > 200
    old.close()
    target.close()


def test_a_place_that_cannot_be_written_is_named(sqlite, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupError, match="tidak bisa ditulis"):
        back_up(sqlite.store(), tmp_path / "file" / "a.zip")
