"""The page for a browser: its structure, its words, and what it lets nobody do. What a browser makes of it is in
``test_html_in_chromium.py``."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pages
import pytest
from pages import HEAD, LEFT, SAFE, UNSAFE, Parsed, everything, record, written

from putfix.model import Evidence, Strength, Text
from putfix.report.outputs.records import FileRecord
from putfix.report.page.amounts import Amount, amount
from putfix.report.page.colouring import Colouring, Piece, lines_of, marked, shown
from putfix.report.page.links import Link, Sentence, address, linking
from putfix.report.page.sides import Row, hunks


@pytest.fixture(scope="module")
def full() -> Parsed:
    return Parsed(written(everything()))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    return Parsed(pages.hostile(tmp_path_factory.mktemp("hostile")).read_text("utf-8"))


def command(*arguments: str, cwd: Path, code: str = "") -> subprocess.CompletedProcess[str]:
    program = f"{code}\nimport runpy\nrunpy.run_module('putfix', run_name='__main__')"
    given = [sys.executable, "-c", program, *arguments]
    return subprocess.run(given, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)


def test_the_page_is_whole_and_in_order(full: Parsed) -> None:
    assert full.open == []
    levels = [int(tag[1]) for tag, _ in full.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert full.all("html") == [{"lang": "en"}]
    assert len(full.all("main")) == len(full.all("title")) == 1


def test_all_that_it_refers_to_in_itself_is_there_once(full: Parsed) -> None:
    names = [attributes["id"] for _, attributes in full.elements if "id" in attributes]
    assert len(names) == len(set(names))
    within = [each["href"][1:] for each in full.all("a") if each["href"].startswith("#")]
    labels = [attributes["aria-labelledby"] for _, attributes in full.elements if "aria-labelledby" in attributes]
    assert len(within) > 10
    assert {*within, *labels} <= set(names)


def test_it_needs_nothing_from_elsewhere(full: Parsed) -> None:
    assert not [tag for tag, attributes in full.elements if attributes.keys() & {"src", "srcset", "data", "action"}]
    assert not full.all("link")
    assert "url(" not in full.raw["style"]
    assert "@import" not in full.raw["style"]


def test_its_policy_allows_its_own_style_and_script_and_nothing_else(full: Parsed) -> None:
    policy = next(each["content"] for each in full.all("meta") if each.get("http-equiv") == "Content-Security-Policy")
    allowed = {name: base64.b64encode(hashlib.sha256(text.encode()).digest()) for name, text in full.raw.items()}
    assert policy.split("; ") == [
        "default-src 'none'",
        *(f"{name}-src 'sha256-{allowed[name].decode()}'" for name in ("style", "script")),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not [attributes for _, attributes in full.elements if "style" in attributes]


def test_what_it_says_of_findings(full: Parsed) -> None:
    for said in [
        "Said of the run.",
        "table is about 8.0 MB (np.zeros((1000, 1000)), line 10), sent 10 times: 72 MB less to copy.",
        "changed weights is changed by weights[0] = column on line 20",
        "size-unknown the size of given is not known (line 16)",
        "putfix --unsafe-fixes hoists it, on the assumption that none of this is so.",
        "given is sent 3 times, unsafe, assuming that it is large.",
        "ones is sent again in another cell, on line 1 of cell 7",
        '"# putfix: ignore" has nothing to ignore here: take it out.',
        "broken.py:3:5: syntax error: '<' was never closed",
        "What you can do: Run putfix --apply.",
    ]:
        assert said in full.words
    assert "<title>putfix: 4 to hoist, 4 left alone</title>" in written(everything())


def test_the_filters_have_what_is_there(full: Parsed) -> None:
    values = [each["value"] for each in full.all("option")]
    assert {"hoist", "changed", "computed", "none", "safe", "unsafe", "src/", "src/train/", "other/"} <= {*values}
    assert "measured" not in values
    findings = full.all("article")
    assert len(findings) == 9
    assert {each["data-fix"] for each in findings} == {"safe", "unsafe", "none", ""}
    assert "size-unknown (2)" in full.words


def test_each_control_has_a_name(full: Parsed) -> None:
    text = written(everything())
    assert len(re.findall(r"<label[^>]*>\w+ <(?:input|select) ", text)) == len(full.all("input") + full.all("select"))
    assert all("aria-label" in each for each in full.all("button") if each.get("class") == "copy")


@pytest.mark.parametrize("files", [[], [record("print(1)\n")]])
def test_where_there_is_nothing_it_says_so(files: list[FileRecord]) -> None:
    empty = Parsed(written(files))
    assert "Nothing to show: no large value is seen to be sent again and again." in empty.words
    assert not [*empty.all("form"), *empty.all("details"), *empty.all("ol")]


def test_the_same_run_gives_the_same_page() -> None:
    assert written(everything()) == written(everything())


def test_hostile_names_and_sources_are_text(attacked: Parsed) -> None:
    ours = Parsed(written(everything()))
    assert {tag for tag, _ in attacked.elements} <= {tag for tag, _ in ours.elements}
    names = {name for _, attributes in attacked.elements for name in attributes}
    assert names <= {name for _, attributes in ours.elements for name in attributes}
    assert not [name for name in names if name.startswith("on")]
    assert len(attacked.all("script")) == len(attacked.all("style")) == 1
    for line in pages.HOSTILE.splitlines():
        assert line in attacked.text
    assert "x\\ny\\u202egpj.py" in attacked.text  # and turns nothing around
    assert "\u202e" not in attacked.text


def test_hostile_names_lead_to_their_files(attacked: Parsed) -> None:
    links = {each["href"].partition("#")[0] for each in attacked.all("a")} - {""}
    assert all(link.startswith("./../") for link in links)
    assert {unquote(link.removeprefix("./../")) for link in links} >= set(pages.NAMES)


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("job.py", "", "./job.py#L3"),
        ("src/a job.py", "", "./src/a%20job.py#L3"),
        ("src/job.py", "reports", "./../src/job.py#L3"),
        ("javascript:alert(1).py", "", "./javascript%3Aalert%281%29.py#L3"),
        ("a#b?.py", "", "./a%23b%3F.py#L3"),
        ("no text \udcff.py", "", "./no%20text%20%FF.py#L3"),
        ("<stdin>", "", ""),
    ],
)
def test_addresses_are_relative_to_the_page(path: str, folder: str, expected: str) -> None:
    assert address(Path(path), 3, Path(folder)) == expected


def test_a_sentence_links_the_line_that_it_names() -> None:
    link = Link("line 3", "./job.py#L3")
    assert linking("x is changed on line 3", link, 3) == Sentence("x is changed on ", link)
    assert linking("f('line 3') on line 3 of a.py", link, 3) == Sentence("f('line 3') on ", link, " of a.py")
    assert linking("x is changed on line 33", link, 3) == Sentence("x is changed on line 33 (", link, ")")


def changes(old: str, new: str) -> list[Row]:
    (hunk,) = hunks(new, Colouring(Path("job.py"), Text(old, cells=((0, old),))))
    return list(hunk.rows)


def words(row: Row) -> tuple[str, str]:
    """The marked words of both sides."""
    old, new = (side.line if side is not None else [] for side in (row.old, row.new))
    return "".join(piece.text for piece in old if piece.marked), "".join(piece.text for piece in new if piece.marked)


def test_lines_that_are_alike_are_beside_each_other() -> None:
    rows = changes("a = 1\nsend(table, a)\n", "a = 1\ntable_ref = put(table)\nsend(table_ref, a)\n")
    assert [row.kind for row in rows] == ["same", "added", "changed", "same"]
    assert words(rows[2]) == ("table", "table_ref")
    assert [(row.old.number if row.old else 0, row.new.number if row.new else 0) for row in rows] == [
        *((1, 1), (0, 2), (2, 3), (3, 4))
    ]


def test_lines_that_are_not_alike_are_not() -> None:
    rows = changes("first(one)\n", "import that\nwhile x: pass\n")
    assert [row.kind for row in rows] == ["removed", "added", "added", "same"]


def test_a_long_change_is_shown_line_by_line() -> None:
    old, new = ("".join(f"{name}_{number}({number})\n" for number in range(50)) for name in ("old", "new"))
    assert {row.kind for row in changes(old, new)} == {"changed", "same"}


def test_colours_lose_no_character() -> None:
    source = (
        '\ufeff@f\r\ndef g(a):\r    """Two\n\tlines"""\x0c\n    return f"{a!r}" + \'\0\u202e\' if a else 0x1F  # ü\n\n'
    )
    lines = Colouring(Path("job.py"), Text(source, cells=((0, source),))).lines(0)
    assert ["".join(piece.text for piece in line) for line in lines] == lines_of(source)
    assert (
        "".join(piece.text for piece in shown(lines[4])) == "    return f\"{a!r}\" + '^@<U+202E>' if a else 0x1F  # ü"
    )
    kinds = {piece.kind for line in lines for piece in line}
    assert kinds == {"", "k", "s", "n", "c", "d", "f"}
    assert Colouring(Path("guide.md"), Text("if *", cells=((0, "if *"),))).lines(0) == [[Piece("", "if *")]]


def test_marks_keep_the_text_and_its_colours() -> None:
    line = [Piece("k", "for"), Piece("", " x in "), Piece("f", "table")]
    cut = marked(line, [(1, 5), (9, 11)])
    assert "".join(piece.text for piece in cut) == "for x in table"
    assert [(piece.kind, piece.text) for piece in cut if piece.marked] == [("k", "or"), ("", " x"), ("f", "ta")]


def test_of_a_very_long_line_the_beginning_is_shown() -> None:
    text = "".join(piece.text for piece in shown([Piece("s", "a" * 1500), Piece("", "b" * 10**6)]))
    assert text == "a" * 1500 + "b" * 500 + " ..."


def test_what_is_sent_before_and_after() -> None:
    (finding,) = record(HEAD + SAFE).findings
    assert amount(finding, is_hoisted=True) == Amount(80_000_000, 8_000_000)
    assert amount(finding, is_hoisted=False) == Amount(80_000_000, 80_000_000)
    measured = replace(finding, evidence=Evidence(Strength.MEASURED, 10, at_most=500), times=3, saved=900)
    assert amount(measured, is_hoisted=True) == Amount(910, 10)
    assert amount(replace(finding, times=None), is_hoisted=True) is None


def test_a_change_stands_with_its_findings() -> None:
    far = "print()\n" * 10
    source = HEAD + SAFE + far + SAFE.replace("table =", "other =").replace("(table", "(other")
    apart = written([record(source)])
    assert apart.count('<table class="change">') == 2
    for name, number in (("table", 1), ("other", 2)):
        block = next(each for each in apart.split('<div class="block">') if f'id="f1-{number}"' in each)
        assert f"<mark>{name}_ref" in block
    together = written([record(HEAD + SAFE + SAFE.replace("table =", "other =").replace("(table", "(other"))])
    assert together.count('<div class="block">') == together.count('<table class="change">') == 1


def test_a_finding_without_a_hoist_has_the_lines_that_it_speaks_of() -> None:
    text = written([record(HEAD + LEFT)])
    excerpt = Parsed(text[text.index('<table class="excerpt">') :].partition("</table>")[0]).words
    for said in (" 10weights = np.ones((500, 500)) size", "weights[0] = column changed", "13 column_sum.remote"):
        assert said in excerpt
    assert "<mark>weights</mark>, column" in text


def test_of_a_hoist_that_failed_its_check_it_says_so() -> None:
    found = record(HEAD + SAFE)
    assert found.text is not None
    spots = tuple(replace(spot, edits=()) for spot in found.text.spots)
    failed = Parsed(written([replace(found, text=replace(found.text, spots=spots, edits=()))]))
    assert "Left alone, as the change did not pass its check: see the errors." in failed.words
    assert "0 to hoist" in failed.words
    assert "80 MB before, 80 MB after" in failed.words


def test_the_page_is_printed_or_written(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(HEAD + SAFE + UNSAFE)
    printed = command("--output-format", "html", "job.py", cwd=tmp_path)
    assert printed.returncode == 1
    assert "Would hoist 1 value" in printed.stderr
    found = Parsed(printed.stdout)
    assert "Would hoist 1 value in 1 file, 72 MB less to copy (1 file checked)." in found.words
    assert "./job.py#L12" in {each["href"] for each in found.all("a")}


@pytest.mark.parametrize("library", ["jinja2", "pygments"])
def test_without_the_libraries_it_says_what_to_install(tmp_path: Path, library: str) -> None:
    (tmp_path / "job.py").write_text(HEAD + SAFE)
    page = tmp_path / "page.html"
    arguments = ("--output-format", "html", "--output-file", str(page), "job.py")
    run = command(*arguments, cwd=tmp_path, code=f"import sys; sys.modules[{library!r}] = None")
    assert run.returncode == 2
    assert run.stderr == f"putfix: error: --output-format html needs {library}: pip install 'putfix[html]'\n"
    assert not page.exists()


def test_what_the_chart_leaves_out_is_no_larger_and_may_be_as_large() -> None:
    assert "38 more not shown, none larger: 2.7 GB before, 304 MB after together." in written(pages.many(100))
