"""Is a NIK or KK nowhere unless the office wants it, and then only as a digest that knows a family again?"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from bot.app import keep_choices
from bot.settings import Settings, SettingsError, load_settings
from data.intake.identity import Seal, Sealed
from data.intake.roster import apply, plan, read_roster
from data.schema import identity, kpm, member, metadata
from data.store import Store
from tests.support.databases import Opened
from tests.support.process import like_pkh

NIK, KK, CHILD = "6311010203040005", "6311010203040777", "6311010203190009"
SECRET = "a secret of the tests, long enough to be one"
SEAL = Seal(SECRET)
PLACE = {"kelompok": "Melati 9", "desa": "Babayau", "kecamatan": "Batumandi", "kabupaten": "Contoh"}
MARIAM = {"nama": "Mariam", "NIK": NIK, "No. KK": f"{KK[:6]} {KK[6:12]} {KK[12:]}", "hp": "081100000101", **PLACE}
HAFIZ = {"anggota1_nama": "Hafiz", "anggota1_nik": CHILD, "anggota1_komponen": "SD", "anggota1_lahir": "09-10-2017"}
SALMAH = {"nama": "Salmah", "NIK": "", "No. KK": "", "hp": "", **PLACE}


def file_of(*families: Mapping[str, str]) -> bytes:
    text = io.StringIO()
    titles = list(dict.fromkeys(title for family in families for title in family))
    writer = csv.DictWriter(text, titles, restval="")
    writer.writeheader()
    writer.writerows(families)
    return text.getvalue().encode()


def load(store: Store, *families: Mapping[str, str], seal: Seal | None = SEAL) -> list[str]:
    """Returns the kinds of what was found."""
    read = read_roster(file_of(*families), "r.csv", seal=seal)

    def work(tx) -> list[str]:
        planned = plan(tx, read)
        apply(tx, planned)
        return [one.kind for one in planned.findings]

    return store.run(work)


def rows(store: Store, *columns):
    return store.run(lambda tx: [tuple(r) for r in tx.conn.execute(select(*columns).order_by(columns[0].table.c.id))])


def digest() -> bytes:
    found = SEAL("nik", NIK)
    assert isinstance(found, Sealed)
    return found.digest.encode()


def digits(content: bytes) -> bytes:
    return content.translate(None, b" .-_/\n")


def test_an_import_keeps_no_number_at_all_unless_a_setting_says_so(tmp_path: Path):
    """The whole file of the database, read as it lies there, after the office's own command."""
    (tmp_path / "data.csv").write_bytes(file_of({**MARIAM, **HAFIZ}))
    done = like_pkh(tmp_path, "import", "roster", "data.csv")
    assert done.status == 0
    assert "Kolom NIK/KK tidak dibaca dan tidak disimpan." in done.out
    on = {"KEEP_NIK": "1", "NIK_SECRET": SECRET}
    kept = b"".join(file.read_bytes() for file in sorted(tmp_path.rglob("*.db*")))
    assert b"Mariam" in kept
    assert [number for number in (NIK, KK, CHILD) if number.encode() in digits(kept)] == []
    assert digest() not in kept
    again = like_pkh(tmp_path, "import", "roster", "data.csv", **on)
    assert "hanya sidik berkunci" in again.out
    kept = b"".join(file.read_bytes() for file in sorted(tmp_path.rglob("*.db*")))
    assert digest() in kept
    for where in (digits(kept), digits((again.out + again.err + done.out + done.err).encode())):
        assert [number for number in (NIK, KK, CHILD) if number.encode() in where] == []


def test_a_family_and_a_child_are_known_again_by_their_numbers(database: Opened):
    store = database.store()
    load(store, {**MARIAM, **HAFIZ}, SALMAH)
    ids, children = rows(store, kpm.c.id, kpm.c.name), rows(store, member.c.id, member.c.name)
    assert rows(store, identity.c.kind, identity.c.last) == [("nik", "0005"), ("kk", "0777"), ("nik", "0009")]
    renamed = {
        **MARIAM,
        **HAFIZ,
        "nama": "Maryam Binti Ali",
        "kelompok": "Melati 10",
        "anggota1_nama": "Muhammad Hafiz",
    }
    load(store, renamed, SALMAH)
    assert rows(store, kpm.c.id, kpm.c.name) == [(ids[0][0], "Maryam Binti Ali"), ids[1]]
    assert rows(store, member.c.id, member.c.name) == [(children[0][0], "Muhammad Hafiz")]
    assert len(rows(store, identity.c.id)) == 3
    # A new pengurus in the same household, and her own number takes the place of the old one.
    load(store, {**renamed, "nama": "Aisyah", "NIK": "6311010203040009"}, SALMAH)
    assert rows(store, kpm.c.name) == [("Aisyah",), ("Salmah",)]
    assert sorted(rows(store, identity.c.last)) == [("0009",), ("0009",), ("0777",)]
    store.stop()


def test_without_the_setting_the_same_family_under_another_name_is_a_new_one(sqlite: Opened):
    store = sqlite.store()
    assert "identity_column" in load(store, MARIAM, seal=None)
    load(store, {**MARIAM, "nama": "Aisyah"}, seal=None)
    assert rows(store, kpm.c.name) == [("Mariam",), ("Aisyah",)]
    assert rows(store, identity.c.id) == []


@pytest.mark.parametrize(("cell", "kind"), [("63110102030400", "identity_unreadable"), ("Siti", "identity_unreadable")])
def test_what_is_no_number_is_said_without_repeating_it(sqlite: Opened, cell: str, kind: str):
    store = sqlite.store()
    assert kind in load(store, {**MARIAM, "NIK": cell})
    assert rows(store, identity.c.kind) == [("kk",)]


def test_a_number_that_excel_has_rounded_is_not_taken(tmp_path: Path):
    book = Workbook()
    sheet = book["Sheet"]
    sheet.append(list(MARIAM))
    sheet.append([int(NIK) if title == "NIK" else value for title, value in MARIAM.items()])
    book.save(tmp_path / "data.xlsx")
    read = read_roster(tmp_path / "data.xlsx", seal=SEAL)
    assert [one.kind for one in read.findings] == ["identity_sealed", "identity_sealed", "identity_rounded"]
    assert (read.families[0].nik, read.families[0].kk) == (None, SEAL("kk", KK))
    assert NIK not in str(read)


def test_the_digest_needs_the_secret_and_tells_a_nik_from_a_kk():
    assert SEAL("nik", NIK) == SEAL("nik", f" '{NIK}") != Seal(f"{SECRET}!")("nik", NIK)
    assert SEAL("nik", NIK) != SEAL("kk", NIK)
    assert SEAL("nik", "") is None


@pytest.mark.parametrize("secret", ["", "too short"])
def test_it_does_not_start_without_a_secret(monkeypatch: pytest.MonkeyPatch, secret: str):
    monkeypatch.setenv("LIKE_PKH_KEEP_NIK", "1")
    monkeypatch.setenv("LIKE_PKH_NIK_SECRET", secret)
    with pytest.raises(SettingsError, match="LIKE_PKH_NIK_SECRET"):
        load_settings()


def test_it_goes_with_the_family_and_with_the_setting(sqlite: Opened, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LIKE_PKH_NIK_SECRET", SECRET)
    store = sqlite.store()
    load(store, {**MARIAM, **HAFIZ}, {**SALMAH, "NIK": "6311010203040011"}, {**SALMAH, "nama": "Lina", "NIK": CHILD})
    store.run(lambda tx: keep_choices(tx, Settings(keep_nik=True)))
    (mariam, salmah, _) = (one[0] for one in rows(store, kpm.c.id))
    shown = store.run(lambda tx: tx.rights.held(mariam)).sections["sidik NIK/KK"]
    assert [(one["kind"], one["last"]) for one in shown] == [("nik", "0005"), ("kk", "0777"), ("nik", "0009")]
    assert all("digest" not in one for one in shown)
    store.run(lambda tx: tx.rights.erase(mariam))
    assert rows(store, identity.c.last) == [("0011",), ("0009",)]
    store.run(lambda tx: tx.conn.exec_driver_sql(f"UPDATE kpm SET status = 'graduasi' WHERE id = {salmah}"))
    store.run(lambda tx: tx.retention.forget())
    assert rows(store, identity.c.last) == [("0009",)]
    store.run(lambda tx: keep_choices(tx, Settings(keep_nik=False)))
    store.run(lambda tx: tx.retention.forget())
    assert rows(store, identity.c.last) == []


def test_nobody_but_the_import_and_the_rights_of_families_looks_at_it():
    """So no message, log, page or paper can show it."""
    root = Path(__file__).parents[2]
    assert "identity" in metadata.tables
    users = {
        file.relative_to(root).as_posix()
        for room in ("bot", "handlers", "data", "messages")
        for file in (root / room).rglob("*.py")
        if "identity.c." in (text := file.read_text(encoding="utf-8")) or "select(identity)" in text
    }
    assert users == {"data/retention.py", "data/intake/roster/applying.py", "data/intake/roster/existing.py"}
