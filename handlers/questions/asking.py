"""TANYA from a family: what does she want to know?"""

from __future__ import annotations

from datetime import timedelta

from data.records import Person
from data.store import Tx
from handlers import handover
from handlers.speech import names_of, say
from messages.envelope import Inbound, Outbound

TOPIC = "tanya"
WAITS = timedelta(minutes=30)


def on_tanya(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """TANYA alone: the next line is the question."""
    tx.sessions.keep(who.address_id, TOPIC, {}, WAITS)
    return [say(msg, "questions.ask", names=names_of(who.kpms), pendamping=handover.pendamping(who, tx))]


def on_asked(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """Whatever she writes after that is her question, with a question mark or without."""
    tx.sessions.end(who.address_id, TOPIC)
    return handover.pass_on(msg, who, tx, "question", msg.text)
