"""Unified diffs of bytes, as ``git apply`` and ``patch`` read them; of notebooks, of the cells as one sees them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from putfix.model import ChangedCell

_NO_FINAL_NEWLINE = b"\n\\ No newline at end of file\n"
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}


def root_of(paths: Iterable[Path]) -> Path:
    """The directory that names in the diffs of ``paths`` are relative to: the current one, or where some lie outside of
    that, the nearest that has all. No patch may lead upwards."""
    real = [os.path.realpath(path) for path in paths]
    folders = [each if os.path.isdir(each) else os.path.dirname(each) for each in real]
    return Path(os.path.commonpath([os.path.realpath(os.curdir), *folders]))


def difference(
    path: Path, old: bytes, new: bytes, cells: Sequence[ChangedCell] = (), root: Path = Path(os.curdir)
) -> bytes:
    """The diff of a file, named as seen from ``root``, or of the ``cells`` of a notebook that differ, each under its
    number."""
    if not cells:
        return unified(path, old, new, root=root)
    pairs = [(_with_end(cell.source), _with_end(cell.new_source)) for cell in cells]
    return b"".join(unified(path, *pair, cell=cell.number, root=root) for cell, pair in zip(cells, pairs, strict=True))


def _with_end(source: str) -> bytes:
    """The text of a cell. That its last line has no end is always so, and not worth saying."""
    return f"{source}\n".encode(errors="surrogatepass")


def unified(path: Path, old: bytes, new: bytes, *, cell: int = 0, root: Path = Path(os.curdir)) -> bytes:
    """The diff from ``old`` to ``new`` for the file at ``path``, named as seen from ``root``.

    Lines end at line feeds only, as git has it, so all other bytes stay inside their lines.
    """
    name = os.fsencode(relative(path, root).as_posix()) + (f":cell {cell}".encode() if cell else b"")
    return b"".join(_lines(name, old, new))


def relative(path: Path, root: Path = Path(os.curdir)) -> Path:
    """``path`` as seen from ``root``: by its real place, or as it was given where that is outside."""
    real = Path(os.path.relpath(os.path.realpath(path), os.path.realpath(root)))
    given = Path(os.path.relpath(path, root))
    outside = os.pardir in real.parts and os.pardir not in (*given.parts, *path.parts)
    return given if outside else real


def _lines(name: bytes, old: bytes, new: bytes) -> Iterator[bytes]:
    import difflib

    # Latin-1 gives every byte a character, so difflib sees text and no byte is lost.
    before, after = (data.decode("latin-1").split("\n") for data in (old, new))
    ends = [line + "\n" for line in before[:-1]], [line + "\n" for line in after[:-1]]
    for lines, last in zip(ends, (before[-1], after[-1]), strict=True):
        if last:
            lines.append(last)
    hunks = difflib.unified_diff(*ends, n=3)
    next(hunks)
    next(hunks)
    yield b"--- " + _header(b"a/" + name)
    yield b"+++ " + _header(b"b/" + name)
    for line in hunks:
        data = line.encode("latin-1")
        yield data if data.endswith(b"\n") else data + _NO_FINAL_NEWLINE


def _header(name: bytes) -> bytes:
    """A file name as git writes it: quoted where it has to be, with a tab after one that has spaces."""
    if any(byte < 32 or byte in _ESCAPES or byte == 127 for byte in name):
        quoted = "".join(
            f"\\{_ESCAPES[byte]}" if byte in _ESCAPES else f"\\{byte:03o}" if byte < 32 or byte > 126 else chr(byte)
            for byte in name
        )
        return f'"{quoted}"\n'.encode()
    return name + (b"\t\n" if b" " in name else b"\n")
