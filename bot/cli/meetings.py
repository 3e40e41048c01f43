"""`meetings`: the same rules as in the chat, for those who plan at a desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

from bot.cli.speaking import WrongInput, opened, out, show_json, show_table
from bot.inbox import post
from data.content.sessions import find_session
from data.records import Kelompok, Kind, Meeting, Staff
from data.store import Tx
from handlers.meetings import Plan, call_off, create, move
from handlers.rules.dates import DateFault, When, read_when
from handlers.speech import when as spoken_when
from messages.catalog import render

app = typer.Typer(help="Pertemuan P2K2.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Nama kelompok.")]
Time = Annotated[str, typer.Option("--when", help="Hari dan jam, misalnya '28-11-2026 09.00'.")]


@app.command("add")
def add(
    kelompok: Name,
    when: Time,
    place: Annotated[str, typer.Option(help="Tempat.")],
    session: Annotated[str, typer.Option(help="Sesi, misalnya P2; atau sosialisasi, bimtek, awal.")],
) -> None:
    """Buat pertemuan.

    Contoh: like-pkh meetings add "Melati 3" --when "28-11-2026 09.00" --place "Balai Desa Babayau" --session P2
    """
    with opened() as store:
        done = store.run(lambda tx: _add(tx, kelompok, when, place, session))
    out.print(f"Terjadwal: {kelompok}, {spoken_when(done)}, {done.place}.", highlight=False)


def _add(tx: Tx, name: str, words: str, place: str, session: str) -> Meeting:
    group, by = _group(tx, name)
    starts, ends = _time(tx, words, group)
    kinds = {"sosialisasi": Kind.SOSIALISASI, "bimtek": Kind.BIMTEK, "awal": Kind.AWAL}
    kind = kinds.get(session.strip().lower(), Kind.P2K2)
    found = find_session(session) if kind is Kind.P2K2 else None
    if kind is Kind.P2K2 and found is None:
        raise WrongInput(f"Sesi '{session}' tidak dikenal. Lihat: like-pkh content list.")
    title = found.name if found else kind.value.capitalize()
    done = create(tx, by, Plan([group], starts, ends, place.strip()[:120], kind, found.id if found else None, title))
    if done is None:
        raise WrongInput(f"{group.name} sudah punya pertemuan pada waktu itu.")
    return done


@app.command("list")
def list_meetings(
    month: Annotated[str | None, typer.Option(help="Bulan, misalnya 2026-11; bawaan bulan ini.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Daftar pertemuan sebulan.

    Contoh: like-pkh meetings list --month 2026-11
    """
    with opened() as store:
        rows = store.run(lambda tx: _list(tx, month))
    if json:
        show_json(rows)
        return
    columns = ["id", "kelompok", "when", "place", "session", "state"]
    titles = ["No", "Kelompok", "Waktu", "Tempat", "Sesi", "Keadaan"]
    show_table(titles, [[str(row[c] or "") for c in columns] for row in rows])


def _list(tx: Tx, month: str | None) -> list[dict[str, object]]:
    groups = {k.id: k for k in tx.people.every_kelompok()}
    if not groups:
        return []
    zone = next(iter(groups.values())).zone
    try:
        begins = datetime.strptime(month, "%Y-%m") if month else tx.now.astimezone(zone)
    except ValueError:
        raise WrongInput(f"Bulan '{month}' tidak terbaca. Contoh: 2026-11.") from None
    begins = begins.replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=zone)
    ends = (begins + timedelta(days=32)).replace(day=1)
    rows = []
    for meeting in tx.meetings.of_kelompok(list(groups), begins, ends):
        for kelompok_id in meeting.kelompok_ids:
            state = tx.meetings.register(meeting.id, kelompok_id)
            held = state is not None and state.held
            rows.append(
                {
                    "id": meeting.id,
                    "kelompok": groups[kelompok_id].name,
                    "when": spoken_when(meeting),
                    "starts": meeting.local.isoformat(),
                    "place": meeting.place,
                    "session": meeting.session,
                    "kind": meeting.kind.value,
                    "state": "batal" if meeting.cancelled else "terlaksana" if held else "rencana",
                }
            )
    return rows


@app.command("move")
def move_meeting(
    kelompok: Name, when: Time, place: Annotated[str | None, typer.Option(help="Tempat baru.")] = None
) -> None:
    """Pindahkan pertemuan berikutnya; yang sudah diundang diberi tahu sekali.

    Contoh: like-pkh meetings move "Melati 3" --when "29-11-2026 10.00"
    """
    with opened() as store:
        words, told = store.run(lambda tx: _move(tx, kelompok, when, place))
    out.print(f"Pindah ke {words}. {told} keluarga diberi tahu.", highlight=False)


def _move(tx: Tx, name: str, words: str, place: str | None) -> tuple[str, int]:
    group, by = _group(tx, name)
    meeting = _upcoming(tx, group)
    if tx.attendance.any_claim(meeting.id):
        raise WrongInput("Pertemuan itu sudah punya laporan hadir, jadi tidak bisa dipindah.")
    starts, ends = _time(tx, words, group)
    done = move(tx, by, meeting, starts, ends, place or meeting.place)
    post(tx, done.letters)
    return spoken_when(done.meeting), done.told


@app.command("cancel")
def cancel(kelompok: Name, reason: Annotated[str, typer.Option(help="Alasan.")]) -> None:
    """Batalkan pertemuan berikutnya; yang sudah diundang diberi tahu sekali.

    Contoh: like-pkh meetings cancel "Melati 3" --reason banjir
    """
    with opened() as store:
        told = store.run(lambda tx: _cancel(tx, kelompok, reason))
    out.print(f"Dibatalkan. {told} keluarga diberi tahu.", highlight=False)


def _cancel(tx: Tx, name: str, reason: str) -> int:
    group, by = _group(tx, name)
    meeting = _upcoming(tx, group)
    for kelompok_id in meeting.kelompok_ids:
        state = tx.meetings.register(meeting.id, kelompok_id)
        if state is not None and state.held:
            raise WrongInput("Pertemuan itu sudah punya daftar hadir, jadi tidak bisa dibatalkan.")
    done = call_off(tx, by, meeting, reason)
    post(tx, done.letters)
    return done.told


def _group(tx: Tx, name: str) -> tuple[Kelompok, Staff]:
    found = [k for k in tx.people.every_kelompok() if k.name.lower() == name.strip().lower()]
    if len(found) != 1:
        raise WrongInput(f"Kelompok '{name}' {'tidak ada' if not found else 'ada di beberapa desa'}.")
    by = tx.people.staff(found[0].pendamping_id) if found[0].pendamping_id else None
    if by is None:
        raise WrongInput(f"{found[0].name} belum punya pendamping. Tambahkan dengan like-pkh staff add.")
    return found[0], by


def _upcoming(tx: Tx, group: Kelompok) -> Meeting:
    meeting = tx.meetings.current_or_next(group.id, tx.now)
    if meeting is None:
        raise WrongInput(f"{group.name} tidak punya pertemuan yang akan datang.")
    return meeting


def _time(tx: Tx, words: str, group: Kelompok) -> tuple[datetime, datetime]:
    try:
        read: When = read_when(words, tx.now.astimezone(group.zone))
    except DateFault as fault:
        raise WrongInput(render(fault.key, fault.params).text) from None
    starts = datetime.combine(read.day, read.starts, group.zone)
    return starts, datetime.combine(read.day, read.ends, group.zone) if read.ends else starts + timedelta(minutes=120)
