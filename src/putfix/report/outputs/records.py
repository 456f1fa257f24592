"""What a format is told: of a run before its first file, of one file after the other, and of the run at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from putfix.model import ChangedCell, Edit, Finding, Remark, Spot, Suppressed, Text
from putfix.problems import Problem
from putfix.report.colours import PLAIN, Palette
from putfix.report.explanations import Explanation


class Shown(NamedTuple):
    """A finding, and where in the text of its file it is; None where that could not be told."""

    finding: Finding
    spot: Spot | None

    @property
    def is_hoisted(self) -> bool:
        """Whether it has a hoist, which passed its check."""
        return bool(self.edits)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What its hoist changes."""
        return self.spot.edits if self.spot is not None else ()


@dataclass(frozen=True)
class FileRecord:
    """What was found in one file. Nothing is written: all is said of the file as it is.

    ``old`` and ``new`` are its bytes without and with all hoists; both are empty where that is the same. ``text`` has
    the places of the ``findings`` and the ``remarks``, which are in its order; it is None where there are neither.
    A file that was ``skipped`` has a configuration that cannot be used.
    """

    path: Path
    old: bytes = b""
    new: bytes = b""
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Remark, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    changed_cells: tuple[ChangedCell, ...] = ()
    text: Text | None = None
    skipped: bool = False

    @property
    def shown(self) -> Iterator[Shown]:
        """The findings with their places."""
        spots = self.text.spots if self.text is not None else [None] * len(self.findings)
        return (Shown(*each) for each in zip(self.findings, spots, strict=True))

    @property
    def placed_remarks(self) -> Iterator[tuple[Remark, int | None]]:
        """The remarks, with how many characters of the text are before each; None where that could not be told."""
        offsets = self.text.remarks if self.text is not None else [None] * len(self.remarks)
        return zip(self.remarks, offsets, strict=True)


@dataclass(frozen=True)
class Run:
    """What is known before the first file.

    ``root`` is the directory that paths are relative to, the current one, and ``diff_root`` that of the names in diffs;
    ``folder`` is the one that the report will be in.
    ``everything`` says that people want to read also of what is left alone. ``encoding`` and ``palette`` are those of
    the text that people read; all other text is UTF-8. ``explanations`` gives what the codes mean. ``version`` is that
    of putfix.
    """

    version: str
    root: Path
    diff_root: Path
    explanations: Callable[[], Mapping[str, Explanation]]
    everything: bool = False
    encoding: str = "utf-8"
    palette: Palette = PLAIN
    folder: Path = Path()


@dataclass(frozen=True)
class Totals:
    """What is known after the last file: how many were ``checked`` and ``skipped``, and how many problems there were;
    and the lines that are ``said`` of what all of it comes to."""

    checked: int
    skipped: int
    problems: int
    said: str


class Output(Protocol):
    """A format: it is given one file after the other, and gives bytes; those of all calls together are the document.

    It is made with a :class:`Run`.
    """

    def begin(self) -> bytes:
        """What comes before all files."""

    def file(self, record: FileRecord) -> bytes:
        """What there is to say of a file; of one about which there is nothing, it may be nothing."""

    def end(self, totals: Totals) -> bytes:
        """What comes after all files."""
