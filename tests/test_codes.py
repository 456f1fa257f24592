"""The list of the codes is that of the functions that give them."""

from __future__ import annotations

import textwrap

import pytest

from putfix import codes, fix_source
from putfix.analysis.decisions.advice import ADVICE
from putfix.analysis.decisions.obstacles import REASONS
from putfix.model import Idle
from putfix.report.explanations import explanation
from putfix.report.notices import NOTICES


def test_all_codes_are_listed() -> None:
    assert list(REASONS) == codes.REASONS
    assert list(ADVICE) == list(codes.ADVICE)
    assert set(codes.CODES) > codes.OF_A_RUN


@pytest.mark.parametrize("code", NOTICES)
def test_the_examples_of_notices_show_them(code: str) -> None:
    found = explanation(code, NOTICES[code])
    assert found.meaning
    assert found.advice
    result = fix_source(textwrap.dedent(found.example))
    if code == "hoist":
        assert [finding.code for finding in result.findings] == ["hoist"]
    else:
        wanted = Idle.UNUSED if code == "unused-comment" else Idle.UNREADABLE
        assert [remark.why for remark in result.remarks] == [wanted]
