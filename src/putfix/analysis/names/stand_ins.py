"""What a name may stand for in place of Ray, and whether that has what a put needs.

A module like ``tools`` binds ``ray`` to Ray or, where a program is to run without it, to a module or an object of its
own. Only what the project shows of that counts.
"""

from __future__ import annotations

import ast

from putfix.analysis.names.scopes import Scopes
from putfix.analysis.names.variables import Binding, FunctionNode, Scope, Variable

_DEPTH = 4
"""How many names are followed from a variable to what it stands for."""


def stand_ins(variable: Variable) -> list[Binding]:
    """What binds a variable to something else than Ray."""
    return [binding for binding in variable.bindings if binding.imported != "ray"]


def all_give_back(variable: Variable, scopes: Scopes) -> bool:
    """Whether all that stands in for Ray has a ``put`` that gives back what it is given."""
    found = [_attribute(each, variable.scope, "put", scopes, _DEPTH) for each in stand_ins(variable)]
    return all(each is not None and _gives_back(*each) for each in found)


def all_have_references(variable: Variable, scopes: Scopes) -> bool:
    """Whether all of it has a class ``ObjectRef``."""
    found = [_attribute(each, variable.scope, "ObjectRef", scopes, _DEPTH) for each in stand_ins(variable)]
    return all(each is not None and isinstance(each[0].node, ast.ClassDef) for each in found)


_Attribute = tuple[Binding, bool]
"""What binds an attribute, and whether a function that it is gets the object first."""


def _attribute(binding: Binding, scope: Scope, name: str, scopes: Scopes, depth: int) -> _Attribute | None:
    """The attribute ``name`` of what a binding in ``scope`` gives; None where the project does not show it."""
    if isinstance(binding.node, ast.ClassDef):
        return _of_class(scopes.scope_of(binding.node), name, made=False)
    if binding.kind == "import":
        return _of_import(binding, scope, name, scopes, depth)
    if binding.kind != "assign" or binding.value is None:
        return None
    made = isinstance(binding.value, ast.Call)
    owner = scopes.defined(binding.value.func if isinstance(binding.value, ast.Call) else binding.value, scope)
    return _of_class(owner, name, made=made) if owner is not None and isinstance(owner.node, ast.ClassDef) else None


def _of_import(binding: Binding, scope: Scope, name: str, scopes: Scopes, depth: int) -> _Attribute | None:
    """The attribute of a module of the project, or of what another module binds."""
    module = scopes.module_named(binding.imported, scope.module)
    if module is not None:
        only = _only(module.module, name)
        return (only, False) if only is not None and not getattr(only.node, "decorator_list", ()) else None
    last = binding.imported.rpartition(".")[2]
    package = binding.imported.removesuffix(last)
    home = scopes.module_named(package.rstrip(".") or package, scope.module) if package else None
    only = _only(home.module, last) if home is not None else None
    if home is None or only is None or not depth:
        return None
    return _attribute(only, home.module, name, scopes, depth - 1)


def _of_class(owner: Scope, name: str, *, made: bool) -> _Attribute | None:
    """The attribute of a class, or of an object that is ``made`` of it."""
    only = _only(owner, name)
    if only is None or not isinstance(only.node, FunctionNode):
        return (only, False) if only is not None else None
    words = [getattr(each, "id", "") for each in only.node.decorator_list]
    if words in (["staticmethod"], ["classmethod"]):
        return only, words == ["classmethod"]
    return (only, True) if made and not words else None


def _only(scope: Scope, name: str) -> Binding | None:
    variable = scope.variables.get(name)
    return variable.only_binding if variable is not None and not variable.rebound_inside else None


def _gives_back(binding: Binding, bound: bool) -> bool:
    """Whether a function of one value only gives it back; ``bound`` says that it gets its object before that."""
    node = binding.node
    if not isinstance(node, ast.FunctionDef):
        return False
    taken = [each.arg for each in (*node.args.posonlyargs, *node.args.args)][bound:]
    optional = len(node.args.defaults) >= len(taken) - 1 and None not in node.args.kw_defaults
    last = node.body[-1]
    given = last.value.id if isinstance(last, ast.Return) and isinstance(last.value, ast.Name) else None
    alone = all(isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant) for each in node.body[:-1])
    return optional and alone and taken[:1] == [given]
