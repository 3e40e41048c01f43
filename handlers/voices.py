"""BAHASA: in whose words does the bot speak to a family, or to a whole kelompok?"""

from __future__ import annotations

from data.records import Person
from data.store import Tx
from handlers import families, scope
from handlers.speech import say
from messages import catalog
from messages.envelope import Inbound, Outbound

LANGUAGES = {"indonesia": "id", "id": "id", "banjar": "bjn", "bjn": "bjn"}
SPOKEN = {"id": "Bahasa Indonesia", "bjn": "Bahasa Banjar"}


def on_bahasa(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """BAHASA Melati 3; banjar, or BAHASA Wati; indonesia."""
    kelompoks = scope.mine(who, tx)
    name, _, wanted = " ".join(rest.replace(";", " ").split()).lower().removesuffix(" bahasa").rpartition(" ")
    language = LANGUAGES.get(wanted)
    if language is None or not name:
        return [say(msg, "voices.how", kelompok=kelompoks[0].name if kelompoks else "Melati 1")]
    name = name.removesuffix(" bahasa")
    if (kelompok := scope.find(name, kelompoks)) is not None:
        kpms, whom = tx.people.families(kelompok.id), kelompok.name
    else:
        found = families.find(name, kelompoks, tx)
        if len(found) != 1:
            return [say(msg, "voices.not_found", name=name[:40])]
        kpms, whom = [found[0][0]], f"{found[0][0].called} ({found[0][1].name})"
    tx.people.set_language([kpm.id for kpm in kpms], language)
    actor = f"staff:{who.staff.id if who.staff else 0}"
    for kpm in kpms:
        tx.audit.write(actor, "language", f"kpm:{kpm.id}", kpm.language, language)
    if language == catalog.DEFAULT or language in catalog.spoken_voices():
        return [say(msg, "voices.kept", who=whom, voice=SPOKEN[language])]
    return [say(msg, "voices.not_reviewed", who=whom, voice=SPOKEN[language])]
