"""How does a test talk to the bot? The whole bot in memory: real router, rules, shelves and SQL; only channel and clock
are ours.

    chat = Chat("2026-03-10 07:00")
    siti = chat.kpm("Siti", kelompok="Melati 3")
    chat.meeting("Melati 3", starts="09:00")
    siti.says("hadir").hears("attendance.promised", time="09.00 WITA")
    chat.at("09:05")
    siti.taps("Saya sudah datang").hears("attendance.claimed", time="09.05")

Every letter is rendered by the real channels, and watched: see `Chat._watch`. What raises, fails the test.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, insert, select, text, update
from sqlalchemy.engine import make_url

from bot import inbox, scheduler
from bot.channels.telegram import rendering as telegram
from bot.channels.whatsapp import rendering as whatsapp
from bot.dispatcher.settling import owe
from data import schema
from data.audit import Change
from data.content.sessions import session as find_session
from data.engines import writer_engine
from data.obligations import LOOK_AT_ONCE
from data.records import Consent, Entry, FamilyStatus, Hours, Kelompok, Kind, Meeting, Role, Topic
from data.sending import Claimed
from data.tx import Tx, no_key
from handlers import obligations, reached, reminders, timetable
from handlers.meetings import Plan, create
from handlers.meetings.preview import title_of
from handlers.obligations.reminding import CLOSES
from handlers.rules.attendance import CHECK_IN_OPENS
from handlers.rules.courtesy import may_speak, next_allowed
from handlers.rules.obligation_reminders import MORNING as LOOKS
from handlers.rules.reminders import MORNING, plan
from messages import catalog
from messages.checks import KPM_LENGTH
from messages.envelope import Address, Button, Inbound, KpmId, StaffId
from messages.envelope import Kind as EventKind
from tests.support.outboxes import gone, taken

MINUTE = timedelta(minutes=1)
A_WEEK = timedelta(days=7)
AUTO = "a number of her own"
IN_FLIGHT = 64
HOURS = Hours()

QUIZ_TICKS = {"after a meeting": 30, "quizzes": 30, "practices": 30}
# Ticks whose next busy minute is known: between such minutes they say nothing (tests/conversations/test_reminders.py
# compares with running every minute). A tick that is not named here runs as often as it asks for.
PROBED = {
    "meeting letters",
    "check-in",
    "staff in the morning",
    "digest",
    "questions that wait",
    "obligations",
    "broadcasts",
    "proposed times",
    "monthly meetings",
    "forgetting",
    "figures of the pages",
    *QUIZ_TICKS,
}


@cache
def _engine() -> Engine:
    """One for all, so that every statement is compiled once."""
    return writer_engine(make_url("sqlite://"))


def _connection(content: bytes) -> Connection:
    """A database in memory of its own."""
    conn = _engine().connect()
    conn.detach()
    _raw(conn).deserialize(content)
    return conn


@cache
def _empty() -> bytes:
    """A database with its schema and nothing in it; made once, copied for every Chat."""
    with _engine().connect() as conn:
        conn.detach()
        with conn.begin():
            schema.metadata.create_all(conn)
        return _raw(conn).serialize()


def _raw(conn: Connection) -> sqlite3.Connection:
    driver = conn.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


@dataclass(frozen=True, slots=True)
class Received:
    """One letter as it lay on a phone."""

    key: str
    params: Mapping[str, Any]
    text: str
    buttons: Sequence[Button]
    at: datetime
    template: str | None
    about: str | None
    unasked: bool
    id: int = 0
    file: str | None = None
    """The format of the file that came with it."""

    def __str__(self) -> str:
        return f"{self.at:%a %d %H:%M} {self.key} {dict(self.params)}\n    {self.text}"


@dataclass
class Phone:
    """What arrived at one address, and how much of it a test has looked at."""

    address: Address
    letters: list[Received] = field(default_factory=list)
    seen: int = 0
    wrote: str = ""


class Someone:
    """A person with (perhaps) a phone. Several may share one: then they share what it shows."""

    def __init__(self, chat: Chat, name: str, id: int, role: Role, address: Address | None, kelompok: str = "") -> None:
        self.chat, self.name, self.id, self.role, self.kelompok = chat, name, id, role, kelompok
        self.address = address

    # --- she acts

    def says(self, words: str, *, event: str | None = None, at: str | None = None) -> Someone:
        """`at` is the platform's time, where it lies before the moment at which we hear of it."""
        return self._does(EventKind.TEXT, event=event, at=at, text=words)

    def taps(self, title: str) -> Someone:
        """The button with this title in the newest letter that has one; its id is sent, as the platforms do."""
        for letter in reversed(self.inbox):
            for button in letter.buttons:
                if button.title == title:
                    return self.presses(button.id, title)
        raise AssertionError(f"no letter to {self.name} has a button '{title}':\n{self._shown(self.inbox[-3:])}")

    def presses(self, button: str, title: str = "") -> Someone:
        """A button by its id: an old one, or a forged one."""
        return self._does(EventKind.BUTTON, button=button, text=title)

    def sends(self, kind: EventKind, caption: str = "", *, media: str | None = None) -> Someone:
        """`media` is what the platform calls the file."""
        return self._does(kind, text=caption, media=media)

    def reacts(self, emoji: str, key: str) -> Someone:
        """An emoji under the newest letter with this key."""
        return self._does(EventKind.REACTION, text=emoji, reply_to=self._letter(key))

    def quotes(self, key: str, words: str) -> Someone:
        """Words in answer to the newest letter with this key."""
        return self._does(EventKind.TEXT, text=words, reply_to=self._letter(key))

    def _letter(self, key: str) -> str:
        found = [letter for letter in self.inbox if letter.key == key]
        assert found, f"{self.name} has no {key}"
        return f"test:{found[-1].id}"

    def _does(self, kind: EventKind, *, event: str | None = None, at: str | None = None, **what: Any) -> Someone:
        self.phone.seen = len(self.phone.letters)
        self.phone.wrote = str(what.get("text", ""))
        self.chat.receive(self._address, kind, event=event, at=at, **what)
        return self

    # --- she hears

    def hears(self, key: str, /, **params: object) -> Someone:
        """The next letter she has not looked at has this key, and these of its parameters."""
        assert self.unread, f"{self.name} heard nothing, expected {key}"
        letter = self.unread[0]
        assert letter.key == key, f"{self.name} heard\n{self._shown(self.unread)}\nexpected {key}"
        wrong = {name: letter.params.get(name) for name, value in params.items() if letter.params.get(name) != value}
        assert not wrong, f"{key} to {self.name} has {wrong}, expected {params}"
        self.phone.seen += 1
        return self

    def showing(self, *fragments: str) -> Someone:
        """The letter heard last contains these words."""
        shown = self.phone.letters[self.phone.seen - 1].text
        for fragment in fragments:
            assert fragment in shown, f"'{fragment}' is not in:\n{shown}"
        return self

    def hiding(self, *fragments: str) -> Someone:
        """The letter heard last does not contain these words."""
        shown = self.phone.letters[self.phone.seen - 1].text
        for fragment in fragments:
            assert fragment not in shown, f"'{fragment}' is in:\n{shown}"
        return self

    def hears_nothing(self) -> Someone:
        assert not self.unread, f"{self.name} heard\n{self._shown(self.unread)}\nexpected nothing (more)"
        return self

    def looks(self) -> Someone:
        """Everything so far is read; `hears` is about what comes from here on."""
        self.phone.seen = len(self.phone.letters)
        return self

    @property
    def inbox(self) -> list[Received]:
        return self.phone.letters

    @property
    def unread(self) -> list[Received]:
        return self.inbox[self.phone.seen :]

    @property
    def heard(self) -> list[str]:
        """The keys of everything that ever came."""
        return [letter.key for letter in self.inbox]

    @property
    def last(self) -> Received:
        return self.inbox[-1]

    @property
    def phone(self) -> Phone:
        return self.chat.phone(self._address)

    @property
    def _address(self) -> Address:
        assert self.address is not None, f"{self.name} has no phone"
        return self.address

    @staticmethod
    def _shown(letters: Sequence[Received]) -> str:
        return "\n".join(f"  {letter}" for letter in letters) or "  nothing"


class Chat:
    """One kabupaten whose clock stands at `starts` until `at` moves it."""

    def __init__(self, starts: str, *, zone: str = "Asia/Makassar", url: str | None = None) -> None:
        """In memory, unless `url` names an empty database with its schema."""
        self.zone = ZoneInfo(zone)
        self.now = datetime.fromisoformat(starts).replace(tzinfo=self.zone).astimezone(UTC)
        self.phones: dict[Address, Phone] = {}
        self.skip = True
        self.lapse = False
        self.key: Callable[[], str] = no_key
        self._numbers = (f"62811{n:08d}" for n in count(1))
        self._events = count(1)
        self.conn = writer_engine(make_url(url)).connect() if url else _connection(_empty())
        self.in_memory = url is None
        with self.tx() as tx:
            values = {"name": "Balangan", "zone": zone, "office": "Dinas Sosial Kabupaten Balangan"}
            self.kabupaten_id = self._add(tx, schema.kabupaten, **values)
            self.kecamatan_id = self._add(tx, schema.kecamatan, kabupaten_id=self.kabupaten_id, name="Batumandi")

    def sign_with(self, key: str) -> None:
        """Links are signed with this."""
        self.key = lambda: key

    @staticmethod
    def _add(tx: Tx, table: Any, **values: Any) -> int:
        return int(tx.conn.execute(insert(table).returning(table.c.id), values).scalar_one())

    @contextmanager
    def tx(self) -> Iterator[Tx]:
        """One transaction, for what a test prepares or looks up."""
        with self.conn.begin():
            yield Tx(self.conn, self.now, self.key)

    def ask(self, look: Callable[[Tx], Any]) -> Any:
        with self.tx() as tx:
            return look(tx)

    # --- who lives here

    def kelompok(self, name: str, *, desa: str = "Babayau") -> Kelompok:
        """The kelompok of this name; made when it is new."""
        with self.tx() as tx:
            found = next(
                (k for k in tx.people.every_kelompok() if k.name == name and desa in {k.desa, "Babayau"}), None
            )
            if found is not None:
                return found
            desa_id = tx.conn.execute(select(schema.desa.c.id).where(schema.desa.c.name == desa)).scalar()
            if desa_id is None:
                desa_id = self._add(tx, schema.desa, kecamatan_id=self.kecamatan_id, name=desa)
            return tx.people.kelompok(self._add(tx, schema.kelompok, desa_id=desa_id, name=name))

    def kpm(
        self,
        name: str,
        kelompok: str = "Melati 3",
        *,
        phone: str | None = AUTO,
        consent: bool | None = True,
        sapaan: str = "Ibu",
        ketua: bool = False,
        status: FamilyStatus = FamilyStatus.AKTIF,
        channel: str = "whatsapp",
    ) -> Someone:
        """A family. `phone=None`: she has none; `consent=None`: nobody has asked her yet."""
        group = self.kelompok(kelompok)
        with self.tx() as tx:
            values = {"kelompok_id": group.id, "name": name, "sapaan": sapaan, "ketua": ketua, "status": status.value}
            kpm_id = self._add(tx, schema.kpm, **values)
            tx.people.recount(group.id)
            address = self._number(phone, channel)
            if address is not None:
                address_id = tx.people.address_id(address)
                tx.people.link_kpm(kpm_id, address_id, own=True)
                if consent is not None:
                    state = Consent.YES if consent else Consent.NO
                    tx.people.keep_consent(address_id, Topic.MEETINGS, state, "test")
        return Someone(self, name, kpm_id, Role.KPM, address, kelompok)

    def _number(self, phone: str | None, channel: str) -> Address | None:
        if phone is None:
            return None
        return Address(channel, next(self._numbers) if phone == AUTO else phone.lstrip("+"))

    def pendamping(self, name: str, *kelompoks: str, phone: str = AUTO) -> Someone:
        return self._staff(name, Role.PENDAMPING, phone, "kelompok", 0, [self.kelompok(k).id for k in kelompoks])

    def koordinator(self, name: str, *, phone: str = AUTO, level: str = "kabupaten", of: int | None = None) -> Someone:
        return self._staff(name, Role.KOORDINATOR, phone, level, of or self.kabupaten_id)

    def admin(self, name: str) -> Someone:
        return self._staff(name, Role.ADMIN, AUTO, "kabupaten", self.kabupaten_id)

    def _staff(
        self, name: str, role: Role, phone: str, level: str, scope: int, kelompok_ids: Sequence[int] = ()
    ) -> Someone:
        address = self._number(phone, "whatsapp")
        assert address is not None
        with self.tx() as tx:
            staff_id = tx.people.add_staff(name, role, f"+{address.value}", level, scope)
            tx.people.give_kelompok(kelompok_ids, staff_id)
        return Someone(self, name, staff_id, role, address)

    def stranger(self, *, channel: str = "whatsapp") -> Someone:
        """A number that stands in no roster."""
        return Someone(self, "a stranger", 0, Role.UNKNOWN, Address(channel, next(self._numbers)))

    def phone(self, address: Address) -> Phone:
        return self.phones.setdefault(address, Phone(address))

    def member(self, of: Someone, name: str, component: str = "anak_usia_dini", **more: Any) -> int:
        """Somebody of her family; `born`, `hpl` and `delivered` as '2026-03-20'. The quiet first week is over."""
        dates: dict[str, Any] = {
            k: date.fromisoformat(more.pop(k)) for k in ("born", "hpl", "delivered", "next_on") if k in more
        }
        values = {"kpm_id": of.id, "name": name, "component": component, "next_on": LOOK_AT_ONCE, **dates, **more}
        with self.tx() as tx:
            return self._add(tx, schema.member, **values)

    def posyandu(self, pattern: str, *, desa: str = "Babayau", name: str = "Melati", place: str = "Balai Desa") -> None:
        with self.tx() as tx:
            desa_id = tx.conn.execute(select(schema.desa.c.id).where(schema.desa.c.name == desa)).scalar_one()
            self._add(tx, schema.posyandu, desa_id=desa_id, name=name, place=place, pattern=pattern)

    def agrees(self, who: Someone, yes: bool = True) -> None:
        """To reminders of health and school."""
        with self.tx() as tx:
            state = Consent.YES if yes else Consent.NO
            tx.people.keep_consent(tx.people.address_id(who._address), Topic.HEALTH, state, "test")

    # --- meetings

    def meeting(
        self,
        *kelompoks: str,
        starts: str = "09:00",
        ends: str | None = None,
        place: str = "Balai Desa Babayau",
        session: str | None = "P2",
        kind: Kind = Kind.P2K2,
        code: str = "4821",
        announced: str | None = None,
    ) -> Meeting:
        """A meeting that was written down a week before it starts, with the letters that were due since then;
        `announced` is another moment ("now" too). What arrived by it is taken as looked at."""
        groups = [self.kelompok(name) for name in kelompoks or ("Melati 3",)]
        begins = self.moment(starts)
        finishes = self.moment(ends) if ends else begins + timedelta(hours=2)
        present, written = self.now, begins - A_WEEK
        if announced is not None:
            written = self.now if announced == "now" else self.moment(announced)
        self.now = min(written, present)
        found = find_session(session) if kind is Kind.P2K2 else None
        with self.tx() as tx:
            staff = tx.people.staff(groups[0].pendamping_id or 0) or tx.people.every_staff()[0]
            title = found.name if found else title_of(kind, None)
            wanted = Plan(groups, begins, finishes, place, kind, found.id if found else None, title)
            meeting = create(tx, staff, wanted)
            assert meeting is not None, "this kelompok meets at that time already"
            tx.conn.execute(update(schema.meeting).where(schema.meeting.c.id == meeting.id).values(code=code))
        for step in plan(begins, self.now, self.zone):
            at = next_allowed(step.at.astimezone(UTC), self.zone, HOURS)
            if self.now <= at <= present:
                self.now = at
                self._run(reminders.tick_letters)
        self.now = present
        self._tick()
        self._looked_at()
        return self.meeting_now(meeting)

    def meeting_now(self, meeting: Meeting) -> Meeting:
        """The meeting as it stands."""
        found = self.ask(lambda tx: tx.meetings.get(meeting.id))
        assert isinstance(found, Meeting)
        return found

    def meetings(self, kelompok: str = "Melati 3") -> list[Meeting]:
        """Everything planned, held or cancelled for a kelompok, in order."""
        group, far = self.kelompok(kelompok), timedelta(days=800)
        found: list[Meeting] = self.ask(lambda tx: tx.meetings.of_kelompok([group.id], self.now - far, self.now + far))
        return found

    def entries(self, kelompok: str = "Melati 3", meeting: Meeting | None = None) -> dict[str, Entry]:
        """The register of a meeting: of today's, else the next, else the last."""
        group = self.kelompok(kelompok)
        with self.tx() as tx:
            which = meeting or tx.meetings.of_the_day(group.id, self.now, group.zone)
            assert which is not None, f"{kelompok} has no meeting"
            return {entry.kpm.name: entry for entry in tx.attendance.register(which, group.id)}

    def register(self, kelompok: str = "Melati 3", meeting: Meeting | None = None) -> dict[str, str]:
        """What is known of each family: its mark, else its answer."""
        entries = self.entries(kelompok, meeting)
        return {name: e.mark.value if e.mark else e.answer.value for name, e in entries.items()}

    # --- time

    def moment(self, words: str) -> datetime:
        """'09:05' of today, or '2026-03-10 09:05', by the kabupaten's clock."""
        if len(words) <= 5:
            hour, minute = map(int, words.replace(".", ":").split(":"))
            local = self.local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        else:
            local = datetime.fromisoformat(words).replace(tzinfo=self.zone)
        return local.astimezone(UTC)

    @property
    def local(self) -> datetime:
        return self.now.astimezone(self.zone)

    def at(self, words: str) -> Chat:
        """Time passes: the ticks of every minute run in order, and each letter is delivered at its minute."""
        until = self.moment(words)
        assert until >= self.now, f"{words} is over: it is {self.local:%Y-%m-%d %H:%M}"
        while (following := self._next_busy(until)) <= until:
            self.now = following
            self._tick()
        self.now = until
        return self

    def lapses_until(self, words: str) -> Chat:
        """The same for months in which there is nothing but obligations: the other ticks rest."""
        self.lapse = True
        try:
            return self.at(words)
        finally:
            self.lapse = False

    def _next_busy(self, until: datetime) -> datetime:
        following = self.now.replace(second=0, microsecond=0) + MINUTE
        if not self.skip:
            return following
        with self.tx() as tx:
            busy = () if self.lapse else _busy(tx, following)
            dues = [d for d in (tx.outbox.next_due(), *busy) if d is not None]
            dues += self._looks(tx, following)
        if self.lapse:
            return max(following, min([*map(_whole, dues), until + MINUTE]))
        dues.append(self._next_morning(following))
        dues += [_next_round(tick.every, following) for tick in timetable.TICKS if tick.name not in PROBED]
        first = max(following, min([*dues, until + MINUTE]))
        return first if first.second == first.microsecond == 0 else first.replace(second=0, microsecond=0) + MINUTE

    def _looks(self, tx: Tx, following: datetime) -> list[datetime]:
        """The next round at which there is a member whom the obligations' tick looks at."""
        day = tx.obligations.queue.next_day()
        if day is None:
            return []
        at = _next_round(5, following).astimezone(self.zone)
        opens = datetime.combine(max(day, at.date()), LOOKS, self.zone)
        if at.hour >= CLOSES and opens.date() == at.date():
            opens += timedelta(days=1)
        return [max(at, opens).astimezone(UTC)]

    def _next_morning(self, following: datetime) -> datetime:
        """The next half hour between 08.00 and 09.00 by the kabupaten's clock."""
        half_hour = _next_round(30, following).astimezone(self.zone)
        if half_hour.hour != MORNING.hour:
            half_hour = half_hour.replace(hour=MORNING.hour, minute=0) + timedelta(days=half_hour.hour > MORNING.hour)
        return half_hour.astimezone(UTC)

    def _tick(self) -> None:
        self._run(_obligations_only if self.lapse else scheduler.run_ticks)

    def _run(self, work: Callable[[Tx], Any]) -> None:
        with self.tx() as tx:
            work(tx)
        self._deliver()

    def restarts(self) -> Chat:
        """The process dies and another opens the same database; what was in flight is taken back."""
        if self.in_memory:
            content = _raw(self.conn).serialize()
            self.conn.close()
            self.conn = _connection(content)
        else:
            self.conn.close()
            self.conn = self.conn.engine.connect()
        with self.tx() as tx:
            tx.outbox.take_back_unsent(("whatsapp", "telegram"))
        self._tick()
        return self

    @contextmanager
    def undone(self) -> Iterator[Chat]:
        """What happens inside is forgotten afterwards: a scene that is built once for many examples."""
        content, now = _raw(self.conn).serialize(), self.now
        phones = {address: (list(phone.letters), phone.seen) for address, phone in self.phones.items()}
        try:
            yield self
        finally:
            self.conn.close()
            self.conn, self.now = _connection(content), now
            self.phones.clear()
            for address, (letters, seen) in phones.items():
                self.phones[address] = Phone(address, letters, seen)

    def closes(self) -> None:
        """Let go of a database that is not in memory."""
        self.conn.close()
        self.conn.engine.dispose()

    def sleeps_until(self, words: str) -> Chat:
        """The bot is down until then: no tick runs, nothing is sent."""
        self.now = self.moment(words)
        self._tick()
        return self

    # --- messages

    def receive(
        self, sender: Address, kind: EventKind, *, event: str | None = None, at: str | None = None, **what: Any
    ) -> bool:
        """One inbound event through `bot.inbox.handle`, then this minute's ticks and the letters; False for one that
        was seen before."""
        moment = self.moment(at) if at else self.now
        msg = Inbound("test", event or f"event-{next(self._events)}", sender, moment, kind, **what)
        with self.tx() as tx:
            new = inbox.handle(tx, msg)
        self._tick()
        return new

    def _deliver(self) -> None:
        while True:
            with self.tx() as tx:
                tx.outbox.expire()
                claimed = taken(tx, ("whatsapp", "telegram"), limit=IN_FLIGHT)
                for one in claimed:
                    self._lay(tx, one)
            if not claimed:
                return

    def _lay(self, tx: Tx, one: Claimed) -> None:
        letter = one.letter
        render = whatsapp.render if letter.address.channel == "whatsapp" else telegram.render
        body = render(letter, self.now)
        shown = Received(
            letter.key,
            letter.params,
            body.text,
            body.buttons,
            self.local,
            body.template,
            one.about,
            one.unasked,
            letter.id,
            str(letter.attachment.params.get("format")) if letter.attachment and not body.owes else None,
        )
        self._watch(tx, one, shown)
        self.phone(letter.address).letters.append(shown)
        gone(tx, letter.id, f"test:{letter.id}", body.text)
        owe(tx, letter, body.owes)
        reached.remember(tx, [(letter.id, one.about)])

    def _watch(self, tx: Tx, one: Claimed, shown: Received) -> None:
        """What must be true of every letter of every test."""
        assert shown.text.strip(), f"{shown.key} says nothing"
        who = tx.people.who(one.letter.address)
        if who.staff is not None:
            return
        entry = catalog.entry(shown.key)
        assert entry.audience == "kpm", f"{shown.key} is for staff and went to a family"
        assert len(shown.text) <= KPM_LENGTH, f"{len(shown.text)} characters:\n{shown}"
        if shown.unasked:
            assert who.consent is Consent.YES, f"{shown.key} went to a family that has not agreed"
        if shown.key.startswith("reminders."):
            assert may_speak(self.now, self.zone, HOURS), f"a reminder at {self.local}"
        groups = {kpm.kelompok_id for kpm in who.kpms}
        for name, kelompok_id in tx.conn.execute(select(schema.kpm.c.name, schema.kpm.c.kelompok_id)):
            own = {kpm.name for kpm in who.kpms}
            if kelompok_id not in groups and name not in own and name not in self.phone(one.letter.address).wrote:
                assert not re.search(rf"\b{re.escape(name)}\b", shown.text), f"{name} is named to {who.kpms}:\n{shown}"

    def _looked_at(self) -> None:
        for phone in self.phones.values():
            phone.seen = len(phone.letters)

    # --- what lies in the tables

    def audit(self, subject: str | None = None) -> list[Change]:
        """Who changed what, oldest first; of one subject ('meeting:1:kpm:2') where it is named."""
        with self.tx() as tx:
            if subject is not None:
                return list(tx.audit.of(subject))
            rows = tx.conn.execute(select(schema.audit).order_by(schema.audit.c.id))
            return [Change(r.at, r.actor, r.act, r.subject, r.was, r.now, r.why) for r in rows]

    @property
    def outbox(self) -> list[Any]:
        """Every letter with its state, oldest first."""
        with self.tx() as tx:
            return list(tx.conn.execute(select(schema.outbox).order_by(schema.outbox.c.id)))

    def waiting(self, key: str | None = None) -> list[Any]:
        return [row for row in self.outbox if row.state == "queued" and key in {None, row.key}]

    def questions(self) -> list[tuple[str, str]]:
        """(kind, words) of everything that a human should look at."""
        with self.tx() as tx:
            return [(r.kind, r.text) for r in tx.conn.execute(select(schema.question).order_by(schema.question.c.id))]

    def consent(self, who: Someone) -> Consent | None:
        address = who.address
        assert address is not None
        found: Consent | None = self.ask(lambda tx: tx.people.who(address).consent)
        return found

    def grep(self, words: str) -> list[str]:
        """Every line of the whole database that contains these words."""
        return [line for line in _raw(self.conn).iterdump() if words in line]

    def sql(self, statement: str, **values: Any) -> Any:
        """For what no conversation does: a family that moves away, a renamed pengurus."""
        with self.tx() as tx:
            return tx.conn.execute(text(statement), values)

    def staff_id(self, who: Someone) -> StaffId:
        return StaffId(who.id)

    def kpm_id(self, who: Someone) -> KpmId:
        return KpmId(who.id)


def _obligations_only(tx: Tx) -> None:
    while obligations.tick(tx):
        pass


def _busy(tx: Tx, following: datetime) -> tuple[datetime | None, ...]:
    """When the ticks of PROBED have something to do next: a step that is due, a check-in that opens, a quiz."""
    meeting, group = schema.meeting, schema.meeting_kelompok
    step = tx.conn.execute(
        select(meeting.c.step_at)
        .where(meeting.c.cancelled.is_(False), meeting.c.step_at.is_not(None))
        .order_by("step_at")
    ).first()
    starts = tx.conn.execute(
        select(meeting.c.starts)
        .join(group, group.c.meeting_id == meeting.c.id)
        .where(
            meeting.c.cancelled.is_(False), group.c.frozen.is_(None), meeting.c.starts >= following - timedelta(days=1)
        )
        .order_by(meeting.c.starts)
    ).first()
    opens = starts.starts - CHECK_IN_OPENS if starts else None
    announces = tx.conn.execute(
        select(func.min(schema.broadcast.c.due)).where(schema.broadcast.c.state.in_(["waiting", "put"]))
    ).scalar()
    proposes = tx.conn.execute(select(func.min(schema.proposal.c.due))).scalar()
    proposes = _next_round(10, _whole(max(proposes, following))) if proposes is not None else None
    return (step.step_at if step else None), opens, announces, proposes, *_quiz_busy(tx, following)


def _quiz_busy(tx: Tx, following: datetime) -> Iterator[datetime]:
    """A meeting whose follow-up is not planned, a quiz to offer, to remind of or to close, a practice."""
    quiz, practice = schema.quiz.c, schema.practice.c
    open_ones = quiz.state.in_(["planned", "invited", "started"])
    asks = open_ones & ((quiz.state == "planned") | quiz.reminded.is_(None))
    due = {
        "after a meeting": tx.conn.execute(
            select(func.min(schema.meeting.c.ends))
            .join(schema.meeting_kelompok)
            .where(
                schema.meeting.c.ends > following - timedelta(days=3),
                schema.meeting.c.cancelled.is_(False),
                schema.meeting_kelompok.c.followed.is_(None)
                | (schema.meeting_kelompok.c.closed > schema.meeting_kelompok.c.followed),
            )
        ).scalar(),
        "quizzes": min(
            (
                found
                for statement in (
                    select(func.min(quiz.due)).where(asks),
                    select(func.min(quiz.expires)).where(open_ones),
                )
                if (found := tx.conn.execute(statement).scalar())
            ),
            default=None,
        ),
        "practices": tx.conn.execute(
            select(func.min(practice.due)).where(practice.state.in_(["planned", "told"]))
        ).scalar(),
    }
    for name, at in due.items():
        if at is not None:
            yield _next_round(QUIZ_TICKS[name], _whole(max(at, following)))


def _whole(at: datetime) -> datetime:
    """The minute that has begun by then."""
    return at if at.second == at.microsecond == 0 else at.replace(second=0, microsecond=0) + MINUTE


def _next_round(every: int, following: datetime) -> datetime:
    minute = following.hour * 60 + following.minute
    return following + timedelta(minutes=-minute % every)


@dataclass
class Cast:
    """Siti and Wati of Melati 3, Pak Budi their pendamping, Bu Ratna koordinator; Dewi of another group, whose
    pendamping is Bu Rahma, must never see theirs."""

    chat: Chat
    siti: Someone
    wati: Someone
    budi: Someone
    ratna: Someone
    dewi: Someone
    rahma: Someone


def cast(starts: str = "2026-11-23 08:00", *, ketua: bool = False) -> Cast:
    """The cast of most tests, on the Monday on which the sample begins."""
    chat = Chat(starts)
    budi = chat.pendamping("Pak Budi", "Melati 3")
    rahma = chat.pendamping("Bu Rahma", "Anggrek 1")
    siti = chat.kpm("Siti", "Melati 3", ketua=ketua)
    wati = chat.kpm("Wati", "Melati 3")
    dewi = chat.kpm("Dewi", "Anggrek 1")
    return Cast(chat, siti, wati, budi, chat.koordinator("Bu Ratna"), dewi, rahma)
