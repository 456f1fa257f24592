"""What a code means: the docstring of the function that gives it, taken apart and set for a terminal."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from putfix.report.refusals import code_instead_of
from putfix.report.words import one_line

_WIDTH = 80
_INDENT = "    "
_EXAMPLE = "Example:"
_ADVICE = "What you can do:"


@dataclass(frozen=True)
class Explanation:
    """The parts of such a docstring, as they are written there, without their indentation."""

    code: str
    meaning: str
    example: str
    advice: str

    @property
    def text(self) -> str:
        """What ``putfix --explain`` prints."""
        example = textwrap.indent(self.example, _INDENT)
        advice = _filled(self.advice, _INDENT)
        return f"{self.code}\n\n{_filled(self.meaning)}\n\n{_EXAMPLE}\n{example}\n\n{_ADVICE}\n{advice}"


def explanation(code: str, reason: Callable[..., object]) -> Explanation:
    """The explanation of ``code``, which the function ``reason`` gives."""
    meaning, _, rest = (inspect.getdoc(reason) or "").partition(f"\n\n{_EXAMPLE}\n")
    example, _, advice = rest.partition(f"\n\n{_ADVICE}\n")
    return Explanation(code, meaning, textwrap.dedent(example), textwrap.dedent(advice))


def in_one_line(code: str, reason: Callable[..., object], width: int) -> str:
    """The code, padded to ``width``, and the first sentence of its explanation."""
    meaning = " ".join(explanation(code, reason).meaning.split())
    return f"{code:{width}}  {meaning.partition('. ')[0].rstrip('.')}"


def no_such_code(code: str, codes: Iterable[str]) -> str:
    """What is said of a code on the command line that there is not."""
    return f'putfix: error: there is no code "{one_line(code)}"{code_instead_of(code, codes)}'


def _filled(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
