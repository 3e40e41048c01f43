"""Do the files in `deploy/` start what the README says, and does the bot stop when it is told to?"""

from __future__ import annotations

import asyncio
import configparser
import fnmatch
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp.test_utils import BaseTestServer, TestServer
from sqlalchemy import update
from starlette.routing import Route

from bot.app import claim_for_real
from bot.settings import PREFIX, Settings
from bot.web import Health, make_web
from bot.web.webhooks import telegram_door, whatsapp_door
from data import schema
from data.store import Store, Tx
from messages.envelope import Address, Outbound
from tests.support.commands import faults_in, faults_of
from tests.support.databases import Opened
from tests.support.platforms import (
    ACCOUNT_ID,
    APP_SECRET,
    PHONE_ID,
    SECRETS,
    TELEGRAM_TOKEN,
    VERIFY_TOKEN,
    WHATSAPP_TOKEN,
    Platforms,
)
from tests.support.process import environment, free_port
from tests.support.village import PHONES, settle

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
SETTINGS = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
STOPS_WITHIN = 10.0


def addresses() -> set[str]:
    """Every address that the bot answers."""
    nothing: Any = None
    doors = whatsapp_door(nothing, "", "") | telegram_door(nothing, "")
    web = make_web(nothing, Health(nothing, last_tick=lambda: None, sender=lambda: True), [], None, doors)
    return {*web.doors, *(route.path for route in web.pages.routes if isinstance(route, Route))}


# --- systemd


def unit() -> configparser.ConfigParser:
    """`Environment=` may stand there twice: the later line would win, so both are joined."""
    text = (DEPLOY / "like-pkh.service").read_text(encoding="utf-8")
    values = re.findall(r"^Environment=(.+)$", text, flags=re.MULTILINE)
    text = re.sub(r"^Environment=.+\n", "", text, flags=re.MULTILINE)
    parsed = configparser.ConfigParser(interpolation=None, comment_prefixes=("#",), strict=True)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(text)
    parsed["Service"]["Environment"] = " ".join(values)
    return parsed


def test_the_unit_is_hardened_restarts_and_lets_the_bot_finish():
    service = dict(unit()["Service"])
    expected = {
        "ProtectSystem": "strict",
        "StateDirectory": "like-pkh",
        "Restart": "on-failure",
        "TimeoutStopSec": "15",
        "NoNewPrivileges": "yes",
        "User": "like-pkh",
    }
    assert {name: service[name] for name in expected} == expected
    assert int(service["TimeoutStopSec"]) > STOPS_WITHIN
    assert service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"


def test_the_units_command_and_settings_exist():
    service = unit()["Service"]
    program, _, rest = service["ExecStart"].partition(" ")
    assert Path(program).name == "like-pkh"
    assert not faults_of(f"like-pkh {rest}")
    names = {value.partition("=")[0] for value in service["Environment"].split()}
    assert {name for name in names if name.startswith(PREFIX)} <= SETTINGS


def test_systemd_itself_understands_the_unit(tmp_path: Path):
    """Where systemd is installed; the parser above has read it anyhow."""
    if (analyze := shutil.which("systemd-analyze")) is None:
        return
    copy = tmp_path / "like-pkh.service"
    program = unit()["Service"]["ExecStart"].partition(" ")[0]
    copy.write_text((DEPLOY / "like-pkh.service").read_text(encoding="utf-8").replace(program, "/bin/sh"))
    done = subprocess.run([analyze, "verify", str(copy)], capture_output=True, text=True, timeout=60, check=False)
    # Where nothing was booted by systemd it may complain about the machine; only what it says of our file counts.
    assert "like-pkh" not in done.stderr, done.stderr


def test_the_wrapper_runs_what_the_unit_runs():
    text = (DEPLOY / "like-pkh.sh").read_text(encoding="utf-8")
    service = unit()["Service"]
    assert service["ExecStart"].partition(" ")[0] in text
    assert f"cd {service['WorkingDirectory']}" in text
    assert f"-u {service['User']}" in text
    caches = [value for value in service["Environment"].split() if "/var/cache/" in value]
    assert len(caches) == 2
    assert all(value in text for value in caches)
    assert subprocess.run(["sh", "-n", str(DEPLOY / "like-pkh.sh")], check=False).returncode == 0


# --- Docker


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", " ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in lines]


def of(name: str) -> list[str]:
    return [rest for what, rest in instructions() if what == name]


def test_the_image_is_small_locked_by_hash_and_runs_as_nobody_special():
    assert of("FROM") == ["python:3.11-slim"]
    runs = of("RUN")
    assert any("pip install --require-hashes -r requirements.lock" in run for run in runs)
    assert any("pip install --no-deps --no-build-isolation ." in run for run in runs)
    assert not any("pip install" in run and "hashes" not in run and "no-deps" not in run for run in runs)
    assert of("USER") == ["like-pkh"]
    names = [name for name, _ in instructions()]
    assert names.index("USER") > len(names) - 1 - names[::-1].index("RUN"), "everything is installed before"


def test_what_the_image_copies_is_there_and_let_in():
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*", "nothing gets in unless it is named"
    named = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    sources = {word for rest in of("COPY") for word in rest.split()[:-1]}
    assert sources == named
    assert all((ROOT / source).exists() for source in sources)


@pytest.mark.parametrize("secret", [".env", "var/like-pkh.db", "var/secret.key", ".git/config", "data/old.db-wal"])
def test_no_secret_gets_into_the_image(secret: str):
    let_in = False
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        if rule and not rule.startswith("#"):
            pattern = rule.removeprefix("!").removeprefix("**/")
            parts = [secret, *(part for part in Path(secret).parts)]
            if any(fnmatch.fnmatch(part, pattern) for part in parts):
                let_in = rule.startswith("!")
    assert not let_in


def test_the_images_command_its_health_check_and_its_settings_exist():
    entry, command = yaml.safe_load(of("ENTRYPOINT")[0]), yaml.safe_load(of("CMD")[0])
    assert not faults_of(" ".join([*entry, *command]))
    health = of("HEALTHCHECK")[0]
    path = re.search(r"http://127\.0\.0\.1:8080(/\w+)", health)
    assert path is not None
    assert path[1] in addresses()
    assert of("EXPOSE") == ["8080"]
    names = set(re.findall(rf"({PREFIX}\w+)=", " ".join(of("ENV"))))
    assert names <= SETTINGS
    code = health.partition("CMD ")[2]
    compile(yaml.safe_load(code)[2], "HEALTHCHECK", "exec")


# --- compose


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_the_commands_and_settings_of_every_service_exist(compose: dict[str, Any]):
    for name, service in compose["services"].items():
        if name == "db":
            continue
        assert not faults_of("like-pkh " + " ".join(service["command"]))
        assert {s for s in service["environment"] if s.startswith(PREFIX)} <= SETTINGS
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).exists()
        assert service["env_file"] == "../.env"
    commands = {name: service.get("command") for name, service in compose["services"].items()}
    assert commands["web"] == ["run", "--only", "web"]
    assert commands["sender"] == ["run", "--only", "sender"]


def test_the_database_is_postgresql_and_everybody_waits_for_it(compose: dict[str, Any]):
    services = compose["services"]
    assert services["db"]["image"] == "postgres:17"
    assert "pg_isready" in " ".join(services["db"]["healthcheck"]["test"])
    assert services["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    for name in ("web", "sender"):
        assert services[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert int(services[name]["stop_grace_period"].removesuffix("s")) > STOPS_WITHIN
    url = services["web"]["environment"]["LIKE_PKH_DATABASE_URL"]
    who = services["db"]["environment"]
    assert url.startswith(f"postgresql+psycopg://{who['POSTGRES_USER']}:")
    assert url.endswith(f"@db/{who['POSTGRES_DB']}")
    Settings(database_url=url)


def test_what_must_survive_lies_on_volumes_and_nothing_is_open_to_the_world(compose: dict[str, Any]):
    services = compose["services"]
    used = {mount.partition(":")[0] for service in services.values() for mount in service["volumes"]}
    assert used == set(compose["volumes"])
    ports = [port for service in services.values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    secrets = [v for s in services.values() for k, v in s["environment"].items() if "PASSWORD" in k or "SECRET" in k]
    assert all(value.startswith("${") for value in secrets)


# --- the proxies


@pytest.mark.parametrize("file", ["Caddyfile", "nginx.conf"])
def test_a_proxy_lets_in_the_webhooks_and_the_health_but_no_figures(file: str):
    text = (DEPLOY / file).read_text(encoding="utf-8")
    for path in addresses() - {"/", "/metrics"}:
        first = "/" + path.split("/")[1]
        assert first.strip("/") in text, path
    rules = "\n".join(line for line in text.splitlines() if not line.strip().startswith("#"))
    assert "metrics" not in rules
    assert "simulator" not in rules
    assert "127.0.0.1:8080" in rules
    assert re.search(r"3\s?m", rules, flags=re.IGNORECASE), "Meta posts up to 3 MB"


# --- settings and words


def test_every_setting_stands_in_the_example_and_nothing_else():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(rf"^# ({PREFIX}\w+)=", text, flags=re.MULTILINE)) == SETTINGS


def test_every_command_in_the_comments_of_deploy_exists():
    assert not [fault for file in sorted(DEPLOY.iterdir()) for fault in faults_in(file)]


# --- real processes are told to stop


class Running:
    """`like-pkh …` as a service starts it, against platforms on this machine."""

    def __init__(self, folder: Path, database: str, base: str) -> None:
        self.folder, self.settings = folder, _settings(database, base)

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *words),
            cwd=self.folder,
            env=environment(self.folder, self.settings),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )


async def _stop(process: asyncio.subprocess.Process) -> str:
    """What it wrote to its log; within ten seconds, and with status 0."""
    process.send_signal(signal.SIGTERM)
    _, log = await asyncio.wait_for(process.communicate(), STOPS_WITHIN)
    assert process.returncode == 0, log.decode()
    return log.decode()


async def _end(*processes: asyncio.subprocess.Process) -> None:
    for process in processes:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def _until(true: Callable[[], bool], *processes: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(60):
        while not true():
            for process in processes:
                assert process.returncode is None, (await process.communicate())[1].decode()
            await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_told_to_stop_it_finishes_what_is_in_flight_and_gives_the_leases_back(sqlite: Opened, tmp_path: Path):
    store = Store(sqlite.url, lambda: datetime.now(UTC))
    store.run(_one_letter_waits)
    hold = asyncio.Event()
    platforms, port = Platforms(hold=hold), free_port()
    async with TestServer(platforms.application(), host="127.0.0.1") as server:
        process = await Running(tmp_path, sqlite.url, _base(server)).start("run", "--port", str(port))
        try:
            await _until(lambda: bool(platforms.posted), process)
            await asyncio.to_thread(_health_check, port)
            assert store.run(_held) == [True, True]

            stopping = asyncio.create_task(_stop(process))
            await asyncio.sleep(0.5)
            assert process.returncode is None, "a letter is in flight"
            hold.set()
            log = await stopping
        finally:
            hold.set()
            platforms.closing.set()
            await _end(process)
    assert not [secret for secret in (*SECRETS, PHONES["Siti"], "Siti") if secret in log]
    assert platforms.faults == []
    assert platforms.asked >= {"getMe", "getUpdates"}
    assert store.run(lambda tx: tx.outbox.counts()) == {"sent": 1}
    assert len(platforms.posted) == 1
    assert store.run(_held) == [False, False]
    assert store.run(lambda tx: [tx.accounts.holder(name) for name in ACCOUNTS]) == ["", ""]
    store.stop()


@pytest.mark.slow
async def test_web_and_sender_are_two_processes_on_postgresql(on_postgres: Opened, tmp_path: Path):
    """As `deploy/compose.yaml` starts them: the schema first, then both."""
    store = Store(on_postgres.url, lambda: datetime.now(UTC))
    store.run(_one_letter_waits)
    platforms, port = Platforms(), free_port()
    async with TestServer(platforms.application(), host="127.0.0.1") as server:
        running = Running(tmp_path, on_postgres.url, _base(server))
        migrate = await running.start("migrate")
        _, said = await asyncio.wait_for(migrate.communicate(), 60)
        assert migrate.returncode == 0, said.decode()
        web = await running.start("run", "--only", "web", "--port", str(port))
        try:
            await _until(lambda: _answers(port), web)
            assert store.run(_held) == [False, False], "the web alone sends nothing"
            sender = await running.start("run", "--only", "sender")
            try:
                await _until(lambda: bool(platforms.posted), web, sender)
                assert store.run(_held) == [True, True]
                await _stop(sender)
                await asyncio.to_thread(_health_check, port)
                platforms.closing.set()
                await _stop(web)
            finally:
                platforms.closing.set()
                await _end(sender)
        finally:
            await _end(web)
    assert platforms.faults == []
    assert platforms.asked >= {"getMe", "getUpdates"}
    assert store.run(lambda tx: tx.outbox.counts()) == {"sent": 1}
    assert store.run(_held) == [False, False]
    store.stop()


@pytest.mark.slow
async def test_of_two_senders_the_other_goes_on_when_one_is_killed(on_postgres: Opened, tmp_path: Path):
    """The dead one's leases are made to end here instead of waiting half a minute for it."""
    store = Store(on_postgres.url, lambda: datetime.now(UTC))
    store.run(lambda tx: claim_for_real(tx, False))
    platforms = Platforms()
    async with TestServer(platforms.application(), host="127.0.0.1") as server:
        running = Running(tmp_path, on_postgres.url, _base(server))
        first = await running.start("run", "--only", "sender")
        second = None
        try:
            await _until(lambda: store.run(_held) == [True, True], first)
            second = await running.start("run", "--only", "sender")
            holders = store.run(_holders)
            assert second.stderr is not None
            while b"running" not in await asyncio.wait_for(second.stderr.readline(), 60):
                assert second.returncode is None
            first.kill()
            await first.communicate()
            store.run(_one_letter_waits)
            await asyncio.sleep(1)
            assert store.run(_holders) == holders
            over = update(schema.lease).values(until=datetime.now(UTC) - timedelta(seconds=1))
            store.run(lambda tx: tx.conn.execute(over))
            await _until(lambda: bool(platforms.posted), second)
            assert not set(store.run(_holders)) & set(holders)
            platforms.closing.set()
            await _stop(second)
        finally:
            platforms.closing.set()
            await _end(*(one for one in (first, second) if one is not None))
    assert len(platforms.posted) == 1
    store.stop()


ACCOUNTS = ("telegram", "whatsapp")


def _held(tx: Tx) -> list[bool]:
    return [tx.accounts.held(name, tx.now) for name in ACCOUNTS]


def _holders(tx: Tx) -> list[str | None]:
    return [tx.accounts.holder(name) for name in ACCOUNTS]


def _one_letter_waits(tx: Tx) -> None:
    settle(tx)
    claim_for_real(tx, False)
    siti = Address("whatsapp", PHONES["Siti"])
    tx.people.hear(siti, tx.now)
    tx.outbox.put(Outbound(siti, "consent.stopped"))


def _base(server: BaseTestServer) -> str:
    return str(server.make_url("/")).rstrip("/")


def _settings(database: str, base: str) -> dict[str, str]:
    return {
        "DATABASE_URL": database,
        "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
        "TELEGRAM_API_URL": base,
        "WHATSAPP_TOKEN": WHATSAPP_TOKEN,
        "WHATSAPP_PHONE_NUMBER_ID": PHONE_ID,
        "WHATSAPP_BUSINESS_ACCOUNT_ID": ACCOUNT_ID,
        "WHATSAPP_APP_SECRET": APP_SECRET,
        "WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
        "WHATSAPP_API_URL": f"{base}/graph",
    }


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _health_check(port: int) -> None:
    """The very words of the Dockerfile, asked of this port."""
    code = yaml.safe_load(of("HEALTHCHECK")[0].partition("CMD ")[2])[2].replace(":8080/", f":{port}/")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
