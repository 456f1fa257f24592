"""The data that the parts of putfix hand to each other: frozen, without logic.

Lines are 1-based and columns 0-based everywhere. Columns count characters (as editors do), not the UTF-8
bytes that :mod:`ast` counts. Sizes are bytes of serialized argument.
"""

from __future__ import annotations

import ast
import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from putfix.codes import HOIST
from putfix.problems import Problem


@dataclass(frozen=True)
class Source:
    """A module: its text, and ``place``, which tells it from all others (the path of its file).

    A notebook has ``cells``.
    """

    text: str
    tree: ast.Module
    place: str = ""
    cells: Cells | None = None


class Project(Protocol):
    """What is known of the files around the one at hand. Places are those of :class:`Source`."""

    def find(self, name: str, place: str) -> Source | None:
        """The module that ``name`` means, which begins with dots where it is relative, in the module at a place; None
        where it is not one of the project."""

    def mentioning(self, name: str, place: str, *, of_objects: bool) -> list[Source] | None:
        """The modules around a place that may use what the one there calls ``name``: any that says it as an attribute
        or in a text where it is one ``of_objects``, else only those to which imports lead from there. None where they
        cannot all be told."""

    def extending(self, name: str, place: str) -> list[Source] | None:
        """The modules around a place that have a class with a base of that name; None where they cannot all be told."""

    def binding(self, name: str, place: str) -> list[Source] | None:
        """The modules around a place that bind an attribute of that name on something else than ``self``; None where
        they cannot all be told."""

    def is_public(self, place: str) -> bool:
        """Whether the module at a place is in a package, so that other projects may import it."""


class SingleFile:
    """A :class:`Project` of one file, whose imports are not followed."""

    def find(self, name: str, place: str) -> Source | None:
        """Nothing."""
        return None

    def mentioning(self, name: str, place: str, *, of_objects: bool) -> list[Source] | None:
        """No module."""
        return []

    def extending(self, name: str, place: str) -> list[Source] | None:
        """No module."""
        return []

    def binding(self, name: str, place: str) -> list[Source] | None:
        """No module."""
        return []

    def is_public(self, place: str) -> bool:
        """False: it is taken for a program."""
        return False


class Strength(enum.Enum):
    """How well a size is known, best first."""

    MEASURED = "measured"
    """A run of the program saw it: :mod:`putfix.trace`."""
    STATED = "stated"
    """The user says so, in a comment ``# putfix: large``."""
    COMPUTED = "computed"
    """The shape and the item size, or the number of items, are constants of the program."""
    TYPED = "typed"
    """It comes from a producer whose results are normally large, such as ``pandas.read_csv``."""
    NONE = "none"
    """Nothing in the source tells how large the value is."""


@dataclass(frozen=True)
class Span:
    """A piece of source text, from its first character to the one after its last."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True)
class Edit:
    """``text`` in place of the characters from ``start`` to ``end`` of a text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Cells:
    """The parts of a program that a user runs one by one: in any order, again, or never.

    ``firsts`` are the first lines of the cells. ``fixed`` are the lines that stand for something else in the document,
    such as the magics of a notebook: they are not edited. ``words`` are the names that this something else may use.
    """

    firsts: tuple[int, ...]
    fixed: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Measurement:
    """What a run of the program saw of one argument of one remote call.

    ``line`` and ``column`` are those of the call expression; the column is None where Python did not tell (before
    3.11). ``argument`` is the position of the argument, from 0, or its keyword. Sizes are bytes of what Ray
    serialized; they, and ``kinds``, are of the sends that were not ``references``.
    """

    line: int
    column: int | None
    argument: int | str
    sends: int
    """How often the call was made with this argument."""
    references: int
    """How often the argument was an object reference."""
    holding: int
    """How often it held object references or actor handles inside."""
    kinds: tuple[str, ...]
    """The types that were seen, as ``package.Type``."""
    at_least: int
    at_most: int
    total: int
    """All bytes of all sends together."""
    repeats: int
    """How often it was the same, unchanged, as in the call before it in the same run of the function around it."""
    changes: int
    """How often it was another value than in the call before it in the same run of the function around it."""
    repeated: int
    """The bytes of the ``repeats``: what one put for each value would have saved."""
    end: tuple[int, int] | None = None
    """The line and the column where the call expression ends: of ``A.remote(x).run.remote(y)`` it tells which call."""


@dataclass(frozen=True)
class Claim:
    """What a comment of the user says of an argument, or of what is bound: that it is large, or small.

    ``span`` is the argument, the value that is assigned, or the parameter, and ``line`` the line of the comment. Where
    it is not ``certain`` that just this is meant, the source is believed where that says the contrary.
    """

    span: Span
    large: bool
    line: int = 0
    certain: bool = True


@dataclass(frozen=True)
class Evidence:
    """What says that a value is large.

    ``at_least`` is a lower bound in bytes, or None where only the type is known. ``text`` and ``line`` are
    the expression that says so, and where it stands (0 where there is none). Where it was measured, ``at_most`` is the
    size of the largest that was sent, and ``text`` names the types that were seen. ``place`` is the path of the file
    that the line is in, where that is another one than the repeat's.
    """

    strength: Strength
    at_least: int | None = None
    text: str = ""
    line: int = 0
    at_most: int | None = None
    cell: int = 0
    place: str = ""


@dataclass(frozen=True)
class Obstacle:
    """Why a repeat is not rewritten: a stable code, the line that causes it, one sentence.

    ``place`` is the path of the file that the line is in, where that is another one than the repeat's.
    """

    code: str
    line: int
    sentence: str
    place: str = ""
    cell: int = 0


@dataclass(frozen=True)
class Advice:
    """What would be better than a put: a stable code, the line of the callee that says so, one sentence.

    ``place`` is that of :class:`Obstacle`.
    """

    code: str
    line: int
    sentence: str
    place: str = ""
    cell: int = 0


@dataclass(frozen=True)
class CallSite:
    """One argument of one remote call: the callee as written, and the span of the argument."""

    callee: str
    argument: Span
    cell: int = 0
    handed_on: tuple[Span, ...] = ()
    """Where functions of the same program that are called instead hand it on to remote calls."""


@dataclass(frozen=True)
class Hoist:
    """The fix: ``name = put(value)`` beside a statement, and ``name`` in place of the arguments.

    ``statement`` is the span of the statement that the put goes before, or below, ``put`` the callable as it is to be
    written there (``ray.put``), and ``imports`` the import statement that this needs, or an empty string.
    ``argument`` is what the arguments are in the source: the value, or ``ray.put(value)``.

    Where the program has a reference to the value already, ``name`` is that: nothing is inserted, ``put`` is empty and
    ``statement`` is None.
    """

    name: str
    value: str
    put: str
    imports: str
    statement: Span | None
    call_sites: tuple[CallSite, ...]
    argument: str
    guard: str = ""
    """The type that the value is compared with first, ``ray.ObjectRef``, where it may be a reference already: then it
    is taken as it is."""
    condition: str = ""
    """The condition that the calls are made under, where the put is to be made under it too; otherwise they are given
    the value."""
    spread: str = ""
    """The star, or two, behind which the value stands in the calls: then the parts of it are put, one by one."""
    late: bool = False
    """Whether it must come after the other puts before the same statement, as only they certainly start Ray."""
    constructed: bool = False
    """Whether a constructor makes the reference, an attribute as the value is: it goes below the statement, which binds
    the value."""


@dataclass(frozen=True)
class Finding:
    """A value that repeated remote calls receive, with its evidence and its hoist or its obstacles.

    ``line`` and ``column`` are those of the first argument. ``times`` is how often the value is sent where
    the source says so, or was in the run that measured it, otherwise None; ``saved`` is how many bytes of those one put
    for each version would not have copied, where that was measured. Exactly one of ``hoist`` and ``obstacles`` is not
    empty.
    """

    value: str
    line: int
    column: int
    evidence: Evidence
    times: int | None
    call_sites: tuple[CallSite, ...]
    hoist: Hoist | None
    obstacles: tuple[Obstacle, ...]
    saved: int | None = None
    assumptions: tuple[Obstacle, ...] = ()
    """What an unsafe hoist takes for granted: that none of this is in its way."""
    may_be_assumed: bool = False
    """Whether all obstacles are such assumptions, so that there would be an unsafe hoist."""
    advice: tuple[Advice, ...] = ()
    """What would be better still: one for each parameter that gets the value, where none of the callees needs it."""
    cell: int = 0
    """The cell of a notebook that it is in; what is said of cells in :class:`Result` holds."""

    @property
    def code(self) -> str:
        """The stable code of what is said about it."""
        return self.obstacles[0].code if self.hoist is None else HOIST

    @property
    def codes(self) -> frozenset[str]:
        """All codes that it goes by, with other settings too: that of a hoist which would take something for granted,
        and those of what it takes for granted."""
        said = {each.code for each in (*self.obstacles, *self.assumptions)}
        return frozenset({*said, HOIST} if self.hoist is not None or self.may_be_assumed else said)


class Suppression(enum.Enum):
    """What keeps a finding from being shown and its hoist from being applied."""

    COMMENT = "comment"
    """A comment ``# putfix: ignore``."""
    SETTING = "setting"
    """The setting ``ignore``."""
    BASELINE = "baseline"
    """It is in the baseline."""
    UNCHANGED = "unchanged"
    """Its calls are on lines that have not changed since the revision that was named."""
    DECLINED = "declined"
    """The user said no to its fix."""


@dataclass(frozen=True)
class Suppressed:
    """A finding that is not shown, and what keeps it from that."""

    finding: Finding
    by: Suppression


class Idle(enum.Enum):
    """Why a comment to putfix, or a part of it, does nothing."""

    UNUSED = "unused"
    """There is no finding, or none with this code."""
    NOTHING_SENT = "nothing sent"
    """It says how large a value is, where none of that name is sent or bound."""
    UNKNOWN_CODE = "unknown code"
    """There is no such code."""
    UNKNOWN_WORD = "unknown word"
    """There is no such word after ``putfix:``."""
    UNREADABLE = "unreadable"
    """What follows is neither in brackets nor a reason."""


@dataclass(frozen=True)
class Remark:
    """A comment to putfix that does nothing, by its place; ``text`` is the part of it that does nothing, and ``found``
    the codes of what there is to ignore, where it names others only."""

    why: Idle
    text: str
    line: int
    column: int
    cell: int = 0
    found: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChangedCell:
    """A cell of a notebook before and after, and what changes in its text, in the order of that."""

    number: int
    source: str
    new_source: str
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Spot:
    """Where a finding is in the text of its file, from its first character to the one after its last, counted from 0;
    and what its hoist changes there, and in which cells of a notebook. Several hoists may need the same import."""

    start: int
    end: int
    edits: tuple[Edit, ...] = ()
    cells: tuple[ChangedCell, ...] = ()


@dataclass(frozen=True)
class Text:
    """The text of a file, which of a notebook is JSON, without a byte-order mark; and the places in it.

    ``spots`` are those of the findings, in the same order, and ``remarks`` how many characters are before each of the
    remarks. ``edits`` are all that change it, in order. ``cells`` are the texts that lines are counted in, with the
    numbers of their cells: those of all cells of Python in a notebook, otherwise one with the number 0.
    """

    source: str
    spots: tuple[Spot, ...] = ()
    remarks: tuple[int, ...] = ()
    edits: tuple[Edit, ...] = ()
    cells: tuple[tuple[int, str], ...] = ()


class Standing(enum.Enum):
    """What became of a call that a run saw."""

    WRITTEN = "written"
    """It is there, and the argument is written in it."""
    SPREAD = "spread"
    """It is there, and the argument comes through a star, or another function that makes the call."""
    SUPPRESSED = "suppressed"
    """It is there, and what is to be said about it is suppressed."""
    STALE = "stale"
    """Its lines hold something else by now."""
    UNREAD = "unread"
    """Its file could not be read or analysed."""
    ELSEWHERE = "elsewhere"
    """Its file is not among those that were checked."""


@dataclass(frozen=True)
class Passed:
    """What a run passed as one argument at one call site, and what the analysis says of it.

    ``argument`` is as the source writes it, empty where that is not known. ``again`` are the bytes of the sends that
    were the same as the one before, but in another run of the function around them; ``unknown`` is how many sends were
    not compared, to save time.
    """

    path: Path
    callee: str
    argument: str
    standing: Standing
    seen: Measurement
    again: int = 0
    unknown: int = 0
    finding: Finding | None = None
    min_size: int = 0
    cell: str = ""
    """The notebook and the cell in it that the call stands in, where that was found."""
    """The size in bytes above which the settings for the file find a value worth a put; 0 where they were not read."""

    @property
    def is_stale(self) -> bool:
        """Whether the lines of the call hold something else by now."""
        return self.standing is Standing.STALE


@dataclass(frozen=True)
class Result:
    """What :func:`putfix.fix_source` found out about one source.

    ``new_source`` equals ``source`` where nothing is to be done, and where ``problems`` is not empty, apart from a
    notebook: there a cell that has one does not keep the others from being rewritten. Of a notebook, lines are counted
    in each cell, and ``cell`` is the number of the cell among all, from 1. It is 0 in any other source.
    """

    filename: str
    source: str
    new_source: str
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    changed_cells: tuple[ChangedCell, ...] = ()
    """The cells of a notebook that differ."""
    suppressed: tuple[Suppressed, ...] = ()
    """What is not among the findings, since the user does not want it."""
    remarks: tuple[Remark, ...] = ()
    """The comments to putfix that do nothing."""
    comments: int = 0
    """How many comments to putfix the new source has more, or with more codes."""
    text: Text | None = None
    """The places of all that in the source; None where there is nothing to say of it."""

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.new_source != self.source

    @property
    def hoists(self) -> tuple[Hoist, ...]:
        """The hoists of all findings that have one, in source order."""
        return tuple(finding.hoist for finding in self.findings if finding.hoist is not None)
