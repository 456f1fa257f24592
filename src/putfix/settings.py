"""What a user can set about the analysis."""

from __future__ import annotations

from dataclasses import dataclass

MIN_SIZE = 102_400
"""Ray stores an argument of more bytes in the object store (``max_direct_call_object_size``, Ray 2.60), and
measured below it, passing by reference is slower."""


@dataclass(frozen=True)
class Settings:
    """What counts as large.

    ``min_size`` is the number of serialized bytes above which a value is worth a put. ``large`` and ``small`` are
    qualified names of functions and classes, with ``*`` and ``?`` as in file names (``mylib.load_*``), whose results
    and objects are known to be so.
    """

    min_size: int = MIN_SIZE
    large: tuple[str, ...] = ()
    small: tuple[str, ...] = ()


DEFAULT = Settings()
