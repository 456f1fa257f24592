"""How large lists, tuples, sets and dictionaries are that are written out, or made by a comprehension."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Scope, Variable
from putfix.analysis.sizes.estimates import OVERHEAD, Estimate, may_change

if TYPE_CHECKING:
    from putfix.analysis.sizes.evaluation import Sizes

_ELEMENTS = {"torch.state_dict": "torch.Tensor", "builtins.list": None, "builtins.dict": None, "builtins.tuple": None}
"""What containers hold, where all elements are of one type."""
_KINDS = {ast.ListComp: "builtins.list", ast.SetComp: "builtins.set", ast.DictComp: "builtins.dict"}


class Displays:
    """Evaluates the displays of one module; ``sizes`` evaluates their elements."""

    def __init__(self, scopes: Scopes, sizes: Sizes) -> None:
        self._scopes = scopes
        self._sizes = sizes

    def of_elements(self, node: ast.List | ast.Tuple | ast.Set, parts: list[ast.expr], scope: Scope) -> Estimate:
        """A list, tuple or set: as large as its elements together."""
        sizes = [self._sizes.estimate(part, scope) for part in parts]
        count = None if any(isinstance(part, ast.Starred) for part in parts) else len(parts)
        found = self._together(f"builtins.{type(node).__name__.lower()}", node, sizes, count)
        if isinstance(node, ast.Tuple) and count is not None:
            return _with_parts(found, sizes)
        return found

    def of_pairs(self, node: ast.Dict, scope: Scope) -> Estimate:
        """A dictionary."""
        parts = [part for pair in zip(node.keys, node.values, strict=True) for part in pair if part is not None]
        whole = None not in node.keys
        sizes = [self._sizes.estimate(part, scope) for part in parts]
        if not whole:
            sizes.append(None)
        return self._together("builtins.dict", node, sizes, len(node.keys) if whole else None)

    def _together(self, kind: str, node: ast.expr, sizes: list[Estimate | None], count: int | None) -> Estimate:
        known = [size for size in sizes if size is not None]
        most = [size.at_most if size is not None else None for size in sizes]
        exact = None if None in most else sum(size for size in most if size is not None) + OVERHEAD
        return Estimate(
            kind,
            node,
            sum(size.at_least or 0 for size in known),
            exact,
            any(size.typed for size in known),
            None if count is None else (count,),
            mixed=any(map(may_change, sizes)),
        )

    def of_comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp, scope: Scope) -> Estimate:
        """What a comprehension makes: as many elements as the loops have turns, each as large as the last."""
        kind = _KINDS[type(node)]
        whole = self._as_whole(node, kind, scope)
        if whole is not None:
            return whole
        inner = self._scopes.of[node]
        element = self._sizes.estimate(node.value if isinstance(node, ast.DictComp) else node.elt, inner)
        mixed = may_change(element)
        filtered = any(generator.ifs for generator in node.generators)
        typed = element is not None and element.typed
        node_of = element.node if element is not None and typed else node
        certain = [self._sizes.length(generator.iter, scope) for generator in node.generators]
        likely = [self._sizes.likely_length(generator.iter, scope) for generator in node.generators]
        count = _product(likely)
        if element is None or count is None or filtered or not isinstance(node, ast.ListComp | ast.DictComp):
            return Estimate(kind, node_of, typed=typed, mixed=mixed)
        exact = None not in certain
        most = None if element.at_most is None or not exact else count * element.at_most + OVERHEAD
        if isinstance(node, ast.DictComp):
            return Estimate(kind, node_of, self._of_keys(node, element, count), None, typed, mixed=mixed, certain=exact)
        return Estimate(
            kind, node_of, count * (element.at_least or 1), most, typed, (count,), mixed=mixed, certain=exact
        )

    def _of_keys(self, node: ast.DictComp, element: Estimate, count: int) -> int | None:
        """Keys that do not name a variable of the loops are the same in every turn."""
        bound = {n.id for generator in node.generators for n in walk(generator.target) if isinstance(n, ast.Name)}
        used = {n.id for n in walk(node.key) if isinstance(n, ast.Name)}
        return count * (element.at_least or 1) if bound & used else element.at_least

    def _as_whole(self, node: ast.ListComp | ast.SetComp | ast.DictComp, kind: str, scope: Scope) -> Estimate | None:
        """``{k: v.cpu() for k, v in state.items()}``: as large as what is gone through, where every element keeps its
        size. So the element is taken for the whole."""
        if len(node.generators) != 1 or node.generators[0].ifs or isinstance(node, ast.SetComp):
            return None
        generator = node.generators[0]
        source, target = generator.iter, generator.target
        if isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute) and not source.args:
            pairs = source.func.attr == "items"
            if source.func.attr not in ("items", "values"):
                return None
            source = source.func.value
            if pairs:
                target = target.elts[1] if isinstance(target, ast.Tuple) and len(target.elts) == 2 else target
        held = self._sizes.estimate(source, scope)
        variable = self._variable(target, self._scopes.of[node])
        element_kind = _ELEMENTS.get(held.kind) if held is not None else None
        if held is None or variable is None or element_kind is None:
            return None
        element = Estimate(element_kind, held.node, held.at_least, typed=held.typed)
        with self._sizes.with_values({variable: element}):
            value = node.value if isinstance(node, ast.DictComp) else node.elt
            made = self._sizes.estimate(value, self._scopes.of[node])
        return None if made is None else Estimate(kind, made.node, made.at_least, typed=made.typed)

    def _variable(self, target: ast.expr, scope: Scope) -> Variable | None:
        return scope.variables.get(target.id) if isinstance(target, ast.Name) else None


def _with_parts(found: Estimate, sizes: list[Estimate | None]) -> Estimate:
    return replace(found, parts=tuple(sizes))


def _product(counts: list[int | None]) -> int | None:
    found = 1
    for count in counts:
        if count is None:
            return None
        found *= count
    return found
