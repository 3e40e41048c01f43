"""Is every sentence of the bot fit to be sent? Lengths, buttons, examples, approved templates, words that frighten."""

from __future__ import annotations

import re
from collections.abc import Iterator

from messages.catalog import DEFAULT, VOICES, Entry, TemplateError, entries, examples, fill, template_body

KPM_LENGTH = 300
TEXT_LENGTH = 1024
"""The body of a WhatsApp message with buttons; what has no button may be longer."""

PLAIN_LENGTH = 4096
BUTTON_TITLE = 20
BUTTON_ID = 64
"""Bytes of Telegram's callback data, the smaller of the two platforms."""

FRIGHTENS = re.compile(
    r"\b(sanksi|dicoret|blokir|diblokir|dihentikan|hukuman|denda|alpa|pencairan|wajib lapor|dicabut|gugur|hangus)\b"
    r"|\b(?-i:BERHENTI)\b",
    re.IGNORECASE,
)
"""Never said to a family. BERHENTI sounds like leaving PKH; STOP PESAN does not."""

FORBIDDEN = re.compile(
    rf"{FRIGHTENS.pattern}"
    r"|\b(verifikasi|validasi|konfirmasi|komitmen|komponen|graduasi|partisipasi|registrasi|KPM|RSVP|verkom|DTKS)\b",
    re.IGNORECASE,
)
"""Nor, in a message, a word of the office; a quiz may teach what one of them means."""

SENTENCE = 18
"""Words of a sentence that is still understood at once when somebody reads it aloud."""


def faults(language: str = DEFAULT) -> Iterator[str]:
    """One sentence for everything that is not as it should be."""
    known = examples()
    for key, entry in entries(language).items():
        missing = entry.parameters - set(known)
        if missing:
            yield f"{key}: examples.toml belum punya {', '.join(sorted(missing))}"
            continue
        approved = list(_approved(key, entry))
        yield from approved
        if entry.whatsapp is None or set(entry.whatsapp.order) <= entry.parameters:
            yield from _lengths(key, entry)
        if entry.audience == "kpm":
            yield from _for_families(key, entry)


def unreviewed() -> Iterator[str]:
    """Voices that are written and wait for somebody who grew up with them: no fault, and never sent."""
    for voice in VOICES:
        waiting = [key for key, entry in entries(voice).items() if not entry.reviewed]
        if waiting:
            yield f"bahasa {voice}: {len(waiting)} kalimat belum diperiksa penutur asli, jadi tidak dikirim"


def _for_families(key: str, entry: Entry) -> Iterator[str]:
    if found := FORBIDDEN.search(entry.source):
        yield f"{key}: kata '{found[0]}' tidak untuk keluarga"
    for sentence in re.split(r"[.!?:;]+(?:\s+|$)|\n", re.sub(r"\{\{.*?\}\}", "X", entry.source)):
        if len(words := sentence.split()) > SENTENCE:
            yield f"{key}: satu kalimat {len(words)} kata, paling banyak {SENTENCE}"


def _lengths(key: str, entry: Entry) -> Iterator[str]:
    params: dict[str, object] = {name: examples()[name] for name in entry.parameters}
    if entry.options:
        params["options"] = [("a", "Aminah"), ("b", "Rusmini")]
    rendered = fill(entry, params)
    limit = KPM_LENGTH if entry.audience == "kpm" else TEXT_LENGTH if rendered.buttons else PLAIN_LENGTH
    if len(rendered.text) > limit:
        yield f"{key}: {len(rendered.text)} huruf, paling banyak {limit}"
    if len(entry.buttons) > 3:
        yield f"{key}: {len(entry.buttons)} tombol, paling banyak 3"
    for button in rendered.buttons:
        if len(button.title) > BUTTON_TITLE or len(button.id.encode()) > BUTTON_ID:
            yield f"{key}: tombol '{button.title}' terlalu panjang"


def _approved(key: str, entry: Entry) -> Iterator[str]:
    """What Meta asks of a template: variables in order, none first or last, no line breaks that vary."""
    if entry.whatsapp is None:
        return
    in_text = set(re.findall(r"\{\{\s*(\w+)\s*\}\}", entry.source))
    if set(entry.whatsapp.order) != in_text:
        yield f"{key}: urutan variabel templat tidak sama dengan kalimatnya"
        return
    if "{%" in entry.source:
        yield f"{key}: templat tidak boleh punya percabangan"
        return
    try:
        body = template_body(key)
    except TemplateError as fault:
        yield str(fault)
        return
    if body.startswith("{{") or body.endswith("}}"):
        yield f"{key}: templat tidak boleh diawali atau diakhiri variabel"
    if re.search(r"\}\}\s*\{\{", body):
        yield f"{key}: dua variabel tidak boleh bersebelahan"
