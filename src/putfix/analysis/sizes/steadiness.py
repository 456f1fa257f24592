"""Which functions and classes of a file stay what they are.

Ray pickles those of a program with everything that names them, whenever it is sent: with their defaults, their
attributes, and what they read of the module. So does this concern every bound method, closure and object.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from putfix import knowledge
from putfix.analysis.names.assigned import sets_by_name
from putfix.analysis.names.inheritance import ancestors, relatives_of
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import Scopes, decorator_callee
from putfix.analysis.names.variables import Binding, FunctionNode, Scope, defaults
from putfix.analysis.sizes.estimates import UNCHANGEABLE
from putfix.knowledge.running import PICKLING, PLAIN_BASES

if TYPE_CHECKING:
    from putfix.analysis.sizes.evaluation import Sizes

_ACCESSORS = ("setter", "getter", "deleter")
_OF_TASKS = ("remote", "options", "bind")


class Steadiness:
    """The question for the functions and classes of one module; ``sizes`` evaluates what they hold."""

    def __init__(self, scopes: Scopes, sizes: Sizes, others: Callable[[Scope], Steadiness]) -> None:
        """``others`` gives the same for the module of a scope."""
        self._scopes = scopes
        self._sizes = sizes
        self._others = others
        self._known: dict[Scope, bool] = {}

    def of_code(self, scope: Scope) -> bool:
        """Whether a function or class stays what it is, and all that it names; what it reads of variables apart."""
        return all(map(self._is_steady, self._scopes.reached_code(scope)))

    def of_imported(self, owner: Scope) -> bool:
        """The same of a class that is imported where its objects are sent: it is pickled by its name only."""
        return all(self._others(each)._is_plain_throughout(each) for each in ancestors(owner, self._scopes))

    def _is_plain_throughout(self, scope: Scope) -> bool:
        return all(self._is_plain(each) for each in self._scopes.inside(scope) if isinstance(each.node, _CODE))

    def _names_stay(self, scope: Scope) -> bool:
        """Whether the names of functions and classes that are read in ``scope`` mean the same ones all the time."""
        for variable in self._scopes.free_variables(scope):
            named = any(isinstance(binding.node, FunctionNode | ast.ClassDef) for binding in variable.bindings)
            if named and (variable.only_binding is None or variable.rebound_inside):
                return False
        return True

    def family_of(self, owner: Scope) -> list[Scope]:
        """The classes of the file that an object may be of which has the methods of ``owner``."""
        return relatives_of(owner, self._scopes) if owner.module is self._scopes.module else []

    def _is_steady(self, scope: Scope) -> bool:
        if scope not in self._known:
            self._known[scope] = True  # while it is looked at: what names itself
            self._known[scope] = self._names_stay(scope) and self._is_plain_throughout(scope)
        return self._known[scope]

    def _is_plain(self, scope: Scope) -> bool:
        node, outside = scope.node, scope.parent or scope
        if isinstance(node, ast.ClassDef):
            return self._is_plain_class(node, scope, outside)
        assert isinstance(node, FunctionNode | ast.Lambda)
        given = [default for _, default in defaults(node.args)]
        fixed = all(self._sizes.kind(default, outside) in UNCHANGEABLE for default in given)
        if isinstance(node, ast.Lambda):
            return fixed
        plain = (
            fixed and self._are_listed(node.decorator_list, outside) and node.name not in self._named_with_attributes
        )
        return plain and (not self._runs_unseen(node, outside) or self._only_reads(node, scope))

    def _runs_unseen(self, node: FunctionNode, owner: Scope) -> bool:
        """Whether a method runs where no call of it is written: ``len(x)``, ``x == y``, ``x.size``."""
        if not isinstance(owner.node, ast.ClassDef):
            return False
        made_by = {self._scopes.qualified(each, owner) for each in node.decorator_list}
        return bool(made_by - _CALLED_AS_WRITTEN) or (_is_special(node.name) and node.name not in _SEEN)

    def _only_reads(self, node: FunctionNode, scope: Scope) -> bool:
        """Whether a body does no more than to look at things, with functions that are listed."""
        stores = (ast.Attribute, ast.Subscript)
        if any(isinstance(n, stores) and not isinstance(n.ctx, ast.Load) for each in node.body for n in walk(each)):
            return False
        inner = [*self._scopes.calls_inside(node)]
        names = [self._scopes.qualified(call.func, where) for call, where in inner]
        listed = all(name is not None and knowledge.reads(name) is not None for name in names)
        return listed and not scope.outer_names and not any(isinstance(n, ast.AugAssign) for n in walk(node))

    def _is_plain_class(self, node: ast.ClassDef, scope: Scope, outside: Scope) -> bool:
        own = all(self._stays(binding, scope) for each in scope.variables.values() for binding in each.bindings)
        if not own or node.keywords or PICKLING & scope.variables.keys() or self._sets_by_name:
            return False
        plain = self._are_listed(node.decorator_list, outside) and all(self._is_known(b, outside) for b in node.bases)
        return plain and not self._bound_outside & {node.name, *scope.variables, *_CLASSES}

    def _stays(self, binding: Binding, scope: Scope) -> bool:
        """Whether what the body of a class binds cannot be changed; functions are looked at by themselves."""
        if isinstance(binding.node, ast.ClassDef | FunctionNode) or binding.kind == "import":
            return True
        if binding.kind != "assign":
            return False
        if binding.value is None or isinstance(binding.value, ast.Lambda):
            return True
        field = isinstance(binding.value, ast.Call) and self._scopes.qualified(binding.value.func, scope)
        return field == "dataclasses.field" or self._sizes.kind(binding.value, scope) in UNCHANGEABLE

    def _is_known(self, base: ast.expr, scope: Scope) -> bool:
        """Whether a base is a class of the project, which is looked at too, or one that is listed."""
        base = base.value if isinstance(base, ast.Subscript) else base
        found = self._scopes.defined(base, scope)
        if found is not None and isinstance(found.node, ast.ClassDef):
            return found.module is self._scopes.module or self._others(found).of_imported(found)
        name = self._scopes.qualified(base, scope)
        return name is not None and (name in PLAIN_BASES or knowledge.methods(name) is not None)

    def _are_listed(self, decorators: list[ast.expr], scope: Scope) -> bool:
        """Whether the decorators leave a function or class what it is, or make a task or actor of it."""
        for decorator in decorators:
            callee = decorator_callee(decorator)
            name = self._scopes.qualified(callee, scope) or ""
            accessor = isinstance(callee, ast.Attribute) and callee.attr in _ACCESSORS
            if not accessor and not name.startswith("ray.") and knowledge.reads(name) is None:
                return False
        return True

    @property
    def _sets_by_name(self) -> bool:
        return self._scopes.kept(sets_by_name)

    @functools.cached_property
    def _named_with_attributes(self) -> frozenset[str]:
        """The names that attributes are read or bound of."""
        found = [node for node in self._scopes.nodes_of(ast.Attribute) if node.attr not in _OF_TASKS]
        return frozenset(node.value.id for node in found if isinstance(node.value, ast.Name))

    @functools.cached_property
    def _bound_outside(self) -> frozenset[str]:
        """What the file binds attributes of, other than of ``self``: the names of these attributes, and of what has
        them, which may be any class that is more than called."""
        stores = [node for node in self._scopes.nodes_of(ast.Attribute) if not isinstance(node.ctx, ast.Load)]
        outside = [node for node in stores if not (isinstance(node.value, ast.Name) and node.value.id == "self")]
        owners = {_last_name(node.value) for node in outside}
        handed_on = self._handed_on if outside else frozenset[str]()
        return frozenset({*(node.attr for node in outside), *owners, *handed_on})

    @functools.cached_property
    def _handed_on(self) -> frozenset[str]:
        """The names that are read for more than to call them, to extend them, or to look at their attributes."""
        plain: list[ast.AST] = []
        for node in self._scopes.nodes:
            if isinstance(node, ast.Call):
                tests = getattr(node.func, "id", "") in ("isinstance", "issubclass")
                plain += [node.func, *(node.args[1:] if tests else [])]
            elif isinstance(node, ast.ClassDef):
                plain += node.bases
            elif isinstance(node, ast.Attribute):
                plain.append(node.value)
            elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
                plain += [*walk(node.annotation)]
            elif isinstance(node, FunctionNode) and node.returns is not None:
                plain += [*walk(node.returns)]
        passed = set(map(id, plain))
        return frozenset(
            node.id
            for node in self._scopes.nodes_of(ast.Name)
            if isinstance(node.ctx, ast.Load) and id(node) not in passed
        )


_CALLED_AS_WRITTEN = frozenset(
    {"builtins.staticmethod", "builtins.classmethod", "abc.abstractmethod", "ray.method", "typing.override"}
)
_SEEN = frozenset({"__init__", "__post_init__", "__call__", "__enter__", "__exit__"})
"""Special methods whose calls are taken for what they are: unknown code."""


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


_CODE = FunctionNode | ast.Lambda | ast.ClassDef
_CLASSES = ("cls", "type", "__class__")
"""What the class of an object is called."""


def _last_name(node: ast.expr) -> str:
    """``type`` for ``type(x)``, ``__class__`` for ``x.__class__``, ``x`` for ``x``."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
