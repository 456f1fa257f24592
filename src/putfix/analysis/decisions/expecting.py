"""Whether an expert would expect a value to be large, of which nothing in the file proves it.

Asked in turn: the type, what gives the value, and last the word that its name ends with. What the file shows of a
path, a number, a setting, a function, a reference or an actor speaks against all of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from putfix.analysis.decisions.usage import Usage
from putfix.analysis.names.assigned import Attribute, self_name
from putfix.analysis.names.attributes import Attributes, class_of_self
from putfix.analysis.names.inheritance import binds
from putfix.analysis.names.nodes import walk
from putfix.analysis.names.scopes import Scopes, root_of
from putfix.analysis.names.variables import Binding, Comprehension, FunctionNode, Scope, Variable, defaults, parameters
from putfix.analysis.sizes.annotations import named_type
from putfix.analysis.sizes.estimates import CODE, GROWING, METHOD, UNCHANGEABLE, UNKNOWN_TYPE, Estimate
from putfix.analysis.versions.timelines import Send
from putfix.knowledge import expectations, running

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_GATHERED = re.compile(r"_?(kw)?args\Z")
"""How the names of arguments end that are gathered for a call."""
_LISTS = frozenset({"list", "List", "Sequence", "tuple", "Tuple"})
_SCALARS = frozenset({"bool", "bytes", "float", "int", "str", "Path", "PathLike", "Enum", "Callable", "Type", "type"})
_SCALARS |= {"Namespace", "DictConfig", "ActorHandle", "ObjectRef", "date", "datetime", "timedelta", "device", "dtype"}


class Expectations:
    """The question for the values of one module."""

    def __init__(self, scopes: Scopes, attributes: Attributes) -> None:
        self._scopes = scopes
        self._attributes = attributes
        self._usage = Usage(scopes)
        self._annotated_as_small: dict[Variable, bool] = {}

    def expects(self, send: Send, scope: Scope, estimate: Estimate | None) -> bool:
        """Whether what is sent is probably large; ``estimate`` is what is known of it."""
        if estimate is not None and estimate.kind == METHOD:
            return self._takes_much_along(send.sent.value, scope)
        small = estimate is not None and (estimate.kind in UNCHANGEABLE or estimate.kind in CODE or estimate.at_most)
        return not small and self._expects_value(send, scope, estimate)

    def _expects_value(self, send: Send, scope: Scope, estimate: Estimate | None) -> bool:
        """The same for what is no code, and not known to be small."""
        path = send.sent.path
        if path is None:
            return estimate is not None and estimate.expected
        if estimate is None and any(self._names_rows(each, scope) for each in send.version.sources if each is not None):
            return True
        sources = list(self._sources(send, scope))
        if send.spread and any(map(_is_used_up, sources)):
            return False
        if any(self._contradicts(source) for source in sources) or self._is_used_otherwise(send, scope):
            return False
        if estimate is not None and estimate.expected:
            return True
        name = path.attributes[-1] if path.attributes else path.variable.name
        if send.spread:
            name = _GATHERED.sub("", name)
        if is_small_name(name):
            return False
        if any(_is_large_producer(source) for source in sources):
            return True
        known = estimate is None or estimate.kind in (UNKNOWN_TYPE, *GROWING) or estimate.at_least is None
        return known and is_large_name(name)

    def is_gone_through_once(self, method: ast.expr, scope: Scope) -> bool:
        """Whether the object that a method is bound to holds an iterator, which going through it uses up."""
        values = (value for _, held in self._held_with(method, scope) for value, _ in held.values)
        return any(map(_is_used_up, values))

    def _takes_much_along(self, method: ast.expr, scope: Scope) -> bool:
        """Whether the object that a method is bound to probably holds something large, all of which is pickled."""
        owner = class_of_self(method.value, scope) if isinstance(method, ast.Attribute) else None
        if owner is None or any(binds(owner, name, self._scopes) for name in running.PICKLING):
            return False
        return any(self._holds_much(owner, name, held) for name, held in self._held_with(method, scope))

    def _held_with(self, method: ast.expr, scope: Scope) -> Iterable[tuple[str, Attribute]]:
        """The attributes of the object that a method is bound to."""
        owner = class_of_self(method.value, scope) if isinstance(method, ast.Attribute) else None
        return self._attributes.of_class(owner).items() if owner is not None else ()

    def _holds_much(self, owner: Scope, name: str, held: Attribute) -> bool:
        """Whether an attribute of the objects of a class is probably large, by what gives it and by its name."""
        sources = [value for value, _ in held.values]
        annotation, _ = self._attributes.annotations_of(owner).get(name, (None, None))
        if not sources or any(map(self._contradicts, sources)) or _is_small_annotation(annotation):
            return False
        if self._usage.is_of_something_small(f"self.{name}", owner) or is_small_name(name):
            return False
        return is_large_name(name) or any(map(_is_large_producer, sources))

    def _names_rows(self, node: ast.expr, scope: Scope) -> bool:
        """Whether ``node`` is an attribute like ``cells.gene_names``, of an object that is made with a matrix or table
        and a list of that name: one for each row or column of it."""
        if not isinstance(node, ast.Attribute) or not _is_name_of_names(node.attr):
            return False
        owner = self._annotated_class(node.value, scope)
        made = self._constructor_of(owner) if owner is not None else {}
        listed = _last_name(named_type(made.get(node.attr)) or ast.Constant(None)) in _LISTS
        types = (_last_name(named) for named in map(named_type, made.values()) if named is not None)
        return listed and any(each in expectations.TWO_DIMENSIONAL for each in types)

    def _annotated_class(self, node: ast.expr, scope: Scope) -> Scope | None:
        """The class of the project that the annotation of a parameter names."""
        variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
        binding = variable.only_binding if variable is not None else None
        named = named_type(_annotation(binding)) if binding is not None else None
        found = self._scopes.defined(named, variable.scope) if variable is not None and named is not None else None
        return found if found is not None and isinstance(found.node, ast.ClassDef) else None

    def _constructor_of(self, owner: Scope) -> dict[str, ast.expr | None]:
        """The annotations of what objects of a class are made with."""
        if "__init__" not in owner.variables:
            return {name: annotation for name, (annotation, _) in self._attributes.annotations_of(owner).items()}
        made = owner.variables["__init__"].only_binding
        definition = made.node if made is not None else None
        if not isinstance(definition, FunctionNode):
            return {}
        return {each.arg: each.annotation for each in parameters(definition.args)}

    def _sources(self, send: Send, scope: Scope) -> Iterator[ast.expr]:
        """What may have given the value, as far as names and attributes of ``self`` lead."""
        pending = [(source, scope) for source in send.version.sources if source is not None]
        seen: set[ast.expr] = set()
        while pending:
            node, inner = pending.pop()
            if node in seen:
                continue
            seen.add(node)
            yield node
            pending += self._given_to(node, inner)

    def _given_to(self, node: ast.expr, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        if isinstance(node, ast.IfExp):
            return [(node.body, scope), (node.orelse, scope)]
        if isinstance(node, ast.Attribute):
            held = self._attributes.find(node.value, node.attr, scope)
            return held.values if held is not None else []
        variable = scope.variable(node.id) if isinstance(node, ast.Name) else None
        if variable is None:
            return []
        values = [binding.value or binding.part or _default(binding, variable) for binding in variable.bindings]
        return [(value, variable.scope) for value in values if value is not None]

    def _contradicts(self, node: ast.expr) -> bool:
        """Whether a value that ``node`` gives is a text, a number, a setting, code, or made by something small."""
        if isinstance(node, ast.Constant):
            return node.value is not None
        if isinstance(node, ast.JoinedStr | ast.Lambda | ast.Compare):
            return True
        if isinstance(node, Comprehension | ast.List | ast.Dict) and any(map(_gives_reference, walk(node))):
            return True
        if isinstance(node, ast.Attribute):
            return _last_name(node.value) in expectations.SETTINGS
        if isinstance(node, ast.Subscript):
            return _last_name(node.value) in expectations.SETTINGS
        if isinstance(node, ast.Call):
            root = root_of(node.func)
            of_settings = getattr(root, "id", "") in expectations.SMALL_FORMATS
            of_settings |= isinstance(node.func, ast.Attribute) and _last_name(node.func.value) in expectations.SETTINGS
            words = _words(_last_name(node.func))
            return of_settings or bool(set(words) & expectations.SMALL_WORDS - {"file"})
        return isinstance(node, ast.List | ast.Tuple | ast.Set) and len(node.elts) > 0

    def _is_used_otherwise(self, send: Send, scope: Scope) -> bool:
        """Whether its annotations, or what the file does with it here or in the callee, speak of something else."""
        path = send.sent.path
        assert path is not None
        variable = path.variable
        if not path.attributes:
            if self._is_annotated_as_small(variable):
                return True
            if all(binding.kind in ("function", "class", "import") for binding in variable.bindings):
                return True
        else:
            annotated = self._attributes.annotation(*_base(path.expression), scope)
            if annotated is not None and _is_small_annotation(annotated[0]):
                return True
        around = variable.scope
        if path.attributes and around.enclosing_class is not None and self_name(around) == variable.name:
            around = around.enclosing_class
        if self._usage.is_of_something_small(path.text, around):
            return True
        words = (each.arg or "" for each in send.dispatch.call.node.keywords if each.value is send.argument)
        if any(map(is_small_name, words)):
            return True
        parameter = self._parameter(send)
        if parameter is None:
            return False
        argument, definition = parameter
        inner = self._scopes.scope_of(definition)
        small = is_small_name(argument.arg) or _is_small_annotation(argument.annotation)
        return small or self._usage.is_of_something_small(argument.arg, inner)

    def _is_annotated_as_small(self, variable: Variable) -> bool:
        if variable not in self._annotated_as_small:
            found = any(_is_small_annotation(_annotation(binding)) for binding in variable.bindings)
            self._annotated_as_small[variable] = found
        return self._annotated_as_small[variable]

    def _parameter(self, send: Send) -> tuple[ast.arg, FunctionNode] | None:
        """The parameter of a visible callee that gets the value."""
        call = send.dispatch.call
        definition = call.callee.definition
        if not isinstance(definition, FunctionNode):
            return None
        arguments = definition.args
        for keyword in call.node.keywords:
            if keyword.value is send.argument:
                found = next((each for each in parameters(arguments) if each.arg == keyword.arg), None)
                return (found, definition) if found is not None else None
        positional = [*arguments.posonlyargs, *arguments.args]
        if self._scopes.scope_of(definition).enclosing_class is not None:
            positional = positional[1:]
        index = next((i for i, each in enumerate(call.node.args) if each is send.argument), len(positional))
        starred = any(isinstance(each, ast.Starred) for each in call.node.args[:index])
        return (positional[index], definition) if index < len(positional) and not starred else None


def _gives_reference(node: ast.AST) -> bool:
    """Whether ``node`` makes a reference: ``[ray.put(part) for part in parts]``, ``[f.remote(i) for i in items]``."""
    name = _last_name(node.func) if isinstance(node, ast.Call) else ""
    return name == "remote" or (isinstance(node, ast.Call) and ast.unparse(node.func) == "ray.put")


def _is_name_of_names(name: str) -> bool:
    """Whether a name is that of names or numbers of things of which there may be very many."""
    *things, last = _words(name) or [""]
    few = expectations.SMALL_WORDS | expectations.FEW
    return last in expectations.ROW_NAMES and bool(things) and not few & set(things)


def _is_used_up(node: ast.expr) -> bool:
    """Whether ``node`` makes an iterator, which has nothing to give to a second call."""
    return isinstance(node, ast.GeneratorExp) or (
        isinstance(node, ast.Call) and _last_name(node.func) in expectations.ITERATORS
    )


def is_small_name(name: str) -> bool:
    """Whether a name is that of a path, a number, a setting, a reference, or the like."""
    return bool(set(_words(name)) & expectations.SMALL_WORDS)


def is_large_name(name: str) -> bool:
    """Whether a name ends with a word for something that is normally large."""
    words = _words(name)
    if is_small_name(name) or (words[:1] and words[0] in expectations.COMMANDS):
        return False
    while len(words) > 1 and (words[-1] in expectations.CONTAINERS or words[-1].isdigit()):
        words.pop()
    if name.strip("_") in expectations.SAMPLES:
        return True
    return bool(words) and words[-1] in expectations.WORDS


def _is_large_producer(node: ast.expr) -> bool:
    """Whether a call says by its name that it gives something large: ``load_cells()``, ``get_data()``."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:  # ray.get(f.remote())
        inner = node.args[0]
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr == "remote":
            return _says_large(_last_name(inner.func.value))
    return _says_large(_last_name(node.func))


def _says_large(name: str) -> bool:
    words = _words(name)
    if not words or set(words) & expectations.SMALL_WORDS:
        return False
    if name in expectations.METHODS - {"to", "numpy", "cpu"}:
        return True
    made = words[0] in expectations.VERBS and is_large_name("_".join(words[1:]))
    return made or (words[0] in expectations.LOADING and len(words) > 1) or (name[0].isupper() and is_large_name(name))


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _base(node: ast.expr) -> tuple[ast.expr, str]:
    assert isinstance(node, ast.Attribute)
    return node.value, node.attr


def _default(binding: Binding, variable: Variable) -> ast.expr | None:
    """The default value of a parameter."""
    owner = variable.scope.node
    if binding.kind != "parameter" or not isinstance(owner, FunctionNode):
        return None
    return dict(defaults(owner.args)).get(variable.name)


def _annotation(binding: Binding) -> ast.expr | None:
    return binding.node.annotation if isinstance(binding.node, ast.arg | ast.AnnAssign) else None


def _is_small_annotation(annotation: ast.expr | None) -> bool:
    """Whether an annotation names a scalar, a setting, code or a handle, or a container of them."""
    named = named_type(annotation)
    if annotation is None or named is None:
        return False
    name = _last_name(named)
    if name in _SCALARS or set(_words(name)) & expectations.SMALL_WORDS:
        return True
    parts = (_last_name(each) for each in walk(annotation) if isinstance(each, ast.Name | ast.Attribute))
    last = [part for part in parts if part][-1:]
    return named is not annotation and any(part in _SCALARS or is_small_name(part) for part in last)
