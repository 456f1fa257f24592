"""When the line about the progress of a run is drawn, what it says, and that it goes."""

from __future__ import annotations

import io
import itertools

from putfix.report.progress import DELAY, PAUSE, Progress


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_is_drawn_after_a_while_and_now_and_then() -> None:
    stream, clock = io.StringIO(), Clock()
    progress = Progress(stream, clock=clock)
    drawn = []
    for _ in range(200):
        clock.now += 0.01
        before = stream.getvalue()
        progress.count(0)
        if stream.getvalue() != before:
            drawn.append(clock.now - 100)
    assert drawn[0] >= DELAY > drawn[0] - 0.02
    assert all(PAUSE - 0.001 <= later - sooner < PAUSE + 0.02 for sooner, later in itertools.pairwise(drawn))


def test_it_says_files_rate_and_findings() -> None:
    clock = Clock()
    progress = Progress(None, 5000, clock)
    for _ in range(2000):
        progress.count(1)
    assert progress.text(101) == "2000 of 5000 files checked, 2000 per second, 2000 findings"
    progress = Progress(None, clock=clock)
    progress.count(1)
    assert progress.text(102) == "1 file checked, 0.5 per second, 1 finding"
    assert progress.text(100) == "1 file checked, 1000 per second, 1 finding"


def test_the_time_that_a_user_takes_is_not_that_of_the_files() -> None:
    clock = Clock()
    progress = Progress(None, clock=clock)
    clock.now += 1
    with progress.aside():
        clock.now += 100
    progress.count(0)
    assert progress.text(clock.now + 1) == "1 file checked, 0.5 per second, 0 findings"


def test_it_is_cleared_where_it_was_drawn() -> None:
    stream, clock = io.StringIO(), Clock()
    progress = Progress(stream, clock=clock)
    assert not progress.clear()
    assert stream.getvalue() == ""
    clock.now += 1
    progress.count(0)
    assert progress.clear()
    assert stream.getvalue() == "\r1 file checked, 1 per second, 0 findings\x1b[K\r\x1b[K"
    assert not progress.clear()


def test_without_a_terminal_there_is_none() -> None:
    clock = Clock()
    progress = Progress(None, clock=clock)
    clock.now += 1
    progress.count(1)
    assert not progress.is_on
    assert not progress.clear()
