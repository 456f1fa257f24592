"""Received values in a form that can be kept and compared after the program has ended."""

from __future__ import annotations

import functools
import types
import zlib
from typing import Any

import numpy as np

PROGRAM = "__main__"
"""The module that a program runs as."""

_OF_EVERY_CLASS = frozenset(
    {"__dict__", "__weakref__", "__doc__", "__module__", "__annotations__", "__abstractmethods__", "_abc_impl"}
    | {"__slotnames__"}  # which pickling leaves behind
)


def comparable(value: Any, depth: int = 8) -> object:
    """Something that is equal for two values just if no callee could tell them apart."""
    kind = type(value).__name__
    if isinstance(value, np.ndarray):
        content: object = comparable(value.tolist(), depth) if value.dtype.hasobject else _checksum(value)
        return kind, value.shape, str(value.dtype), value.flags.writeable, content
    if isinstance(value, types.ModuleType):
        return kind, value.__name__
    if hasattr(type(value), "__comparable__"):
        return kind, value.__comparable__(depth - 1)
    if isinstance(value, list | tuple | dict | set | frozenset):
        return kind, _items(value, depth)
    if isinstance(value, types.FunctionType | types.MethodType | functools.partial | type):
        return kind, comparable(_carried(value), depth - 1) if depth else "..."
    if hasattr(value, "__dict__") and depth:
        return kind, comparable(type(value), depth - 1), comparable(vars(value), depth - 1)
    text = repr(value)
    return kind, hash(text) if len(text) > 1000 else text.partition(" at 0x")[0]


def _carried(value: Any) -> dict[str, object]:
    """What functions and classes bring with them where they are copied: a program's own ones are, with their globals.

    Not their code: that of a method which sends values is rewritten.
    """
    if isinstance(value, types.MethodType):
        return {"function": value.__func__, "of": value.__self__}
    if isinstance(value, functools.partial):
        return {"function": value.func, "arguments": value.args, "keywords": value.keywords}
    if value.__module__ != PROGRAM:
        return {"name": value.__name__}
    if isinstance(value, type):
        own = {name: item for name, item in sorted(vars(value).items()) if name not in _OF_EVERY_CLASS}
        return {"name": value.__name__, "bases": value.__bases__, "own": own}
    cells = [_content(cell) for cell in value.__closure__ or ()]
    read = {name: value.__globals__[name] for name in _names_in(value.__code__) if name in value.__globals__}
    defaults = value.__defaults__, value.__kwdefaults__
    return {"name": value.__name__, "cells": cells, "read": read, "defaults": defaults}


def _content(cell: types.CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:
        return "empty"


def _names_in(code: types.CodeType) -> list[str]:
    """The names of globals and attributes that a function reads, or one inside of it."""
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return sorted({*code.co_names, *(name for each in inner for name in _names_in(each))})


def _checksum(value: np.ndarray[Any, Any]) -> int:
    return zlib.crc32(value.tobytes())


def _items(value: Any, depth: int) -> object:
    if not depth:
        return "..."
    if isinstance(value, dict):
        return tuple((comparable(key, depth - 1), comparable(item, depth - 1)) for key, item in value.items())
    if isinstance(value, set | frozenset):
        value = sorted(value, key=repr)
    if len(value) > 1000 and set(map(type, value)) <= {int, float}:
        return len(value), hash(tuple(value))
    return tuple(comparable(item, depth - 1) for item in value)
