"""`like-pkh …`: what can be done from the command line?"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from bot.cli.speaking import Failed, WrongInput, complain


def frame() -> typer.Typer:
    """The command line without a command."""
    return typer.Typer(
        help="LIKE-PKH: undangan P2K2, jawaban keluarga, daftar hadir, dan rekap.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )


def _asked(words: Sequence[str]) -> typer.Typer:
    """A bot that runs for months never needs the other commands and what they load; other calls may have them all."""
    if words[:1] == ["run"]:
        from bot.cli import running

        app = frame()
        running.add_to(app)
        return app
    from bot.cli.commands import app as every

    return every


def main() -> None:
    """Exit status: 0 done, 1 failed, 2 wrong input."""
    try:
        _asked(sys.argv[1:])()
    except WrongInput as fault:
        complain(str(fault))
        sys.exit(2)
    except Failed as fault:
        complain(str(fault))
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
