"""What does a platform, or somebody who plays one, get from our webhooks? Asked over a real port."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
import uvicorn
from sqlalchemy import func, insert, select
from structlog.testing import capture_logs
from telegram import Bot

from bot.channels.telegram import Telegram
from bot.channels.whatsapp import WhatsApp
from bot.web import Health, make_web, webhooks
from bot.web.webhooks import Intake, telegram_door, whatsapp_door
from data import schema
from data.content.quizzes import items
from data.obligations import Item
from data.records import Audience, Consent, Topic
from data.store import Store, StoreError, Tx
from handlers.speech import ref
from messages.envelope import Address, Inbound
from tests.support.databases import Opened
from tests.support.village import PHONES, SATURDAY, Village, plan_meeting, settle

SECRET, VERIFY, TELEGRAM_SECRET = "a-secret-of-nobody", "a-word-of-nobody", "another-secret"
STAMP = 1_795_000_000


@dataclass
class Site:
    """Our webhooks on a port, in front of a village with one planned meeting."""

    url: str
    store: Store
    village: Village
    button: str
    session: aiohttp.ClientSession
    told: list[Inbound] = field(default_factory=list)

    async def post(self, body: bytes, headers: Mapping[str, str] | None = None, path: str = "whatsapp") -> int:
        headers = SIGNED[path](body) if headers is None else headers
        async with self.session.post(f"{self.url}/webhooks/{path}", data=io.BytesIO(body), headers=headers) as answer:
            await answer.read()
            return answer.status

    def rows(self) -> dict[str, int]:
        """How many rows each table has that anything coming in could change."""

        def count(tx: Tx) -> dict[str, int]:
            tables = (schema.event, schema.outbox, schema.attendance, schema.address, schema.session, schema.audit)
            return {t.name: tx.conn.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}

        return self.store.run(count)

    def answers(self) -> dict[str, str]:
        """Whose presence is known, and as what."""
        return self.store.run(
            lambda tx: {
                r.name: r.answer
                for r in tx.conn.execute(
                    select(schema.kpm.c.name, schema.attendance.c.answer).join(
                        schema.kpm, schema.kpm.c.id == schema.attendance.c.kpm_id
                    )
                )
            }
        )

    def said(self) -> list[str]:
        keys = select(schema.outbox.c.key).order_by(schema.outbox.c.id)
        return list(self.store.run(lambda tx: tx.conn.execute(keys).scalars().all()))


def sign(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
SIGNED = {"whatsapp": sign, "telegram": lambda body: {SECRET_HEADER: TELEGRAM_SECRET}}
both_doors = pytest.mark.parametrize("door", list(SIGNED))


def update(sender: int, number: int, words: str) -> bytes:
    """What Telegram posts when `sender` writes."""
    person = {"id": sender, "is_bot": False, "first_name": "S"}
    said = {"message_id": 2, "date": STAMP, "chat": {"id": sender, "type": "private"}, "from": person, "text": words}
    return json.dumps({"update_id": number, "message": said}).encode()


def callback(sender: int, number: int, button: str) -> bytes:
    """What Telegram posts when `sender` presses a button under a message of ours."""
    ours = {"message_id": 2, "date": STAMP, "chat": {"id": sender, "type": "private"}, "text": "Bisa datang?"}
    query = {"id": "77", "from": {"id": sender, "is_bot": False, "first_name": "S"}, "message": ours, "data": button}
    return json.dumps({"update_id": number, "callback_query": query}).encode()


def sound(door: str) -> bytes:
    """A delivery that shall pass, to show that the door still stands."""
    return update(5, 900, "halo") if door == "telegram" else delivery(text(SITI, "wamid.900", "halo"))


def message(sender: str, name: str, **what: Any) -> dict[str, Any]:
    return {"from": sender, "id": name, "timestamp": str(STAMP), **what}


def text(sender: str, name: str, words: str) -> dict[str, Any]:
    return message(sender, name, type="text", text={"body": words})


def press(sender: str, name: str, button: str) -> dict[str, Any]:
    reply = {"type": "button_reply", "button_reply": {"id": button, "title": "Bisa datang"}}
    return message(sender, name, type="interactive", interactive=reply)


def delivery(*messages: Mapping[str, Any], statuses: Sequence[Mapping[str, Any]] = ()) -> bytes:
    value = {"messaging_product": "whatsapp", "messages": list(messages), "statuses": list(statuses)}
    return json.dumps({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}).encode()


def nobody() -> None:
    """No sender is there to be woken."""


@asynccontextmanager
async def serving(store: Store) -> AsyncIterator[Site]:
    village = store.run(settle)
    meeting = store.run(lambda tx: plan_meeting(tx, village))
    told: list[Inbound] = []

    async def after(events: Sequence[Inbound]) -> None:
        told.extend(events)

    whatsapp = Intake(store, WhatsApp("token", "1065", "1022"), after, nobody)
    telegram = Intake(store, Telegram(Bot("1:token")), after, nobody)
    doors = whatsapp_door(whatsapp, SECRET, VERIFY) | telegram_door(telegram, TELEGRAM_SECRET)
    web = make_web(store, Health(store, last_tick=lambda: None, sender=lambda: True), [], None, doors)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(web, log_level="error", access_log=False, lifespan="off"))
    serve = asyncio.create_task(server._serve([listening]))
    async with aiohttp.ClientSession() as session:
        while not server.started:
            await asyncio.sleep(0.01)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield Site(url, store, village, f"rsvp.yes:{ref(meeting)}", session, told)
    server.should_exit = True
    await serve


@pytest.fixture
async def site(sqlite: Opened) -> AsyncIterator[Site]:
    async with serving(sqlite.store()) as opened:
        yield opened


@pytest.fixture
async def on_both(store: Store) -> AsyncIterator[Site]:
    """Where it is the database that must hold."""
    async with serving(store) as opened:
        yield opened


SITI, NUR, BUDI = PHONES["Siti"], PHONES["Nur"], "6281100000902"
ODD = [
    "rsvp.yes:999999999999.1",
    "rsvp.yes:-1.1",
    "rsvp.yes:1' OR '1'='1",
    "rsvp.yes:" + "9" * 200,
    "rsvp.yes",
    "rsvp.yes:",
    "here:0.0",
    "ob.done:" + "9" * 200,
    "mark.save:1",
    "draft.send",
    "permit.yes:1",
    "face.yes:1",
    "kelompok:1",
    "\u202e.drop",
    "x" * 5000,
]


# --- what shall pass


async def test_the_handshake_gives_the_challenge_back(site: Site):
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "4711"}
    async with site.session.get(f"{site.url}/webhooks/whatsapp", params=asked) as answer:
        assert (answer.status, await answer.text()) == (200, "4711")
    for wrong in ({"hub.verify_token": "guess"}, {"hub.mode": "unsubscribe"}, {"hub.verify_token": ""}):
        async with site.session.get(f"{site.url}/webhooks/whatsapp", params=asked | wrong) as answer:
            assert (answer.status, await answer.text()) == (403, "")


async def test_what_is_acknowledged_is_on_disk_and_whoever_sends_is_told(on_both: Site):
    assert await on_both.post(delivery(press(SITI, "wamid.1", on_both.button), text(NUR, "wamid.2", "halo"))) == 200
    assert on_both.answers() == {"Siti": "promised"}
    assert on_both.rows()["event"] == 2
    assert [m.event for m in on_both.told] == ["wamid.1", "wamid.2"]


async def test_messages_and_statuses_of_one_delivery_are_all_kept(on_both: Site):
    def sent(tx: Tx) -> int:
        values = {
            "address_id": 1,
            "channel": "whatsapp",
            "key": "help.alert",
            "params": {},
            "priority": 2,
            "not_before": tx.now,
            "created": tx.now,
            "state": "sent",
            "platform_id": "wamid.out",
        }
        return int(tx.conn.execute(insert(schema.outbox).returning(schema.outbox.c.id), values).scalar_one())

    letter = on_both.store.run(sent)
    statuses = [
        {"id": "wamid.out", "status": said, "timestamp": str(STAMP)} for said in ("read", "sent", "delivered", "read")
    ]
    assert await on_both.post(delivery(text(SITI, "wamid.3", "jadwal"), statuses=statuses)) == 200
    state = select(schema.outbox.c.state).where(schema.outbox.c.id == letter)
    assert on_both.store.run(lambda tx: tx.conn.execute(state).scalar_one()) == "read"
    assert on_both.rows()["event"] == 1


async def test_telegram_is_asked_for_its_secret_first(site: Site):
    body = update(5, 1, "halo")
    for wrong in ({}, {SECRET_HEADER: "guess"}, {SECRET_HEADER: "é"}):
        with capture_logs() as lines:
            assert await site.post(body, wrong, "telegram") == 401
        assert len(lines) == 1
    assert site.rows()["event"] == 0
    assert await site.post(body, path="telegram") == 200
    assert site.rows()["event"] == 1


@pytest.mark.parametrize(
    "payload",
    [
        {},
        [],
        7,
        None,
        "text",
        {"entry": None},
        {"entry": [{"changes": [{"value": {"messages": [None, 7, {}]}}]}]},
        {"entry": [{"changes": [{"field": "messages", "value": {"messages": [{"from": "6281", "id": "x"}]}}]}]},
        {"entry": [{"changes": [{"field": "something_new", "value": {"a": {"b": []}}}]}]},
        {"entry": [{"changes": [{"field": "messages", "value": {"statuses": [{"id": 5, "status": "lost"}]}}]}]},
    ],
)
async def test_whatever_is_signed_is_acknowledged(site: Site, payload: Any):
    assert await site.post(json.dumps(payload).encode()) == 200


async def test_what_is_not_on_disk_is_not_acknowledged(site: Site, monkeypatch):
    async def full(*_args, **_more):
        raise StoreError("the disk is full")

    monkeypatch.setattr(site.store, "write", full)
    with capture_logs() as lines:
        assert await site.post(delivery(text(SITI, "wamid.4", "halo"))) == 503
    assert [line["event"] for line in lines] == ["webhook not stored"]


async def test_a_status_that_is_poison_does_not_stop_its_delivery(on_both: Site, monkeypatch):
    """Were it not acknowledged, Meta would repeat the whole delivery for seven days."""

    def broken(*_args, **_more):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("data.arrivals.Arrivals.progress", broken)
    status = {"id": "wamid.x", "status": "sent", "timestamp": "1"}
    with capture_logs() as lines:
        assert await on_both.post(delivery(text(SITI, "wamid.5", "halo"), statuses=[status])) == 200
    assert on_both.rows()["event"] == 1
    assert "status not kept" in [line["event"] for line in lines]


# --- what shall not


def wrong_signatures(body: bytes) -> dict[str, dict[str, str]]:
    right = sign(body)["X-Hub-Signature-256"]
    return {
        "missing": {},
        "empty": {"X-Hub-Signature-256": ""},
        "of another secret": sign(body, "guess"),
        "of another body": sign(body + b" "),
        "without its prefix": {"X-Hub-Signature-256": right.removeprefix("sha256=")},
        "of another kind": {"X-Hub-Signature-256": right.replace("sha256=", "sha1=")},
        "cut": {"X-Hub-Signature-256": right[:-1]},
        "with more": {"X-Hub-Signature-256": right + "0"},
        "not ASCII": {"X-Hub-Signature-256": "sha256=é" + right[8:]},
        "in the old header": {"X-Hub-Signature": right},
    }


@pytest.mark.parametrize("kind", list(wrong_signatures(b"")))
async def test_a_wrong_signature_changes_nothing_and_leaves_one_line(site: Site, kind: str):
    body = delivery(press(SITI, "wamid.6", site.button))
    before = site.rows()
    with capture_logs() as lines:
        assert await site.post(body, wrong_signatures(body)[kind]) == 401
    assert site.rows() == before
    assert [(line["event"], line["why"]) for line in lines] == [("webhook refused", "signature")]
    assert SITI not in str(lines)


async def test_a_signature_listened_in_on_can_only_repeat_what_was_said(site: Site):
    """Replayed with its own body it is the same event; with another body it is worth nothing."""
    body = delivery(press(SITI, "wamid.7", site.button))
    assert await site.post(body) == 200
    before = site.rows()
    for _ in range(3):
        assert await site.post(body) == 200
    assert site.rows() == before
    other = delivery(press(PHONES["Wati"], "wamid.8", site.button))
    assert await site.post(other, sign(body)) == 401
    assert site.rows() == before
    assert site.answers() == {"Siti": "promised"}


async def test_an_update_that_comes_again_is_the_same_event(site: Site):
    """Telegram repeats what it believes lost; a stranger who listened in can do no more than that."""
    press_it = callback(await at_telegram(site, "Siti"), 7, site.button)
    assert await site.post(press_it, path="telegram") == 200
    assert site.answers() == {"Siti": "promised"}
    before = site.rows()
    for _ in range(3):
        assert await site.post(press_it, path="telegram") == 200
    assert site.rows() == before


@both_doors
async def test_twenty_megabytes_are_refused_unread(site: Site, door: str):
    body = b"x" * (20 * 2**20)
    before = site.rows()
    with capture_logs() as lines:
        with suppress(aiohttp.ClientError, ConnectionError):  # hung up on while still talking
            assert await site.post(body, path=door) == 413
        await asyncio.sleep(0.1)
    assert [line["why"] for line in lines] == ["too large"]
    assert site.rows() == before
    assert await site.post(sound(door), path=door) == 200


@both_doors
async def test_a_body_without_an_end_is_cut_off(site: Site, door: str):
    """Chunked, so that nobody says beforehand how much it will be."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 100_000

    signed = SIGNED[door](b"")
    with capture_logs() as lines:
        try:
            async with site.session.post(f"{site.url}/webhooks/{door}", data=endless(), headers=signed) as answer:
                assert answer.status == 413
        except (aiohttp.ClientError, ConnectionError):
            pass
        await asyncio.sleep(0.1)
    assert [line["why"] for line in lines] == ["too large"]
    assert await site.post(sound(door), path=door) == 200


@both_doors
async def test_a_body_that_drips_is_not_waited_for(site: Site, monkeypatch, door: str):
    monkeypatch.setattr(webhooks, "PATIENCE", 0.2)

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x"
            await asyncio.sleep(0.05)

    signed = SIGNED[door](b"")
    with capture_logs() as lines:
        begun = asyncio.get_running_loop().time()
        try:
            async with site.session.post(f"{site.url}/webhooks/{door}", data=drip(), headers=signed) as answer:
                assert answer.status == 408
        except (aiohttp.ClientError, ConnectionError):
            pass
        assert asyncio.get_running_loop().time() - begun < 4.0
        assert await site.post(sound(door), path=door) == 200
    assert [line["why"] for line in lines if "why" in line] == ["too slow"]


@both_doors
async def test_one_who_hangs_up_in_the_middle_leaves_one_line(site: Site, door: str):
    headers = "".join(f"{name}: {value}\r\n" for name, value in SIGNED[door](b"").items())
    host, port = site.url.removeprefix("http://").split(":")
    with capture_logs() as lines:
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"POST /webhooks/{door} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 1000\r\n\r\nabc"
        writer.write(head.encode())
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.close()
        await asyncio.sleep(0.2)
    assert [line["why"] for line in lines] == ["hung up"]
    assert await site.post(sound(door), path=door) == 200


BOMBS = {
    "nested lists": b"[" * 1_000_000,
    "nested and closed": b"[" * 500_000 + b"]" * 500_000,
    "nested tables": b'{"a":' * 300_000 + b"1" + b"}" * 300_000,
    "a huge whole number": b'{"entry": ' + b"9" * 1_000_000 + b"}",
    "not text at all": b"\xff\xfe\x00" * 1000,
    "cut off": b'{"entry": [',
    "empty": b"",
}


@both_doors
async def test_a_bomb_of_json_is_a_bad_request_and_no_more(site: Site, door: str):
    before = site.rows()
    for kind, bomb in BOMBS.items():
        with capture_logs() as lines:
            assert await site.post(bomb, path=door) == 400, kind
        assert [(line["event"], line["why"]) for line in lines] == [("webhook refused", "no JSON")], kind
    assert site.rows() == before


@both_doors
async def test_a_bomb_without_a_signature_is_not_even_opened(site: Site, door: str, monkeypatch):
    """The signature comes before the parser: what is not signed never reaches it."""
    parsed: list[str] = []
    monkeypatch.setattr(webhooks, "json", SimpleNamespace(loads=parsed.append))
    before = site.rows()
    for wrong in ({}, {"X-Hub-Signature-256": sign(b"", "guess")["X-Hub-Signature-256"], SECRET_HEADER: "guess"}):
        for kind, bomb in BOMBS.items():
            with capture_logs() as lines:
                assert await site.post(bomb, wrong, door) == 401, kind
            assert [line["status"] for line in lines] == [401], kind
    assert parsed == []
    assert site.rows() == before


async def test_huge_numbers_and_odd_values_where_small_ones_belong_break_nothing(on_both: Site):
    odd: list[Any] = [
        10**300,
        -1,
        1e308,
        float("inf"),
        True,
        None,
        [],
        {},
        "9" * 4000,
        "²",
        "١٢",
        "\x00",
        "\ud800",
        "x" * 5000,
    ]
    for number, value in enumerate(odd):
        body = json.dumps(
            {
                "entry": [
                    {
                        "changes": [
                            {
                                "field": "messages",
                                "value": {
                                    "messages": [
                                        {**text(SITI, f"wamid.odd.{number}", "halo"), "timestamp": value},
                                        {**text(SITI, f"wamid.{number}", "halo"), "from": value},
                                    ],
                                    "statuses": [
                                        {
                                            "id": f"wamid.s.{number}",
                                            "status": "failed",
                                            "timestamp": value,
                                            "biz_opaque_callback_data": value,
                                            "errors": [{"code": value, "title": value}],
                                        }
                                    ],
                                },
                            }
                        ]
                    }
                ]
            }
        ).encode()
        assert await on_both.post(body) == 200, value
    failed = select(func.count()).select_from(schema.event).where(schema.event.c.state == "failed")
    assert on_both.store.run(lambda tx: tx.conn.execute(failed).scalar_one()) == 0


# --- people who press what is not theirs


async def at_telegram(site: Site, name: str) -> int:
    """Let a family write through Telegram; returns the id of its chat."""
    number = 811000000 + len(name)

    def link(tx: Tx) -> None:
        address_id = tx.people.address_id(Address("telegram", str(number)))
        tx.people.link_kpm(site.village.kpms[name], address_id, own=True)
        tx.people.keep_consent(address_id, Topic.MEETINGS, Consent.YES, "test")

    await site.store.write(link)
    return number


async def test_a_button_of_another_familys_meeting_changes_nothing_and_leaves_one_line(site: Site):
    """Nur belongs to Anggrek 1; the meeting is Melati's. The button may be forwarded or forged."""
    with capture_logs() as lines:
        assert await site.post(delivery(press(NUR, "wamid.20", site.button))) == 200
    assert site.answers() == {}
    assert site.said() == ["attendance.not_yours"]
    assert [line["event"] for line in lines if line["log_level"] != "info"] == ["button refused"]
    assert NUR not in str(lines)


def theirs(site: Site) -> dict[str, int]:
    """What is really there and belongs to Nur, her kelompok or Bu Dewi, by what a button says of it."""

    def make(tx: Tx) -> dict[str, int]:
        village = site.village
        nur, group, month = village.kpms["Nur"], village.anggrek1, timedelta(days=30)
        times = [(SATURDAY, SATURDAY + timedelta(hours=2))]
        where = tx.people.address_id(Address("whatsapp", NUR))
        child = tx.obligations.add_member(nur, name="Putri", component="sekolah")
        item = Item(nur, child, "sekolah", "sekolah", "2026-11")
        quiz = tx.quiz.plan("forged", nur, group, "P2", "post", tx.now, tx.now + month)
        assert quiz is not None
        tx.quiz.start(quiz, items()[:3], tx.now + month, tx.now + month)
        dewi = tx.people.staff(village.dewi)
        assert dewi is not None
        said = tx.broadcasts.add(dewi, "biasa", "Anggrek 1", Audience([group]), "Besok ada imunisasi.", tx.now + month)
        return {
            "letter": tx.obligations.asked(where, tx.now.date(), [item]),
            "request": tx.invitations.ask(tx.people.address_id(Address("telegram", "77")), group, "Nur", nur),
            "quiz": quiz,
            "meeting": plan_meeting(tx, village, group, by=village.dewi).id,
            "proposal": tx.proposals.add(dewi.id, group, times, tx.now + month, tx.now + month).id,
            "broadcast": said.id,
            "child": child,
            "kpm": nur,
        }

    return site.store.run(make)


LEFT_BY_ANY = {"event", "outbox", "session", "address"}
"""Every message is kept, answered, and tells when its sender was heard."""


def everything(tx: Tx) -> dict[str, list[Any]]:
    tables = [t for t in schema.metadata.sorted_tables if t.name not in LEFT_BY_ANY]
    return {t.name: sorted(map(repr, tx.conn.execute(select(t)))) for t in tables}


@pytest.mark.parametrize(
    ("presser", "forged"),
    [
        (SITI, "rsvp.yes:{meeting}.1"),
        (SITI, "here:{meeting}.1"),
        (SITI, "reason.sakit:{meeting}.1"),
        (SITI, "who:{kpm}"),
        (SITI, "ob.done:{letter}"),
        (SITI, "ob.not_yet:{letter}"),
        (SITI, "ob.open:{letter}"),
        (SITI, "ob.member:{child}"),
        (SITI, "quiz.answer:{quiz}.0.a"),
        (SITI, "vote:{proposal}.1"),
        (SITI, "join.yes:{request}"),
        (BUDI, "join.yes:{request}"),
        (BUDI, "join.no:{request}"),
        (BUDI, "permit.yes:{meeting}"),
        (BUDI, "pick:{proposal}.1"),
        (BUDI, "siaran.back:{broadcast}"),
        (BUDI, "siaran.allow:{broadcast}"),
        (BUDI, "school.tell:{child}"),
        (BUDI, "ob.done:{letter}"),
        *((SITI, forged) for forged in ODD),
    ],
)
async def test_a_forged_button_changes_nothing_of_anybody_and_leaves_one_line(site: Site, presser: str, forged: str):
    button = forged if forged in ODD else forged.format(**theirs(site))
    before, kept = site.rows(), site.store.run(everything)
    with capture_logs() as lines:
        assert await site.post(delivery(press(presser, "wamid.21", button))) == 200
    assert site.store.run(everything) == kept
    assert Counter(site.rows()) - Counter(before) <= Counter({"event": 1, "outbox": 2, "session": 1})
    assert [line["event"] for line in lines if line["log_level"] != "info"] == ["button refused"]
    assert presser not in str(lines)
    failed = select(func.count()).select_from(schema.event).where(schema.event.c.state == "failed")
    assert site.store.run(lambda tx: tx.conn.execute(failed).scalar_one()) == 0


async def test_a_forged_callback_changes_nobodys_presence_and_crashes_nothing(site: Site):
    siti, before = await at_telegram(site, "Siti"), site.rows()
    for number, forged in enumerate(ODD):
        with capture_logs() as lines:
            assert await site.post(callback(siti, number, forged), path="telegram") == 200, forged
        assert [line["event"] for line in lines if line["log_level"] != "info"] == ["button refused"], forged
    assert site.answers() == {}
    grown = Counter(site.rows()) - Counter(before)
    assert grown <= Counter({"event": len(ODD), "outbox": 2 * len(ODD), "session": 1})
    failed = select(func.count()).select_from(schema.event).where(schema.event.c.state == "failed")
    assert site.store.run(lambda tx: tx.conn.execute(failed).scalar_one()) == 0


async def test_a_button_pressed_by_a_stranger_changes_nothing_and_leaves_one_line(site: Site):
    with capture_logs() as lines:
        assert await site.post(delivery(press("6289999999999", "wamid.22", site.button))) == 200
    assert site.answers() == {}
    assert site.said() == ["consent.stranger"]
    assert [line["event"] for line in lines if line["log_level"] != "info"] == ["button refused"]
    assert "6289999999999" not in str(lines)


async def test_a_callback_of_a_stranger_or_of_another_family_changes_nothing_and_leaves_one_line(site: Site):
    nur = await at_telegram(site, "Nur")
    for number, (sender, said) in enumerate([(7_999_999_999, "consent.stranger"), (nur, "attendance.not_yours")]):
        with capture_logs() as lines:
            assert await site.post(callback(sender, number, site.button), path="telegram") == 200
        assert site.said()[number:] == [said]
        assert [line["event"] for line in lines if line["log_level"] != "info"] == ["button refused"]
        assert str(sender) not in str(lines)
    assert site.answers() == {}
