"""What can be written here? One menu per role, and the two-way question behind 'bantuan'."""

from __future__ import annotations

from data.records import Person, Role
from data.store import Tx
from handlers.speech import names_of, pendamping_of, say
from messages.envelope import Inbound, Outbound


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
    return [say(msg, "help.kpm_help", names=names_of(who.kpms))]


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
