"""Ctrl-C and SIGTERM wait for what may not be cut in two, and then end a run in the same way."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

import pytest

from putfix import signals


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """The handlers are those of before, after each test."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background ignore it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    after = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])
    assert after == [signal.default_int_handler, signal.SIG_DFL]


def test_sigterm_is_an_interrupt_of_its_own_kind() -> None:
    with pytest.raises(signals.Terminated), signals.heeding_termination():
        signal.raise_signal(signal.SIGTERM)
    assert issubclass(signals.Terminated, KeyboardInterrupt)


def test_what_the_program_around_does_at_sigterm_stays() -> None:
    seen: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: seen.append(number))
    with signals.heeding_termination():
        signal.raise_signal(signal.SIGTERM)
    assert seen == [signal.SIGTERM]
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, signals.Terminated)]
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
