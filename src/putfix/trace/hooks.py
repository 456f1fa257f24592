"""Where the recorder looks into Ray: each place is replaced by a function that also records (run on 2.9.3 and 2.60).

Remote calls pass through ``RemoteFunction._remote``, ``ActorClass._remote`` or ``ActorMethod._remote``. Inside, Ray
calls ``SerializationContext.serialize`` once for each argument that is passed by value, which says the size; the parts
that it puts its object together from pass through three names of that module. Where one of these is missing, the
program runs without being recorded, and a line on standard error says so.

What a program can see of it: one more frame between its own and Ray's, in a traceback of a call that fails which it
prints itself (:mod:`putfix.trace.program` takes it out of those that end the program), and one frame less to recurse.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType, ModuleType
from typing import Any

from putfix.trace.fingerprints import Part
from putfix.trace.recorder import Argument, Call, Recorder

_SERIALIZATION = "ray._private.serialization"


class _Now(threading.local):
    """What a thread is doing: the call that it makes, and where the parts of the value that Ray serializes go."""

    call: Call | None = None
    parts: list[Part] | None = None


class Hooks:
    """Connects a recorder with Ray."""

    def __init__(self, recorder: Recorder, *, is_driver: bool) -> None:
        self._recorder = recorder
        self._has_complained = not is_driver
        self._now = _Now()
        self._ray = os.sep
        self._core: tuple[str, ...] = ()
        self._reference: type = type(None)
        self._undo: list[tuple[object, str, object]] = []

    def install(self) -> None:
        """Hook into what is imported of Ray, and into the rest as soon as the program imports it."""
        for name in _MODULES:
            if name in sys.modules:
                self.connect(sys.modules[name])
        sys.meta_path.insert(0, _Watcher(self.connect))

    def remove(self) -> None:
        """Leave Ray as it was."""
        sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Watcher)]
        for owner, name, original in reversed(self._undo):
            setattr(owner, name, original)
        self._undo.clear()

    def connect(self, module: ModuleType) -> None:
        """Hook into one of the modules of Ray."""
        try:
            if module.__name__ == _SERIALIZATION:
                self._watch_serialization(module)
            else:
                for owner, callee in _CALLEES[module.__name__].items():
                    self._replace(getattr(module, owner), "_remote", functools.partial(self._remote, callee))
        except Exception as error:
            self.remove()
            self.complain(f"this version of Ray is not known to it ({module.__name__}: {error})")

    def complain(self, reason: str) -> None:
        """Say once why nothing is recorded."""
        if not self._has_complained:
            self._has_complained = True
            print(f"putfix.trace: remote calls are not recorded: {reason}", file=sys.stderr)  # noqa: T201

    def _replace(self, owner: object, name: str, wrapper: Callable[[Any], object]) -> None:
        original = getattr(owner, name)
        setattr(owner, name, wrapper(original))
        self._undo.append((owner, name, original))

    def _remote(self, callee: Callable[[Any], str], original: Callable[..., object]) -> Callable[..., object]:
        """``original``, one of the three methods, recorded."""

        @functools.wraps(original)
        def remote(self_: object, args: Any = None, kwargs: Any = None, *rest: object, **options: object) -> object:
            call = self._begin(args, kwargs, options)
            if call is None:
                return original(self_, args, kwargs, *rest, **options)
            outer, self._now.call = self._now.call, call
            try:
                result = original(self_, args, kwargs, *rest, **options)
            finally:
                self._now.call = outer
            self._finish(call, callee, self_)
            return result

        return remote

    def _begin(self, args: Any, kwargs: Any, options: dict[str, object]) -> Call | None:
        """What is about to be called, or None where it is not for the record."""
        try:
            if options.get("get_if_exists"):  # Ray calls itself again without it where it makes an actor
                return None
            frame = self._caller()
            return frame and self._recorder.begin(frame, args or (), kwargs or {}, self._reference)
        except Exception:
            return None

    def _finish(self, call: Call, callee: Callable[[Any], str], called: object) -> None:
        try:
            name = callee(called)
        except Exception:
            name = ""
        with contextlib.suppress(Exception):
            self._recorder.finish(call, name)

    def _caller(self) -> FrameType | None:
        """The frame that the program makes the call in; None where one of Ray's libraries makes it."""
        frame: FrameType | None = sys._getframe(3)
        while frame is not None:
            name = frame.f_code.co_filename
            if name != __file__ and not name.startswith(self._core) and not self._is_wrapper(frame.f_back):
                return None if name.startswith(self._ray) else frame
            frame = frame.f_back
        return None

    def _is_wrapper(self, outer: FrameType | None) -> bool:
        """Whether Ray's ``remote`` called what it takes for its own method: a tool that also replaced that."""
        return (
            outer is not None
            and outer.f_code.co_name in ("remote", "_remote_proxy", "_remote")
            and outer.f_code.co_filename.startswith(self._core)
        )

    def _watch_serialization(self, module: ModuleType) -> None:
        self._reference = sys.modules["ray._raylet"].ObjectRef
        self._ray = os.path.join(os.path.dirname(str(sys.modules["ray"].__file__)), "")
        self._core = tuple(
            os.path.join(self._ray, *part)
            for part in (("remote_function.py",), ("actor.py",), ("_private", ""), ("util", "tracing", ""))
        )
        self._replace(module.SerializationContext, "serialize", self._serialize)
        self._replace(module, "MessagePackSerializedObject", self._watch_second)
        self._replace(module, "Pickle5SerializedObject", self._watch_second)
        self._replace(module, "Pickle5Writer", self._watch_buffers)

    def _serialize(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """The method that turns a value into an object of Ray."""

        @functools.wraps(original)
        def serialize(self_: object, value: object, *rest: object, **options: object) -> Any:
            now = self._now
            if now.call is None:
                return original(self_, value, *rest, **options)
            argument = now.call.argument_of(value)
            outer, now.parts = now.parts, None if argument is None else []
            try:
                result = original(self_, value, *rest, **options)
                parts = now.parts
            finally:
                now.parts = outer
            if argument is not None:
                try:
                    self._serialized(now.call, argument, value, result, parts or [])
                except Exception:
                    now.call.sent.pop(argument, None)
            return result

        return serialize

    def _serialized(self, call: Call, argument: Argument, value: object, result: Any, parts: list[Part]) -> None:
        if not parts and isinstance(value, bytes):
            parts.append(value)  # Ray takes bytes as they are
        holding = bool(result.contained_object_refs)
        self._recorder.serialized(call, argument, _kind(type(value)), result.total_bytes, parts, holding=holding)

    def _watch_second(self, original: Callable[..., object]) -> Callable[..., object]:
        """A class whose second argument is bytes of the value."""

        def make(*args: Any, **options: object) -> object:
            if self._now.parts is not None and len(args) > 1 and isinstance(args[1], bytes):
                self._now.parts.append(args[1])
            return original(*args, **options)

        return make

    def _watch_buffers(self, original: type[Any]) -> Callable[[], object]:
        """The class that takes the buffers of the value."""

        class Watching(original):  # type: ignore[misc]
            def buffer_callback(_self, buffer: Any) -> Any:  # noqa: N805
                if self._now.parts is not None:
                    self._now.parts.append(buffer)
                return super().buffer_callback(buffer)

        return lambda: original() if self._now.parts is None else Watching()


class _Watcher(importlib.abc.MetaPathFinder):
    """Tells when one of the modules of Ray has been imported. Finds nothing itself."""

    def __init__(self, connect: Callable[[ModuleType], None]) -> None:
        self._connect = connect
        self._finding = threading.local()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec that the other finders give, of a module that will be connected."""
        if fullname not in _MODULES or getattr(self._finding, "name", None) == fullname:
            return None
        self._finding.name = fullname
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._finding.name = None
        loader: Any = spec and spec.loader

        def exec_module(module: ModuleType) -> None:
            del loader.exec_module  # the method of the class is left
            loader.exec_module(module)
            self._connect(module)

        with contextlib.suppress(AttributeError):
            loader.exec_module = exec_module
        return spec


def _kind(kind: type) -> str:
    """The name of a type, by the package that it is found in rather than the module that it is written in."""
    module, name = kind.__module__, kind.__qualname__
    if module == "builtins":
        return name
    package = module.partition(".")[0]
    is_in_package = vars(sys.modules.get(package, sys)).get(name) is kind
    return f"{package if is_in_package else module}.{name}"


def _name(qualified: str) -> str:
    return qualified.rpartition(".")[2]


def _of_function(called: Any) -> str:
    return _name(called._function_name)


def _of_class(called: Any) -> str:
    return _name(called.__ray_metadata__.class_name)


def _of_method(called: Any) -> str:
    actor = called._actor_ref() if hasattr(called, "_actor_ref") else called._actor  # the former up to Ray 2.9 at least
    return f"{_name(actor._ray_actor_creation_function_descriptor.class_name)}.{called._method_name}"


_CALLEES: dict[str, dict[str, Callable[[Any], str]]] = {
    "ray.remote_function": {"RemoteFunction": _of_function},
    "ray.actor": {"ActorClass": _of_class, "ActorMethod": _of_method},
}
"""The modules and classes that have ``_remote``, and how the callee of an object of each is called."""
_MODULES = (*_CALLEES, _SERIALIZATION)
