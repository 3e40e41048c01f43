"""Which questions does a spreadsheet add or change? The same checks as for the authored ones; all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from data.content.quizzes import Item, faults
from data.intake.files import tables
from data.intake.findings import Finding

COLUMNS = ("id", "pertanyaan", "a", "b", "c", "benar", "penjelasan", "sumber", "tinjauan", "bentuk")
NEEDED = ("id", "pertanyaan", "a", "b", "benar", "penjelasan")


class QuestionFault(Exception):
    """The file cannot be read as a list of questions; the sentence says what is missing."""


@dataclass(slots=True)
class Planned:
    items: list[Item] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    faults: list[str] = field(default_factory=list)


def read_questions(file: Path) -> list[tuple[int, dict[str, str]]]:
    """(row number, cells by column) of every filled row. Raises QuestionFault."""
    found = tables(file, file.name, lambda row: sum(_title(cell) in COLUMNS for cell in row))
    if isinstance(found, Finding):
        raise QuestionFault(f"{file.name}: {found.what} {found.todo}")
    rows = found[0].rows if found else ()
    if not rows:
        raise QuestionFault(f"{file.name} kosong.")
    titles = [_title(cell) for cell in rows[0]]
    if missing := [name for name in NEEDED if name not in titles]:
        raise QuestionFault(f"{file.name}: kolom {', '.join(missing)} tidak ada di baris 1.")
    filled = []
    for number, row in enumerate(rows[1:], 2):
        cells = {title: str(cell).strip() if cell is not None else "" for title, cell in zip(titles, row, strict=False)}
        if any(cells.get(name) for name in NEEDED):
            filled.append((number, cells))
    return filled


def _title(cell: object) -> str:
    return str(cell or "").strip().lower()


def plan_questions(bank: Sequence[Item], rows: Sequence[tuple[int, dict[str, str]]]) -> Planned:
    """What would change; every fault with its row. A changed question becomes a new version of its id."""
    planned = Planned()
    known = {item.id: item for item in bank}
    seen: dict[str, int] = {}
    for number, cells in rows:
        if cells["id"] in seen:
            planned.faults.append(f"baris {number}: id {cells['id']} sudah ada di baris {seen[cells['id']]}.")
            continue
        seen[cells["id"]] = number
        before = known.get(cells["id"])
        try:
            item = _item(cells, before.version + 1 if before else 1)
        except ValidationError as fault:
            planned.faults += [f"baris {number}, {_where(error['loc'])}: {_said(error)}" for error in fault.errors()]
            continue
        if before is None:
            planned.new += 1
            planned.items.append(item)
        elif item.model_copy(update={"version": before.version}) != before:
            planned.changed += 1
            planned.items.append(item)
    if not planned.faults:
        after = {**known, **{item.id: item for item in planned.items}}
        already = set(faults(list(known.values())))
        planned.faults += [fault for fault in faults(list(after.values())) if fault not in already]
    return planned


def _item(cells: dict[str, str], version: int) -> Item:
    return Item.model_validate(
        {
            "id": cells["id"],
            "version": version,
            "question": cells["pertanyaan"],
            "options": tuple(cells[letter] for letter in "abc" if cells.get(letter)),
            "right": cells["benar"].lower(),
            "explanation": cells["penjelasan"],
            "source": cells.get("sumber") or "kabupaten",
            "review": cells.get("tinjauan") or "perlu ditinjau",
            "form": cells.get("bentuk") or None,
        }
    )


def _where(place: tuple[int | str, ...]) -> str:
    names = {"question": "pertanyaan", "options": "pilihan", "right": "benar", "explanation": "penjelasan"}
    return f"kolom {names.get(str(place[0]), str(place[0]))}" if place else "pertanyaan ini"


def _said(error: object) -> str:
    message = str(error["msg"]) if isinstance(error, dict) else str(error)
    return message.removeprefix("Value error, ")
