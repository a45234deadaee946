"""Draws the counts of a summary as SVG that reads on dark ground and in print."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.figure import Figure

from manylinux_survey.summary import Kept

KEPT, BROKEN, INK = "#4477aa", "#ee8866", "#808080"  # seen apart by colour-blind people
WIDTH, ROW, MARGIN = 7.0, 0.32, 0.9  # inches


def claims_picture(rows: Sequence[Kept], title: str) -> str:
    """Return bars of claims, the part that is kept and the part that is not."""
    figure = Figure(figsize=(WIDTH, MARGIN + ROW * len(rows)), layout="constrained")
    axes = figure.subplots()
    names = [row.name for row in rows]
    kept = [row.kept for row in rows]
    broken = [row.claims - row.kept for row in rows]
    axes.barh(names, kept, color=KEPT, label="kept")
    axes.barh(names, broken, left=kept, color=BROKEN, hatch="//", label="not kept")
    axes.invert_yaxis()
    axes.set_xlabel(f"claims by {title}", color=INK)
    axes.tick_params(colors=INK)
    for spine in axes.spines.values():
        spine.set_color(INK)
    axes.legend(loc="lower right", labelcolor=INK, framealpha=0)
    return _svg(figure)


def _svg(figure: Figure) -> str:
    """Return the drawing as an element that can stand in a page."""
    text = io.StringIO()
    metadata = {"Date": None, "Creator": None}
    figure.savefig(text, format="svg", transparent=True, metadata=metadata)
    svg = text.getvalue()
    return svg[svg.index("<svg") :]
