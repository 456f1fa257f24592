"""The pure core: one source in, one result out. No input or output, and no exception for a bad source."""

from __future__ import annotations

import functools
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
from putfix.model import (
    Edit,
    Finding,
    Hoist,
    Measurement,
    Project,
    Remark,
    Result,
    Source,
    Span,
    Spot,
    Suppressed,
    Text,
)
from putfix.problems import Problem
from putfix.rewrite import Parsed, are_alike, difference, edits_of_each, in_order, moved_spans
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
    return Study(source, filename, settings, measured, read, project).fixed(choose, apart=apart)


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
) -> Result:
    """As :func:`fix_source`, but the new source has comments that ignore what would be hoisted; ``everything`` that
    would be said with that."""
    return Study(source, filename, settings, measured, read, project).ignoring(choose, everything=everything)


def examine_source(
    source: str,
    filename: str = "<string>",
    settings: Settings = DEFAULT,
    measured: Sequence[Measurement] = (),
    read: Reader = python.read,
    project: Project | None = None,
    choose: Choice | None = None,
) -> Result:
    """As :func:`fix_source`, but the source stays as it is: that takes less than half of the time where there are
    hoists, since there is nothing to verify."""
    return Study(source, filename, settings, measured, read, project).examined(choose)


class Study:
    """One source, of which it is found out once what is in it, however much is made of it then. As long as it is used,
    the modules of its project must stay what they are."""

    def __init__(
        self,
        source: str,
        filename: str = "<string>",
        settings: Settings = DEFAULT,
        measured: Sequence[Measurement] = (),
        read: Reader = python.read,
        project: Project | None = None,
    ) -> None:
        """What is given is that of :func:`fix_source`."""
        self._source = source
        self._filename = filename
        self._given = settings, measured, project
        self._read = read
        self._mark = BYTE_ORDER_MARK if source.startswith(BYTE_ORDER_MARK) else ""
        self._last: tuple[Examined, _Rewrite] | None = None
        """What was found when hoists were last applied, and how that was done: only one, as each has a tree."""

    def examined(self, choose: Choice | None = None) -> Result:
        """What is found, and the source as it is."""
        return self._result(lambda: _Change(self._examination.of(choose)))

    def fixed(self, choose: Choice | None = None, *, apart: bool = False) -> Result:
        """See :func:`fix_source`. However many hoists there are, and whatever was known before: the new program parses
        and compiles, undoing the edit gives the tree of the old one, and the whole of it, analysed again, has nothing
        more to fix than what ``choose`` and the user's comments leave out."""
        return self._result(lambda: self._fixed(choose, apart))

    def stages(self, choose: Choice | None = None) -> list[Callable[[], Result]]:
        """What :meth:`fixed` is made of, one after the other, for whom something may come between: each takes no longer
        than an analysis, and is done once. The last one gives what :meth:`fixed` does."""
        applying = functools.partial(self._result, lambda: self._applied(choose))
        return [functools.partial(self.examined, choose), applying, functools.partial(self.fixed, choose)]

    def ignoring(self, choose: Choice | None = None, *, everything: bool = False) -> Result:
        """See :func:`ignore_source`."""
        return self._result(lambda: self._with_comments(*self._examination.ignoring(choose, everything=everything)))

    def ignoring_one(self, finding: Finding) -> Result:
        """The same for one finding of :meth:`examined` alone."""
        return self._result(lambda: self._ignoring_one(finding))

    @functools.cached_property
    def _document(self) -> Document:
        return self._read(self._source[len(self._mark) :])

    @functools.cached_property
    def _examination(self) -> Examination:
        settings, measured, project = self._given
        document = self._document
        return Examination(Parsed(document.program), self._filename, settings, project, document.cells, measured)

    def _result(self, change: Callable[[], _Change]) -> Result:
        """What ``change`` makes of the source; whatever is wrong with that is a problem of the result."""
        filename, source = self._filename, self._source
        if not may_matter(source):
            return Result(filename, source, source)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about the analysed program, such as an invalid escape sequence
                changed = change()
        except UnreadableError as error:
            return Result(filename, source, source, problems=(error.problem,) if error.problem is not None else ())
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return Result(filename, source, source, problems=(problem_of(error),))
        except _WrongRewriteError as error:
            told = _Told.of(error.found, self._document)
            return Result(filename, source, source, told.findings, (error.problem,), text=told.text(self._document))
        except Exception as error:
            problem = Problem(
                f"left alone because of an error in putfix, please report it: {type(error).__name__}: {error}"
            )
            return Result(filename, source, source, problems=(problem,))
        found, document = changed.found, self._document
        told = _Told.of(found, document)
        return Result(
            filename,
            source,
            f"{self._mark}{applied(document.text, changed.in_text)}",
            told.findings,
            document.problems,
            document.changed_cells(changed.edits),
            tuple(Suppressed(in_document(each.finding, document), each.by) for each in found.suppressed),
            told.remarks,
            changed.comments,
            told.text(document, changed.in_text, changed.by_hoist),
        )

    def _fixed(self, choose: Choice | None, apart: bool) -> _Change:
        """The hoists, applied and verified. Raises :class:`_WrongRewriteError`."""
        found, examination = self._examination.of(choose), self._examination
        if not found.hoists:
            return _Change(found)
        rewrite = self._rewrite(found)
        if rewrite.again.of(declined=rewrite.declined).hoists:
            raise _WrongRewriteError(found, self._failed(found, "a second run would change it again"))
        alone = frozenset(_alone(examination, found) if apart else found.hoists)
        edits = zip(found.hoists, rewrite.by_hoist, strict=True)
        needed = [own if hoist in alone else rewrite.edits for hoist, own in edits]
        return _Change(found, rewrite.edits, rewrite.in_text, needed)

    def _applied(self, choose: Choice | None) -> _Change:
        """What is found, with the hoists applied but not shown. Raises :class:`_WrongRewriteError`."""
        found = self._examination.of(choose)
        if found.hoists:
            self._rewrite(found)
        return _Change(found)

    def _rewrite(self, found: Examined) -> _Rewrite:
        """The hoists, applied, which undoing that has shown to be right. Raises :class:`_WrongRewriteError`."""
        if self._last is None or self._last[0] != found:
            self._last = found, self._new_rewrite(found)
        return self._last[1]

    def _new_rewrite(self, found: Examined) -> _Rewrite:
        document, program = self._document, self._examination.program
        by_hoist = edits_of_each(program, found.hoists)
        edits = in_order(found.hoists, by_hoist)
        in_text = document.in_text(edits)
        new = self._read_again(found, in_text)
        new_program = Parsed(new.program)
        wrong = difference(program, new_program, found.hoists, compiles=document.compiles)
        if wrong is None and (new.program != applied(program.text, edits) or not _are_alike(document, new)):
            wrong = "the new text is not read as it was meant"
        if wrong is not None:
            raise _WrongRewriteError(found, self._failed(found, wrong))
        programs = (Source(each.text, each.tree) for each in (program, new_program))
        seen = moved(self._examination.measured, *programs)
        again = replace(self._examination, program=new_program, cells=new.cells, measured=seen)
        return _Rewrite(by_hoist, edits, in_text, again, moved_spans(found.declined, program.text, edits))

    def _read_again(self, found: Examined, in_text: Sequence[Edit]) -> Document:
        """The document of the rewritten text. Raises :class:`_WrongRewriteError`."""
        try:
            return self._read(applied(self._document.text, in_text))
        except (UnreadableError, SyntaxError, ValueError) as error:
            message = f"left alone, the rewrite failed its check: it does not parse: {error}"
            raise _WrongRewriteError(found, Problem(message)) from error

    def _failed(self, found: Examined, wrong: str) -> Problem:
        """What is said where a rewrite failed its check."""
        place = self._document.place(found.hoists[0].call_sites[0].argument.line)
        return Problem(f"left alone, the rewrite failed its check: {wrong}", place.line, cell=place.cell)

    def _ignoring_one(self, finding: Finding) -> _Change:
        found = self._examination.of()
        meant = next(each for each in found.findings if in_document(each, self._document) == finding)
        return self._with_comments(found, self._examination.ignoring_one(meant))

    def _with_comments(self, found: Examined, changes: Sequence[Edit]) -> _Change:
        """Comments, added. Raises :class:`_WrongRewriteError`."""
        document, program = self._document, self._examination.program
        in_text = document.in_text(changes)
        if changes:
            new = Parsed(self._read_again(found, in_text).program)
            if not are_alike(new.tree, program.tree):
                raise _WrongRewriteError(found, Problem("left alone, a comment would change the program"))
        return _Change(found, changes, in_text, comments=len(changes))


@dataclass(frozen=True)
class _Rewrite:
    """How hoists change a program, each by itself and all of them, and the text of its document; and the examination of
    the new program, with the arguments in that which are not hoisted."""

    by_hoist: Sequence[Sequence[Edit]]
    edits: Sequence[Edit]
    in_text: Sequence[Edit]
    again: Examination
    declined: Sequence[Span]


@dataclass(frozen=True)
class _Change:
    """What is found in a document, how its program changes, and its text; and what each hoist changes of the former."""

    found: Examined
    edits: Sequence[Edit] = ()
    in_text: Sequence[Edit] = ()
    by_hoist: Sequence[Sequence[Edit]] = ()
    comments: int = 0


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


def _alone(examination: Examination, found: Examined) -> list[Hoist]:
    """The hoists that would be made without any of the others, too: one may rely on the put of another."""
    if len(found.hoists) < 2:
        return found.hoists
    apart = _kinds(replace(examination, apart=True).of(declined=found.declined))
    arguments = {hoist: {site.argument for site in hoist.call_sites} for hoist in found.hoists}
    result: list[Hoist] = []
    for hoist, kind in zip(found.hoists, _kinds(found), strict=True):
        if kind not in apart or hoist.constructed:
            others = set().union(*arguments.values()) - arguments[hoist]
            again = examination.of(declined=found.declined | others)
            if kind not in _kinds(again):
                continue
        result.append(hoist)
    return result


def _kinds(found: Examined) -> list[tuple[Hoist, frozenset[str]]]:
    """The hoists with what they take for granted, but without their names: these are other ones where some that they
    avoid are not there."""
    taken = ((each.hoist, frozenset(assumed.code for assumed in each.assumptions)) for each in found.findings)
    return [(replace(hoist, name=""), codes) for hoist, codes in taken if hoist is not None]


class _WrongRewriteError(Exception):
    """A rewrite failed its check: a bug in putfix, which must not reach the file."""

    def __init__(self, found: Examined, problem: Problem) -> None:
        super().__init__(problem.message)
        self.found = found
        self.problem = problem


def _are_alike(one: Document, other: Document) -> bool:
    """Whether two documents have as many cells, and the same ones of no use."""
    numbers = [len(each.cells.firsts) if each.cells is not None else 0 for each in (one, other)]
    broken = [[problem.cell for problem in each.problems] for each in (one, other)]
    return numbers[0] == numbers[1] and broken[0] == broken[1]
