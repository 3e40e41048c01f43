"""Does the house keep its promises everywhere, also where nobody looked?"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.settings import PREFIX, Settings
from data.records import Role
from handlers.router import STAFF_WORDS
from handlers.timetable import TICKS
from messages import catalog, checks
from messages.catalog import TemplateError, entries, examples
from tests import conftest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "handlers", "data", "messages")
BELOW = ("handlers", "data", "messages")


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def modules(*rooms: str) -> list[Path]:
    return sorted(file for room in rooms for file in (ROOT / room).rglob("*.py"))


def named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of its name: `tx.audit.write(…)` is 'write'."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(name) | ast.Attribute(attr=name):
                    yield name, node
                case _:
                    pass


def texts(file: Path) -> Iterator[str]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


# --- words: every key has a template and every template a reader

CONVERSATIONS = {key.split(".")[0] for key in entries()}
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")


def audit_acts() -> set[str]:
    """'attendance.mark' in the audit looks like a key and is none."""
    acts = [node.args[1] for file in modules(*ROOMS) for name, node in calls(file) if name == "write" and node.args[1:]]
    return {act.value for act in acts if isinstance(act, ast.Constant) and isinstance(act.value, str)}


def button_ids() -> set[str]:
    """'help.how' is what a tap sends; so is what stands before a colon."""
    written = {button_id.split(":")[0] for entry in entries().values() for button_id, _ in entry.buttons}
    offered = {text.split(":")[0] for file in modules("handlers") for text in texts(file) if ":" in text}
    return written | offered


def spoken_keys() -> dict[str, set[str]]:
    """Everything in code that looks like a key of a conversation, with the files it stands in."""
    others = audit_acts() | button_ids()
    found: dict[str, set[str]] = {}
    for file in modules("bot", "handlers", "data"):
        if "migrations" in file.parts:  # 'quiz.id' there is a column
            continue
        for text in texts(file):
            if (
                KEY.fullmatch(text)
                and text.split(".")[0] in CONVERSATIONS
                and (text in entries() or text not in others)
            ):
                found.setdefault(text, set()).add(named(file))
    return found


def test_every_key_in_code_has_a_template():
    assert {key: files for key, files in spoken_keys().items() if key not in entries()} == {}


def test_every_template_is_spoken_somewhere():
    assert sorted(set(entries()) - set(spoken_keys())) == []


def test_no_key_is_built_from_pieces():
    """Nobody could find it."""
    for file in modules("handlers"):
        for name, node in calls(file):
            if name in {"say", "Outbound"} and len(node.args) > 1:
                key = node.args[1]
                assert not isinstance(key, ast.JoinedStr | ast.BinOp), f"{named(file)}:{key.lineno}"


def spoken_with() -> Iterator[tuple[str, str, set[str]]]:
    """(where, key, parameters) of every `say` and `Outbound` that writes them all out."""
    for file in modules("bot", "handlers"):
        for name, node in calls(file):
            if name not in {"say", "Outbound"} or len(node.args) < 2:
                continue
            key = node.args[1]
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                continue
            where = f"{named(file)}:{node.lineno}"
            given: list[object] = [word.arg for word in node.keywords]
            if name == "Outbound":
                params = node.args[2] if len(node.args) > 2 else ast.Dict(keys=[], values=[])
                if not isinstance(params, ast.Dict):
                    continue
                given = [k.value if isinstance(k, ast.Constant) else None for k in params.keys]
            if all(isinstance(one, str) for one in given):
                yield where, key.value, {str(one) for one in given}


def test_parameters_match_where_they_are_written_out():
    seen = list(spoken_with())
    assert len(seen) > 50
    for where, key, given in seen:
        try:
            catalog.check(key, dict.fromkeys(given))
        except TemplateError as fault:
            pytest.fail(f"{where}: {fault}")


def test_keys_fit_the_column_they_are_kept_in():
    from data.schema import outbox

    longest = outbox.c.key.type.length  # type: ignore[attr-defined]
    assert [key for key in entries() if len(key) > longest] == []


def test_every_example_is_needed_by_somebody():
    needed = {name for entry in entries().values() for name in entry.parameters}
    assert sorted(set(examples()) - needed) == []


def test_approved_templates_have_names_that_meta_takes_and_nobody_shares():
    names = Counter(entry.whatsapp.name for entry in entries().values() if entry.whatsapp)
    assert [name for name, times in names.items() if times > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z0-9_]{1,512}", name)] == []


# --- words: the checks find what is wrong


def test_nothing_the_bot_says_is_at_fault():
    assert list(checks.faults()) == []


SOUND = '[fine]\ntext = "Baik, {{ names }}."\n'
AT_FAULT = {
    "a text for families that is too long": f'[x]\ntext = "{"Panjang. " * 40}"',
    "a sentence that nobody can follow": f'[x]\ntext = "{"panjang " * 20}"',
    "a word that sounds like leaving PKH": '[x]\ntext = "Balas BERHENTI."',
    "a text with buttons that is too long": f"""[x]
audience = "staff"
text = "{"panjang " * 150}"
buttons = [{{ id = "a", title = "A" }}]""",
    "a text for staff that no message holds": f'[x]\naudience = "staff"\ntext = "{"panjang " * 600}"',
    "four buttons": '[x]\ntext = "Pilih."\nbuttons = ['
    + ", ".join(f'{{ id = "{n}", title = "{n}" }}' for n in "abcd")
    + "]",
    "a button title of 21 letters": '[x]\ntext = "Pilih."\nbuttons = [{ id = "a", title = "Belum bisa memastikan" }]',
    "a button id that Telegram refuses": f'[x]\ntext = "Pilih."\nbuttons = [{{ id = "{"a" * 65}", title = "A" }}]',
    "a parameter without an example": '[x]\ntext = "Baik, {{ nobody_knows }}."',
    "a threat": '[x]\ntext = "Bantuan Ibu akan dihentikan."',
    "a word of the office": '[x]\ntext = "Ibu tercatat ALPA."',
    "variables that are not those of the text": '[x]\ntext = "Halo {{ names }}."\n'
    'whatsapp = { name = "x", order = ["names", "day"] }',
    "a variable at the end": '[x]\ntext = "Halo {{ names }}"\nwhatsapp = { name = "x", order = ["names"] }',
    "a variable at the beginning": '[x]\ntext = "{{ names }}, halo."\nwhatsapp = { name = "x", order = ["names"] }',
    "a branch in an approved template": '[x]\ntext = "Halo {{ names }}{% if names %}!{% endif %} ya."\n'
    'whatsapp = { name = "x", order = ["names"] }',
}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A catalogue of our own."""
    folder = tmp_path / "id"
    folder.mkdir()
    (folder / "examples.toml").write_text('names = "Ibu Siti"\nday = "Sabtu"\n', encoding="utf-8")
    known = (catalog.entries, catalog.examples)
    for cached in known:
        cached.cache_clear()
    monkeypatch.setattr(catalog, "files", lambda package: tmp_path)
    yield folder / "test.toml"
    monkeypatch.undo()
    for cached in known:
        cached.cache_clear()


def test_a_sound_template_is_not_complained_of(written: Path):
    written.write_text(SOUND, encoding="utf-8")
    assert list(checks.faults()) == []


@pytest.mark.parametrize("what", AT_FAULT)
def test_the_checks_find(written: Path, what: str):
    written.write_text(SOUND + AT_FAULT[what], encoding="utf-8")
    (found,) = checks.faults()
    assert found.startswith("test.x")


@pytest.mark.parametrize(
    "broken",
    [
        '[x]\ntext = "Halo"\nbutons = []',
        'text = "no table"',
        '[x]\ntext = "Halo {{ names }}"\n[x.y]\nother = 1',
        "[x]\nwhatever = 1",
    ],
)
def test_a_misspelt_file_is_refused(written: Path, broken: str):
    written.write_text(broken, encoding="utf-8")
    with pytest.raises(TemplateError):
        list(checks.faults())


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({}, "needs names"),
        ({"names": "x", "day": "y"}, "does not know day"),
        ({"names": "x", "options": []}, "options"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_before_they_are_kept(written: Path, params: dict[str, str], why: str):
    written.write_text(SOUND, encoding="utf-8")
    with pytest.raises(TemplateError, match=why):
        catalog.check("test.fine", params)
    with pytest.raises(TemplateError, match="no template"):
        catalog.check("test.nothing", {})


# --- help

HELP = {Role.PENDAMPING: "help.pendamping", Role.KOORDINATOR: "help.koordinator"}


@pytest.mark.parametrize(
    ("role", "word"),
    [(role, word.words[0]) for role in HELP for word in STAFF_WORDS if role in word.roles],
    ids=lambda value: str(value),
)
def test_every_staff_word_stands_in_the_menu_of_its_role(role: Role, word: str):
    assert re.search(rf"\b{word.upper()}\b", entries()[HELP[role]].source)


def test_ticks_have_names_of_their_own_and_divide_the_day():
    assert len({tick.name for tick in TICKS}) == len(TICKS)
    assert all(1440 % tick.every == 0 for tick in TICKS)


# --- code

CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "monotonic"),
    ("time", "perf_counter"),
}


@pytest.mark.parametrize("file", modules(*BELOW), ids=named)
def test_below_bot_nobody_looks_at_a_clock_or_prints(file: Path):
    for node in ast.walk(tree(file)):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(module), attr=name)):
                assert (module, name) not in CLOCKS, f"{named(file)}:{node.lineno}"
            case ast.Call(func=ast.Name("print")):
                pytest.fail(f"{named(file)}:{node.lineno} prints")
            case _:
                pass


BROAD = {
    "data/store.py": "the writer's loop outlives any work",
    "bot/inbox.py": "the loop over failed events",
    "bot/landing.py": "whoever posted is told of any fault: nobody else waits for them",
    "bot/scheduler.py": "the loop over the ticks",
    "bot/dispatcher/carrying.py": "the loop over the letters",
    "bot/dispatcher/settling.py": "the loop over what became of them",
    "bot/dispatcher/statuses.py": "the loop over the statuses of one delivery",
    "bot/dispatcher/sender.py": "a turn that fails is tried again letter by letter, and then raised",
    "bot/web/faults.py": "the loop over the requests",
    "bot/app.py": "whatever the driver says when a database cannot be opened becomes one sentence",
    "bot/simulator/play.py": "a tick that fails is looked for one by one, as in real life",
    "bot/settings.py": "whatever zoneinfo says becomes one sentence",
    "bot/doctor/here.py": "whatever the driver says becomes one line of the doctor",
}


def test_broad_exceptions_are_caught_only_where_there_is_a_reason():
    """Anywhere else they hide a fault of ours."""
    found = {
        named(file)
        for file in modules(*ROOMS)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type)
    }
    assert found <= set(BROAD)


def _is_broad(caught: ast.expr | None) -> bool:
    match caught:
        case None | ast.Name("Exception" | "BaseException"):
            return True
        case ast.Tuple(elts):
            return any(_is_broad(one) for one in elts)
        case _:
            return False


@pytest.mark.parametrize("file", [f for f in modules(*ROOMS, "tests", "benchmarks") if f.stat().st_size], ids=named)
def test_every_file_opens_with_what_it_is_for(file: Path):
    found = ast.get_docstring(tree(file))
    assert found, "it has no docstring"
    assert file.read_text(encoding="utf-8").startswith('"""')
    first = found.split("\n\n")[0].rstrip()
    assert first.endswith((".", "?", "!", ":", "…", "`")) or "migrations" in file.parts, first


@pytest.mark.parametrize("file", modules("handlers"), ids=named)
def test_conversations_and_rules_are_plain_functions(file: Path):
    """What cannot wait cannot call the network inside a transaction."""
    waits = (ast.AsyncFunctionDef, ast.Await, ast.AsyncWith, ast.AsyncFor)
    assert not any(isinstance(node, waits) for node in ast.walk(tree(file)))


def test_in_the_whole_check_a_skip_is_a_failure(monkeypatch: pytest.MonkeyPatch):
    def report(outcome: str = "skipped") -> pytest.TestReport:
        return pytest.TestReport("x", ("x.py", 1, "x"), {}, outcome, ("x.py", 1, "Skipped: no browser"), "call")  # type: ignore[arg-type]

    monkeypatch.setattr(conftest, "NO_SKIP", True)
    skipped, passed = report(), report("passed")
    for one in (skipped, passed):
        conftest.not_skipped(one)
    assert (skipped.outcome, passed.outcome) == ("failed", "passed")
    assert "no browser" in str(skipped.longrepr)
    monkeypatch.setattr(conftest, "NO_SKIP", False)
    left = report()
    conftest.not_skipped(left)
    assert left.outcome == "skipped"


# --- files

SKIPPED = {
    ".git",
    ".venv",
    ".venv-lock",
    "var",
    "build",
    "dist",
    "__pycache__",
    ".hypothesis",
    "output",
    "test-results",
}


def every_file() -> Iterator[Path]:
    waiting = [ROOT]
    while waiting:
        for found in waiting.pop().iterdir():
            if found.name in SKIPPED or found.name.endswith(("_cache", ".egg-info")):
                continue
            if found.is_dir():
                waiting.append(found)
            else:
                yield found


def test_no_data_lie_in_data():
    suffixes = {".db", ".sqlite", ".sqlite3", ".db-wal", ".db-shm", ".dump", ".bak", ".xls", ".ods"}
    assert [named(file) for file in every_file() if file.suffix in suffixes] == []


def test_no_file_names_the_machine_it_was_written_on():
    """A path of somebody's own disk helps nobody else."""
    machine = re.compile(
        "|".join(re.escape(f"/{where}/") for where in ("work", "root", "home", "Users")) + r"|\.lib" + "rary/"
    )
    text = {
        ".py",
        ".toml",
        ".md",
        ".cfg",
        ".txt",
        ".html",
        ".css",
        ".js",
        ".lock",
        ".mako",
        ".csv",
        ".yml",
        ".yaml",
        "",
    }
    at_fault = [
        f"{named(file)}: {found[0]}"
        for file in every_file()
        if file.suffix in text and file.stat().st_size < 2_000_000
        for found in [machine.search(file.read_text(encoding="utf-8", errors="ignore"))]
        if found
    ]
    assert at_fault == []


def test_every_setting_is_explained_in_the_example():
    """A setting that nobody reads about is not there."""
    said = (ROOT / ".env.example").read_text(encoding="utf-8")
    missing = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields if f"{PREFIX}{name.upper()}=" not in said]
    assert missing == []
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert sorted(set(re.findall(rf"{PREFIX}[A-Z_]+", said)) - known) == []


def test_the_top_level_is_what_the_owner_fixed():
    folders = {found.name for found in ROOT.iterdir() if found.is_dir() and not found.name.startswith(".")}
    assert {"bot", "handlers", "messages", "data", "tests"} <= folders


def test_whatever_a_security_rule_is_told_to_overlook_says_why():
    """ruff's S rules are bandit's; a bare noqa would hide a hole as well as a habit."""
    silent = [
        f"{named(file)}:{number}"
        for file in modules(*ROOMS)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"noqa: [^#]*\bS\d", line) and not re.search(r"noqa: [A-Z0-9, ]+  \S", line)
    ]
    assert silent == []
    assert '"S"]' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
