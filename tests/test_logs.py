"""Do all lines of the log look alike, and does none of them quote anybody?"""

from __future__ import annotations

import json
import logging
import sys

import pytest
import structlog
from structlog.testing import capture_logs

from bot.logs import _OfOthers, short
from tests.channels.test_webhooks import SITI, delivery, press, serving
from tests.support.databases import Opened
from tests.support.senders import Scripted, make_sender, sending, until


def test_a_line_of_uvicorn_is_json_like_ours_and_quotes_no_fault():
    line = _OfOthers(structlog.processors.JSONRenderer())
    try:
        raise ValueError("hadir bu, ulun Siti")
    except ValueError:
        fault = sys.exc_info()
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "x.py", 1, "Exception in %s", ("ASGI",), fault)
    found = json.loads(line.format(record))
    assert (found["event"], found["logger"], found["level"]) == ("Exception in ASGI", "uvicorn.error", "error")
    assert found["fault"] == "ValueError"
    assert "Siti" not in str(found)
    quiet = logging.LogRecord("uvicorn.error", logging.WARNING, "x.py", 1, "Invalid HTTP request received.", None, None)
    assert json.loads(line.format(quiet))["timestamp"].endswith("Z")


async def test_a_message_can_be_followed_from_the_webhook_to_the_sent_letter(
    sqlite: Opened, monkeypatch: pytest.MonkeyPatch
):
    """By an id that is not WhatsApp's own, for that one has her number in it."""
    monkeypatch.setattr("bot.dispatcher.sender.IDLE", 0.05)
    store, channel = sqlite.store(), Scripted()
    with capture_logs() as lines:
        async with serving(store) as site, sending(make_sender(store, channel, alone=True)):
            for _ in range(2):
                assert await site.post(delivery(press(SITI, "wamid.HBgNNjI4MTE", site.button))) == 200
            await until(lambda: len(channel.sent) == 1)
            await until(lambda: any(line["event"] == "sent" for line in lines))
    heard = [line for line in lines if line["event"] == "heard"]
    (sent,) = [line for line in lines if line["event"] == "sent"]
    assert [(line["id"], line["new"], line["letters"]) for line in heard] == [
        (short("wamid.HBgNNjI4MTE"), True, sent["letters"]),
        (short("wamid.HBgNNjI4MTE"), False, []),
    ]
    assert sent["letters"] == channel.sent
    assert "wamid" not in str(lines)
