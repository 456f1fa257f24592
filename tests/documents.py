"""What the documents of the project show: the outputs of commands, commands, and pages that are made from the code.

``python tests/documents.py`` runs the commands again, and writes what they print now into the documents.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from putfix.command import all_codes
from putfix.report.explanations import Explanation, explanation

ROOT = Path(__file__).parent.parent
CODES = ROOT / "docs" / "codes"

OUTPUT = re.compile(r"<!-- output of: putfix (.*?) -->\n```\w*\n(.*?)```\n", re.DOTALL)
"""A command in a comment, and what it prints."""

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INDENTED = re.compile(r"(?:^ {4}.*\n)+", re.MULTILINE)
_SHELLS = frozenset({"", "sh", "bash", "console", "yaml"})
"""What blocks with commands are in."""

_RUN_ELSEWHERE = re.compile(r"<!-- run by a test -->\n```console\n.*?^```$", re.DOTALL | re.MULTILINE)
"""Sessions in a shell, whose output is compared by the test that knows the page."""

_COMMAND = re.compile(
    r"^ {0,8}(?:- )?(?:run: )?(?:\S*bin/)?((?:putfix|python)(?: \S.*?)?)(?:  +\S.*|\s+#.*)?$", re.MULTILINE
)
"""A command line, without what is said of it behind two spaces."""

_INLINE = re.compile(r"`((?:putfix|python) (?:-|benchmarks/|tests/)\S[^`]*)`")
_MARKUP = re.compile(r"(?<!\w)[*_]+(?=\w)|(?<=\w)_+(?!\w)|^#", re.MULTILINE)
_IS_PATTERN = re.compile(r"\b[A-Z]{3,}\b(?!=)|\.\.\.")
"""Words that stand for others, as in ``--explain CODE``."""


def documents() -> list[Path]:
    """The README and all pages, apart from those that are made from the code."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def printed(arguments: str) -> str:
    """What the command prints, from the root of the project."""
    command = [sys.executable, "-m", "putfix", *shlex.split(arguments)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return run.stdout + run.stderr


def commands(text: str) -> Iterator[str]:
    """The command lines of putfix and of Python that a document shows, in blocks and in sentences; not those with words
    that stand for others."""
    rest = _RUN_ELSEWHERE.sub("", text)
    fenced = [block for language, block in _FENCE.findall(rest) if language in _SHELLS]
    without = _FENCE.sub("", rest)
    blocks = (*fenced, *_INDENTED.findall(without))
    found = [line for block in blocks for line in _COMMAND.findall(block)]
    for line in (*found, *(each.replace("\n", " ") for each in _INLINE.findall(_INDENTED.sub("", without)))):
        if _IS_PATTERN.search(line) is None:
            yield line


def pages() -> dict[Path, str]:
    """The pages on the codes, which are made from what ``--explain`` says."""
    found = {code: explanation(code, reason) for code, reason in all_codes().items()}
    index = "".join(f"* [`{code}`]({code}.md): {_first(each)}\n" for code, each in found.items())
    head = "# Codes\n\nWhat putfix says of a value, in the order of `putfix --list-codes`.\n\n"
    return {
        CODES / "README.md": head + index,
        **{CODES / f"{code}.md": _page(each) for code, each in found.items()},
    }


def _page(each: Explanation) -> str:
    example = f"```python\n{each.example}\n```"
    parts = f"# {each.code}", _plain(each.meaning), "## Example", example, "## What you can do", _plain(each.advice)
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """A text in which Markdown finds no markup, such as in ``__init__``."""
    return _MARKUP.sub(lambda found: "".join(f"\\{sign}" for sign in found[0]), text)


def _first(each: Explanation) -> str:
    return _plain(" ".join(each.meaning.split()).partition(". ")[0].rstrip("."))


def _renewed(found: re.Match[str]) -> str:
    return found[0].removesuffix(f"{found[2]}```\n") + f"{printed(found[1])}```\n"


def main() -> None:
    """Bring all documents up to date."""
    for path in documents():
        text = path.read_text("utf-8")
        new = OUTPUT.sub(_renewed, text)
        if new != text:
            path.write_text(new, encoding="utf-8")
            print(path.relative_to(ROOT))
    made = pages()
    CODES.mkdir(exist_ok=True)
    for path in {*CODES.iterdir()} - {*made}:
        path.unlink()
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
