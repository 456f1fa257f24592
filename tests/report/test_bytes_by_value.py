"""The report of what went by value: its order, its numbers and its words, and the picture of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from putfix.model import CallSite, Evidence, Finding, Hoist, Measurement, Obstacle, Passed, Span, Standing, Strength
from putfix.report.chart import drawn, title
from putfix.report.measured import Row, in_short, needs_plain, rows, sums, table, verdict

MB = 1_000_000
SPAN = Span(3, 4, 3, 5)
SITE = CallSite("f.remote", SPAN)
HOIST = Hoist("x_ref", "x", "ray.put", "", SPAN, (SITE,), "x")
FINDING = Finding("x", 3, 4, Evidence(Strength.MEASURED, MB, "ndarray", at_most=MB), 10, (SITE,), HOIST, (), 9 * MB)
LEFT = replace(FINDING, hoist=None, obstacles=(Obstacle("changed", 2, "x is changed"), Obstacle("no-place", 2, "so")))
TEN = Measurement(3, 4, 0, 10, 0, 0, ("numpy.ndarray",), MB, MB, 10 * MB, 9, 0, 9 * MB)
ONCE = replace(TEN, sends=1, total=MB, repeats=0, repeated=0)
DIFFERENT = replace(TEN, repeats=0, repeated=0, changes=9)
SMALL = replace(TEN, at_least=10, at_most=10, total=100, repeated=90, kinds=("int",))
REFERENCE = replace(TEN, references=10, total=0, repeats=0, repeated=0, kinds=(), at_least=0, at_most=0)


def passed(seen: Measurement = TEN, finding: Finding | None = None, **others: object) -> Passed:
    values: dict[str, object] = {"path": Path("job.py"), "callee": "f", "argument": "x", "standing": Standing.WRITTEN}
    return Passed(**{**values, "seen": seen, "finding": finding, **others})  # type: ignore[arg-type]


def parts(row: Row) -> tuple[int, int, int]:
    return row.saved, row.left, row.new


def test_the_most_bytes_come_first() -> None:
    found = rows([passed(SMALL), passed(REFERENCE), passed(), passed(ONCE), passed(replace(TEN, sends=0))])
    assert [row.total for row in found] == [10 * MB, MB, 100, 0]


def test_a_loop_is_saved_but_for_the_put() -> None:
    (row,) = rows([passed(finding=FINDING)])
    assert parts(row) == (9 * MB, 0, MB)
    assert verdict(row) == "putfix --apply hoists it: 9.0 MB less to copy"
    assert in_short(row) == "9.0 MB less to copy"


def test_one_of_several_calls_stands_for_the_put() -> None:
    found = rows([passed(replace(ONCE, line=line), FINDING) for line in (3, 4, 5)])
    assert [row.saved for row in found] == [0, MB, MB]
    assert verdict(found[0]) == "putfix --apply hoists it, and other calls share the put"
    assert in_short(found[0]) == "put once, for other calls too"
    assert sums(found).saved == 2 * MB


def test_a_reference_that_is_there_needs_no_put() -> None:
    (row,) = rows([passed(finding=replace(FINDING, hoist=replace(HOIST, put="", statement=None)))])
    assert parts(row) == (10 * MB, 0, 0)


def test_what_is_not_above_the_limit_that_was_set_is_not_called_small_or_left_for_another_reason() -> None:
    (row,) = rows([passed(min_size=MB)])
    assert verdict(row) == "not larger than the min-size that is set"
    (row,) = rows([passed(SMALL, min_size=MB)])
    assert verdict(row) == "small: a put would make the call slower"
    (row,) = rows([passed(min_size=MB - 1)])
    assert verdict(row).startswith("equal in several calls")


def test_what_is_left_alone_has_its_reasons() -> None:
    (row,) = rows([passed(finding=LEFT)])
    assert parts(row) == (0, 9 * MB, MB)
    assert verdict(row) == "changed: x is changed; so"
    assert in_short(row) == "changed"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (passed(REFERENCE), "a reference already"),
        (passed(SMALL), "small: a put would make the call slower"),
        (passed(ONCE), "sent once"),
        (passed(DIFFERENT), "another value in each call"),
        (passed(), "equal in several calls, but nothing in the file shows that: make it once, before the calls"),
        (passed(standing=Standing.STALE), "no longer there: trace the program again"),
        (passed(standing=Standing.UNREAD), "in a file that could not be read or analysed"),
        (passed(standing=Standing.ELSEWHERE), "not in the files that were checked"),
        (
            passed(standing=Standing.SPREAD, argument=""),
            "sent again, through a star or a function that makes the call, which putfix does not follow",
        ),
        (
            passed(DIFFERENT, again=9 * MB),
            "the same in several runs of the function around the call: put it in the caller, and pass the reference",
        ),
    ],
)
def test_what_is_no_finding_has_a_reason_too(given: Passed, words: str) -> None:
    (row,) = rows([given])
    assert verdict(row) == words
    assert len(in_short(row)) < 35


@pytest.mark.parametrize(
    ("which", "written", "text"),
    [
        (0, "x", "f(x)"),
        (1, "", "f(argument 2)"),
        ("key", "x", "f(key=x)"),
        ("key", "", "f(key=...)"),
        ("*", "", "f(*...)"),
        ("**", "", "f(**...)"),
        (0, "x\n", "f(x\\n)"),
        (0, "x" * 50, f"f({'x' * 34}...)"),
    ],
)
def test_the_argument_is_as_it_is_written(which: int | str, written: str, text: str) -> None:
    row = Row(passed(replace(TEN, argument=which), argument=written))
    assert row.argument == text
    assert len(row.argument) <= 40


def test_the_whole_table() -> None:
    found = rows(
        [
            passed(finding=FINDING),
            passed(replace(DIFFERENT, line=12, at_least=500_000, total=5 * MB), argument="y", unknown=2),
            passed(SMALL, argument="i"),
            passed(REFERENCE, argument="r"),
        ]
    )
    assert table(found) == (
        "by value  repeated                        sends              size  argument  type     place\n"
        "   10 MB    9.0 MB  ██████████████████░░     10            1.0 MB  f(x)      ndarray  job.py:3\n"
        "                    putfix --apply hoists it: 9.0 MB less to copy\n"
        "  5.0 MB         -  ░░░░░░░░░░               10  500 KB to 1.0 MB  f(y)      ndarray  job.py:12\n"
        "                    another value in each call (2 sends not compared, to save time)\n"
        "\n"
        "█ saved by putfix --apply   ▒ sent again, and left   ░ sent for the first time, or not compared\n"
        "\n"
        "Not listed without --verbose: 1 more argument of 100 bytes together, 1 argument that passed references only.\n"
        "\n"
        "The run passed 15 MB by value, at least 60 % of it (9.0 MB) again; putfix --apply saves 9.0 MB.\n"
    )
    everything = table(found, everything=True, plain=True)
    assert everything.isascii()
    assert len(everything.splitlines()) == 1 + 2 * 4 + 4
    assert "Not listed" not in everything


def test_a_run_that_passed_nothing() -> None:
    assert table([]) == "The run passed nothing by value to remote calls.\n"


@pytest.mark.parametrize(
    ("seen", "words"), [(ONCE, "none of it twice."), (TEN, "again; putfix --apply saves none of it.")]
)
def test_what_there_is_to_save(seen: Measurement, words: str) -> None:
    assert table(rows([passed(seen)])).endswith(f"{words}\n")


@pytest.mark.parametrize(
    ("seen", "again", "words"),
    [
        (
            TEN,
            0,
            "sent again in a notebook that was not checked: name it among the paths, or put it in a cell before",
        ),
        (
            DIFFERENT,
            MB,
            "sent again in a notebook that was not checked: name it among the paths, or put it in a cell before",
        ),
        (DIFFERENT, 0, "another value in each call"),
        (SMALL, 0, "small: a put would make the call slower"),
        (REFERENCE, 0, "a reference already"),
    ],
)
@pytest.mark.parametrize(("name", "place"), [("cell:123", "a notebook's cell:3"), ("<timed exec>", "a %%time cell:3")])
def test_a_notebook_is_not_called_a_file(seen: Measurement, again: int, words: str, name: str, place: str) -> None:
    (row,) = rows([passed(seen, path=Path(name), argument="", standing=Standing.ELSEWHERE, again=again)])
    assert (row.place, verdict(row)) == (place, words)
    assert len(in_short(row)) < 35


def test_a_single_send_has_nothing_to_be_compared_with() -> None:
    found = rows([passed(ONCE, unknown=1)])
    assert "not compared" not in table(found)
    assert table(found).endswith("none of it twice.\n")
    assert title(found) == "1.0 MB go by value, and none of it twice"


def test_what_was_not_compared_is_not_said_to_differ() -> None:
    found = rows([passed(DIFFERENT, unknown=9)])
    assert table(found).endswith("The run passed 10 MB by value, none of what was compared twice.\n")
    assert title(found) == "10 MB go by value, and none of what was compared twice"


def test_what_is_small_altogether_is_not_listed() -> None:
    assert table(rows([passed(SMALL), passed(replace(SMALL, total=200))])) == (
        "Not listed without --verbose: 2 more arguments of 300 bytes together.\n"
        "\n"
        "The run passed 300 bytes by value, 60 % of it (180 bytes) again; putfix --apply saves none of it.\n"
    )


@pytest.mark.parametrize(("encoding", "plain"), [("utf-8", False), ("ascii", True), ("latin-1", True), ("none", True)])
def test_a_stream_that_has_no_blocks_gets_letters(encoding: str, plain: bool) -> None:
    assert needs_plain(encoding) is plain


def test_every_bar_is_as_long_as_its_share() -> None:
    shares = [(MB, 20), (MB // 2, 10), (MB // 20, 1), (200_000, 4), (100, 1)]
    found = rows([passed(replace(ONCE, total=total)) for total, _ in shares])
    bars = [line.count("░") for line in table(found, everything=True).splitlines() if "f(x)" in line]
    assert bars == sorted((length for _, length in shares), reverse=True)


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf", ".SVG"])
def test_a_chart_is_drawn(suffix: str) -> None:
    pytest.importorskip("matplotlib")
    long = passed(replace(ONCE, line=9), path=Path("a/very/long/path/to/somewhere/deep/in/a/package/job.py"))
    found = rows([passed(finding=FINDING), passed(finding=LEFT), long, passed(argument="a$b$c"), passed(SMALL)])
    one, other = drawn(found, suffix), drawn(found, suffix)
    assert one == other
    assert len(one) > 5000


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([passed(finding=FINDING)], "putfix saves 9.0 MB of the 10 MB that go by value"),
        ([passed(finding=LEFT)], "9.0 MB of the 10 MB that go by value are sent again"),
        ([passed(ONCE)], "1.0 MB go by value, and none of it twice"),
        ([], "0 bytes go by value, and none of it twice"),
    ],
)
def test_the_title_of_a_chart_says_what_it_shows(given: list[Passed], words: str) -> None:
    assert title(rows(given)) == words
