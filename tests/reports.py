"""What tests of the formats of reports share: reports on sources, and edits of these as programs apply them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from conftest import FIXTURES, cases

from putfix import __version__
from putfix.analysis.decisions.advice import ADVICE
from putfix.analysis.decisions.obstacles import REASONS
from putfix.files.text import decode
from putfix.fix import fix_source
from putfix.formats import python
from putfix.formats.readers import reader_of
from putfix.report.explanations import Explanation, explanation
from putfix.report.notices import NOTICES
from putfix.report.outputs import output
from putfix.report.outputs.records import FileRecord, Run, Totals
from putfix.settings import Settings

SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
FIXED = SOURCE.replace("futures", "x_ref = ray.put(x)\nfutures").replace("remote(x,", "remote(x_ref,")
CHANGED = "for i in range(3):\n    x[0] = i\n    f.remote(x, 1)\n"
SENTENCE = "x is about 2.0 MB (np.zeros((500, 500)), line 5), sent 10 times: 18 MB less to copy"
LEFT = (
    "x is about 2.0 MB (np.zeros((500, 500)), line 5), sent again and again; "
    "left alone because x is changed by x[0] = i on line 8"
)
TOTALS = Totals(checked=1, skipped=0, problems=0, said="")


class Sample(NamedTuple):
    """A source as the bytes of a file with that name."""

    name: str
    data: bytes
    unsafe: bool = False
    """Whether it needs unsafe fixes to have any."""


def record(source: str | bytes, name: str = "job.py", *, unsafe: bool = False) -> FileRecord:
    """What formats are told of a source, which is in no project."""
    path, data = Path(name), source if isinstance(source, bytes) else source.encode()
    read = reader_of(path)
    text = decode(data, is_python=read is python.read)
    result = fix_source(text.source, name, Settings(unsafe_fixes=unsafe), read=read, apart=True)
    new = text.encoded(result.new_source) if result.changed else b""
    said = result.findings, result.problems, result.remarks, result.suppressed, result.changed_cells
    return FileRecord(path, data if result.changed else b"", new, *said, result.text)


def explanations() -> Mapping[str, Explanation]:
    reasons: dict[str, Callable[..., object]] = {**NOTICES, **REASONS, **ADVICE}
    return {code: explanation(code, reason) for code, reason in reasons.items()}


def report(form: str, *records: FileRecord, everything: bool = False, totals: Totals = TOTALS) -> str:
    """The report on files, whose names are relative to the current directory."""
    here = Path.cwd()
    made = output(form, Run(__version__, here, here, explanations, everything))
    parts = [made.begin(), *(made.file(each) for each in records), made.end(totals)]
    return b"".join(parts).decode()


def samples() -> list[Sample]:
    """All fixtures, and sources whose lines and characters other programs count in other ways."""
    found = [Sample(f"{case.name}.py", case.source.encode()) for case in cases("rewritten")]
    found += [Sample(f"{case.name}.py", case.source.encode(), unsafe=True) for case in cases("left")]
    found += [Sample(path.name, path.read_bytes()) for path in sorted((FIXTURES / "notebooks").glob("*.ipynb"))]
    astral = SOURCE.replace("f.remote(x, i)", "f.remote('\U0001f600', i) and f.remote(x, '\u00e9\u4e2d')")
    above = '"""One\u2028two\x0cthree\U0001f600."""\n'
    found += [
        Sample("astral.py", (above + astral).encode()),
        Sample("crlf.py", astral.replace("\n", "\r\n").encode()),
        Sample("cr.py", astral.replace("\n", "\r").encode()),
        Sample("bom.py", b"\xef\xbb\xbf" + astral.encode()),
        Sample("latin.py", ("# coding: latin-1\n" + SOURCE.replace("i)", "'\xe9')")).encode("latin-1")),
        Sample("no_end.py", SOURCE.removesuffix("\n").encode()),
        Sample("guide.md", f"# Title\n\n- Text\n\n  ```python\n{_indented(SOURCE)}  ```\n".encode()),
        Sample("guide.rst", f"Title\n\n.. code-block:: python\n\n{_indented(SOURCE)}\nEnd\n".encode()),
    ]
    return found


def _indented(source: str) -> str:
    return "".join(f"  {line}\n" if line else "\n" for line in source.splitlines())


class Change(NamedTuple):
    """A text in place of another, which ends before the second place."""

    start: int
    end: int
    text: str


def applied(source: str, fixes: Iterable[Sequence[Change]]) -> str:
    """A source with all of the fixes, as the documentation says: each edit once, in the order of the file."""
    changes = sorted(dict.fromkeys(change for fix in fixes for change in fix), key=lambda change: change[:2])
    for change in reversed(changes):
        source = f"{source[: change.start]}{change.text}{source[change.end :]}"
    return source


def offset_in_utf_16(source: str, line: int, column: int) -> int:
    """How many characters are before a column, in code units of UTF-16, of a line; both are counted from 1."""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", source)
    units = lines[line - 1].encode("utf-16-le")
    assert 1 <= column <= len(units) // 2 + 1
    return sum(map(len, lines[: line - 1])) + len(units[: 2 * (column - 1)].decode("utf-16-le"))


def text_of(data: bytes) -> str:
    """What is in a file, without a byte-order mark."""
    return data.decode("latin-1" if b"latin-1" in data[:20] else "utf-8-sig")


Json = dict[str, Any]
