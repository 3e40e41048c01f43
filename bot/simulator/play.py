"""What can be done with the simulator? Write from a phone, move the clock, look at a register."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from bot import scheduler
from bot.channels.parts import SHARE_CONTACT
from bot.clock import StandingClock
from bot.dispatcher import Dispatcher
from bot.inbox import receive
from bot.photos import Photos
from bot.simulator.samples import Samples
from data.phones import PhoneMessage
from data.records import Answer, Entry, Meeting
from data.store import Store, Tx
from messages.envelope import Address, Inbound, Kind
from messages.privacy import without_long_numbers

CLOCK = "clock"
MEDIA = {
    "voice": Kind.VOICE,
    "image": Kind.IMAGE,
    "sticker": Kind.STICKER,
    "document": Kind.DOCUMENT,
    "location": Kind.LOCATION,
    "contact": Kind.CONTACT,
}
LONGEST_JUMP = timedelta(days=400)


class Backwards(Exception):
    """The simulator's clock moves forward only."""


class BadRequest(Exception):
    """The script asked for something the simulator does not know; the message is the answer."""


@dataclass(frozen=True, slots=True)
class Delivered:
    duplicate: bool
    messages: Sequence[PhoneMessage]


class Play:
    """One stage: a store whose clock stands, and a dispatcher that lays letters on phones."""

    def __init__(self, store: Store, clock: StandingClock, dispatcher: Dispatcher) -> None:
        self.store, self.clock, self.dispatcher = store, clock, dispatcher
        self._photos = Photos(store, {"whatsapp": Samples(), "telegram": Samples()})
        self._turn = asyncio.Lock()

    async def begin(self) -> None:
        """After a start: what was in flight is laid down once, and what this minute asks for is done."""
        async with self._turn:
            await self.store.write(lambda tx: tx.outbox.take_back_unsent(self.dispatcher.channels))
            await self._settle_down()

    async def say(self, sent: Mapping[str, Any]) -> Delivered:
        """One message from a phone; answers when everything it set off has been delivered."""
        msg, title = _inbound(sent, self.clock.now())
        if isinstance(seq := sent.get("reply_to"), int):
            letter = await self.store.write(lambda tx: tx.phones.letter_of(seq))
            msg = replace(msg, reply_to=f"simulator:{letter}")
        async with self._turn:
            before = await self.store.write(lambda tx: tx.phones.last_seq())
            body = {"text": without_long_numbers(title), "kind": msg.kind.value}
            if not await receive(self.store, msg, also=lambda tx: tx.phones.typed(msg.sender, body)):
                return Delivered(True, ())
            if msg.media:
                await self._photos.fetch()
            await self._settle_down()
            return Delivered(False, await self._since(before))

    async def advance(self, until: datetime) -> Sequence[PhoneMessage]:
        """Move the clock; every minute's ticks run in order and what they set off is delivered at its minute."""
        async with self._turn:
            if until < self.clock.now():
                raise Backwards(f"jam simulator tidak bisa mundur ke {until.isoformat()}")
            if until - self.clock.now() > LONGEST_JUMP:
                raise BadRequest("paling jauh 400 hari sekali jalan")
            before = await self.store.write(lambda tx: tx.phones.last_seq())
            while self.clock.now() < until:
                reached = await self.store.write(lambda tx: _pass(tx, self.clock.now(), until))
                self.clock.set(reached)
                await self.dispatcher.drain()
            return await self._since(before)

    async def settle(self) -> None:
        """A page has left letters in the outbox: they are laid down now."""
        async with self._turn:
            await self._settle_down()

    async def _settle_down(self) -> None:
        try:
            await self.store.write(scheduler.run_ticks)
        except Exception:  # then each by itself, as in real life: the one that fails must not stop the others
            await scheduler.tick(self.store, self.clock.now())
        await self.dispatcher.drain()

    async def _since(self, seq: int) -> Sequence[PhoneMessage]:
        return await self.store.write(lambda tx: tx.phones.since(seq, outgoing=False))


def _pass(tx: Tx, now: datetime, until: datetime) -> datetime:
    reached = scheduler.pass_time(tx, now, until)
    tx.settings.keep(CLOCK, reached.astimezone(UTC).isoformat())
    return reached


def _inbound(sent: Mapping[str, Any], now: datetime) -> tuple[Inbound, str]:
    """The event a platform would have posted, and what to show of it on the phone."""
    channel, phone = sent.get("channel"), sent.get("from")
    if channel not in {"whatsapp", "telegram"} or not isinstance(phone, str) or not phone.lstrip("+").isdigit():
        raise BadRequest("channel harus whatsapp atau telegram, dan from sebuah nomor seperti +6281100000001")
    event = _shown(str(sent.get("id") or uuid4().hex))
    sender = Address(str(channel), phone.lstrip("+")[:20])
    match sent:
        case {"button": str(button)} if button == SHARE_CONTACT and channel == "telegram":
            own = {"phone": f"+{sender.value}", "own_contact": True}
            return Inbound("simulator", event[:150], sender, now, Kind.CONTACT, **own), "[kontak saya]"  # type: ignore[arg-type]
        case {"button": str(button)}:
            shown = _shown(str(sent.get("title") or button))
            return Inbound("simulator", event[:150], sender, now, Kind.BUTTON, button=button[:256]), shown
        case {"media": str(media)} if media in MEDIA:
            caption = _shown(str(sent.get("text") or ""))
            msg = Inbound("simulator", event[:150], sender, now, MEDIA[media], caption, media=media)
            return msg, f"[{media}] {caption}".rstrip()
        case {"reaction": str(emoji)}:
            return Inbound("simulator", event[:150], sender, now, Kind.REACTION, emoji[:16]), _shown(emoji[:16])
        case {"text": str(text)}:
            return Inbound("simulator", event[:150], sender, now, Kind.TEXT, text), _shown(text)
        case _:
            raise BadRequest(
                "isi text, button, reaction, atau media (voice, image, sticker, document, location, contact)"
            )


def _shown(text: str) -> str:
    """What a phone can show: no NUL, no half of a character."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")[:4096]


def read_clock(tx: Tx) -> datetime | None:
    kept = tx.settings.get(CLOCK)
    return datetime.fromisoformat(kept) if kept else None


# --- the register as a script sees it


@dataclass(frozen=True, slots=True)
class RegisterView:
    meeting: Meeting
    state: str
    rows: Sequence[Entry]
    marked_by: Mapping[int, str]


def register(tx: Tx, name: str, now: datetime) -> RegisterView | None:
    """Today's meeting of the kelompok, else the next, else the last. Raises BadRequest for an unknown kelompok."""
    kelompok = next((k for k in tx.people.every_kelompok() if k.name.lower() == name.lower()), None)
    if kelompok is None:
        raise BadRequest(f"kelompok '{name}' tidak ada")
    meeting = tx.meetings.of_the_day(kelompok.id, now, kelompok.zone)
    if meeting is None:
        return None
    state = tx.meetings.register(meeting.id, kelompok.id)
    rows = tx.attendance.register(meeting, kelompok.id)
    staff = {int(s.id): s.name for s in tx.people.every_staff(active=False)}
    word = "held" if state is not None and state.held else "planned"
    return RegisterView(meeting, word, rows, staff)


def entry_state(entry: Entry) -> str:
    return "verified" if entry.mark is not None else Answer(entry.answer).value
