"""The examples, before and after, on real Ray: the same output, fewer objects."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from object_store import stored_bytes

from putfix import fix_source

EXAMPLES = Path(__file__).parent.parent / "examples"
pytestmark = pytest.mark.ray


TABLE = 200_000_000


def test_one_object_is_stored_instead_of_ten(execute: Callable[[str], str]) -> None:
    result = fix_source((EXAMPLES / "large_argument.py").read_text(encoding="utf-8"))
    assert result.changed
    start = stored_bytes()
    before = execute(result.source)
    middle = stored_bytes()
    after = execute(result.new_source)
    end = stored_bytes()
    assert after == before
    assert before.startswith("[")
    assert ((middle - start) // TABLE, (end - middle) // TABLE) == (10, 1)
    assert (end - middle) % TABLE < 1_000_000


@pytest.mark.parametrize("name", ["weights_of_each_epoch.py"])
def test_an_example_prints_the_same_on_a_ray_of_its_own(name: str, tmp_path: Path) -> None:
    source = (EXAMPLES / name).read_text(encoding="utf-8")
    result = fix_source(source)
    assert result.changed
    printed = []
    for version, text in (("before", result.source), ("after", result.new_source)):
        path = tmp_path / f"{version}.py"
        path.write_text(text, encoding="utf-8")
        environment = {**os.environ, "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
        run = subprocess.run(
            [sys.executable, str(path)], capture_output=True, text=True, timeout=180, check=True, env=environment
        )
        printed.append(run.stdout)
    assert printed[0] == printed[1] != ""
