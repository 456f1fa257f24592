"""What is wrong with an input. Apart from the model of findings, which a run without any has no use for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """Something that kept a source from being analysed or rewritten (line 0 where it has no place)."""

    message: str
    line: int = 0
    column: int = 0
    cell: int = 0
