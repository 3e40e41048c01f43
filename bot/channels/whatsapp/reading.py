"""What did Meta's webhook post? Every event of every entry and change, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.channels.base import Notice
from bot.channels.careful import coordinates, digits, fingerprint, moment, named, phone, table, tables, whole, words
from bot.channels.whatsapp.limits import NAME
from bot.channels.whatsapp.rendering import LANGUAGE
from messages.envelope import Address, Inbound, Kind, Status, StatusUpdate

Event = Inbound | StatusUpdate | Notice

MEDIA = {
    "image": Kind.IMAGE,
    "audio": Kind.VOICE,
    "voice": Kind.VOICE,
    "document": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
    "video": Kind.OTHER,
}
STATUSES = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "played": Status.READ,
    "failed": Status.FAILED,
}
TAKEN_BACK = {"edit": Kind.EDITED, "revoke": Kind.DELETED}
"""What was answered stays answered: the new words are not read, their writer is told so."""


def read(payload: object, received: datetime) -> list[Event]:
    return [
        event
        for entry in tables(table(payload).get("entry"))
        for change in tables(entry.get("changes"))
        for event in _change(words(change.get("field")), table(change.get("value")), received)
    ]


def _change(field: str, value: Mapping[str, Any], received: datetime) -> Iterator[Event]:
    if field not in ("messages", ""):
        yield from _notices(field, value)
        return
    contacts = tables(value.get("contacts"))
    for error in tables(value.get("errors")):
        yield Notice("error", status=words(error.get("code")), reason=_reason(error))
    for message in tables(value.get("messages")):
        yield from _message(message, contacts, received)
    for status in tables(value.get("statuses")):
        yield _status(status, received)


def _message(message: Mapping[str, Any], contacts: list[Mapping[str, Any]], received: datetime) -> Iterator[Event]:
    sort = words(message.get("type"))
    sender, number = _sender(message, contacts)
    event = named(message.get("id")) or fingerprint(message)
    if sort == "system":
        yield _system(table(message.get("system")), sender)
    elif sender is None:
        yield Notice("message_without_sender", name=event, status=sort)
    else:
        what = {"kind": Kind.GROUP} if message.get("group_id") else _content(sort, message, sender)
        yield Inbound(
            NAME,
            event,
            sender,
            moment(message.get("timestamp"), received),
            **({"reply_to": words(table(message.get("context")).get("id")) or None, "phone": number} | what),
        )


def _sender(message: Mapping[str, Any], contacts: list[Mapping[str, Any]]) -> tuple[Address | None, str | None]:
    """Who wrote, and the number beside an id. A group answers for itself: its letters open nobody's 24 hours."""
    if group := named(message.get("group_id")):
        return Address(NAME, group), None
    if number := digits(message.get("from")):
        return Address(NAME, number), None
    who = named(message.get("from_user_id")) or named(message.get("user_id")) or named(message.get("from"))
    contact = next((c for c in contacts if who and named(c.get("user_id")) == who), None)
    if contact is None:
        contact = contacts[0] if len(contacts) == 1 else {}
    number = digits(contact.get("wa_id"))
    if who := who or named(contact.get("user_id")):
        return Address(NAME, who), number and f"+{number}"
    return (Address(NAME, number), None) if number else (None, None)


def _content(sort: str, message: Mapping[str, Any], sender: Address) -> dict[str, Any]:
    part = table(message.get(sort))
    if sort in TAKEN_BACK:
        return {"kind": TAKEN_BACK[sort]}
    match sort:
        case "text":
            return {"kind": Kind.TEXT, "text": words(part.get("body"))}
        case "button":  # the quick reply of a template
            return _pressed(part.get("payload"), part.get("text"))
        case "interactive":
            reply = table(part.get("button_reply")) or table(part.get("list_reply"))
            return _pressed(reply.get("id"), reply.get("title"))
        case "reaction":
            found = {"kind": Kind.REACTION, "text": words(part.get("emoji"))}
            return found | {"reply_to": words(part.get("message_id")) or None}
        case "location":
            return {
                "kind": Kind.LOCATION,
                "location": coordinates(part.get("latitude"), part.get("longitude")),
            }
        case "contacts":
            shared = next((p for c in tables(message.get(sort)) for p in tables(c.get("phones"))), {})
            number = digits(shared.get("wa_id"))
            own = number is not None and number == sender.value
            return {"kind": Kind.CONTACT, "phone": phone(number or shared.get("phone")), "own_contact": own}
        case _:
            kind = MEDIA.get(sort, Kind.OTHER)
            return {"kind": kind, "text": words(part.get("caption")), "media": words(part.get("id")) or None}


def _pressed(button: object, title: object) -> dict[str, Any]:
    """Ids act, titles do not; a form or whatever else is `interactive` without an id we cannot act on."""
    if name := words(button):
        return {"kind": Kind.BUTTON, "button": name, "text": words(title)}
    return {"kind": Kind.OTHER, "text": words(title)}


def _system(system: Mapping[str, Any], sender: Address | None) -> Notice:
    new = digits(system.get("new_wa_id")) or digits(system.get("wa_id"))
    old = digits(system.get("customer")) or (sender.value if sender else "")
    if new and new != old:
        return Notice("number_changed", name=old, status=new)
    return Notice("system", name=old, status=words(system.get("type")))


def _status(status: Mapping[str, Any], received: datetime) -> StatusUpdate | Notice:
    """`failed` may follow an HTTP 200, `delivered` may never come when `read` does: who merges them goes forward."""
    wamid, said = named(status.get("id")), words(status.get("status"))
    if not wamid or said not in STATUSES:
        return Notice("status", name=wamid, status=said)
    error = next(iter(tables(status.get("errors"))), {})
    return StatusUpdate(
        NAME,
        named(f"{wamid}:{said}:{words(status.get('timestamp'))}"),
        wamid,
        STATUSES[said],
        moment(status.get("timestamp"), received),
        letter=whole(status.get("biz_opaque_callback_data")),
        code=whole(error.get("code")),
        reason=_reason(error),
    )


def _reason(error: Mapping[str, Any]) -> str:
    details = table(error.get("error_data")).get("details")
    return words(details) or words(error.get("message")) or words(error.get("title"))


def _notices(field: str, value: Mapping[str, Any]) -> Iterator[Notice]:
    """Templates, the number's name and quality, limits, bans: Meta has many names for them, some one step deeper."""
    flat = {key: item for nested in value.values() for key, item in table(nested).items()} | dict(value)
    if field == "user_preferences":
        for wish in tables(value.get(field)):
            # She may be known by her number, by her id, or by both.
            for name in filter(None, (digits(wish.get("wa_id")), named(wish.get("user_id")))):
                yield Notice(field, name, words(wish.get("value")), words(wish.get("category")))
        return
    if words(flat.get("message_template_language")) not in ("", LANGUAGE):
        field = "other_language"  # a template of ours only by its name
    yield Notice(field, _first(flat, _NAMES), _first(flat, _STATES), _first(flat, _REASONS))


_NAMES = ("message_template_name", "display_phone_number", "phone_number", "entity_id")
_STATES = ("event", "new_category", "new_quality_score", "decision", "alert_status", "waba_ban_state")
_REASONS = (
    "reason",
    "rejection_reason",
    "previous_category",
    "current_limit",
    "violation_type",
    "alert_description",
    "alert_type",
    "title",
    "description",
)


def _first(found: Mapping[str, Any], names: tuple[str, ...]) -> str:
    texts = (words(found.get(name)) for name in names)
    return next((text for text in texts if text not in ("", "NONE")), "")
