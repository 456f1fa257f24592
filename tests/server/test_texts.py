"""Texts as editors count in them, against what the protocol says, with characters of all sizes and all line ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from language_client import edited
from lsprotocol import types

from putfix.server.texts import Text

PIECES = st.lists(
    st.sampled_from(["a", "é", "ह", "😀", " ", "\f", "\x1c", "\u2028", "\n", "\r\n", "\r", "\ud800"]), max_size=12
)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


@given(PIECES, ENCODINGS)
def test_each_offset_has_a_position(pieces: list[str], encoding: str) -> None:
    text = "".join(pieces)
    lines = Text(text, encoding)
    offset = 0
    for piece in pieces:
        assert lines.offset(lines.position(offset)) == offset or text[offset - 1 : offset + 1] == "\r\n"
        offset += len(piece)
    assert lines.offset(lines.position(offset)) == offset


@given(PIECES, PIECES, ENCODINGS, st.data())
def test_a_change_is_what_the_editor_made(
    pieces: list[str], typed: list[str], encoding: str, data: st.DataObject
) -> None:
    text, new = "".join(pieces).replace("\ud800", "b"), "".join(typed)
    starts = [index for index in range(len(text) + 1) if text[index - 1 : index + 1] != "\r\n"]
    start, end = sorted(data.draw(st.tuples(st.sampled_from(starts), st.sampled_from(starts))))
    lines = Text(text, encoding)
    edit = types.TextEdit(lines.range(start, end), new)
    assert edited(text, [edit], encoding) == f"{text[:start]}{new}{text[end:]}"
    changed = lines.changed(types.TextDocumentContentChangePartial(edit.range, new))
    assert changed.text == f"{text[:start]}{new}{text[end:]}"
    assert changed.changed(types.TextDocumentContentChangeWholeDocument("other")).text == "other"


@pytest.mark.parametrize(
    ("position", "offset"), [((0, 9), 2), ((1, 0), 4), ((1, 99), 6), ((2, 0), 7), ((2, 5), 7), ((9, 9), 7)]
)
def test_a_position_behind_an_end_is_the_end(position: tuple[int, int], offset: int) -> None:
    text = Text("ab\r\ncd\n", "utf-16")
    assert text.offset(types.Position(*position)) == offset


def test_a_position_inside_of_a_character_is_its_beginning() -> None:
    assert Text("😀b", "utf-16").offset(types.Position(0, 1)) == 0
    assert Text("😀b", "utf-8").offset(types.Position(0, 3)) == 0
