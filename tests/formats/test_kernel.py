"""A notebook prints the same in the ordinary kernel, on a real Ray."""

from __future__ import annotations

from pathlib import Path

import pytest

from putfix import fix_source
from putfix.formats import notebooks

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
pytest.importorskip("ipykernel")
pytestmark = [pytest.mark.ray, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

LESSON = Path(__file__).parents[1] / "fixtures" / "notebooks" / "lesson.ipynb"


def printed(text: str) -> list[str]:
    """What the cells of a notebook print and show, but for the times."""
    notebook = nbformat.reads(text, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    outputs = [output for output in outputs if output.get("name") != "stderr"]
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]
    lines = [line for text in texts for line in text.splitlines()]
    return [line for line in lines if not line.startswith(("CPU times", "Wall time", "RayContext"))]


def test_a_notebook_prints_the_same() -> None:
    text = LESSON.read_text(encoding="utf-8")
    result = fix_source(text, read=notebooks.read)
    assert [cell.number for cell in result.changed_cells] == [5, 8]
    before = printed(text)
    assert any("499500000.0" in line for line in before)
    assert printed(result.new_source) == before
