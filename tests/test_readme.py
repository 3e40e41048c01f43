"""Is every command, link and file of the README and the docs there, and can its five minutes really be played?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.support.commands import faults_in, written_in
from tests.support.process import Bot, running

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("**/*.md"))]
TARGETS = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
ROOMS = ("bot/", "handlers/", "messages/", "data/", "tests/", "benchmarks/", "deploy/", "docs/")
MADE = ("docs/images/",)

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@pages
def test_every_command_exists(page: Path):
    assert not faults_in(page)


def test_the_readme_names_enough_commands_to_be_worth_looking():
    assert len({line.split(" --")[0] for line, _ in written_in(README.read_text(encoding="utf-8"))}) >= 6


@pages
def test_every_link_leads_somewhere(page: Path):
    text = page.read_text(encoding="utf-8")
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, heading = target.partition("#")
        file = page if not path else (page.parent / unquote(path))
        if not file.exists() or (heading and heading not in _headings(file)):
            lost.append(target)
    assert not lost


def _headings(file: Path) -> set[str]:
    """As they are linked to: small letters, words joined by dashes."""
    found = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pages
def test_every_make_target_exists(page: Path):
    text = page.read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL))
    code += "\n".join(re.findall(r"`([^`\n]+)`", text))
    named = set(re.findall(r"^\s*(?:\w+=\S+ )?make (?:-C \S+ )?([a-z][a-z-]*)", code, flags=re.MULTILINE))
    assert named <= TARGETS


@pytest.mark.parametrize("page", PAGES[:1] + PAGES[2:], ids=lambda page: page.name)
def test_every_file_that_is_named_is_there(page: Path):
    """Between backticks, beginning with a room of the house. The history may name what is gone."""
    lost = []
    for quoted in re.findall(r"`([^`\s]+)`", page.read_text(encoding="utf-8")):
        if quoted.startswith(ROOMS) and not [*ROOT.glob(quoted.partition("::")[0].rstrip("/"))]:
            lost.append(quoted)
    assert not lost


@pages
def test_every_setting_that_is_named_exists(page: Path):
    known = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"LIKE_PKH_[A-Z][A-Z_]+[A-Z]", page.read_text(encoding="utf-8")))
    of_tests = {"LIKE_PKH_NO_SKIP", "LIKE_PKH_SCREENSHOTS", "LIKE_PKH_TEST_POSTGRES_URL", "LIKE_PKH_CONFORMANCE_DIR"}
    assert {name for name in named - of_tests if f"# {name}=" not in known} == set()


def test_every_line_of_the_doctor_that_a_page_points_to_exists():
    sources = [*(ROOT / "bot" / "doctor").glob("*.py"), ROOT / "data" / "accounts.py"]
    code = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    parts = set(re.findall(r'(?:part|PART)(?:, \w+)? = f?"([^"]+)"|(?:fine|mind|wrong)\(\s*f?"([^"]+)",', code))
    known = {(a or b).replace("{account}", account) for a, b in parts for account in ("telegram", "whatsapp")}
    text = (ROOT / "docs" / "golive.md").read_text(encoding="utf-8")
    paragraphs = re.findall(r"\*\*Doctor\*\*(.*?)(?:\n\n|\n- )", text, flags=re.DOTALL)
    named = {quoted for paragraph in paragraphs for quoted in re.findall(r"`([^`]+)`", paragraph)}
    assert len(named) > 15
    assert named <= known


# --- the five minutes


PHONES = {
    "Pak Budi": "+6281100000902",
    "Bu Ratna": "+6281100000901",
    "Siti": "+6281100000001",
    "Aminah and Rusmini": "+6281100000003",
    "Halimah": "+6281100000005",
}


@dataclass(frozen=True)
class Step:
    who: str
    text: str = ""
    tap: str = ""
    clock: str = ""
    promise: str = ""


def steps() -> Iterator[Step]:
    """The rows of the table that begins with a number."""
    for row in README.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| \d+ \|", row):
            _, who, act, promise = (cell.strip() for cell in row.strip("|").split("|"))
            name = who.split(",")[0]
            if who == "the clock":
                yield Step(name, clock=_quoted(act).replace(" ", "T") + ":00+08:00", promise=promise)
            elif act.startswith("tap"):
                yield Step(name, tap=act.split("**")[1], promise=promise)
            else:
                yield Step(name, text=_quoted(act), promise=promise)


def _quoted(cell: str) -> str:
    return cell.split("`")[1]


HEARD = [
    "meetings.draft.preview",
    "meetings.draft.sent",
    "reminders.meeting.",
    "attendance.promised",
    "attendance.declined",
    "attendance.who",
    "attendance.promised",
    "reminders.meeting.",
    "attendance.claimed",
    "attendance.register.",
    "attendance.register.proposal",
    "attendance.register.saved",
    "summary.",
]


@pytest.mark.slow
def test_the_five_minutes_of_the_readme_go_as_written(tmp_path: Path):
    table = list(steps())
    assert len(table) == len(HEARD)
    with running(tmp_path) as bot:
        buttons: dict[str, dict[str, str]] = {}
        for step, key in zip(table, HEARD, strict=True):
            delivered = _play(bot, step, buttons)
            assert any(str(message["key"]).startswith(key) for message in delivered), (step, delivered)
            if numbers := re.search(r"(\d+) hadir, (\d+) izin, (\d+) alpa of (\d+)", step.promise):
                hadir, izin, alpa, every = numbers.groups()
                said = "\n".join(str(message["text"]) for message in delivered)
                assert f"Hadir {hadir}, izin {izin}, alpa {alpa} dari {every} keluarga" in said
        assert {row["state"] for row in bot.register("Melati 3")["rows"]} == {"verified"}


def _play(bot: Bot, step: Step, buttons: dict[str, dict[str, str]]) -> list[dict[str, object]]:
    if step.clock:
        return bot.set_clock(step.clock)
    phone = PHONES[step.who]
    code = str(bot.register("Melati 3")["meeting"]["code"]) if "1234" in step.text else ""
    if step.tap:
        delivered = bot.say(phone, button=buttons[phone][step.tap])
    else:
        delivered = bot.say(phone, step.text.replace("1234", code))
    for message in delivered:
        if message["buttons"]:
            buttons[str(message["to"])] = {button["title"]: button["id"] for button in message["buttons"]}
    return delivered
