"""Whose requests are let in? Only those that carry the platform's signature."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from bot.channels.signature import telegram_signed, whatsapp_signed

BODY = '{"text": "hadir é"}'.encode()
SIGNED = "sha256=" + hmac.new(b"rahasia", BODY, hashlib.sha256).hexdigest()


def test_metas_own_signature_is_taken_over_the_raw_body():
    assert whatsapp_signed("rahasia", BODY, SIGNED)
    assert whatsapp_signed("rahasia", BODY, "sha256=" + SIGNED.removeprefix("sha256=").upper())
    assert not whatsapp_signed("rahasia", BODY + b" ", SIGNED)


@pytest.mark.parametrize(
    ("secret", "header"),
    [
        ("other", SIGNED),
        ("", SIGNED),
        ("", "sha256=" + hmac.new(b"", BODY, hashlib.sha256).hexdigest()),
        ("rahasia", None),
        ("rahasia", ""),
        ("rahasia", SIGNED.removeprefix("sha256=")),
        ("rahasia", SIGNED.replace("sha256", "sha1")),
        ("rahasia", SIGNED[:-1]),
        ("rahasia", SIGNED + "0"),
        ("rahasia", "sha256=é\ud800"),
    ],
)
def test_any_other_signature_is_refused(secret, header):
    assert not whatsapp_signed(secret, BODY, header)


@pytest.mark.parametrize(
    ("secret", "header", "taken"),
    [
        ("rahasia", "rahasia", True),
        ("rahasia", "rahasi", False),
        ("rahasia", "", False),
        ("rahasia", None, False),
        ("rahasia", "é\ud800", False),
        ("", "", False),
        ("", None, False),
    ],
)
def test_telegram_shows_the_secret_it_was_given(secret, header, taken):
    assert telegram_signed(secret, header) is taken


def test_both_doors_compare_in_constant_time(monkeypatch):
    compared: list[tuple[bytes, bytes]] = []

    def spy(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return False

    monkeypatch.setattr("bot.channels.signature.hmac.compare_digest", spy)
    assert not whatsapp_signed("rahasia", BODY, SIGNED)
    assert not telegram_signed("rahasia", "rahasia")
    right = SIGNED.removeprefix("sha256=").encode()
    assert compared == [(right, right), (b"rahasia", b"rahasia")]
