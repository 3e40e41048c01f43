"""May we write to this number? Introduction, yes, no, later, STOP PESAN and MULAI, each kept with its wording."""

from __future__ import annotations

from datetime import timedelta

from data.records import Consent, Person, Role, Topic
from data.store import Tx
from handlers import handover, scope
from handlers.speech import names_of, pendamping_of, say
from messages.envelope import Inbound, Outbound
from messages.reading import Expecting, read
from messages.topics import subject

WORDING = "perkenalan-1"
"""The version of the words in messages/id/consent.toml that an answer belongs to."""

BUTTON = "tombol-whatsapp"
"""The wording of a stop that WhatsApp tells us of."""

TOPIC = "consent"
FACE = "setuju"
ASKED = timedelta(days=14)
DRAFT = timedelta(hours=2)
THIRD = 3
"""The third button, for those who write its number."""

_STATES = {"yes": Consent.YES, "no": Consent.NO, "later": Consent.LATER}
_BUTTONS = {"consent.yes": "yes", "consent.no": "no", "consent.later": "later"}


def on_stranger(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """An unknown number gets one dignified line and no names; not again for a week."""
    if tx.sessions.get(who.address_id, "stranger"):
        return []
    tx.sessions.keep(who.address_id, "stranger", {}, timedelta(days=7))
    return [say(msg, "consent.stranger")]


def on_inactive(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A family that has graduated or is not yet part of PKH is answered, and not invited."""
    return [say(msg, "consent.inactive")]


def introduce(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """The first answer to a number of the roster: who this is, what nobody asks for, and may we."""
    kelompok = tx.people.kelompok(who.kpms[0].kelompok_id)
    office = tx.people.kabupaten(kelompok.kabupaten_id)
    tx.sessions.keep(who.address_id, TOPIC, {"asked": 1}, ASKED)
    return [
        say(
            msg,
            "consent.introduction",
            names=names_of(who.kpms),
            office=office.office if office else "Dinas Sosial",
            pendamping=pendamping_of(kelompok),
            desa=kelompok.desa,
        )
    ]


def on_answer(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """The answer to the introduction; what is not clear is asked once more."""
    meaning = _BUTTONS.get(msg.button or "")
    if meaning is None:
        reading = read(msg.text, Expecting.CONSENT)
        if reading.meaning == "question":
            return _who_we_are(msg, who, tx)
        meaning = {"yes": "yes", "no": "no", "maybe": "later", "not_yet": "later"}.get(
            reading.meaning if reading.sure or reading.meaning in {"no", "maybe"} else ""
        )
        if reading.details.get("number") == THIRD:
            meaning = "later"
    if meaning is None:
        return _unclear(msg, who, tx)
    return _keep(msg, who, tx, _STATES[meaning])


def _who_we_are(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """'Ini siapa? Penipuan ya?' is the usual first answer (FACTS 6): who we are, and the pendamping knows she asked."""
    kelompok = tx.people.kelompok(who.kpms[0].kelompok_id)
    office = tx.people.kabupaten(kelompok.kabupaten_id)
    words = {"office": office.office if office else "Dinas Sosial", "pendamping": pendamping_of(kelompok)}
    if subject(msg.text).topic == "identitas":
        told = handover.to_pendamping("questions.staff.asked_who", who, tx, text=handover.shown(msg.text))
    else:
        told = handover.open_ticket(who, tx, "question", msg.text)
    return [say(msg, "consent.who_we_are", **words, desa=kelompok.desa), *told]


def _unclear(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """Asked once more; the second time a human gets the words. The question stays open."""
    waiting = tx.sessions.get(who.address_id, TOPIC)
    if waiting is not None and waiting.memory.get("asked", 1) >= 2:
        if not msg.text:
            return handover.on_media(msg, who, tx, Expecting.CONSENT)
        return handover.pass_on(msg, who, tx, "unread", msg.text)
    tx.sessions.keep(who.address_id, TOPIC, {"asked": 2}, ASKED)
    return [say(msg, "consent.asked_again")]


def _keep(msg: Inbound, who: Person, tx: Tx, state: Consent) -> list[Outbound]:
    _remember(who, tx, state)
    tx.sessions.end(who.address_id, TOPIC)
    if state is Consent.YES:
        return [say(msg, "consent.yes", names=names_of(who.kpms))]
    tx.outbox.cancel_unasked(who.address_id)
    if state is Consent.NO:
        return [say(msg, "consent.no", names=names_of(who.kpms))]
    return [say(msg, "consent.later", names=names_of(who.kpms))]


def on_stop(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """STOP PESAN: one step, everywhere; what waits for this address is cancelled in the same transaction."""
    _stop(who, tx, WORDING)
    tx.sessions.end(who.address_id)
    return [say(msg, "consent.stopped")]


def stopped_by_platform(who: Person, tx: Tx) -> None:
    """She stopped our letters with a button of WhatsApp's own: remembered as STOP PESAN is, and MULAI undoes it. She
    may be in the middle of something, so that goes on."""
    if who.consent is not Consent.STOPPED:
        _stop(who, tx, BUTTON)


def _stop(who: Person, tx: Tx, wording: str) -> None:
    _remember(who, tx, Consent.STOPPED, wording)
    tx.outbox.cancel_unasked(who.address_id)
    tx.quiz.drop_planned([kpm.id for kpm in who.kpms])


def on_start(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """MULAI from a number that had stopped or said no; a number that was never asked is asked first."""
    if who.consent is None:
        return introduce(msg, who, tx)
    _remember(who, tx, Consent.YES)
    return [say(msg, "consent.started", names=names_of(who.kpms))]


def _remember(who: Person, tx: Tx, state: Consent, wording: str = WORDING) -> None:
    if who.address_id == 0 or who.role is not Role.KPM:
        return
    was = tx.people.consent_of(who.address_id, Topic.MEETINGS)
    new = tx.people.keep_consent(who.address_id, Topic.MEETINGS, state, wording)
    where = f"address:{who.address_id}"
    before = tx.people.consent_of(who.address_id, Topic.HEALTH) if state is Consent.STOPPED else None
    if before and tx.people.keep_consent(who.address_id, Topic.HEALTH, state, wording):
        tx.audit.write(where, "consent.health", where, before, state, wording)
    if new:
        tx.audit.write(where, "consent", where, was, state, wording)


# --- given face to face, entered by the pendamping


def on_setuju(msg: Inbound, who: Person, tx: Tx, rest: str) -> list[Outbound]:
    """SETUJU NAME: a consent given face to face, marked with who entered it."""
    assert who.staff is not None  # noqa: S101  the router lets only staff in here
    if not rest:
        return [say(msg, "consent.face.which")]
    found = scope.families_named(rest, who, tx)
    if not found:
        return [say(msg, "consent.face.not_found", name=rest[:60])]
    if len(found) > 1:
        lines = ", ".join(f"{kpm.name} ({name})" for kpm, name in found)
        return [say(msg, "consent.face.two", name=rest[:60], found=lines, example=f"{found[0][0].name} {found[0][1]}")]
    kpm, kelompok = found[0]
    addresses = tx.people.addresses_of(kpm.id)
    if not addresses:
        return [say(msg, "consent.face.no_phone", who=kpm.called)]
    if any(tx.people.consent_of(i, Topic.MEETINGS) is Consent.STOPPED for i, _ in addresses):
        return [say(msg, "consent.face.stopped", who=kpm.called)]
    tx.sessions.keep(who.address_id, FACE, {"kpm": kpm.id}, DRAFT)
    return [say(msg, "consent.face.confirm", who=kpm.called, kelompok=kelompok, count=str(len(addresses)))]


def on_face_answer(msg: Inbound, who: Person, tx: Tx) -> list[Outbound] | None:
    """Yes or no to the question above; None when the line is about something else."""
    waiting = tx.sessions.get(who.address_id, FACE)
    kpm = tx.people.kpm(waiting.memory["kpm"]) if waiting else None
    if who.staff is None or kpm is None:
        return None
    if kpm.kelompok_id not in {k.id for k in tx.people.kelompok_in_scope(who.staff)}:
        tx.sessions.end(who.address_id, FACE)
        return None
    word = msg.button or msg.text.strip().lower()
    if word in {"face.drop", "batal", "tidak", "tidak jadi"}:
        tx.sessions.end(who.address_id, FACE)
        return [say(msg, "consent.face.dropped")]
    if word not in {"face.yes", "ya", "iya", "setuju", "ya, setuju"}:
        return None
    tx.sessions.end(who.address_id, FACE)
    for address_id, _ in tx.people.addresses_of(kpm.id):
        was = tx.people.consent_of(address_id, Topic.MEETINGS)
        tx.people.keep_consent(address_id, Topic.MEETINGS, Consent.YES, "tatap-muka", who.staff.id)
        tx.audit.write(f"staff:{who.staff.id}", "consent", f"address:{address_id}", was, Consent.YES, "tatap muka")
    return [say(msg, "consent.face.kept", who=kpm.called)]
