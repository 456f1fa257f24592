"""The trace file: merging is adding, and what a killed process leaves can be read."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from putfix.trace.records import (
    Counts,
    Key,
    Origin,
    Site,
    Trace,
    TraceError,
    by_file,
    cell_name,
    dump,
    parse,
    read,
    read_all,
    text_hash,
)

HERE = Origin("/home/me", "3.11.7", "2.60.0", "0.1.0")
SITE = Site("job.py", 3, 4, 3, 20, "f", "0123456789abcdef")

numbers = st.integers(0, 2**70)
names = st.text(max_size=5)
origins = st.builds(Origin, st.sampled_from(["/a", "/b ü", "\udcff"]), st.sampled_from(["3.10", "3.11"]))
sites = st.builds(
    Site, names, st.integers(1, 3), st.none() | st.integers(0, 2), st.just(3), st.none() | st.just(9), names, names
)
counts = st.builds(
    Counts,
    **{f.name: numbers for f in dataclasses.fields(Counts) if f.name not in ("kinds", "least")},
    kinds=st.dictionaries(st.sampled_from(["list", "numpy.ndarray", "m.Ünicode\n"]), st.integers(1, 9)),
    least=st.none() | numbers,
)
entries = st.lists(st.tuples(st.builds(Key, origins, sites, st.integers(0, 2) | names), counts), max_size=6)


def trace_of(*lists: list[tuple[Key, Counts]]) -> Trace:
    trace = Trace()
    for pairs in lists:
        for key, seen in pairs:
            trace.add(key, seen)
    return trace


def same(one: Trace, other: Trace) -> bool:
    return one.counts == other.counts and set(one.origins) == set(other.origins)


@given(entries)
def test_what_is_written_is_read(pairs: list[tuple[Key, Counts]]) -> None:
    trace = trace_of(pairs)
    assert same(parse(dump(trace)), trace)


@given(entries, entries)
def test_a_concatenation_means_the_sum_in_any_order(
    one: list[tuple[Key, Counts]], two: list[tuple[Key, Counts]]
) -> None:
    first, second = dump(trace_of(one)), dump(trace_of(two))
    assert same(parse(first + second), trace_of(one, two))
    assert same(parse(second + first), trace_of(one, two))


@given(entries, entries, st.data())
def test_a_torn_file_loses_no_whole_line(
    one: list[tuple[Key, Counts]], two: list[tuple[Key, Counts]], data: st.DataObject
) -> None:
    first, second = dump(trace_of(one)), dump(Trace([HERE])) + dump(trace_of(two))
    cut = data.draw(st.integers(0, len(first)))
    whole = first[: first.rfind(b"\n", 0, cut) + 1]
    assert parse(first[:cut] + second).counts == parse(whole + second).counts


def test_sums_of_each_kind() -> None:
    seen = Counts(sends=2, kinds={"list": 2}, least=5, most=9, total=14, repeats=1, repeated=5)
    seen.add(Counts(sends=3, references=1, kinds={"list": 1, "m.T": 1}, least=3, most=4, total=7, changes=1, unknown=1))
    assert seen == Counts(5, 1, 0, {"list": 3, "m.T": 1}, 3, 9, 21, 1, 1, 5, 0, 0, 1)
    seen.add(Counts(sends=1, references=1))
    assert seen.least == 3


def test_a_measurement_is_what_the_analysis_takes(tmp_path: Path) -> None:
    kinds = {"list": 1, "numpy.ndarray": 8}
    trace = trace_of([(Key(HERE, SITE, "k"), Counts(10, 1, 0, kinds, 100, 200, 1500, 7, 1, 900))])
    (record,) = by_file(trace)["/home/me/job.py"]
    found = record.measurement()
    assert dataclasses.astuple(found) == (
        *(3, 4, "k", 10, 1, 0, ("numpy.ndarray", "list")),
        *(100, 200, 1500, 7, 1, 900),
        (3, 20),
    )
    only_references = trace_of([(Key(HERE, SITE, 0), Counts(sends=2, references=2))])
    assert by_file(only_references)["/home/me/job.py"][0].measurement().at_least == 0


def test_runs_with_several_versions_add_up_by_file() -> None:
    newer = dataclasses.replace(HERE, ray="2.61.0")
    trace = trace_of([(Key(HERE, SITE, 0), Counts(sends=1)), (Key(newer, SITE, 0), Counts(sends=2))])
    (record,) = by_file(trace)["/home/me/job.py"]
    assert record.counts.sends == 3


def test_a_cell_has_no_directory() -> None:
    cell = cell_name("f.remote(x)\n")
    trace = trace_of([(Key(HERE, dataclasses.replace(SITE, file=cell), 0), Counts(sends=1))])
    assert list(by_file(trace)) == [cell]


def test_a_cell_is_its_source() -> None:
    # The numbers are those of ipykernel 7.4: murmur2_x86(source, get_tmp_hash_seed()).
    assert cell_name("") == "cell:3990065800"
    assert cell_name("x = 1\ny = 'ü'\n") == "cell:565232128"


@given(names)
def test_the_name_of_a_cell_is_the_number_of_the_kernel(source: str) -> None:
    compiler = pytest.importorskip("ipykernel.compiler")
    assert cell_name(source) == f"cell:{compiler.murmur2_x86(source, compiler.get_tmp_hash_seed())}"


def test_the_hash_of_lines_leaves_out_white_space() -> None:
    assert text_hash(["f.remote(\n", "    x)\n"]) == text_hash(["  f.remote( x)  "]) != text_hash(["f.remote(y)"])


def test_reading_files(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    one.write_bytes(dump(trace_of([(Key(HERE, SITE, 0), Counts(sends=1))])))
    two.write_bytes(dump(trace_of([(Key(HERE, SITE, 0), Counts(sends=2))])))
    assert read_all([one, two]).counts[Key(HERE, SITE, 0)].sends == 3


@pytest.mark.parametrize("content", ["", "x = 1\n", '{"a": 1}\n[]\n', '"text"\n'])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "other").write_text(content)
    with pytest.raises(TraceError, match="other is not a trace of putfix"):
        read(tmp_path / "other")


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "new.jsonl").write_text('{"putfix_trace": 2, "root": "/"}\n')
    with pytest.raises(TraceError, match="version 2; this putfix reads up to 1"):
        read(tmp_path / "new.jsonl")


@pytest.mark.parametrize("version", ['"1"', "null", "true", "0", "-1", "1.5", "[]"])
def test_a_version_that_no_recorder_writes_is_no_trace(version: str) -> None:
    with pytest.raises(TraceError, match="other is not a trace of putfix"):
        parse(f'{{"putfix_trace": {version}}}\n'.encode(), "other")


def test_unknown_keys_are_skipped_and_wrong_types_too() -> None:
    data = dump(trace_of([(Key(HERE, SITE, 0), Counts(sends=1))])).decode()
    header, line = data.splitlines()
    assert parse(f'{header}\n{line[:-1]}, "later": 1}}\n'.encode()).counts
    for wrong in (
        '"sends": "1"',
        '"sends": -1',
        '"sends": true',
        '"kinds": []',
        '"least": 1.5',
        '"argument": null',
        f'"total": {10**400}',
    ):
        assert not parse(f"{header}\n{line[:-1]}, {wrong}}}\n".encode()).counts


def test_a_run_without_remote_calls_is_a_trace(tmp_path: Path) -> None:
    trace = Trace([HERE])
    (tmp_path / "empty.jsonl").write_bytes(dump(trace))
    assert same(read(tmp_path / "empty.jsonl"), trace)
