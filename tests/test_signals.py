"""Ctrl-C, SIGTERM and SIGHUP wait for what may not be cut in two, and then end a run in the same way."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from putfix import signals

BEFORE: dict[int, Any] = {signal.SIGINT: signal.default_int_handler}
BEFORE |= dict.fromkeys(signals.TERMINATING, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """The handlers are those of before, after each test."""
    before = {number: signal.getsignal(number) for number in BEFORE}
    for number, handler in BEFORE.items():  # jobs in the background ignore SIGINT
        signal.signal(number, handler)
    yield
    after = {number: signal.getsignal(number) for number in BEFORE}
    for number, found in before.items():
        signal.signal(number, found)
    assert after == BEFORE


@pytest.mark.parametrize("number", signals.TERMINATING)
def test_what_ends_a_run_is_an_interrupt_of_its_own_kind(number: int) -> None:
    with pytest.raises(signals.Terminated) as stop, signals.heeding_termination():
        signal.raise_signal(number)
    assert stop.value.number == number
    assert isinstance(stop.value, KeyboardInterrupt)


@pytest.mark.parametrize("number", signals.TERMINATING)
def test_what_the_program_around_does_at_a_signal_stays(number: int) -> None:
    seen: list[int] = []
    signal.signal(number, lambda number, _frame: seen.append(number))
    with signals.heeding_termination():
        signal.raise_signal(number)
    assert seen == [number]
    signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize(
    ("number", "raised"),
    [(signal.SIGINT, KeyboardInterrupt), *((number, signals.Terminated) for number in signals.TERMINATING)],
)
@pytest.mark.parametrize("nested", [False, True])
def test_signals_wait_for_the_end_of_the_block(number: int, raised: type[BaseException], nested: bool) -> None:
    done: list[str] = []

    def work() -> None:
        with signals.deferred():
            with signals.deferred() if nested else contextlib.nullcontext():
                signal.raise_signal(number)
            done.append("the rest")

    with signals.heeding_termination(), pytest.raises(raised):
        work()
    assert done == ["the rest"]


def test_a_signal_outranks_a_failure_of_the_block() -> None:

    def fail() -> None:
        with signals.deferred():
            signal.raise_signal(signal.SIGINT)
            raise OSError

    with pytest.raises(KeyboardInterrupt):
        fail()


def test_other_threads_are_left_alone() -> None:
    seen: list[object] = []

    def work() -> None:
        with signals.deferred(), signals.heeding_termination():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]
