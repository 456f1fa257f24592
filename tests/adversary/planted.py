"""Mutation testing of putfix: each of its rules is broken in turn, and the generated programs must notice.

    python tests/adversary/planted.py

A planted bug makes putfix forget one thing: an effect that one kind of syntax has, a kind of effect altogether, a
row of knowledge, or one of the rules that ``rules.py`` lists. All but the last are found by looking at putfix itself,
so they follow when it changes. A program whose rewrite then differs proves that the rule is needed, and that the
adversary would see it go.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import functools
import itertools
import sys
import time
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest import mock

from generator import Program, Seeded, catalogue, program
from rules import FORGOTTEN, UNSEEN, Rule
from run import difference
from simulator import Outcome, simulate

from putfix import fix_source, knowledge
from putfix.analysis import analyse
from putfix.analysis.flow import building, expressions, lowering
from putfix.analysis.flow import parts as flow
from putfix.analysis.flow.bodies import Alias, Flow
from putfix.analysis.versions import ray_state, values
from putfix.garbage import rare_collection
from putfix.model import Hoist, Source

Plant = Callable[[], AbstractContextManager[Any]]

LOWERING = (building.FlowBuilder, expressions.ExpressionLowering, lowering.Lowering)
FIXTURES = Path(__file__).parent.parent / "fixtures"
PLUMBING = frozenset("_inside _in_scope _lower _emit _loop _arm _suite _statement _maybe flow".split())
"""Methods of the lowering that only call others."""

KINDS = ("numpy.ndarray", "builtins.list", "builtins.dict")
"""The types of which generated programs call the methods."""


@dataclass(frozen=True)
class Planted:
    """A bug, by name, and how to plant it; ``made`` is the effect that it takes away, with the method that it concerns,
    ``word`` something that a program must contain to notice it."""

    name: str
    plant: Plant
    made: tuple[str, str] | None = None
    word: str = ""

    def concerns(self, sample: Sample) -> bool:
        """Whether a program can notice it at all."""
        return (self.made is None or self.made in sample.made) and self.word in sample.source


def all_planted(seen: Sequence[tuple[str, str]]) -> list[Planted]:
    """All bugs that can be planted; ``seen`` are the effects that matter in programs, each with the method where it
    does: without remote calls there is nothing to get wrong."""
    effects = [
        Planted(": no ".join(made), functools.partial(_forgetting, made), made)
        for made in seen
        if made[1] != "Dispatch"
    ]
    return [*effects, *of_knowledge(), *map(of_rule, FORGOTTEN)]


def _patching(owner: object, name: str, new: object) -> Plant:
    return lambda: mock.patch.object(owner, name, new)


def of_knowledge() -> Iterator[Planted]:
    """A method that changes its object is said to read it; one whose result shares memory, to give something new."""
    for kind in KINDS:
        row = knowledge.methods(kind)
        assert row is not None
        for method in (*row.changes, *row.shrinks):
            changes, shrinks = _except(method, row.changes), _except(method, row.shrinks)
            reading = replace(row, reads=(*row.reads, method), changes=changes, shrinks=shrinks)
            yield Planted(f"{kind}.{method} only reads", _knowing(reading), word=f".{method}(")
        for method in row.views:
            copying = replace(row, reads=(*row.reads, method), views=_except(method, row.views))
            yield Planted(f"{kind}.{method} copies", _knowing(copying), word=f".{method}(")


def _except(method: str, methods: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(other for other in methods if other != method)


def _knowing(row: Any) -> Plant:
    old = knowledge.methods
    return _patching(knowledge, "methods", lambda kind: row if kind == row.kind else old(kind))


def of_rule(rule: Rule) -> Planted:
    """A bug of ``rules.py``."""
    owner, name = rule.owner, rule.target.rpartition(".")[2]
    old = vars(owner)[name]
    new = rule.careless(getattr(owner, name))
    if isinstance(owner, types.ModuleType) and isinstance(old, types.FunctionType):
        return Planted(rule.name, lambda: _everywhere(old, new))
    is_property = not isinstance(old, types.FunctionType) and hasattr(old, "__get__")
    return Planted(rule.name, _patching(owner, name, property(new) if is_property else new))


@contextlib.contextmanager
def _everywhere(old: types.FunctionType, new: object) -> Iterator[None]:
    """Replace a function in every module of putfix that has it."""
    with contextlib.ExitStack() as stack:
        for module in [m for name, m in sys.modules.items() if name.startswith("putfix")]:
            if vars(module).get(old.__name__) is old:
                stack.enter_context(mock.patch.object(module, old.__name__, new))
        yield


# Which method of the lowering makes which effects, and which of them matter to which question of a tracker.


def _owners() -> dict[types.CodeType, str]:
    """The methods of the lowering, by their code and by that of the functions inside of them."""
    found: dict[types.CodeType, str] = {}

    def collect(code: types.CodeType, name: str) -> None:
        found.setdefault(code, name)
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                collect(constant, name)

    for owner in LOWERING:
        for name, method in vars(owner).items():
            if isinstance(method, types.FunctionType) and name not in PLUMBING:
                collect(method.__code__, name)
    return found


@dataclass
class Making:
    """Watches what each method of the lowering makes, and each question of a tracker cares for. What ``dropped`` names
    is lost."""

    dropped: tuple[str, str] | None = None
    made: dict[tuple[str, str], None] = field(default_factory=dict)
    owners: dict[types.CodeType, str] = field(default_factory=_owners)

    def keeps(self, kind: str) -> bool:
        """Whether something that is being made now is to be kept."""
        frame: types.FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_code not in self.owners:
            frame = frame.f_back
        made = (self.owners[frame.f_code] if frame is not None else "flow", kind)
        self.made[made] = None
        return made != self.dropped

    @contextlib.contextmanager
    def watching(self) -> Iterator[Making]:
        with contextlib.ExitStack() as stack:
            for owner, name, new in [*self._lowering(), *self._trackers()]:
                stack.enter_context(mock.patch.object(owner, name, new))
            yield self

    def _lowering(self) -> Iterator[tuple[type, str, Callable[..., Any]]]:
        emit, start = building.FlowBuilder._emit, Flow.__init__
        making = self

        def watched_emit(lower: Any, *effects: flow.Effect) -> None:
            emit(lower, *[effect for effect in effects if making.keeps(type(effect).__name__)])

        def watched_start(body: Flow, /, *arguments: Any, **named: Any) -> None:
            start(body, *arguments, **named)
            given, body.aliases = body.aliases, _Aliases(making)
            dict.update(body.aliases, given)

        yield building.FlowBuilder, "_emit", watched_emit
        yield Flow, "__init__", watched_start

    def _trackers(self) -> Iterator[tuple[type, str, Callable[..., Any]]]:
        for tracker in (values.ValueTracker, ray_state.RayTracker):
            yield tracker, "begins", self._asking(tracker.begins, False)
            yield tracker, "exposes", self._asking(tracker.exposes, None)

    def _asking(self, question: Callable[..., Any], nothing: object) -> Callable[..., Any]:
        def asked(tracker: object, effect: flow.Effect, *more: object) -> Any:
            answer = question(tracker, effect, *more)
            if answer == nothing:
                return nothing
            made = (question.__qualname__, type(effect).__name__)
            self.made[made] = None
            return nothing if made == self.dropped else answer

        return asked


class _Aliases(dict[Alias, None]):
    """The aliases of a body, watched."""

    def __init__(self, making: Making) -> None:
        super().__init__()
        self._making = making

    def __setitem__(self, alias: Alias, nothing: None) -> None:
        if self._making.keeps("Alias"):
            super().__setitem__(alias, nothing)

    def update(self, aliases: Any) -> None:
        for alias in aliases:
            if self._making.keeps("Alias"):
                super().__setitem__(alias, None)


def _forgetting(made: tuple[str, str]) -> AbstractContextManager[Making]:
    return Making(made).watching()


@dataclass
class Sample:
    """A program, what putfix makes of it without any bug, and the effects that it has."""

    source: str
    rewritten: str
    hoists: list[Hoist | None]
    made: frozenset[tuple[str, str]]
    outcome: Outcome | None = None

    def catches(self) -> str:
        """What goes wrong with this program now."""
        with rare_collection():
            return self._caught()

    def _caught(self) -> str:
        if [finding.hoist for finding in analyse(Source(self.source, ast.parse(self.source)))] == self.hoists:
            return ""
        result = fix_source(self.source)
        if result.problems:
            return result.problems[0].message
        if result.new_source == self.rewritten or not result.changed:
            return ""
        if self.outcome is None:
            self.outcome = simulate(self.source)
        return difference(self.outcome, simulate(result.new_source))


def cases() -> Iterator[Program]:
    """The inputs of the cases under ``fixtures``: most are the smallest program that some rule is needed for."""
    for path in sorted(FIXTURES.rglob("*.py")):
        yield Program(path.read_text(encoding="utf-8").partition("# --- becomes ---\n")[0], on_cluster=False)


def samples(programs: Iterable[Program]) -> Iterator[Sample]:
    """The programs that putfix gets right."""
    for made in programs:
        source = made.source
        making = Making()
        with making.watching(), rare_collection():
            result = fix_source(source)
        if not result.problems:
            yield Sample(source, result.new_source, [f.hoist for f in result.findings], frozenset(making.made))


@dataclass(frozen=True)
class Verdict:
    """Whether a bug was caught, after how many programs that could have caught it, and how."""

    planted: Planted
    programs: int
    caught: str


def try_out(planted: Planted, corpus: Sequence[Sample]) -> Verdict:
    """Look for a program that a bug changes."""
    tried = 0
    with planted.plant():
        for sample in corpus:
            if planted.concerns(sample):
                tried += 1
                caught = sample.catches()
                if caught:
                    return Verdict(planted, tried, caught)
    return Verdict(planted, tried, "")


def main() -> int:
    """Plant all bugs, or those whose names contain a word, and print a table."""
    options = argparse.ArgumentParser(description="Plant bugs in putfix, and see which the generated programs catch.")
    options.add_argument("--seeds", type=int, default=0, help="how many programs to add to the catalogue")
    options.add_argument("--only", default="", help="a part of the names of the bugs")
    options.add_argument("--every", type=int, default=1, help="take each such program of the catalogue only")
    chosen = options.parse_args()
    started = time.monotonic()
    seeded = (program(Seeded(seed)) for seed in range(chosen.seeds))
    corpus = list(samples(itertools.chain(cases(), itertools.islice(catalogue(), 0, None, chosen.every), seeded)))
    made = sorted({pair for sample in corpus for pair in sample.made})
    missed = 0
    for planted in all_planted(made):
        if chosen.only in planted.name:
            verdict = try_out(planted, corpus)
            known = UNSEEN.get(planted.name, "")
            missed += not verdict.caught and not known
            how = verdict.caught[:60] or (f"not caught: {known}" if known else "NOT CAUGHT")
            print(f"{planted.name:<64} {verdict.programs:>6} {how}", flush=True)
    print(f"{missed} not caught and not explained; {time.monotonic() - started:.0f} seconds")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
