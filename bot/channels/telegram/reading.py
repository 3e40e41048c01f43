"""What did Telegram's update say? One update, one event.

Read from the JSON itself: the library's objects of an update cost a fifth of all that the loop does with a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.channels.base import Notice
from bot.channels.careful import coordinates, moment, phone, table, tables, whole, words
from bot.channels.telegram.limits import NAME
from messages.envelope import Address, Inbound, Kind, StatusUpdate

Event = Inbound | StatusUpdate | Notice
Part = Mapping[str, Any]

ELSEWHERE = ("edited_channel_post", "edited_business_message")
"""Edits in places where no family writes to us."""

PRIVATE = "private"
KNOWN_OF_GROUPS = ("at", "reply_to", "callback")

GONE = ("kicked", "left")
"""What a chat member is who has blocked us."""


def read(payload: object, received: datetime) -> list[Event]:
    update = table(payload)
    number = whole(update.get("update_id"))
    if number is None or any(name in update for name in ELSEWHERE):
        return []
    found = _event(update, number, received)
    if isinstance(found, Inbound) and found.kind is Kind.EDITED and not _in_words(update):
        return []  # a place that moves is sent anew every few seconds
    return [found or _raw(update, number, received)]


def _event(update: Part, number: int, received: datetime) -> Event | None:
    """None for what is no update that we know, or none of the shape we know."""
    if message := table(update.get("message")):
        return _message(message, number, received)
    if message := table(update.get("edited_message")):
        # What was answered stays answered: the new words are not read.
        return _inbound(message, number, message.get("edit_date") or message.get("date"), received, kind=Kind.EDITED)
    if query := table(update.get("callback_query")):
        return _button(query, number, received)
    if change := table(update.get("my_chat_member")):
        status = table(change.get("new_chat_member")).get("status")
        kind = Kind.BLOCKED if status in GONE else Kind.UNBLOCKED
        return _inbound(change, number, change.get("date"), received, kind=kind) if words(status) else None
    if reaction := table(update.get("message_reaction")):
        emoji = "".join(words(one.get("emoji")) for one in tables(reaction.get("new_reaction")))
        what = {"kind": Kind.REACTION, "text": emoji, "reply_to": reaction.get("message_id")}
        return _inbound(reaction, number, reaction.get("date"), received, **what)
    return None


def _message(message: Part, number: int, received: datetime) -> Event | None:
    if moved := whole(message.get("migrate_to_chat_id")):
        return Notice("chat_migrated", name=words(table(message.get("chat")).get("id")), status=str(moved))
    quoted = table(message.get("reply_to_message")).get("message_id")
    return _inbound(message, number, message.get("date"), received, reply_to=quoted, **_content(message))


def _in_words(update: Part) -> bool:
    edited = table(update.get("edited_message"))
    return bool(words(edited.get("text")) or words(edited.get("caption")))


def _content(message: Part) -> dict[str, Any]:
    text = words(message.get("text")) or words(message.get("caption"))
    if isinstance(message.get("text"), str):
        return {"kind": Kind.TEXT, "text": text}
    if contact := table(message.get("contact")):
        owner = whole(contact.get("user_id"))
        own = owner is not None and owner == whole(table(message.get("from")).get("id"))
        return {"kind": Kind.CONTACT, "phone": phone(contact.get("phone_number")), "own_contact": own}
    if sizes := tables(message.get("photo")):  # the same picture in several sizes, the largest last
        return {"kind": Kind.IMAGE, "text": text, "media": words(sizes[-1].get("file_id")) or None}
    if place := table(message.get("location")):
        return {"kind": Kind.LOCATION, "location": coordinates(place.get("latitude"), place.get("longitude"))}
    # An animation carries a document too, so it is looked for first.
    for kind, names in (
        (Kind.OTHER, ("animation", "video", "video_note")),
        (Kind.VOICE, ("voice", "audio")),
        (Kind.DOCUMENT, ("document",)),
        (Kind.STICKER, ("sticker",)),
    ):
        for part in (table(message.get(name)) for name in names):
            if part:
                return {"kind": kind, "text": text, "media": words(part.get("file_id")) or None}
    return {"kind": Kind.OTHER, "text": text}


def _button(query: Part, number: int, received: datetime) -> Event | None:
    """Telegram does not say when a button was pressed: the date is that of the message that carries it."""
    pressed, callback = words(query.get("data")), words(query.get("id"))
    kind = Kind.BUTTON if pressed else Kind.OTHER
    what: dict[str, Any] = {"kind": kind, "button": pressed or None, "callback": callback}
    if message := table(query.get("message")):
        what |= {"at": received, "reply_to": message.get("message_id")}
        return _inbound(message, number, message.get("date"), received, **what)
    of_her = {"chat": {**table(query.get("from")), "type": PRIVATE}}
    return _inbound(of_her, number, None, received, **what)


def _raw(payload: Mapping[str, Any], number: int, received: datetime) -> Event:
    """An update of a new kind, or of a shape that the library does not know: who it is from, and no more."""
    name = next((key for key, part in payload.items() if key != "update_id" and table(part)), "")
    part = table(payload.get(name))
    chat = table(part.get("chat")) or table(table(part.get("message")).get("chat"))
    person = table(part.get("from")) or table(part.get("user"))
    where = whole(chat.get("id")) or whole(person.get("id"))
    if where is None:
        return Notice("update", name=str(number), status=name)
    kind = Kind.OTHER if words(chat.get("type")) in ("", "private") else Kind.GROUP
    date = whole(part.get("date")) or 0
    callback = words(part.get("id")) or None if name == "callback_query" else None
    event, at = f"{number}:{date}", moment(date, received)
    return Inbound(NAME, event, Address(NAME, str(where)), at, kind, callback=callback)


def _inbound(part: Part, number: int, date: object, received: datetime, **what: Any) -> Inbound | None:
    """The event's name is update_id and date: update ids start anew at random after a quiet week. What is said in a
    group is not ours to know."""
    chat = table(part.get("chat"))
    where = whole(chat.get("id"))
    if where is None:
        return None
    if chat.get("type") != PRIVATE:
        what = {"kind": Kind.GROUP, **{name: what[name] for name in KNOWN_OF_GROUPS if name in what}}
    seconds = whole(date) or 0
    what = {"at": moment(seconds, received), **what, "reply_to": words(what.get("reply_to")) or None}
    return Inbound(NAME, f"{number}:{seconds}", Address(NAME, str(where)), **what)
