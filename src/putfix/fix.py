"""The pure core: one source in, one result out. No input or output, and no exception for a bad source."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from putfix.analysis.names.sites import moved
from putfix.edits import applied
from putfix.examining import Choice, Examination, Examined
from putfix.formats import python
from putfix.formats.documents import Document, Place, Reader, UnreadableError
from putfix.formats.mistakes import problem_of
from putfix.formats.places import in_document, remark_in_document
from putfix.marks import may_matter
from putfix.model import Edit, Finding, Hoist, Measurement, Project, Remark, Result, Spot, Suppressed, Text
from putfix.problems import Problem
from putfix.rewrite import are_alike, difference, edits_of_each, in_order, moved_spans
from putfix.settings import DEFAULT, Settings

BYTE_ORDER_MARK = "\ufeff"


def fix_source(
    source: str,
    filename: str = "<string>",
    settings: Settings = DEFAULT,
    measured: Sequence[Measurement] = (),
    read: Reader = python.read,
    project: Project | None = None,
    choose: Choice | None = None,
    *,
    apart: bool = False,
) -> Result:
    """Find the large values that one source sends again and again, and hoist them into object references.

    ``source`` is the text of a Python file and ``filename`` its name for messages; ``settings`` say what is large,
    and ``measured`` is what a trace saw of the calls in this file. ``read`` makes a program of another document's text,
    such as :func:`putfix.formats.notebooks.read`; ``measured`` has the lines of that program. ``project`` has the
    modules that it imports, and ``choose`` says what is left out of the findings besides what comments and settings
    suppress; its lines, too, are those of the program. The result has the new source, the findings with their evidence,
    hoists and obstacles, and the problems that kept the source from being analysed. With ``apart``, the edits of each
    hoist are all that it needs by itself. Never raises on bad input, and does no I/O.
    """
    examination = Examination(filename, settings, project, choose)
    return _result(source, filename, read, lambda document: _fixed(document, examination, measured, read, apart))


def ignore_source(
    source: str,
    filename: str = "<string>",
    settings: Settings = DEFAULT,
    measured: Sequence[Measurement] = (),
    read: Reader = python.read,
    project: Project | None = None,
    choose: Choice | None = None,
    *,
    everything: bool = False,
    only: Finding | None = None,
) -> Result:
    """As :func:`fix_source`, but the new source has comments that ignore what would be hoisted; ``everything`` that
    would be said with that. With ``only``, that finding alone is ignored, which another result has."""
    examination = Examination(filename, settings, project, choose)
    return _result(
        source, filename, read, lambda document: _ignoring(document, examination, measured, read, everything, only)
    )


def examine_source(
    source: str,
    filename: str = "<string>",
    settings: Settings = DEFAULT,
    measured: Sequence[Measurement] = (),
    read: Reader = python.read,
    project: Project | None = None,
    choose: Choice | None = None,
) -> Result:
    """As :func:`fix_source`, but the source stays as it is: that takes half of the time where there are hoists, since
    there is nothing to verify."""
    examination = Examination(filename, settings, project, choose)
    return _result(source, filename, read, lambda document: _examined(document, examination, measured))


@dataclass(frozen=True)
class _Change:
    """What is found in a document, how its program changes, and its text; and what each hoist changes of the former."""

    found: Examined
    edits: Sequence[Edit]
    in_text: Sequence[Edit]
    by_hoist: Sequence[Sequence[Edit]] = ()
    comments: int = 0


def _result(source: str, filename: str, read: Reader, change: Callable[[Document], _Change]) -> Result:
    """What ``change`` makes of a source; whatever is wrong with it is a problem of the result."""
    if not may_matter(source):
        return Result(filename, source, source)
    mark = BYTE_ORDER_MARK if source.startswith(BYTE_ORDER_MARK) else ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the analysed program, such as an invalid escape sequence
            document = read(source[len(mark) :])
            changed = change(document)
    except UnreadableError as error:
        return Result(filename, source, source, problems=(error.problem,) if error.problem is not None else ())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Result(filename, source, source, problems=(problem_of(error),))
    except _WrongRewriteError as error:
        return Result(filename, source, source, error.findings, (error.problem,), text=error.text)
    except Exception as error:
        problem = Problem(
            f"left alone because of an error in putfix, please report it: {type(error).__name__}: {error}"
        )
        return Result(filename, source, source, problems=(problem,))
    found = changed.found
    told = _Told.of(found, document)
    return Result(
        filename,
        source,
        f"{mark}{applied(document.text, changed.in_text)}",
        told.findings,
        document.problems,
        document.changed_cells(changed.edits),
        tuple(Suppressed(in_document(each.finding, document), each.by) for each in found.suppressed),
        told.remarks,
        changed.comments,
        told.text(document, changed.in_text, changed.by_hoist),
    )


@dataclass(frozen=True)
class _Told:
    """The findings and the remarks with the places of their document."""

    findings: tuple[Finding, ...]
    remarks: tuple[Remark, ...]

    @classmethod
    def of(cls, found: Examined, document: Document) -> _Told:
        findings = tuple(in_document(finding, document) for finding in found.findings)
        return cls(findings, tuple(remark_in_document(remark, document) for remark in found.remarks))

    def text(
        self, document: Document, edits: Sequence[Edit] = (), by_hoist: Iterable[Sequence[Edit]] = ()
    ) -> Text | None:
        """The places of all that in the text of the document, if there is any of it, and the ``edits`` of that text;
        ``by_hoist`` are those of the program."""
        if not self.findings and not self.remarks and not edits:
            return None
        own = iter(by_hoist)
        spots = [_spot(each, document, next(own, ()) if each.hoist is not None else ()) for each in self.findings]
        remarks = [document.offset(Place(each.line, each.column, each.cell)) for each in self.remarks]
        return Text(document.text, tuple(spots), tuple(remarks), tuple(edits), document.texts)


def _spot(finding: Finding, document: Document, edits: Sequence[Edit]) -> Spot:
    site = finding.call_sites[0]
    argument, cell = site.argument, site.cell
    start = document.offset(Place(argument.line, argument.column, cell))
    end = document.offset(Place(argument.end_line, argument.end_column, cell))
    return Spot(start, end, tuple(document.in_text(edits)), document.changed_cells(edits))


def _fixed(
    document: Document, examination: Examination, measured: Sequence[Measurement], read: Reader, apart: bool
) -> _Change:
    """The hoists, applied. Raises :class:`_WrongRewriteError`."""
    found = examination.of(document.program, document.cells, measured)
    own = edits_of_each(document.program, found.hoists) if found.hoists else []
    changes = in_order(found.hoists, own)
    in_text = document.in_text(changes)
    if changes:
        try:
            _check(document, _read_again(applied(document.text, in_text), read), changes, found, measured, examination)
        except _WrongRewriteError as error:
            told = _Told.of(found, document)
            error.findings, error.text = told.findings, told.text(document)
            raise
    alone = frozenset(_alone(document, examination, measured, found) if apart else found.hoists)
    needed = [edits if hoist in alone else changes for hoist, edits in zip(found.hoists, own, strict=True)]
    return _Change(found, changes, in_text, needed)


def _alone(
    document: Document, examination: Examination, measured: Sequence[Measurement], found: Examined
) -> list[Hoist]:
    """The hoists that would be made without any of the others, too: one may rely on the put of another."""
    if len(found.hoists) < 2:
        return found.hoists
    how = replace(examination, choose=None)
    apart = _kinds(replace(how, apart=True).of(document.program, document.cells, measured, found.declined))
    arguments = {hoist: {site.argument for site in hoist.call_sites} for hoist in found.hoists}
    result: list[Hoist] = []
    for hoist, kind in zip(found.hoists, _kinds(found), strict=True):
        if kind not in apart or hoist.constructed:
            others = set().union(*arguments.values()) - arguments[hoist]
            again = how.of(document.program, document.cells, measured, found.declined | others)
            if kind not in _kinds(again):
                continue
        result.append(hoist)
    return result


def _kinds(found: Examined) -> list[tuple[Hoist, frozenset[str]]]:
    """The hoists with what they take for granted, but without their names: these are other ones where some that they
    avoid are not there."""
    taken = ((each.hoist, frozenset(assumed.code for assumed in each.assumptions)) for each in found.findings)
    return [(replace(hoist, name=""), codes) for hoist, codes in taken if hoist is not None]


def _examined(document: Document, examination: Examination, measured: Sequence[Measurement]) -> _Change:
    """Nothing changed."""
    return _Change(examination.of(document.program, document.cells, measured), [], [])


def _ignoring(
    document: Document,
    examination: Examination,
    measured: Sequence[Measurement],
    read: Reader,
    everything: bool,
    only: Finding | None,
) -> _Change:
    """The comments that ignore the hoists, or everything, added. Raises :class:`_WrongRewriteError`."""

    def is_meant(finding: Finding) -> bool:
        return only is None or in_document(finding, document) == only

    found, changes = examination.ignoring(document.program, document.cells, measured, is_meant, everything=everything)
    in_text = document.in_text(changes)
    new = _read_again(applied(document.text, in_text), read).program if changes else document.program
    if not are_alike(ast.parse(new), ast.parse(document.program)):
        raise _WrongRewriteError(Problem("left alone, a comment would change the program"))
    return _Change(found, changes, in_text, comments=len(changes))


class _WrongRewriteError(Exception):
    """A rewrite failed its check: a bug in putfix, which must not reach the file."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.findings: tuple[Finding, ...] = ()
        self.text: Text | None = None


def _read_again(new_text: str, read: Reader) -> Document:
    """The document of a rewritten text. Raises :class:`_WrongRewriteError`."""
    try:
        return read(new_text)
    except (UnreadableError, SyntaxError, ValueError) as error:
        message = f"left alone, the rewrite failed its check: it does not parse: {error}"
        raise _WrongRewriteError(Problem(message)) from error


def _are_alike(one: Document, other: Document) -> bool:
    """Whether two documents have as many cells, and the same ones of no use."""
    numbers = [len(each.cells.firsts) if each.cells is not None else 0 for each in (one, other)]
    broken = [[problem.cell for problem in each.problems] for each in (one, other)]
    return numbers[0] == numbers[1] and broken[0] == broken[1]


def _check(
    document: Document,
    new: Document,
    changes: Sequence[Edit],
    found: Examined,
    measured: Sequence[Measurement],
    examination: Examination,
) -> None:
    """Verify a rewrite by undoing it and by analysing it again. Raises :class:`_WrongRewriteError`."""
    hoists = found.hoists
    wrong = difference(document.program, new.program, hoists, compiles=document.compiles)
    if wrong is None and (new.program != applied(document.program, changes) or not _are_alike(document, new)):
        wrong = "the new text is not read as it was meant"
    if wrong is None:
        seen = moved(measured, document.program, new.program)
        declined = moved_spans(found.declined, document.program, changes)
        if replace(examination, choose=None).of(new.program, new.cells, seen, declined).hoists:
            wrong = "a second run would change it again"
    if wrong is not None:
        place = document.place(hoists[0].call_sites[0].argument.line)
        raise _WrongRewriteError(
            Problem(f"left alone, the rewrite failed its check: {wrong}", place.line, cell=place.cell)
        )
