"""Which call, and which of its arguments, something stands for that a run saw at a line and a column."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from putfix.analysis.names.positions import point, span, split_lines, text_of
from putfix.model import Measurement, Source, Span


class Sites:
    """The calls of one module, by where they begin.

    A call begins where its expression does; CPython gives that of a method, in a callee of several lines, as the place
    of the method's name. So both are one.
    """

    def __init__(self, calls: Iterable[ast.Call], lines: list[str]) -> None:
        self._lines = lines
        self._at: dict[tuple[int, int], list[ast.Call]] = {}
        self._remote_in: dict[int, list[ast.Call]] = {}
        for call in calls:
            places = _beginnings(call, lines)
            for place in places:
                self._at.setdefault(place, []).append(call)
            if is_remote(call):
                for line in {line for line, _ in places}:
                    self._remote_in.setdefault(line, []).append(call)

    def at(self, line: int, column: int | None, end: tuple[int, int] | None = None) -> ast.Call | None:
        """The call that begins there; by the line alone where that has one remote call. None where several could be
        meant, which cannot be where the ``end`` is known."""
        found = self._remote_in.get(line, []) if column is None else self._at.get((line, column), [])
        if column is not None and end is not None:
            found = [call for call in found if self._end(call) == end]
        elif len(found) > 1:
            found = [call for call in found if is_remote(call)]
        return found[0] if len(found) == 1 else None

    def _end(self, call: ast.Call) -> tuple[int, int]:
        whole = span(call, self._lines)
        return whole.end_line, whole.end_column


@dataclass(frozen=True)
class Written:
    """How the source writes what a run saw: whether there is a call, and its argument, on one line and where. There is
    none where it comes through a star, or through something else that makes the remote call."""

    call: bool = False
    argument: str = ""
    span: Span | None = None


def written(source: str, seen: Iterable[Measurement]) -> list[Written]:
    """How ``source`` writes each of ``seen``. Raises what :func:`ast.parse` raises."""
    lines = split_lines(source)
    sites = Sites((node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)), lines)
    found: list[Written] = []
    for each in seen:
        call = sites.at(each.line, each.column, each.end)
        argument = argument_of(call, each.argument) if call is not None and is_remote(call) else None
        if argument is None:
            found.append(Written(call is not None))
        else:
            found.append(Written(True, " ".join(text_of(argument, lines).split()), span(argument, lines)))
    return found


def lower(seen: Measurement, lines: int) -> Measurement:
    """What was seen, in a source that begins some lines above."""
    end = (seen.end[0] + lines, seen.end[1]) if seen.end is not None else None
    return replace(seen, line=seen.line + lines, end=end)


def moved(seen: Sequence[Measurement], source: Source, new_source: Source) -> list[Measurement]:
    """What was seen, at the places that the calls have in ``new_source``, which has the same remote calls in the same
    order; nothing where it has not."""
    if not seen:
        return []
    lines, new_lines = split_lines(source.text), split_lines(new_source.text)
    calls, new_calls = _remote_calls(source.tree), _remote_calls(new_source.tree)
    if len(calls) != len(new_calls):
        return []
    sites = Sites(calls, lines)
    new_places = {id(call): span(new, new_lines) for call, new in zip(calls, new_calls, strict=True)}
    found: list[Measurement] = []
    for each in seen:
        call = sites.at(each.line, each.column, each.end)
        if call is not None:
            place = new_places[id(call)]
            end = place.end_line, place.end_column
            found.append(replace(each, line=place.line, column=place.column, end=end))
    return found


def _remote_calls(tree: ast.Module) -> list[ast.Call]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and is_remote(node)]
    return sorted(calls, key=lambda call: (call.end_lineno or 0, call.end_col_offset or 0))


def is_remote(call: ast.Call) -> bool:
    """Whether the call is written as one of something's ``remote``."""
    return isinstance(call.func, ast.Attribute) and call.func.attr == "remote"


def argument_of(call: ast.Call, which: int | str) -> ast.expr | None:
    """The argument of that position or keyword as it is written; None where a star may have given it."""
    if isinstance(which, str):
        return next((keyword.value for keyword in call.keywords if keyword.arg == which), None)
    before = call.args[: which + 1]
    if which < 0 or len(before) <= which or any(isinstance(argument, ast.Starred) for argument in before):
        return None
    return before[-1]


def _beginnings(call: ast.Call, lines: list[str]) -> set[tuple[int, int]]:
    whole = span(call, lines)
    places = {(whole.line, whole.column)}
    if isinstance(call.func, ast.Attribute) and call.func.end_lineno != call.lineno:
        line, end = point(call.func.end_lineno or 0, call.func.end_col_offset or 0, lines)
        places.add((line, end - len(call.func.attr)))
    return places
