"""What is a figure? One measured number, what it is held against, and whether that is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.table import Table

Tell = Callable[[str, float], None]
"""Says what is being measured now, and which share of the benchmark is done (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`ours` and `baseline` have the same unit. `demand` is a sentence; `met` is None where nothing is demanded."""

    name: str
    ours: float
    unit: str
    baseline: float | None = None
    against: str = ""
    demand: str = ""
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the baseline."""
        return self.ours / self.baseline if self.baseline else None


def no_progress(what: str, share: float) -> None:
    """For callers that want none."""


def table(figures: Sequence[Figure]) -> Table:
    made = Table(title="LIKE-PKH bench", title_justify="left")
    for head in ("what", "ours", "baseline", "ratio", "baseline is", "demand", "met"):
        made.add_column(head, justify="right" if head in {"ours", "baseline", "ratio"} else "left", overflow="fold")
    for figure in figures:
        made.add_row(
            figure.name,
            _number(figure.ours, figure.unit),
            _number(figure.baseline, figure.unit) if figure.baseline is not None else "",
            f"{figure.ratio:.3g} ×" if figure.ratio is not None else "",
            figure.against,
            figure.demand,
            {True: "[green]yes[/]", False: "[red]no[/]", None: ""}[figure.met],
        )
    return made


def _number(value: float, unit: str) -> str:
    spoken = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{spoken} {unit}".strip()
