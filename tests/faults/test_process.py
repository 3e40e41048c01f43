"""What does the running program do with a wrong start, a wrong request, and words that nobody expected?"""

from __future__ import annotations

import http.client
import json
import signal
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import Opened
from tests.support.process import Bot, Refused, free_port, in_a_process, like_pkh, running
from tests.support.village import settle

BUDI, SITI, HALIMAH = "+6281100000902", "+6281100000001", "+6281100000005"
MESSAGES, CLOCK = "/simulator/api/messages", "/simulator/api/clock"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    with running(tmp_path_factory.mktemp("bot")) as running_bot:
        yield running_bot


def refused(bot: Bot, path: str, body: Any = None) -> int:
    """The status of a request that must not be 200; the answer is JSON with a sentence."""
    with pytest.raises(Refused) as caught:
        _ = bot.get(path) if body is None else bot.post(path, body)
    assert json.loads(caught.value.body)["error"]
    return caught.value.status


# --- a wrong start


def test_a_second_run_on_the_same_file_says_so(bot: Bot):
    done = like_pkh(bot.folder, "run", "--simulator", "--port", str(free_port()))
    assert done.status == 1
    assert "sudah berjalan" in done.err
    assert "Traceback" not in done.err
    assert bot.get("/healthz")["parts"]["database"] == "ok"


def test_commands_may_write_beside_a_running_bot(bot: Bot):
    done = like_pkh(bot.folder, "staff", "add", "Bu Samping", "--phone", "081100000777", "--role", "admin")
    assert done.status == 0, done.err
    assert bot.get("/healthz")["parts"]["database"] == "ok"


def test_a_port_that_is_taken_is_said(tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = like_pkh(tmp_path, "run", "--simulator", "--port", str(port))
    assert done.status == 1
    assert str(port) in done.err
    assert "Traceback" not in done.err


def test_the_simulator_refuses_a_database_with_real_data(sqlite: Opened, tmp_path: Path):
    store = sqlite.store()
    store.run(settle)
    store.stop()
    done = like_pkh(tmp_path, "run", "--simulator", "--port", str(free_port()), DATABASE_URL=sqlite.url)
    assert done.status == 1
    assert "data nyata" in done.err
    assert "LIKE_PKH_DATABASE_URL" in done.err
    assert sqlite.store().run(lambda tx: tx.settings.get("database")) is None


def test_a_database_of_the_simulator_never_sends_to_a_real_platform(sqlite: Opened, tmp_path: Path):
    store = sqlite.store()
    store.run(lambda tx: tx.settings.keep("database", "simulator"))
    store.stop()
    secret = "123456:a-token-of-nobody"
    done = like_pkh(tmp_path, "run", "--port", str(free_port()), DATABASE_URL=sqlite.url, TELEGRAM_TOKEN=secret)
    assert done.status == 1
    assert "simulator" in done.err
    assert secret not in done.out + done.err


def test_a_wrong_setting_stops_the_start_and_names_the_variable(tmp_path: Path):
    done = in_a_process(tmp_path, "run", TIMEZONE="Asia/Banjarmasin")
    assert done.status == 1
    assert "LIKE_PKH_TIMEZONE" in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []  # and nothing was begun


def test_asked_to_stop_it_stops_and_leaves_no_complaint(tmp_path: Path):
    with running(tmp_path) as bot:
        bot.say(SITI, "jadwal")
        bot.kill(signal.SIGTERM)
        assert bot.process is not None
        assert bot.process.returncode in {0, -signal.SIGTERM}
        log = bot.log.read_text(encoding="utf-8")
        assert "Traceback" not in log
        assert "Exception" not in log


# --- a wrong request


def test_the_clock_never_goes_back(bot: Bot):
    bot.post(CLOCK, {"advance_minutes": 1})
    now = bot.get(CLOCK)["now"]
    assert refused(bot, CLOCK, {"set": "2026-11-23T08:00:00+08:00"}) == 409
    assert refused(bot, CLOCK, {"advance_minutes": -1}) == 409
    assert bot.get(CLOCK)["now"] == now
    assert bot.post(CLOCK, {"set": now}) == {"now": now, "delivered": []}  # where it stands is not back


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"set": "tomorrow"},
        {"set": 5},
        {"advance_minutes": "60"},
        {"set": "2031-01-01T00:00:00+08:00"},
        {"set": "9999-12-31T23:59:59-23:59"},
        {"set": "0001-01-01T00:00:00+23:59"},
    ],
    ids=str,
)
def test_a_clock_that_makes_no_sense_is_a_bad_request(bot: Bot, body: dict[str, Any]):
    assert refused(bot, CLOCK, body) in {400, 409}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"[]",
        b'"hadir"',
        b"\xff\xfe",
        b"[" * 5000,
        {},
        {"channel": "whatsapp", "from": SITI},
        {"channel": "fax", "from": SITI, "text": "hadir"},
        {"channel": "whatsapp", "text": "hadir"},
        {"channel": "whatsapp", "from": 6281100000001, "text": "hadir"},
        {"channel": "whatsapp", "from": "Siti", "text": "hadir"},
        {"channel": "whatsapp", "from": SITI, "text": 5},
        {"channel": "whatsapp", "from": SITI, "media": "hologram"},
        {"channel": "whatsapp", "from": SITI, "text": "x" * 200_000},
    ],
    ids=lambda body: str(body)[:40],
)
def test_a_message_that_makes_no_sense_is_a_bad_request(bot: Bot, body: Any):
    assert refused(bot, MESSAGES, body) == 400


@pytest.mark.parametrize("after", ["x", "-1", "%C2%B2", "99999999999999999999999"])
def test_a_place_to_go_on_from_that_makes_no_sense_is_a_bad_request(bot: Bot, after: str):
    assert refused(bot, f"{MESSAGES}?after={after}") == 400


def test_a_group_that_nobody_knows_is_a_bad_request(bot: Bot):
    assert refused(bot, "/simulator/api/register?kelompok=Mawar%209") == 400
    assert bot.register("melati 3") == {"meeting": None, "rows": []}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "", "192.168.1.7"])
def test_a_foreign_host_plays_nothing(bot: Bot, host: str):
    """A page elsewhere could point its own name at this machine."""
    for path in ("/simulator", "/simulator/api/people", MESSAGES, CLOCK):
        connection = http.client.HTTPConnection("127.0.0.1", bot.port, timeout=10)
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        assert answer.status in {400, 403}
        assert b"Siti" not in answer.read()
        connection.close()


def test_what_is_not_there_is_not_there(bot: Bot):
    for path in ("/simulator/pages/../../app.py", "/simulator/pages/secret.key", "/simulator/api/nothing", "/nothing"):
        with pytest.raises(Refused) as caught:
            bot.get(path)
        assert caught.value.status == 404
    with pytest.raises(Refused) as caught:
        bot.get("/simulator/api/media/99999999999999999999999")
    assert caught.value.status in {400, 404}


# --- once is once


def test_the_same_id_twice_is_one_event(bot: Bot):
    body = {"channel": "whatsapp", "from": SITI, "text": "menu", "id": "wamid.1"}
    first = bot.post(MESSAGES, body)
    assert first["duplicate"] is False
    assert [m["key"] for m in first["delivered"]] == ["help.kpm"]
    assert bot.post(MESSAGES, body) == {"duplicate": True, "delivered": []}
    assert bot.post(MESSAGES, {**body, "text": "something else"}) == {"duplicate": True, "delivered": []}


def test_without_an_id_every_message_is_a_new_one(bot: Bot):
    assert [bot.say(SITI, "menu")[0]["key"] for _ in range(2)] == ["help.kpm"] * 2


# --- words that nobody expected

UNEXPECTED = {
    "nothing": {"text": ""},
    "only spaces": {"text": " \n\t "},
    "ten thousand letters": {"text": "hadir " * 1700},
    "NUL": {"text": "ha\x00dir"},
    "only NUL": {"text": "\x00\x00"},
    "right to left": {"text": "\u202e\u0631\u0627\u062f\u0647\u200f hadir"},
    "half an emoji": {"text": "hadir \ud83d"},
    "the other half": {"text": "\ude00 tidak"},
    "emoji": {"text": "\U0001f64f\U0001f3fd\u200d\u2640\ufe0f"},
    "zalgo": {"text": "h" + "\u0300\u0301\u0302" * 300},
    "template": {"text": "{{ names }} {% for x in y %}"},
    "SQL": {"text": "'; DROP TABLE kpm; --"},
    "markup": {"text": "<b>hadir</b> *ya* _tidak_ [x](y)"},
    "a button of nobody": {"button": "rsvp.yes:999999999999999999999.1"},
    "a button that is none": {"button": "\x00\ud83d"},
    "an empty button": {"button": ""},
    **{kind: {"media": kind} for kind in ("voice", "image", "sticker", "document", "location", "contact")},
}


@pytest.mark.parametrize("who", [SITI, BUDI, "+6289900000000"], ids=["a family", "staff", "a stranger"])
def test_nothing_that_can_be_written_breaks_it(bot: Bot, who: str):
    for what, said in UNEXPECTED.items():
        answer = bot.post(MESSAGES, {"channel": "whatsapp", "from": who, **said})
        assert answer["duplicate"] is False, what
        assert not any("Traceback" in m["text"] for m in answer["delivered"])
    phone = bot.get(f"{MESSAGES}?to={who.replace('+', '%2B')}&all=1")["messages"]
    assert len([m for m in phone if m["outgoing"]]) >= len(UNEXPECTED)  # the page can still show the talk
    with sqlite3.connect(bot.folder / "bot.db") as conn:
        assert conn.execute("SELECT account, error FROM event WHERE state = 'failed'").fetchall() == []
    conn.close()


def test_a_family_always_gets_a_kind_answer_to_what_is_no_text(bot: Bot):
    for kind in ("voice", "image", "sticker", "document", "location", "contact"):
        answered = [m for m in bot.say(HALIMAH, media=kind) if m["to"] == HALIMAH]
        assert [m["key"].split(".")[0] for m in answered] == ["questions"], kind


def test_a_date_that_does_not_exist_is_said(bot: Bot):
    (answer,) = bot.say(BUDI, "JADWAL Melati 3; 31-02-2027 09.00; Balai Desa; P2")
    assert answer["key"] == "meetings.when.no_such_day"
    assert "31-02-2027" in answer["text"]
    bot.say(BUDI, "batal")


# --- a fault of ours


def test_a_poison_event_is_kept_acknowledged_and_run_again(tmp_path: Path):
    """A table is gone, as after a bad restore: one conversation breaks, and only that one."""
    with running(tmp_path) as bot:
        _rename(tmp_path, "question", "question_gone")
        body = {"channel": "whatsapp", "from": HALIMAH, "text": "apa kabar posyandu kami", "id": "poison"}
        assert bot.post(MESSAGES, body) == {"duplicate": False, "delivered": []}
        assert bot.post(MESSAGES, body) == {"duplicate": True, "delivered": []}
        assert [m["key"] for m in bot.say(SITI, "menu")] == ["help.kpm"]

        done = like_pkh(tmp_path, "events", "retry", "--json")
        assert (done.status, done.facts) == (1, {"done": 0, "failed": 1})
        _rename(tmp_path, "question_gone", "question")
        done = like_pkh(tmp_path, "events", "retry", "--json")
        assert (done.status, done.facts) == (0, {"done": 1, "failed": 0})
        late = [m["key"] for m in bot.post(CLOCK, {"advance_minutes": 1})["delivered"] if m["to"] == HALIMAH]
        assert late == ["questions.passed_on"]


def _rename(folder: Path, old: str, new: str) -> None:
    conn = sqlite3.connect(folder / "bot.db", isolation_level=None)
    conn.execute(f"ALTER TABLE {old} RENAME TO {new}")
    conn.close()
