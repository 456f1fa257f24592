"""Completion in real shells on a pseudo-terminal, set up as the help says, and used with the Tab key."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from terminal import Terminal

from putfix.help import COMPLETION

SHELLS = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
BEFORE = {"zsh": "autoload -Uz compinit; compinit -u -D; "}
"""What the configuration of a shell has above."""


def set_up(shell: str) -> str:
    """The command of the help that makes a shell complete."""
    (command,) = (each for each in COMPLETION if f"{shell}_source" in each)
    return BEFORE.get(shell, "") + command


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_options_codes_and_paths(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "large_job.py").write_text("import ray\n", encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(tmp_path), "PS1": "$ "}
    with Terminal(tmp_path, command=SHELLS[shell], environment=environment) as terminal:
        terminal.send(f"{set_up(shell)}; echo re''ady\n")
        terminal.wait_for("ready")
        for typed, completed in (("putfix --expl", "ain"), ("never-u", "sed")):
            terminal.send(f"{typed}\t")
            terminal.wait_for(completed)
        terminal.send("\n")
        terminal.wait_for("What you can do:")
        terminal.send("putfix --verbose lar\t")
        terminal.wait_for("ge_job.py")
        terminal.send("\n")
        terminal.wait_for("(1 file checked).")
        terminal.send("exit\n")
        terminal.finish()
