r"""The trace file: what is in it, reading, merging and writing.

A trace is JSON Lines in UTF-8 (putfix writes its ASCII part): *blocks*, each a header line and the record lines after
it. The header gives the version of the format, the directory that file names are relative to, and the versions of
Python, Ray and putfix. A record line is one argument at one call site, with counts (those that are 0 are left out)::

    {"putfix_trace": 1, "root": "/home/me/job", "python": "3.11.7", "ray": "2.60.0", "putfix": "0.1.0"}
    {"file": "job.py", "line": 14, "column": 15, "end_line": 14, "end_column": 48, "callee": "column_sum",
     "text": "5f0c…", "argument": 0, "sends": 10, "kinds": {"numpy.ndarray": 10}, "least": 200000164, …}

All counts add up: several lines for one argument, in one file or in several, mean their sum. So a process appends what
is new since it last wrote, ``cat`` merges files, and the order of blocks means nothing. A line that was torn by the end
of a process is skipped, and a header that follows it without a line break is found.

A trace holds names of files, functions and types, numbers, and hashes of source lines: nothing of the values.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from putfix import reading
from putfix.marks import CELL
from putfix.model import Measurement

VERSION = 1
"""The version of the format. A reader refuses a newer one, and skips keys that it does not know."""
_HEADER = '{"putfix_trace": '
"""What every header begins with: how it is found behind a torn line."""


_MOST = 2**100
"""No count is larger: a line with one that is was not written by a recorder."""


class TraceError(Exception):
    """A file is no trace, or of a version that this putfix cannot read: the message says which."""


@dataclass(frozen=True)
class Origin:
    """Where and with what a program ran: the directory that it was started in, and versions (empty: not known)."""

    root: str
    python: str = ""
    ray: str = ""
    putfix: str = ""


@dataclass(frozen=True)
class Site:
    """A call expression in the source.

    ``file`` is relative to the root of its origin where it is inside it (with ``/``), otherwise absolute; a cell of a
    notebook has the name that :func:`cell_name` gives it. Lines are 1-based; columns 0-based, in characters. Before
    Python 3.11 the interpreter tells only a line: where it holds several remote calls, ``column`` and ``end_column``
    are None, and the lines are that line. ``callee`` is a function, a class or ``Class.method``, as Ray knows it,
    without what it is nested in. ``text`` is :func:`text_hash` of the lines, empty where the source was out of reach.
    """

    file: str
    line: int
    column: int | None
    end_line: int
    end_column: int | None
    callee: str
    text: str = ""


@dataclass
class Counts:
    """What was seen of one argument; see :class:`putfix.model.Measurement` for the fields it shares with it.

    ``kinds`` says how often each type was sent; ``least`` is None where nothing was sent by value. Each send by value
    is compared with the send before it at the site: where that belongs to the same activation of the function around
    the call, it is one of ``repeats`` (unchanged) or ``changes``. Where it belongs to another activation and the value
    is the same, it is one of ``again``. ``repeated`` and ``again_bytes`` are the bytes of those. ``unknown`` are the
    sends that were not compared, to save time (:mod:`putfix.trace.fingerprints`).
    """

    sends: int = 0
    references: int = 0
    holding: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    least: int | None = None
    most: int = 0
    total: int = 0
    repeats: int = 0
    changes: int = 0
    repeated: int = 0
    again: int = 0
    again_bytes: int = 0
    unknown: int = 0

    def add(self, other: Counts) -> None:
        """Add what ``other`` has seen."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, times in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + times
        least = [size for size in (self.least, other.least) if size is not None]
        self.least = min(least, default=None)
        self.most = max(self.most, other.most)


_SUMS = tuple(f.name for f in dataclasses.fields(Counts) if f.name not in ("kinds", "least", "most"))


@dataclass(frozen=True)
class Key:
    """One argument at one call site, in programs of one origin.

    The argument is its position, from 0, or its keyword. ``"*"`` stands for the positions from 50 on, and ``"**"`` for
    keywords that are not written in the call but come out of a mapping: those may be data of the user.
    """

    origin: Origin
    site: Site
    argument: int | str

    @property
    def path(self) -> str:
        """The file as an absolute path; a cell of a notebook keeps its name."""
        return self.site.file if self.site.file.startswith(CELL) else os.path.join(self.origin.root, self.site.file)


@dataclass
class Trace:
    """Counts by argument, and the origins of them (an origin may have none: no remote call was made)."""

    origins: list[Origin] = field(default_factory=list)
    counts: dict[Key, Counts] = field(default_factory=dict)

    def add(self, key: Key, counts: Counts) -> None:
        """Add what was seen of one argument."""
        self.add_origin(key.origin)
        self.counts.setdefault(key, Counts()).add(counts)

    def add_origin(self, origin: Origin) -> None:
        """Note a run, also where it sends nothing."""
        if origin not in self.origins:
            self.origins.append(origin)

    def update(self, other: Trace) -> None:
        """Add all that another trace holds."""
        for origin in other.origins:
            self.add_origin(origin)
        for key, counts in other.counts.items():
            self.add(key, counts)


def text_hash(lines: Iterable[str]) -> str:
    """A hash of source lines, whatever their white space: 16 hexadecimal digits."""
    return _hash(" ".join(" ".join(lines).split()))


def cell_name(source: str) -> str:
    """The name of a notebook cell with this source (exactly as the notebook file has it).

    It is ``cell:`` and the number that the kernel (ipykernel) makes of the source, and compiles the cell under, as
    ``/tmp/ipykernel_<process>/<number>.py``: so the driver, its workers and a reader of the notebook come to the same
    name, whatever the order of execution. Sites of a cell that runs again add up; an edited cell is another one.
    IPython drops leading blank lines, so lines count from the first that is not blank.
    """
    return f"{CELL}{_murmur2(source.encode('utf-8', 'surrogatepass'), 0xC70F6907)}"


def _murmur2(data: bytes, seed: int) -> int:
    """MurmurHash2 of 32 bits (Appleby), with the seed that ``ipykernel.compiler.get_tmp_hash_seed`` gives."""
    multiplier, mask = 0x5BD1E995, 0xFFFFFFFF
    result = seed ^ len(data)
    whole = len(data) & ~3
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * multiplier & mask
        word = (word ^ word >> 24) * multiplier & mask
        result = result * multiplier & mask ^ word
    if whole < len(data):
        result = (result ^ int.from_bytes(data[whole:], "little")) * multiplier & mask
    result = (result ^ result >> 13) * multiplier & mask
    return result ^ result >> 15


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def read(path: str | os.PathLike[str]) -> Trace:
    """Read a trace. Raises :class:`OSError`, and :class:`TraceError` where the file is none that it can read."""
    trace = parse(reading.read(Path(path)), os.fspath(path))
    if not trace.origins:
        raise TraceError(f"{os.fspath(path)} is not a trace of putfix")
    return trace


def read_all(paths: Iterable[str | os.PathLike[str]]) -> Trace:
    """Read several traces as one."""
    merged = Trace()
    for path in paths:
        merged.update(read(path))
    return merged


def parse(data: bytes, name: str = "the trace") -> Trace:
    """The trace in ``data``; lines that are torn, or not of a trace, are skipped."""
    trace = Trace()
    origin: Origin | None = None
    for line in data.decode("utf-8", "replace").split("\n"):
        entry = _entry(line)
        if "putfix_trace" in entry:
            origin = _origin(entry, name)
            trace.add_origin(origin)
        elif origin is not None and (record := _record(entry)) is not None:
            trace.add(Key(origin, record[0], record[1]), record[2])
    return trace


def _entry(line: str) -> dict[str, Any]:
    """The JSON object on a line, or in its end where a torn line stands before a header; empty where there is none."""
    for text in (line, line[max(line.rfind(_HEADER), 0) :]):
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            return entry
    return {}


def _origin(entry: dict[str, Any], name: str) -> Origin:
    version = entry["putfix_trace"]
    if not _is_count(version) or version == 0:
        raise TraceError(f"{name} is not a trace of putfix")
    if version > VERSION:
        raise TraceError(f"{name} is a trace of version {version}; this putfix reads up to {VERSION}, update it")
    return Origin(*(str(entry.get(f.name, "")) for f in dataclasses.fields(Origin)))


def _record(entry: dict[str, Any]) -> tuple[Site, int | str, Counts] | None:
    """What a record line says, or None where it lacks something or has the wrong types."""
    try:
        site = Site(**{f.name: entry[f.name] for f in dataclasses.fields(Site)})
        counts = Counts(**{f.name: entry[f.name] for f in dataclasses.fields(Counts) if f.name in entry})
        argument = entry["argument"]
        least, kinds = counts.least, counts.kinds
        whole = [site.line, site.end_line, counts.most, *(getattr(counts, n) for n in _SUMS), *kinds.values()]
        optional = [least, site.column, site.end_column]
    except (KeyError, TypeError, AttributeError):
        return None
    texts = [site.file, site.callee, site.text]
    valid = (
        all(_is_count(n) for n in [*whole, *(n for n in optional if n is not None)])
        and all(isinstance(text, str) for text in texts)
        and (isinstance(argument, str) or _is_count(argument))
    )
    return (site, argument, counts) if valid else None


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= _MOST


def dump(trace: Trace) -> bytes:
    """The trace as the bytes of a file: one block for each origin, sorted, one line for each argument."""
    by_origin: dict[Origin, list[Key]] = {origin: [] for origin in trace.origins}
    for key in trace.counts:
        by_origin[key.origin].append(key)
    lines = [line for origin, keys in by_origin.items() for line in _block(trace, origin, keys)]
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def _block(trace: Trace, origin: Origin, keys: list[Key]) -> Iterator[str]:
    yield json.dumps({"putfix_trace": VERSION, **dataclasses.asdict(origin)})
    for key in sorted(keys, key=lambda key: (key.site.file, key.site.line, key.site.column or 0, str(key.argument))):
        counts = dataclasses.asdict(trace.counts[key])
        entry = {**dataclasses.asdict(key.site), "argument": key.argument}
        entry |= {name: value for name, value in counts.items() if value or name == "least"}
        yield json.dumps(entry)


@dataclass(frozen=True)
class Record:
    """What was seen of one argument at one call site, in runs of any origin."""

    site: Site
    argument: int | str
    counts: Counts

    def measurement(self) -> Measurement:
        """What the analysis takes of it."""
        seen = self.counts
        return Measurement(
            line=self.site.line,
            column=self.site.column,
            argument=self.argument,
            sends=seen.sends,
            references=seen.references,
            holding=seen.holding,
            kinds=tuple(sorted(seen.kinds, key=lambda kind: (-seen.kinds[kind], kind))),
            at_least=seen.least or 0,
            at_most=seen.most,
            total=seen.total,
            repeats=seen.repeats,
            changes=seen.changes,
            repeated=seen.repeated,
            end=(self.site.end_line, self.site.end_column) if self.site.end_column is not None else None,
        )


def by_file(trace: Trace) -> dict[str, list[Record]]:
    """What was seen in each file, by its absolute path (or the name of the cell), summed over origins."""
    merged: dict[tuple[str, Site, int | str], Counts] = {}
    for key, counts in trace.counts.items():
        site = dataclasses.replace(key.site, file=key.path)
        merged.setdefault((key.path, site, key.argument), Counts()).add(counts)
    files: dict[str, list[Record]] = {}
    for (path, site, argument), counts in merged.items():
        files.setdefault(path, []).append(Record(site, argument, counts))
    return files
