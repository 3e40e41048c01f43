"""What do several processes on one database know of each other? What came in, who ticks, and who has died."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from bot.live import Parts, _assemble
from bot.settings import Settings
from data.store import Store
from tests.channels.test_webhooks import delivery, sign, text
from tests.support.databases import Opened
from tests.support.platforms import ACCOUNT_ID, APP_SECRET, PHONE_ID, VERIFY_TOKEN
from tests.support.senders import Scripted, sending, until


def process(store: Store) -> Parts:
    """The parts of one that carries WhatsApp; what it sends goes nowhere."""
    settings = Settings(
        _env_file=None,
        public_url="https://bot.example",
        whatsapp_token=SecretStr("of-nobody"),
        whatsapp_phone_number_id=PHONE_ID,
        whatsapp_business_account_id=ACCOUNT_ID,
        whatsapp_app_secret=SecretStr(APP_SECRET),
        whatsapp_verify_token=SecretStr(VERIFY_TOKEN),
    )
    nowhere: Any = None
    parts = _assemble(settings, store, nowhere)
    parts.senders[0].carrier.channel = Scripted()
    return parts


async def hears(parts: Parts, numbers: range) -> None:
    messages = [text(f"62811{i:06}", f"wamid.{i}", "halo") for i in numbers]
    body = delivery(*messages)
    headers = {name.lower().encode(): value.encode() for name, value in sign(body, APP_SECRET).items()}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    assert await parts.doors["/webhooks/whatsapp"].post(headers, receive) == 200


async def test_what_another_process_heard_counts_against_the_limit_and_our_own_once(on_postgres: Opened):
    """The load balancer gives the webhooks to whom it likes; one process sends. The clock of both stands."""
    one, other = process(on_postgres.store()), process(on_postgres.store())
    sender = one.senders[0]
    async with sending(sender):
        await until(sender.holding.mine)
        await hears(one, range(3))
        await until(lambda: sender.pacer.inbound() == 3)
        await hears(other, range(3, 10))
        await until(lambda: sender.pacer.inbound() == 10)
