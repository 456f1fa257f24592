"""Which classes inherit from each other."""

from __future__ import annotations

import ast

from putfix.analysis.names.scopes import Scopes, root_of
from putfix.analysis.names.variables import Scope, Variable


def ancestors(owner: Scope, scopes: Scopes) -> list[Scope]:
    """A class and those of the project that it inherits from, the nearest first."""
    known = scopes.lines.get(owner)
    if known is not None:
        return known
    line = _line(owner, scopes)
    if not scopes.is_following:  # else it may be another one when all is known
        scopes.lines[owner] = line
    return line


def _line(owner: Scope, scopes: Scopes) -> list[Scope]:
    found: dict[Scope, None] = {}
    pending = [owner]
    while pending:
        each = pending.pop(0)
        if each in found or not isinstance(each.node, ast.ClassDef):
            continue
        found[each] = None
        bases = (scopes.defined(_plain(base), each.parent or each) for base in each.node.bases)
        pending += [base for base in bases if base is not None]
    return list(found)


def binds(owner: Scope, name: str, scopes: Scopes) -> bool:
    """Whether the body of a class, or of one that it inherits from in the project, binds a name."""
    return any(name in each.variables for each in ancestors(owner, scopes))


def _plain(base: ast.expr) -> ast.expr:
    """``Base`` for ``Base[int]``."""
    while isinstance(base, ast.Subscript):
        base = base.value
    return base


def families(scopes: Scopes) -> dict[ast.AST, int]:
    """A number for each class, the same for those that inherit from each other in this file.

    A base that this file makes in another way than by a class statement may be any of its classes.
    """
    classes = [node for node in scopes.of if isinstance(node, ast.ClassDef)]
    family: dict[ast.AST, int] = {node: index for index, node in enumerate(classes)}
    members: dict[int, list[ast.AST]] = {number: [node] for node, number in family.items()}
    by_name: dict[str, list[ast.ClassDef]] = {}
    for node in classes:
        by_name.setdefault(node.name, []).append(node)
    made_here = {name for scope in scopes.of.values() for name, v in scope.variables.items() if not _is_import(v)}
    for node in classes:
        for base in node.bases:
            base = _plain(base)
            name = base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
            if isinstance(base, ast.Attribute) and getattr(root_of(base), "id", "") in made_here:
                name = ""
            relatives = by_name.get(name, classes if name in made_here or not name else [])
            for old in {family[relative] for relative in relatives} - {family[node]}:
                moved = members.pop(old)
                members[family[node]] += moved
                family.update(dict.fromkeys(moved, family[node]))
    return family


def relatives_of(owner: Scope, scopes: Scopes) -> list[Scope]:
    """The classes of the module that are of the family of one of them."""
    return scopes.kept(_members)[scopes.kept(families)[owner.node]]


def _members(scopes: Scopes) -> dict[int, list[Scope]]:
    """The classes of each family, by its number."""
    found: dict[int, list[Scope]] = {}
    for node, number in scopes.kept(families).items():
        found.setdefault(number, []).append(scopes.of[node])
    return found


def _is_import(variable: Variable) -> bool:
    return all(binding.kind in ("import", "star") for binding in variable.bindings)
