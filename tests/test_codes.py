"""The list of the codes is that of the functions that give them."""

from __future__ import annotations

from putfix import codes
from putfix.analysis.decisions.advice import ADVICE
from putfix.analysis.decisions.obstacles import REASONS


def test_all_codes_are_listed() -> None:
    assert list(REASONS) == codes.REASONS
    assert list(ADVICE) == list(codes.ADVICE)
    assert set(codes.CODES) > codes.OF_A_RUN
