"""How large the results of listed functions are: the rules that the rows of :mod:`putfix.knowledge` name."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope
from putfix.analysis.sizes import derived
from putfix.analysis.sizes.constants import NUMBER_BYTES, Constant, constant, data_type_bytes
from putfix.analysis.sizes.estimates import ARRAY, FRAME, NUMBERS, OVERHEAD, Estimate, Shape, array_of
from putfix.knowledge.rows import Parts, Producers
from putfix.settings import MIN_SIZE

if TYPE_CHECKING:
    from putfix.analysis.sizes.evaluation import Sizes

_DEFAULT_SAMPLES = 50
"""How many samples ``numpy.linspace`` makes (NumPy reference)."""


_DEFAULT_DENSITY = 0.01
"""Which part of the items of ``scipy.sparse.random`` is not zero (SciPy reference)."""


@dataclass
class Request:
    """One call of a function that a row lists. ``given`` are the positional arguments; the object comes before them
    where something is made of it by a method."""

    row: Producers
    node: ast.Call
    scope: Scope
    given: list[ast.expr]
    sizes: Sizes
    keywords: dict[str | None, ast.expr] = field(default_factory=dict)
    certain: bool = True
    """Whether all numbers that were read are those of every run."""

    def argument(self, word: str, position: int | None = None) -> ast.expr | None:
        """What is given for a parameter, by its keyword or at its position."""
        if word in self.keywords:
            return self.keywords[word]
        return self.given[position] if position is not None and position < len(self.given) else None

    def number(self, node: ast.expr) -> Constant | None:
        """The number or shape that ``node`` is, in every run or, less certainly, in a likely one."""
        found, certain = self.sizes.number(node, self.scope)
        self.certain = self.certain and certain
        return found

    def estimate(self, node: ast.expr) -> Estimate | None:
        """What is known about an argument."""
        return self.sizes.estimate(node, self.scope)


class ProducedSizes:
    """Evaluates calls of producers; ``sizes`` evaluates their arguments."""

    def __init__(self, scopes: Scopes, sizes: Sizes) -> None:
        self._scopes = scopes
        self._sizes = sizes
        self._shapes: dict[str, Callable[[Request], Shape | None]] = {
            "dimensions": _dimensions,
            "shape": _shape,
            "filled": _shape,
            "square": _square,
            "range": _range,
            "samples": _samples,
            "table": _table,
        }
        self._contents: dict[str, Callable[[Request], Estimate | None]] = {
            "unknown": _unknown,
            "number": lambda call: Estimate(call.row.kind, call.node, NUMBER_BYTES, OVERHEAD),
            "small": lambda call: Estimate(call.row.kind, call.node, 0, MIN_SIZE),
            "bytes": _bytes,
            "fetched": _fetched,
            "made-from": lambda call: Estimate(
                call.row.kind, call.node, typed=constant(call.given[0], call.scope) is None
            ),
            "file": _file,
            "items": _copied,
            "contents": _copied,
            "layer": _layer,
            "sparse": _sparse,
            "opened": _opened,
            "unread": lambda call: Estimate(call.row.kind, call.node),
            **derived.RULES,
        }

    def estimate(self, row: Producers, node: ast.Call, scope: Scope, *, method: bool) -> Estimate | None:
        """What the call ``node`` of a function, or ``method``, of ``row`` returns."""
        given = [*node.args]
        if method and row.size in derived.RULES and isinstance(node.func, ast.Attribute):
            given.insert(0, node.func.value)
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        if None in keywords or any(word in keywords for word in row.unless) or len(node.args) > row.at_most:
            return None
        if any(isinstance(argument, ast.Starred) for argument in given):
            return Estimate(row.kind, node)
        call = Request(row, node, scope, given, self._sizes, keywords)
        if row.size in self._contents:
            return self._contents[row.size](call) if given or row.size in _WITHOUT_ARGUMENTS else _unknown(call)
        return self._measured(call) if row.size else self._of_parts(call, typed=True)

    def _measured(self, call: Request) -> Estimate | None:
        """Producers whose arguments give the shape."""
        row, node = call.row, call.node
        if _is_refused(call):
            return Estimate(row.kind, node)
        shape = self._shapes[row.size](call)
        if shape is None:
            return self._of_parts(call, typed=False)
        if row.size == "filled" and "dtype" not in call.keywords and len(call.given) < 3:
            value = call.argument("fill_value", 1)
            if value is None or self._sizes.kind(value, call.scope) not in NUMBERS:
                return Estimate(row.kind, node)
        data_type = call.argument("dtype", row.data_type_at)
        item_bytes = row.item_bytes if data_type is None else data_type_bytes(data_type, self._scopes, call.scope)
        if not item_bytes:
            return Estimate(row.kind, node)
        if row.parts:
            return self._tuple_of_arrays(call, shape, item_bytes)
        own = data_type is None and row.kind == ARRAY
        return replace(array_of(row.kind, node, shape, item_bytes, certain=call.certain), default_numbers=own)

    def _of_parts(self, call: Request, *, typed: bool) -> Estimate:
        """What is just normally large, or of unknown size: of one type, or a tuple of several."""
        return Estimate(call.row.kind, call.node, typed=typed, parts=_elements(call.row.parts, call.node, typed=typed))

    def _tuple_of_arrays(self, call: Request, shape: Shape, item_bytes: int) -> Estimate:
        """A table, and columns of it that are as long."""
        shapes = [shape, *[shape[:1]] * (len(call.row.parts) - 1)]
        parts = [
            array_of(str(kind), call.node, each, item_bytes, certain=call.certain)
            for kind, each in zip(call.row.parts, shapes, strict=True)
        ]
        return Estimate(call.row.kind, call.node, sum(part.at_least or 0 for part in parts), parts=tuple(parts))


_WITHOUT_ARGUMENTS = frozenset({"number", "small", "unknown", "layer"})


def _unknown(call: Request) -> Estimate:
    mixed = bool(call.node.args or call.node.keywords)
    found = Estimate(call.row.kind, call.node, mixed=mixed)
    parts = _elements(call.row.parts, call.node, typed=False)
    return replace(found, parts=tuple(replace(part, mixed=mixed) for part in parts)) if parts else found


def _elements(kinds: Parts, node: ast.expr, *, typed: bool) -> tuple[Estimate, ...] | None:
    """The elements of a tuple, of which the first is normally large."""
    found: list[Estimate] = []
    for kind in kinds:
        if isinstance(kind, str):
            found.append(Estimate(kind, node, typed=typed and not found))
        else:
            found.append(Estimate("builtins.tuple", node, typed=typed, parts=_elements(kind, node, typed=typed)))
    return tuple(found) or None


def _bytes(call: Request) -> Estimate:
    size = call.number(call.given[0]) if len(call.given) == 1 else None
    if not isinstance(size, int):
        return Estimate(call.row.kind, call.node)
    return Estimate(call.row.kind, call.node, size, size + OVERHEAD if call.certain else None)


def _fetched(call: Request) -> Estimate | None:
    """``ray.get``: a list for a list of references, for one reference its value."""
    several = call.sizes.kind(call.given[0], call.scope) in ("builtins.list", "builtins.tuple")
    return Estimate(call.row.kind, call.node, mixed=True) if several else None


def _opened(call: Request) -> Estimate | None:
    """``open(path, mode)``: a file of text, or of bytes."""
    mode = call.argument("mode", 1)
    if mode is None:
        return Estimate(call.row.kind, call.node)
    known = isinstance(mode, ast.Constant) and isinstance(mode.value, str)
    reading = known and "r" in str(mode.value) and "+" not in str(mode.value)  # type: ignore[attr-defined]
    binary = reading and "b" in str(mode.value)  # type: ignore[attr-defined]
    return Estimate("io.BufferedReader" if binary else call.row.kind, call.node) if reading else None


def _file(call: Request) -> Estimate | None:
    """An array that is read from a file, unless that is an archive of several."""
    first = call.given[0]
    archive = isinstance(first, ast.Constant) and str(first.value).endswith(".npz")
    return None if archive else Estimate(call.row.kind, call.node, typed=True)


def _copied(call: Request) -> Estimate | None:
    """What is made of the items of the first argument."""
    row, node, first = call.row, call.node, call.given[0]
    if row.size == "items":
        count = call.sizes.length(first, call.scope)
        ranged = isinstance(first, ast.Call) and call.sizes.callee(first, call.scope) == "builtins.range"
        if count is not None and ranged:
            return Estimate(row.kind, node, 2 * count, 9 * count + OVERHEAD, shape=(count,))
    held = call.estimate(first)
    if held is not None and held.kind == "builtins.dict" and row.kind == FRAME:
        return Estimate(row.kind, node, (held.at_least or 0) * 8 // 9 or None, typed=held.typed, mixed=held.mixed)
    plain = call.keywords.keys() <= {"columns", "index", "name"} and len(node.args) == 1
    if held is None or held.kind not in derived.MEASURABLE:
        return Estimate(row.kind, node, mixed=True)
    if held.kind == row.kind == ARRAY:
        return replace(held, kind=row.kind, node=node) if plain else derived.RULES["converted"](call)
    if held.kind in derived.TABULAR:
        return Estimate(row.kind, node, held.at_least if plain else None, typed=held.typed)
    listed = plain and row.kind in ("builtins.list", "builtins.tuple")
    least, shape = (held.at_least, held.shape) if listed else (None, None)
    return Estimate(row.kind, node, least, typed=held.typed, shape=shape, mixed=held.mixed and (listed or held.typed))


def _sparse(call: Request) -> Estimate:
    """``scipy.sparse.random(m, n, density)``: a float64 and two int32 for each item that is not zero."""
    shape, density = _table(call), call.argument("density", 2)
    part = call.number(density) if density is not None else _DEFAULT_DENSITY
    if shape is None or None in shape or not isinstance(part, int | float):
        return Estimate(call.row.kind, call.node)
    items = int(part * shape[0] * shape[1]) if shape[0] and shape[1] else 0
    return Estimate(call.row.kind, call.node, 12 * items, certain=call.certain)


def _layer(call: Request) -> Estimate:
    """A module of a neural network: its parameters, in the formula of its layer."""
    row = call.row
    if row.layer == "sum":
        return derived.together(call, call.given)
    numbers = [call.number(node) if node is not None else default for node, default in _dimensions_of(call)]
    known = [number for number in numbers if isinstance(number, int)]
    if len(known) < len(numbers):
        return Estimate(row.kind, call.node)
    size = LAYERS[row.layer](*known) * row.item_bytes
    return Estimate(row.kind, call.node, size, certain=call.certain)


LAYERS: dict[str, Callable[..., int]] = {
    "linear": lambda inputs, outputs: (inputs + 1) * outputs,
    "table": lambda count, width: count * width,
    "convolution": lambda inputs, outputs, width, groups: inputs * outputs * width // max(groups, 1),
    "transformer": lambda width, hidden: 4 * width * width + 2 * width * hidden,
    "rnn": lambda inputs, hidden: (inputs + hidden + 2) * hidden,
    "gru": lambda inputs, hidden: 3 * (inputs + hidden + 2) * hidden,
    "lstm": lambda inputs, hidden: 4 * (inputs + hidden + 2) * hidden,
}
"""How many numbers a layer holds at least (PyTorch reference, torch.nn: the variables of each layer)."""


def _dimensions_of(call: Request) -> list[tuple[ast.expr | None, int | None]]:
    """The arguments that give the dimensions, each with its default."""
    return [(call.argument(word, position), default) for word, position, default in call.row.dimensions]


def _table(call: Request) -> Shape | None:
    numbers = [call.number(node) if node is not None else default for node, default in _dimensions_of(call)]
    shape = tuple(number if isinstance(number, int) else None for number in numbers)
    return shape if shape and any(shape) else None


def _dimensions(call: Request) -> Shape | None:
    """``rand(3, 4)``."""
    size = call.keywords.get("size")
    values = [call.number(node) for node in ([size] if size is not None else call.given)]
    if len(values) == 1 and isinstance(values[0], tuple):
        return values[0]
    shape = tuple(value if isinstance(value, int) else None for value in values)
    return shape if any(shape) or (shape and None not in shape) else None


def _shape(call: Request) -> Shape | None:
    """``zeros((3, 4))``."""
    node = next((call.keywords[word] for word in ("shape", "size") if word in call.keywords), None)
    where = call.row.shape_at
    if node is None and where is not None and len(call.given) > where:
        node = call.given[where]
    if node is None:
        return None
    if isinstance(node, ast.Tuple | ast.List) and not any(isinstance(each, ast.Starred) for each in node.elts):
        numbers = [call.number(each) for each in node.elts]
        shape = tuple(number if isinstance(number, int) else None for number in numbers)
        return shape if any(shape) or None not in shape else None
    value = call.number(node)
    return value if isinstance(value, tuple) else (value,) if isinstance(value, int) else None


def _square(call: Request) -> Shape | None:
    extent = call.number(call.given[0]) if len(call.given) == 1 else None
    return (extent, extent) if isinstance(extent, int) else None


def _range(call: Request) -> Shape | None:
    values = [call.number(node) for node in call.given]
    numbers = [value for value in values if isinstance(value, int)]
    if not 1 <= len(values) == len(numbers) <= 3 or 0 in numbers[2:]:
        return None
    return (len(range(*numbers)),)


def _samples(call: Request) -> Shape | None:
    node = call.argument("num", 2)
    count = call.number(node) if node is not None else _DEFAULT_SAMPLES
    return (count,) if isinstance(count, int) else None


def _is_refused(call: Request) -> bool:
    """Whether the shape has a negative part."""
    shapes = [call.keywords[word] for word in ("shape", "size", "num") if word in call.keywords]
    if call.row.size in ("dimensions", "square"):
        shapes += call.given
    elif call.row.shape_at is not None:
        shapes += call.given[call.row.shape_at : call.row.shape_at + 1]
    return any(_is_negative(constant(shape, call.scope)) for shape in shapes)


def _is_negative(shape: Constant | None) -> bool:
    parts = shape if isinstance(shape, tuple) else (shape,)
    return any(isinstance(part, int) and part < 0 for part in parts)
