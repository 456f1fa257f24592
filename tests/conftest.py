"""What the tests share: the cases under ``fixtures/``, and one Ray cluster for the session."""

from __future__ import annotations

import compileall
import contextlib
import gc
import io
import pickle
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import putfix

FIXTURES = Path(__file__).parent / "fixtures"
MARKER = "# --- becomes ---\n"


@dataclass(frozen=True)
class Case:
    """A file under ``fixtures/``: an input, and what it becomes, or the codes of the obstacles that keep it."""

    name: str
    source: str
    expected: str
    obstacles: tuple[str, ...]


def read_case(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    source, marker, expected = text.partition(MARKER)
    if marker:
        return Case(path.stem, source, expected, ())
    first = text.partition("\n")[0]
    assert first.startswith("# left:"), f"{path} has neither the marker nor a first line '# left: codes'"
    return Case(path.stem, text, text, tuple(first.removeprefix("# left:").split()))


def serialized_bytes(value: object) -> int:
    """The bytes of a value as Ray serializes it: pickle protocol 5, buffers out of band."""
    from ray import cloudpickle

    buffers: list[pickle.PickleBuffer] = []
    data = cloudpickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    return len(data) + sum(len(buffer.raw()) for buffer in buffers)


def cases(folder: str) -> list[Case]:
    return [read_case(path) for path in sorted((FIXTURES / folder).glob("*.py"))]


def pytest_configure(config: pytest.Config) -> None:
    """Compile putfix once, also where Python is told to keep nothing: many tests start it."""
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(putfix.__path__[0], quiet=1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one process run all tests of a real Ray: there is one cluster then. They come first, as they take longest."""
    for item in items:
        if item.get_closest_marker("ray") is not None:
            item.add_marker(pytest.mark.xdist_group("ray"))
    items.sort(key=lambda item: item.get_closest_marker("ray") is None)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave the user's cache alone."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PUTFIX_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


def pytest_collection_finish() -> None:
    """Spare the collector of cycles all that is there for good: :func:`execute` asks it often."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def cluster() -> Iterator[None]:
    """One Ray for all tests that need it."""
    import ray

    ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False, object_store_memory=3 * 10**9)
    gc.freeze()
    yield
    ray.shutdown()


def let_named_actors_go() -> None:
    """Wait until those whose handles are gone have ended: until then, the next program gets them by their names."""
    from ray.util import list_named_actors

    until = time.monotonic() + 10
    while list_named_actors(all_namespaces=True) and time.monotonic() < until:
        time.sleep(0.02)


@pytest.fixture
def execute(cluster: None) -> Callable[[str], str]:
    """Run a program on the cluster; what it prints is returned, and so is the exception that ended it."""

    def run(source: str) -> str:
        printed = io.StringIO()
        namespace = {"__name__": "__main__"}
        with contextlib.redirect_stdout(printed):
            try:
                exec(compile(source, "<case>", "exec"), namespace)
            except Exception as error:
                print(f"{type(error).__name__}: {error}")
        namespace.clear()
        gc.collect()  # actors go when their handles do
        if "name=" in source:
            let_named_actors_go()
        return printed.getvalue()

    return run
