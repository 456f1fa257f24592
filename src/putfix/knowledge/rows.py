"""The shape of a row of knowledge about a library. Adding a library is adding rows; no code changes.

Every group of rows names its ``source``: the part of the library's documentation that says so.
"""

from __future__ import annotations

from dataclasses import dataclass

ANY_NUMBER = 99
"""More positional arguments than any call has."""


Parts = tuple["str | Parts", ...]
"""The types of the elements of a tuple, which may be tuples themselves."""


@dataclass(frozen=True)
class Producers:
    """Functions whose results are large or measurable, and methods, as ``package.Type.method``. What may share memory
    with an argument is a view in a row of :class:`Reads` or :class:`Methods`; else it is a new object.

    ``kind`` is the type of the result. ``size`` names the rule in :mod:`putfix.analysis.sizes.producers`, or in
    ``derived`` beside it, that computes the size from the arguments, or is empty where the result is just normally
    large. With one of the
    keyword arguments ``unless`` the result is something else, and the row does not hold.
    """

    names: tuple[str, ...]
    kind: str
    source: str
    size: str = ""
    unless: tuple[str, ...] = ()
    item_bytes: int = 8
    """Bytes of an item where the call names no data type."""
    data_type_at: int | None = None
    """The position of the positional argument that names the data type."""
    shape_at: int | None = None
    """The position of the positional argument that is the shape."""
    at_most: int = ANY_NUMBER
    """With more positional arguments the result may be something else, and the row does not hold."""
    dimensions: tuple[tuple[str, int, int | None], ...] = ()
    """The parameters that give the dimensions, for ``size="table"`` and ``"layer"``: keyword, position, default."""
    layer: str = ""
    """The formula of a layer of a neural network: see ``LAYERS`` there."""
    parts: Parts = ()
    """The types of the elements, where the result is a tuple, or a tuple of tuples. The first element is the table: it
    has the shape, or is normally large; the others are columns, as long as it."""


@dataclass(frozen=True)
class Reads:
    """Functions that neither change nor keep what they are given.

    ``result`` is ``fresh`` where what they return shares no memory with the arguments, ``view`` where it
    may, ``items`` where it may share what the first argument holds. More than ``at_most`` positional arguments
    reach an output parameter, and the row does not hold.
    """

    names: tuple[str, ...]
    source: str
    result: str = "fresh"
    at_most: int = ANY_NUMBER


@dataclass(frozen=True)
class Methods:
    """What the methods of one type do to the object: ``reads``, ``views`` (reads, and the result may share
    memory with it) and ``changes`` (in place, and it gets no smaller) or ``shrinks``. The result of
    those in ``keeps_size`` is of the same type and, as a rule, about as large."""

    kind: str
    source: str
    reads: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    shrinks: tuple[str, ...] = ()
    keeps_size: tuple[str, ...] = ()
    selects: tuple[str, ...] = ()
    """Those of the methods in ``keeps_size`` whose result may be a small part of the object: of a large one it is
    normally large, but it has no size that could be computed."""
    fills: tuple[str, ...] = ()
    """Methods after which the object, which is what they return, is normally large."""
    gives: tuple[tuple[str, str], ...] = ()
    """Methods, each with the type of its result, which is about as large as the object."""
    parts: tuple[tuple[str, str], ...] = ()
    """Attributes, each with its type, that are about as large as the object and may share memory with it."""
    plain_attributes: tuple[str, ...] = ()
    """Attributes that share nothing with the object: numbers, tuples of numbers, types."""
    with_output: tuple[str, ...] = ()
    """Methods that write into an argument when they get more than one positional argument."""
    draws: tuple[tuple[str, int], ...] = ()
    """Those of the methods in ``changes`` whose result shares memory neither with the object nor with an argument, each
    with the number of positional arguments up to which that holds: one more is an array that takes the result."""
    acting: tuple[str, ...] = ()
    """Those of them that also print, write a file or draw random numbers, or that have more than the object in view."""
    repeatable: tuple[str, ...] = ()
    """Methods that return an equal result whenever they are called on the unchanged object, and do nothing else."""
    once: bool = False
    """Whether it may be iterated over once only, as an iterator."""
    slices: bool = False
    """Whether ``x[a, b]`` is of the same type and, as a rule, about as large."""
    items_repeatable: bool = False
    """Whether ``x[i]`` is computed from the object and ``i`` alone, in the same way every time."""


@dataclass(frozen=True)
class Library:
    """All rows of one library."""

    producers: tuple[Producers, ...] = ()
    reads: tuple[Reads, ...] = ()
    methods: tuple[Methods, ...] = ()
    repeatable: tuple[str, ...] = ()
    """Functions that compute a result from their arguments, the same every time, and do nothing else."""
    writes_through: tuple[str, ...] = ()
    """Functions that give writable access to memory that NumPy marks read-only."""
    large_types: tuple[str, ...] = ()
    """Types whose objects are normally larger than 100 KB: an annotation that names one is evidence."""
    managers: tuple[str, ...] = ()
    """Functions whose result is a context manager that suppresses no exception."""


def names(prefix: str, listed: str) -> tuple[str, ...]:
    """``prefix`` in front of every word of ``listed``."""
    return tuple(f"{prefix}.{word}" for word in listed.split())
