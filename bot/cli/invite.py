"""`invite`: a code and a poster that bring a kelompok, or one family, to Telegram."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.channels.base import File
from bot.cli.speaking import WrongInput, err, opened, out, show_json
from data.records import Kelompok, Kpm
from data.store import Tx
from handlers import families, scope
from handlers.registration import Invited, how, invite, invite_each, links, poster


def add_to(app: typer.Typer) -> None:
    app.command("invite")(invite_people)


def invite_people(
    kelompok: Annotated[str, typer.Option(help="Nama kelompok, bila perlu dengan desanya.")],
    kpm: Annotated[str | None, typer.Option(help="Hanya untuk satu keluarga ini; kodenya sekali pakai.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Poster: .pdf untuk dicetak, .png gambar.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Undang ke Telegram: satu tautan dan poster QR untuk kelompok, dan satu kode sekali pakai untuk tiap keluarga yang
    belum di sana. Berlaku 30 hari.

    Contoh: like-pkh invite --kelompok "Melati 3" --out undangan.pdf
    """
    draw = _painter(out_file)
    with opened() as store:
        facts, way, each = store.run(lambda tx: _invite(tx, kelompok, kpm, out_file, draw))
    if facts["link"] is None:
        err.print("Nama bot di Telegram belum diketahui; diambil saat like-pkh run pertama kali.", highlight=False)
    if json:
        show_json(facts)
        return
    whom = f"{facts['kpm']} ({facts['kelompok']}), sekali pakai" if facts["kpm"] else f"semua ibu {facts['kelompok']}"
    out.print(f"Undangan untuk {whom}: {way}\nBerlaku sampai {facts['until']}.", markup=False, highlight=False)
    if out_file is not None:
        out.print(f"Poster: {out_file}", markup=False, highlight=False)
    if each:
        out.print("Sekali pakai, satu untuk tiap keluarga yang belum di Telegram:", highlight=False)
    for name, own in each:
        out.print(f"  {name}: {own}", markup=False, highlight=False, soft_wrap=True)


Draw = Callable[[Mapping[str, Any]], File]


def _painter(file: Path | None) -> Draw | None:
    """Raises WrongInput for a kind of file that no poster has."""
    if file is None:
        return None
    if file.suffix.lower() not in {".pdf", ".png"}:
        raise WrongInput(f"Poster hanya .pdf atau .png, bukan '{file.suffix}'.")
    from bot.exports import posters  # slow to import: only when a poster is asked for

    return posters.invitation_poster if file.suffix.lower() == ".pdf" else posters.invitation_qr


def _invite(
    tx: Tx, name: str, kpm_name: str | None, file: Path | None, draw: Draw | None
) -> tuple[dict[str, Any], str, list[tuple[str, str]]]:
    """The poster is written before the code is kept: a command that fails leaves neither."""
    kelompok = _kelompok(tx, name)
    kpm = _kpm(tx, kelompok, kpm_name) if kpm_name is not None else None
    invited = invite(tx, kelompok, kpm, None)
    shown = poster(tx, invited)
    if file is not None and draw is not None:
        try:
            file.write_bytes(draw(shown).content)
        except OSError as fault:
            raise WrongInput(f"Poster tidak bisa ditulis ke {file}: {fault.strerror}.") from fault
    each = [] if kpm else invite_each(tx, kelompok, None)
    ways = [(one.kpm.called, how(tx, one.invitation)) for one in each if one.kpm]
    return _facts(invited, shown, file, [_own(tx, one) for one in each]), how(tx, invited.invitation), ways


def _own(tx: Tx, one: Invited) -> dict[str, Any]:
    code = one.invitation.code
    return {"kpm": one.kpm.name if one.kpm else None, "code": code, "link": links.telegram(tx, code)}


def _facts(
    invited: Invited, shown: Mapping[str, Any], file: Path | None, each: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "kelompok": invited.kelompok.name,
        "desa": invited.kelompok.desa,
        "kpm": invited.kpm.name if invited.kpm else None,
        "code": invited.invitation.code,
        "single_use": invited.invitation.single,
        "link": shown["telegram"],
        "whatsapp": shown["whatsapp"],
        "expires": invited.invitation.expires.astimezone(invited.kelompok.zone).isoformat(),
        "until": shown["until"],
        "poster": str(file) if file else None,
        "codes": each,
    }


def _kelompok(tx: Tx, name: str) -> Kelompok:
    every = tx.people.every_kelompok()
    found = scope.find(name, every)
    if found is None:
        twice = sum(k.name.lower() == name.strip().lower() for k in every) > 1
        why = "ada di beberapa desa; tambahkan nama desanya" if twice else "tidak ada"
        raise WrongInput(f"Kelompok '{name}' {why}.")
    if found.pendamping_id is None:
        raise WrongInput(f"{found.name} belum punya pendamping, yang menjawab chat baru. Pakai like-pkh staff add.")
    return found


def _kpm(tx: Tx, kelompok: Kelompok, name: str) -> Kpm:
    found = families.find(name, [kelompok], tx)
    if len(found) != 1:
        why = "tidak ada" if not found else "ada beberapa; tulis nama lengkapnya"
        raise WrongInput(f"Keluarga aktif '{name}' di {kelompok.name} {why}.")
    return found[0][0]
