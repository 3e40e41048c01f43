"""Does a command that is written somewhere exist? Its words, its options, and what it cannot do without."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from typer.main import get_command

from bot.cli.commands import app


@cache
def root() -> Any:
    return get_command(app)


def written_in(text: str) -> Iterator[tuple[str, bool]]:
    """Every `like-pkh …` of a page, and whether it is a whole line to be typed or only a mention between backticks."""
    text = re.sub(r"\\\n\s*", " ", text)
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    for block in blocks:
        for line in block.splitlines():
            if found := re.match(r"\s*(?:sudo )?(?:\S*/)?like-pkh(?=\s|$)(.*)", line.partition(" # ")[0]):
                yield _bare(f"like-pkh{found[1]}"), True
    prose = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for quoted in re.findall(r"`([^`\n]+)`", prose):
        if re.match(r"(?:sudo )?like-pkh(\s|$)", quoted):
            yield _bare(quoted.removeprefix("sudo ")), False


def _bare(line: str) -> str:
    return re.split(r"\s(?:\||&&|;|>)\s?", line)[0].strip()


def faults_of(line: str, *, whole: bool = True) -> list[str]:
    """What is wrong with it; "…" stands for whatever a person puts there, and a mention may leave things out."""
    words = shlex.split(line.replace("…", "WHATEVER"))[1:]
    command, faults, given, taken = root(), [], 0, set()
    while words:
        word = words.pop(0)
        if word.startswith("-") and word != "-":
            name, _, value = word.partition("=")
            option = next((p for p in command.params if name in [*p.opts, *p.secondary_opts]), None)
            if option is None:
                if name not in {"--help", "WHATEVER"}:
                    faults.append(f"{line}: {command.name} has no option {name}")
            else:
                taken.add(option.name)
                if not option.is_flag and not value and words:
                    words.pop(0)
        elif hasattr(command, "commands"):
            if word == "WHATEVER":
                return faults
            if word not in command.commands:
                return [*faults, f"{line}: there is no command {word}"]
            command = command.commands[word]
        else:
            given += 1
    if not whole or "…" in line or "--help" in line or hasattr(command, "commands"):
        return faults
    arguments = [p for p in command.params if not p.opts[0].startswith("-")]
    needed = [p for p in arguments if p.required]
    most = 1000 if any(p.nargs == -1 for p in arguments) else len(arguments)
    if not len(needed) <= given <= most:
        faults.append(f"{line}: {given} words, {len(needed)} are needed and {most} are taken")
    missing = [p.opts[0] for p in command.params if p.required and p.opts[0].startswith("-") and p.name not in taken]
    return faults + [f"{line}: {option} is needed" for option in missing]


def faults_in(file: Path) -> list[str]:
    """Of every command on a page."""
    lines = written_in(file.read_text(encoding="utf-8"))
    return [f"{file.name}: {fault}" for line, whole in lines for fault in faults_of(line, whole=whole)]
