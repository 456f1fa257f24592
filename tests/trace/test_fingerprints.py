"""The time for fingerprints is limited, and what it was not left for is said to be unknown."""

from __future__ import annotations

import pickle
import zlib

import pytest

from putfix.trace.fingerprints import FREE_SECONDS, SHARE, Budget


class Clock:
    """A clock that moves when it is told to, and with every byte that is hashed."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()

    def slow_hash(part: bytes, value: int) -> int:
        clock.now += len(part) * 1e-7
        return value + 1

    monkeypatch.setattr(zlib, "crc32", slow_hash)
    return clock


def test_a_fingerprint_is_that_of_all_parts() -> None:
    budget = Budget()
    data = bytearray(b"12345")
    first = budget.fingerprint([b"a", pickle.PickleBuffer(data)], after_gap=True)
    assert first == budget.fingerprint([b"a", pickle.PickleBuffer(data)], after_gap=False)
    data[4] = 0
    assert first != budget.fingerprint([b"a", pickle.PickleBuffer(data)], after_gap=False)
    assert first != budget.fingerprint([b"b", b"12345"], after_gap=False)
    assert budget.fingerprint([], after_gap=True) == (0, 0)


def test_the_time_is_limited_and_comes_back(clock: Clock) -> None:
    budget = Budget(clock)
    part = b"x" * 1_000_000  # 0.1 seconds
    times = 0
    while budget.fingerprint([part], after_gap=False) is not None:
        times += 1
    assert FREE_SECONDS - 0.2 <= times * 0.1 <= FREE_SECONDS + 0.2
    begin = clock.now
    while budget.fingerprint([part], after_gap=True) is None:
        clock.now += 0.1
    assert 0.1 / SHARE <= clock.now - begin <= 0.3 / SHARE
    # After a gap it begins only where there is time for the next one too, with which it can be compared.
    assert budget.fingerprint([part], after_gap=False) is not None


def test_small_values_are_always_compared(clock: Clock) -> None:
    budget = Budget(clock)
    for _ in range(1000):
        clock.now += 0.001
        assert budget.fingerprint([b"x" * 100], after_gap=False) is not None
