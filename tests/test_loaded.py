"""What does a bot that runs for months never load? What only other commands need, or a rare thing in its own time."""

import subprocess
import sys

RARE = {
    "alembic": "the schema is up to date",
    "babel": "the tests compare our dates with it",
    "bot.doctor": "a command of its own",
    "data.intake.roster": "a command of its own",
    "holidays": "asked where a meeting is planned",
    "matplotlib": "charts",
    "openpyxl": "rosters",
    "phonenumbers": "staff are added with a command",
    "reportlab": "papers",
    "sqlalchemy.orm": "comes with the engine of the pages, when the first is read",
    "xlsxwriter": "papers",
}


def test_a_running_bot_carries_nothing_that_it_rarely_needs():
    asked = "import sys, bot.cli.running; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert not RARE.keys() & set(done.stdout.split())
