"""A stand-in for the module ``ray`` in one process: what callees receive, and when things fail, without a cluster.

Every task runs at the call, so a program takes about a millisecond and always does the same. What is modelled is the
semantics of values: arguments are serialized at the call, references at the top level are resolved to fresh copies
whose array buffers belong to the stored object, nested references stay references. ``test_simulator.py`` holds
every claim against real Ray. Not modelled: processes (a task sees the globals of the driver), concurrency, resources,
faults, the lifetime of objects.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import io
import pickle
import sys
import types
import warnings
from collections.abc import Callable, Coroutine, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from comparable import PROGRAM, comparable
from ray.cloudpickle import CloudPickler, cloudpickle

MODULES = ("ray", "ray.exceptions", "elsewhere")
"""What an installed simulation replaces; ``elsewhere`` stands for code of which putfix sees nothing."""

CALLS = 5_000
"""A program that makes more remote calls than this does not end by itself."""

Value = Any
"""What a program passes around."""


class RayError(Exception):
    """As in ``ray.exceptions``."""


class RayTaskError(RayError):
    """What ``get`` raises for a task that failed: also an instance of the cause's type."""

    cause: BaseException


class RayActorError(RayError):
    """As in ``ray.exceptions``."""


class ActorDiedError(RayActorError):
    """What the methods of an actor give whose constructor failed."""


class RaySystemError(RayError):
    """As in ``ray.exceptions``."""


class GetTimeoutError(RayError, TimeoutError):
    """As in ``ray.exceptions``."""


class EndlessError(BaseException):
    """A program made too many remote calls; nothing that it catches."""


@dataclass(frozen=True)
class Stored:
    """A serialized object: everything that loads it shares its buffers."""

    data: bytes
    buffers: tuple[memoryview, ...]

    def load(self) -> Value:
        """A fresh copy, apart from the buffers: of the classes too, as in a process that has not seen them."""
        seen, cloudpickle._DYNAMIC_CLASS_TRACKER_BY_ID = cloudpickle._DYNAMIC_CLASS_TRACKER_BY_ID, {}
        try:
            return pickle.loads(self.data, buffers=self.buffers)
        finally:
            cloudpickle._DYNAMIC_CLASS_TRACKER_BY_ID = seen


@dataclass
class Known:
    """Objects that pickles name by number: in one process there is no need to copy functions and classes."""

    objects: list[object] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)

    def number(self, value: object) -> int:
        """The number of ``value``, which from now on is kept."""
        if id(value) not in self.numbers:
            self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)
        return self.numbers[id(value)]


_known = Known()


def _named(number: int) -> object:
    return _known.objects[number]


class _Pickler(CloudPickler):  # type: ignore[misc]
    """Functions and classes of the program travel by value, with what they read of the globals, as in Ray; what else
    has a name is named by a number."""

    def reducer_override(self, value: Value) -> Any:
        if value is _named:
            return NotImplemented
        if isinstance(value, type | types.FunctionType) and value.__module__ == PROGRAM:
            return super().reducer_override(value)
        by_name = isinstance(value, type | types.FunctionType | types.ModuleType) or _is_builtin(value)
        if by_name or isinstance(value, ObjectRef | ActorHandle | ActorClass | RemoteFunction | ActorMethod):
            return (_named, (_known.number(value),))
        return super().reducer_override(value)


def _is_builtin(value: Value) -> bool:
    """Whether it is a function of a module written in C, and not a method of an object."""
    return isinstance(value, types.BuiltinFunctionType) and isinstance(value.__self__, types.ModuleType | None)


def _pickled(value: Value) -> Stored:
    if isinstance(value, bytearray | memoryview):
        value = bytes(value)
    stream, buffers = io.BytesIO(), list[pickle.PickleBuffer]()
    _Pickler(stream, protocol=5, buffer_callback=buffers.append).dump(value)
    owned = tuple(memoryview(bytearray(buffer.raw())).toreadonly() for buffer in buffers)
    return Stored(stream.getvalue(), owned)


def _serialized(value: Value, what: str) -> Stored:
    try:
        return _pickled(value)
    except TypeError as error:
        raise TypeError(f"Could not serialize the {what}: {error}") from error


class ObjectRef:
    """A reference to what was put, or to the result of a task, which may be an exception."""

    def __init__(self, content: Stored | BaseException, session: int) -> None:
        self.content = content
        self.session = session

    def __await__(self) -> Generator[Any, None, Value]:
        yield from asyncio.sleep(0).__await__()
        return _content(self)

    def __comparable__(self, depth: int) -> object:
        return "failed" if isinstance(self.content, BaseException) else comparable(_content(self), depth)


class ObjectRefGenerator:
    """The references that a generator task yields; it cannot be sent anywhere."""

    def __init__(self, refs: list[ObjectRef]) -> None:
        self._refs = iter(refs)

    def __iter__(self) -> Iterator[ObjectRef]:
        return self

    def __next__(self) -> ObjectRef:
        return next(self._refs)

    def __reduce__(self) -> NoReturn:
        raise TypeError("cannot pickle a generator of references")


def _content(ref: ObjectRef) -> Value:
    if isinstance(ref.content, BaseException):
        raise ref.content
    return ref.content.load()


def _failure(error: BaseException) -> BaseException:
    """The exception that ``get`` raises for a task that raised ``error``."""
    cause = error.cause if isinstance(error, RayTaskError) else error
    if isinstance(cause, RayError):
        return cause
    bases = (RayTaskError,) if type(cause) is Exception else (RayTaskError, type(cause))
    name = "RayTaskError" if type(cause) is Exception else f"RayTaskError({type(cause).__name__})"
    made = type(name, bases, {"__init__": lambda self, cause: None})(cause)
    assert isinstance(made, RayTaskError)
    made.args, made.cause = (cause,), cause
    return made


def _finished(result: Value) -> Value:
    """What a coroutine returns; nothing else runs meanwhile."""
    if not inspect.iscoroutine(result):
        return result
    driven = _Driven(result)
    for _ in driven:
        pass
    return driven.result


class _Driven:
    """Goes through the turns of a coroutine, and keeps what it returns."""

    def __init__(self, coroutine: Coroutine[Any, Any, Value]) -> None:
        self._coroutine = coroutine
        self.result: Value = None

    def __iter__(self) -> Generator[Any, None, None]:
        self.result = yield from self._coroutine.__await__()


@dataclass(frozen=True)
class Received:
    """One remote call: the callee and a comparable form of each argument that it got."""

    callee: str
    positional: tuple[object, ...]
    keywords: tuple[tuple[str, object], ...]


class Simulation:
    """The state of one pretended Ray, and a trace of the remote calls that it ran."""

    def __init__(self) -> None:
        self.trace: list[Received] = []
        self.session = 0
        self.running = False
        self.cpus = 0.0
        self.actors = 0

    def start(self) -> None:
        """What the first call of anything but ``init`` does by itself."""
        if not self.running:
            self.running = True
            self.session += 1
            self.cpus = 4.0

    def init(
        self, *address: str, ignore_reinit_error: bool = False, num_cpus: float | None = None, **_: Value
    ) -> contextlib.ExitStack:
        if self.running and not ignore_reinit_error:
            raise RuntimeError("Maybe you called ray.init twice by accident?")
        if not self.running:
            self.start()
            self.cpus = self.cpus if num_cpus is None else float(num_cpus)
        context = contextlib.ExitStack()
        context.callback(self.shutdown)
        return context

    def shutdown(self) -> None:
        self.running = False

    def is_initialized(self) -> bool:
        return self.running

    def cluster_resources(self) -> dict[str, float]:
        if not self.running:
            raise RaySystemError("Ray has not been started yet.")
        return {"CPU": self.cpus}

    def put(self, value: Value) -> ObjectRef:
        self.start()
        if isinstance(value, ObjectRef):
            raise TypeError("Calling 'put' on an ray.ObjectRef is not allowed.")
        return ObjectRef(_serialized(value, "put value"), self.session)

    def get(self, refs: Value, *, timeout: float | None = None) -> Value:
        self.start()
        if isinstance(refs, list):
            if not all(isinstance(ref, ObjectRef) for ref in refs):
                raise TypeError("Attempting to call `get` on the value, which is not an ray.ObjectRef.")
            return [self._get(ref) for ref in refs]
        if not isinstance(refs, ObjectRef):
            raise ValueError("Invalid type of object refs")
        return self._get(refs)

    def _get(self, ref: ObjectRef) -> Value:
        self._check(ref)
        return _content(ref)

    def _check(self, ref: ObjectRef) -> None:
        if ref.session != self.session:
            raise ValueError("An application is trying to access a Ray object whose owner is unknown")

    def wait(
        self, refs: list[ObjectRef], *, num_returns: int = 1, timeout: float | None = None, fetch_local: bool = True
    ) -> tuple[list[ObjectRef], list[ObjectRef]]:
        self.start()
        if not isinstance(refs, list):
            raise TypeError("wait() expected a list of ray.ObjectRef")
        if len(set(refs)) != len(refs):
            raise ValueError("Wait requires a list of unique object refs.")
        if num_returns > len(refs):
            raise ValueError("num_returns cannot be greater than the number of objects")
        return refs[:num_returns], refs[num_returns:]

    def remote(self, *definition: Value, **options: Value) -> Value:
        if not definition:
            return lambda definition: self._made_remote(definition)
        return self._made_remote(*definition)

    def _made_remote(self, definition: Value) -> Value:
        if isinstance(definition, type):
            return ActorClass(self, definition)
        if not isinstance(definition, types.FunctionType):
            raise TypeError("The @ray.remote decorator must be applied to either a function or a class.")
        return RemoteFunction(self, definition)

    def run(
        self, name: str, function: Callable[..., Value], call: Arguments, returns: object = 1
    ) -> ObjectRef | ObjectRefGenerator | list[ObjectRef]:
        """Run a task, or a method of an actor, on the arguments that ``accept`` took."""
        result: Value
        try:
            result = self.receive(name, function, call)
            if inspect.isgenerator(result) and returns == 1:
                return ObjectRefGenerator(list(self._yielded(result)))
            if isinstance(returns, int) and returns > 1:
                return [self._stored(item) for item in _outside(list, result)]
            return self._stored(result)
        except Exception as error:
            failed = ObjectRef(_failure(error), self.session)
            return [failed] * returns if isinstance(returns, int) and returns > 1 else failed

    def _yielded(self, items: Iterator[Value]) -> Iterator[ObjectRef]:
        try:
            for item in items:
                yield self._stored(item)
        except Exception as error:
            yield ObjectRef(_failure(error), self.session)

    def _stored(self, value: Value) -> ObjectRef:
        return ObjectRef(_pickled(value), self.session)

    def accept(
        self, signature: inspect.Signature, positional: tuple[Value, ...], keywords: dict[str, Value]
    ) -> Arguments:
        """Check the arguments of a call, and serialize each of them: what happens in the driver."""
        self.start()
        signature.bind(*positional, **keywords)
        return Arguments(
            [self._sent(value) for value in positional], {name: self._sent(value) for name, value in keywords.items()}
        )

    def _sent(self, value: Value) -> Stored | BaseException:
        if isinstance(value, ObjectRef):
            self._check(value)
            return value.content
        return _serialized(value, "argument for a task or actor")

    def receive(self, name: str, function: Callable[..., Value], call: Arguments) -> Value:
        """Load the arguments and call the function: what happens in the worker."""
        if len(self.trace) >= CALLS:
            raise EndlessError
        positional = [_loaded(content) for content in call.positional]
        keywords = {name: _loaded(content) for name, content in call.keywords.items()}
        seen = tuple((name, comparable(value)) for name, value in keywords.items())
        self.trace.append(Received(name, tuple(map(comparable, positional)), seen))
        return _outside(lambda: _finished(function(*positional, **keywords)))


@dataclass(frozen=True)
class Arguments:
    """The arguments of one call as they travel."""

    positional: list[Stored | BaseException]
    keywords: dict[str, Stored | BaseException]


def _loaded(content: Stored | BaseException) -> Value:
    if isinstance(content, BaseException):
        raise content
    return content.load()


def _outside(function: Callable[..., Value], *arguments: Value) -> Value:
    """Call ``function`` where what it prints is not the driver's."""
    printed, sys.stdout = sys.stdout, io.StringIO()
    try:
        return function(*arguments)
    finally:
        sys.stdout = printed


class RemoteFunction:
    """A task, with the number of its results."""

    def __init__(self, simulation: Simulation, function: Callable[..., Value], returns: object = 1) -> None:
        self._simulation = simulation
        self._function = function
        self._signature = inspect.signature(function)
        self._returns = returns

    def __call__(self, *_: Value, **__: Value) -> NoReturn:
        raise TypeError("Remote functions cannot be called directly.")

    def options(self, **options: Value) -> RemoteFunction:
        return RemoteFunction(self._simulation, self._function, options.get("num_returns", self._returns))

    def remote(self, *positional: Value, **keywords: Value) -> ObjectRef | ObjectRefGenerator | list[ObjectRef]:
        call = self._simulation.accept(self._signature, positional, keywords)
        return self._simulation.run(self._function.__name__, self._function, call, self._returns)


class ActorClass:
    """A class whose instances are actors."""

    def __init__(self, simulation: Simulation, definition: type) -> None:
        self._simulation = simulation
        self._definition = definition
        constructor = inspect.signature(definition) if definition.__init__ is not object.__init__ else None  # type: ignore[misc]
        self._signature = constructor or inspect.Signature()

    def __call__(self, *_: Value, **__: Value) -> NoReturn:
        raise TypeError("Actors cannot be instantiated directly.")

    def options(self, **_: Value) -> ActorClass:
        return self

    def remote(self, *positional: Value, **keywords: Value) -> ActorHandle:
        call = self._simulation.accept(self._signature, positional, keywords)
        self._simulation.actors += 1
        number = self._simulation.actors
        try:
            name = f"{self._definition.__name__}#{number}"
            instance = self._simulation.receive(name, self._definition, call)
        except Exception:
            instance = ActorDiedError()
        return ActorHandle(self._simulation, self._definition, instance, number)


class ActorHandle:
    """An actor: its methods run one after the other, on the state that it keeps."""

    def __init__(self, simulation: Simulation, definition: type, instance: object, number: int) -> None:
        self._simulation = simulation
        self._definition = definition
        self._instance = instance
        self._number = number

    def __getattr__(self, name: str) -> ActorMethod:
        if not callable(getattr(self._definition, name, None)):
            raise AttributeError(f"'ActorHandle' object has no attribute '{name}'")
        return ActorMethod(self, name)

    def __comparable__(self, depth: int) -> object:
        return self._number


class ActorMethod:
    """A method of an actor, with the number of its results."""

    def __init__(self, handle: ActorHandle, name: str, returns: object = 1) -> None:
        self._handle = handle
        self._name = name
        self._returns = returns

    def options(self, **options: Value) -> ActorMethod:
        return ActorMethod(self._handle, self._name, options.get("num_returns", self._returns))

    def remote(self, *positional: Value, **keywords: Value) -> ObjectRef | ObjectRefGenerator | list[ObjectRef]:
        handle = self._handle
        simulation, definition = handle._simulation, handle._definition
        signature = inspect.signature(getattr(definition, self._name))
        call = simulation.accept(signature, (None, *positional), keywords)
        call = Arguments(call.positional[1:], call.keywords)

        def function(*positional: Value, **keywords: Value) -> Value:
            if isinstance(handle._instance, ActorDiedError):
                raise handle._instance
            return getattr(handle._instance, self._name)(*positional, **keywords)

        name = f"{definition.__name__}#{handle._number}.{self._name}"
        return simulation.run(name, function, call, self._returns)


def _module(simulation: Simulation) -> types.ModuleType:
    module = types.ModuleType("ray")
    for name in "init shutdown is_initialized cluster_resources put get wait remote".split():
        setattr(module, name, getattr(simulation, name))
    exceptions = types.ModuleType("ray.exceptions")
    for error in (RayError, RayTaskError, RayActorError, ActorDiedError, RaySystemError, GetTimeoutError):
        setattr(exceptions, error.__name__, error)
    vars(module).update(
        exceptions=exceptions,
        method=lambda **options: lambda function: function,
        ObjectRef=ObjectRef,
        ObjectRefGenerator=ObjectRefGenerator,
    )
    return module


def _elsewhere(simulation: Simulation) -> types.ModuleType:
    """A module that changes and keeps what it gets, and starts Ray."""
    kept: list[Value] = []

    def change(value: Value) -> None:
        value[1] += 1

    def later() -> None:
        for value in kept:
            change(value)

    def ready() -> None:
        if not simulation.running:
            simulation.init(num_cpus=1)

    def anything(name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)
        later()

    module = types.ModuleType("elsewhere")
    vars(module).update(change=change, keep=kept.append, later=later, ready=ready, __getattr__=anything)
    return module


@contextlib.contextmanager
def installed() -> Iterator[Simulation]:
    """Have ``import ray`` give a new simulation."""
    simulation = Simulation()
    module = _module(simulation)
    before = {name: sys.modules.get(name) for name in MODULES}
    sys.modules.update({"ray": module, "ray.exceptions": module.exceptions, "elsewhere": _elsewhere(simulation)})
    try:
        yield simulation
    finally:
        for name, replaced in before.items():
            sys.modules.pop(name)
            if replaced is not None:
                sys.modules[name] = replaced
        _known.objects.clear()
        _known.numbers.clear()


@dataclass(frozen=True)
class Outcome:
    """All of a program that anybody could notice."""

    printed: str
    ended: str
    """The type of the exception that it ended with, if any."""
    trace: tuple[Received, ...]


def simulate(source: str) -> Outcome:
    """Run a program under a new simulation."""
    printed, ended = io.StringIO(), ""
    namespace = {"__name__": PROGRAM}
    with installed() as simulation, contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(source, "<program>", "exec", dont_inherit=True), namespace)
        except Exception as error:
            ended = type(error).__name__
        except EndlessError:
            ended = "endless"
    return Outcome(printed.getvalue(), ended, tuple(simulation.trace))
