"""Real editors, set up as the documentation says, without a screen; skipped where they are not installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_sessions import FIXED, SAFE

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "editors.md"
LONGEST = 60

# Whatever a wait is for, it ends when the test does.
LUA = """
local function text() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\\n") .. "\\n" end
local function wait(for_what) assert(vim.wait(30000, for_what, 20)) end
local function said() return vim.diagnostic.get(0)[1] end
wait(said)
io.write(said().code, " ", said().message, "\\n")
vim.api.nvim_win_set_cursor(0, { said().lnum + 1, said().col })
vim.lsp.buf.code_action({ filter = function(action) return action.title:match("^Hoist table") end, apply = true })
wait(function() return text():match("table_ref") and not said() end)
io.write(text())
vim.cmd("silent undo")
vim.api.nvim_buf_set_lines(0, 0, 0, false, { "# 😀" })
wait(function() return said() and said().lnum == 11 end)
vim.lsp.buf.code_action({ context = { only = { "source.fixAll.putfix" }, diagnostics = {} }, apply = true })
wait(function() return text():match("table_ref") end)
io.write(text())
vim.cmd("qall!")
"""
WRITING = """
assert(vim.wait(30000, function() return vim.diagnostic.get(0)[1] end, 20))
vim.cmd("silent write")
io.write(table.concat(vim.fn.readfile("job.py"), "\\n"), "\\n", tostring(vim.bo.modified))
vim.cmd("qall!")
"""
LISP = """
(setq eglot-sync-connect 30 create-lockfiles nil)
(defun text () (buffer-substring-no-properties (point-min) (point-max)))
(defun wait (for-what) (while (not (funcall for-what)) (accept-process-output nil 0.05) (flymake-start)))
(find-file "job.py")
(python-mode)
(apply 'eglot--connect (eglot--guess-contact))
(eglot--managed-mode 1)
(flymake-mode 1)
(wait 'flymake-diagnostics)
(princ (concat (flymake-diagnostic-text (car (flymake-diagnostics))) "\\n"))
(goto-char (flymake-diagnostic-beg (car (flymake-diagnostics))))
(let* ((server (eglot--current-server-or-lose)) (action (elt (eglot-code-actions (point) (point)) 0)))
  (eglot--apply-workspace-edit
   (or (plist-get action :edit) (plist-get (jsonrpc-request server :codeAction/resolve action) :edit)))
  (princ (text))
  (eglot--signal-textDocument/didChange) ; which waits for the user to rest, and here is none
  (wait (lambda () (null (flymake-diagnostics))))
  (eglot-shutdown server))
(set-buffer-modified-p nil)
"""


def blocks_for(language: str) -> list[str]:
    """The lines of a language in the documentation."""
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)


def edited(folder: Path, command: list[str], files: dict[str, str]) -> str:
    """What an editor prints that works on a file in ``folder``."""
    (folder / "bin").mkdir()
    server = folder / "bin" / "putfix-server"
    server.write_text(f'#!/bin/sh\nexec {sys.executable} -m putfix.server "$@"\n')
    server.chmod(0o755)
    for name, text in {"job.py": SAFE, "putfix.toml": "", **files}.items():
        (folder / name).write_text(text)
    environment = {**os.environ, "PATH": f"{server.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def version(*command: str) -> tuple[int, ...]:
    """The version that an editor prints; none where it is not installed."""
    if shutil.which(command[0]) is None:
        return ()
    printed = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", printed)
    return (int(found[1]), int(found[2])) if found is not None else ()


def test_neovim(tmp_path: Path) -> None:
    if version("nvim", "--version") < (0, 11):
        pytest.skip("needs Neovim 0.11")
    command = ["nvim", "--headless", "--clean", "-u", "init.lua", "-c", "luafile session.lua", "job.py"]
    printed = edited(tmp_path, command, {"init.lua": blocks_for("lua")[0], "session.lua": LUA})
    said, _, texts = printed.partition("\n")
    assert said.startswith("hoist table is about 8.0 MB")
    assert texts == f"{FIXED}# 😀\n{FIXED}"


def test_neovim_hoists_all_in_what_it_writes(tmp_path: Path) -> None:
    if version("nvim", "--version") < (0, 11):
        pytest.skip("needs Neovim 0.11")
    command = ["nvim", "--headless", "--clean", "-u", "init.lua", "-c", "luafile session.lua", "job.py"]
    both = "".join(blocks_for("lua"))
    assert edited(tmp_path, command, {"init.lua": both, "session.lua": WRITING}) == f"{FIXED}false"


def test_emacs(tmp_path: Path) -> None:
    has_eglot = ["emacs", "--batch", "--eval", "(progn (package-initialize) (require 'eglot))"]
    if not version("emacs", "--version") or subprocess.run(has_eglot, capture_output=True, check=False).returncode:
        pytest.skip("needs Emacs with Eglot")
    command = ["emacs", "--batch", "--eval", "(package-initialize)", "-l", "init.el", "-l", "session.el"]
    printed = edited(tmp_path, command, {"init.el": blocks_for("elisp")[0], "session.el": LISP})
    said, _, text = printed.partition("\n")
    assert "table is about 8.0 MB" in said
    assert text == FIXED
