"""Which templates must Meta approve, and how do they stand? Built from `messages/`, so words stay in one place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.channels.base import Blames, Refused
from bot.channels.careful import table, tables, words
from bot.channels.parts import SHARE_CONTACT
from bot.channels.whatsapp import limits
from bot.channels.whatsapp.rendering import LANGUAGE, variable
from bot.channels.whatsapp.sending import Graph
from messages import catalog
from messages.catalog import Entry, TemplateError

CATEGORY = "UTILITY"
FIELDS = "id,name,status,category,rejected_reason,language,components"
REFUSED = "REFUSED"
"""Our own word, beside Meta's APPROVED, PENDING, REJECTED, PAUSED …: it would not even take the template in."""

_NAME = re.compile(r"[a-z0-9_]{1,512}")
_PLACE = re.compile(r"\{\{(\d+)\}\}")


@dataclass(frozen=True, slots=True)
class TemplateState:
    name: str
    status: str
    category: str
    rejected_reason: str = ""
    id: str = ""
    wording: tuple[str, ...] = field(default=(), repr=False)
    """Body and button titles as Meta holds them: what differs from ours must be changed there."""


def template_definition(key: str) -> dict[str, Any]:
    """What is posted to create the template of `key`. Raises TemplateError for what Meta would reject anyway."""
    entry = catalog.entry(key, LANGUAGE)
    if entry.whatsapp is None:
        raise TemplateError(f"{key} has no approved template")
    text = catalog.template_body(key, LANGUAGE)
    values = [variable(_example(key, name)) for name in entry.whatsapp.order]
    titles = [title for name, title in entry.buttons if name != SHARE_CONTACT]
    if faults := [*_faults(entry.whatsapp.name, text, values), *_button_faults(titles)]:
        raise TemplateError(f"the template of {key} would be rejected: {'; '.join(faults)}")
    body: dict[str, Any] = {"type": "BODY", "text": text}
    if values:
        body["example"] = {"body_text": [values]}
    components = [body]
    if titles:
        components.append({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": t} for t in titles]})
    return {"name": entry.whatsapp.name, "language": LANGUAGE, "category": CATEGORY, "components": components}


async def states(graph: Graph, business_account_id: str) -> list[TemplateState]:
    """Every template of the account in our language, page by page."""
    found: list[TemplateState] = []
    params = {"fields": FIELDS, "limit": "100"}
    while True:
        page = await graph.get(f"{business_account_id}/message_templates", params)
        found += [_state(row) for row in tables(page.get("data")) if words(row.get("language")) in ("", LANGUAGE)]
        after = words(table(table(page.get("paging")).get("cursors")).get("after"))
        if not after or "next" not in table(page.get("paging")) or after == params.get("after"):
            return found
        params["after"] = after


async def push(graph: Graph, business_account_id: str, entries: Iterable[Entry]) -> list[TemplateState]:
    """Create what is missing, change what reads differently, leave the rest; one refusal does not stop the others."""
    known = {state.name: state for state in await states(graph, business_account_id)}
    pushed: dict[str, TemplateState] = {}
    for entry in entries:
        if entry.whatsapp is not None and entry.whatsapp.name not in pushed:
            definition = template_definition(entry.key)
            pushed[entry.whatsapp.name] = await _push(graph, business_account_id, definition, known)
    return list(pushed.values())


async def _push(
    graph: Graph, account: str, definition: Mapping[str, Any], known: Mapping[str, TemplateState]
) -> TemplateState:
    name, there = definition["name"], known.get(definition["name"])
    if there is not None and there.wording == _wording(definition["components"]):
        return there
    path, what = (f"{account}/message_templates", dict(definition))
    if there is not None:
        path, what = there.id, {"components": definition["components"]}
    try:
        answer = await graph.post(path, what, repeatable=True)
    except Refused as refusal:
        if refusal.blames is Blames.ACCOUNT:
            raise
        return TemplateState(name, REFUSED, CATEGORY, str(refusal))
    return TemplateState(
        name,
        words(answer.get("status")) or "PENDING",
        words(answer.get("category")) or CATEGORY,
        id=words(answer.get("id")) or (there.id if there else ""),
        wording=_wording(definition["components"]),
    )


def _state(row: Mapping[str, Any]) -> TemplateState:
    reason = words(row.get("rejected_reason"))
    return TemplateState(
        words(row.get("name")),
        words(row.get("status")),
        words(row.get("category")),
        "" if reason == "NONE" else reason,
        words(row.get("id")),
        _wording(tables(row.get("components"))),
    )


def _wording(components: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    bodies = [words(c.get("text")) for c in components if c.get("type") == "BODY"]
    return (*bodies, *(words(b.get("text")) for c in components for b in tables(c.get("buttons"))))


def _example(key: str, name: str) -> str:
    try:
        return catalog.examples(LANGUAGE)[name]
    except KeyError:
        raise TemplateError(f"{key}: examples.toml has no {name!r}") from None


def _faults(name: str, text: str, values: list[str]) -> list[str]:
    places = [int(place) for place in _PLACE.findall(text)]
    filled = _PLACE.sub(lambda place: values[int(place[1]) - 1], text)
    checks = [
        (_NAME.fullmatch(name) is None, f"the name {name!r} may only hold a-z, 0-9 and _"),
        (sorted(set(places)) != list(range(1, len(values) + 1)), "each variable of `order` must stand in the text"),
        (text.startswith("{{") or text.endswith("}}"), "the text begins or ends with a variable"),
        (re.search(r"\}\}\s*\{\{", text) is not None, "two variables stand side by side"),
        (len(filled) > limits.TEMPLATE_TEXT, f"the text has {len(filled)} characters with long values"),
    ]
    return [fault for wrong, fault in checks if wrong]


def _button_faults(titles: list[str]) -> list[str]:
    faults = [f"the button {t!r} is too long" for t in titles if len(t) > limits.TEMPLATE_BUTTON_TITLE]
    faults += [f"the button {t!r} holds a variable" for t in titles if "{{" in t or "{%" in t]
    if len(titles) > limits.TEMPLATE_BUTTONS:
        faults.append(f"{len(titles)} buttons")
    return faults
