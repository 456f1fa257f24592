"""Where else in a body an object may be reached, by the aliases that its assignments make."""

from __future__ import annotations

import ast
import random

import pytest

from putfix.analysis.flow.bodies import Alias, Flow
from putfix.analysis.flow.parts import Arm, Path
from putfix.analysis.names.variables import Scope, Variable

_SCOPE = Scope(ast.parse(""), None)
_VARIABLES = {name: Variable(name, _SCOPE) for name in "abcdefgh"}


def path(text: str) -> Path:
    name, *attributes = text.split(".")
    return Path(_VARIABLES[name], tuple(attributes))


def flow(*pairs: tuple[str, str]) -> Flow:
    return Flow(Arm(), {Alias(path(one), path(other)): None for one, other in pairs})


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("a", {"b", "b.x", "c"}),
        ("c", {"a", "b", "b.x"}),
        ("b.x.deep", {"a", "b", "b.x", "c"}),
        ("b.other", {"a", "b", "b.x", "c"}),  # what b is may be known as a, too
        ("d", {"d.e", "d.f", "g", "h"}),
        ("d.e", {"g"}),
        ("d.other", set()),
        ("h", {"d.f"}),
    ],
)
def test_what_hangs_off_or_has_it_hang_off_is_together(asked: str, found: set[str]) -> None:
    body = flow(("a", "b"), ("b.x", "c"), ("d.e", "g"), ("d.f", "h"))
    assert {each.text for each in body.also_at(path(asked))} == found


def test_groups_are_what_following_aliases_finds() -> None:
    chosen = random.Random(1)
    texts = [f"{name}{attributes}" for name in _VARIABLES for attributes in ("", ".x", ".y", ".x.y")]
    for _ in range(200):
        body = flow(*[(chosen.choice(texts), chosen.choice(texts)) for _ in range(chosen.randint(0, 8))])
        for each in map(path, texts):
            assert body.also_at(each) == followed(body, each)


def followed(body: Flow, start: Path) -> set[Path]:
    """The same, one alias after the other."""
    found: set[Path] = set()
    pending = [start]
    while pending:
        place = pending.pop()
        for alias in body.aliases:
            for here, there in ((alias.path, alias.other), (alias.other, alias.path)):
                if here.meets(place) and there not in found:
                    found.add(there)
                    pending.append(there)
    return found - {start}
