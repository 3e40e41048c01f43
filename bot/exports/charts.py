"""What does a month look like? One picture, readable without colour: every bar carries its numbers."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib.figure import Figure

from bot.channels.base import File
from messages.spoken import month_name

PARTS = (
    ("hadir", "Hadir", "#2f6b4f", ""),
    ("izin", "Izin", "#8fb8a0", "//"),
    ("sakit", "Sakit", "#d9c27e", ".."),
    ("alpa", "Alpa", "#b5533c", "xx"),
    ("belum_diketahui", "Belum diketahui", "#d8d8d3", ""),
)
MOST_ROWS = 14
"""More bars than this cannot be read on a phone; the rest is one bar, said so."""


def summary_chart(params: Mapping[str, Any]) -> File:
    """A stacked bar per line, in shares of the families on the register, with the denominator behind the name."""
    month = str(params["month"])
    content = _draw(month, str(params["by"]), _shorten(list(params["rows"])), "png")
    return File(f"rekap-{month}.png", "image/png", content)


def _shorten(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    met = [row for row in rows if row["expected"]]
    if len(met) <= MOST_ROWS:
        return met
    rest = met[MOST_ROWS - 1 :]
    keys = ("expected", *(key for key, *_ in PARTS))
    return [*met[: MOST_ROWS - 1], {"name": f"{len(rest)} lainnya", **{k: sum(r[k] for r in rest) for k in keys}}]


def _draw(month: str, by: str, rows: Sequence[Mapping[str, Any]], kind: str) -> bytes:
    figure = Figure(figsize=(5.4, 2.1 + 0.5 * max(len(rows), 1)), dpi=180, layout="constrained")
    axes = figure.subplots()
    names = [f"{row['name']} ({row['expected']})" for row in rows]
    left = [0.0] * len(rows)
    for key, label, colour, hatch in PARTS:
        shares = [100 * row[key] / row["expected"] for row in rows]
        bars = axes.barh(
            names, shares, left=left, color=colour, hatch=hatch, edgecolor="white", label=label, height=0.62
        )
        for bar, row, share in zip(bars, rows, shares, strict=True):
            if share >= 5:
                dark = key in {"hadir", "alpa"}
                axes.text(
                    bar.get_x() + bar.get_width() / 2,
                    bar.get_y() + bar.get_height() / 2,
                    str(row[key]),
                    ha="center",
                    va="center",
                    fontsize=12,
                    color="white" if dark else "#1f2a24",
                    bbox={"boxstyle": "round,pad=0.15", "facecolor": colour, "edgecolor": "none"},
                )
        left = [a + b for a, b in zip(left, shares, strict=True)]
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("persen dari keluarga di daftar hadir (dalam kurung)", fontsize=10)
    axes.tick_params(labelsize=11)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)
    figure.suptitle(f"Kehadiran P2K2 {month_name(month)} per {by}", fontsize=13, fontweight="bold", wrap=True)
    if rows:
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=10.5)
    else:
        axes.set_yticks([])
        axes.text(
            50,
            0.5,
            "Belum ada pertemuan yang terlaksana.",
            ha="center",
            va="center",
            transform=axes.get_xaxis_transform(),
        )
    out = io.BytesIO()
    figure.savefig(out, format=kind)
    return out.getvalue()
