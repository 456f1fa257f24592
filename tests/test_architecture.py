"""The picture in ``docs/architecture.md`` is what the imports say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

PAGE = Path(__file__).parent.parent / "docs" / "architecture.md"
BOX = re.compile(r'(\w+)\["([\w, ]+):')
ARROW = re.compile(r"^ +(\w+)(?:\[.*?\])? --> (\w+)", re.MULTILINE)
EVERYWHERE = {
    "codes",
    "edits",
    "marks",
    "problems",
    "reading",
    "signals",
    "streams",
    "options",
    "settings",
    "version",
    "__init__",
}
"""Small modules that all may import, and that the picture leaves out."""


@pytest.fixture(scope="module")
def picture() -> str:
    (found,) = re.findall(r"```mermaid\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert isinstance(found, str)
    return found


@pytest.fixture(scope="module")
def boxes(picture: str) -> dict[str, str]:
    """The box that each part of the package is in."""
    return {part.strip(): box for box, parts in BOX.findall(picture) for part in parts.split(",")}


def imports() -> Iterator[tuple[str, str]]:
    """Which part of the package imports which other one."""
    graph = grimp.build_graph("putfix")
    for module in graph.modules:
        for other in graph.find_modules_directly_imported_by(module):
            pair = part(module), part(other)
            if pair[0] != pair[1]:
                yield pair


def part(module: str) -> str:
    _, _, below = module.partition(".")
    return below.partition(".")[0] or "__init__"


def reachable(arrows: set[tuple[str, str]], box: str) -> set[str]:
    found: set[str] = set()
    pending = [box]
    while pending:
        each = pending.pop()
        new = {end for start, end in arrows if start == each} - found
        found |= new
        pending += new
    return found


def test_each_arrow_is_an_import(picture: str, boxes: dict[str, str]) -> None:
    real = {(boxes[one], boxes[other]) for one, other in imports() if one in boxes and other in boxes}
    assert set(ARROW.findall(picture)) - real == set()


def test_each_import_goes_along_the_arrows(picture: str, boxes: dict[str, str]) -> None:
    arrows = set(ARROW.findall(picture))
    below = {box: reachable(arrows, box) for box in boxes.values()}
    against = {
        (one, other)
        for one, other in imports()
        if one in boxes and other in boxes and boxes[one] != boxes[other] and boxes[other] not in below[boxes[one]]
    }
    assert against == set()


def test_each_part_is_in_the_picture(boxes: dict[str, str]) -> None:
    parts = {each for pair in imports() for each in pair}
    assert parts - set(boxes) - EVERYWHERE == {"__main__", "help", "choosing", "recorded"}
