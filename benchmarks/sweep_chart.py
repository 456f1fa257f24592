"""The sweep of ``rewritten_programs.py`` as an SVG picture, for light and dark pages. Matplotlib draws it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

INLINE_LIMIT = 102_400
"""Serialized bytes of an argument that Ray sends along with a call: its ``max_direct_call_object_size``."""

_DECADES = ("1 KB", "10 KB", "100 KB", "1 MB", "10 MB", "100 MB")
_INK, _PALE = "#22272e", "#aab1bb"
_SHADES = ("#2f6fb0", "#c2571a", "#1f7f5c")
_DARK = dict(zip((_INK, _PALE, *_SHADES), ("#e6e9ee", "#5b6370", "#79b4f0", "#f0a06a", "#5fce9f"), strict=True))
"""The colours on a light page, and on a dark one."""


def draw(gains: Mapping[int, Sequence[tuple[int, float]]], path: Path) -> None:
    """Write the picture: for each number of calls, sizes in bytes with the time by value over the time rewritten."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(["default", {"svg.fonttype": "path", "svg.hashsalt": "putfix"}]):
        figure = Figure(figsize=(8, 4.4), layout="constrained")
        axes = figure.add_subplot()
        axes.set(xscale="log", yscale="log", xlabel="size of the array", ylabel="time by value / time rewritten")
        axes.axhline(1, color=_INK, linewidth=1)
        axes.axvline(INLINE_LIMIT, color=_PALE, linewidth=1, linestyle="--")
        for (calls, points), colour in zip(gains.items(), _SHADES, strict=True):
            sizes, factors = zip(*points, strict=True)
            axes.plot(sizes, factors, marker="o", markersize=4, color=colour)
            axes.text(sizes[-1] * 1.2, factors[-1], f"{calls} calls", color=colour, va="center")
        at_the_top = axes.get_xaxis_transform()
        limit = "Ray's limit for\nsending along"
        axes.text(INLINE_LIMIT * 0.9, 0.99, limit, color=_INK, ha="right", va="top", fontsize=9, transform=at_the_top)
        axes.set_xticks(
            [10**exponent for exponent in range(3, 9)], ["1 KB", "10 KB", "100 KB", "1 MB", "10 MB", "100 MB"]
        )
        marks = [mark for mark in (0.25, 0.5, 1, 2, 4, 8, 16, 32) if mark <= 2 * max(max(g)[1] for g in gains.values())]
        axes.set_yticks(marks, [f"{mark:g}" for mark in marks])
        axes.minorticks_off()
        axes.set_xlim(right=9e8)
        axes.tick_params(color=_PALE, labelcolor=_INK)
        axes.xaxis.label.set_color(_INK)
        axes.yaxis.label.set_color(_INK)
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[["left", "bottom"]].set_color(_PALE)
        picture = io.StringIO()
        figure.savefig(picture, format="svg", transparent=True, metadata={"Date": None})
    path.write_text(_for_both(picture.getvalue()), encoding="utf-8")


def _for_both(picture: str) -> str:
    """The same picture, whose colours change where the page is dark."""
    rules = "".join(
        f'[style*="{part}: {light}"]{{{part}:{dark} !important}}'
        for light, dark in _DARK.items()
        for part in ("fill", "stroke")
    )
    head, tag, rest = picture.partition("<defs>")
    return f"{head}<style>@media (prefers-color-scheme: dark){{{rules}}}</style>\n {tag}{rest}"
