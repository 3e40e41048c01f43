"""Who gets what the bot cannot answer itself? A ticket for the pendamping of each kelompok on the phone."""

from __future__ import annotations

from datetime import timedelta

from data.records import Kelompok, Kpm, Meeting, Person
from data.store import Tx
from handlers.speech import TOPICS, names_of, pendamping_of, say
from messages import spoken
from messages.envelope import Inbound, Outbound, Priority, StaffTo
from messages.topics import OTHER, Subject, subject

NEWS_LASTS = timedelta(days=45)
"""An announcement of money older than this is no news."""

SHOWN = 300
"""How much of a long message the pendamping gets to see in the chat; all of it is kept."""

ABOUT = "question:"
"""What a letter about a ticket is about, so that an answer to the letter finds the ticket."""


def to_pendamping(key: str, who: Person, tx: Tx, **params: object) -> list[Outbound]:
    """A letter to the pendamping of every kelompok that this address belongs to."""
    letters = []
    for kelompok in _kelompoks(who, tx):
        if kelompok.pendamping_id is not None:
            about = {"who": names_of(who.kpms), "kelompok": kelompok.name}
            to = StaffTo(kelompok.pendamping_id)
            letters.append(Outbound(to, key, {**about, **params}, priority=Priority.CHANGE))
    return letters


def pass_on(
    msg: Inbound, who: Person, tx: Tx, kind: str, text: str, *, meeting: Meeting | None = None
) -> list[Outbound]:
    """Keep the words and show them to the pendamping: a question, a change, or something nobody could read. What
    has the same answer for everybody gets it at once, and is no ticket."""
    about = subject(text)
    if kind == "question" and about.general:
        return [_news(msg, who, tx)]
    if kind == "question" and about.topic == "identitas":
        return [_identity_card(msg, who, tx)]
    told = open_ticket(who, tx, kind, text, about, meeting=meeting)
    return [say(msg, "questions.passed_on", names=names_of(who.kpms), pendamping=pendamping(who, tx)), *told]


def open_ticket(
    who: Person, tx: Tx, kind: str, text: str, about: Subject | None = None, *, meeting: Meeting | None = None
) -> list[Outbound]:
    """One ticket, and the letters that tell of it; a question that waits already in the same words needs none."""
    about = about or subject(text)
    topic = {"question": about.topic, "data": "data"}.get(kind, OTHER)
    gist = about.gist if kind == "question" else ""
    letters = []
    for kelompok in _one_each(_kelompoks(who, tx)):
        mine = [k.id for k in tx.people.kelompok_of(kelompok.pendamping_id)] or [kelompok.id]
        waits = bool(gist) and tx.questions.asked_already(mine, topic, gist) is not None
        number = keep(who, tx, kind, text, meeting, kelompok=kelompok, topic=topic, gist=gist)
        if kelompok.pendamping_id is None or waits:
            continue
        words = {"who": names_of(who.kpms), "kelompok": kelompok.name, "text": shown(text), "number": str(number)}
        key = "attendance.staff.unread"
        if kind != "unread":
            key, words = "questions.staff.question", {**words, "topic": TOPICS[topic]}
        to = StaffTo(kelompok.pendamping_id)
        letters.append(Outbound(to, key, words, priority=Priority.CHANGE, about=f"{ABOUT}{number}"))
    return letters


def after_meeting(msg: Inbound, who: Person, tx: Tx, kpms: list[Kpm], meeting: Meeting) -> list[Outbound]:
    """A word about a meeting that is over: a note for the pendamping, and no change in the register."""
    keep(who, tx, "note", msg.text, meeting)
    told = to_pendamping("attendance.staff.note", who, tx, text=shown(msg.text))
    return [say(msg, "attendance.too_late", names=names_of(kpms), pendamping=pendamping(who, tx)), *told]


def keep(
    who: Person,
    tx: Tx,
    kind: str,
    text: str,
    meeting: Meeting | None = None,
    *,
    kelompok: Kelompok | None = None,
    topic: str | None = None,
    gist: str = "",
) -> int:
    """What came, as it was written; of one kelompok where it is named."""
    kpms = [kpm for kpm in who.kpms if kelompok is None or kpm.kelompok_id == kelompok.id]
    return tx.questions.add(
        who.address_id,
        kind,
        text,
        topic=topic,
        gist=gist,
        kpm_id=kpms[0].id if len(who.kpms) == 1 else None,
        kelompok_id=kpms[0].kelompok_id,
        meeting_id=meeting.id if meeting else None,
    )


def _news(msg: Inbound, who: Person, tx: Tx) -> Outbound:
    """'Kapan cair?' What was announced of it lately, else that there is no news."""
    names, name = names_of(who.kpms), pendamping(who, tx)
    for kelompok in _kelompoks(who, tx):
        if last := tx.broadcasts.last_announcement(kelompok.id, "pencairan", msg.at - NEWS_LASTS):
            day = spoken.day_and_date(last.created.astimezone(kelompok.zone).date())
            return say(msg, "questions.last_news", names=names, pendamping=name, day=day, words=last.words)
    return say(msg, "questions.no_news", names=names, pendamping=name)


def _identity_card(msg: Inbound, who: Person, tx: Tx) -> Outbound:
    """'Ini penipuan?' Who we are, and whom to ask face to face."""
    kelompok = tx.people.kelompok(who.kpms[0].kelompok_id)
    office = tx.people.kabupaten(kelompok.kabupaten_id)
    words = {"office": office.office if office else "Dinas Sosial", "desa": kelompok.desa}
    return say(msg, "questions.who_we_are", pendamping=pendamping_of(kelompok), **words)


def pendamping(who: Person, tx: Tx) -> str:
    return pendamping_of(tx.people.kelompok(who.kpms[0].kelompok_id))


def shown(text: str) -> str:
    clean = " ".join(text.split())
    return clean if len(clean) <= SHOWN else clean[: SHOWN - 1] + "…"


def _kelompoks(who: Person, tx: Tx) -> list[Kelompok]:
    return [tx.people.kelompok(i) for i in sorted({kpm.kelompok_id for kpm in who.kpms})]


def _one_each(kelompoks: list[Kelompok]) -> list[Kelompok]:
    """One kelompok for each pendamping: she needs to read it once."""
    return list({k.pendamping_id: k for k in reversed(kelompoks)}.values())[::-1]
