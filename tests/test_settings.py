"""What sizes mean, and that the threshold is Ray's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from putfix import Settings, fix_source
from putfix.settings import MIN_SIZE, UNITS, parse_size

SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("102400", 102_400),
        ("1_000_000", 1_000_000),
        ("100KB", 100_000),
        ("100 KiB", 102_400),
        ("1MB", 1_000_000),
        ("1.5mb", 1_500_000),
        ("0.1 MiB", 104_857),
        ("2 GB", 2 * 10**9),
        ("3TiB", 3 * 2**40),
        (" 7 bytes ", 7),
        ("7B", 7),
        ("9" * 30, 10**30 - 1),
    ],
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text",
    [
        *"|MB|-1|+1|1 2|1,000|1__0|_1|1_|.5MB|1.MB|1e6|0x10|1 XB|1K|1MBs|inf|nan|1.5.2|1  MB|1\nMB|1\0".split("|"),
        *["9" * 5000, "\uff11MB", "1\u212ab", "1K\u0131B"],
    ],
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\A"):
        parse_size(text)


@given(st.integers(0, 10**18), st.sampled_from(sorted(UNITS)), st.booleans(), st.booleans(), st.booleans())
def test_a_size_that_is_written_is_read_again(
    number: int, unit: str, spaced: bool, capital: bool, grouped: bool
) -> None:
    text = f"{number:_}" if grouped else str(number)
    written = f"{text}{' ' if spaced else ''}{unit.upper() if capital else unit}"
    assert parse_size(written) == number * UNITS[unit]


@given(st.integers(0, 10**9), st.integers(0, 999), st.sampled_from([("KB", 3), ("MB", 6), ("GB", 9), ("TB", 12)]))
def test_fractions_are_exact(whole: int, thousandths: int, unit: tuple[str, int]) -> None:
    expected = (whole * 1000 + thousandths) * 10 ** (unit[1] - 3)
    assert parse_size(f"{whole}.{thousandths:03}{unit[0]}") == expected


@given(st.text())
def test_any_text_is_a_size_or_is_refused(text: str) -> None:
    try:
        size = parse_size(text)
    except ValueError:
        return
    assert size >= 0


@pytest.mark.parametrize(("min_size", "changed"), [(MIN_SIZE, True), (1_999_999, True), (2_100_000, False)])
def test_a_source_is_fixed_for_a_threshold(min_size: int, changed: bool) -> None:
    assert fix_source(SOURCE, settings=Settings(min_size=min_size)).changed is changed


def test_a_lower_threshold_hoists_less_than_ray_stores() -> None:
    source = SOURCE.replace("(500, 500)", "(50, 50)")
    assert fix_source(source).findings == ()
    assert fix_source(source, settings=Settings(min_size=10_000)).changed


@pytest.mark.ray
def test_the_threshold_is_the_one_of_ray(cluster: None) -> None:
    import ray
    from ray._private.internal_api import node_stats

    length = ray.remote(lambda data: len(data))

    def stored() -> int:
        (node,) = ray.nodes()
        statistics = node_stats(node["NodeManagerAddress"], node["NodeManagerPort"]).store_stats
        return int(statistics.cumulative_created_bytes)

    start = stored()
    ray.get([length.remote(bytes(MIN_SIZE)) for _ in range(3)])
    middle = stored()
    ray.get([length.remote(bytes(MIN_SIZE + 1)) for _ in range(3)])
    assert middle - start < MIN_SIZE
    assert (stored() - middle) // (MIN_SIZE + 1) == 3
