"""SIARAN audience; words: one line for those who know it, step by step for the rest, a preview for all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from data.records import Audience, Kelompok, Person, Role, Staff
from data.store import Tx
from handlers import scope
from handlers.broadcast import files
from handlers.broadcast.announcing import announce, due_of, refused_words
from handlers.broadcast.audience import resolve
from handlers.broadcast.preview import EXAMPLES, TITLES, preview, see
from handlers.broadcast.result import on_last
from handlers.rules.broadcast import LONGEST, read_kind, tidy
from handlers.rules.dates import DateFault, read_when
from handlers.speech import say
from messages.envelope import Inbound, Outbound

TOPIC = "siaran"
OPEN_FOR = timedelta(hours=12)
DROP = {"draft.drop", "batal", "tidak jadi", "gak jadi", "ga jadi"}
SEND = {"draft.send", "kirim", "ya", "ya kirim"}
OPTIONS = 9
NO_TIME = {"meetings.when.missing", "meetings.when.no_day", "meetings.when.no_hour", "meetings.when.recurring"}
"""The words are no moment at all: then they belong to the text."""

Draft = dict[str, Any]


def on_siaran(msg: Inbound, who: Person, tx: Tx, rest: str, file: int | None = None) -> list[Outbound]:
    """SIARAN Melati 3; Besok bawa Buku KIA. With a third field: when. SIARAN HASIL and SIARAN BATAL: the last one."""
    kelompoks = scope.mine(who, tx)
    if who.staff is None or not kelompoks:
        return [say(msg, "summary.nothing")]
    if (act := rest.lower()) in {"hasil", "batal", "tarik"}:
        return on_last(msg, who.staff, tx, kelompoks[0].name, act)
    kind, rest = read_kind(rest)
    draft: Draft = {"kind": kind, "file": file}
    rest += "".join(sign for sign in msg.text[len(msg.text.rstrip(" .!?")) :] if sign != " ")  # a question stays one
    whom, parts = _parts(rest.lstrip(" ;,:\n"), kelompoks)
    if not whom:
        return _ask_whom(msg, who, tx, draft, kelompoks)
    if (said := _take_audience(msg, who, tx, draft, whom, kelompoks)) is not None:
        return said
    if len(parts) > 1 and (said := _take_when(msg, draft, parts[-1], kelompoks)) is not None:
        return said
    parts = parts[:-1] if "when" in draft else parts
    return _take_words(msg, who, tx, draft, "; ".join(parts)) if parts else _ask_words(msg, who, tx, draft)


def _parts(rest: str, kelompoks: Sequence[Kelompok]) -> tuple[str, list[str]]:
    """For whom, and what follows; 'Melati 3 besok libur' needs no sign in between."""
    whom, *more = re.split(r"[;\n]", rest, maxsplit=1)
    if not more and resolve(whom, kelompoks, all_of_scope=True)[1]:
        one, after = scope.starts_with(whom, kelompoks)
        everybody = re.match(r"(semua)\b[\s:,]+(.+)", whom, re.IGNORECASE | re.DOTALL)
        if one is not None and after:
            whom, more = scope.full_name(one), [after]
        elif everybody:
            whom, more = everybody[1], [everybody[2]]
    return whom.strip(" :.!?"), [part.strip() for part in ";".join(more).split(";") if part.strip()]


def on_number(msg: Inbound, who: Person, tx: Tx) -> list[Outbound]:
    """A NIK or card number stood in the line, which is not kept anywhere."""
    return [say(msg, "broadcast.fault.number")]


def on_media(msg: Inbound, who: Person, tx: Tx, *, numbered: bool) -> list[Outbound] | None:
    """A photo, PDF or voice note that is meant for families; None when it is not."""
    waiting = tx.sessions.newest(who.address_id)
    draft = dict(waiting.memory) if waiting is not None and waiting.topic == TOPIC else None
    begins = re.match(r"/?(?:siaran|umumkan)\b[\s:;,.]*", msg.text, re.IGNORECASE)
    kelompoks = scope.mine(who, tx)
    if who.staff is None or not kelompoks or (draft is None and begins is None):
        return None
    if numbered:
        return on_number(msg, who, tx)
    file = files.take(msg, who.staff, tx, draft.get("file") if draft else None)
    if file is None:
        return [say(msg, "broadcast.only_files", kelompok=kelompoks[0].name)]
    if begins is not None:
        return on_siaran(msg, who, tx, msg.text[begins.end() :].rstrip(" .!?"), file)
    assert draft is not None  # noqa: S101  it began here, or it was open
    draft["file"] = file
    if draft["step"] != "whom" and msg.text:
        return _take_words(msg, who, tx, draft, msg.text)
    if draft["step"] == "preview":
        return _preview(msg, who, tx, draft)
    taken = say(msg, "broadcast.file_taken", what=files.CALLED[files.SORTS[msg.kind]])
    ask = _ask_words(msg, who, tx, draft) if draft["step"] == "words" else _ask_whom(msg, who, tx, draft, kelompoks)
    return [taken, *ask]


def on_draft_line(msg: Inbound, who: Person, tx: Tx, waiting: Mapping[str, Any]) -> list[Outbound] | None:
    """One line while a draft is open: for whom, the words, a later time, Kirim or Tidak jadi."""
    draft, kelompoks = dict(waiting), scope.mine(who, tx)
    word = msg.button or msg.text.strip().lower().rstrip(".!")
    if word in DROP:
        tx.sessions.end(who.address_id, TOPIC)
        if draft.get("file"):
            tx.broadcasts.files.drop(draft["file"])
        return [say(msg, "meetings.draft.dropped")]
    if who.staff is None or not kelompoks:
        tx.sessions.end(who.address_id, TOPIC)
        return None
    match draft["step"]:
        case "whom":
            one = scope.picked(msg.button, msg.text, kelompoks)
            words = scope.full_name(one) if one else msg.text
            if not words.strip():
                return None
            said = _take_audience(msg, who, tx, draft, words, kelompoks)
            return said if said is not None else _ask_words(msg, who, tx, draft)
        case "words":
            return _take_words(msg, who, tx, draft, msg.text) if msg.text and not msg.button else None
        case _ if word in SEND:
            return _send(msg, who.staff, who, tx, draft)
        case _ if word in files.WITHOUT and draft.get("file"):
            tx.broadcasts.files.drop(draft.pop("file"))
            return _preview(msg, who, tx, draft)
        case _ if not msg.button:
            before = draft.get("when")
            said = _take_when(msg, draft, msg.text, kelompoks)
            return said or (_preview(msg, who, tx, draft) if draft.get("when") != before else None)
        case _:
            return None


def _ask_whom(msg: Inbound, who: Person, tx: Tx, draft: Draft, kelompoks: Sequence[Kelompok]) -> list[Outbound]:
    draft["step"] = "whom"
    tx.sessions.keep(who.address_id, TOPIC, draft, OPEN_FOR)
    return [say(msg, "broadcast.which", options=scope.options(kelompoks[:OPTIONS]))]


def _ask_words(msg: Inbound, who: Person, tx: Tx, draft: Draft) -> list[Outbound]:
    draft["step"] = "words"
    tx.sessions.keep(who.address_id, TOPIC, draft, OPEN_FOR)
    kind = draft["kind"]
    words = {"title": TITLES[kind], "audience": draft["said"], "most": str(LONGEST[kind]), "example": EXAMPLES[kind]}
    return [say(msg, "broadcast.what", **words)]


def _take_audience(
    msg: Inbound, who: Person, tx: Tx, draft: Draft, words: str, kelompoks: Sequence[Kelompok]
) -> list[Outbound] | None:
    audience, unknown = resolve(words, kelompoks, all_of_scope=who.role is not Role.PENDAMPING)
    if unknown:
        draft["step"] = "whom"
        tx.sessions.keep(who.address_id, TOPIC, draft, OPEN_FOR)
        return [say(msg, "broadcast.unknown", text=", ".join(unknown)[:60], kelompok=kelompoks[0].name)]
    draft["audience"], draft["said"] = asdict(audience), " ".join(words.split())[:60]
    return None


def _take_when(msg: Inbound, draft: Draft, words: str, kelompoks: Sequence[Kelompok]) -> list[Outbound] | None:
    """Puts a later time into the draft; a sentence when it is a time that cannot be meant."""
    zone = kelompoks[0].zone
    try:
        read = read_when(words, msg.at.astimezone(zone))
    except DateFault as fault:
        return None if fault.key in NO_TIME else [say(msg, fault.key, **fault.params)]
    draft["when"] = datetime.combine(read.day, read.starts, zone).isoformat()
    return None


def _take_words(msg: Inbound, who: Person, tx: Tx, draft: Draft, words: str) -> list[Outbound]:
    text = tidy(words)
    if (refused := refused_words(text, draft["kind"])) is not None:
        draft["step"] = "words"
        tx.sessions.keep(who.address_id, TOPIC, draft, OPEN_FOR)
        return [say(msg, refused[0], **refused[1])]
    draft["words"] = text
    return _preview(msg, who, tx, draft)


def _preview(msg: Inbound, who: Person, tx: Tx, draft: Draft) -> list[Outbound]:
    assert who.staff is not None  # noqa: S101  the router only lets staff in here
    audience = Audience(**draft["audience"])
    file = files.of_draft(tx, draft)
    draft["file"] = file.id if file is not None else None
    seen = see(tx, who.staff, draft, audience, due=_due(tx, draft))
    if seen is None:
        tx.sessions.end(who.address_id, TOPIC)
        return [say(msg, "broadcast.nobody", audience=draft["said"])]
    draft["step"], draft["told"] = "preview", seen.told
    tx.sessions.keep(who.address_id, TOPIC, draft, OPEN_FOR)
    return [say(msg, "broadcast.preview", **preview(seen))]


def _due(tx: Tx, draft: Draft) -> datetime:
    return due_of(tx, datetime.fromisoformat(draft["when"]) if "when" in draft else None)


def _send(msg: Inbound, by: Staff, who: Person, tx: Tx, draft: Draft) -> list[Outbound]:
    if draft.get("file") and files.of_draft(tx, draft) is None:
        return _preview(msg, who, tx, draft)  # it cannot be used, as was told meanwhile
    tx.sessions.end(who.address_id, TOPIC)
    audience, due, told = Audience(**draft["audience"]), _due(tx, draft), draft["told"]
    done = announce(tx, by, draft["kind"], draft["said"], audience, draft["words"], due, told, draft.get("file"))
    shown = {"audience": done.one.said, "told": str(told), "when": done.when, "ref": str(done.one.id)}
    return [say(msg, "broadcast.sent", **shown), *done.letters]
