"""What a run measured, for and against a put: the rules one by one, and that none of them outranks the analysis."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from dataclasses import replace

import pytest
from conftest import Case, cases
from hypothesis import given, settings
from hypothesis import strategies as st

from putfix import Finding, Result, Strength, fix_source
from putfix.model import Measurement, Span
from putfix.settings import Settings

MB = 1_000_000
HEAD = "import numpy as np\nimport ray\nf = ray.remote(lambda *values: 0)\n"
LOOP = HEAD + "def send(x):\n    for i in range(10):\n        f.remote(x, i)\n"
LINE = HEAD + "def send(x):\n    f.remote(x, 1)\n    f.remote(x, 2)\n"
EPOCHS = f"{HEAD}def train(n, step):\n  for i in range(n):\n    x = step()\n    for j in range(5):\n      f.remote(x)\n"
KNOWN_BY_A_RUN = {"size-unknown", "may-be-a-reference", "contents-unknown"}


def seen(line: int, sends: int = 10, size: int = MB, **others: object) -> Measurement:
    """Ten times the same megabyte in a loop, unless said otherwise."""
    values: dict[str, object] = {"column": None, "argument": 0, "references": 0, "holding": 0, "changes": 0}
    values |= {"kinds": ("numpy.ndarray",), "at_least": size, "at_most": size, "total": sends * size}
    values |= {"repeats": sends - 1, "repeated": (sends - 1) * size, **others}
    return Measurement(line=line, sends=sends, **values)  # type: ignore[arg-type]


def once(line: int, size: int = MB) -> Measurement:
    return seen(line, 1, size, repeats=0, repeated=0)


def only(result: Result) -> Finding:
    assert result.problems == ()
    (finding,) = result.findings
    return finding


def codes(result: Result) -> list[str]:
    return [obstacle.code for obstacle in only(result).obstacles]


def test_without_a_measurement_nothing_is_known() -> None:
    assert codes(fix_source(LOOP)) == ["size-unknown", "may-be-a-reference"]


def test_what_was_measured_large_is_hoisted() -> None:
    result = fix_source(LOOP, measured=[seen(6, 40, 212 * MB)])
    finding = only(result)
    assert "    x_ref = ray.put(x)\n    for i in range(10):\n        f.remote(x_ref, i)\n" in result.new_source
    assert finding.evidence.strength is Strength.MEASURED
    assert (finding.evidence.at_least, finding.evidence.at_most) == (212 * MB, 212 * MB)
    assert finding.evidence.text == "ndarray"
    assert (finding.times, finding.saved) == (40, 39 * 212 * MB)


@pytest.mark.parametrize("made", ["", "    x = np.zeros((1000, 1000))\n"], ids=["unknown", "read as large"])
def test_what_was_measured_small_is_left_alone(made: str) -> None:
    source = LOOP.replace("    for", f"{made}    for")
    result = fix_source(source, measured=[seen(source.count("\n"), size=102_400)])
    assert (result.findings, result.changed) == ((), False)


def test_sizes_on_both_sides_of_the_limit_are_decided_by_their_mean() -> None:
    sizes = {"at_least": 10, "at_most": MB}
    assert fix_source(LOOP, measured=[seen(6, **sizes, total=10 * 102_400)]).findings == ()
    assert fix_source(LOOP, measured=[seen(6, **sizes, total=10 * 102_400 + 1)]).changed


def test_what_is_large_can_be_set() -> None:
    assert fix_source(LOOP, settings=Settings(min_size=2 * MB), measured=[seen(6)]).findings == ()
    assert fix_source(LOOP, settings=Settings(min_size=10), measured=[seen(6, size=11)]).changed


def test_a_run_that_never_came_there_says_nothing() -> None:
    for nothing in ([], [seen(5)], [seen(6, argument=1)], [seen(6, 0)], [seen(6, argument="x")]):
        assert fix_source(LOOP, measured=nothing) == fix_source(LOOP)


def test_a_reference_that_was_seen_is_in_the_way() -> None:
    result = fix_source(LOOP, measured=[seen(6, references=3, total=7 * MB)])
    assert codes(result) == ["measured-reference"]
    (obstacle,) = only(result).obstacles
    assert (obstacle.line, obstacle.sentence) == (6, "x was an object reference in 3 of 10 calls on line 6, a run says")


def test_a_reference_each_time_is_in_the_way_too() -> None:
    result = fix_source(LOOP, measured=[seen(6, references=10, total=0, kinds=(), at_least=0, at_most=0)])
    assert codes(result) == ["measured-reference"]
    assert only(result).evidence.strength is Strength.NONE


def test_references_inside_are_in_the_way() -> None:
    result = fix_source(LOOP, measured=[seen(6, holding=2, kinds=("builtins.dict",))])
    assert codes(result) == ["contents-unknown"]
    sentence = only(result).obstacles[0].sentence
    assert sentence == "x held object references or actor handles in 2 of 10 calls on line 6, a run says"


MIXED = HEAD + "from jobs import settings\ny = {'a': np.zeros((1000, 1000)), 'b': settings()}\n"


def test_contents_that_were_the_same_each_time_are_no_doubt() -> None:
    source = MIXED + "for i in range(10):\n    f.remote(y, i)\n"
    assert codes(fix_source(source)) == ["contents-unknown"]
    assert fix_source(source, measured=[seen(7)]).changed
    assert codes(fix_source(source, measured=[seen(7, holding=1)])) == ["contents-unknown"]


def test_contents_of_which_no_two_sends_were_compared_are() -> None:
    source = MIXED + "f.remote(y, 1)\nf.remote(y, 2)\n"
    assert codes(fix_source(source, measured=[once(6), once(7)])) == ["contents-unknown"]


@pytest.mark.parametrize(
    ("kind", "obstacles"),
    [
        ("numpy.ndarray", []),
        ("pandas.core.frame.DataFrame", []),
        ("bytes", []),
        ("builtins.str", []),
        ("list", ["contents-unknown"]),
        ("jobs.ndarray", ["contents-unknown"]),
        ("list_iterator", ["contents-unknown"]),
    ],
)
def test_calls_in_a_line_of_what_may_change_by_itself_are_left_alone(kind: str, obstacles: list[str]) -> None:
    measured = [replace(once(line), kinds=(kind,)) for line in (5, 6)]
    assert codes(fix_source(LINE, measured=measured)) == obstacles
    assert fix_source(LOOP, measured=[seen(6, kinds=(kind,))]).changed


def test_a_change_that_was_seen_is_in_the_way() -> None:
    result = fix_source(LOOP, measured=[seen(6, repeats=1, changes=8)])
    assert codes(result) == ["measured-changing"]
    sentence = only(result).obstacles[0].sentence
    assert sentence == "x was another value than in the call before in 8 of 10 calls on line 6, a run says"


def test_a_change_that_was_seen_outranks_a_size_that_was_read() -> None:
    source = LOOP.replace("    for", "    x = np.zeros((1000, 1000))\n    for")
    assert fix_source(source).changed
    assert codes(fix_source(source, measured=[seen(7, repeats=0, changes=9)])) == ["measured-changing"]


def test_each_turn_of_an_outer_loop_may_have_a_value_of_its_own() -> None:
    result = fix_source(EPOCHS, measured=[seen(8, 15, repeats=12, changes=2, repeated=12 * MB)])
    assert "    x = step()\n    x_ref = ray.put(x)\n    for j in range(5):\n" in result.new_source
    assert only(result).saved == 12 * MB
    assert codes(fix_source(EPOCHS, measured=[seen(8, 15, repeats=0, changes=14)])) == ["measured-changing"]


def test_a_list_of_each_turn_of_an_outer_loop_was_the_same_again_within_it() -> None:
    kinds = ("collections.OrderedDict",)
    assert fix_source(EPOCHS, measured=[seen(8, 15, repeats=12, changes=2, kinds=kinds)]).changed
    assert not fix_source(EPOCHS, measured=[seen(8, 15, repeats=0, changes=14, kinds=kinds)]).changed


def test_calls_in_a_line_repeat_among_themselves() -> None:
    result = fix_source(LINE, measured=[once(5), once(6)])
    assert "    x_ref = ray.put(x)\n    f.remote(x_ref, 1)\n    f.remote(x_ref, 2)\n" in result.new_source
    assert (only(result).times, only(result).saved) == (2, MB)


def test_calls_in_a_line_of_an_outer_loop_change_with_it() -> None:
    source = HEAD + "def train(n, step):\n  for epoch in range(n):\n    x = step()\n    f.remote(x)\n    f.remote(x)\n"
    changing = [seen(line, 5, repeats=0, changes=4, repeated=0) for line in (7, 8)]
    result = fix_source(source, measured=changing)
    assert "    x = step()\n    x_ref = ray.put(x)\n    f.remote(x_ref)\n    f.remote(x_ref)\n" in result.new_source
    assert only(result).saved == 5 * MB


def test_a_call_that_the_run_did_not_reach_joins_the_others() -> None:
    result = fix_source(LINE, measured=[once(5)])
    assert result.changed
    assert (only(result).times, only(result).saved) == (1, 0)


def test_the_reference_that_is_there_already_saves_all_copies() -> None:
    source = LOOP.replace("(x):\n", "():\n    ref = ray.put([1.0] * 20_000)\n    x = ray.get(ref)\n")
    finding = only(fix_source(source, measured=[seen(8)]))
    assert finding.hoist is not None
    assert (finding.hoist.put, finding.saved) == ("", 10 * MB)
    assert fix_source(source, measured=[seen(8, size=100)]).findings == ()
    assert codes(fix_source(source, measured=[seen(8, changes=1, repeats=8)])) == ["measured-changing"]


def test_what_is_put_for_each_call_is_no_value() -> None:
    source = LOOP.replace("send(x):\n", "send():\n    x = np.zeros((1000, 1000))\n").replace("te(x", "te(ray.put(x)")
    assert fix_source(source).changed
    references = seen(7, references=10, total=0, kinds=(), at_least=0, at_most=0, repeats=0, repeated=0)
    assert fix_source(source, measured=[references]) == fix_source(source)


def test_what_is_in_a_small_container_is_small() -> None:
    source = LOOP.replace("send(x):\n", "send():\n    x = np.zeros((1000, 1000))\n").replace("te(x, i", "te([x, i]")
    assert codes(fix_source(source)) == ["nested"]
    assert fix_source(source, measured=[seen(7, size=1000)]).findings == ()
    assert codes(fix_source(source, measured=[seen(7)])) == ["nested"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("        f", "        x[0] = i\n        f", "changed"),
        ("        f", "        prepare(x)\n        f", "may-be-changed"),
        ("f.remote(x, i)", "try:\n            f.remote(x, i)\n        finally:\n            print(i)", "crosses-try"),
        ("f.remote(x, i)", "f.options(lifetime='detached').remote(x, i)", "actor-options"),
    ],
)
def test_all_other_obstacles_stay(old: str, new: str, code: str) -> None:
    source = LOOP.replace(old, new)
    line = next(number for number, text in enumerate(source.splitlines(), 1) if ".remote(x" in text)
    result = fix_source(source, measured=[seen(line)])
    assert codes(result) == [code]
    assert only(result).evidence.strength is Strength.MEASURED


@pytest.mark.parametrize(
    ("before", "start", "cause"),
    [
        ("", "x = ray.put(big) if flag else big", "ray.put(big) on line 5"),
        ("", "x = flag and ray.put(big) or big", "ray.put(big) on line 5"),
        ("", "x = big\n    if flag: x = ray.put(big)", "ray.put(big) on line 6"),
        ("def shared(y): return y if y.small else ray.put(y)\n", "x = shared(big)", "ray.put(y) on line 4"),
        ("", "x: ray.ObjectRef | list = big.x", "ray.ObjectRef | list on line 5"),
        ("", "x = big.x\n    if isinstance(x, ray.ObjectRef): print()", "isinstance(x, ray.ObjectRef) on line 6"),
    ],
)
def test_a_reference_in_another_case_than_the_measured_one_is_in_the_way(before: str, start: str, cause: str) -> None:
    """A run shows one case: what the file shows of the others counts too."""
    source = f"{HEAD}{before}def send(big, flag):\n    {start}\n    for i in range(10):\n        f.remote(x, i)\n"
    result = fix_source(source, measured=[seen(source.count("\n"))])
    assert codes(result) == ["may-be-a-reference"]
    assert only(result).obstacles[0].sentence == f"x may be a reference already ({cause})"


@pytest.mark.parametrize("given", ["ray.put(y)", "ray.put(y) if flag else y", "g.remote()"])
def test_a_reference_from_one_of_the_callers_is_in_the_way(given: str) -> None:
    for source in (LOOP, LOOP.replace("send(x)", "send(x: 'ray.ObjectRef[list] | list')")):
        caller = f"def main(y, flag):\n    send({given})\n    send(y)\n"
        assert codes(fix_source(source + caller, measured=[seen(6)])) == ["may-be-a-reference"]


def test_an_attribute_that_another_method_makes_a_reference_is_one() -> None:
    methods = (
        "def share(self): self.x = ray.put(self.x)\n  def send(self, n):\n   for i in range(n): f.remote(self.x)\n"
    )
    source = f"{HEAD}class Sender:\n  def __init__(self, x): self.x = x\n  {methods}"
    assert codes(fix_source(source, measured=[seen(8)])) == ["may-be-a-reference"]


SETTING = "SCALE = 1\nclass Model:\n    def predict(self): return SCALE\n"
"""Its class is pickled with the model where the file is the program, and SCALE with the class."""


@pytest.mark.parametrize(
    ("before", "start", "sent", "change", "code"),
    [
        ("", "", "x.step", "x.rate = i", "changed"),
        ("", "", "x.step", "x.rates[i] = i", "changed"),
        ("", "step = x.step", "step", "x.rate = i", "changed"),
        ("", "", "x.model", "x.epoch = i", "changed"),
        ("", "", "x.model", "del x.epoch", "changed"),
        (SETTING, "global SCALE; m = Model()", "m", "SCALE = i", "may-be-changed"),
        (SETTING, "global SCALE", "x", "SCALE = i", "may-be-changed"),
        (SETTING, "global SCALE", "x", "for SCALE in x: pass", "may-be-changed"),
        (SETTING, "", "x", "Model.rate = i", "changed"),
        (SETTING + "from jobs import scale\n", "m = Model()", "m", "scale(i)", "may-be-changed"),
        ("from jobs import make\n", "n = 0; m = make(lambda: n)", "m", "n = i", "may-be-changed"),
        ("from jobs import make\ndef inner(): pass\n", "m = make(inner)", "m", "inner.rate = i", "changed"),
        ("import jobs\n", "", "x", "jobs.rate = i", "changed"),
        ("", "", "x", "print(x[i])", "may-be-changed"),
        ("", "y = x.index", "y", "print(x.index[i])", "may-be-changed"),
        ("def look(y, i): return y[i]\n", "", "x", "look(x, i)", "may-be-changed"),
    ],
)
def test_what_a_value_of_unknown_contents_may_be_pickled_with_must_stay(
    before: str, start: str, sent: str, change: str, code: str
) -> None:
    """That the bytes were the same in a run does not show it: there the change may not have happened."""
    body = f"    {start or 'pass'}\n    for i in range(10):\n        f.remote({sent}, i)\n        if flag:\n"
    source = f"{HEAD}{before}def send(x, flag):\n{body}            {change}\n"
    measured = [seen(source.count("\n") - 2, kinds=("jobs.Thing",))]
    (finding,) = fix_source(source, measured=measured).findings
    assert code in [obstacle.code for obstacle in finding.obstacles]
    assert fix_source(source.replace(change, "print(i)"), measured=measured).changed


def test_numbers_are_pickled_with_nothing_else() -> None:
    loop = "def send(x):\n    for i in range(10):\n        f.remote(x.table, i)\n        x.epoch = i\n"
    assert fix_source(HEAD + loop, measured=[seen(6)]).changed


def test_an_obstacle_of_what_is_pickled_along_says_so() -> None:
    loop = "def send(x):\n    global SCALE\n    for i in range(10):\n        f.remote(x, i)\n        SCALE = i\n"
    obstacle = only(fix_source(HEAD + SETTING + loop, measured=[seen(10, kinds=("jobs.Thing",))])).obstacles[0]
    assert obstacle.sentence == "x may be pickled with SCALE, which SCALE = i on line 11 binds"


def test_several_measurements_of_one_argument_add_up() -> None:
    column = LOOP.splitlines()[5].index("f.remote")
    exact = seen(6, size=300_000, kinds=("builtins.list",), column=column, end=(6, len(LOOP.splitlines()[5])))
    finding = only(fix_source(LOOP, measured=[seen(6), exact]))
    assert (finding.times, finding.saved, finding.evidence.text) == (20, 11_700_000, "ndarray, list")
    assert (finding.evidence.at_least, finding.evidence.at_most) == (300_000, MB)


PUT_INSIDE = {
    "changed_before_each_call_of_a_function",
    "through_a_constructor",
    "through_a_function_that_sends_many_times",
    "through_a_method_of_the_object",
}
"""Cases with a function that sends its parameter many times: where a run says its size, the put is in the function."""


@pytest.mark.parametrize("case", cases("rewritten"), ids=lambda case: case.name)
def test_a_measurement_changes_no_hoist_that_a_size_was_read_for(case: Case) -> None:
    result = fix_source(case.source, measured=[same(place, 3, MB) for place in arguments(case.source)])
    before = {site.argument for hoist in fix_source(case.source).hoists for site in hoist.call_sites}
    after = {site.argument for hoist in result.hoists for site in hoist.call_sites}
    assert result.problems == ()
    assert before.isdisjoint(after) if case.name in PUT_INSIDE else before <= after


@pytest.mark.parametrize("case", cases("rewritten"), ids=lambda case: case.name)
@given(data=st.data())
@settings(max_examples=4, deadline=None)
def test_with_any_measurement_a_rewrite_is_final(case: Case, data: st.DataObject) -> None:
    measured = [data.draw(measurements(place)) for place in arguments(case.source)]
    assert fix_source(case.source, measured=measured).problems == ()


def test_what_is_left_for_its_size_stays_when_something_else_is_hoisted() -> None:
    source = LOOP + "y = np.zeros((1000, 1000))\nfor i in range(10): f.remote(y, i)\n"
    result = fix_source(source, measured=[seen(6), seen(8, size=1000)])
    assert result.problems == ()
    assert [finding.value for finding in result.findings] == ["x"]
    assert "f.remote(x_ref, i)" in result.new_source
    assert "f.remote(y, i)" in result.new_source


Place = tuple[int, int, tuple[int, int], "int | str"]


def arguments(source: str) -> list[Place]:
    """The beginning and end of each remote call of a source in ASCII, with each of its arguments."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    found: list[Place] = []
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "remote":
            which: list[int | str] = [*range(len(call.args))]
            which += [keyword.arg for keyword in call.keywords if keyword.arg is not None]
            end = (call.end_lineno or 0, call.end_col_offset or 0)
            found += [(call.lineno, call.col_offset, end, each) for each in which]
    return found


def same(place: Place, sends: int, size: int) -> Measurement:
    line, column, end, which = place
    return seen(line, sends, size, column=column, end=end, argument=which)


numbers = st.integers(0, 5)
SIZES = st.sampled_from([0, 500, 102_401, MB])


@st.composite
def measurements(draw: Callable[[st.SearchStrategy[object]], object], place: Place) -> Measurement:
    line, column, end, which = place
    least, most = sorted([draw(SIZES), draw(SIZES)])  # type: ignore[type-var]
    return Measurement(
        *(line, draw(st.sampled_from([column, None])), which, draw(numbers), draw(numbers), draw(numbers)),  # type: ignore[arg-type]
        *(("numpy.ndarray",), least, most, draw(SIZES), draw(numbers), draw(numbers), draw(SIZES)),  # type: ignore[arg-type]
        end=draw(st.sampled_from([end, None])),  # type: ignore[arg-type]
    )


@functools.lru_cache(maxsize=1)
def refused_in(source: str) -> set[Span]:
    """The arguments that something else than what a run may know keeps from being hoisted."""
    return {
        site.argument
        for finding in fix_source(source).findings
        for site in finding.call_sites
        if not {obstacle.code for obstacle in finding.obstacles} <= KNOWN_BY_A_RUN
    }


@pytest.mark.parametrize("case", cases("left"), ids=lambda case: case.name)
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_no_measurement_outranks_what_the_analysis_refuses(case: Case, data: st.DataObject) -> None:
    places = arguments(case.source)
    favourable = st.tuples(*(st.just(same(place, 3, MB)) for place in places))
    any_kind = st.tuples(*map(measurements, places))
    result = fix_source(case.source, measured=data.draw(favourable | any_kind))
    assert result.problems == ()
    assert not refused_in(case.source) & {site.argument for hoist in result.hoists for site in hoist.call_sites}


@pytest.mark.parametrize("kind", ["builtins.method", "builtins.function", "functools.partial", "__main__.Elsewhere"])
def test_code_that_is_sent_may_change_with_what_it_reads(kind: str) -> None:
    assert codes(fix_source(LOOP, measured=[seen(6, kinds=(kind,))])) == ["contents-unknown"]


@pytest.mark.parametrize(("read", "obstacles"), [("LIMIT", []), ("SCALE[0]", ["contents-unknown"])])
def test_an_object_of_the_file_is_pickled_with_its_class(read: str, obstacles: list[str]) -> None:
    table = f"class Table:\n  def total(self):\n    return {read}\nLIMIT = 3\nSCALE = [1]\n"
    assert codes(fix_source(LOOP + table, measured=[seen(6, kinds=("__main__.Table",))])) == obstacles


def test_an_annotation_does_not_stand_in_for_the_class_that_was_seen() -> None:
    table = "class TabularData:\n  def total(self):\n    return SCALE[0]\nSCALE = [1]\n"
    source = LOOP.replace("send(x)", "send(x: TabularData)")
    assert codes(fix_source(source + table, measured=[seen(6, kinds=("__main__.TabularData",))])) == [
        "contents-unknown"
    ]
