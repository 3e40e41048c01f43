"""How does what waits get out? One fenced sender per account: claim, pace, send, settle."""

from bot.dispatcher.carrying import Carrier, MakeFile, Outcome
from bot.dispatcher.drain import Dispatcher
from bot.dispatcher.pacer import Pacer, Spacing
from bot.dispatcher.sender import Sender
from bot.dispatcher.statuses import receive_statuses

__all__ = ["Carrier", "Dispatcher", "MakeFile", "Outcome", "Pacer", "Sender", "Spacing", "receive_statuses"]
