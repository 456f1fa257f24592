"""The report of :mod:`putfix.report.measured` as a picture. Matplotlib draws it: ``pip install 'putfix[chart]'``."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from putfix.report.measured import Row, in_short, legend, mattering, none, sums
from putfix.report.words import counted, size

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".svg", ".png", ".pdf")
"""The formats, by the endings of files."""

NO_MATPLOTLIB = "putfix: error: --chart needs Matplotlib: pip install 'putfix[chart]'"

_MOST, _LONGEST = 15, 44
_COLOURS = ("#2a7f62", "#e08e2b", "#c9ced6")
_INK, _PALE = "#22272e", "#6b7480"
_WIDTH, _LINE, _HEAD, _FOOT = 10.0, 0.55, 1.15, 0.15
_MARGIN = 0.2


def is_available() -> bool:
    """Whether Matplotlib is there."""
    import importlib.util

    return importlib.util.find_spec("matplotlib") is not None


def drawn(found: Sequence[Row], suffix: str) -> bytes:
    """The chart as a file that ends in ``suffix``, one of :data:`SUFFIXES` in small letters or capitals."""
    from matplotlib import style

    with style.context(["default", {"svg.fonttype": "path", "svg.hashsalt": "putfix"}]), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about characters that the font lacks
        figure = _figure(found)
        picture = io.BytesIO()
        figure.savefig(picture, format=suffix[1:].lower(), dpi=150, metadata=_without_date(suffix))
    return picture.getvalue()


def _without_date(suffix: str) -> dict[str, None]:
    """The same rows give the same file."""
    return {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(suffix.lower(), {})


def _figure(found: Sequence[Row]) -> Figure:
    """A bar for each argument, the largest at the top."""
    from matplotlib.figure import Figure

    shown = [row for row in mattering(found) if row.total][:_MOST]
    body = _FOOT + _LINE * max(len(shown), 1)
    figure = Figure(figsize=(_WIDTH, _HEAD + body))
    figure.set_layout_engine("constrained", w_pad=_MARGIN, h_pad=0.05)
    (head,), (lower,) = figure.subfigures(2, 1, squeeze=False, height_ratios=[_HEAD, body])
    axes = lower.add_subplot()
    _bars(axes, shown)
    _labels(axes, shown)
    beside = _MARGIN / _WIDTH
    head.text(beside, 0.92, title(found), va="top", fontsize=15, fontweight="bold", color=_INK)
    head.text(beside, 0.56, _subtitle(found, shown), va="top", fontsize=9.5, color=_PALE)
    place = {"loc": "lower left", "bbox_to_anchor": (beside, 0.02), "ncols": 3, "frameon": False}
    if shown:
        handles = axes.get_legend_handles_labels()
        head.legend(*handles, **place, borderpad=0, borderaxespad=0, fontsize=9.5, labelcolor=_INK)
    return figure


def _bars(axes: Axes, shown: Sequence[Row]) -> None:
    starts = [0] * len(shown)
    lengths = ([row.saved for row in shown], [row.left for row in shown], [row.new for row in shown])
    for label, colour, widths in zip(legend(shown), _COLOURS, lengths, strict=True):
        axes.barh(range(len(shown)), widths, left=starts, color=colour, label=label, height=0.6)
        starts = [start + width for start, width in zip(starts, widths, strict=True)]


def _labels(axes: Axes, shown: Sequence[Row]) -> None:
    """What and where it is to the left, how much and why it stays to the right; so no scale is needed."""
    most = max((row.total for row in shown), default=1)
    axes.set_yticks(range(len(shown)), [f"{_plain(row.argument)}\n{_plain(row.place)}" for row in shown], fontsize=9)
    for number, row in enumerate(shown):
        end = row.total + most * 0.012
        many = f"{size(row.total)}: {counted(row.passed.seen.sends, 'call')} of {row.size}"
        axes.text(end, number - 0.02, many, va="bottom", fontsize=9, color=_INK)
        axes.text(end, number + 0.04, in_short(row), va="top", fontsize=8, color=_PALE)
    axes.set_xlim(0, most * 1.4)
    axes.set_ylim(max(len(shown), 1) - 0.5, -0.5)
    axes.xaxis.set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=_INK)
    axes.spines[:].set_visible(False)


def _plain(text: str) -> str:
    """The end of a long text. A dollar sign is one, and begins no formula."""
    text = text if len(text) <= _LONGEST else f"...{text[-_LONGEST + 3 :]}"
    return text.replace("$", r"\$")


def title(found: Sequence[Row]) -> str:
    """What the picture shows, in one line."""
    whole = sums(found)
    if whole.saved:
        return f"putfix saves {size(whole.saved)} of the {size(whole.total)} that go by value"
    if whole.repeated:
        return f"{size(whole.repeated)} of the {size(whole.total)} that go by value are sent again"
    return f"{size(whole.total)} go by value, and {none(whole)} twice"


def _subtitle(found: Sequence[Row], shown: Sequence[Row]) -> str:
    words = "Bytes that a run passed by value to remote calls, by argument"
    hidden = [row for row in found if row.total and row not in shown]
    more = f"; {len(hidden)} more of {size(sum(row.total for row in hidden))} together not shown"
    return words + (more if hidden else "")
