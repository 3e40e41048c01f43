"""What can be written here? One menu per role, and the two-way question behind 'bantuan'."""

from __future__ import annotations

from datetime import timedelta

from data.records import Person, Role
from data.store import Tx
from handlers.speech import names_of, pendamping_of, say
from messages.envelope import Inbound, Outbound

TOPIC = "bantuan"
ASKED = timedelta(minutes=15)
CHOICES = {"1": "how", "cara pakai": "how", "2": "money", "uang bantuan": "money", "uang": "money"}


def on_menu(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    match who.role:
        case Role.PENDAMPING:
            assert who.staff is not None  # noqa: S101  the role says so
            mine = tx.people.kelompok_in_scope(who.staff)
            return [say(msg, "help.pendamping", kelompok=mine[0].name if mine else "Melati 1")]
        case Role.KOORDINATOR | Role.ADMIN:
            return [say(msg, "help.koordinator")]
        case _:
            return [say(msg, "help.kpm", names=names_of(who.kpms), pendamping=_pendamping(who, tx))]


def on_bantuan(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """'bantuan' is help or the money: ask which (FACTS 5, rule 6)."""
    tx.sessions.keep(who.address_id, TOPIC, {}, ASKED)
    return [say(msg, "help.kpm_help", names=names_of(who.kpms))]


def on_which_help(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """The answer to that; None when the line is about something else."""
    choice = CHOICES.get(msg.text.strip().lower().rstrip(".!")) if msg.button is None else None
    if choice is None:
        return None
    tx.sessions.end(who.address_id, TOPIC)
    return on_how(msg, who, tx) if choice == "how" else on_money(msg, who, tx)


def on_how(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    return [say(msg, "help.kpm_how")]


def on_money(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    return [say(msg, "help.kpm_money", pendamping=_pendamping(who, tx))]


def on_thanks(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A closing word closes the talk: answering it costs a message and says nothing."""
    return []


def on_greeting(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    return [say(msg, "help.greeting", names=names_of(who.kpms), pendamping=_pendamping(who, tx))]


def on_unknown_word(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    return [say(msg, "help.staff_unknown")]


def _pendamping(who: Person, tx: Tx) -> str:
    return pendamping_of(tx.people.kelompok(who.kpms[0].kelompok_id))
