"""What was understood of a session? One bar per line, with its number and how many families it stands for."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib.figure import Figure

from bot.channels.base import File

MOST_ROWS = 14
BEFORE, AFTER = "#d9c27e", "#2f6b4f"


def quiz_chart(params: Mapping[str, Any]) -> File:
    """`rows` with name, mean_score, finished, pre_mean, post_mean, n_pairs; a line without a mean says so."""
    session, by = str(params["session"]), str(params["by"])
    content = _draw(f"Kuis {session}".strip() + f" per {by}", list(params["rows"])[:MOST_ROWS])
    return File(f"kuis-{session.lower() or 'semua'}.png", "image/png", content)


def _draw(title: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    figure = Figure(figsize=(5.4, 1.8 + 0.5 * max(len(rows), 1)), dpi=180, layout="constrained")
    axes = figure.subplots()
    for place, row in enumerate(rows):
        if row["mean_score"] is None:
            axes.text(1, place, "kurang dari lima keluarga", va="center", fontsize=10, color="#55605a")
            continue
        share = 100 * row["mean_score"]
        axes.barh(place, share, color=AFTER, height=0.58)
        beside = f"{share:.0f}%" + (f" (sebelum {100 * row['pre_mean']:.0f}%)" if row["gain"] is not None else "")
        inside = share > 55
        axes.text(
            share - 1.5 if inside else share + 1.5,
            place,
            beside,
            va="center",
            ha="right" if inside else "left",
            fontsize=11,
            color="white" if inside else "#1f2a24",
        )
        if row["gain"] is not None:
            axes.plot([100 * row["pre_mean"]] * 2, [place - 0.36, place + 0.36], color=BEFORE, linewidth=3)
    axes.set_yticks(range(len(rows)), [f"{row['name']} ({row['finished']})" for row in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("persen benar; dalam kurung: kuis yang selesai", fontsize=10)
    axes.tick_params(labelsize=11, left=False)
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.suptitle(title, fontsize=13, fontweight="bold", wrap=True)
    if not rows:
        axes.text(50, 0, "Belum ada kuis.", ha="center", va="center", fontsize=11)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()
