"""Programs of several files: what a program of one file defines at its top goes to modules, and is imported."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from generator.choices import Choices, chance, pick

MAIN = "main.py"
LAYOUTS = (
    ("helpers", "store", "more"),
    ("lib.helpers", "lib.store", "lib.more"),
    ("lib.deep.helpers", "lib.store", "more"),
    ("space.helpers", "space.store", "more"),
)
"""The names that modules may have, those that import others last; there is no ``space/__init__.py``."""

MEDDLING = (
    "{module}.{name} = {other}",
    "setattr({module}, '{name}', {other})",
    "if log is None:\n    {module}.{name} = {other}",
    "vars({module})['{name}'] = {other}",
)
"""What may happen to a function of another module; ``{other}`` is another one."""

AGAIN = (
    "{name} = {other}",
    "if len('a') == 1:\n    {name} = {other}",
    "def {name}(*values, **named):\n    return {other}(*values, **named)",
    "{name} = (lambda function: lambda *values, **named: function(*values, **named))({other})",
    "def _swap():\n    global {name}\n    {name} = {other}\n_swap()",
)
"""What may stand at the end of a module."""

OVERRIDING = (
    "def {method}(self, *values, **named):\n    {event}\n    return super().{method}(*values, **named)",
    "def {method}(self, *values, **named):\n    return super().{method}(*values, **named)",
)
CHANGES = ("bump(KEPT[0]) if KEPT else None", "tick()", "log.append(1)", "[bump(a) for a in vars(self).values()]")
"""What a method of a subclass does before what it overrides."""


@dataclass
class Splitting:
    """A program on its way into several files."""

    choices: Choices
    layout: tuple[str, ...]
    imports: dict[str, ast.stmt]
    """The import statements of the program by the names that they bind."""
    definitions: dict[str, ast.stmt]
    """What may be moved."""
    places: dict[str, int] = field(default_factory=dict)
    """The modules that definitions are moved to."""
    init: dict[str, list[str]] = field(default_factory=dict)
    """The lines of packages."""

    def text(self, body: list[ast.stmt], place: int) -> str:
        """The text of a file, with imports of what it names; the program itself stands after all modules."""
        names = dict.fromkeys(_names(body))
        lines = [ast.unparse(self.imports[name]) for name in names if name in self.imports]
        tree = ast.Module([copy.deepcopy(each) for each in body], [])
        by_module: dict[int, list[str]] = {}
        for name in names:
            if self.places.get(name, place) != place:
                by_module.setdefault(self.places[name], []).append(name)
        for module, given in by_module.items():
            lines += self.imported(module, given, tree, place)
        meddling = self.meddling(by_module) if place == len(self.layout) and chance(self.choices, 8) else []
        return "\n".join([*lines, *meddling, ast.unparse(ast.fix_missing_locations(tree)), ""])

    def imported(self, index: int, names: list[str], tree: ast.Module, place: int) -> list[str]:
        """The import of ``names`` from a module; ``tree`` is changed where it has to say them in another way."""
        module = self.layout[index]
        package, _, last = module.rpartition(".")
        inside = place < len(self.layout) and package and self.layout[place].rpartition(".")[0] == package
        relative = f".{last}" if inside and chance(self.choices, 50) else module
        forms: list[Callable[[], list[str]]] = [
            lambda: [f"from {relative} import {', '.join(names)}"],
            lambda: [f"from {relative} import {', '.join(names)}"],
            lambda: self._renamed(relative, names, tree),
            lambda: self._through(f"import {module}", module, names, tree),
            lambda: self._through(f"import {module} as through_{last}", f"through_{last}", names, tree),
            lambda: [f"from {relative} import *"],
            lambda: [
                "try:",
                f"    from {relative} import {', '.join(names)}",
                "except ImportError:",
                f"    from {module} import {', '.join(names)}",
            ],
        ]
        if package:
            forms.append(lambda: self._through(f"from {package} import {last}", last, names, tree))
        if package and not package.startswith("space") and not inside:
            forms.append(lambda: self._exported(package, last, names))
        return pick(self.choices, forms)()

    def _renamed(self, module: str, names: list[str], tree: ast.Module) -> list[str]:
        _Rename({name: f"{name}_there" for name in names}).visit(tree)
        return [f"from {module} import {', '.join(f'{name} as {name}_there' for name in names)}"]

    def _through(self, line: str, module: str, names: list[str], tree: ast.Module) -> list[str]:
        _Rename({name: f"{module}.{name}" for name in names}).visit(tree)
        return [line]

    def _exported(self, package: str, last: str, names: list[str]) -> list[str]:
        self.init.setdefault(package, []).append(f"from .{last} import {', '.join(names)}")
        return [f"from {package} import {', '.join(names)}"]

    def meddling(self, by_module: dict[int, list[str]]) -> list[str]:
        """Statements that replace a function of another module."""
        for index, names in by_module.items():
            functions = [name for name in names if self._is_helper(name)]
            if functions:
                module = self.layout[index]
                line = pick(self.choices, MEDDLING)
                other = f"(lambda *values: [value.__setitem__(0, {self.choices.number(1, 9)}) for value in values[:1]])"
                return [f"import {module}", "log = []", line.format(module=module, name=functions[0], other=other)]
        return []

    def again(self, names: Iterable[str]) -> list[ast.stmt]:
        """What gives a function of a module another meaning at its end."""
        functions = [name for name in names if self._is_helper(name)]
        if not functions or not chance(self.choices, 10):
            return []
        other = pick(self.choices, functions)
        return ast.parse(pick(self.choices, AGAIN).format(name=functions[0], other=other)).body

    def _is_helper(self, name: str) -> bool:
        definition = self.definitions[name]
        return name != "run" and isinstance(definition, ast.FunctionDef) and not definition.decorator_list


class _Rename(ast.NodeTransformer):
    """Says names in another way."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.parse(self.names[node.id], mode="eval").body if node.id in self.names else node


LOADERS = (
    "def {name}():\n    return {value}",
    "def {name}():\n    return {value}",
    "def {name}():\n    made = {value}\n    return made",
    "KEPT_{name} = {value}\ndef {name}():\n    return KEPT_{name}",
    "KEPT_{name} = []\ndef {name}():\n    made = {value}\n    KEPT_{name}.append(made)\n    return made",
    "def {name}(made={value}):\n    return made",
    "class {name}:\n    def __new__(cls):\n        return {value}",
    "def {name}():\n    if len('a') == 1:\n        return {value}\n    return None",
    "def {name}():\n    return ray.put({value})",
)
"""Functions that make values, or give out one that others have."""


class _Loading(ast.NodeTransformer):
    """Has functions of their own make some of the values."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.made: list[ast.stmt] = []

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        made_here = {each.id for each in ast.walk(node.value) if isinstance(each, ast.Name)} == {"np"}
        if made_here and chance(self.choices, 40):
            name = f"load{len(self.made)}"
            text = pick(self.choices, LOADERS).format(name=name, value=ast.unparse(node.value))
            self.made += ast.parse(text).body
            node.value = ast.Call(ast.Name(name, ast.Load()), [], [])
        return node


def split(choices: Choices, source: str) -> dict[str, str]:
    """The files of a program that is given as one."""
    tree = ast.parse(source)
    loading = _Loading(choices)
    loading.visit(tree)
    body = [each for statement in tree.body for each in _with_base(choices, statement)]
    after = 1 + max((i for i, each in enumerate(body) if isinstance(each, ast.Import | ast.ImportFrom)), default=-1)
    body[after:after] = loading.made
    splitting = Splitting(choices, pick(choices, LAYOUTS), _imports(body), _movable(body))
    _place(splitting)
    files: dict[str, str] = {}
    for index, module in enumerate(splitting.layout):
        names = [name for name in splitting.definitions if splitting.places.get(name) == index]
        if names:
            moved = [each for each in body if any(each is splitting.definitions[name] for name in names)]
            moved += splitting.again(names)
            files[module.replace(".", "/") + ".py"] = splitting.text(moved, index)
    moved_all = {id(splitting.definitions[name]) for name in splitting.places}
    imports = {id(each) for each in splitting.imports.values()}
    rest = [each for each in body if id(each) not in moved_all | imports]
    files[MAIN] = splitting.text(rest, len(splitting.layout))
    return {**_packages(splitting, files), **files}


def _packages(splitting: Splitting, files: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in files:
        parts = path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            if parts[0] != "space":
                package = ".".join(parts[:depth])
                found["/".join([*parts[:depth], "__init__.py"])] = "\n".join([*splitting.init.get(package, []), ""])
    return found


def _imports(body: list[ast.stmt]) -> dict[str, ast.stmt]:
    statements = [each for each in body if isinstance(each, ast.Import | ast.ImportFrom)]
    return {(alias.asname or alias.name): each for each in statements for alias in each.names}


def _movable(body: list[ast.stmt]) -> dict[str, ast.stmt]:
    """Functions, classes and values that one statement at the top of the program binds, and nothing else."""
    found: dict[str, ast.stmt] = {}
    for each in body:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[each.name] = each
        elif isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and len(each.targets) == 1:
            found[each.targets[0].id] = each
    return {name: statement for name, statement in found.items() if _bindings(body).count(name) == 1}


def _bindings(body: list[ast.stmt]) -> list[str]:
    """Every name that is bound anywhere, as often as it is."""
    found: list[str] = []
    for node in (inner for each in body for inner in ast.walk(each)):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.append(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.arg):
            found.append(node.arg)
        elif isinstance(node, ast.alias):
            found.append(node.asname or node.name)
        elif isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and node.name is not None:
            found.append(node.name)
    return found


def _place(splitting: Splitting) -> None:
    """Choose what goes where: what a definition names goes to a module too, and to none that imports its own."""
    needs = {
        name: [each for each in _names([statement]) if each in splitting.definitions and each != name]
        for name, statement in splitting.definitions.items()
    }
    known = {*splitting.definitions, *splitting.imports}
    for name, statement in splitting.definitions.items():
        if chance(splitting.choices, 70) and _outer_names(statement) <= known:
            splitting.places[name] = splitting.choices.number(0, len(splitting.layout) - 1)
    pending = list(splitting.places)
    while pending:
        for each in needs[pending.pop()]:
            if each not in splitting.places:
                splitting.places[each] = 0
                pending.append(each)
    for _ in range(len(splitting.places)):
        for name in splitting.places:
            splitting.places[name] = max(splitting.places[each] for each in (name, *needs[name]))
    if any(not _outer_names(splitting.definitions[name]) <= known for name in splitting.places):
        splitting.places.clear()


def _outer_names(statement: ast.stmt) -> set[str]:
    """The names of other statements that one needs."""
    own = {*_bindings([statement]), *dir(builtins)}
    return {name for name in _names([statement]) if name not in own}


def _names(body: Iterable[ast.stmt]) -> list[str]:
    nodes = [node for each in body for node in ast.walk(each)]
    return [node.id for node in nodes if isinstance(node, ast.Name)]


def _with_base(choices: Choices, statement: ast.stmt) -> list[ast.stmt]:
    """A class may leave some of its methods to a base, and another may inherit from it under its name."""
    if not isinstance(statement, ast.ClassDef) or statement.bases or not chance(choices, 50):
        return [statement]
    if statement.decorator_list:
        return [statement]
    methods = [each for each in statement.body if isinstance(each, ast.FunctionDef)]
    if len(methods) < 2:
        return [statement]
    if chance(choices, 30):
        return _extended(choices, statement, methods)
    left = [each for each in methods if chance(choices, 50)] or methods[:1]
    base, heir = _pair(statement.name)
    base.body = [*left]
    heir.body = [each for each in statement.body if each not in left] or [ast.Pass()]
    return [base, heir]


def _extended(choices: Choices, statement: ast.ClassDef, methods: list[ast.FunctionDef]) -> list[ast.stmt]:
    method = pick(choices, methods)
    text = pick(choices, OVERRIDING).format(method=method.name, event=pick(choices, CHANGES))
    if method.decorator_list or any(name in text for name in ("bump", "tick", "KEPT", "log")):
        text = f"def {method.name}_twice(self, *values):\n    return self.{method.name}(*values)"
    base, heir = _pair(statement.name)
    base.body, heir.body = statement.body, ast.parse(text).body
    return [base, heir]


def _pair(name: str) -> list[ast.ClassDef]:
    """A base without a body, and a class of that name which inherits from it."""
    text = f"class {name}Base:\n    pass\nclass {name}({name}Base):\n    pass"
    return [each for each in ast.parse(text).body if isinstance(each, ast.ClassDef)]
