"""Findings as lists, numbers and texts, which JSON can keep, and back."""

from __future__ import annotations

import functools
import zlib
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from putfix.model import ChangedCell, Finding, Remark, Suppressed


@dataclass(frozen=True)
class Outcome:
    """What came of a file, without problems: the old bytes and the new ones where these differ, and what is said."""

    old: bytes = b""
    new: bytes = b""
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    remarks: tuple[Remark, ...] = ()
    changed_cells: tuple[ChangedCell, ...] = ()


NOTHING = Outcome()

Packed = list[Any] | None
"""What JSON can keep of an outcome; None of :data:`NOTHING`."""


def packed(outcome: Outcome) -> Packed:
    """An outcome in a form that JSON can keep. Its old bytes are not in it."""
    if outcome == NOTHING:
        return None
    said = outcome.findings, outcome.suppressed, outcome.remarks, outcome.changed_cells
    return [_difference(outcome.old, outcome.new), *map(_packed, said)]


def changes(packed: Packed) -> bool:
    """Whether an outcome has other bytes than the old ones, which are needed to unpack it."""
    return packed is not None and packed[0] is not None


def unpacked(packed: Packed, old: bytes = b"") -> Outcome:
    """The outcome, given the old bytes where it changes them. Raises all kinds of exceptions where it is none."""
    if packed is None:
        return NOTHING
    difference, *said = packed
    new = _restored(difference, old) if difference is not None else old
    return Outcome(old, new, *map(_unpacked, said))


def _difference(old: bytes, new: bytes) -> str | None:
    if old == new:
        return None
    from base64 import b85encode

    packer = zlib.compressobj(zdict=old)
    return b85encode(packer.compress(new) + packer.flush()).decode()


def _restored(difference: str, old: bytes) -> bytes:
    from base64 import b85decode

    packer = zlib.decompressobj(zdict=old)
    return packer.decompress(b85decode(difference)) + packer.flush()


@functools.cache
def _kinds() -> list[Callable[..., Any]]:
    """What makes something of the items of a list, by the number that is the first of them."""
    from putfix import model

    said = "Finding Evidence Strength CallSite Span Hoist Obstacle Advice Suppressed Suppression Remark Idle"
    kinds = f"{said} ChangedCell Edit".split()
    return [_tuple, *(getattr(model, name) for name in kinds)]


def _tuple(*items: Any) -> tuple[Any, ...]:
    return items


def _packed(value: Any) -> Any:
    if isinstance(value, tuple):
        return [0, *map(_packed, value)]
    if is_dataclass(value):
        return [_kinds().index(type(value)), *(_packed(getattr(value, each.name)) for each in fields(value))]
    if type(value) in (kinds := _kinds()):
        return [kinds.index(type(value)), value.value]
    if value is None or type(value) in (str, int, bool):
        return value
    raise TypeError(value)  # which JSON would give back as something else


def _unpacked(packed: Any) -> Any:
    kinds = _kinds()

    def made(item: Any) -> Any:
        if type(item) is not list:
            return item
        number, *rest = item
        return kinds[number](*map(made, rest))

    return made(packed)
