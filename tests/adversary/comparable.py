"""Received values in a form that can be kept and compared after the program has ended."""

from __future__ import annotations

import types
import zlib
from typing import Any

import numpy as np


def comparable(value: Any, depth: int = 8) -> object:
    """Something that is equal for two values just if no callee could tell them apart."""
    kind = type(value).__name__
    if isinstance(value, np.ndarray):
        content: object = comparable(value.tolist(), depth) if value.dtype.hasobject else _checksum(value)
        return kind, value.shape, str(value.dtype), value.flags.writeable, content
    if hasattr(type(value), "__comparable__"):
        return kind, value.__comparable__(depth - 1)
    if isinstance(value, list | tuple | dict | set | frozenset):
        return kind, _items(value, depth)
    if isinstance(value, types.FunctionType | type):
        return kind, value.__name__
    if hasattr(value, "__dict__") and depth:
        return kind, comparable(vars(value), depth - 1)
    text = repr(value)
    return kind, hash(text) if len(text) > 1000 else text.partition(" at 0x")[0]


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
