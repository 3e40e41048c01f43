"""How is a key with its parameters turned into words? One TOML per conversation, compiled once.

`reminders.meeting.invitation` is the table `[meeting.invitation]` of `reminders.toml`. Another language gives other
words to keys of Indonesian, in files that a native speaker has reviewed; where it lacks a key, Indonesian is spoken.
Parameters arrive as ready strings; `options` is the one list: pairs of id and title for a menu.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, meta

from messages.envelope import Button

DEFAULT = "id"
VOICES = ("bjn",)
"""The other languages that the bot has words in."""


class TemplateError(Exception):
    """A key without a template, or parameters that do not fit it. Who acts: us; the transaction is undone."""


@dataclass(frozen=True, slots=True)
class WhatsAppTemplate:
    """The approved template that says the same outside the 24 hours: its name and its variables in order."""

    name: str
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the bot can say."""

    key: str
    source: str
    parameters: frozenset[str]
    buttons: tuple[tuple[str, str], ...]
    options: bool
    menu: str
    """The word on the button that opens a list of more than three options."""
    audience: str
    whatsapp: WhatsAppTemplate | None
    reviewed: bool = True


@dataclass(frozen=True, slots=True)
class Rendered:
    text: str
    buttons: Sequence[Button] = ()
    menu: str = "Pilih"
    whatsapp: WhatsAppTemplate | None = None
    variables: Sequence[str] = ()
    """The values of the approved template's variables, in its order."""


_environment = Environment(
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701  plain text goes out, never HTML: there is nothing to escape
    keep_trailing_newline=False,
)


@cache
def _compiled(source: str) -> Template:
    made = _environment.from_string(source)
    made.globals = {}  # jinja's own (range, cycler …) are copied for every rendering, which costs more than the rest
    return made


@cache
def entries(language: str = DEFAULT) -> Mapping[str, Entry]:
    """Every key of one language. Raises TemplateError for a file that is not as it should be."""
    found: dict[str, Entry] = {}
    for file in sorted(files("messages").joinpath(language).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml") and file.name != "examples.toml":
            conversation = file.name.removesuffix(".toml")
            tables = tomllib.loads(file.read_text(encoding="utf-8"))
            audience = tables.pop("audience", "kpm")
            reviewed = tables.pop("reviewed", language == DEFAULT) is True
            for key, table in _leaves(conversation, tables):
                said = _entry(key, table, audience) if language == DEFAULT else _in_other_words(key, table)
                found[key] = replace(said, reviewed=reviewed)
    return found


@cache
def spoken_voices() -> frozenset[str]:
    """The languages of which anything may be sent."""
    return frozenset(voice for voice in VOICES if any(entry.reviewed for entry in entries(voice).values()))


@cache
def examples(language: str = DEFAULT) -> Mapping[str, str]:
    """A long but real value for every parameter: for measuring, and for the examples that Meta asks for."""
    text = files("messages").joinpath(language, "examples.toml").read_text(encoding="utf-8")
    return {name: str(value) for name, value in tomllib.loads(text).items()}


def entry(key: str, language: str = DEFAULT) -> Entry:
    found = entries(language).get(key) if language in VOICES else None
    if found is None or not found.reviewed:
        found = entries(DEFAULT).get(key)
    if found is None:
        raise TemplateError(f"no template has the key {key!r}")
    return found


def check(key: str, params: Mapping[str, Any]) -> None:
    """Raise TemplateError unless `params` are exactly what the template of `key` asks for."""
    wanted = entry(key)
    given = set(params) - {"options"}
    if missing := wanted.parameters - given:
        raise TemplateError(f"{key} needs {', '.join(sorted(missing))}")
    if extra := given - wanted.parameters:
        raise TemplateError(f"{key} does not know {', '.join(sorted(extra))}")
    if wanted.options != ("options" in params):
        raise TemplateError(f"{key} {'needs' if wanted.options else 'has no'} options")


def render(key: str, params: Mapping[str, Any], language: str = DEFAULT) -> Rendered:
    """Fill in the words. Raises TemplateError when a parameter is missing."""
    return fill(entry(key, language), params)


def fill(found: Entry, params: Mapping[str, Any]) -> Rendered:
    """The words of one entry, reviewed or not."""
    if missing := found.parameters - set(params):
        raise TemplateError(f"{found.key} needs {', '.join(sorted(missing))}")
    text = _compiled(found.source).render(params)
    buttons = [Button(_compiled(i).render(params), _compiled(t).render(params)) for i, t in found.buttons]
    buttons += [Button(str(i), str(t)) for i, t in params.get("options", ())]
    variables = [str(params[name]) for name in found.whatsapp.order] if found.whatsapp else []
    return Rendered(text, buttons, found.menu, found.whatsapp, variables)


def template_body(key: str, language: str = DEFAULT) -> str:
    """The text of the approved template: the same words with {{1}}, {{2}} … where our parameters stand."""
    found = entry(key, language)
    if found.whatsapp is None:
        raise TemplateError(f"{key} has no approved template")
    places = {name: f"{{{{{number}}}}}" for number, name in enumerate(found.whatsapp.order, 1)}
    return _compiled(found.source).render(places)


def _leaves(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in table.items():
        if not isinstance(value, dict):
            raise TemplateError(f"{prefix}: {name!r} is not a table")
        if "text" in value:
            yield f"{prefix}.{name}", value
        else:
            yield from _leaves(f"{prefix}.{name}", value)


def _in_other_words(key: str, table: Mapping[str, Any]) -> Entry:
    """Buttons, audience and approved template stay those of the Indonesian key: only the sentence is another."""
    known = entries(DEFAULT).get(key)
    if known is None or set(table) != {"text"}:
        raise TemplateError(f"{key}: another language gives its text to a known key, and nothing else")
    source = table["text"].strip()
    if extra := meta.find_undeclared_variables(_environment.parse(source)) - known.parameters:
        raise TemplateError(f"{key}: unknown {', '.join(sorted(extra))}")
    return replace(known, source=source)


def _entry(key: str, table: Mapping[str, Any], audience: str) -> Entry:
    if unknown := set(table) - {"text", "buttons", "options", "menu", "audience", "whatsapp"}:
        raise TemplateError(f"{key}: unknown {', '.join(sorted(unknown))}")
    source = table["text"].strip()
    buttons = tuple((b["id"], b["title"]) for b in table.get("buttons", ()))
    parameters: set[str] = set()
    for text in (source, *(part for button in buttons for part in button)):
        parameters |= meta.find_undeclared_variables(_environment.parse(text))
    approved = table.get("whatsapp")
    return Entry(
        key,
        source,
        frozenset(parameters),
        buttons,
        bool(table.get("options", False)),
        table.get("menu", "Pilih"),
        table.get("audience", audience),
        WhatsAppTemplate(approved["name"], tuple(approved["order"])) if approved else None,
    )
