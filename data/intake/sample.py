"""How does the fictional sample kabupaten get into an empty database? Through the importer an office uses."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, select

from data.intake.roster.applying import RosterError, apply
from data.intake.roster.planning import plan
from data.intake.roster.reading import read_roster
from data.people import People
from data.records import Consent, Role, StaffId, Topic
from data.schema import desa, kabupaten, kpm, posyandu
from data.store import Tx
from messages.envelope import Address

WORDING = "sample-1"
"""The version of the consent wording that the sample's families answered."""

Answer = Literal["yes", "no", "later", "stopped"]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KabupatenContent(_Content):
    name: str
    zone: str
    office: str


class StaffContent(_Content):
    name: str
    role: Literal["pendamping", "koordinator"]
    phone: str = Field(pattern=r"^\+62\d{9,12}$")


class ConsentContent(_Content):
    """One answer of many addresses: by their own message, or face to face with the pendamping in `by`."""

    days_ago: int = Field(gt=7)
    by: str | None = None
    p2k2: Answer
    kesehatan: Answer | None = None
    addresses: Sequence[str]


class PosyanduContent(_Content):
    desa: str
    name: str
    place: str
    pattern: str


class SampleContent(_Content):
    kabupaten: KabupatenContent
    staff: Sequence[StaffContent]
    telegram: Mapping[str, str]
    consent: Sequence[ConsentContent]
    posyandu: Sequence[PosyanduContent] = ()


def load_sample(tx: Tx) -> bool:
    """Load the sample into an empty database; a database with a kabupaten is left as it is, and the answer is False."""
    if tx.people.kabupaten() is not None:
        return False
    folder = files("data.content").joinpath("sample")
    content = SampleContent.model_validate(tomllib.loads(folder.joinpath("sample.toml").read_text(encoding="utf-8")))
    staff = _add_staff(tx, content)
    made = plan(tx, read_roster(folder.joinpath("roster.csv").read_bytes(), "roster.csv"))
    if not made.ok:
        raise RosterError(str(made.findings[0]))
    apply(tx, made)
    _add_telegram(tx, content.telegram)
    desas = {row.name: row.id for row in tx.conn.execute(select(desa.c.id, desa.c.name))}
    for one in content.posyandu:
        values = {"name": one.name, "place": one.place, "pattern": one.pattern}
        tx.conn.execute(insert(posyandu), {"desa_id": desas[one.desa], **values})
    for answers in content.consent:
        _add_consent(tx, answers, staff.get(answers.by or ""))
    return True


def _add_staff(tx: Tx, content: SampleContent) -> dict[str, StaffId]:
    """The staff by phone. Each writes on WhatsApp and on Telegram."""
    top = tx.conn.execute(insert(kabupaten).returning(kabupaten.c.id), content.kabupaten.model_dump()).scalar_one()
    staff = {}
    for person in content.staff:
        scope = ("kabupaten", top) if person.role == "koordinator" else ("kelompok", 0)
        staff[person.phone] = tx.people.add_staff(person.name, Role(person.role), person.phone, *scope)
        chat = Address("telegram", person.phone.lstrip("+"))
        tx.people.link_staff(staff[person.phone], tx.people.address_id(chat))
    return staff


def _add_telegram(tx: Tx, chats: Mapping[str, str]) -> None:
    ids = {row.id_kpm: row.id for row in tx.conn.execute(select(kpm.c.id_kpm, kpm.c.id))}
    for id_kpm, chat in chats.items():
        tx.people.link_kpm(ids[id_kpm], tx.people.address_id(Address("telegram", chat)), own=True)


def _add_consent(tx: Tx, answers: ConsentContent, by: StaffId | None) -> None:
    then = tx.now - timedelta(days=answers.days_ago)
    people = People(tx.conn, then)
    for written in answers.addresses:
        channel, _, value = written.rpartition(":")
        where = Address(channel or "whatsapp", value.lstrip("+"))
        address_id = people.address_id(where)
        people.keep_consent(address_id, Topic.MEETINGS, Consent(answers.p2k2), WORDING, by)
        if answers.kesehatan:
            people.keep_consent(address_id, Topic.HEALTH, Consent(answers.kesehatan), WORDING, by)
        if by is None:
            people.hear(where, then)
