"""What the user's settings say about functions and classes: their results and objects are large, or small.

A pattern of :class:`putfix.settings.Settings` is compared with the whole of

* the qualified name of a function that is called, as imports give it: ``mylib.load_table`` whether the call is written
  ``mylib.load_table()`` or, after ``from mylib import load_table as l``, ``l()``. After a relative import the name
  begins with its dots, ``.io.load_table``;
* the name of a function or class of the same file, ``load_table``, and of what is reached from a class, ``Model.load``
  (also as ``self.load()`` inside of it);
* a class: that of a constructor ``mylib.Model()``, of the annotation of a parameter ``model: mylib.Model``, or of a
  result that the tables know to be of it, such as ``pandas.DataFrame``, unless its size is computed.

As in :mod:`fnmatch`, ``*`` stands for any characters, dots included, and case matters. A name outranks the tables of
:mod:`putfix.knowledge`, and one that both lists have is small.

Only the size is taken from the settings, and that nothing in the value changes by itself: that it is no reference,
and holds none, is the user's word. Of the type nothing is learned, so that methods of such an object are unknown code,
and what a function of the file does is still read from its body.
"""

from __future__ import annotations

import ast
import fnmatch
import functools
import re
from collections.abc import Callable
from dataclasses import replace

from putfix.analysis.names.assigned import self_name
from putfix.analysis.names.scopes import Scopes, decorator_callee
from putfix.analysis.names.variables import Scope
from putfix.analysis.sizes.estimates import REFERENCE, UNKNOWN_TYPE, Estimate
from putfix.settings import Settings


class Declared:
    """The names that the settings list, as one module writes them."""

    def __init__(self, scopes: Scopes, settings: Settings, is_steady: Callable[[Scope], bool]) -> None:
        """``is_steady`` says of a class of the file whether its objects alone decide what they are pickled to."""
        self._scopes = scopes
        self._is_steady = is_steady
        self._at_most = settings.min_size
        self._large = _matcher(tuple(settings.large))
        self._small = _matcher(tuple(settings.small))

    def call(self, node: ast.Call, scope: Scope, known: Estimate | None) -> Estimate | None:
        """What is known of the result of a call, ``known`` being what else is known of it."""
        if known is not None and known.kind == REFERENCE:
            return known
        sized = known is None or known.at_least is not None or known.at_most is not None
        kinds = [known.kind] if known is not None and not sized else []
        return self._of_size(node.func, scope, known or Estimate(UNKNOWN_TYPE, node), node, kinds) or known

    def annotation(self, node: ast.expr, scope: Scope, known: Estimate | None) -> Estimate | None:
        """The same for what is annotated with the type ``node``."""
        return self._of_size(node, scope, known or Estimate(UNKNOWN_TYPE, node), node, []) or known

    def _of_size(
        self, named: ast.expr, scope: Scope, estimate: Estimate, node: ast.expr, kinds: list[str]
    ) -> Estimate | None:
        """``estimate`` with the size that the settings give to what is ``named``, or to one of ``kinds``, if any;
        ``node`` says it."""
        if self._large is None and self._small is None:
            return None
        own = _name_in_file(named, scope)
        names = [name for name in (self._scopes.qualified(named, scope), own, *kinds) if name is not None]
        declared = replace(estimate, node=node, declared=True)
        if _matches(self._small, names):
            return replace(declared, at_least=None, at_most=self._at_most, typed=False)
        if _matches(self._large, names):
            return replace(declared, at_most=None, typed=True, mixed=own is not None and self._may_change)
        return None

    @functools.cached_property
    def _may_change(self) -> bool:
        """Whether objects of a class of the file may be pickled to something else each time. Those of actors never
        are."""
        classes = [scope for scope in self._scopes.of.values() if isinstance(scope.node, ast.ClassDef)]
        return not all(self._is_steady(each) or self._is_actor(each) for each in classes)

    def _is_actor(self, owner: Scope) -> bool:
        assert isinstance(owner.node, ast.ClassDef)
        made_by = [decorator_callee(decorator) for decorator in owner.node.decorator_list]
        return any(self._scopes.qualified(each, owner.parent or owner) == "ray.remote" for each in made_by)


def _name_in_file(node: ast.expr, scope: Scope) -> str | None:
    """``load``, ``Model``, ``Model.load``, where the file defines them; ``self.load`` in ``Model`` is the last."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
    if variable is None:
        return None
    owner = variable.scope.enclosing_class
    if owner is not None and isinstance(owner.node, ast.ClassDef) and self_name(variable.scope) == variable.name:
        return f"{owner.node.name}.{parts[0]}" if len(parts) == 1 else None
    kinds = {binding.kind for binding in variable.bindings}
    named = kinds == {"class"} or (kinds == {"function"} and not parts)
    return ".".join([variable.name, *reversed(parts)]) if named else None


@functools.cache
def _matcher(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """One expression for several patterns; None where there are none."""
    return re.compile("|".join(map(fnmatch.translate, patterns))) if patterns else None


def _matches(matcher: re.Pattern[str] | None, names: list[str]) -> bool:
    return matcher is not None and any(matcher.match(name) is not None for name in names)
