"""Which of the templates that `messages/` needs has Meta approved, and do they still say what we say?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.channels.base import ChannelError
from bot.channels.whatsapp import TemplateState, WhatsApp, template_definition
from bot.doctor.finding import Finding, fine, mind, wrong
from bot.settings import PREFIX
from messages.catalog import TemplateError, entries

PART = "WhatsApp templat"
BAD_STATES = {
    "REJECTED": "ubah kalimatnya, lalu push lagi",
    "PAUSED": "Meta membukanya lagi nanti; kurangi siaran",
    "DISABLED": "ganti nama dan kalimatnya, lalu push lagi",
}


async def look(channel: WhatsApp) -> list[Finding]:
    try:
        states = {state.name: state for state in await channel.template_states()}
    except ChannelError as fault:
        return [wrong(PART, f"Tidak bisa dibaca ({fault}): periksa {PREFIX}WHATSAPP_BUSINESS_ACCOUNT_ID.")]
    wanted: dict[str, str] = {}
    for entry in entries().values():
        if entry.whatsapp is not None:
            wanted.setdefault(entry.whatsapp.name, entry.key)
    findings = [*_not_approved(wanted, states), *_changed(wanted, states)]
    if not findings:
        findings.append(fine(PART, f"Semua {len(wanted)} disetujui."))
    return findings


def _not_approved(wanted: Mapping[str, str], states: Mapping[str, TemplateState]) -> Iterator[Finding]:
    if missing := sorted(name for name in wanted if name not in states):
        yield wrong(PART, f"{len(missing)} belum ada di Meta ({_listed(missing)}): like-pkh whatsapp templates push")
    ours = [states[name] for name in sorted(wanted) if name in states]
    for state in ours:
        if state.status.upper() in BAD_STATES:
            why = f" ({state.rejected_reason})" if state.rejected_reason else ""
            yield wrong(PART, f"{state.name} berstatus {state.status}{why}: {BAD_STATES[state.status.upper()]}.")
    if waiting := [s.name for s in ours if s.status.upper() not in {*BAD_STATES, "APPROVED"}]:
        yield mind(PART, f"{len(waiting)} masih diperiksa Meta ({_listed(waiting)}): biasanya kurang dari sehari.")


def _changed(wanted: Mapping[str, str], states: Mapping[str, TemplateState]) -> Iterator[Finding]:
    """What Meta holds is not what we would say, or costs more than it should."""
    ours = [states[name] for name in sorted(wanted) if name in states]
    if moved := [s.name for s in ours if s.category and s.category.upper() != "UTILITY"]:
        yield mind(PART, f"Kategorinya bukan UTILITY lagi ({_listed(moved)}): lebih mahal; ajukan banding di Meta.")
    if other := [s.name for s in ours if s.wording and s.wording != (_wording(wanted[s.name]) or s.wording)]:
        yield mind(PART, f"Kalimat di Meta berbeda ({_listed(other)}): like-pkh whatsapp templates push")


def _wording(key: str) -> tuple[str, ...]:
    """As we would say it; nothing for words that Meta would refuse anyway, which `like-pkh content check` finds."""
    try:
        components = template_definition(key)["components"]
    except TemplateError:
        return ()
    bodies = [part["text"] for part in components if part["type"] == "BODY"]
    return (*bodies, *(button["text"] for part in components for button in part.get("buttons", ())))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" dan {len(names) - 5} lagi" if len(names) > 5 else "")
