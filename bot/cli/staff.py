"""`staff`: who may work with the bot, and for which groups or places?"""

from __future__ import annotations

from typing import Annotated

import phonenumbers
import typer

from bot.cli.speaking import WrongInput, opened, out, show_json, show_table
from data.people import Places
from data.records import Role, Staff
from data.store import Tx
from handlers.registration import how, invite_staff
from handlers.registration import revoke as end_access

app = typer.Typer(help="Petugas: pendamping, koordinator, admin.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Nama petugas.")]


@app.command("add")
def add(
    name: Name,
    phone: Annotated[str, typer.Option(help="Nomor HP, misalnya 0811…")],
    role: Annotated[str, typer.Option(help="pendamping, koordinator, atau admin")],
    scope: Annotated[str, typer.Option(help="Kelompok dipisah koma, atau nama desa, kecamatan, kabupaten.")] = "",
) -> None:
    """Tambah petugas.

    Contoh: like-pkh staff add "Pak Budi" --phone 081100000902 --role pendamping --scope "Melati 1, Melati 2"
    """
    number = read_phone(phone)
    try:
        as_role = Role(role)
    except ValueError:
        as_role = Role.UNKNOWN
    if as_role not in {Role.PENDAMPING, Role.KOORDINATOR, Role.ADMIN}:
        raise WrongInput(f"Peran '{role}' tidak dikenal: pendamping, koordinator, atau admin.")
    if not 2 <= len(name.strip()) <= 80:
        raise WrongInput("Nama petugas 2 sampai 80 huruf.")
    with opened() as store:
        way = store.run(lambda tx: _add(tx, name.strip(), number, as_role, scope))
    out.print(
        f"Ditambahkan: {name.strip()} ({role}). Ia bisa langsung menulis ke nomor bot dari {number}.\n"
        f"Undangan Telegram, sekali pakai, 30 hari: {way}",
        highlight=False,
    )


def _add(tx: Tx, name: str, phone: str, role: Role, scope: str) -> str:
    """Returns how the new colleague comes in on Telegram."""
    if tx.people.staff_by_phone(phone) is not None:
        raise WrongInput(f"Nomor {phone} sudah dipakai petugas lain.")
    places = tx.people.places()
    if role is Role.PENDAMPING:
        wanted = [part.strip() for part in scope.split(",") if part.strip()]
        found = [_kelompok(places, part) for part in wanted]
        staff_id = tx.people.add_staff(name, role, phone, "kelompok", 0)
        if found:
            tx.people.give_kelompok(found, staff_id)
    else:
        level, place = _place(places, scope, role)
        staff_id = tx.people.add_staff(name, role, phone, level, place)
    tx.audit.write("cli", "staff.added", f"staff:{staff_id}", None, role.value, scope)
    return how(tx, invite_staff(tx, staff_id))


def _kelompok(places: Places, name: str) -> int:
    found = [i for i, known in places.kelompok if known.lower() == name.lower()]
    if len(found) != 1:
        why = "tidak ada" if not found else "ada di beberapa desa"
        raise WrongInput(f"Kelompok '{name}' {why}.")
    return found[0]


def _place(places: Places, scope: str, role: Role) -> tuple[str, int]:
    """'Balangan', 'kecamatan Juai', 'desa Babayau' → level and id; an admin needs none."""
    words = scope.strip()
    if role is Role.ADMIN or not words or words.lower() == "kabupaten":
        if not places.kabupaten:
            raise WrongInput("Belum ada kabupaten. Impor roster dulu.")
        return "kabupaten", places.kabupaten[0][0]
    for level, known in (("desa", places.desa), ("kecamatan", places.kecamatan), ("kabupaten", places.kabupaten)):
        bare = words.lower().removeprefix(level).strip()
        if found := [i for i, name in known if bare == name.lower()]:
            if len(found) > 1:
                raise WrongInput(f"Ada beberapa {level} bernama '{words}'.")
            return level, found[0]
    raise WrongInput(f"Wilayah '{scope}' tidak ada. Tulis nama desa, kecamatan, atau kabupaten.")


@app.command("list")
def list_staff(json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False) -> None:
    """Daftar petugas.

    Contoh: like-pkh staff list
    """
    with opened() as store:
        rows = store.run(lambda tx: [(s, len(tx.people.kelompok_in_scope(s))) for s in tx.people.every_staff()])
    if json:
        show_json([{"name": s.name, "role": s.role, "scope": s.scope_level, "kelompok": n} for s, n in rows])
        return
    show_table(["Nama", "Peran", "Wilayah", "Kelompok"], [[s.name, s.role, s.scope_level, str(n)] for s, n in rows])


@app.command("remove")
def remove(name: Name) -> None:
    """Keluarkan petugas; berlaku seketika. Kelompoknya tetap, tanpa pendamping.

    Contoh: like-pkh staff remove "Pak Budi"
    """
    with opened() as store:
        store.run(lambda tx: _remove(tx, name))
    out.print(f"{name} dikeluarkan. Serahkan kelompoknya dengan like-pkh staff add atau handover.", highlight=False)


@app.command("revoke")
def revoke(
    name: Name,
    phone: Annotated[str | None, typer.Option(help="Nomor HP yang baru, kalau sudah ada.")] = None,
) -> None:
    """HP petugas hilang: chat, halaman, dan undangannya ditutup seketika; kelompoknya tetap.

    Contoh: like-pkh staff revoke "Pak Budi" --phone 081100000999
    """
    number = read_phone(phone) if phone else None
    with opened() as store:
        chats = store.run(lambda tx: _revoke(tx, name, number))
    then = f"Ia bisa menulis lagi dari {number}." if number else "Jalankan lagi dengan --phone kalau nomor baru ada."
    out.print(f"{name}: {chats} chat, semua halaman, dan undangannya ditutup. {then}", highlight=False)


def _revoke(tx: Tx, name: str, phone: str | None) -> int:
    found = _named(tx, name)
    other = tx.people.staff_by_phone(phone) if phone else None
    if other is not None and other.id != found.id:
        raise WrongInput(f"Nomor {phone} sudah dipakai petugas lain.")
    chats = end_access(tx, found, "cli", "staff.revoked")
    if phone:
        tx.people.new_phone(found.id, phone)
        tx.audit.write("cli", "staff.phone", f"staff:{found.id}")
    return chats


def _remove(tx: Tx, name: str) -> None:
    found = _named(tx, name)
    end_access(tx, found, "cli", "staff.access_ended")
    mine = [k.id for k in tx.people.kelompok_in_scope(found)] if found.role is Role.PENDAMPING else []
    tx.people.give_kelompok(mine, None)
    tx.people.remove_staff(found.id)
    tx.audit.write("cli", "staff.removed", f"staff:{found.id}", found.role.value, None, "staff remove")


@app.command("handover")
def handover(
    old: Annotated[str, typer.Argument(help="Pendamping lama.")],
    new: Annotated[str, typer.Argument(help="Pendamping baru.")],
) -> None:
    """Serahkan kelompok dan pertemuan yang akan datang.

    Contoh: like-pkh staff handover "Pak Budi" "Bu Dewi"
    """
    with opened() as store:
        groups, moved = store.run(lambda tx: _hand_over(tx, old, new))
    out.print(f"Diserahkan: {groups} kelompok dan {moved} pertemuan yang akan datang.", highlight=False)


def _hand_over(tx: Tx, old: str, new: str) -> tuple[int, int]:
    giver, taker = _named(tx, old), _named(tx, new)
    if giver.role is not Role.PENDAMPING or taker.role is not Role.PENDAMPING or giver.id == taker.id:
        raise WrongInput("Serah terima hanya antara dua pendamping yang berbeda.")
    mine = [k.id for k in tx.people.kelompok_in_scope(giver)]
    tx.people.give_kelompok(mine, taker.id)
    moved = tx.meetings.hand_over(giver.id, taker.id, tx.now)
    tx.audit.write("cli", "staff.handover", f"staff:{giver.id}", f"staff:{giver.id}", f"staff:{taker.id}")
    return len(mine), moved


def _named(tx: Tx, name: str) -> Staff:
    found = [s for s in tx.people.every_staff() if s.name.lower() == name.strip().lower()]
    if len(found) != 1:
        raise WrongInput(f"Petugas '{name}' {'tidak ada' if not found else 'ada beberapa; bedakan namanya'}.")
    return found[0]


def read_phone(text: str) -> str:
    """Any Indonesian spelling → E.164. Raises WrongInput."""
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        raise WrongInput(f"Nomor '{text}' tidak terbaca. Contoh: 0811… atau +62811…") from None
    if not phonenumbers.is_possible_number(number):
        raise WrongInput(f"Nomor '{text}' terlalu pendek atau terlalu panjang.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
