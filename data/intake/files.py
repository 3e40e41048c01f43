"""How does a spreadsheet or a CSV file become rows of cells? Nothing is read into them yet."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from data.intake.findings import Finding, Where, finding

Row = Sequence[object]

MAX_BYTES = 50 * 1024 * 1024
MAX_UNPACKED = 500 * 1024 * 1024
DELIMITERS = (";", ",", "\t", "|")

# openpyxl shows a damaged file by whatever it stumbles over.
_DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet. `rows[0]` is row 1 of the spreadsheet, so that a finding can say where to look."""

    name: str
    rows: Sequence[Row]


def tables(source: Path | str | bytes, name: str, judge: Callable[[Row], int]) -> list[Table] | Finding:
    """Every sheet of the file; `judge` says how much a row looks like column titles, to find a CSV's delimiter."""
    try:
        data = source if isinstance(source, bytes) else _bytes(Path(source))
    except (OSError, ValueError):
        return finding("unreadable", Where(name))
    if len(data) > MAX_BYTES:
        return finding("too_big", Where(name))
    if data[:4] == b"PK\x03\x04":
        return _workbook(data, name)
    if data[:4] == b"\xd0\xcf\x11\xe0":
        return finding("old_format", Where(name))
    return _csv(data, name, judge)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _workbook(data: bytes, name: str) -> list[Table] | Finding:
    from openpyxl import load_workbook  # large, and a bot that runs for months reads no file
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED:
                return finding("too_big", Where(name))
        with warnings.catch_warnings():  # of what openpyxl leaves out: colours, lists, pictures
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            try:
                return [Table(sheet.title, list(_rows(sheet))) for sheet in book.worksheets]
            finally:
                book.close()
    except (*_DAMAGED, InvalidFileException):
        return finding("unreadable", Where(name))


def _rows(sheet: object) -> Iterator[Row]:
    # Some programs write a wrong size into the sheet, and openpyxl would believe it.
    sheet.reset_dimensions()  # type: ignore[attr-defined]
    yield from sheet.iter_rows(values_only=True)  # type: ignore[attr-defined]


def _csv(data: bytes, name: str, judge: Callable[[Row], int]) -> list[Table] | Finding:
    text = _decoded(data)
    if text is None:
        return finding("unreadable", Where(name))
    first, _, rest = text.partition("\n")
    if first.strip().strip('"').lower().startswith("sep="):
        text = rest  # Excel hides this line, and does not count it
    try:
        delimiter = max(DELIMITERS, key=lambda d: _score(text, d, judge))
        return [Table(name, list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))]
    except csv.Error:
        return finding("unreadable", Where(name))


def _score(text: str, delimiter: str, judge: Callable[[Row], int]) -> int:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return max((judge(row) for row, _ in zip(lines, range(20), strict=False)), default=0)


def _decoded(data: bytes) -> str | None:
    """UTF-8 with or without BOM, UTF-16 with one, else what Windows writes; None for what is no text."""
    try:
        if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            return data.decode("utf-16").replace("\0", "")
        if b"\0" in data[:1000]:
            return None
        return data.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        return None if data[:4] == b"%PDF" else data.decode("cp1252", errors="replace").replace("\0", "")
