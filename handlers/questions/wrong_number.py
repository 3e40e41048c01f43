"""'Salah nomor': asked once more, then the number belongs to nobody of ours."""

from __future__ import annotations

from datetime import timedelta

from data.records import Consent, Person, Topic
from data.store import Tx
from handlers import handover
from handlers.speech import names_of, say
from messages.envelope import Inbound, Outbound
from messages.reading import Expecting, read

TOPIC = "salah_nomor"
ASKED = timedelta(days=7)
WORDING = "salah-nomor-1"
NOT_HERS = {"wrong.yes", "1", "bukan", "lain"}
HERS = {"wrong.no", "2", "benar", "betul", "bujur"}


def on_wrong_number(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """The first time it is asked; who says it again has answered."""
    if tx.sessions.get(who.address_id, TOPIC):
        return _unlink(msg, who, tx)
    tx.sessions.keep(who.address_id, TOPIC, {}, ASKED)
    return [say(msg, "questions.wrong_number_sure")]


def on_sure(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """The answer to that; None when the line is about something else. A bare 'ya' could mean either."""
    said = msg.button or msg.text.strip().lower().rstrip(".!")
    again = msg.button is None and read(msg.text, Expecting.NONE).meaning == "wrong_number"
    if said in NOT_HERS or again:
        return _unlink(msg, who, tx)
    if said in HERS:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "questions.right_number", names=names_of(who.kpms))]
    return None


def _unlink(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """The families keep their other numbers; what waits for this one, and what was asked from it, is over."""
    told = handover.to_pendamping("questions.staff.wrong_number", who, tx)
    tx.outbox.cancel_unasked(who.address_id)
    tx.questions.close_of_address(who.address_id)
    tx.sessions.end(who.address_id)
    actor = f"address:{who.address_id}"
    for kpm in who.kpms:
        tx.people.unlink_kpm(kpm.id, who.address_id)
        tx.audit.write(actor, "address.unlinked", f"kpm:{kpm.id}", actor, None, "salah nomor")
    # A roster may bring the number back; nobody is written to there until that person herself begins.
    for topic in (Topic.MEETINGS, Topic.HEALTH):
        if (was := tx.people.consent_of(who.address_id, topic)) is not None:
            tx.people.keep_consent(who.address_id, topic, Consent.STOPPED, WORDING)
            act = "consent" if topic is Topic.MEETINGS else "consent.health"
            tx.audit.write(actor, act, actor, was, Consent.STOPPED, "salah nomor")
    return [say(msg, "questions.wrong_number"), *told]
