"""Where a put is inserted, and what stays as it is around it."""

from __future__ import annotations

import pytest

from putfix import fix_source

HEAD = "import numpy as np, ray\nf = ray.remote(print)\nx = np.zeros((500, 500))\n"
LOOP = "[f.remote(x, i) for i in range(3)]\n"
PUT = "x_ref = ray.put(x)\n"
FIXED = LOOP.replace("(x,", "(x_ref,")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LOOP, PUT + FIXED),
        ("# about it\n" + LOOP, PUT + "# about it\n" + FIXED),
        ("# one\n\n# two\n" + LOOP, "# one\n\n" + PUT + "# two\n" + FIXED),
        ('"""\n# text """\n' + LOOP, '"""\n# text """\n' + PUT + FIXED),
        ("if x.any():\n    pass\n    # inside\n" + LOOP, "if x.any():\n    pass\n    # inside\n" + PUT + FIXED),
        ("\\\n" + LOOP, PUT + "\\\n" + FIXED),
        ("\x0c" + LOOP, PUT + "\x0c" + FIXED),
        ("if 1:\n \x0c\tq = 1\n" + LOOP, "if 1:\n \x0c\tq = 1\n" + PUT + FIXED),
        ("y = 1; " + LOOP, "y = 1; x_ref = ray.put(x); " + FIXED),
        ("if y: " + LOOP, "if y: x_ref = ray.put(x); " + FIXED),
        (LOOP + "    # one\n    # two", PUT + FIXED + "    # one\n    # two"),
        (LOOP + "  \x0c\n # c\n", PUT + FIXED + "  \x0c\n # c\n"),
        ("\n\\\n\nq = 1\n" + LOOP, "\n\\\n\nq = 1\n" + PUT + FIXED),
        (LOOP.rstrip("\n") + "\r", PUT + FIXED.rstrip("\n") + "\r"),
        (LOOP + "y = 1" + " and 1" * 9000 + "\n", PUT + FIXED + "y = 1" + " and 1" * 9000 + "\n"),
    ],
)
def test_the_put_stands_above_and_the_rest_is_kept(before: str, after: str) -> None:
    result = fix_source(HEAD + before)
    assert result.problems == ()
    assert result.new_source == HEAD + after


def test_a_function_with_a_decorator_is_one_statement() -> None:
    source = HEAD + "@print\n@f\ndef g(a=[f.remote(x) for _ in range(2)]):\n    pass\n"
    assert fix_source(source).new_source == source.replace("@print", PUT + "@print").replace(
        "remote(x)", "remote(x_ref)"
    )


@pytest.mark.parametrize("above", ["\n", "\n# comment\n", "; ", '\n__version__ = "1"; '])
def test_an_import_goes_right_before_the_one_from_ray(above: str) -> None:
    head = f'"""Text."""\nfrom __future__ import annotations{above}from ray import remote\n'
    source = head + HEAD.replace(", ray", "").replace("ray.remote", "remote") + LOOP
    added = "import ray\n" if above.endswith("\n") else "import ray; "
    assert fix_source(source).new_source == (source.replace("from ray", f"{added}from ray").replace(LOOP, PUT + FIXED))


def test_a_byte_order_mark_is_kept() -> None:
    assert fix_source("\ufeff" + HEAD + LOOP).new_source == "\ufeff" + HEAD + PUT + FIXED
