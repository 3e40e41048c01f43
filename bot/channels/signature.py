"""Does this request really come from the platform? Asked before anything of it is read; takes constant time."""

from __future__ import annotations

import hmac

_PREFIX = "sha256="


def whatsapp_signed(secret: str, raw_body: bytes, header: str | None) -> bool:
    """`X-Hub-Signature-256` is the HMAC of the raw body with the app secret. Without a secret nothing is signed."""
    if not secret or not header or not header.startswith(_PREFIX):
        return False
    expected = hmac.digest(secret.encode(), raw_body, "sha256").hex()
    return _same(expected, header.removeprefix(_PREFIX).lower())


def telegram_signed(secret: str, header: str | None) -> bool:
    """`X-Telegram-Bot-Api-Secret-Token` is the secret itself, as given with setWebhook."""
    return bool(secret) and header is not None and _same(secret, header)


def _same(expected: str, given: str) -> bool:
    # As bytes: compare_digest refuses text that is not ASCII, and a stranger may send any.
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))
