"""What a user can set about the analysis."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

MIN_SIZE = 102_400
"""The number of serialized bytes up to which Ray sends an argument along with the call; one of more bytes goes into the
object store. It is ``max_direct_call_object_size``, 100 * 1024, in ``src/ray/common/ray_config_def.h`` of Ray 2.60.
Measured on that version, a task that takes 102,400 bytes stores nothing, and one that takes 102,401 stores an object;
below the limit, passing by reference takes 1.05 to 2.4 times as long."""


@dataclass(frozen=True)
class Settings:
    """What counts as large, and what is hoisted.

    ``min_size`` is the number of serialized bytes above which a value is worth a put. ``large`` and ``small`` are
    patterns of qualified names of functions and classes (``mylib.load_*``, ``mylib.Model``), whose results and objects
    are known to be so: :mod:`putfix.analysis.sizes.declared` says which names they match. With ``unsafe_fixes``
    also what assumptions are needed for is hoisted. Findings with a code in ``ignore`` are suppressed.
    """

    min_size: int = MIN_SIZE
    large: tuple[str, ...] = ()
    small: tuple[str, ...] = ()
    unsafe_fixes: bool = False
    ignore: tuple[str, ...] = ()


DEFAULT = Settings()


class Governed(NamedTuple):
    """The settings for one file, and what they come from: the configuration file and those that it extends, and the
    patterns of paths that match."""

    settings: Settings
    files: tuple[Path, ...] = ()
    patterns: tuple[str, ...] = ()


UNITS = {
    "": 1,
    "b": 1,
    "bytes": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
"""How many bytes each unit is, in lower case: of decimal units (SI) and of binary ones (IEC 80000-13)."""

_SIZE = r"(\d{1,30}(?:_\d{1,30}){0,30})(?:\.(\d{1,30}))? ?([a-z]*)"


def parse_size(text: str) -> int:
    """The number of bytes that ``text`` means: ``1MB``, ``1.5 GB``, ``100 KiB``, ``1_000_000``.

    Units are those of :data:`UNITS`, in capitals or not; a part of a byte is dropped. Raises :class:`ValueError` for
    anything else.
    """
    match = re.fullmatch(_SIZE, text.strip(), re.ASCII | re.IGNORECASE)
    unit = UNITS.get(match[3].lower()) if match is not None else None
    if match is None or unit is None:
        raise ValueError(text)
    fraction: str = match[2] or ""
    digits: int = 10 ** len(fraction)
    return int(match[1] + fraction) * unit // digits
