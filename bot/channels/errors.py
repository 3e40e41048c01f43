"""Which failure means what? The one retry policy table, for both platforms; keyed on codes, never on titles.

| action                                     | becomes                                      |
| ------------------------------------------ | -------------------------------------------- |
| later, this recipient only                 | TryLater(PAIR)                               |
| pause the whole account, then again        | TryLater(whole_account), hours with an alert |
| again with back-off, at most MAX_TRIES     | TryLater(back_off(tries))                    |
| nobody knows whether it arrived            | Unknown                                      |
| the window has closed                      | Convert                                      |
| fail this letter, keep the person          | Refused(LETTER), Refused(PERSON): count them |
| she wants nothing unasked: as STOP PESAN   | Refused(UNASKED)                             |
| stop the template, alert                   | Refused(TEMPLATE)                            |
| stop the account, page a human             | Refused(ACCOUNT)                             |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

import aiohttp
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.base import Blames, ChannelError, Convert, Refused, TryLater, Unknown

MAX_TRIES = 5
PAIR = 6.0
"""Seconds between two WhatsApp messages to one person (third parties' figure)."""
PAUSE = 5.0
PAUSE_OF_THE_APP = 60.0
PAUSE_FOR_HOURS = 3 * 3600.0
FIRST_BACK_OFF = 2.0
LONGEST_BACK_OFF = 300.0

WINDOW_CLOSED = 131047
OPTED_OUT = 131050
"""She wants no marketing: unasked letters stop, answers do not."""
UNREACHABLE = 131026
WRONG_NUMBER_ID = 33
"""The subcode of 100 that means our own phone number or account id, not the letter."""

NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
"""Refused, unresolved or no connection in time: nothing was sent, so nothing can arrive twice."""
NO_ANSWER = (aiohttp.ClientError, TimeoutError, OSError)

_SECRET = re.compile(r"[\w:+/=-]{25,}|\d{8,}")
"""What might be a token or a person's number inside a platform's sentence."""

Policy = Callable[[str, int], ChannelError]


def back_off(tries: int) -> float:
    """Seconds to wait after so many tries: 2, 8, 32, 128, 300."""
    return min(FIRST_BACK_OFF * 4.0 ** max(tries - 1, 0), LONGEST_BACK_OFF)


def lost(error: Exception, *, repeatable: bool = False) -> TryLater | Unknown:
    """No answer came. What may be repeated (an upload, a question) is never in doubt."""
    why = type(error).__name__
    if repeatable or isinstance(error, NEVER_LEFT):
        return TryLater(why, FIRST_BACK_OFF)
    return Unknown(why)


def safe(why: str) -> str:
    """A platform's sentence that may be kept and logged."""
    return _SECRET.sub("…", why)[:200]


def _later(after: float, *, whole_account: bool = False, alert: bool = False) -> Policy:
    return lambda why, _: TryLater(why, after, whole_account=whole_account, alert=alert)


def _refused(blames: Blames) -> Policy:
    return lambda why, code: Refused(why, blames, code=code)


def _convert(why: str, _: int) -> ChannelError:
    return Convert(why)


_PAUSED = _later(PAUSE, whole_account=True)
_BACK_OFF = _later(FIRST_BACK_OFF)
_POLICIES: list[tuple[Policy, Iterable[int]]] = [
    (_later(PAIR), (131056,)),
    (_PAUSED, (130429,)),
    (_later(PAUSE_OF_THE_APP, whole_account=True), (4, 80007)),
    (_later(PAUSE_FOR_HOURS, whole_account=True, alert=True), (131048, 131064)),
    (_BACK_OFF, (1, 2, 131000, 131016, 131057, 133004, 135000)),
    (_convert, (WINDOW_CLOSED,)),
    (_refused(Blames.PERSON), (UNREACHABLE,)),
    (_refused(Blames.UNASKED), (OPTED_OUT,)),
    (
        _refused(Blames.LETTER),
        (131049, 130472, 131051, 131008, 131009, 131021, 131030, 131052, 131053, 131062, 100),
    ),
    (_refused(Blames.TEMPLATE), (132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016)),
    (
        _refused(Blames.ACCOUNT),
        (0, 3, 10, 190, *range(200, 300), 368, 131005, 131031, 131037, 131042, 131045, 130497),
    ),
]
WHATSAPP: Mapping[int, Policy] = {code: policy for policy, codes in _POLICIES for code in codes}


def whatsapp_error(
    code: int | None, why: str, *, http: int = 400, subcode: int | None = None, wait: float = 0.0
) -> ChannelError:
    """What Meta's code means, in an answer or in a `failed` status; where the code is new, what HTTP says.

    `wait` is what the platform itself asked for; nobody comes back earlier."""
    policy = WHATSAPP.get(code) if code is not None else None
    if code == 100 and subcode == WRONG_NUMBER_ID:
        policy = _refused(Blames.ACCOUNT)
    if policy is None:
        policy = _by_http(http)
    error = policy(safe(why) or f"code {code}", http if code is None else code)
    if isinstance(error, TryLater):
        error.after = max(error.after, wait)
    return error


def _by_http(status: int) -> Policy:
    if status == 429:
        return _PAUSED
    if status >= 500 or status < 400:
        return _BACK_OFF
    return _refused(Blames.ACCOUNT if status in (401, 403) else Blames.LETTER)


def telegram_error(error: TelegramError) -> ChannelError:
    """What python-telegram-bot's typed error means. Its tree: BadRequest and TimedOut are NetworkErrors too."""
    why = safe(error.message)
    match error:
        case RetryAfter():
            # The limit belongs to the token: whoever met it, everybody waits exactly that long.
            return TryLater(why, _seconds(error.retry_after), whole_account=True)
        case ChatMigrated():
            return Refused(why, Blames.PERSON, code=400, migrated_to=str(error.new_chat_id))
        case Forbidden():
            return Refused(why, Blames.PERSON, code=403, blocked=True)
        case InvalidToken():
            return Refused(why, Blames.ACCOUNT, code=401)
        case Conflict():
            return TryLater(why, PAUSE, alert=True)
        case BadRequest():
            nobody = any(sign in why.lower() for sign in ("chat not found", "user not found", "peer_id_invalid"))
            return Refused(why, Blames.PERSON if nobody else Blames.LETTER, code=400)
        case TimedOut():
            return Unknown(why)
        case NetworkError():
            return TryLater(why, FIRST_BACK_OFF)
        case _:
            # A 200 whose answer cannot be read: it was taken, we do not know as what.
            return Unknown(why)


def _seconds(wait: float | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
