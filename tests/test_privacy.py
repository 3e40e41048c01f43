"""Does a log, a metric or a page of health ever hold a name, a number, a NIK, what somebody wrote, or a secret?"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from tests.support.databases import sqlite_copy
from tests.support.process import Bot, Refused, free_port, like_pkh, running

BUDI, RATNA, DEWI = "+6281100000902", "+6281100000901", "+6281100000903"
SITI, WATI, AMINAH, HALIMAH, NUR = (f"+62811000000{n}" for n in ("01", "02", "03", "05", "11"))
STRANGER = "+6289912345678"
NIK, KK = "6311054107900002", "6311 0509 0101 0007"
WROTE = ["garing", "halinda", "sawah", "Balai Desa Rahasia", "banjir besar", "kucing"]
"""Words of the day that stand nowhere in our own code."""

SECRETS = {
    "SECRET_KEY": "sekret-kunci-9f8e7d6c5b4a",
    "TELEGRAM_TOKEN": "987654321:AAsekret-telegram-token",
    "TELEGRAM_WEBHOOK_SECRET": "sekret-webhook-0011",
    "WHATSAPP_TOKEN": "EAAsekretwhatsapptoken",
    "WHATSAPP_APP_SECRET": "sekret-app-2233",
    "WHATSAPP_VERIFY_TOKEN": "sekret-verify-4455",
}
CHANNELS = {"WHATSAPP_PHONE_NUMBER_ID": "1098765432101", "WHATSAPP_BUSINESS_ACCOUNT_ID": "1098765432102"}


@cache
def of_the_sample() -> tuple[frozenset[str], frozenset[str]]:
    """Every name and every number (its digits) of the sample kabupaten."""
    folder = files("data.content").joinpath("sample")
    rows = list(csv.DictReader(folder.joinpath("roster.csv").read_text(encoding="utf-8").splitlines(), delimiter=";"))
    content = tomllib.loads(folder.joinpath("sample.toml").read_text(encoding="utf-8"))
    names = {row[column] for row in rows for column in row if column == "nama pengurus" or column.endswith("_nama")}
    names |= {person["name"] for person in content["staff"]}
    written = " / ".join(row["no hp"] for row in rows) + " / " + json.dumps(content)
    numbers = {_digits(found) for found in re.findall(r"\+?\d[\d -]{8,}\d", written)}
    assert len(names) > 200
    assert len(numbers) > 150
    return frozenset(names - {""}), frozenset(numbers)


def _digits(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return f"62{digits[1:]}" if digits.startswith("0") else digits


def leaks(text: str) -> list[str]:
    names, numbers = of_the_sample()
    plain = re.sub(r"[\s.+-]", "", text)
    words = set(re.findall(r"\w+(?: \w+)*", text))
    single = set(re.findall(r"\w+", text))
    found = [name for name in names if name in (single if " " not in name else words) or f" {name} " in text]
    found += [number for number in numbers if number in plain or number.removeprefix("62") in plain]
    found += [STRANGER] if _digits(STRANGER) in plain else []
    found += [number for number in (NIK, KK) if _digits(number) in plain]
    found += [word for word in WROTE if word.lower() in text.lower()]
    return found + [name for name, secret in SECRETS.items() if secret in text]


def test_the_search_itself_finds_what_it_looks_for():
    assert leaks("letter for Siti") == ["Siti"]
    assert leaks('{"to": "+62 811-0000-0001"}') == ["6281100000001"]
    assert leaks("0811 0000 0001") == ["6281100000001"]
    assert leaks(f"nik={NIK}") == [NIK]
    assert leaks("anak GARING") == ["garing"]
    assert leaks("Bearer EAAsekretwhatsapptoken") == ["WHATSAPP_TOKEN"]
    assert leaks("2026-11-21T21:57:47.124355Z letter key=reminders.meeting.invitation outbox=1234567") == []


# --- a day


def live_a_day(bot: Bot) -> None:
    """Everybody writes what should not be seen, and a good deal of it goes wrong."""
    bot.say(NUR, "Assalamualaikum, ulun Nur, nomor lain 0811-0000-0012")
    bot.say(NUR, "1")
    bot.say(STRANGER, f"Siapa ini? NIK saya {NIK}")
    bot.say(BUDI, "JADWAL Melati 3; 28-11-2026 09.00; Balai Desa Rahasia; P2")
    bot.say(BUDI, button="draft.send")
    bot.say(BUDI, "SETUJU Wati")
    bot.say(BUDI, "/status Wati", channel="telegram")
    bot.set_clock("2026-11-25T08:00:00+08:00")
    bot.say(SITI, f"hadir, NIK ulun {NIK}, KK {KK}")
    bot.say(WATI, "kada kawa, anak garing. Kiau Siti di 081100000001")
    bot.say(AMINAH, "hadir")
    bot.say(AMINAH, "Rusmini")
    bot.say(HALIMAH, "kucing ulun halinda di sawah lawan Jumiati +62 811 0000 0902")
    bot.say(HALIMAH, media="voice")
    bot.say(HALIMAH, button="rsvp.yes:Siti.6281100000001")
    bot.set_clock("2026-11-28T08:45:00+08:00")
    bot.say(SITI, "HADIR Wati, Aminah, Si Kucing")
    bot.set_clock("2026-11-28T09:10:00+08:00")
    bot.say(BUDI, "ABSEN Melati 3; hadir semua kecuali Wati sakit, Siti izin, Kucing alpa")
    bot.say(BUDI, "SELESAI")
    bot.say(BUDI, "REKAP")
    bot.say(RATNA, "REKAP oktober desa")
    bot.say(RATNA, "BELUM LAPOR")
    bot.say(DEWI, "BATALKAN Anggrek 1; banjir besar di rumah Nur")
    bot.say(WATI, "STOP PESAN")


@contextmanager
def without(folder: Path, table: str) -> Iterator[None]:
    """A table is gone for a while: a fault of ours, in the middle of somebody's words."""
    _rename(folder, table, f"{table}_gone")
    yield
    _rename(folder, f"{table}_gone", table)


def _rename(folder: Path, old: str, new: str) -> None:
    conn = sqlite3.connect(folder / "bot.db", isolation_level=None)
    conn.execute(f"ALTER TABLE {old} RENAME TO {new}")
    conn.close()


def break_things(bot: Bot) -> None:
    with without(bot.folder, "question"):
        _try(bot, {"from": HALIMAH, "text": f"kucing Siti {NIK} 081100000001"})
    with without(bot.folder, "outbox"):
        _try(bot, {"from": HALIMAH, "text": "kucing Siti 081100000001"})
        _try(bot, {"from": BUDI, "text": "STATUS Wati"})
    with without(bot.folder, "phone_message"):
        _try(bot, {"from": HALIMAH, "text": "kucing Siti 081100000001"})
    _try(bot, {"from": HALIMAH, "text": "x" * 200_000 + " Siti"})
    _try(bot, {"from": "Siti", "text": "kucing"})
    assert bot.get("/healthz")["parts"]["writer"] == "ok"


def _try(bot: Bot, said: Mapping[str, str]) -> None:
    """Whether this answers 200 or not is the affair of other tests."""
    with suppress(Refused):
        bot.post("/simulator/api/messages", {"channel": "whatsapp", **said})


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["json", "console"])
def test_a_day_leaves_no_trace_of_anybody_in_log_and_metrics(tmp_path: Path, sample_file: Path, kind: str):
    sqlite_copy(sample_file, tmp_path / "bot.db")
    with running(tmp_path, LOG_FORMAT=kind, **SECRETS, **CHANNELS) as bot:
        live_a_day(bot)
        break_things(bot)
        metrics = bot.get("/metrics")
        assert "like_pkh_letters" in metrics
        seen = {"metrics": metrics, "health": json.dumps(bot.get("/healthz"))}
    seen["log"] = bot.log.read_text(encoding="utf-8")
    seen["output"] = bot.said.read_text(encoding="utf-8").replace(_greeting(bot), "")
    assert {what: leaks(text) for what, text in seen.items() if leaks(text)} == {}
    assert "event failed" in seen["log"]  # the faults are told, by their kind
    if kind == "json":
        assert [line for line in seen["log"].splitlines() if not line.startswith("{")] == []


def _greeting(bot: Bot) -> str:
    """What to try first names two of the cast: for the screen of whoever starts the simulator."""
    said = bot.said.read_text(encoding="utf-8")
    start = said.index("Coba dulu")
    return said[start : said.index("Ctrl-C", start)]


def test_the_rows_of_the_sample_are_really_there(sample_file: Path, tmp_path: Path):
    """Otherwise the search above would find nothing for the wrong reason."""
    url = sqlite_copy(sample_file, tmp_path / "x.db")
    conn = sqlite3.connect(url.removeprefix("sqlite:///"))
    names, numbers = of_the_sample()
    assert {name for (name,) in conn.execute("SELECT name FROM kpm")} <= names
    assert {value for (value,) in conn.execute("SELECT value FROM address")} <= numbers
    conn.close()


# --- long numbers are nowhere


def test_a_nik_is_nowhere_in_the_database(tmp_path: Path, sample_file: Path):
    sqlite_copy(sample_file, tmp_path / "bot.db")
    with running(tmp_path) as bot:
        for said in (NIK, f"hadir {NIK}", f"nomor KK {KK}", f"nik {NIK[:6]}-{NIK[6:12]}.{NIK[12:]} pian"):
            bot.say(HALIMAH, said)
            bot.say(STRANGER, said)
        with without(tmp_path, "question"):
            _try(bot, {"from": HALIMAH, "text": f"kucing {NIK} {KK}"})
        bot.kill()
    conn = sqlite3.connect(tmp_path / "bot.db")
    held = re.sub(r"[\s.+-]", "", "\n".join(conn.iterdump()))
    conn.close()
    assert _digits(NIK) not in held
    assert _digits(KK) not in held


# --- secrets


def test_no_command_prints_a_secret(tmp_path: Path, sample_file: Path):
    sqlite_copy(sample_file, tmp_path / "bot.db")
    nowhere = f"http://127.0.0.1:{free_port()}"
    settings = {**SECRETS, **CHANNELS, "TELEGRAM_API_URL": nowhere, "WHATSAPP_API_URL": nowhere}
    for words in (["doctor"], ["doctor", "--json"], ["migrate"], ["staff", "list"]):
        done = like_pkh(tmp_path, *words, **settings)
        said = done.out + done.err
        assert [name for name, secret in SECRETS.items() if secret in said] == [], words
    for name, wrong in (("HTTP_PORT", "x"), ("TIMEZONE", "x"), ("TELEGRAM_RATE", "-1")):
        done = like_pkh(tmp_path, "doctor", **{**settings, name: wrong})
        assert done.status == 1
        assert [name for name, secret in SECRETS.items() if secret in done.out + done.err] == []


def test_the_key_that_signs_links_is_for_its_owner_only(tmp_path: Path, sample_file: Path):
    sqlite_copy(sample_file, tmp_path / "bot.db")
    with running(tmp_path) as bot:
        key = tmp_path / "var" / "secret.key"
        assert key.stat().st_mode & 0o777 == 0o600
        secret = key.read_text(encoding="ascii").strip()
        assert len(secret) >= 32
    assert secret not in bot.log.read_text(encoding="utf-8") + bot.said.read_text(encoding="utf-8")
