"""How well are the written replies of `replies.csv` understood? `python -m tests.reading.replies` prints the table."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from messages.reading import Reading, read

LIST = Path(__file__).with_name("replies.csv")
PRESENCE = {"will_attend", "present"}
DOUBT = {"cannot_attend", "maybe", "not_yet", "no"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as somebody wrote it, what it means to a person, and what we made of it."""

    text: str
    context: str
    meaning: str
    hard: bool
    reading: Reading

    @property
    def right(self) -> bool:
        return self.reading.meaning == self.meaning

    @property
    def harmful(self) -> bool:
        """The confusions of issue E that must never happen."""
        read_as = self.reading.meaning
        return not self.right and (
            (self.meaning in DOUBT and read_as in PRESENCE)
            or (self.meaning == "question" and read_as == "stop")
            or self.meaning == "stop"
        )

    def __str__(self) -> str:
        return f"{self.context}: {self.text!r} is {self.meaning}, read as {self.reading.meaning}"


@cache
def replies(file: Path = LIST) -> list[Reply]:
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            Reply(row["text"], row["context"], row["meaning"], row["hard"] == "1", read(row["text"], row["context"]))
            for row in csv.DictReader(lines)
        ]


def share_right(said: Sequence[Reply]) -> float:
    return sum(reply.right for reply in said) / len(said)


def confusions(said: Iterable[Reply]) -> str:
    """Each meaning with how often it was read right, and as what else."""
    table: dict[str, Counter[str]] = {}
    for reply in said:
        table.setdefault(reply.meaning, Counter())[reply.reading.meaning] += 1
    lines = [f"{'meaning':14} {'replies':>7} {'right':>6}  read as"]
    for meaning, found in sorted(table.items()):
        wrong = ", ".join(f"{other} {n}" for other, n in found.most_common() if other != meaning)
        lines.append(f"{meaning:14} {found.total():7} {found[meaning]:6}  {wrong}")
    return "\n".join(lines)


def main() -> None:
    said = replies(Path(sys.argv[1]) if len(sys.argv) > 1 else LIST)
    hard = [reply for reply in said if reply.hard]
    print(confusions(said))
    print(*(str(reply) for reply in said if not reply.right), sep="\n")
    print(f"right: {share_right(said):.2%} of {len(said)}, {share_right(hard):.2%} of {len(hard)} hard ones")
    print(f"harmful: {sum(reply.harmful for reply in said)}")


if __name__ == "__main__":
    main()
