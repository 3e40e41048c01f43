"""HALAMAN: how does a member of staff get to the pages? By a link that opens once, for ten minutes."""

from __future__ import annotations

from data.records import Person
from data.store import Tx
from handlers.speech import say
from messages.envelope import Inbound, Outbound

PAGES = "pages"
"""Kept in `tx.settings` at the start: the address under which the pages are served; unknown until then."""

SIGN_IN = "/dasbor/masuk/"


def on_halaman(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """HALAMAN (DASBOR). Families never get a link: the word is not theirs."""
    base = tx.settings.get(PAGES)
    if who.staff is None or not base:
        return [say(msg, "desk.no_pages")]
    token = tx.desk.link(who.staff.id)
    # Behind a slash nothing of it is lost, whatever sign it ends with: phones leave the last one out of a link.
    return [say(msg, "desk.link", staff=who.staff.name, link=f"{base}{SIGN_IN}{token}/")]
