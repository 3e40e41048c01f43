"""VERKOM on a page: the list of a kelompok for three months, verified one by one with the functions of the chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from starlette.responses import RedirectResponse, Response

from bot.dashboard import period
from bot.dashboard.door import Ask, Missing, Refused
from bot.dashboard.groups import chosen
from bot.dashboard.paper import PRIVATE
from bot.dashboard.period import Period
from data.obligations import Claim
from data.records import Kelompok
from data.store import Tx
from handlers import obligations
from handlers.obligations import Row
from handlers.rules.verkom import FORMS, Counts, Entry, Quarter

TITLES = {"kesehatan": "Kesehatan", "pendidikan": "Pendidikan", "kesejahteraan": "Kesejahteraan sosial"}
STATES = {
    "reported": "dilaporkan keluarga",
    "verified": "sudah diverifikasi",
    "not_done": "belum",
    "unknown": "belum diketahui",
}
CHOICES = {"done": "Sudah", "not_done": "Belum", "not_applicable": "Tidak perlu", "": "Kosongkan"}
LONGEST_PROOF = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    kelompok: Kelompok
    kelompoks: Sequence[Kelompok]
    when: Period
    forms: Mapping[str, tuple[Sequence[Row], Counts]]
    came: int
    held: int
    now: datetime

    @property
    def due(self) -> int:
        return sum(total.due for _, total in self.forms.values())


async def page(ask: Ask) -> Response:
    sheet = await ask.look(lambda tx: _sheet(tx, ask))
    return ask.page(
        "kewajiban.html",
        title="Kewajiban",
        d=sheet,
        TITLES=TITLES,
        STATES=STATES,
        CHOICES=CHOICES,
        thing=obligations.thing,
        key=_key,
        age=lambda member: obligations.age_words(member, sheet.now.date()),
        saved=ask.query("tersimpan"),
    )


async def save(ask: Ask) -> Response:
    """What was chosen for one member; what the page showed and nobody touched is left as it is."""
    kelompok_id, member_id, form = ask.number("kelompok"), ask.number("member"), str(ask.sent.get("bentuk", ""))
    proof = " ".join(str(ask.sent.get("bukti", "")).replace("\x00", "").split())[:LONGEST_PROOF]

    def work(tx: Tx) -> int:
        kelompok = tx.scoped.kelompok(ask.who, kelompok_id)
        if kelompok is None or form not in FORMS:
            raise Missing
        found = obligations.collect(tx, [kelompok], _quarter(ask.sent.get("waktu")), _today(tx, kelompok))
        row = next((r for r in found.of_form(form) if r.member.id == member_id), None)
        if row is None:
            raise Missing
        wishes = [(entry, claim) for entry in row.found for claim in _wished(entry, ask.sent)]
        return obligations.verify(tx, ask.who.id, wishes, proof) if wishes else 0

    count = await ask.write(work)
    back = f"/dasbor/kewajiban?kelompok={kelompok_id}&waktu={ask.sent['waktu']}&tersimpan={count}#m{member_id}-{form}"
    return RedirectResponse(back, 303, headers=PRIVATE)


def _wished(entry: Entry, sent: Mapping[str, str]) -> list[Claim | None]:
    """Nothing or one wish. Raises Refused for a word that is no choice."""
    word = sent.get(f"t:{_key(entry)}")
    if word is None:
        return []
    if word not in CHOICES:
        raise Refused(400, "Pilihan hanya sudah, belum, tidak perlu, atau kosongkan.")
    return [Claim(word) if word else None]


def _key(entry: Entry) -> str:
    return f"{entry.one.name[1]}/{entry.one.name[2]}"


def _sheet(tx: Tx, ask: Ask) -> Sheet:
    kelompok, kelompoks = chosen(tx, ask)
    now = tx.now.astimezone(kelompok.zone)
    when = period.read(ask.query("waktu"), now)
    quarter = _quarter(when.as_quarter)
    found = obligations.collect(tx, [kelompok], quarter, now.date())
    return Sheet(
        kelompok,
        kelompoks,
        period.read(when.as_quarter, now),
        {form: (found.of_form(form), found.total(form)) for form in FORMS},
        found.attended.hadir,
        found.attended.held,
        now,
    )


def _quarter(key: object) -> Quarter:
    """Raises Missing for anything but '2026-T4'."""
    if not period.QUARTER.fullmatch(str(key)):
        raise Missing
    return Quarter(int(str(key)[:4]), int(str(key)[6]))


def _today(tx: Tx, kelompok: Kelompok) -> date:
    return tx.now.astimezone(kelompok.zone).date()
