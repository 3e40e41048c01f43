"""`whatsapp templates`: which templates does Meta have to approve, and how do they stand?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

import aiohttp
import typer

from bot.channels.base import ChannelError, Refused
from bot.channels.whatsapp import TemplateState, WhatsApp, template_definition
from bot.channels.whatsapp.templates import CATEGORY, REFUSED
from bot.cli.speaking import Failed, opened, out, settings_of_start, show_json, show_table
from bot.settings import Settings
from data.store import Tx
from messages.catalog import Entry, TemplateError, entries

app = typer.Typer(help="WhatsApp Cloud API.", no_args_is_help=True)
templates = typer.Typer(help="Templat yang harus disetujui Meta.", no_args_is_help=True)
app.add_typer(templates, name="templates")

Json = Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")]
Ask = Callable[[WhatsApp], Awaitable[list[TemplateState]]]

ABSENT = "MISSING"
"""Our own word: we need it, and Meta has never seen it."""


def needed() -> list[Entry]:
    return [entry for entry in entries().values() if entry.whatsapp is not None]


# --- list


@templates.command("list")
def list_templates(json: Json = False) -> None:
    """Templat yang dibutuhkan kata-kata bot, dengan keadaan terakhir yang diketahui. Tanpa jaringan.

    Contoh: like-pkh whatsapp templates list
    """
    with opened() as store:
        known = store.run(lambda tx: tx.accounts.templates())
    rows, faults = [], []
    for entry in needed():
        try:
            rows.append(_row(entry, known))
        except Failed as fault:
            faults.append(str(fault))
    if json:
        show_json(rows)
    else:
        shown = [[r["name"], r["key"], ", ".join(r["variables"]), r["status"] or "belum dicek"] for r in rows]
        show_table(["Nama", "Kunci", "Variabel", "Keadaan"], shown)
    if faults:
        raise Failed("\n".join(faults))


def _row(entry: Entry, known: dict[str, tuple[str, str]]) -> dict[str, Any]:
    assert entry.whatsapp is not None  # noqa: S101  only these are asked for
    definition = _definition(entry)
    body, *more = definition["components"]
    status, reason = known.get(entry.whatsapp.name, (None, None))
    return {
        "name": entry.whatsapp.name,
        "key": entry.key,
        "language": definition["language"],
        "category": definition["category"],
        "variables": list(entry.whatsapp.order),
        "body": body["text"],
        "buttons": [button["text"] for component in more for button in component["buttons"]],
        "status": status,
        "reason": reason or None,
    }


def _definition(entry: Entry) -> dict[str, Any]:
    try:
        return template_definition(entry.key)
    except TemplateError as fault:
        raise Failed(f"Kalimat '{entry.key}' tidak bisa menjadi templat: {fault}. Perbaiki di messages/id.") from fault


# --- push, status


@templates.command("push")
def push_templates(json: Json = False) -> None:
    """Buat yang belum ada di Meta, ubah yang kalimatnya berbeda, biarkan sisanya.

    Contoh: like-pkh whatsapp templates push
    """
    for entry in needed():
        _definition(entry)  # what Meta would reject is found before anything is sent
    found = _ask(lambda channel: channel.push_templates(needed()))
    _report(found, json)
    if refused := [state.name for state in found if state.status == REFUSED]:
        raise Failed(f"Meta menolak {len(refused)} templat: {', '.join(refused)}. Lihat alasannya di atas.")


@templates.command("status")
def show_status(json: Json = False) -> None:
    """Keadaan setiap templat di Meta: disetujui, ditolak dan mengapa, berhenti, atau ganti kategori.

    Contoh: like-pkh whatsapp templates status
    """
    found = {state.name: state for state in _ask(lambda channel: channel.template_states())}
    ours = [entry.whatsapp.name for entry in needed() if entry.whatsapp]
    _report([found.get(name) or TemplateState(name, ABSENT, CATEGORY) for name in ours], json)


def _ask(question: Ask) -> list[TemplateState]:
    """Ask Meta with the token of the settings, and keep what it says. Raises Failed."""
    with settings_of_start() as settings:
        _complete(settings)
        try:
            found = asyncio.run(_asked(settings, question))
        except Refused as fault:
            names = "LIKE_PKH_WHATSAPP_TOKEN dan LIKE_PKH_WHATSAPP_BUSINESS_ACCOUNT_ID"
            raise Failed(f"Meta menolak permintaan ini: {fault}. Periksa {names}.") from fault
        except ChannelError as fault:
            raise Failed(f"WhatsApp tidak menjawab ({fault}). Coba lagi sebentar lagi.") from fault
    with opened() as store:
        store.run(lambda tx: keep(tx, found))
    return found


def _complete(settings: Settings) -> None:
    for name in ("token", "business_account_id"):
        if getattr(settings, f"whatsapp_{name}") is None:
            raise Failed(f"LIKE_PKH_WHATSAPP_{name.upper()} belum diisi; tanpa itu Meta tidak bisa ditanya.")


async def _asked(settings: Settings, question: Ask) -> list[TemplateState]:
    token = settings.whatsapp_token.get_secret_value() if settings.whatsapp_token else ""
    async with aiohttp.ClientSession() as session:
        return await question(
            WhatsApp(
                token,
                settings.whatsapp_phone_number_id or "",
                settings.whatsapp_business_account_id or "",
                settings.whatsapp_api_url,
                session,
            )
        )


def keep(tx: Tx, found: Sequence[TemplateState]) -> None:
    """The sender goes by this: letters of a stopped template wait, and go on when it is approved again. What has not
    changed keeps its date."""
    known, stopped = tx.accounts.templates(), set(tx.accounts.stopped_templates())
    for state in found:
        if known.get(state.name) != (state.status.upper(), _reason(state)):
            tx.accounts.keep_template(state.name, state.status, _reason(state), tx.now)
    if any(state.name in stopped and state.status.upper() == "APPROVED" for state in found):
        tx.outbox.wake_all()


def _reason(state: TemplateState) -> str:
    if state.category and state.category.upper() != CATEGORY:
        return f"kategori {state.category} {state.rejected_reason}".strip()
    return state.rejected_reason


def _report(found: Sequence[TemplateState], as_json: bool) -> None:
    if as_json:
        fields = ("name", "status", "category")
        show_json([{**{f: getattr(s, f) for f in fields}, "reason": s.rejected_reason or None} for s in found])
        return
    show_table(["Nama", "Keadaan", "Catatan"], [[s.name, s.status, _reason(s)] for s in found])
    approved = sum(state.status.upper() == "APPROVED" for state in found)
    out.print(f"{approved} dari {len(found)} templat disetujui.", highlight=False)
