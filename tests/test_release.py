"""What is released: it installs from a wheel and from a source distribution, on the oldest and the newest Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import pytest
import yaml
from installing import ROOT, copy_sources, install

import putfix

SOURCE = """\
import numpy as np
import ray

f = ray.remote(lambda a, i: i)
x = np.zeros((500, 500))
futures = [f.remote(x, i) for i in range(10)]
"""
FIXED = SOURCE.replace("futures", "x_ref = ray.put(x)\nfutures").replace("remote(x,", "remote(x_ref,")
SMOKE = """\
import importlib.metadata
import importlib.resources
import sys
import putfix

assert putfix.__file__.startswith(sys.prefix), putfix.__file__
assert importlib.metadata.version("putfix") == putfix.__version__
for name in putfix.__all__:
    getattr(putfix, name)
source = open("job.py").read()
print(putfix.fix_source(source).new_source, end="")
from putfix.codemod import HoistRayPut
"""
"""What runs in a fresh environment, without any of the tests' packages."""
OLDEST, NEWEST = (3, 10), (3, 14)


def interpreters() -> tuple[Path, Path]:
    """The oldest and the newest supported Python of this machine, which may be one."""
    found = {sys.version_info.minor: Path(sys.executable)}
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(OLDEST[1], NEWEST[1] + 1):
        name = f"python3.{minor}"
        places = [*pyenv.glob(f"3.{minor}.*/bin/{name}"), Path(shutil.which(name) or sys.executable)]
        for each in places:
            if _is_version(each, minor):
                found[minor] = each
    return found[min(found)], found[max(found)]


def _is_version(interpreter: Path, minor: int) -> bool:
    """Whether it is what it is called; a shim may lead nowhere."""
    command = [str(interpreter), "-c", "import sys, venv; print(sys.version_info.minor)"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return run.stdout.strip() == str(minor)


def metadata_of(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return BytesParser().parsebytes(archive.read(name))


def data_of_the_package() -> set[str]:
    """All that belongs to the package."""
    package = ROOT / "src" / "putfix"
    files = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT / "src").as_posix() for path in files}


def test_the_changelog_begins_with_the_version() -> None:
    heading = next(line for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines() if line.startswith("## "))
    assert heading.split()[1] == putfix.__version__


@pytest.mark.installs
@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_the_wheel_and_the_action_in_the_sources_install_and_work(tmp_path: Path) -> None:
    copy_sources(tmp_path / "sources")
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        str(tmp_path / "dist"),
        str(tmp_path / "sources"),
    ]
    install(command)
    (wheel,), (archive,) = (sorted((tmp_path / "dist").glob(each)) for each in ("*.whl", "*.tar.gz"))

    with zipfile.ZipFile(wheel) as contents:
        packed = {name for name in contents.namelist() if ".dist-info/" not in name}
    assert packed == data_of_the_package()
    assert {"putfix/py.typed", "putfix/putfix.schema.json"} <= packed
    with tarfile.open(archive) as sources:
        names = {name.partition("/")[2] for name in sources.getnames()}
    assert {f"src/{name}" for name in packed} | {"README.md", "LICENSE", "CHANGELOG.md", "pyproject.toml"} <= names

    metadata = metadata_of(wheel)
    assert metadata["Version"] == putfix.__version__
    assert metadata["Requires-Python"] == f">=3.{OLDEST[1]}"
    assert metadata["License-Expression"] == "Apache-2.0"
    supported = {f"Programming Language :: Python :: 3.{minor}" for minor in range(OLDEST[1], NEWEST[1] + 1)}
    assert supported <= set(metadata.get_all("Classifier", []))

    oldest, newest = interpreters()
    with tarfile.open(archive) as sources:
        sources.extractall(tmp_path, filter="data")
    smoke(install_as_action(oldest, tmp_path / archive.name.removesuffix(".tar.gz"), tmp_path), tmp_path)
    smoke(install_as_wheel(newest, wheel, tmp_path), tmp_path)


def install_as_action(interpreter: Path, sources: Path, folder: Path) -> Path:
    """Let the action of GitHub, which the sources hold, install itself. Gives where commands are."""
    steps = yaml.safe_load((sources / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    for name in ("bin", "temporary"):
        (folder / name).mkdir()
    (folder / "bin" / "python3").symlink_to(interpreter)
    of_runner = {"RUNNER_TEMP": str(folder / "temporary"), "GITHUB_ACTION_PATH": str(sources), "PUTFIX_VERSION": ""}
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    install(["bash", "-eo", "pipefail", "-c", steps[0]["run"]], env={**os.environ, **of_runner, "PATH": path})
    return folder / "temporary" / "putfix" / "bin"


def install_as_wheel(interpreter: Path, wheel: Path, folder: Path) -> Path:
    """Install a wheel in a fresh environment. Gives where commands are."""
    environment = folder / "environment"
    subprocess.run([str(interpreter), "-m", "venv", "--without-pip", str(environment)], timeout=120, check=True)
    scripts = environment / "bin"
    install([sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", "-q", str(wheel)])
    return scripts


def smoke(scripts: Path, folder: Path) -> None:
    """Use what is installed, and nothing else."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    job = folder / "job.py"
    job.write_text(SOURCE, encoding="utf-8")

    def run(*command: str) -> str:
        ran = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, timeout=60, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    assert run(str(scripts / "putfix"), "--version").split()[-1] == putfix.__version__
    assert run(str(scripts / "python"), "-W", "error", "-c", SMOKE) == FIXED
    assert "+x_ref = ray.put(x)" in run(str(scripts / "putfix"), "--apply", "job.py")
    assert job.read_text(encoding="utf-8") == FIXED
