"""What did Telegram's update say? One update, one event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from telegram import (
    Bot,
    CallbackQuery,
    ChatMember,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
    ReactionTypeEmoji,
    Update,
)
from telegram.constants import ChatType

from bot.channels.base import Notice
from bot.channels.careful import coordinates, moment, phone, table, whole, words
from bot.channels.telegram.limits import NAME
from messages.envelope import Address, Inbound, Kind, StatusUpdate

Event = Inbound | StatusUpdate | Notice

ELSEWHERE = ("edited_channel_post", "edited_business_message")
"""Edits in places where no family writes to us."""

UNREADABLE = (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError, OSError, RecursionError)
"""What python-telegram-bot raises on an update that is not shaped as it expects."""


def read(payload: object, received: datetime, bot: Bot | None = None) -> list[Event]:
    number = whole(table(payload).get("update_id"))
    if number is None or any(name in table(payload) for name in ELSEWHERE):
        return []
    try:
        update = Update.de_json(dict(table(payload)), bot)
        found = _event(update, number, received)
    except UNREADABLE:
        found = None
    if isinstance(found, Inbound) and found.kind is Kind.EDITED and not _in_words(payload):
        return []  # a place that moves is sent anew every few seconds
    return [found or _raw(table(payload), number, received)]


def _event(update: Update, number: int, received: datetime) -> Event | None:
    if update.message:
        return _message(update.message, number, received)
    if update.edited_message:
        return _edited(update.edited_message, number, received)
    if update.callback_query:
        return _button(update.callback_query, number, received)
    if update.my_chat_member:
        return _membership(update.my_chat_member, number, received)
    if update.message_reaction:
        return _reaction(update.message_reaction, number, received)
    return None


def _message(message: Message, number: int, received: datetime) -> Event:
    if message.migrate_to_chat_id:
        return Notice("chat_migrated", name=str(message.chat.id), status=str(message.migrate_to_chat_id))
    quoted = message.reply_to_message
    what = _content(message) if message.chat.type == ChatType.PRIVATE else {"kind": Kind.GROUP}
    return _inbound(message.chat.id, number, message.date, received, reply_to=quoted and quoted.message_id, **what)


def _in_words(payload: object) -> bool:
    edited = table(table(payload).get("edited_message"))
    return bool(words(edited.get("text")) or words(edited.get("caption")))


def _edited(message: Message, number: int, received: datetime) -> Inbound:
    """What was answered stays answered: the new words are not read."""
    kind = Kind.EDITED if message.chat.type == ChatType.PRIVATE else Kind.GROUP
    return _inbound(message.chat.id, number, message.edit_date or message.date, received, kind=kind)


def _content(message: Message) -> dict[str, Any]:
    text = words(message.text) or words(message.caption)
    if message.text is not None:
        return {"kind": Kind.TEXT, "text": text}
    if contact := message.contact:
        own = contact.user_id is not None and contact.user_id == (message.from_user and message.from_user.id)
        return {"kind": Kind.CONTACT, "phone": phone(contact.phone_number), "own_contact": own}
    if message.photo:  # the same picture in several sizes, the largest last
        return {"kind": Kind.IMAGE, "text": text, "media": words(message.photo[-1].file_id) or None}
    if place := message.location:
        return {"kind": Kind.LOCATION, "location": coordinates(place.latitude, place.longitude)}
    # An animation carries a document too, so it is looked for first.
    moving = message.animation or message.video or message.video_note
    for kind, part in (
        (Kind.OTHER, moving),
        (Kind.VOICE, message.voice or message.audio),
        (Kind.DOCUMENT, message.document),
        (Kind.STICKER, message.sticker),
    ):
        if part:
            return {"kind": kind, "text": text, "media": words(part.file_id) or None}
    return {"kind": Kind.OTHER, "text": text}


def _button(query: CallbackQuery, number: int, received: datetime) -> Inbound:
    """Telegram does not say when a button was pressed: the date is that of the message that carries it."""
    what: dict[str, Any] = {"kind": Kind.BUTTON if query.data else Kind.OTHER, "button": words(query.data) or None}
    message = query.message
    if message is None:
        return _inbound(query.from_user.id, number, None, received, callback=words(query.id), **what)
    if message.chat.type != ChatType.PRIVATE:
        what = {"kind": Kind.GROUP}
    what |= {"callback": words(query.id), "reply_to": message.message_id, "at": received}
    return _inbound(message.chat.id, number, message.date, received, **what)


def _membership(change: ChatMemberUpdated, number: int, received: datetime) -> Inbound:
    kind = Kind.BLOCKED if change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT) else Kind.UNBLOCKED
    if change.chat.type != ChatType.PRIVATE:
        kind = Kind.GROUP
    return _inbound(change.chat.id, number, change.date, received, kind=kind)


def _reaction(reaction: MessageReactionUpdated, number: int, received: datetime) -> Inbound:
    emoji = "".join(words(r.emoji) for r in reaction.new_reaction if isinstance(r, ReactionTypeEmoji))
    what = {"kind": Kind.REACTION, "text": emoji} if reaction.chat.type == ChatType.PRIVATE else {"kind": Kind.GROUP}
    return _inbound(reaction.chat.id, number, reaction.date, received, reply_to=reaction.message_id, **what)


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


def _inbound(chat: object, number: int, date: datetime | None, received: datetime, **what: Any) -> Inbound:
    """The event's name is update_id and date: update ids start anew at random after a quiet week."""
    where = whole(chat)
    if where is None:
        raise TypeError("a chat is a number")
    seconds = int(date.timestamp()) if date else 0
    what = {"at": moment(seconds, received), **what, "reply_to": words(what.get("reply_to")) or None}
    return Inbound(NAME, f"{number}:{seconds}", Address(NAME, str(where)), **what)
