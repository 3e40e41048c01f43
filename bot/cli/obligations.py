"""`obligations`: what is due in a group on a day, and what is known of one family."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from bot.cli.speaking import WrongInput, opened, out, show_json, show_table
from data.intake.numbers import phone_of
from data.obligations import Posyandu
from data.records import Kelompok, Kpm
from data.store import Tx
from handlers import scope
from handlers.obligations.letters import place_words
from handlers.rules import posyandu
from handlers.rules.obligations import late_on, occurrences
from handlers.rules.verkom import state
from messages.envelope import Address

app = typer.Typer(help="Kewajiban keluarga.", no_args_is_help=True)
COLUMNS = ("kpm", "member", "rule", "due_from", "due_to", "state", "place")
TITLES = ["Keluarga", "Anggota", "Aturan", "Dari", "Sampai", "Keadaan", "Tempat"]


@app.callback()
def _group() -> None:
    """Kewajiban keluarga."""


@app.command("due")
def due(
    kelompok: Annotated[str | None, typer.Option(help="Nama kelompok; tanpa ini semua kelompok.")] = None,
    on: Annotated[str | None, typer.Option(help="Tanggal, misalnya 2026-12-01; bawaan hari ini.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Apa yang menjadi kewajiban pada satu hari, per anggota keluarga.

    Contoh: like-pkh obligations due --kelompok "Melati 3" --on 2026-12-01
    """
    day = _day(on)
    with opened() as store:
        rows = store.run(lambda tx: _due(tx, kelompok, day))
    _show(rows, json)


@app.command("list")
def list_obligations(
    phone: Annotated[str, typer.Option(help="Nomor HP keluarga.")],
    json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Kewajiban keluarga di satu nomor hari ini, dengan yang sudah dilaporkan dan diverifikasi.

    Contoh: like-pkh obligations list --phone 081100000001
    """
    number = phone_of(phone)
    if not isinstance(number, str):
        raise WrongInput(f"Nomor '{phone}' tidak terbaca.")
    with opened() as store:
        rows = store.run(lambda tx: _of_phone(tx, number))
    if rows is None:
        raise WrongInput("Tidak ada keluarga dengan nomor itu.")
    _show(rows, json)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as fault:
        raise WrongInput(f"Tanggal '{text}' tidak terbaca. Contoh: 2026-12-01.") from fault


def groups_named(tx: Tx, name: str | None) -> list[Kelompok]:
    """The group of that name, or all of them."""
    every = tx.people.every_kelompok()
    if name is None:
        return every
    found = scope.find(name, every)
    if found is None:
        raise WrongInput(f"Kelompok '{name}' tidak ada, atau ada di beberapa desa: tulis dengan nama desanya.")
    return [found]


def _due(tx: Tx, name: str | None, day: date | None) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for group in groups_named(tx, name):
        on = day or tx.now.astimezone(group.zone).date()
        rows += _rows(tx, tx.people.families(group.id), group, on)
    return rows


def _of_phone(tx: Tx, number: str) -> list[dict[str, str]] | None:
    who = tx.people.who(Address("whatsapp", number))
    if not who.kpms:
        return None
    rows: list[dict[str, str]] = []
    for kpm in who.kpms:
        group = tx.people.kelompok(kpm.kelompok_id)
        rows += _rows(tx, [kpm], group, tx.now.astimezone(group.zone).date())
    return rows


def _rows(tx: Tx, families: list[Kpm], group: Kelompok, day: date) -> list[dict[str, str]]:
    ids = [kpm.id for kpm in families]
    members, kept = tx.obligations.members(ids), tx.obligations.kept(ids)
    where = posyandu.known(tx.obligations.posyandu_in([group.desa_id])[group.desa_id])
    rows = []
    for kpm in families:
        for member in members[kpm.id]:
            on_time = occurrences(member, day, day)
            named = {one.name for one in on_time}
            late = [one for one in late_on(member, day) if one.name not in named]
            for one in [*on_time, *late]:
                known = kept.get(one.name)
                if one in late and known is not None and known.settled:
                    continue
                rows.append(
                    {
                        "kpm": kpm.name,
                        "member": member.name,
                        "rule": one.rule.id,
                        "due_from": one.due_from.isoformat(),
                        "due_to": one.due_to.isoformat(),
                        "state": state(one, known, day),
                        "place": _place(where) if one.rule.posyandu else "",
                    }
                )
    return rows


def _place(where: Posyandu | None) -> str:
    return place_words(where) if where else ""


def _show(rows: list[dict[str, str]], json: bool) -> None:
    if json:
        show_json({"rows": rows})
        return
    show_table(TITLES, [[row[name] for name in COLUMNS] for row in rows])
    out.print(f"{len(rows)} kewajiban.", highlight=False)
