"""Does `like-pkh invite` bring people in, and does `staff add` tell a new colleague how?"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli.commands import app
from bot.cli.speaking import WrongInput
from bot.exports import make_file, paper
from data.store import Tx
from handlers.registration.links import TELEGRAM_USERNAME, WHATSAPP_NUMBER
from messages.envelope import Address, Attachment
from tests.support.databases import Opened
from tests.support.village import settle


@pytest.fixture(autouse=True)
def village(sqlite: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """A kabupaten with people, no `.env` and no setting of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LIKE_PKH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LIKE_PKH_DATABASE_URL", sqlite.url)
    store = sqlite.store()
    store.run(settle)
    store.run(lambda tx: tx.settings.keep(TELEGRAM_USERNAME, "like_pkh_bot"))
    store.run(lambda tx: tx.settings.keep(WHATSAPP_NUMBER, "6281199990000"))
    return sqlite


def like_pkh(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def codes(village: Opened) -> list[str]:
    return village.store().run(lambda tx: list(tx.conn.exec_driver_sql("SELECT code FROM invitation").scalars()))


def test_a_kelompok_gets_a_link_that_many_may_use(village):
    done = like_pkh("invite", "--kelompok", "melati 1")
    assert done.exit_code == 0
    assert f"https://t.me/like_pkh_bot?start={codes(village)[0]}" in done.output
    assert "semua ibu Melati 1" in done.output


def test_each_family_that_is_not_on_telegram_gets_a_code_of_her_own(village):
    store = village.store()
    wati = store.run(lambda tx: next(k for k in tx.people.families(_melati(tx)) if k.name == "Wati"))
    store.run(lambda tx: tx.people.link_kpm(wati.id, tx.people.address_id(Address("telegram", "55"))))
    families = store.run(lambda tx: [kpm.name for kpm in tx.people.families(_melati(tx)) if kpm.id != wati.id])
    done = like_pkh("invite", "--kelompok", "Melati 1")
    facts = json.loads(like_pkh("invite", "--kelompok", "Melati 1", "--json").stdout)
    assert [one["kpm"] for one in facts["codes"]] == families
    for one in facts["codes"]:
        found = store.run(lambda tx, code=one["code"]: tx.invitations.get(code))
        assert found.single
        assert one["link"].endswith(one["code"])
    assert all(f" {name}: https://t.me/like_pkh_bot?start=" in done.output for name in families)
    assert "Wati" not in done.output
    assert json.loads(like_pkh("invite", "--kelompok", "Melati 1", "--kpm", "Wati", "--json").stdout)["codes"] == []


def _melati(tx: Tx) -> int:
    return next(k.id for k in tx.people.every_kelompok() if k.name == "Melati 1")


def test_the_facts_as_json(village):
    facts = json.loads(like_pkh("invite", "--kelompok", "Melati 1", "--kpm", "Wati", "--json").stdout)
    (code,) = codes(village)
    assert facts["link"].endswith(f"?start={code}")
    assert (facts["kelompok"], facts["desa"], facts["kpm"], facts["single_use"]) == (
        "Melati 1",
        "Babayau",
        "Wati",
        True,
    )
    assert facts["whatsapp"] == "https://wa.me/6281199990000?text=Halo"
    assert facts["poster"] is None


@pytest.mark.parametrize(("name", "begins"), [("undangan.pdf", b"%PDF-"), ("undangan.PNG", b"\x89PNG")])
def test_a_poster_to_print_or_to_show(tmp_path, name, begins):
    done = like_pkh("invite", "--kelompok", "Melati 1", "--out", str(tmp_path / name))
    assert done.exit_code == 0
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert name in done.output


def test_without_the_bots_name_the_code_is_told_and_a_poster_still_made(village, tmp_path):
    village.store().run(lambda tx: tx.conn.exec_driver_sql("DELETE FROM setting").rowcount)
    done = like_pkh("invite", "--kelompok", "Melati 1", "--out", str(tmp_path / "x.pdf"))
    assert done.exit_code == 0
    assert f"kirim /start {codes(village)[0]} ke bot" in done.output
    assert "Nama bot di Telegram belum diketahui" in done.stderr
    assert (tmp_path / "x.pdf").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--kelompok", "Mawar 9"], "tidak ada"),
        (["--kelompok", "Melati 1", "--kpm", "Dewi"], "tidak ada"),
        (["--kelompok", "Melati 1", "--out", "poster.docx"], ".pdf atau .png"),
        (["--kelompok", "Melati 1", "--out", "tidak/ada/poster.pdf"], "tidak bisa ditulis"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_no_code(village, words, why):
    done = like_pkh("invite", *words)
    assert isinstance(done.exception, WrongInput)
    assert why in str(done.exception)
    assert codes(village) == []


def test_a_kelompok_without_a_pendamping_has_nobody_to_ask(village):
    village.store().run(lambda tx: tx.people.give_kelompok([k.id for k in tx.people.every_kelompok()], None))
    done = like_pkh("invite", "--kelompok", "Melati 1")
    assert "belum punya pendamping" in str(done.exception)


def test_a_new_colleague_gets_a_telegram_invitation(village):
    done = like_pkh("staff", "add", "Bu Sari", "--phone", "081100000905", "--role", "pendamping", "--scope", "Melati 2")
    assert done.exit_code == 0
    (code,) = codes(village)
    assert f"https://t.me/like_pkh_bot?start={code}" in done.output
    found = village.store().run(lambda tx: tx.invitations.get(code))
    assert found.single
    assert found.staff_id


# --- the pictures

INVITATION = {
    "kelompok": "Melati 3",
    "desa": "Babayau",
    "pendamping": "Pak Budi $x$ <b>",
    "office": "Dinas Sosial",
    "family": "Ibu Siti",
    "code": "abcdefgh234567jkm",
    "telegram": "https://t.me/like_pkh_bot?start=abcdefgh234567jkm",
    "whatsapp": "https://wa.me/6281199990000?text=Halo",
    "until": "Rabu, 23 Desember 2026",
}
KODE = {"kelompok": "Melati 3", "code": "4821", "when": "Sabtu, 28 November 2026", "whatsapp": None, "telegram": None}


@pytest.mark.parametrize(
    ("kind", "params", "mime", "name"),
    [
        ("invitation_qr", INVITATION, "image/png", "undangan-ibu-siti.png"),
        ("invitation_qr", {**INVITATION, "telegram": None, "whatsapp": None}, "image/png", "undangan-ibu-siti.png"),
        ("invitation_poster", {**INVITATION, "family": None}, "application/pdf", "undangan-melati-3.pdf"),
        ("check_in_qr", KODE, "image/png", "kode-melati-3.png"),
        ("check_in_qr", {**KODE, "whatsapp": "https://wa.me/1?text=HADIR%204821"}, "image/png", "kode-melati-3.png"),
    ],
)
async def test_every_picture_that_a_letter_names_is_made(kind, params, mime, name):
    file = await make_file(Attachment(kind, params))
    assert (file.mime, file.name) == (mime, name)
    assert len(file.content) > 5000


class Pencil:
    """A canvas that only remembers its rectangles."""

    def __init__(self) -> None:
        self.drawn: list[tuple[float, ...]] = []

    def setFillColor(self, colour: str) -> None:  # ReportLab's own spelling
        pass

    def rect(self, *where: float, stroke: int, fill: int) -> None:
        self.drawn.append(where)


def test_a_printed_qr_has_exactly_the_dark_modules_of_its_link():
    rows = paper._modules("https://t.me/like_pkh_bot?start=abcdefgh234567jkm")
    pencil = Pencil()
    paper._draw_modules(pencil, 100.0, 200.0, float(len(rows)), rows)
    dark = [[0] * len(rows) for _ in rows]
    for left, bottom, width, height in pencil.drawn:
        assert height == 1
        for column in range(round(left - 100), round(left - 100 + width)):
            dark[len(rows) - 1 - round(bottom - 200)][column] += 1
    assert dark == [list(row) for row in rows]
    border = [*rows[:4], *rows[-4:], *([row[side] for row in rows] for side in (0, 1, 2, 3, -1, -2, -3, -4))]
    assert not any(any(line) for line in border), "a camera needs the empty border"
