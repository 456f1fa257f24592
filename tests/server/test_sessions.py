"""Sessions with the language server, as editors have them: over standard input and output."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES
from language_client import LONGEST, PLAIN, SERVER, Editor, at, run, whole
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from putfix.report import editor as words
from putfix.server import actions

HEAD = """\
import numpy as np
import ray


@ray.remote
def total(table, column):
    return table[:, column].sum()


"""
SAFE = f"""{HEAD}table = np.zeros((1000, 1000))
print(ray.get([total.remote(table, i) for i in range(10)]))
"""
FIXED = f"""{HEAD}table = np.zeros((1000, 1000))
table_ref = ray.put(table)
print(ray.get([total.remote(table_ref, i) for i in range(10)]))
"""
UNSAFE = f"""{HEAD}def run(table, columns):
    return ray.get([total.remote(table, i) for i in range(columns)])


def load(path):
    with open(path) as lines:
        return run(np.array([[float(word) for word in line.split()] for line in lines]), 10)
"""
IGNORED = SAFE.replace("range(10)]))\n", "range(10)]))  # putfix: ignore[hoist]\n")
LINKED = (FIXTURES / "rewritten" / "two_puts_before_one_statement.py").read_text().partition("# ---")[0]
"""Two hoists, of which one is not possible alone."""
HOIST, HOIST_ALL = "Hoist table into table_ref", "Hoist 1 value in this file"
IGNORE = "Ignore table here: # putfix: ignore[hoist]"


def codes(said: list[types.Diagnostic]) -> list[Any]:
    return [each.code for each in said]


def insertion(place: types.Position, text: str) -> types.TextEdit:
    return types.TextEdit(types.Range(place, place), text)


def test_from_opening_a_file_to_the_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Editor.session(tmp_path) as editor:
            uri = editor.open(tmp_path / "job.py", SAFE)
            [said] = await editor.told(uri)
            assert (said.code, said.source, said.severity) == ("hoist", "putfix", types.DiagnosticSeverity.Warning)
            assert said.message == (
                "table is about 8.0 MB (np.zeros((1000, 1000)), line 10), sent 10 times: 72 MB less to copy"
            )
            place = at(SAFE, "table, i")
            assert said.range == types.Range(place, types.Position(place.line, place.character + len("table")))
            assert [each.location.range.start.line for each in said.related_information or []] == [9]

            hover = await editor.hover(uri, place)
            assert hover is not None
            assert hover.startswith(r"**hoist**: table is about 8\.0 MB \(np\.zeros\(\(1000, 1000\)\), line 10\)")
            assert await editor.hover(uri, at(SAFE, "import ray")) is None

            offered = await editor.actions(uri, said.range)
            assert list(offered) == [HOIST, IGNORE, HOIST_ALL]
            assert [each.is_preferred for each in offered.values()] == [True, False, True]
            assert all(each.edit is None for each in offered.values())
            assert await editor.chosen(offered[HOIST]) == {uri: FIXED}
            assert await editor.chosen(offered[IGNORE]) == {uri: IGNORED}
            assert await editor.chosen(offered[HOIST_ALL]) == {uri: FIXED}

            elsewhere = await editor.actions(uri, types.Range(types.Position(0, 0), types.Position(0, 0)))
            assert list(elsewhere) == [HOIST_ALL]
            for only in ("source", "source.fixAll", "source.fixAll.putfix"):
                assert list(await editor.actions(uri, whole(SAFE), [only])) == [HOIST_ALL]
            assert list(await editor.actions(uri, whole(SAFE), ["quickfix"])) == [HOIST, IGNORE]
            assert await editor.actions(uri, whole(SAFE), ["source.organizeImports"]) == {}

            editor.replace(uri, FIXED)
            assert await editor.told(uri) == []
            editor.replace(uri, IGNORED)
            assert await editor.told(uri) == []
            editor.replace(uri, SAFE)
            assert codes(await editor.told(uri)) == ["hoist"]
            editor.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
            assert await editor.told(uri) == []
        assert (editor.code, editor.errors) == (0, b"")

    run(scenario())


def test_while_it_is_written(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Editor.session(tmp_path) as editor:
            uri = editor.open(tmp_path / "job.py", SAFE)
            old = await editor.actions(uri, whole(SAFE))
            assert codes(await editor.told(uri)) == ["hoist"]
            editor.type(uri, insertion(types.Position(0, 0), "def (:\n"))  # what is known stays
            assert await editor.actions(uri, whole(SAFE)) == {}
            assert await editor.hover(uri, types.Position(11, 34)) is None
            with pytest.raises(JsonRpcException) as refused:
                await editor.chosen(old[HOIST])
            assert refused.value.code == types.LSPErrorCodes.ContentModified
            # Several edits, the later ones in what the earlier ones made.
            editor.type(
                uri,
                types.TextEdit(types.Range(types.Position(0, 0), types.Position(1, 0)), ""),
                insertion(types.Position(0, 0), "# one\n\n"),
                insertion(types.Position(0, 5), " two"),
            )
            assert editor.texts[uri] == f"# one two\n\n{SAFE}"
            [said] = await editor.told(uri)
            assert said.range.start == at(editor.texts[uri], "table, i")
            offered = await editor.actions(uri, said.range)
            assert await editor.chosen(offered[HOIST]) == {uri: f"# one two\n\n{FIXED}"}
            broken = editor.open(tmp_path / "broken.py", "import ray\nray.remote(")
            assert await editor.actions(broken, whole("\n")) == {}
        assert (editor.code, editor.errors) == (0, b"")

    run(scenario())


def test_an_unsafe_fix_names_what_it_assumes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Editor.session(tmp_path) as editor:
            uri = editor.open(tmp_path / "job.py", UNSAFE)
            said = await editor.told(uri)
            assert [(each.code, each.severity) for each in said] == [
                ("size-unknown", types.DiagnosticSeverity.Information)
            ]
            hover = await editor.hover(uri, said[0].range.start)
            assert hover is not None
            assert "What you can do" in hover
            offered = await editor.actions(uri, said[0].range)
            assert list(offered) == [
                "Hoist table into table_ref (unsafe, assuming that it is large)",
                "Ignore table here: # putfix: ignore[size-unknown]",
            ]
            hoist, ignore = offered.values()
            assert not hoist.is_preferred
            assert hoist.diagnostics is not None
            assert codes(list(hoist.diagnostics)) == ["size-unknown"]
            [made] = (await editor.chosen(hoist)).values()
            command = [sys.executable, "-m", "putfix", "--apply", "--unsafe-fixes", "-", "--stdin-filename", "job.py"]
            applied = subprocess.run(
                command, input=UNSAFE, capture_output=True, text=True, check=True, timeout=LONGEST, cwd=tmp_path
            )
            assert made == applied.stdout != UNSAFE
            [made] = (await editor.chosen(ignore)).values()
            assert made == UNSAFE.replace("range(columns)])\n", "range(columns)])  # putfix: ignore[size-unknown]\n")

    run(scenario())


def test_the_settings_are_those_of_the_project(tmp_path: Path) -> None:
    async def scenario() -> None:
        config = tmp_path / "putfix.toml"
        changed = types.DidChangeWatchedFilesParams([types.FileEvent(config.as_uri(), types.FileChangeType.Changed)])
        async with Editor.session(tmp_path) as editor:
            uri = editor.open(tmp_path / "job.py", SAFE)
            assert codes(await editor.told(uri)) == ["hoist"]
            assert editor.registered == [types.WORKSPACE_DID_CHANGE_WATCHED_FILES]
            config.write_text('min-size = "1GB"\n')
            editor.workspace_did_change_watched_files(changed)
            assert await editor.told(uri) == []
            config.write_text("min-size = \n")  # as while it is being written
            editor.workspace_did_change_watched_files(changed)
            assert await editor.hover(uri, at(SAFE, "table, i")) is None
            assert await editor.actions(uri, whole(SAFE)) == {}
            [message] = editor.messages
            assert message.startswith("putfix.toml:1:12: error: not valid TOML: ")
            config.write_text("unsafe-fixes = true\n")
            assert list(await editor.actions(uri, whole(SAFE), ["quickfix"])) == [HOIST, IGNORE]
            config.write_text("min-size = \n")
            assert await editor.actions(uri, whole(SAFE)) == {}
            assert len(editor.messages) == 2
        assert (editor.code, editor.errors) == (0, b"")

    run(scenario())


def test_other_open_files_count_as_they_are_on_the_screen(tmp_path: Path) -> None:
    tools = "import numpy as np\n\n\ndef load():\n    return np.zeros((1000, {columns}))\n"
    job = SAFE.replace("import ray\n", "import ray\nfrom tools import load\n").replace(
        "np.zeros((1000, 1000))", "load()"
    )
    for name, text in (("tools.py", tools.format(columns=1)), ("job.py", job), ("pyproject.toml", "")):
        (tmp_path / name).write_text(text)

    async def scenario() -> None:
        async with Editor.session(tmp_path) as editor:
            uri = editor.open(tmp_path / "job.py", job)
            assert await editor.told(uri) == []
            other = editor.open(tmp_path / "tools.py", tools.format(columns=1))
            await editor.told(other)
            editor.replace(other, tools.format(columns=1000))
            assert HOIST in await editor.actions(uri, whole(job))
            editor.replace(other, tools.format(columns=2))
            assert HOIST not in await editor.actions(uri, whole(job))
            editor.replace(other, tools.format(columns=1000))
            editor.save(other, tmp_path / "tools.py")
            assert codes(await editor.told(uri)) == ["hoist"]
        assert (editor.code, editor.errors) == (0, b"")

    run(scenario())


@pytest.mark.parametrize("encodings", [["utf-8", "utf-16"], None], ids=str)
def test_columns_are_counted_as_the_editor_counts_them(tmp_path: Path, encodings: list[str] | None) -> None:
    # Form feeds end no line, and each of the characters is one, two, three or four units of some encoding.
    text = SAFE.replace("print(", 'print("aéह😀", ').replace("def total", "\fdef total").replace("\n", "\r\n")
    fixed = FIXED.replace("print(", 'print("aéह😀", ').replace("def total", "\fdef total").replace("\n", "\r\n")

    async def scenario() -> None:
        async with Editor.session(tmp_path, encodings=encodings) as editor:
            assert editor.encoding == (encodings or ["utf-16"])[0]
            uri = editor.open(tmp_path / "job.py", text)
            [said] = await editor.told(uri)
            place = at(text, "table, i", editor.encoding)
            assert said.range.start == place
            assert await editor.chosen((await editor.actions(uri, said.range))[HOIST]) == {uri: fixed}
            hover = await editor.hover(uri, types.Position(place.line, place.character + 5))
            assert hover is not None
            quote = at(text, '😀"', editor.encoding)
            editor.type(uri, insertion(quote, "😀\f"), insertion(types.Position(4, 0), "# \f \u2028 é\r\n"))
            [said] = await editor.told(uri)
            assert said.range.start == at(editor.texts[uri], "table, i", editor.encoding)
            [made] = (await editor.chosen((await editor.actions(uri, said.range))[HOIST])).values()
            assert made == fixed.replace("😀", "😀\f😀").replace("@ray", "# \f \u2028 é\r\n@ray")
        assert (editor.code, editor.errors) == (0, b"")

    run(scenario())


def test_an_editor_that_can_do_little(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with Editor.session(tmp_path, PLAIN) as editor:
            uri = editor.open(tmp_path / "job.py", SAFE)
            [said] = await editor.told(uri)
            assert said.related_information is None
            hover = await editor.hover(uri, said.range.start)
            assert hover is not None
            assert hover.startswith("hoist: table is about 8.0 MB (np.zeros((1000, 1000)), line 10)")
            offered = await editor.actions(uri, said.range)
            assert all(each.edit is not None and each.edit.changes for each in offered.values())
            assert await editor.chosen(offered[HOIST]) == {uri: FIXED}
            assert editor.registered == []
            # Nobody tells of changes on disk: opening, saving and closing are when it is read anew.
            (tmp_path / "putfix.toml").write_text('min-size = "1GB"\n')
            editor.save(uri, tmp_path / "job.py")
            assert await editor.told(uri) == []
            other = editor.open(tmp_path / "notes.txt", SAFE, "plaintext")
            assert await editor.actions(other, whole(SAFE)) == {}
            (tmp_path / "putfix.toml").unlink()
            linked = editor.open(tmp_path / "linked.py", LINKED)
            assert len(await editor.told(linked)) == 2
            offered = await editor.actions(linked, whole(LINKED), ["quickfix", actions.FIX_ALL])
            assert [title for title in offered if title.startswith("Hoist")] == [
                "Hoist y into y_ref",
                "Hoist 2 values in this file",
            ]
        assert (editor.code, editor.errors) == (0, b"")

    run(scenario())


def test_a_notebook(tmp_path: Path) -> None:
    cells = ["%matplotlib inline\n" + HEAD, "A table", "table = np.zeros((1000, 1000))", SAFE.splitlines()[-1]]
    kinds = [types.NotebookCellKind.Markup if text == "A table" else types.NotebookCellKind.Code for text in cells]
    uris = [f"vscode-notebook-cell:/work/lesson.ipynb#{number}" for number in range(len(cells))]
    languages = ["markdown" if text == "A table" else "python" for text in cells]

    async def scenario() -> None:
        async with Editor.session(tmp_path) as editor:
            editor.texts.update(zip(uris, cells, strict=True))
            editor.versions.update(dict.fromkeys(uris, 1))
            book = (tmp_path / "lesson.ipynb").as_uri()
            structure = [types.NotebookCell(kind, uri) for kind, uri in zip(kinds, uris, strict=True)]
            texts = [
                types.TextDocumentItem(uri, language, 1, text)
                for uri, language, text in zip(uris, languages, cells, strict=True)
            ]
            editor.notebook_document_did_open(
                types.DidOpenNotebookDocumentParams(
                    types.NotebookDocument(book, "jupyter-notebook", 1, structure), texts
                )
            )
            [said] = await editor.told(uris[3])
            assert said.message.startswith("table is about 8.0 MB (np.zeros((1000, 1000)), line 1 of cell 3)")
            assert [each.location.uri for each in said.related_information or []] == [uris[2]]
            offered = await editor.actions(uris[3], said.range)
            assert list(offered) == [HOIST, IGNORE, HOIST_ALL]
            fixed = "table_ref = ray.put(table)\n" + FIXED.splitlines()[-1]
            assert await editor.chosen(offered[HOIST]) == {uris[3]: fixed}
            assert await editor.chosen(offered[HOIST_ALL]) == {uris[3]: fixed}
            assert await editor.chosen(offered[IGNORE]) == {uris[3]: IGNORED.splitlines()[-1]}
            assert await editor.hover(uris[3], said.range.start) is not None

            # The cell of the table goes, and another text comes into the last one.
            array = types.NotebookCellArrayChange(2, 1)
            gone = types.NotebookDocumentCellChangeStructure(array, did_close=[types.TextDocumentIdentifier(uris[2])])
            end = len(cells[3])
            typed = types.NotebookDocumentCellContentChanges(
                types.VersionedTextDocumentIdentifier(2, uris[3]),
                [
                    types.TextDocumentContentChangePartial(
                        types.Range(types.Position(0, end), types.Position(0, end)), "#"
                    )
                ],
            )
            editor.versions[uris[3]] = 2
            editor.notebook_document_did_change(
                types.DidChangeNotebookDocumentParams(
                    types.VersionedNotebookDocumentIdentifier(2, book),
                    types.NotebookDocumentChangeEvent(
                        cells=types.NotebookDocumentCellChanges(structure=gone, text_content=[typed])
                    ),
                )
            )
            assert codes(await editor.told(uris[3])) == []
            editor.notebook_document_did_close(
                types.DidCloseNotebookDocumentParams(
                    types.NotebookDocumentIdentifier(book), [types.TextDocumentIdentifier(uri) for uri in uris]
                )
            )
            assert await editor.told(uris[3]) == []
        assert (editor.code, editor.errors) == (0, b"")

    run(scenario())


def message(method: str, number: int | None = None, **params: Any) -> bytes:
    content = {"jsonrpc": "2.0", "method": method, **({"id": number} if number else {}), "params": params}
    body = json.dumps(content).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def test_the_end_of_the_input_ends_it() -> None:
    asked = message("initialize", 1, capabilities={}, processId=None, rootUri=None)
    ended = subprocess.run(SERVER, input=asked, capture_output=True, timeout=LONGEST, check=False)
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert b'"codeActionProvider"' in ended.stdout


def test_ctrl_c_ends_it(tmp_path: Path) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(SERVER, cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        assert server.stderr is not None
        server.stdin.write(message("initialize", 1, capabilities={}, processId=None, rootUri=None))
        server.stdin.flush()
        server.stdout.readline()
        server.send_signal(signal.SIGINT)
        assert server.wait(LONGEST) == -signal.SIGINT  # while its input is still open
        assert server.stderr.read() == b""


def test_a_killed_editor_ends_it(tmp_path: Path) -> None:
    editing = (
        "import subprocess, sys, time\n"
        f"server = subprocess.Popen({SERVER!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        f"server.stdin.write({message('initialize', 1, capabilities={}, processId=None, rootUri=None)!r})\n"
        "server.stdin.flush()\n"
        "server.stdout.readline()\n"
        "print(server.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    editor = subprocess.Popen([sys.executable, "-c", editing], stdout=subprocess.PIPE, cwd=tmp_path)
    assert editor.stdout is not None
    with editor:
        server = int(editor.stdout.readline())
        editor.send_signal(signal.SIGKILL)
    until = time.monotonic() + LONGEST
    while is_running(server) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_running(server)


def is_running(process: int) -> bool:
    """Whether a process runs, and is not only remembered since nobody has asked for its exit code."""
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_without_its_library_it_says_what_to_install() -> None:
    hiding = (
        "import importlib.util, sys\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'pygls' else find(name, *rest)\n"
        "from putfix.server.__main__ import main\n"
        "main(prog_name='putfix-server')\n"
    )
    ended = subprocess.run([sys.executable, "-c", hiding], capture_output=True, text=True, timeout=LONGEST, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", f"{words.NO_PYGLS}\n")
