"""What IPython takes in a cell and Python does not: magics, shell lines, help. Python stands in for it, line by line.

As IPython does it (IPython documentation, "Built-in magic commands" and ``IPython.core.inputtransformer2``), a line
counts only where a statement may begin. What a magic does is not known, so it may do anything; those that are listed
leave the variables of the notebook alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from putfix.formats.documents import LINE
from putfix.formats.mistakes import problem_of
from putfix.problems import Problem

_CALL = "get_ipython()"
"""Unknown code that binds no name."""
_ASKING = "dir()"
"""Code that looks at the names there are."""
_BINDING = "from IPython import *"
"""Unknown code that may bind every name."""

_HARMLESS = frozenset(
    "alias autoreload bash cat cd clear colors conda config cp debug dirs doctest_mode env gui history html javascript "
    "js latex lf ll load_ext logoff logon ls lsmagic lx mamba man markdown matplotlib mkdir more mv notebook page pdb "
    "pdoc perl pfile pinfo pinfo2 pip popd precision profile psearch psource pushd pwd pycat quickref rehashx "
    "reload_ext rm rmdir ruby save script set_env sh svg sx system tensorboard unload_ext uv writefile xmode".split()
)
_NAMING = frozenset({"who", "who_ls", "whos"})
_RUNNING = frozenset({"time", "timeit", "prun", "memit", "mprun", "lprun", "capture"})
"""Those that run the Python in their line or cell."""
_ONCE = frozenset({"time", "capture"})
"""Those whose cell is run as any other."""
_AUTOMATIC = frozenset({"pip", "conda", "cd", "ls", "ll", "cat", "cp", "mv", "mkdir", "pwd", "clear"})
"""Those that are often written without a percent sign, in a line that is no Python then."""

_MAGIC = re.compile(r"(?P<indent>[ \t]*)%(?P<name>\w+)[ \t]*(?P<rest>[^\r\n]*)")
_SHELL = re.compile(r"(?P<indent>[ \t]*)(?:!|\?{1,2}\S|[\w.%*]+\?{1,2}[ \t]*[\r\n]*\Z)")
_GIVEN = re.compile(r"(?P<target>[ \t]*[^=!%#'\"()]+?)[ \t]*=[ \t]*[!%](?!=)")
_WORD = re.compile(r"[^\W\d]\w*")
_TOKEN = re.compile(
    r"""#[^\r\n]*|(?P<triple>\"{3}|'{3})|"(?:[^"\\\r\n]|\\.)*"?|'(?:[^'\\\r\n]|\\.)*'?"""
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<continued>\\(?:\r\n|\r|\n))",
    re.DOTALL,
)


@dataclass(frozen=True)
class StandIn:
    """The Python for a cell, with as many lines.

    ``fixed`` are the indices of the lines that differ, ``words`` the names in them, ``shifts`` how many characters less
    a line begins with, and ``problem`` why there is no Python for it.
    """

    lines: tuple[str, ...]
    fixed: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()
    shifts: tuple[tuple[int, int], ...] = ()
    problem: Problem | None = None


def stand_in(source: str) -> StandIn:
    """The Python for the source of a cell. What cannot be parsed is as unknown as a magic."""
    lines = LINE.findall(source)
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if not lines:
        return StandIn(())
    if lines[first].startswith("%%"):
        return _of_cell_magic(lines, first)
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip(" \t"))]
    return _of_indented(lines, indent) if indent and lines[first].strip() else _of_lines(lines)


def _of_indented(lines: Sequence[str], indent: str) -> StandIn:
    """A cell that is indented as a whole, which IPython takes as if it were not."""
    found = _of_lines([line.removeprefix(indent) for line in lines])
    own = dict(found.shifts)
    shifts = {index: own.get(index, 0) + len(indent) for index, line in enumerate(lines) if line.startswith(indent)}
    return replace(found, fixed=frozenset(range(len(lines))), shifts=tuple(shifts.items()))


def _of_cell_magic(lines: Sequence[str], first: int) -> StandIn:
    name, _, rest = lines[first][2:].strip().partition(" ")
    if name in _RUNNING:
        variable = rest.strip().split(" ")[-1] if name == "capture" else ""
        head = [*lines[:first], _with_end(f"{variable} = {_CALL}" if variable.isidentifier() else _CALL, lines[first])]
        body = stand_in("".join(lines[first + 1 :]))
        fixed = body.fixed if name in _ONCE else range(len(body.lines))
        return StandIn(
            (*head, *body.lines),
            frozenset({first, *(index + len(head) for index in fixed)}),
            body.words | _words(lines[first]),
            tuple((index + len(head), shift) for index, shift in body.shifts),
            replace(body.problem, line=body.problem.line + len(head)) if body.problem is not None else None,
        )
    harmless = name in _HARMLESS and not {"--out", "--err", "--proc"} & set(rest.split())
    return _opaque(lines, _CALL if harmless or name.startswith("!") else _BINDING)


def _opaque(lines: Sequence[str], text: str, problem: Problem | None = None) -> StandIn:
    """One piece of code in place of a whole cell."""
    new = [_with_end("" if index else text, line) for index, line in enumerate(lines)]
    return StandIn(tuple(new), frozenset(range(len(lines))), _words("".join(lines)), problem=problem)


def _of_lines(lines: Sequence[str]) -> StandIn:
    problem = _problem_of("".join(lines))
    if problem is None:
        return StandIn(tuple(lines))
    new: list[str] = []
    shifts: list[tuple[int, int]] = []
    state = _State()
    inside_magic = False
    for index, line in enumerate(lines):
        found = "" if inside_magic else _python_for(line) if state.begins else None
        if found is None:
            new.append(line)
            state.take(line)
            continue
        inside_magic = line.rstrip("\r\n").endswith("\\")
        new.append(_with_end(found, line))
        text = found.strip()
        if text and text in line:
            shifts.append((index, line.index(text) - found.index(text)))
    problem = _problem_of("".join(new))
    if problem is not None:
        return _opaque(lines, _BINDING, problem)
    fixed = frozenset(index for index, line in enumerate(lines) if new[index] != line)
    words = frozenset(word for index in fixed for word in _words(lines[index]))
    return StandIn(tuple(new), fixed, words, tuple(shifts))


def _python_for(line: str) -> str | None:
    """The Python in place of a line in which a statement may begin; None where it stays."""
    magic = _MAGIC.match(line)
    if magic is not None:
        return magic["indent"] + _for_magic(magic["name"], magic["rest"].strip())
    shell = _SHELL.match(line)
    if shell is not None:
        return f"{shell['indent']}{_CALL}"
    given = _GIVEN.match(line)
    if given is not None:
        return f"{given['target'].rstrip()} = {_CALL}"
    word = _WORD.match(line)
    automatic = word is not None and word.group() in _AUTOMATIC and _problem_of(line) is not None
    return _CALL if automatic else None


def _for_magic(name: str, rest: str) -> str:
    if name in _RUNNING and rest:
        code = re.sub(r"\A(?:-\S+[ \t]+(?:\d+[ \t]+)?)*", "", rest)
        return code if code and _problem_of(code) is None else _BINDING
    if name in _NAMING:
        return _ASKING
    return _CALL if name in _HARMLESS or name in _RUNNING else _BINDING


class _State:
    """Where the lines so far end: between statements, or inside of one, of a string or of brackets."""

    def __init__(self) -> None:
        self._depth = 0
        self._string = ""
        self._continued = False

    @property
    def begins(self) -> bool:
        """Whether a statement may begin here."""
        return not (self._depth or self._string or self._continued)

    def take(self, line: str) -> None:
        """Go on by one line."""
        self._continued = False
        position = 0
        while position < len(line):
            if self._string:
                end = re.compile(rf"(?:[^\\]|\\.)*?{self._string}", re.DOTALL).match(line, position)
                if end is None:
                    return
                self._string, position = "", end.end()
            token = _TOKEN.search(line, position)
            if token is None:
                return
            position = token.end()
            self._string = token["triple"] or ""
            self._depth = max(self._depth + bool(token["open"]) - bool(token["close"]), 0)
            self._continued = bool(token["continued"])


def _problem_of(source: str) -> Problem | None:
    """Why ``source`` is no Python; None where it is."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return problem_of(error)
    return None


def _with_end(text: str, line: str) -> str:
    """``text`` with the line end of ``line``."""
    return text + line[len(line.rstrip("\r\n")) :]


def _words(text: str) -> frozenset[str]:
    return frozenset(_found(text))


def _found(text: str) -> Iterator[str]:
    yield from _WORD.findall(text)
