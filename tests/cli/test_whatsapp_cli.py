"""Does `like-pkh whatsapp templates` list what is needed, push it, and say honestly how it stands?"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from telegram import Bot
from typer.testing import CliRunner, Result

from bot.channels.telegram import AiohttpRequest, Telegram
from bot.channels.whatsapp import WhatsApp, template_definition
from bot.cli.commands import app
from bot.cli.speaking import Failed
from bot.cli.whatsapp import needed
from bot.names import keep_names
from handlers.registration.links import TELEGRAM_USERNAME, WHATSAPP_NUMBER
from messages.catalog import entries, entry
from tests.support.databases import Opened

KEYS = ("reminders.meeting.invitation", "reminders.meeting.day_before", "reminders.meeting.code", "meetings.moved")
"""What the bot needs in these tests; that every real key makes a template is tests/channels/test_every_key.py's."""

TOKEN, ACCOUNT, PHONE = "EAAGtokenofnobody0123456789abcdefghij", "1022", "1065"


@dataclass
class Meta:
    """Its template pages, played on 127.0.0.1. `refuses` names a template that it does not take in."""

    held: list[dict[str, Any]] = field(default_factory=list)
    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refuses: str = ""
    error: tuple[int, dict[str, Any]] | None = None

    def application(self) -> web.Application:
        made = web.Application()
        made.router.add_get("/{account}/message_templates", self._list)
        made.router.add_post("/{account}/message_templates", self._create)
        made.router.add_post("/{template}", self._change)
        made.router.add_get(f"/{PHONE}", self._number)
        made.router.add_post("/bot{token}/getMe", self._me)
        return made

    async def _list(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        assert request.match_info["account"] == ACCOUNT
        if self.error is not None:
            return web.json_response({"error": self.error[1]}, status=self.error[0])
        return web.json_response({"data": self.held, "paging": {}})

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.posted.append((request.path, body))
        if body["name"] == self.refuses:
            return web.json_response({"error": {"code": 100, "error_user_msg": "Name is taken"}}, status=400)
        return web.json_response({"id": "9", "status": "PENDING", "category": "UTILITY"})

    async def _change(self, request: web.Request) -> web.Response:
        self.posted.append((request.path, await request.json()))
        return web.json_response({"success": True})

    async def _number(self, request: web.Request) -> web.Response:
        return web.json_response({"display_phone_number": "+62 811-9999-0000", "id": PHONE})

    async def _me(self, request: web.Request) -> web.Response:
        me = {"id": 1, "is_bot": True, "first_name": "P2K2", "username": "like_pkh_bot"}
        return web.json_response({"ok": True, "result": me})


def held(key: str, status: str = "APPROVED", **more: Any) -> dict[str, Any]:
    definition = template_definition(key)
    return {**definition, "id": f"id-{definition['name']}", "status": status, **more}


@pytest.fixture(autouse=True)
def elsewhere(sqlite: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty database, no `.env` and no setting of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("LIKE_PKH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LIKE_PKH_DATABASE_URL", sqlite.url)
    monkeypatch.setattr("bot.cli.whatsapp.needed", lambda: [entry(key) for key in KEYS])


@pytest.fixture
async def meta(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Meta]:
    played = Meta()
    async with TestServer(played.application(), host="127.0.0.1") as server:
        settings = {
            "TOKEN": TOKEN,
            "PHONE_NUMBER_ID": PHONE,
            "BUSINESS_ACCOUNT_ID": ACCOUNT,
            "APP_SECRET": "0123456789abcdef",
            "VERIFY_TOKEN": "kata-sandi",
            "API_URL": str(server.make_url("")).rstrip("/"),
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"LIKE_PKH_WHATSAPP_{name}", value)
        yield played


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["whatsapp", "templates", *words])


async def asks(*words: str) -> Result:
    """The command has its own event loop, so it gets its own thread."""
    return await asyncio.to_thread(run, *words)


def states(sqlite: Opened) -> dict[str, tuple[str, str]]:
    return sqlite.store().run(lambda tx: tx.accounts.templates())


# --- list


def test_list_needs_no_network_and_no_token():
    rows = json.loads(run("list", "--json").stdout)
    assert [row["key"] for row in rows] == list(KEYS)
    invitation = next(row for row in rows if row["name"] == "undangan_p2k2")
    approved = entry("reminders.meeting.invitation").whatsapp
    assert approved
    assert invitation["variables"] == list(approved.order)
    assert f"{{{{{len(approved.order)}}}}}" in invitation["body"]
    assert invitation["buttons"] == ["Bisa datang", "Tidak bisa", "Belum tahu"]
    assert (invitation["language"], invitation["category"], invitation["status"]) == ("id", "UTILITY", None)
    assert "undangan_p2k2" in run("list").stdout


def test_every_key_with_a_template_is_needed():
    assert {one.key for one in needed()} == {e.key for e in entries().values() if e.whatsapp}


def test_a_sentence_that_meta_would_reject_is_named_before_anything_is_sent(monkeypatch):
    broken = replace(entry("meetings.moved"), source="{{ names }}")
    monkeypatch.setattr("messages.catalog.entries", lambda language="id": {"meetings.moved": broken})
    monkeypatch.setattr("bot.cli.whatsapp.needed", lambda: [broken])
    for command in ("list", "push"):
        done = run(command)
        assert isinstance(done.exception, Failed)
        assert "'meetings.moved'" in str(done.exception)


# --- push


async def test_push_creates_what_is_missing_and_keeps_what_meta_says(meta, sqlite):
    meta.held = [held("reminders.meeting.invitation")]
    done = await asks("push", "--json")
    assert done.exit_code == 0
    told = {row["name"]: row["status"] for row in json.loads(done.stdout)}
    assert told["undangan_p2k2"] == "APPROVED"
    assert set(told.values()) == {"APPROVED", "PENDING"}
    assert len(meta.posted) == len(told) - 1
    assert states(sqlite)["perubahan_jadwal_p2k2"] == ("PENDING", "")
    listed = json.loads((await asks("list", "--json")).stdout)
    assert {row["name"]: row["status"] for row in listed} == told


async def test_push_changes_what_reads_differently(meta):
    old = held("reminders.meeting.invitation")
    old["components"] = [{"type": "BODY", "text": "Kalimat lama"}]
    meta.held = [old]
    assert (await asks("push")).exit_code == 0
    assert "/id-undangan_p2k2" in [path for path, _ in meta.posted]


async def test_one_refused_template_fails_the_command_with_its_reason(meta, sqlite):
    meta.refuses = "undangan_p2k2"
    done = await asks("push")
    assert isinstance(done.exception, Failed)
    assert "undangan_p2k2" in str(done.exception)
    assert "Name is taken" in done.stdout
    assert states(sqlite)["undangan_p2k2"] == ("REFUSED", "Name is taken")
    assert states(sqlite)["perubahan_jadwal_p2k2"][0] == "PENDING"


# --- status


async def test_status_tells_rejection_category_pause_and_absence(meta, sqlite):
    meta.held = [
        held("reminders.meeting.invitation", "REJECTED", rejected_reason="INVALID_FORMAT"),
        held("meetings.moved", "APPROVED", category="MARKETING"),
        held("reminders.meeting.code", "PAUSED"),
        {"id": "1", "name": "hello_world", "status": "APPROVED", "category": "UTILITY", "language": "en_US"},
    ]
    done = await asks("status", "--json")
    assert done.exit_code == 0
    told = {row["name"]: row for row in json.loads(done.stdout)}
    assert told["undangan_p2k2"] == {
        "name": "undangan_p2k2",
        "status": "REJECTED",
        "category": "UTILITY",
        "reason": "INVALID_FORMAT",
    }
    assert told["perubahan_jadwal_p2k2"]["category"] == "MARKETING"
    assert told["pengingat_besok_p2k2"]["status"] == "MISSING"
    assert "hello_world" not in told
    kept = states(sqlite)
    assert kept["perubahan_jadwal_p2k2"] == ("APPROVED", "kategori MARKETING")
    assert "pengingat_besok_p2k2" not in kept
    stopped = sqlite.store().run(lambda tx: tx.accounts.stopped_templates())
    assert set(stopped) == {"undangan_p2k2", "kode_absen_p2k2"}
    words = (await asks("status")).stdout
    assert "INVALID_FORMAT" in words
    assert "kategori MARKETING" in words
    assert f"1 dari {len(told)} templat disetujui" in words


async def test_letters_of_a_template_go_on_when_it_is_approved_again(meta, sqlite, monkeypatch):
    woken: list[bool] = []
    monkeypatch.setattr("data.outbox.Outbox.wake_all", lambda self: woken.append(True))
    for status, times in (("PAUSED", 0), ("PENDING", 0), ("PAUSED", 0), ("APPROVED", 1), ("APPROVED", 1)):
        meta.held = [held("meetings.moved", status)]
        assert (await asks("status")).exit_code == 0
        assert len(woken) == times, status


# --- what goes wrong


@pytest.mark.parametrize("command", ["push", "status"])
def test_a_missing_token_is_named(command):
    done = run(command)
    assert isinstance(done.exception, Failed)
    assert "LIKE_PKH_WHATSAPP_TOKEN belum diisi" in str(done.exception)


async def test_a_missing_account_is_named(meta, monkeypatch):
    monkeypatch.delenv("LIKE_PKH_WHATSAPP_BUSINESS_ACCOUNT_ID")
    done = await asks("status")
    assert "LIKE_PKH_WHATSAPP_BUSINESS_ACCOUNT_ID belum diisi" in str(done.exception)


@pytest.mark.parametrize("command", ["push", "status"])
async def test_a_token_that_meta_refuses_is_one_sentence_without_the_token(meta, sqlite, command):
    meta.error = (401, {"code": 190, "message": f"Error validating access token {TOKEN}: expired"})
    done = await asks(command)
    assert isinstance(done.exception, Failed)
    assert "Meta menolak permintaan ini" in str(done.exception)
    assert "LIKE_PKH_WHATSAPP_TOKEN" in str(done.exception)
    assert TOKEN not in str(done.exception) + done.output
    assert states(sqlite) == {}


async def test_a_busy_or_absent_platform_says_try_again(meta, monkeypatch, unused_tcp_port):
    meta.error = (500, {"code": 1, "message": "Please reduce the amount of data"})
    assert "Coba lagi sebentar lagi" in str((await asks("status")).exception)
    monkeypatch.setenv("LIKE_PKH_WHATSAPP_API_URL", f"http://127.0.0.1:{unused_tcp_port}")
    assert "WhatsApp tidak menjawab" in str((await asks("push")).exception)


# --- the names that links and posters need


async def test_the_names_of_the_bot_are_asked_once_and_kept(meta, sqlite):
    base = os.environ["LIKE_PKH_WHATSAPP_API_URL"]
    store = sqlite.store()
    async with ClientSession() as session:
        request = AiohttpRequest(session)
        telegram = Telegram(Bot("1:token", base_url=f"{base}/bot", request=request, get_updates_request=request))
        await keep_names(store, telegram, WhatsApp(TOKEN, PHONE, ACCOUNT, base, session))
        deaf = WhatsApp(TOKEN, "nobody", ACCOUNT, base, session)
        await keep_names(store, None, deaf)
    names = [store.run(lambda tx, n=name: tx.settings.get(n)) for name in (TELEGRAM_USERNAME, WHATSAPP_NUMBER)]
    assert names == ["like_pkh_bot", "6281199990000"]
