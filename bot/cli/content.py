"""`content`: is everything that was authored as it should be?"""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import ValidationError

from bot.cli import quiz_content
from bot.cli.speaking import Failed, out, show_json, show_table
from data.content import contacts, obligations, quizzes
from data.content.sessions import sessions
from messages import checks
from messages.catalog import DEFAULT, VOICES, entries

app = typer.Typer(help="Isi yang ditulis: sesi, kuis, dan kata-kata bot.", no_args_is_help=True)
quiz_content.add_to(app)


@app.command("check")
def check(json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False) -> None:
    """Periksa panjang, kunci, tombol, dan kata terlarang.

    Contoh: like-pkh content check
    """
    faults = [fault for language in (DEFAULT, *VOICES) for fault in checks.faults(language)]
    unreviewed = [*checks.unreviewed()]
    repeated = {s.id for s in sessions() if sum(s.id == other.id for other in sessions()) > 1}
    faults += [f"sesi {found} tertulis dua kali" for found in sorted(repeated)]
    faults += contacts.faults()
    try:
        questions = len(quizzes.items())
        faults += quizzes.faults()
    except ValueError as fault:
        questions = 0
        faults.append(str(fault).splitlines()[-2].strip() if len(str(fault).splitlines()) > 1 else str(fault))
    faults += _of_obligations()
    if json:
        facts = {"templates": len(entries()), "sessions": len(sessions()), "questions": questions}
        facts["obligations"] = len(obligations.rules())
        show_json({**facts, "unreviewed": unreviewed, "faults": faults})
    else:
        for note in unreviewed:
            out.print(note, style="yellow", markup=False, highlight=False)
        for sentence in faults:
            out.print(sentence, style="red", markup=False, highlight=False)
        out.print(
            f"{len(entries())} kalimat, {len(sessions())} sesi, {questions} pertanyaan diperiksa.", highlight=False
        )
    if faults:
        raise Failed(f"{len(faults)} hal perlu diperbaiki.")


def _of_obligations() -> list[str]:
    """A row that cannot be read is one of the faults, not the end of the check."""
    try:
        return list(obligations.faults())
    except ValidationError as fault:
        return [f"kewajiban: {error['msg']} ({'.'.join(map(str, error['loc']))})" for error in fault.errors()]


@app.command("list")
def list_content(
    kewajiban: Annotated[bool, typer.Option("--kewajiban", help="Aturan kewajiban, dahulu dan sekarang.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Cetak sebagai JSON.")] = False,
) -> None:
    """Daftar sesi P2K2, atau aturan kewajiban.

    Contoh: like-pkh content list --kewajiban
    """
    if kewajiban:
        rules = obligations.content().rule
        if json:
            show_json([rule.model_dump(by_alias=True) for rule in rules])
            return
        titles = ["Aturan", "Untuk", "Kewajiban", "Kapan", "2007", "Yakin"]
        rows = [[r.id, r.applies, r.due, r.cadence_text, r.law_2007, r.confidence] for r in rules]
        show_table(titles, rows)
        return
    if json:
        show_json([s.model_dump() for s in sessions()])
        return
    show_table(["Kode", "Judul", "Modul", "Tinjauan"], [[s.id, s.title, s.module, s.review] for s in sessions()])
