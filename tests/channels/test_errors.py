"""Is the policy table what PLATFORMS says, also for codes that come with a status instead of an answer?"""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from telegram.error import EndPointNotFound, NetworkError, TelegramError, TimedOut

from bot.channels import errors
from bot.channels.base import Blames, Refused, TryLater, Unknown

KEY = ConnectionKey("graph.facebook.com", 443, True, True, None, None, None)


def test_each_further_try_waits_longer_up_to_five_minutes():
    assert [errors.back_off(tries) for tries in range(7)] == [2, 2, 8, 32, 128, 300, 300]
    assert errors.MAX_TRIES == 5


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, OSError("Name or service not known")), TryLater),
        (aiohttp.ClientConnectorError(KEY, OSError(111, "Connection refused")), TryLater),
        (aiohttp.ConnectionTimeoutError(), TryLater),
        (aiohttp.InvalidURL("http://x"), TryLater),
        (aiohttp.SocketTimeoutError(), Unknown),
        (aiohttp.ServerDisconnectedError(), Unknown),
        (aiohttp.ClientPayloadError(), Unknown),
        (aiohttp.ClientOSError(104, "reset"), Unknown),
        (TimeoutError(), Unknown),
    ],
)
def test_only_what_never_left_is_surely_not_there(error, expected):
    assert type(errors.lost(error)) is expected
    assert type(errors.lost(error, repeatable=True)) is TryLater


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TimedOut(), Unknown),
        (NetworkError("refused"), TryLater),
        (TelegramError("Invalid server response"), Unknown),
        (EndPointNotFound("no such method"), Unknown),
    ],
)
def test_telegrams_network_errors_keep_the_difference(error, expected):
    assert type(errors.telegram_error(error)) is expected


def test_a_failed_status_brings_its_code_without_an_http_answer():
    failure = errors.whatsapp_error(131026, "Message undeliverable")
    assert isinstance(failure, Refused)
    assert (failure.blames, failure.code) == (Blames.PERSON, errors.UNREACHABLE)
    assert isinstance(errors.whatsapp_error(None, ""), Refused)


def test_no_code_is_in_two_rows_of_the_table():
    codes = [code for _, row in errors._POLICIES for code in row]
    assert len(codes) == len(set(codes))


def test_a_platforms_sentence_is_kept_without_secrets_and_numbers():
    kept = errors.safe("Bad token EAAGm0PX4ZCpsBAExampleExample99 of 62811000001 (#190)")
    assert kept == "Bad token … of … (#190)"
    assert len(errors.safe("a b " * 500)) == 200
