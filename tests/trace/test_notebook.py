"""A notebook that runs through the ordinary kernel is recorded too, with its tasks."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from putfix.trace.records import by_file, cell_name, read

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SENDS = "\n\nfor _ in range(3):\n    f.remote('ü', x)\n"
NESTED = "@ray.remote\ndef outer(x):\n    return ray.get([f.remote(x) for _ in range(2)])\nray.get(outer.remote(x))"
CELLS = [
    "{begin}",
    "import ray\nray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, object_store_memory=10**8)",
    "@ray.remote(num_cpus=0.1)\ndef f(*args): return 1\nx = list(range(100))",
    SENDS,
    SENDS,
    NESTED,
    "import time\ntime.sleep(3)",  # a worker that Ray ends has half a second less to tell
    "{end}",
    SENDS + "# not recorded\nray.shutdown()",
]


def execute(directory: Path, begin: str, end: str) -> list[str]:
    """Run the notebook; what its cells print."""
    sources = [source.format(begin=begin, end=end) if "{" in source else source for source in CELLS]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = nbclient.NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(directory)}}
    )
    client.execute()
    printed: list[dict[str, Any]] = [output for cell in notebook.cells for output in cell.outputs]
    return [output.get("text", "") for output in printed if output.get("name") == "stdout"]


def test_cells_are_recorded(tmp_path: Path) -> None:
    assert execute(tmp_path, "%load_ext putfix", "%unload_ext putfix") == []
    found = by_file(read(tmp_path / "putfix-trace.jsonl"))
    # Two cells with the same source are one, run twice.
    first, second = sorted(found[cell_name(SENDS)], key=lambda record: str(record.argument))
    assert (first.site.line, first.site.column, first.argument, first.counts.kinds) == (2, 4, 0, {"str": 6})
    assert (second.argument, second.counts.sends, second.counts.repeats, second.counts.again) == (1, 6, 4, 1)
    nested = {record.site.line: record.counts for record in found[cell_name(NESTED)]}
    assert nested[3].sends == 2  # in the worker
    assert nested[4].sends == 1
    assert set(found) == {cell_name(SENDS), cell_name(NESTED)}


def test_a_plain_python_may_import_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess

    program = "import putfix.trace.notebook\nimport putfix.trace.notebook as n\nn.start(); n.stop(); n.stop()"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert re.fullmatch("", done.stdout + done.stderr)
    assert not read(tmp_path / "putfix-trace.jsonl").counts
