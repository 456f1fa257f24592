"""The recorder: what the calls of one process send, counted and written to the trace.

It watches a remote call from outside: :meth:`Recorder.begin` before it, :meth:`Recorder.serialized` for each value that
Ray serializes meanwhile, :meth:`Recorder.finish` when it has been made. A call that raises is no send. Nothing here may
disturb the program: :mod:`putfix.trace.hooks` lets no exception out, and no value is kept beyond the call.
"""

from __future__ import annotations

import _thread
import os
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from putfix.trace.appending import TraceFile
from putfix.trace.fingerprints import Budget, Part
from putfix.trace.records import Counts, Key, Origin, Site, Trace
from putfix.trace.sites import Activation, Place, Sites, activation

_MOST_POSITIONS = 50
"""Positions from here on (of a long ``*sequence``) count as the argument ``*``."""
_MOST_KINDS = 20
"""Types that one argument is sent as beyond these count as ``other``."""
_MOST_REMEMBERED = 10_000
"""Arguments of which a process remembers the fingerprint."""

_LOOK_AHEAD = 4
"""How many values are looked at for the one that Ray serializes: it leaves out names, or a value for another."""

Argument = int | str


@dataclass
class Sent:
    """One argument that Ray serialized."""

    kind: str
    size: int
    holding: bool
    fingerprint: object


@dataclass
class Call:
    """One remote call while it is made.

    ``expected`` are the values that Ray will serialize, in its order: for each argument its keyword (or a dummy), of
    which nothing is to be known, and the value. ``next`` is where to look for the next one.
    """

    place: Place
    activation: Activation
    references: list[Argument]
    expected: list[tuple[Argument | None, object]]
    sent: dict[Argument, Sent] = field(default_factory=dict)
    next: int = 0

    def argument_of(self, value: object) -> Argument | None:
        """Which argument Ray is serializing, if it is one."""
        for index, (argument, candidate) in enumerate(self.expected[self.next : self.next + _LOOK_AHEAD], self.next):
            if candidate is value:
                self.next = index + 1
                return argument
        return None


class Recorder:
    """What one process knows, and how it gets into the file.

    It writes at the first call, and then not before ``interval`` seconds after it wrote last, but not much later
    either: a process may be killed at any moment.
    """

    def __init__(self, path: str, origin: Origin, interval: float) -> None:
        self.origin = origin
        self.interval = interval
        self.file = TraceFile(path)
        self._sites = Sites(origin.root)
        self._budget = Budget()
        self._reset()

    def _reset(self) -> None:
        """Know nothing: a forked process must not write what its parent knows."""
        self._lock = threading.RLock()  # a signal handler may make a remote call while its thread is in here
        self._counts: dict[tuple[Place, str, Argument], Counts] = {}
        self._last: dict[tuple[Place, Argument], object] = {}
        self._written = float("-inf")
        self._is_timed = False

    def install(self) -> None:
        """Be told of forks."""
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._reset)

    def begin(self, frame: FrameType, args: Sequence[object], kwargs: Mapping[str, object], reference: type) -> Call:
        """A call is about to be made in ``frame``. ``reference`` is the class of object references."""
        call = Call(self._sites.place(frame), activation(frame), [], [])
        for position, value in enumerate(args):
            self._expect(call, position, value, reference)
        for keyword, value in kwargs.items():
            call.expected.append((None, keyword))
            self._expect(call, keyword, value, reference)
        return call

    def _expect(self, call: Call, argument: Argument, value: object, reference: type) -> None:
        if isinstance(value, reference):
            call.references.append(argument)
        else:
            call.expected.append((argument, value))

    def serialized(
        self, call: Call, argument: Argument, kind: str, size: int, parts: Sequence[Part], *, holding: bool
    ) -> None:
        """Ray has serialized an argument, to ``size`` bytes, out of these parts."""
        is_after_gap = self._before(call, (call.place, argument)) is None
        fingerprint = self._budget.fingerprint(parts, after_gap=is_after_gap) if parts else None
        call.sent[argument] = Sent(kind, size, holding, fingerprint)

    def _before(self, call: Call, place: tuple[Place, Argument]) -> object:
        """The fingerprint of what was sent before, None where it is not known."""
        return call.activation.last.get(place, self._last.get(place))

    def finish(self, call: Call, callee: str) -> None:
        """The call has been made."""
        with self._lock:
            for argument in call.references:
                counts = self._of(call, callee, argument)
                counts.sends += 1
                counts.references += 1
            for argument, sent in call.sent.items():
                self._count(self._of(call, callee, argument), sent)
                self._compare(self._of(call, callee, argument), call, argument, sent)
            self._write_soon()

    def _of(self, call: Call, callee: str, argument: Argument) -> Counts:
        if isinstance(argument, int):
            named: Argument = argument if argument < _MOST_POSITIONS else "*"
        else:
            named = argument if call.place.writes(argument) else "**"
        return self._counts.setdefault((call.place, callee, named), Counts())

    def _count(self, counts: Counts, sent: Sent) -> None:
        counts.sends += 1
        counts.holding += sent.holding
        kind = sent.kind if sent.kind in counts.kinds or len(counts.kinds) < _MOST_KINDS else "other"
        counts.kinds[kind] = counts.kinds.get(kind, 0) + 1
        counts.least = sent.size if counts.least is None else min(counts.least, sent.size)
        counts.most = max(counts.most, sent.size)
        counts.total += sent.size

    def _compare(self, counts: Counts, call: Call, argument: Argument, sent: Sent) -> None:
        """Is it what was sent before, in this activation or in the one before?"""
        place = (call.place, argument)
        in_activation = call.activation.last
        before, now = self._before(call, place), sent.fingerprint
        if now is None or (place in in_activation and before is None):
            counts.unknown += 1
        elif place in in_activation:
            counts.repeats += now == before
            counts.repeated += sent.size * (now == before)
            counts.changes += now != before
        elif now == before:
            counts.again += 1
            counts.again_bytes += sent.size
        in_activation[place] = now
        if len(self._last) < _MOST_REMEMBERED or place in self._last:
            self._last[place] = now

    def _write_soon(self) -> None:
        """Write now if that was not done for a while, otherwise when it is time."""
        wait = self._written + self.interval - time.monotonic()
        if wait <= 0:
            self.write()
        elif not self._is_timed:
            self._is_timed = True
            # Not threading.Thread: the program may count and list its threads.
            _thread.start_new_thread(self._write_after, (wait,))

    def _write_after(self, seconds: float) -> None:
        time.sleep(seconds)
        with self._lock:
            self._is_timed = False
            with suppress(Exception):
                self.write()

    def write(self, patience: float = 0.05) -> None:
        """Add to the file what is not in it; keep it for the next time where that fails."""
        with self._lock:
            self._written = time.monotonic()
            trace = self.empty()
            for (place, callee, argument), counts in self._counts.items():
                site = Site(place.file, place.line, place.column, place.end_line, place.end_column, callee, place.text)
                trace.add(Key(self.origin, site, argument), counts)
            try:
                self.file.append(trace, patience)
            except OSError:
                return
            self._counts.clear()

    def empty(self) -> Trace:
        """The trace of a run that made no remote call."""
        return Trace([self.origin])

    def close(self) -> None:
        """Write all, and add up what the processes of the run have written."""
        try:
            self.write(patience=2)
            self.file.compact()
        except OSError:
            return
