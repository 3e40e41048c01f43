"""What can be seen without asking anybody? The settings, the database, who works with it, the disk."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from bot.app import KIND, REAL, SIMULATOR
from bot.clock import RealClock
from bot.doctor.finding import Finding, fine, mind, wrong
from bot.settings import PREFIX, Settings
from data import migrate
from data.records import Kabupaten, Role
from data.store import Store, Tx

DOTENV = Path(".env")
FOR_TESTS = re.compile(rf"{PREFIX}(TEST_.*|NO_SKIP|SCREENSHOTS|CONFORMANCE_DIR)")
ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
LITTLE, TOO_LITTLE = 500, 100
"""Free megabytes below which the doctor warns, and below which it calls it wrong."""


# --- settings


def of_settings(settings: Settings) -> Iterator[Finding]:
    known = {f"{PREFIX}{name.upper()}" for name in type(settings).model_fields}
    unknown = sorted(name for name in _set_names() - known if not FOR_TESTS.fullmatch(name))
    for name in unknown:
        close = get_close_matches(name, known, 1)
        meant = f"; mungkin maksudnya {close[0]}" if close else ""
        yield mind("setelan", f"{name} tidak dikenal dan tidak dipakai{meant}.")
    if (settings.telegram or settings.whatsapp) and DOTENV.exists() and DOTENV.stat().st_mode & 0o077:
        yield mind("setelan", "Berkas .env bisa dibaca pengguna lain di komputer ini: chmod 600 .env")
    if not unknown:
        channels = [name for name, on in (("Telegram", settings.telegram), ("WhatsApp", settings.whatsapp)) if on]
        yield fine("setelan", f"Lengkap; saluran: {' dan '.join(channels) or 'simulator saja'}.")


def _set_names() -> set[str]:
    names = {name for name in os.environ if name.startswith(PREFIX)}
    if DOTENV.is_file():
        text = DOTENV.read_text(encoding="utf-8", errors="replace")
        names |= set(re.findall(rf"^\s*(?:export\s+)?({PREFIX}\w+)\s*=", text, flags=re.MULTILINE))
    return names


# --- the database


@dataclass(frozen=True, slots=True)
class Seen:
    """What the database says; without one of this program's schema, nothing."""

    store: Store | None
    findings: list[Finding]
    simulator: bool = False
    kabupaten: Kabupaten | None = None
    numbers: int = 0
    """WhatsApp numbers that agreed to be written to."""


@dataclass(slots=True)
class _Facts:
    kind: str | None
    kabupaten: Kabupaten | None
    roles: list[Role]
    failed: int
    letters: dict[str, int]
    numbers: int
    sending: dict[str, bool] = field(default_factory=dict)
    paused: dict[str, str] = field(default_factory=dict)


def of_database(settings: Settings) -> Seen:
    """Looks, and changes nothing: the schema is brought up to date by `run` and `migrate`."""
    file = settings.database_url.removeprefix("sqlite:///")
    if file != settings.database_url and not Path(file).exists():
        return Seen(None, [mind("basis data", f"{file} belum ada: like-pkh migrate membuatnya, like-pkh run juga.")])
    try:
        store = Store(settings.database_url, RealClock().now)
        found = migrate.current(store)
    except Exception as fault:  # whatever the driver says, the person who asked gets one sentence
        return Seen(None, [wrong("basis data", f"Tidak bisa dibuka ({_first(fault)}): periksa {PREFIX}DATABASE_URL.")])
    if (schema := _schema(store, found)) is not None:
        store.stop()
        return Seen(None, [schema])
    try:
        facts = store.run(lambda tx: _facts(tx, settings))
    except Exception as fault:
        store.stop()
        return Seen(None, [wrong("basis data", f"Tidak bisa dipakai ({_first(fault)}).")])
    simulator = facts.kind == SIMULATOR
    findings = [*_of_facts(settings, store, facts, found or "", simulator=simulator)]
    return Seen(store, findings, simulator, facts.kabupaten, facts.numbers)


def _schema(store: Store, found: str | None) -> Finding | None:
    """What is to be said of a schema that this program does not have; None when it is the same."""
    newest = migrate.newest(store)
    if found == newest:
        return None
    if found is None:
        return mind("basis data", "Masih kosong: like-pkh migrate menyiapkannya, like-pkh run juga.")
    if found < (newest or ""):
        return mind("basis data", f"Susunannya revisi {found}, program ini {newest}: jalankan like-pkh migrate.")
    return wrong("basis data", f"Susunannya ({found}) lebih baru dari program ini ({newest}): perbarui programnya.")


def _facts(tx: Tx, settings: Settings) -> _Facts:
    facts = _Facts(
        tx.settings.get(KIND),
        tx.people.kabupaten(),
        [staff.role for staff in tx.people.every_staff()],
        len(tx.events.failed()),
        tx.outbox.counts(),
        _numbers(tx) if settings.whatsapp else 0,
    )
    for account, on in (("telegram", settings.telegram), ("whatsapp", settings.whatsapp)):
        if on:
            facts.sending[account] = tx.accounts.held(account, tx.now)
            until = tx.accounts.paused_until(account)
            if until is not None and until > tx.now:
                facts.paused[account] = f"{until.astimezone(settings.zone):%d-%m %H.%M}"
    return facts


def _numbers(tx: Tx) -> int:
    reaches = tx.people.reachable([kelompok.id for kelompok in tx.people.every_kelompok()])
    return len({reach.address for reach in reaches if reach.address.channel == "whatsapp"})


def _of_facts(settings: Settings, store: Store, facts: _Facts, revision: str, *, simulator: bool) -> Iterator[Finding]:
    kind = {SIMULATOR: "milik simulator", REAL: "untuk data nyata"}.get(facts.kind or "", "belum dipakai")
    if simulator and (settings.telegram or settings.whatsapp):
        yield wrong(
            "basis data",
            f"Milik simulator, jadi tidak pernah mengirim sungguhan: pakai yang lain di {PREFIX}DATABASE_URL.",
        )
    else:
        yield fine("basis data", f"{store.url.get_backend_name()}, {kind}, susunan terbaru ({revision}).")
    yield _zone(facts.kabupaten, settings)
    yield from _people(facts, simulator=simulator)
    if facts.failed:
        yield mind("pesan masuk", f"{facts.failed} gagal diproses: lihat log, lalu like-pkh events retry.")
    for account, sending in facts.sending.items():
        yield from _sender(account, sending, facts.paused.get(account), facts.letters.get("queued", 0))


def _zone(kabupaten: Kabupaten | None, settings: Settings) -> Finding:
    if kabupaten is None:
        return fine("zona waktu", f"{settings.timezone} untuk kabupaten baru.")
    name = kabupaten.zone.key
    if name in ZONES:
        return fine("zona waktu", f"{kabupaten.name} memakai {ZONES[name]} ({name}).")
    return mind("zona waktu", f"{kabupaten.name} memakai {name}, bukan WIB, WITA, atau WIT.")


def _people(facts: _Facts, *, simulator: bool) -> Iterator[Finding]:
    if facts.kabupaten is None:
        yield mind("keluarga", "Belum ada: isi formulir dari like-pkh import roster --template, lalu impor.")
        return
    yield fine("keluarga", f"{facts.kabupaten.name} sudah diimpor.")
    if Role.PENDAMPING not in facts.roles:
        yield mind("petugas", "Belum ada pendamping: like-pkh staff add … --role pendamping")
    elif Role.ADMIN not in facts.roles and not simulator:
        yield mind("petugas", "Belum ada admin yang menerima peringatan: like-pkh staff add … --role admin")
    else:
        yield fine("petugas", f"{len(facts.roles)} orang.")


def _sender(account: str, sending: bool, paused: str | None, waiting: int) -> Iterator[Finding]:
    part = f"pengirim {account}"
    if paused is not None:
        yield mind(part, f"Diminta berhenti sampai {paused}; {waiting} surat menunggu, lihat log.")
    elif sending:
        yield fine(part, f"Berjalan; {waiting} surat menunggu.")
    else:
        yield mind(part, "Tidak ada yang mengirim: jalankan like-pkh run.")


def _first(fault: Exception) -> str:
    lines = str(getattr(fault, "orig", None) or fault).strip().splitlines()
    return lines[0][:200] if lines else type(fault).__name__


# --- the disk


def of_disk(settings: Settings) -> Finding:
    """Where the database lies; on PostgreSQL, where we stand."""
    file = settings.database_url.removeprefix("sqlite:///")
    folder = Path(file).absolute().parent if file != settings.database_url else Path.cwd()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free // 2**20
    if not os.access(folder, os.W_OK):
        return wrong("disk", f"{folder} tidak bisa ditulisi.")
    if free < TOO_LITTLE:
        return wrong("disk", f"Tinggal {free} MB di {folder}: kosongkan sekarang, pesan tidak bisa disimpan lagi.")
    if free < LITTLE:
        return mind("disk", f"Tinggal {free} MB di {folder}: kosongkan sebelum penuh.")
    return fine("disk", f"{free:,} MB bebas.".replace(",", "."))
