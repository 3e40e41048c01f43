"""VERKOM in the chat: the list of three months, marked like a register."""

from handlers.obligations.verkom.marking import verify
from handlers.obligations.verkom.talking import on_verkom, on_verkom_line
from handlers.obligations.verkom.units import thing

__all__ = ["on_verkom", "on_verkom_line", "thing", "verify"]
