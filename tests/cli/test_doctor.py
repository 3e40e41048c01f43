"""Does `like-pkh doctor` find what is missing or wrong, say what to do, and keep every secret?"""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import text
from typer.testing import CliRunner

from bot import doctor
from bot.app import claim_for_real, claim_for_simulator, make_simulator, open_store
from bot.cli.commands import app
from bot.cli.speaking import Failed
from bot.doctor import Finding, State
from bot.settings import Settings
from data.records import Role
from data.store import Store
from messages.envelope import KpmId
from tests.support.databases import NOW, Opened
from tests.support.platforms import (
    ACCOUNT_ID,
    APP_SECRET,
    PHONE_ID,
    SECRETS,
    TELEGRAM_TOKEN,
    VERIFY_TOKEN,
    WEBHOOK_SECRET,
    WHATSAPP_TOKEN,
    Platforms,
)
from tests.support.village import Village, move_in, settle


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` and no setting of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LIKE_PKH_")]:
        monkeypatch.delenv(name)


@pytest.fixture
async def platforms() -> Platforms:
    return Platforms()


@dataclass
class Ward:
    """One installation to be examined: both channels, a public address, a database with a village in it."""

    platforms: Platforms
    database: str
    settings: dict[str, Any] = field(default_factory=dict)

    async def examine(self) -> dict[str, Any]:
        async with TestServer(self.platforms.application(), host="127.0.0.1") as server:
            base = str(server.make_url("/")).rstrip("/")
            findings = await doctor.examine(Settings(**self.config(base)))
            self.platforms.closing.set()
        assert self.platforms.faults == []
        found: dict[str, Any] = {}
        for finding in findings:
            found.setdefault(finding.part, []).append(finding)
        return {part: given[0] if len(given) == 1 else given for part, given in found.items()}

    def config(self, base: str) -> dict[str, Any]:
        usual = {
            "database_url": self.database,
            "public_url": f"{base}/public",
            "telegram_token": TELEGRAM_TOKEN,
            "telegram_api_url": base,
            "telegram_webhook_secret": WEBHOOK_SECRET,
            "whatsapp_token": WHATSAPP_TOKEN,
            "whatsapp_phone_number_id": PHONE_ID,
            "whatsapp_business_account_id": ACCOUNT_ID,
            "whatsapp_app_secret": APP_SECRET,
            "whatsapp_verify_token": VERIFY_TOKEN,
            "whatsapp_api_url": f"{base}/graph",
        }
        return {**usual, **self.settings}


@pytest.fixture
def ward(platforms: Platforms, database: Opened) -> Ward:
    store = database.store()
    store.run(_live_there)
    return Ward(platforms, database.url)


@pytest.fixture
def small(platforms: Platforms, sqlite: Opened) -> Ward:
    """The same on SQLite only, for what has nothing to do with the database."""
    sqlite.store().run(_live_there)
    return Ward(platforms, sqlite.url)


def _live_there(tx: Any) -> None:
    settle(tx)
    claim_for_real(tx, False)
    tx.people.add_staff("Admin", Role.ADMIN, "+6281100000999", "kabupaten", 1)
    for account in ("telegram", "whatsapp"):
        tx.accounts.take(account, "somewhere:1", datetime.now(UTC), timedelta(seconds=60))


def states(found: dict[str, Any]) -> dict[str, State]:
    return {part: f.state for part, f in found.items() if isinstance(f, Finding)}


def sentences(found: dict[str, Any]) -> str:
    every = [f for given in found.values() for f in (given if isinstance(given, list) else [given])]
    return "\n".join(f.sentence for f in every)


# --- all is well


async def test_everything_is_well_and_the_bots_name_and_number_are_kept(ward: Ward):
    found = await ward.examine()
    assert set(states(found).values()) == {State.OK}, found
    assert ward.platforms.asked == {"getMe", "getWebhookInfo"}
    assert set(found) == {
        *("setelan", "basis data", "zona waktu", "keluarga", "petugas", "jam", "disk", "alamat publik"),
        *("pengirim telegram", "pengirim whatsapp", "Telegram token", "Telegram pesan masuk"),
        *(
            "WhatsApp token",
            "WhatsApp nomor",
            "WhatsApp mutu",
            "WhatsApp batas harian",
            "WhatsApp kecepatan",
            "WhatsApp langganan",
        ),
        *("WhatsApp templat", "WhatsApp pintu masuk"),
    }
    kept = _settings_of(ward.database)
    assert kept == {"telegram_username": "p2k2_uji_bot", "whatsapp_number": "6281100000900"}


def _settings_of(url: str) -> dict[str, str | None]:
    store = Store(url, lambda: NOW)
    try:
        return {n: store.run(lambda tx, n=n: tx.settings.get(n)) for n in ("telegram_username", "whatsapp_number")}  # type: ignore[misc]
    finally:
        store.stop()


async def test_no_sentence_holds_a_secret_whatever_goes_wrong(small: Ward):
    for ill in (
        {},
        {"telegram_token": "1:wrong-token-of-somebody-else-entirely"},
        {"whatsapp_token": "EAAGanothertokenthatisrefused0123456789"},
        {"telegram_api_url": "http://127.0.0.1:9", "whatsapp_api_url": "http://127.0.0.1:9"},
        {"database_url": "postgresql+psycopg://bot:kata-sandi-db@127.0.0.1:9/none"},
    ):
        small.settings = ill
        said = sentences(await small.examine())
        hidden = {*SECRETS, "kata-sandi-db", *map(str, ill.values())} - {"http://127.0.0.1:9"}
        assert not [secret for secret in hidden if secret in said], said


# --- settings


async def test_a_misspelt_setting_is_named_with_the_one_that_was_meant(small: Ward, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LIKE_PKH_TELEGRAM_TOKN", "x")
    monkeypatch.setenv("LIKE_PKH_TEST_POSTGRES_URL", "of the tests")
    found = await small.examine()
    assert "LIKE_PKH_TELEGRAM_TOKN tidak dikenal" in found["setelan"].sentence
    assert "mungkin maksudnya LIKE_PKH_TELEGRAM_TOKEN" in found["setelan"].sentence


async def test_a_dotenv_that_others_can_read_is_noticed(small: Ward):
    file = Path(".env")
    file.write_text("LIKE_PKH_TELEGRAM_RATE=30\nLIKE_PKH_TELEGRAM_RAET=30\n")
    file.chmod(0o644)
    said = sentences(await small.examine())
    assert "chmod 600 .env" in said
    assert "LIKE_PKH_TELEGRAM_RAET" in said


# --- the database, the clock, the disk


async def test_a_database_that_is_not_there_is_not_made_by_looking(small: Ward, tmp_path: Path):
    small.settings = {"database_url": f"sqlite:///{tmp_path}/new/like-pkh.db"}
    found = await small.examine()
    assert found["basis data"].state is State.WARNING
    assert "like-pkh migrate" in found["basis data"].sentence
    assert not (tmp_path / "new").exists()


async def test_a_file_that_is_no_database_is_wrong(small: Ward, tmp_path: Path):
    (tmp_path / "broken.db").write_bytes(b"this is not a database at all" * 100)
    small.settings = {"database_url": f"sqlite:///{tmp_path}/broken.db"}
    assert (await small.examine())["basis data"].state is State.WRONG


@pytest.mark.parametrize(
    ("revision", "state", "says"), [("0000", State.WARNING, "like-pkh migrate"), ("9999", State.WRONG, "lebih baru")]
)
async def test_another_schema_than_ours_is_said_and_left_alone(ward: Ward, revision: str, state: State, says: str):
    store = Store(ward.database, lambda: NOW)
    store.run(lambda tx: tx.conn.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'")))
    store.stop()
    found = await ward.examine()
    assert found["basis data"].state is state
    assert says in found["basis data"].sentence
    assert "petugas" not in found


async def test_a_database_of_the_simulator_cannot_be_used_with_channels(platforms: Platforms, sqlite: Opened):
    sqlite.store().run(lambda tx: claim_for_simulator(tx, False))
    found = await Ward(platforms, sqlite.url).examine()
    assert found["basis data"].state is State.WRONG
    assert _settings_of(sqlite.url)["telegram_username"] is None


async def test_nobody_to_tell_and_nobody_who_sends_are_said(platforms: Platforms, sqlite: Opened):
    def live(tx: Any) -> None:
        settle(tx)
        tx.accounts.pause("whatsapp", datetime.now(UTC) + timedelta(hours=1), "131048")
        tx.events.keep_failed("telegram", "1", {}, "ValueError")

    sqlite.store().run(live)
    found = await Ward(platforms, sqlite.url).examine()
    assert "--role admin" in found["petugas"].sentence
    assert found["pengirim telegram"].sentence == "Tidak ada yang mengirim: jalankan like-pkh run."
    assert "Diminta berhenti sampai" in found["pengirim whatsapp"].sentence
    assert "events retry" in found["pesan masuk"].sentence


@pytest.mark.parametrize(
    ("ahead", "state", "says"),
    [(119, State.OK, "cocok"), (123, State.WARNING, "lebih lambat"), (-123, State.WARNING, "lebih cepat")],
)
async def test_a_clock_that_is_off_by_more_than_two_minutes_is_noticed(
    small: Ward, ahead: int, state: State, says: str
):
    small.platforms.ahead = timedelta(seconds=ahead)
    clock = (await small.examine())["jam"]
    assert clock.state is state
    assert says in clock.sentence


@pytest.mark.parametrize(("free", "state"), [(99, State.WRONG), (100, State.WARNING), (500, State.OK)])
async def test_a_full_disk_is_seen_before_it_is_full(
    small: Ward, free: int, state: State, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=free * 2**20))
    assert (await small.examine())["disk"].state is state


# --- Telegram


async def test_a_token_that_telegram_refuses(small: Ward):
    small.platforms.telegram_ok = False
    found = await small.examine()
    assert found["Telegram token"].state is State.WRONG
    assert "@BotFather" in found["Telegram token"].sentence
    assert "Telegram pesan masuk" not in found


async def test_polling_says_when_a_webhook_is_left_or_messages_pile_up(small: Ward):
    small.platforms.webhook = {"url": "https://old.example/hook/secret-path", "pending_update_count": 0}
    found = await small.examine()
    assert "melepasnya" in found["Telegram pesan masuk"].sentence
    small.platforms = Platforms(webhook={"url": "", "pending_update_count": 101})
    assert (await small.examine())["Telegram pesan masuk"].state is State.WARNING


WEBHOOK = "https://pkh.example.go.id/webhooks/telegram"


@pytest.mark.parametrize(
    ("info", "state", "says"),
    [
        ({"url": ""}, State.WRONG, "belum terpasang"),
        ({"url": "https://elsewhere.example/secret"}, State.WRONG, "menunjuk ke https://elsewhere.example;"),
        ({"url": WEBHOOK, "pending_update_count": 2}, State.OK, "2 pesan menunggu"),
        ({"url": WEBHOOK, "failed": 600, "pending_update_count": 4}, State.WRONG, "10 menit lalu (Connection refused)"),
        ({"url": WEBHOOK, "failed": 600, "pending_update_count": 0}, State.WARNING, "tidak ada lagi yang menunggu"),
        ({"url": WEBHOOK, "failed": 7200, "pending_update_count": 4}, State.OK, "4 pesan menunggu"),
    ],
)
async def test_a_webhook_is_read_as_telegram_sees_it(small: Ward, info: dict[str, Any], state: State, says: str):
    if failed := info.pop("failed", None):
        at = int((datetime.now(UTC) - timedelta(seconds=failed)).timestamp())
        info |= {"last_error_date": at, "last_error_message": "Connection refused"}
    small.platforms.webhook = info
    small.settings = {"telegram_mode": "webhook", "public_url": WEBHOOK.removesuffix("/webhooks/telegram")}
    finding = (await small.examine())["Telegram webhook"]
    assert finding.state is state
    assert says in finding.sentence
    assert "secret" not in finding.sentence


# --- WhatsApp


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ((401, {"code": 190, "message": f"Malformed {WHATSAPP_TOKEN}"}), "buat token pengguna sistem yang baru"),
        ((403, {"code": 200, "message": "Permissions error"}), "whatsapp_business_messaging"),
        ((400, {"code": 100, "error_subcode": 33, "message": "does not exist"}), "WHATSAPP_PHONE_NUMBER_ID"),
        ((500, {"code": 2, "message": "Service temporarily unavailable"}), "Meta menjawab 500"),
    ],
)
async def test_what_meta_refuses_says_what_to_do(small: Ward, error: tuple[int, dict[str, Any]], says: str):
    small.platforms.graph_error = error
    finding = (await small.examine())["WhatsApp token"]
    assert finding.state is State.WRONG
    assert says in finding.sentence


@pytest.mark.parametrize(
    ("rating", "state"),
    [("GREEN", State.OK), ("UNKNOWN", State.OK), ("YELLOW", State.WARNING), ("RED", State.WRONG)],
)
async def test_the_numbers_quality(small: Ward, rating: str, state: State):
    small.platforms.number["quality_rating"] = rating
    assert (await small.examine())["WhatsApp mutu"].state is state


@pytest.mark.parametrize(
    ("status", "says"),
    [("PENDING", "daftarkan nomornya"), ("RESTRICTED", "Meta menahannya"), ("CONNECTED", "Terdaftar")],
)
async def test_a_number_must_be_registered(small: Ward, status: str, says: str):
    small.platforms.newer = {"status": status}
    assert says in (await small.examine())["WhatsApp nomor"].sentence


@pytest.mark.parametrize(
    ("tier", "families", "state"),
    [
        ("TIER_50", 50, State.OK),
        ("TIER_50", 51, State.WARNING),
        ("TIER_2K", 51, State.OK),
        ("TIER_UNLIMITED", 51, State.OK),
        (None, 51, State.OK),
    ],
)
async def test_the_daily_limit_is_held_against_those_who_agreed(
    small: Ward, tier: str | None, families: int, state: State
):
    store = Store(small.database, lambda: NOW)

    def fill(tx: Any) -> None:
        village = _village(tx)
        there = len(tx.people.reachable([k.id for k in tx.people.every_kelompok()]))
        for number in range(families - there):
            move_in(tx, village, f"Ibu {number}", village.melati1, f"6281200{number:06}")

    store.run(fill)
    store.stop()
    small.platforms.newer = {"whatsapp_business_manager_messaging_limit": tier} if tier else None
    finding = (await small.examine())["WhatsApp batas harian"]
    assert finding.state is state, finding


def _village(tx: Any) -> Any:
    melati1 = tx.people.every_kelompok()[0].id
    kpms: dict[str, KpmId] = {}
    return Village(1, 1, 2, 3, melati1, melati1, melati1, kpms)  # type: ignore[arg-type]


async def test_the_older_name_of_the_limit_still_counts(small: Ward):
    small.platforms.newer = None
    small.platforms.number["messaging_limit_tier"] = "TIER_1K"
    assert "1000 orang berbeda" in (await small.examine())["WhatsApp batas harian"].sentence


async def test_a_rate_above_metas_is_noticed(small: Ward):
    small.settings = {"whatsapp_rate": 500}
    assert (await small.examine())["WhatsApp kecepatan"].state is State.WARNING
    small.platforms = Platforms()
    small.platforms.number["throughput"] = {"level": "HIGH"}
    assert (await small.examine())["WhatsApp kecepatan"].state is State.OK


async def test_meta_delivers_elsewhere_or_to_nobody(small: Ward):
    small.platforms.newer = {"webhook_configuration": {"application": "https://elsewhere.example/hook"}}
    small.platforms.apps = []
    found = await small.examine()
    assert found["WhatsApp webhook"].state is State.WRONG
    assert "https://elsewhere.example" in found["WhatsApp webhook"].sentence
    assert found["WhatsApp langganan"].state is State.WRONG


async def test_templates_one_sentence_for_each_thing_to_do(small: Ward):
    templates = small.platforms.templates
    gone, refused, waiting, moved, other = (templates[i]["name"] for i in range(5))
    templates[1] |= {"status": "REJECTED", "rejected_reason": "INVALID_FORMAT"}
    templates[2]["status"] = "PENDING"
    templates[3]["category"] = "MARKETING"
    templates[4]["components"] = [{"type": "BODY", "text": "kalimat lama"}]
    del templates[0]
    found = (await small.examine())["WhatsApp templat"]
    assert isinstance(found, list)
    said = [(f.state, f.sentence) for f in found]
    assert [state for state, _ in said] == [State.WRONG, State.WRONG, State.WARNING, State.WARNING, State.WARNING]
    named = (gone, f"{refused} berstatus REJECTED (INVALID_FORMAT)", waiting, moved, other)
    for (_, sentence), words in zip(said, named, strict=True):
        assert words in sentence
    assert "like-pkh whatsapp templates push" in said[0][1]


async def test_without_the_business_account_templates_cannot_be_looked_at(small: Ward):
    small.settings = {"whatsapp_business_account_id": None}
    finding = (await small.examine())["WhatsApp templat"]
    assert finding.state is State.WRONG
    assert "LIKE_PKH_WHATSAPP_BUSINESS_ACCOUNT_ID" in finding.sentence


# --- our own address


async def test_our_own_address_must_be_https_and_answer(small: Ward):
    small.platforms.health = (503, {"database": "tidak menjawab", "writer": "ok"})
    assert "database: tidak menjawab" in (await small.examine())["alamat publik"].sentence
    small.settings = {"public_url": "http://127.0.0.1:9"}
    assert "tidak terjangkau" in (await small.examine())["alamat publik"].sentence
    urls = {"whatsapp_api_url": "https://127.0.0.1:9", "telegram_api_url": "https://127.0.0.1:9"}
    small.settings = {"public_url": "http://pkh.example.go.id", **urls}
    assert "tanpa https" in (await small.examine())["alamat publik"].sentence


async def test_another_app_secret_in_the_running_bot_is_found_out(small: Ward):
    small.platforms.app_secret_there = "another secret"
    found = await small.examine()
    assert found["WhatsApp pintu masuk"].state is State.WRONG
    assert "APP_SECRET" in found["WhatsApp pintu masuk"].sentence


# --- the command


@pytest.fixture
def simulated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database as `make run` leaves it."""
    monkeypatch.setenv("LIKE_PKH_DATABASE_URL", f"sqlite:///{tmp_path}/simulator.db")
    settings = Settings()
    store = open_store(settings)
    make_simulator(settings, store)
    asyncio.run(store.close())


@pytest.mark.usefixtures("simulated")
def test_right_after_make_run_nothing_is_to_be_done():
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert done.exit_code == 0, done.output
    assert {row["state"] for row in json.loads(done.stdout)} == {"ok"}
    shown = CliRunner().invoke(app, ["doctor"])
    assert shown.exit_code == 0
    assert "Kabupaten Balangan (contoh)" in shown.stdout or "Balangan" in shown.stdout


def test_wrong_settings_are_a_finding_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LIKE_PKH_WHATSAPP_TOKEN", WHATSAPP_TOKEN)
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert isinstance(done.exception, Failed)
    rows = json.loads(done.stdout)
    assert rows[0]["state"] == "salah"
    assert "LIKE_PKH_WHATSAPP_PHONE_NUMBER_ID" in rows[0]["sentence"]
    assert WHATSAPP_TOKEN not in done.output


def test_one_line_each_and_failure_where_something_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "broken.db").write_bytes(b"no database" * 200)
    monkeypatch.setenv("LIKE_PKH_DATABASE_URL", f"sqlite:///{tmp_path}/broken.db")
    done = CliRunner().invoke(app, ["doctor"])
    assert isinstance(done.exception, Failed)
    assert str(done.exception) == "1 bagian salah; lihat di atas."
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["setelan", "basis", "jam", "disk", "alamat"]
