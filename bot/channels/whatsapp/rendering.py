"""What would be posted to Meta? Pure: a letter and a time make a body. Inside 24 hours words, outside a template."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.channels.base import Blames, Body, Refused
from bot.channels.parts import SHARE_CONTACT, is_picture, is_voice
from bot.channels.whatsapp import limits
from messages import catalog
from messages.envelope import Address, Attachment, Button, Letter

LANGUAGE = catalog.DEFAULT
"""Templates are approved in Indonesian; Meta knows no Banjar."""

_PLACE = re.compile(r"\{\{(\d+)\}\}")


def render(letter: Letter, now: datetime) -> Body:
    return _free(letter) if window_open(letter.heard, now) else _template(letter)


def window_open(heard: datetime | None, now: datetime) -> bool:
    return heard is not None and now - heard < limits.WINDOW - limits.WINDOW_MARGIN


def _free(letter: Letter) -> Body:
    said = catalog.render(letter.key, letter.params, letter.language)
    # The number is known here; the button that shares it belongs to Telegram.
    buttons = [b for b in said.buttons if b.id != SHARE_CONTACT]
    file = letter.attachment
    owes = file is not None and is_voice(file) and not file.params.get("alone")
    if file is not None and not owes:
        shape = _with_file(said.text, buttons, file)
    else:
        shape = _words(said.text, buttons, said.menu)
    return Body("messages", _envelope(letter) | shape, said.text, buttons, owes=owes)


def _envelope(letter: Letter) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_recipient(letter.address),
        "biz_opaque_callback_data": str(letter.id),
    }


def _recipient(address: Address) -> dict[str, str]:
    """A number goes into `to`; the id of a person whose number Meta hides goes into `recipient`."""
    return {"to" if address.phone else "recipient": address.value}


def _words(text: str, buttons: Sequence[Button], menu: str) -> dict[str, Any]:
    """The handiest shape that holds it: buttons to press, a list to choose from, a number to write."""
    if buttons and _fit_buttons(text, buttons):
        return _interactive({"type": "button", "body": {"text": text}, "action": _replies(buttons)})
    if buttons and _fit_list(text, buttons, menu):
        rows = [{"id": b.id, **_row(b.title)} for b in buttons]
        action = {"button": menu, "sections": [{"title": menu, "rows": rows}]}
        return _interactive({"type": "list", "body": {"text": text}, "action": action})
    return {"type": "text", "text": {"preview_url": False, "body": _within(_numbered(text, buttons), limits.TEXT)}}


def _with_file(text: str, buttons: Sequence[Button], attachment: Attachment) -> dict[str, Any]:
    """Buttons under a file are its caption's; more than three become numbers in the caption. A voice note has none."""
    if is_voice(attachment):
        return {"type": "audio", "audio": {"id": f"upload:{attachment.kind}"}}
    sort = "image" if is_picture(attachment) else "document"
    media = {"id": f"upload:{attachment.kind}"}
    if buttons and _fit_buttons(text, buttons):
        header = {"type": sort, sort: media}
        interactive = {"type": "button", "header": header, "body": {"text": text}, "action": _replies(buttons)}
        return _interactive(interactive)
    return {"type": sort, sort: media | {"caption": _within(_numbered(text, buttons), limits.CAPTION)}}


def _interactive(what: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": what}


def _replies(buttons: Sequence[Button]) -> dict[str, Any]:
    return {"buttons": [{"type": "reply", "reply": {"id": b.id, "title": b.title}} for b in buttons]}


def _fit_buttons(text: str, buttons: Sequence[Button]) -> bool:
    # Meta refuses two buttons of one title.
    return (
        len(buttons) <= limits.BUTTONS
        and len(text) <= limits.INTERACTIVE_TEXT
        and all(len(b.title) <= limits.BUTTON_TITLE and len(b.id) <= limits.BUTTON_ID for b in buttons)
        and len({b.title for b in buttons}) == len({b.id for b in buttons}) == len(buttons)
    )


def _fit_list(text: str, buttons: Sequence[Button], menu: str) -> bool:
    return (
        len(buttons) <= limits.ROWS
        and len(text) <= limits.INTERACTIVE_TEXT
        and len(menu) <= limits.LIST_BUTTON
        and all(len(b.title) <= limits.ROW_DESCRIPTION and len(b.id) <= limits.ROW_ID for b in buttons)
        and len({b.id for b in buttons}) == len(buttons)
    )


def _row(title: str) -> dict[str, str]:
    """A long title stands in full below its beginning: nothing is cut out of sight."""
    if len(title) <= limits.ROW_TITLE:
        return {"title": title}
    return {"title": title[: limits.ROW_TITLE - 1].rstrip() + "…", "description": title}


def _numbered(text: str, buttons: Sequence[Button]) -> str:
    lines = [f"{number}. {button.title}" for number, button in enumerate(buttons, 1)]
    return "\n".join([text, "", *lines]) if lines else text


def _within(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Refused(f"the text has {len(text)} characters, {limit} are allowed")
    return text


def _template(letter: Letter) -> Body:
    said = catalog.render(letter.key, letter.params, LANGUAGE)
    if said.whatsapp is None:
        raise Refused("no approved template", Blames.LETTER)
    variables = [variable(value) for value in said.variables]
    fixed = len(catalog.entry(letter.key, LANGUAGE).buttons)
    buttons = [b for b in said.buttons[:fixed] if b.id != SHARE_CONTACT]
    components: list[dict[str, Any]] = []
    if variables:
        components.append({"type": "body", "parameters": [{"type": "text", "text": value} for value in variables]})
    components += [_payload(place, button) for place, button in enumerate(buttons)]
    language = {"policy": "deterministic", "code": LANGUAGE}
    template = {"name": said.whatsapp.name, "language": language, "components": components}
    text = _filled(letter.key, variables)
    return Body(
        "messages",
        _envelope(letter) | {"type": "template", "template": template},
        text,
        buttons,
        said.whatsapp.name,
        owes=letter.attachment is not None,
    )


def _payload(place: int, button: Button) -> dict[str, Any]:
    """The title was approved with the template; what pressing it means is ours to say."""
    payload = _within(button.id, limits.TEMPLATE_PAYLOAD)
    parameters = [{"type": "payload", "payload": payload}]
    return {"type": "button", "sub_type": "quick_reply", "index": str(place), "parameters": parameters}


def variable(value: str) -> str:
    """Meta refuses line breaks, tabs, four spaces in a row and nothing at all inside a variable."""
    return " ".join(value.split()) or "-"


def _filled(key: str, variables: Sequence[str]) -> str:
    """What she will read. One value too long would otherwise count against the template for everybody (132005)."""
    body = catalog.template_body(key, LANGUAGE)
    return _within(_PLACE.sub(lambda place: variables[int(place[1]) - 1], body), limits.TEMPLATE_TEXT)
