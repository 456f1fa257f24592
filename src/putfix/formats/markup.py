"""Markdown and reStructuredText: their blocks of Python are the cells of one program.

A block that is no whole program, as documentation has them, is passed over, and so are sessions with ``>>>``.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator, Sequence

from putfix.formats.documents import LINE, Lines
from putfix.model import Cells

_LANGUAGES = frozenset({"python", "python3", "py", "py3", "ipython3"})
_FENCE = re.compile(r"(?P<prefix>[ \t]*(?:>[ \t]?)*(?:[-*+][ \t]+|\d+[.)][ \t]+)?)(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_MARKERS = re.compile(r"[-*+.)\d]")
"""What begins an item of a list: below it is white space."""
_DIRECTIVE = re.compile(
    r"(?P<indent>[ \t]*)\.\. (?P<name>code-block|code|sourcecode|testcode)::[ \t]*(?P<language>\S*)"
)
_OPTION = re.compile(r"[ \t]+:[\w-]+:")


def read_markdown(text: str) -> Lines:
    """The document of a Markdown file, whose blocks stand between fences (CommonMark 0.31, section 4.5)."""
    return _document(text, _fenced)


def read_restructured(text: str) -> Lines:
    """The document of a reStructuredText file, whose blocks are those of its directives for code."""
    return _document(text, _of_directives)


def _document(text: str, blocks: Callable[[Sequence[str]], Iterator[tuple[range, str]]]) -> Lines:
    lines = LINE.findall(text)
    prefixes: list[str | None] = [None] * len(lines)
    firsts: list[int] = []
    for block, prefix in blocks([line.rstrip("\r\n") for line in lines]):
        if _is_program([lines[index] for index in block], prefix):
            prefixes[block.start : block.stop] = [prefix] * len(block)
            firsts.append(block.start + 1)
    return Lines(text, tuple(prefixes), Cells(tuple(firsts)), compiles=False)


def _is_program(lines: Sequence[str], prefix: str) -> bool:
    """Whether the lines of a block are all inside of it, and can be parsed."""
    if not all(line.startswith(prefix) or not line.strip(" \t\r\n>") for line in lines):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse("".join(line[len(prefix) :] if line.startswith(prefix) else "\n" for line in lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _fenced(lines: Sequence[str]) -> Iterator[tuple[range, str]]:
    """The lines between fences that name Python, and what is in front of each of them."""
    opening: re.Match[str] | None = None
    first = 0
    for number, line in enumerate(lines):
        found = _FENCE.match(line)
        if opening is None:
            if found is not None and not (found["fence"][0] == "`" and "`" in found["info"]):
                opening, first = found, number + 1
        elif found is not None and not found["info"].strip() and found["fence"].startswith(opening["fence"]):
            if _is_python(opening["info"]):
                yield range(first, number), _MARKERS.sub(" ", opening["prefix"])
            opening = None


def _is_python(info: str) -> bool:
    """Whether what is said at a fence names Python: ``python``, ``py title="x"``, ``{.python}``, ``{code-cell} py``."""
    words = re.split(r"[\s,{}]+", info.strip(" \t{").lower())
    if words[0] in ("code-block", "code-cell", "code"):
        words = words[1:]
    return bool(words) and words[0].removeprefix(".") in _LANGUAGES


def _of_directives(lines: Sequence[str]) -> Iterator[tuple[range, str]]:
    """The lines of the directives for Python, and their indentation."""
    for number, line in enumerate(lines):
        found = _DIRECTIVE.fullmatch(line.rstrip())
        if found is None or not _names_python(found):
            continue
        first = number + 1
        while first < len(lines) and _OPTION.match(lines[first]):
            first += 1
        while first < len(lines) and not lines[first].strip():
            first += 1
        indent = _space(lines[first]) if first < len(lines) else ""
        if len(indent) <= len(found["indent"]):
            continue
        last = end = first
        while last < len(lines) and (not lines[last].strip() or len(_space(lines[last])) > len(found["indent"])):
            last += 1
            end = last if lines[last - 1].strip() else end
        yield range(first, end), indent


def _names_python(directive: re.Match[str]) -> bool:
    if directive["name"] == "testcode":
        return True  # what follows is the name of a group of tests
    return directive["language"].lower() in _LANGUAGES


def _space(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
