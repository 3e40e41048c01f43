"""How does what waits get out? One fenced sender per account: look, take, pace, send, settle."""

from bot.dispatcher.carrying import Carrier, MakeFile, Outcome, Result
from bot.dispatcher.drain import Dispatcher
from bot.dispatcher.pacer import LastSecond, Pacer, Spacing
from bot.dispatcher.sender import Sender
from bot.dispatcher.settling import Settler
from bot.dispatcher.statuses import receive_statuses

__all__ = [
    "Carrier",
    "Dispatcher",
    "LastSecond",
    "MakeFile",
    "Outcome",
    "Pacer",
    "Result",
    "Sender",
    "Settler",
    "Spacing",
    "receive_statuses",
]
