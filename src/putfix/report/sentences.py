"""The sentences of a run, and its exit code. All words that a user reads are made here."""

from __future__ import annotations

import difflib
import enum
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from putfix.codes import CODES
from putfix.model import (
    Evidence,
    Finding,
    Hoist,
    Idle,
    Obstacle,
    Problem,
    Remark,
    Strength,
    Suppressed,
    Suppression,
)
from putfix.settings import Governed, Settings

_UNITS = ("bytes", "KB", "MB", "GB", "TB")
_ROUNDED_UP, _ROUNDED_TO_TEN = 999.5, 9.95
"""From these on it would be written as 1000, or as 10.0."""


class ExitCode(enum.IntEnum):
    """What a run says to the program that called it. The higher one wins."""

    DONE = 0
    """Nothing to do, or everything was applied."""
    LEFT = 1
    """A diff was printed and not applied."""
    FAILED = 2
    """An input or a configuration file could not be read or analysed, or a file could not be written."""
    INTERRUPTED = 130
    """The user stopped the run, as shells report it."""


EXIT_CODES = {
    ExitCode.DONE: "Nothing to do, or all that was asked for was done.",
    ExitCode.LEFT: "A diff was printed and not applied.",
    ExitCode.FAILED: "An option was wrong, and nothing was done; or an input, a configuration file or a write failed, "
    "and the other files are done. Outranks 1.",
    ExitCode.INTERRUPTED: "Interrupted with Ctrl-C; the files written so far are whole.",
}
"""What the exit codes mean, as the help says it."""


@dataclass
class Report:
    """Counts what a run does; gives its sentences and its exit code."""

    applying: bool
    checked: int = 0
    hoists: int = 0
    files: int = 0
    declined: int = 0
    left: int = 0
    failed: int = 0
    skipped: int = 0
    gone: int = 0
    unsafe: int = 0
    idle: int = 0
    suppressed: dict[Suppression, int] = field(default_factory=dict)
    adding: bool = False
    """Whether comments are added, and nothing is hoisted."""
    comments: int = 0
    baseline: int | None = None
    """How many findings were written to a baseline."""
    gone_from_baseline: int = 0
    interrupted: bool = False
    reported: int | None = None
    """How many arguments a report lists, where that is what was asked for."""

    def problem(self, path: Path, problem: Problem) -> str:
        """The line about an input that failed."""
        self.failed += 1
        return located(path, problem, "error: ")

    def stale(self, path: Path, line: int, callee: str) -> str:
        """The line about a call that was traced, and is no longer there."""
        self.gone += 1
        what = f"a call of {one_line(callee)}" if callee else "a remote call"
        return f"{shown(path)}:{line}: the trace saw {what} here that is no longer there; trace again"

    def hoisted(self, hoists: int) -> None:
        """A file's diff was shown, and its hoists were or would be applied."""
        self.hoists += hoists
        self.files += 1

    def commented(self, comments: int) -> None:
        """A file got comments, or would get them."""
        self.comments += comments
        self.files += 1

    def was_declined(self, hoists: int) -> None:
        """A file's diff was shown, and the user said no."""
        self.declined += hoists

    def finding(self, path: Path, finding: Finding) -> str:
        """The line about one finding: its place, its code, and a sentence."""
        where = f"{in_cell(path, finding.cell)}:{finding.line}:{finding.column + 1}"
        what = known_of(finding)
        if finding.hoist is not None and finding.assumptions:
            return f"{where}: {finding.code}: {what}, unsafe, assuming that {assumed(finding.assumptions)}"
        if finding.hoist is not None:
            once = ", now put once for each object" if finding.hoist.constructed else ""
            return f"{where}: {finding.code}: {of_a_reference(finding, finding.hoist) or what}{once}"
        reasons = "; ".join(obstacle.sentence for obstacle in finding.obstacles)
        return f"{where}: {finding.code}: {what}; left alone because {reasons}"

    def advice(self, path: Path, finding: Finding) -> list[str]:
        """The lines about what would be better for a finding than a put."""
        where = f"{in_cell(path, finding.cell)}:{finding.line}:{finding.column + 1}"
        return [f"{where}: {each.code}: {each.sentence}" for each in finding.advice]

    def remark(self, path: Path, remark: Remark) -> str:
        """The line about a comment to putfix that does nothing."""
        self.idle += 1
        code = INVALID if remark.why in _INVALID else UNUSED
        return f"{in_cell(path, remark.cell)}:{remark.line}:{remark.column + 1}: {code}: {_idle(remark)}"

    def count_suppressed(self, suppressed: Iterable[Suppressed]) -> None:
        """Findings that are not shown."""
        for each in suppressed:
            self.suppressed[each.by] = self.suppressed.get(each.by, 0) + 1

    def count_left(self, findings: int) -> None:
        """Findings that have obstacles."""
        self.left += findings

    def question(self, path: Path, hoists: int) -> str:
        """What is asked before a file is written."""
        return f"Apply {counted(hoists, 'put')} to {shown(path)} [y,n,a,q,?]? "

    def help(self) -> str:
        """What the answers to the question mean."""
        return "y - yes, write this file\nn - no, leave it\na - yes, and to all that follow\nq - no, and stop here"

    def summary(self) -> str:
        """The last line of a run."""
        where = f"in {counted(self.files, 'file')} ({counted(self.checked, 'file')} checked)"
        if self.applying:
            first = f"Hoisted {counted(self.hoists, 'value')} {where}"
        else:
            first = f"Would hoist {counted(self.hoists, 'value')} {where}"
        if self.reported is not None:
            first = f"Reported {counted(self.reported, 'argument')} ({counted(self.checked, 'file')} checked)"
        elif self.baseline is not None:
            first = f"The baseline has {counted(self.baseline, 'finding')} ({counted(self.checked, 'file')} checked)"
        elif self.adding:
            verb = "Added" if self.applying else "Would add"
            first = f"{verb} {counted(self.comments, 'comment')} {where}"
        elif not self.hoists:
            first = f"Nothing to hoist ({counted(self.checked, 'file')} checked)"
        rest = {
            f"{self.declined} declined": self.declined,
            f"{self.unsafe} more with --unsafe-fixes": self.unsafe,
            f"{counted(self.left, 'repeat')} left alone": self.left,
            **{f"{number} {_SUPPRESSED[by]}": number for by, number in sorted_counts(self.suppressed)},
            f"{counted(self.gone_from_baseline, 'finding')} of the baseline no longer there": self.gone_from_baseline,
            f"{counted(self.idle, 'comment')} without effect": self.idle,
            f"{counted(self.skipped, 'file')} skipped": self.skipped,
            f"{counted(self.gone, 'traced call')} no longer there": self.gone,
            counted(self.failed, "error"): self.failed,
            "interrupted": self.interrupted,
        }
        parts = [first, *(part for part, told in rest.items() if told)]
        return ", ".join(parts) + "."

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the run so far."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.failed:
            return ExitCode.FAILED
        if self.declined or ((self.hoists or self.comments) and not self.applying):
            return ExitCode.LEFT
        return ExitCode.DONE


NO_NAME = "<stdin>"
"""What a source from standard input is called that was given no name."""
NO_OUTPUT = "putfix: error: standard output is closed"
NO_INPUT = "putfix: error: standard input is closed"


def failure(error: OSError) -> str:
    """The line about something that failed outside any file: a stream, the current directory."""
    return f"putfix: error: {one_line(error.strerror or str(error))}"


def no_trace(path: Path, error: Exception) -> str:
    """What is said of a trace that cannot be read."""
    if isinstance(error, OSError):
        return f"putfix: error: the trace {shown(path)} cannot be read: {one_line(error.strerror or str(error))}"
    return f"putfix: error: {one_line(str(error))}"


UNUSED, INVALID = "unused-comment", "invalid-comment"
"""The codes of comments to putfix that do nothing."""
_INVALID = frozenset({Idle.UNKNOWN_CODE, Idle.UNKNOWN_WORD, Idle.UNREADABLE})
_WORDS = ("ignore", "ignore-file", "large", "small")

_SUPPRESSED = {
    Suppression.COMMENT: "ignored by comments",
    Suppression.SETTING: "ignored by settings",
    Suppression.BASELINE: "in the baseline",
    Suppression.UNCHANGED: "on unchanged lines",
}


def sorted_counts(suppressed: Mapping[Suppression, int]) -> list[tuple[Suppression, int]]:
    """How many findings each of the reasons suppressed, always in the same order."""
    return [(by, suppressed[by]) for by in Suppression if by in suppressed]


def _idle(remark: Remark) -> str:
    """Why a comment does nothing, and what to do about it."""
    text = one_line(remark.text)
    if remark.why is Idle.UNKNOWN_CODE:
        return f'there is no code "{text}"{did_you_mean(remark.text, CODES)}; --list-codes shows them'
    if remark.why is Idle.UNKNOWN_WORD:
        word = remark.text.partition("putfix:")[2].strip()
        return f'"{text}" says nothing{did_you_mean(word, _WORDS)}; the words are {", ".join(_WORDS)}'
    if remark.why is Idle.UNREADABLE:
        return f'"{text}" is not understood: write "# putfix: ignore[code, code] because ..."'
    if remark.why is Idle.NOTHING_SENT:
        return f'nothing that "{text}" could mean is sent or gets a name here: take it out'
    if remark.text.startswith("#"):
        return f'"{text}" has nothing to ignore here: take it out'
    return f'"{text}" is the code of nothing here: take it out of the brackets'


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """``; did you mean "..."?`` where something known is near, otherwise nothing."""
    near = difflib.get_close_matches(text.lower().replace("_", "-"), sorted(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


_ASSUMED = {
    "size-unknown": "it is large",
    "contents-unknown": "nothing in it changes by itself",
    "may-be-a-reference": "",  # which the put finds out
    "may-be-changed": "what runs on line {line} does not change it",
    "ray-may-not-run": "Ray runs already",
    "ray-init-later": "Ray runs already",
    "ray-not-importable": "Ray is installed where it is sent",
    "starred": "",  # its parts are what is large
    "may-be-unbound": "it is bound before",
    "objects-out-of-view": "no code elsewhere binds, changes or pickles what the objects hold",
}
"""What an unsafe hoist takes for granted, by the code of the obstacle."""


def assumed(assumptions: Iterable[Obstacle]) -> str:
    """What an unsafe hoist takes for granted, in one sentence."""
    texts = [_ASSUMED[each.code].format(line=each.line) for each in assumptions]
    *others, last = dict.fromkeys(text for text in texts if text)
    return f"{', that '.join(others)} and that {last}" if others else last


def known_of(finding: Finding) -> str:
    """What a value is, how large, and how often it is sent."""
    if finding.evidence.strength is Strength.NONE:
        return f"{finding.value} is sent {often(finding)}"
    return f"{finding.value} is {evidence(finding.evidence)}, sent {often(finding)}"


def counted(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def size(number: int) -> str:
    """A number of bytes in the unit that a person would use, in powers of 1,000."""
    value = float(number)
    for unit in _UNITS:
        if value < _ROUNDED_UP or unit == _UNITS[-1]:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if value >= _ROUNDED_TO_TEN or unit == "bytes" else f"{value:.1f} {unit}"


def size_range(least: int, most: int) -> str:
    """From the smallest to the largest of several; one size where they look alike."""
    low, high = size(least), size(most)
    return low if low == high else f"{low} to {high}"


def evidence(found: Evidence) -> str:
    """How large a value is, and what says so."""
    if found.strength is Strength.NONE:
        return "of unknown size"
    if found.strength is Strength.STATED:
        return f"large (a comment says so, {line_of(found)})"
    if found.strength is Strength.MEASURED:
        seen = f", {one_line(found.text)}" if found.text else ""
        return f"{size_range(found.at_least or 0, found.at_most or 0)} (measured in a run{seen})"
    source = f"({one_line(found.text)}, {line_of(found)})"
    return f"about {size(found.at_least)} {source}" if found.at_least is not None else f"normally large {source}"


def line_of(found: Evidence) -> str:
    """The line that evidence is on."""
    inside = f"cell {found.cell}" if found.cell else os.path.basename(found.place)
    return f"line {found.line} of {inside}" if inside else f"line {found.line}"


def often(finding: Finding) -> str:
    """How often a value is sent, and how much less there is to copy."""
    if finding.times is None:
        return "again and again" if len(finding.call_sites) == 1 else f"by {len(finding.call_sites)} calls"
    saved = (finding.evidence.at_least or 0) * (finding.times - 1) if finding.saved is None else finding.saved
    less = f": {size(saved)} less to copy" if saved and finding.hoist is not None else ""
    there = " there" if finding.evidence.strength is Strength.MEASURED else ""
    return f"{counted(finding.times, 'time')}{there}{less}"


def of_a_reference(finding: Finding, hoist: Hoist) -> str:
    """The sentence where the program has a reference, or makes one in each turn; empty where the size tells."""
    if not hoist.put:
        return f"{finding.value} came out of {hoist.name}, which is sent in its place {often(finding)}"
    if hoist.argument != hoist.value:
        return f"{finding.value} is put {often(finding)}"
    return ""


SIZE_FORMS = "a number of bytes, or one with a unit, such as 500KB, 1.5MB or 1GiB"
"""How a size is written."""


def not_a_size(text: str) -> str:
    """What is said of a size on the command line that is none."""
    return f'"{text}" is not {SIZE_FORMS}.'


def not_a_size_in(key: str, value: str) -> str:
    """What is said of a size in a configuration file that is none."""
    return f"{key} must be {SIZE_FORMS}, not {value}"


NO_BASELINE = "not a baseline of putfix; --update-baseline writes one"
"""What is said of a file that holds something else."""
IN_CONFLICT = "it has a conflict of a merge in it; take one side of it, then --update-baseline"
"""What is said of a baseline that Git could not merge."""


def not_json(reason: str) -> str:
    """What is said of a baseline that cannot be parsed."""
    return f"not valid JSON: {reason}"


def other_version(version: object) -> str:
    """What is said of a baseline of another format."""
    return f"a baseline of version {version}, which this putfix does not read"


def no_baseline(path: Path, error: Exception) -> str:
    """What is said of a baseline that cannot be used."""
    reason = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    hint = "; --update-baseline makes it" if isinstance(error, FileNotFoundError) else ""
    return f"putfix: error: the baseline {shown(path)}: {one_line(reason)}{hint}"


def no_repository(reason: str) -> str:
    """What is said of a place that is in no repository of Git's."""
    return f"--diff-base needs a Git repository, and Git says: {one_line(reason)}"


def no_revision(revision: str) -> str:
    """What is said of a revision that names no commit."""
    return f'--diff-base: "{one_line(revision)}" is no commit of this repository'


def no_git(error: OSError) -> str:
    """What is said where Git's command cannot be run."""
    return f"--diff-base needs git, which cannot be run: {one_line(error.strerror or str(error))}"


def unknown_key(key: str, known: Iterable[str], *, table: str) -> str:
    """What is said of a key that ``table`` of a configuration file cannot have; the one that was probably meant."""
    where = f" in [{table}]" if table else ""
    if key == "tool" and not table:
        return 'unknown key "tool"; in this file the keys stand by themselves, without [tool.putfix]'
    hint = did_you_mean(key, known) or f"; the keys are {', '.join(sorted(known))}"
    return f'unknown key "{key}"{where}{hint}'


def wrong_type(key: str, wanted: str, found: object) -> str:
    """What is said of a value of a configuration file that is of another type than ``wanted``."""
    return f"{key} must be {wanted}, not {_type_in_toml(found)}"


def not_a_name(key: str, text: str) -> str:
    """What is said of a pattern that can match no qualified name."""
    return f'{key} holds "{text}", which is no name of a function or class, such as mylib.Model or mylib.load_*'


def shown_settings(path: Path, governed: Governed) -> str:
    """The settings for a file as a ``putfix.toml`` would have them, below what they come from."""
    source = ", which extends ".join(shown(each) for each in governed.files) or "no configuration file"
    patterns = "".join(f', per-path "{one_line(pattern)}"' for pattern in governed.patterns)
    values = ((each.name.replace("_", "-"), getattr(governed.settings, each.name)) for each in fields(Settings))
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values)  # it is TOML as well
    return "\n".join([f"# {shown(path)}: {source}{patterns}", *lines])


def not_a_code(key: str, text: str) -> str:
    """What is said of a code in a configuration file that there is not."""
    return f'{key} holds "{text}", which is no code{did_you_mean(text, CODES) or "; --list-codes shows them"}'


def not_a_path(key: str, text: str) -> str:
    """What is said of a pattern that can match no path."""
    return f'{key} has "{text}", which matches no path; write patterns as in .gitignore, such as "tests/**"'


NO_CONFIGURATION = "no configuration: there is no such file, or it has no table [tool.putfix]"


def extends_nothing(text: str) -> str:
    """What is said of a file that is to be extended, and is no configuration file."""
    return f'extend names "{text}": {NO_CONFIGURATION}'


def extends_itself(text: str) -> str:
    """What is said of a file that is extended by one that it extends."""
    return f'extend names "{text}", which leads back to this file'


def not_toml(reason: str) -> str:
    """What is said of a configuration file that cannot be parsed."""
    return f"not valid TOML: {reason}"


def _type_in_toml(value: object) -> str:
    """The type of a value, in the words of TOML's specification."""
    words = {str: "a string", bool: "a boolean", int: "an integer", float: "a float", list: "an array", dict: "a table"}
    return words.get(type(value), "a date or time")


def located(path: Path, problem: Problem, mark: str = "") -> str:
    """A problem and its place, on one line as editors read it, with ``mark`` in between."""
    where = f":{problem.line}:{problem.column + 1}" if problem.line else ""
    return f"{in_cell(path, problem.cell)}{where}: {mark}{one_line(problem.message)}"


def in_cell(path: Path, cell: int) -> str:
    """A path, and the cell where there is one."""
    return f"{shown(path)}:cell {cell}" if cell else shown(path)


def shown(path: Path) -> str:
    """A path on one line, without a leading ``./``."""
    return one_line(os.path.normpath(path) if os.pardir not in path.parts else os.fspath(path))


def one_line(text: str) -> str:
    """``text`` with everything that a terminal would not print on one line written as an escape."""
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape", "surrogateescape").decode("ascii")
        if not "\udc80" <= character <= "\udcff"
        else f"\\x{ord(character) - 0xDC00:02x}"
        for character in text
    )
