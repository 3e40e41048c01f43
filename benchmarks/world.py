"""Which kabupaten is measured? An invented one, of any size, with a phone for most families."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, insert

from data.schema import (
    EPOCH,
    address,
    consent,
    desa,
    family_count,
    kabupaten,
    kecamatan,
    kelompok,
    kpm,
    kpm_address,
    staff,
    staff_address,
)

ZONE = "Asia/Makassar"
PER_DESA, PER_PENDAMPING, PER_KECAMATAN = 4, 10, 20
"""How many kelompok each has."""

WITHOUT_PHONE = 20
"""One family in so many has none."""

SHARED = 15
"""One family in so many shares the phone of the one before it."""

FIRST = ("Aminah", "Siti", "Rusmini", "Wati", "Norhayati", "Mariam", "Salasiah", "Hamsiah", "Jumiati", "Arbainah")
LAST = ("Rahmah", "Hasanah", "Fitriani", "Lestari", "Hidayah", "Maulida", "Aulia", "Safitri", "Yuliana", "Mawaddah")
NAMES = [f"{first} {last}" for last in LAST for first in FIRST]


@contextmanager
def on_disk() -> Iterator[Path]:
    """A folder on the disk that the bot itself uses: /tmp may lie in memory, where an fsync costs nothing."""
    Path("var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench-", dir="var") as folder:
        yield Path(folder)


def pendamping_of(group: int) -> int:
    return (group - 1) // PER_PENDAMPING + 1


def build_places(conn: Connection, groups: int) -> None:
    """One kabupaten with its kecamatan, desa, pendamping and so many kelompok, numbered from 1."""
    ids = range(1, groups + 1)
    places = [
        {"id": i, "name": f"Melati {i}", "desa_id": (i - 1) // PER_DESA + 1, "pendamping_id": pendamping_of(i)}
        for i in ids
    ]
    desas = {(i - 1) // PER_DESA + 1: (i - 1) // PER_KECAMATAN + 1 for i in ids}
    helper = {"role": "pendamping", "scope_level": "kelompok", "scope_id": 0, "active": True}
    helpers = range(1, pendamping_of(groups) + 1)
    conn.execute(insert(kabupaten), {"id": 1, "name": "Contoh", "zone": ZONE, "office": "Dinas Sosial Contoh"})
    conn.execute(
        insert(kecamatan), [{"id": i, "kabupaten_id": 1, "name": f"Kecamatan {i}"} for i in set(desas.values())]
    )
    conn.execute(insert(desa), [{"id": i, "kecamatan_id": k, "name": f"Desa {i}"} for i, k in desas.items()])
    conn.execute(insert(staff), [{**helper, "id": i, "name": f"Pendamping {i}"} for i in helpers])
    conn.execute(insert(kelompok), places)


def build_families(conn: Connection, groups: int, each: int) -> list[int]:
    """So many active families in every kelompok; returns their ids."""
    rows: list[dict[str, Any]] = [
        {
            "id": (group - 1) * each + number + 1,
            "kelompok_id": group,
            "name": NAMES[(10 * group + number) % len(NAMES)],
            "ketua": number == 0,
        }
        for group in range(1, groups + 1)
        for number in range(each)
    ]
    conn.execute(insert(kpm), rows)
    counts = [{"kelompok_id": g, "month": "2020-01", "families": each} for g in range(1, groups + 1)]
    conn.execute(insert(family_count), counts)
    return [row["id"] for row in rows]


def build_phones(conn: Connection, families: list[int]) -> list[tuple[str, int]]:
    """WhatsApp numbers that agreed to hear from us; returns each with the family that owns it."""
    phones: list[tuple[str, int]] = []
    links = []
    for place, family in enumerate(families):
        if place % WITHOUT_PHONE == WITHOUT_PHONE - 1:
            continue
        own = place % SHARED != SHARED - 1
        if own:
            phones.append((f"62811{family:07}", family))
        links.append({"kpm_id": family, "address_id": len(phones), "own": own})
    ids = range(1, len(phones) + 1)
    agreed = {"topic": "p2k2", "state": "yes", "at": EPOCH, "wording": "perkenalan-1"}
    conn.execute(
        insert(address),
        [{"id": i, "channel": "whatsapp", "value": p[0]} for i, p in zip(ids, phones, strict=True)],
    )
    conn.execute(insert(kpm_address), links)
    conn.execute(insert(consent), [{**agreed, "address_id": i} for i in ids])
    return phones


def build_staff_phones(conn: Connection, groups: int) -> None:
    """A number for every pendamping, so that what is passed on has somewhere to go."""
    for number in range(1, pendamping_of(groups) + 1):
        values = {"channel": "whatsapp", "value": f"62812{number:07}"}
        added = conn.execute(insert(address).returning(address.c.id), values).scalar_one()
        conn.execute(insert(staff_address), {"staff_id": number, "address_id": added})
