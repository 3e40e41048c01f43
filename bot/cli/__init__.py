"""`like-pkh …`: what can be done from the command line?"""

from __future__ import annotations

import sys

import typer

from bot.cli import (
    audit,
    content,
    doctor,
    events,
    export,
    imports,
    invite,
    keeping,
    meetings,
    obligations,
    people,
    quiz,
    reading,
    running,
    staff,
    summary,
    whatsapp,
)
from bot.cli.speaking import Failed, WrongInput, complain

app = typer.Typer(
    help="LIKE-PKH: undangan P2K2, jawaban keluarga, daftar hadir, dan rekap.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
for part in (running, doctor, summary, reading, invite, keeping):
    part.add_to(app)
for name, group in (
    ("import", imports.app),
    ("staff", staff.app),
    ("meetings", meetings.app),
    ("obligations", obligations.app),
    ("quiz", quiz.app),
    ("people", people.app),
    ("content", content.app),
    ("events", events.app),
    ("export", export.app),
    ("audit", audit.app),
    ("whatsapp", whatsapp.app),
):
    app.add_typer(group, name=name)


def main() -> None:
    """Exit status: 0 done, 1 failed, 2 wrong input."""
    try:
        app()
    except WrongInput as fault:
        complain(str(fault))
        sys.exit(2)
    except Failed as fault:
        complain(str(fault))
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
