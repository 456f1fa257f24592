"""Lines and columns as other programs count them."""

from __future__ import annotations

import pytest

from putfix.report.outputs.positions import Position, Positions

TEXT = "a\U0001f600b\r\nc\rd\x0c\u2028e\n"


@pytest.mark.parametrize(
    ("before", "position", "in_utf_16"),
    [
        ("", (1, 1), (1, 1)),
        ("a\U0001f600", (1, 3), (1, 4)),
        ("a\U0001f600b\r\n", (2, 1), (2, 1)),
        ("a\U0001f600b\r\nc\r", (3, 1), (3, 1)),
        ("a\U0001f600b\r\nc\rd\x0c\u2028", (3, 4), (3, 4)),
        (TEXT, (4, 1), (3, 6)),
    ],
)
def test_places(before: str, position: tuple[int, int], in_utf_16: tuple[int, int]) -> None:
    positions = Positions(TEXT)
    assert positions.of(len(before)) == Position(*position)
    assert positions.in_utf_16(len(before)) == Position(*in_utf_16), "the end is on the last line that SARIF knows"


def test_the_end_of_texts_without_a_last_line_end() -> None:
    assert Positions("").in_utf_16(0) == (1, 1)
    assert Positions("a\nbc").in_utf_16(4) == (2, 3)


def test_lines() -> None:
    positions = Positions(TEXT)
    assert [positions.line(number) for number in range(6)] == ["", "a\U0001f600b", "c", "d\x0c\u2028e", "", ""]
