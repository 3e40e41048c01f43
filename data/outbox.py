"""What waits to be said, what was said, and how far did it come?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Connection, and_, bindparam, func, insert, or_, select, update

from data.dialect import InsertOnce
from data.people import UNREACHABLE_AFTER
from data.prepared import Prepared
from data.records import Consent, Topic
from data.schema import address, consent, kpm, kpm_address, outbox, outbox_kpm, staff_address
from messages import catalog
from messages.envelope import Address, Attachment, KpmTo, Outbound, StaffTo, Status

LIVES = timedelta(hours=24)
"""How long a letter waits that names no end itself: an answer of yesterday only puzzles (HOUSE 6)."""

URGENT = "broadcast.urgent"
"""A flood does not ask how many letters there were this week, and takes no place of another."""

MEETINGS = "reminders.meeting."
OTHER_NUMBER = "nomor pertama gagal, dikirim ke nomor lain"
MOMENT = outbox.c.created.type
PUT = InsertOnce(outbox, ["once"], returning="id")
BY_ONCE = Prepared(select(outbox.c.once).where(outbox.c.once.in_(bindparam("names", expanding=True))))
FOR_KPM_BY_ONCE = insert(outbox_kpm).from_select(
    ["outbox_id", "kpm_id"],
    select(outbox.c.id, bindparam("k", type_=outbox_kpm.c.kpm_id.type)).where(outbox.c.once == bindparam("o")),
)
FOR_KPM = Prepared(insert(outbox_kpm))
ADDRESS_ID = Prepared(
    select(address.c.id).where(address.c.channel == bindparam("ch"), address.c.value == bindparam("v"))
)

LANGUAGES_OF = select(kpm.c.language).where(kpm.c.id.in_(bindparam("ks", expanding=True)))
LANGUAGES_AT = (
    select(kpm.c.language)
    .join(kpm_address, kpm_address.c.kpm_id == kpm.c.id)
    .where(kpm_address.c.address_id == bindparam("a"))
)
_USABLE = and_(address.c.blocked.is_(False), address.c.failures < UNREACHABLE_AFTER)
_NEWEST = (address.c.heard.desc().nulls_last(), address.c.id)
KPM_ADDRESS = Prepared(
    select(address.c.id, address.c.channel, address.c.value)
    .join(kpm_address, kpm_address.c.address_id == address.c.id)
    .where(kpm_address.c.kpm_id == bindparam("p"), _USABLE)
    .order_by(*_NEWEST)
    .limit(1)
)
STAFF_ADDRESS = Prepared(
    select(address.c.id, address.c.channel, address.c.value)
    .join(staff_address, staff_address.c.address_id == address.c.id)
    .where(staff_address.c.staff_id == bindparam("p"), _USABLE)
    .order_by(*_NEWEST)
    .limit(1)
)
OTHER_ADDRESS = (
    select(address.c.id, address.c.channel)
    .join(kpm_address, kpm_address.c.address_id == address.c.id)
    .outerjoin(consent, and_(consent.c.address_id == address.c.id, consent.c.topic == Topic.MEETINGS.value))
    .where(
        kpm_address.c.kpm_id == bindparam("p"),
        address.c.id != bindparam("a"),
        _USABLE,
        or_(bindparam("u", type_=Boolean).is_(False), consent.c.state == Consent.YES.value),
    )
    .order_by(*_NEWEST)
    .limit(1)
)
NEXT_DUE = Prepared(select(func.min(outbox.c.not_before)).where(outbox.c.state == "queued"))
UNASKED = Prepared(
    select(outbox_kpm.c.kpm_id, outbox.c.key)
    .join(outbox, outbox.c.id == outbox_kpm.c.outbox_id)
    .where(
        outbox_kpm.c.kpm_id.in_(bindparam("ks", expanding=True)),
        outbox.c.unasked,
        outbox.c.priority > 1,
        outbox.c.key != URGENT,
        outbox.c.not_before > bindparam("since", type_=MOMENT),
        outbox.c.state.in_(["queued", "sending", "sent", "delivered", "read"]),
    )
)
TOLD = Prepared(
    select(outbox.c.id)
    .join(outbox_kpm, outbox_kpm.c.outbox_id == outbox.c.id)
    .where(
        outbox.c.about == bindparam("about"),
        outbox_kpm.c.kpm_id == bindparam("p"),
        outbox.c.state.in_(["sending", "sent", "delivered", "read"]),
    )
    .limit(1)
)
EXPIRE = (
    update(outbox)
    .where(outbox.c.state == "queued", outbox.c.expires <= bindparam("now", type_=MOMENT))
    .values(state="expired")
)


class Outbox:
    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn, self.now = conn, now
        self._known: dict[Address, int] = {}

    # --- put

    def put(self, letter: Outbound) -> int | None:
        """Keep a letter; None when its `once` is already there, or when nobody can be reached at that person."""
        found = self._where(letter)
        if found is None:
            return None
        added = PUT(self.conn, self._row(letter, *found))
        if added is None:
            return None
        for kpm_id in letter.kpms:
            FOR_KPM.change(self.conn, {"outbox_id": added, "kpm_id": kpm_id})
        return int(added)

    def free(self, once: str) -> None:
        """A letter that was never sent gives its name back: what it had to say may be said after all."""
        unsent = update(outbox).where(outbox.c.once == once, outbox.c.state.in_(["expired", "cancelled"]))
        self.conn.execute(unsent.values(once=None))

    def put_all(self, letters: Sequence[Outbound]) -> None:
        """The same for many letters with a `once` each, at a fraction of the price."""
        rows = [self._row(letter, *found) for letter in letters if (found := self._where(letter))]
        if not rows:
            return
        there = {row.once for row in BY_ONCE.all(self.conn, {"names": [row["once"] for row in rows]})}
        rows = [row for row in rows if row["once"] not in there]
        PUT.many(self.conn, rows)
        new = {row["once"] for row in rows}
        families = [{"o": one.once, "k": kpm_id} for one in letters if one.once in new for kpm_id in one.kpms]
        if families:
            self.conn.execute(FOR_KPM_BY_ONCE, families)

    def _row(self, letter: Outbound, address_id: int, channel: str) -> dict[str, Any]:
        return {
            "once": letter.once,
            "address_id": address_id,
            "channel": channel,
            "key": letter.key,
            "params": dict(letter.params),
            "language": self._language(letter, address_id) if catalog.spoken_voices() else catalog.DEFAULT,
            "priority": int(letter.priority),
            "not_before": letter.not_before or self.now,
            "expires": letter.expires or (letter.not_before or self.now) + LIVES,
            "about": letter.about,
            "unasked": letter.unasked,
            "attachment": _packed(letter.attachment),
            "created": self.now,
        }

    def known(self, where: Address, address_id: int) -> None:
        """Spare a look-up: the inbox knows the row of the address that wrote."""
        self._known[where] = address_id

    def _where(self, letter: Outbound) -> tuple[int, str] | None:
        match letter.to:
            case Address() as where:
                if where not in self._known:
                    found = ADDRESS_ID.scalar(self.conn, {"ch": where.channel, "v": where.value})
                    if found is None:
                        return None
                    self._known[where] = found
                return self._known[where], where.channel
            case KpmTo(person):
                row = KPM_ADDRESS.first(self.conn, {"p": person})
            case StaffTo(person):
                row = STAFF_ADDRESS.first(self.conn, {"p": person})
        return (row.id, row.channel) if row else None

    def _language(self, letter: Outbound, address_id: int) -> str:
        """The language of the families it is for, where they all have the same one and we have words in it."""
        if letter.kpms:
            found = set(self.conn.execute(LANGUAGES_OF, {"ks": list(letter.kpms)}).scalars())
        else:
            found = set(self.conn.execute(LANGUAGES_AT, {"a": address_id}).scalars())
        return found.pop() if len(found) == 1 else catalog.DEFAULT

    # --- cancel

    def cancel_about(self, about: str) -> int:
        """Waiting letters about a meeting die with it."""
        return self._cancel(outbox.c.about == about)

    def cancel_unasked(self, address_id: int) -> int:
        """STOP PESAN: nothing that waits for this address goes out any more."""
        return self._cancel(and_(outbox.c.address_id == address_id, outbox.c.unasked))

    def cancel_at(self, address_id: int) -> int:
        """Nothing at all that waits for this address goes out any more."""
        return self._cancel(outbox.c.address_id == address_id)

    def _cancel(self, which: Any) -> int:
        statement = update(outbox).where(outbox.c.state == "queued", which).values(state="cancelled")
        return self.conn.execute(statement).rowcount

    # --- send

    def expire(self) -> int:
        """Drop what came too late: a reminder of a finished meeting is counted, not sent."""
        return self.conn.execute(EXPIRE, {"now": self.now}).rowcount

    def next_due(self) -> datetime | None:
        """When the earliest waiting letter may go; None when nothing waits."""
        found: datetime | None = NEXT_DUE.scalar(self.conn, {})
        return found

    def wake_all(self) -> None:
        """A template is approved again: its letters need not wait out their hour."""
        self.conn.execute(
            update(outbox)
            .where(outbox.c.state == "queued", outbox.c.error == "templat berhenti")
            .values(not_before=self.now)
        )

    def try_other_address(self, letter_id: int, state: Status = Status.SENDING) -> bool:
        """Of two addresses of a family the other one is used after a permanent failure (HOUSE 9), once."""
        letter = self.conn.execute(
            select(outbox.c.address_id, outbox.c.unasked, outbox_kpm.c.kpm_id)
            .join(outbox_kpm, outbox_kpm.c.outbox_id == outbox.c.id)
            .where(outbox.c.id == letter_id, func.coalesce(outbox.c.error, "") != OTHER_NUMBER)
        ).all()
        if len(letter) != 1:
            return False  # a letter for two families stays with the phone they share
        other = self.conn.execute(
            OTHER_ADDRESS, {"p": letter[0].kpm_id, "a": letter[0].address_id, "u": letter[0].unasked}
        ).first()
        if other is None:
            return False
        moved = {"address_id": other.id, "channel": other.channel, "state": "queued", "attempts": 0}
        statement = update(outbox).where(outbox.c.id == letter_id, outbox.c.state == state.value)
        return self.conn.execute(statement.values(**moved, error=OTHER_NUMBER)).rowcount > 0

    def take_back_unsent(self, channels: Collection[str]) -> int:
        """After a crash, for channels where a second delivery of one letter is recognised and harmless."""
        statement = update(outbox).where(outbox.c.state == "sending", outbox.c.channel.in_(channels))
        return self.conn.execute(statement.values(state="queued")).rowcount

    # --- look

    def letter_at(self, address_id: int, platform_id: str) -> tuple[str, str | None, dict[str, Any]] | None:
        """(key, about, parameters) of the letter that this address answers or reacts to; Telegram numbers the
        messages of each chat anew, so the address belongs to the question."""
        row = self.conn.execute(
            select(outbox.c.key, outbox.c.about, outbox.c.params)
            .where(outbox.c.platform_id == platform_id, outbox.c.address_id == address_id)
            .order_by(outbox.c.id.desc())
            .limit(1)
        ).first()
        return (row.key, row.about, row.params) if row else None

    def about_at(self, address_id: int, platform_id: str) -> str | None:
        found = self.letter_at(address_id, platform_id)
        return found[1] if found else None

    def cancel_of_kpm(self, kpm_id: int, prefix: str) -> int:
        """What waits for this family alone under keys that begin so is not said."""
        others = select(outbox_kpm.c.outbox_id).where(outbox_kpm.c.kpm_id != kpm_id)
        mine = select(outbox_kpm.c.outbox_id).where(outbox_kpm.c.kpm_id == kpm_id)
        return self._cancel(
            and_(outbox.c.id.in_(mine), outbox.c.id.not_in(others), outbox.c.key.startswith(prefix, autoescape=True))
        )

    def unasked_since(self, kpm_ids: Collection[int], since: datetime) -> dict[int, int]:
        """How many unasked letters each family got or is going to get since then, changes not counted."""
        return self._unasked(kpm_ids, since)

    def beside_meetings_since(self, kpm_ids: Collection[int], since: datetime) -> dict[int, int]:
        """The same without the letters about meetings."""
        return self._unasked(kpm_ids, since, beside=True)

    def _unasked(self, kpm_ids: Collection[int], since: datetime, beside: bool = False) -> dict[int, int]:
        found = self.unasked_keys_since(kpm_ids, since)
        numbers = {
            kpm_id: sum(not beside or not key.startswith(MEETINGS) for key in keys) for kpm_id, keys in found.items()
        }
        return {kpm_id: number for kpm_id, number in numbers.items() if number}

    def unasked_keys_since(self, kpm_ids: Collection[int], since: datetime) -> dict[int, list[str]]:
        """The keys of the unasked letters that each family got or is going to get since then, changes not counted."""
        found: dict[int, list[str]] = {}
        for row in UNASKED.all(self.conn, {"ks": list(kpm_ids), "since": since}):
            found.setdefault(row.kpm_id, []).append(row.key)
        return found

    def about(self, about: str, *, told: bool = False) -> Sequence[tuple[int, int, Status]]:
        """(family, letter, state) of everything about a meeting; with `told` only what really went out."""
        statement = (
            select(outbox_kpm.c.kpm_id, outbox.c.id, outbox.c.state)
            .join(outbox, outbox.c.id == outbox_kpm.c.outbox_id)
            .where(outbox.c.about == about, outbox.c.unasked)
            .order_by(outbox.c.id)
        )
        if told:
            statement = statement.where(outbox.c.state.in_(["sending", "sent", "delivered", "read"]))
        return [(r.kpm_id, r.id, Status(r.state)) for r in self.conn.execute(statement)]

    def reminders_about(self, about: str) -> list[int]:
        """The family of every unasked letter about this that was not cancelled; changes are not counted."""
        statement = (
            select(outbox_kpm.c.kpm_id)
            .join(outbox, outbox.c.id == outbox_kpm.c.outbox_id)
            .where(
                outbox.c.about == about,
                outbox.c.unasked,
                outbox.c.priority > 1,
                outbox.c.state.in_(["queued", "sending", "sent", "delivered", "read"]),
            )
        )
        return list(self.conn.execute(statement).scalars())

    def names_about(self, about: str) -> list[tuple[int, str | None]]:
        """(family, `once`) of every letter about this, for asking what has been said already."""
        statement = (
            select(outbox_kpm.c.kpm_id, outbox.c.once)
            .join(outbox, outbox.c.id == outbox_kpm.c.outbox_id)
            .where(outbox.c.about == about, outbox.c.state != "cancelled")
        )
        return [(r.kpm_id, r.once) for r in self.conn.execute(statement)]

    def told(self, about: str, kpm_ids: Collection[int]) -> bool:
        """Whether any letter about this really went out to one of these families."""
        return any(TOLD.first(self.conn, {"about": about, "p": kpm_id}) for kpm_id in kpm_ids)

    def last_meeting_letter(self, address_id: int) -> datetime | None:
        """When this address last got a letter about a meeting that asks something."""
        found: datetime | None = self.conn.execute(
            select(func.max(outbox.c.sent)).where(
                outbox.c.address_id == address_id, outbox.c.unasked, outbox.c.about.like("meeting:%")
            )
        ).scalar_one()
        return found

    def counts(self) -> dict[str, int]:
        rows = self.conn.execute(select(outbox.c.state, func.count().label("n")).group_by(outbox.c.state))
        return {row.state: row.n for row in rows}


def _packed(attachment: Attachment | None) -> dict[str, Any] | None:
    return {"kind": attachment.kind, "params": dict(attachment.params)} if attachment else None
