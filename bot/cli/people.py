"""`people`: what do we hold about a person, how is it handed over, and how is it erased?"""

from __future__ import annotations

import json as codec
from pathlib import Path
from typing import Annotated

import typer

from bot import inbox
from bot.cli.speaking import WrongInput, opened, out, show_json, show_table
from bot.cli.staff import read_phone
from data.rights import Held
from data.store import Store, Tx
from handlers.rights import erase as erase_family

app = typer.Typer(help="Data satu keluarga: lihat, serahkan, hapus.", no_args_is_help=True)
Number = Annotated[str, typer.Option("--phone", help="Nomor keluarga, misalnya 081234567890.")]
ACTOR = "command line"


@app.command("show")
def show(phone: Number, json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False) -> None:
    """Apa yang tersimpan tentang keluarga dengan nomor ini.

    Contoh: like-pkh people show --phone 081234567890
    """
    with opened() as store:
        found = _held(store, phone, "people.shown")
    if json:
        show_json([{"kpm": one.kpm_id, "name": one.name, "counts": dict(one.counts)} for one in found])
        return
    for one in found:
        out.print(f"{one.name} (KPM {one.kpm_id})", highlight=False, markup=False)
        show_table(["Jenis data", "Jumlah"], [[title, str(number)] for title, number in one.counts.items()])


@app.command("export")
def export(
    phone: Number, out_file: Annotated[Path, typer.Option("--out", help="Berkas JSON untuk diserahkan.")]
) -> None:
    """Semua yang tersimpan, untuk diserahkan kepada pemiliknya.

    Contoh: like-pkh people export --phone 081234567890 --out data-keluarga.json
    """
    with opened() as store:
        found = _held(store, phone, "people.exported")
    whole = [{"keluarga": one.name, "data": one.sections} for one in found]
    out_file.touch(mode=0o600)
    out_file.write_text(codec.dumps(whole, ensure_ascii=False, indent=2), encoding="utf-8")
    out.print(f"Ditulis: {out_file}. Serahkan hanya kepada pemiliknya.", highlight=False)


@app.command("erase")
def erase(
    phone: Number,
    name: Annotated[str | None, typer.Option("--name", help="Nama keluarga, kalau nomornya dipakai bersama.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Jangan bertanya lagi.")] = False,
) -> None:
    """Hapus semua tentang keluarga ini. Kehadiran yang lalu tetap terhitung tanpa nama.

    Contoh: like-pkh people erase --phone 081234567890
    """
    with opened() as store:
        found = [one for one in _held(store, phone) if name is None or one.name.lower() == name.lower()]
        if len(found) != 1:
            names = ", ".join(one.name for one in found) or "tidak ada"
            raise WrongInput(f"Nomor ini dipakai: {names}. Sebut satu nama dengan --name.")
        if not yes:
            typer.confirm(f"Hapus semua data {found[0].name}? Ini tidak bisa dikembalikan", abort=True)
        store.run(lambda tx: _erase(tx, found[0].kpm_id))
    out.print("Sudah dihapus. Cadangan dari sebelum ini masih memuatnya sampai terhapus sendiri.", highlight=False)


def _held(store: Store, phone: str, act: str | None = None) -> list[Held]:
    """Raises WrongInput for a number nobody has. That it was looked at stands in the audit."""
    number = read_phone(phone)

    def look(tx: Tx) -> list[Held]:
        found = [tx.rights.held(one) for one in tx.rights.families_at(number)]
        if act is not None:
            for one in found:
                tx.audit.write(ACTOR, act, f"kpm:{one.kpm_id}")
        return found

    held = store.run(look)
    if not held:
        raise WrongInput(f"Tidak ada keluarga dengan nomor {phone}.")
    return held


def _erase(tx: Tx, kpm_id: int) -> None:
    kpm = tx.people.kpm(kpm_id)
    if kpm is not None:
        inbox.post(tx, erase_family(tx, kpm, ACTOR, "people erase"))
        tx.rights.sweep()
