"""`export innovation` and `export header`: evidence for the innovation index, and what its cover says."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.export.common import Out, make, put
from bot.cli.speaking import WrongInput, opened, show_json, show_table
from bot.exports.gathering import gathered
from data.store import Tx
from handlers.reports import FIELDS, NOT_YET, header, keep_header
from messages.envelope import Attachment


def add_to(app: typer.Typer) -> None:
    app.command("innovation")(innovation)
    app.command("header")(header_fields)


def innovation(
    year: Annotated[int | None, typer.Option(help="Tahun; bawaan tahun ini.")] = None, out_file: Out = None
) -> None:
    """Bukti indeks inovasi daerah: kop, pengguna per bulan, cakupan, literasi, bimtek (PDF; .xlsx bila --out begitu).

    Contoh: like-pkh export innovation --year 2026 --out bukti.xlsx
    """
    with opened() as store:
        found = store.run(lambda tx: _gather(tx, year, bool(out_file and out_file.suffix.lower() == ".xlsx")))
    put(make(found), out_file)


def _gather(tx: Tx, year: int | None, as_sheet: bool) -> Attachment:
    home = tx.people.kabupaten()
    if home is None:
        raise WrongInput("Belum ada kabupaten di data. Mulai dengan like-pkh import roster.")
    wanted = year or tx.now.astimezone(home.zone).year
    if not 2007 <= wanted <= 2999:
        raise WrongInput(f"Tahun {wanted} tidak masuk akal. Contoh: 2026.")
    tx.audit.write("cli", "export.innovation", f"year:{wanted}")
    return gathered(tx, home, wanted, "xlsx" if as_sheet else "pdf")


def header_fields(
    change: Annotated[list[str] | None, typer.Option("--set", help="isian=nilai, boleh berulang.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Isian kop untuk laporan dan bukti inovasi: lihat, atau ubah dengan --set.

    Contoh: like-pkh export header --set provinsi="Kalimantan Selatan" --set nama_inisiator="Dinas Sosial"
    """
    changes = [one.partition("=") for one in change or []]
    for name, sign, _ in changes:
        if not sign or name not in FIELDS:
            raise WrongInput(f"Isian '{name}' tidak dikenal. Yang ada: {', '.join(FIELDS)}.")

    def work(tx: Tx) -> dict[str, str]:
        for name, _, value in changes:
            keep_header(tx, name, value)
            tx.audit.write("cli", "export.header", f"kop:{name}")
        return header(tx)

    with opened() as store:
        found = store.run(work)
    if json:
        show_json(found)
    else:
        rows = [[name, FIELDS[name], value or NOT_YET] for name, value in found.items()]
        show_table(["Isian", "Arti", "Nilai"], rows)
