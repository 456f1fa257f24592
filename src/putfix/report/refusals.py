"""What is said where something that the command line or a configuration names cannot be used, and of settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from putfix.codes import CODES
from putfix.report.words import did_you_mean, one_line, shown
from putfix.settings import Governed, Settings

NO_NAME = "<stdin>"
"""What a source from standard input is called that was given no name."""
NO_OUTPUT = "putfix: error: standard output is closed"
NO_INPUT = "putfix: error: standard input is closed"
IS_AN_INPUT = "it is one of the files that are checked, not written"
"""What is said where a report would take the place of what it is about."""


def failure(error: OSError) -> str:
    """The line about something that failed outside any file: a stream, the current directory."""
    return f"putfix: error: {one_line(error.strerror or str(error))}"


def usage_error(message: str) -> str:
    """The line about a command line that cannot be understood, or whose options do not go together."""
    return f"Error: {one_line(message)}"


def no_trace(path: Path, error: Exception) -> str:
    """What is said of a trace that cannot be read."""
    if isinstance(error, OSError):
        return f"putfix: error: the trace {shown(path)} cannot be read: {one_line(error.strerror or str(error))}"
    return f"putfix: error: {one_line(str(error))}"


def no_library(name: str, library: str, extra: str) -> str:
    """What is said of a format that needs a library which is not installed."""
    return f"putfix: error: --output-format {name} needs {library}: pip install 'putfix[{extra}]'"


SIZE_FORMS = "a number of bytes, or one with a unit, such as 500KB, 1.5MB or 1GiB"
"""How a size is written."""


def not_a_size(text: str) -> str:
    """What is said of a size on the command line that is none."""
    return f'"{text}" is not {SIZE_FORMS}.'


def not_a_size_in(key: str, value: str) -> str:
    """What is said of a size in a configuration file that is none."""
    return f"{key} must be {SIZE_FORMS}, not {value}"


NO_BASELINE = "not a baseline of putfix; --update-baseline writes one"
"""What is said of a file that holds something else."""
IN_CONFLICT = "it has a conflict of a merge in it; take one side of it, then --update-baseline"
"""What is said of a baseline that Git could not merge."""


def not_json(reason: str) -> str:
    """What is said of a baseline that cannot be parsed."""
    return f"not valid JSON: {reason}"


def other_version(version: object) -> str:
    """What is said of a baseline of another format."""
    return f"a baseline of version {version}, which this putfix does not read"


def no_baseline(path: Path, error: Exception) -> str:
    """What is said of a baseline that cannot be used."""
    reason = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    hint = "; --update-baseline makes it" if isinstance(error, FileNotFoundError) else ""
    return f"putfix: error: the baseline {shown(path)}: {one_line(reason)}{hint}"


def no_cluster(error: Exception) -> str:
    """What is said of a Ray cluster that there is not, or that does not work."""
    return f"putfix: error: --on-ray: {one_line(str(error))}"


def worker_died(how: str) -> str:
    """What is said of a file whose task on a cluster ended again and again without a result."""
    return f"not checked: the workers that did so died ({how})"


def no_repository(reason: str) -> str:
    """What is said of a place that is in no repository of Git's."""
    return f"--diff-base needs a Git repository, and Git says: {one_line(reason)}"


def no_revision(revision: str) -> str:
    """What is said of a revision that names no commit."""
    return f'--diff-base: "{one_line(revision)}" is no commit of this repository'


def no_git(error: OSError) -> str:
    """What is said where Git's command cannot be run."""
    return f"--diff-base needs git, which cannot be run: {one_line(error.strerror or str(error))}"


def unknown_key(key: str, known: Iterable[str], *, table: str) -> str:
    """What is said of a key that ``table`` of a configuration file cannot have; the one that was probably meant."""
    where = f" in [{table}]" if table else ""
    if key == "tool" and not table:
        return 'unknown key "tool"; in this file the keys stand by themselves, without [tool.putfix]'
    hint = did_you_mean(key, known) or f"; the keys are {', '.join(sorted(known))}"
    return f'unknown key "{key}"{where}{hint}'


def wrong_type(key: str, wanted: str, found: object) -> str:
    """What is said of a value of a configuration file that is of another type than ``wanted``."""
    return f"{key} must be {wanted}, not {_type_in_toml(found)}"


def not_a_name(key: str, text: str) -> str:
    """What is said of a pattern that can match no qualified name."""
    return f'{key} holds "{text}", which is no name of a function or class, such as mylib.Model or mylib.load_*'


def shown_settings(path: Path, governed: Governed) -> str:
    """The settings for a file as a ``putfix.toml`` would have them, below what they come from."""
    import json

    source = ", which extends ".join(shown(each) for each in governed.files) or "no configuration file"
    patterns = "".join(f', per-path "{one_line(pattern)}"' for pattern in governed.patterns)
    values = ((each.name.replace("_", "-"), getattr(governed.settings, each.name)) for each in fields(Settings))
    lines = (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values)  # it is TOML as well
    return "\n".join([f"# {shown(path)}: {source}{patterns}", *lines])


def not_a_code(key: str, text: str) -> str:
    """What is said of a code in a configuration file that there is not."""
    return f'{key} holds "{text}", which is no code{code_instead_of(text)}'


def code_instead_of(text: str, codes: Iterable[str] = CODES) -> str:
    """What is said after the name of a code that there is not: the one of the ``codes`` that was probably meant, or
    where all are."""
    return did_you_mean(text, codes) or "; --list-codes shows them"


def not_a_path(key: str, text: str) -> str:
    """What is said of a pattern that can match no path."""
    return f'{key} has "{text}", which matches no path; write patterns as in .gitignore, such as "tests/**"'


NO_CONFIGURATION = "no configuration: there is no such file, or it has no table [tool.putfix]"


def extends_nothing(text: str) -> str:
    """What is said of a file that is to be extended, and is no configuration file."""
    return f'extend names "{text}": {NO_CONFIGURATION}'


def extends_itself(text: str) -> str:
    """What is said of a file that is extended by one that it extends."""
    return f'extend names "{text}", which leads back to this file'


def not_toml(reason: str) -> str:
    """What is said of a configuration file that cannot be parsed."""
    return f"not valid TOML: {reason}"


def _type_in_toml(value: object) -> str:
    """The type of a value, in the words of TOML's specification."""
    words = {str: "a string", bool: "a boolean", int: "an integer", float: "a float", list: "an array", dict: "a table"}
    return words.get(type(value), "a date or time")
