"""What putfix knows about libraries: data, one module a library, read when a file first needs it."""

from __future__ import annotations

import functools
import importlib
import sys

from putfix.knowledge.rows import Library, Methods, Producers, Reads

_MODULES = {
    "anndata": "anndata_tables",
    "PIL": "pillow_images",
    "builtins": "python_builtins",
    "cv2": "opencv_images",
    "datasets": "hugging_face",
    "jax": "jax_arrays",
    "joblib": "python_standard",
    "keras": "keras_models",
    "networkx": "networkx_graphs",
    "numpy": "numpy_arrays",
    "pandas": "pandas_frames",
    "polars": "polars_frames",
    "pyarrow": "arrow_tables",
    "ray": "ray_core",
    "scanpy": "anndata_tables",
    "scipy": "scipy_sparse",
    "sentence_transformers": "hugging_face",
    "sklearn": "sklearn_estimators",
    "tensorflow": "keras_models",
    "timm": "vision_models",
    "torch": "torch_tensors",
    "torchvision": "vision_models",
    "tqdm": "progress_bars",
    "transformers": "hugging_face",
    "xarray": "xarray_datasets",
}
_STANDARD = (
    "abc asyncio cloudpickle collections contextlib copy dataclasses datetime dill functools gc gzip hashlib io "
    "itertools json logging math os pathlib pickle pprint random re secrets statistics string sys tempfile threading "
    "time traceback typing uuid warnings"
)
_MODULES.update(dict.fromkeys(_STANDARD.split(), "python_standard"))
_USUAL_NAMES = frozenset({"datasets"})
"""Packages with a name that programs often give to a module of their own."""


@functools.cache
def _library(package: str) -> Library | None:
    module = _MODULES.get(package)
    if module is None:
        return None
    library = importlib.import_module(f"putfix.knowledge.{module}").LIBRARY
    assert isinstance(library, Library)
    return library


@functools.cache
def producer(qualified: str) -> Producers | None:
    """The row of the function with this qualified name, if its results are large or measurable."""
    library = _library(qualified.partition(".")[0])
    rows = library.producers if library else ()
    return next((row for row in rows if qualified in row.names), None)


@functools.cache
def reads(qualified: str) -> Reads | None:
    """The row of the function with this qualified name, if it only reads its arguments."""
    library = _library(qualified.partition(".")[0])
    rows = library.reads if library else ()
    return next((row for row in rows if qualified in row.names), None)


@functools.cache
def is_repeatable(qualified: str) -> bool:
    """Whether the function does nothing but compute its result from its arguments, the same every time."""
    library = _library(qualified.partition(".")[0])
    return library is not None and qualified in library.repeatable


@functools.cache
def methods(kind: str) -> Methods | None:
    """What is known about the methods of a type; None for a type that no library lists."""
    library = _library(kind.partition(".")[0])
    rows = library.methods if library else ()
    return next((row for row in rows if row.kind == kind), None)


@functools.cache
def is_iterable_again(kind: str | None) -> bool:
    """Whether objects of the type can be iterated over again and again."""
    if kind is None or not is_known_package(kind):
        return False
    row = methods(kind)
    return row is None or not row.once


@functools.cache
def is_large_type(kind: str) -> bool:
    """Whether objects of the type are normally larger than 100 KB."""
    library = _library(kind.partition(".")[0])
    return library is not None and kind in library.large_types


@functools.cache
def writes_through(qualified: str) -> bool:
    """Whether the function gives writable access to memory that NumPy marks read-only."""
    library = _library(qualified.partition(".")[0])
    return library is not None and qualified in library.writes_through


@functools.cache
def writing_through(package: str) -> frozenset[str]:
    """The last parts of the names of the functions in a package that do so."""
    library = _library(package)
    return frozenset(name.rpartition(".")[2] for name in library.writes_through) if library is not None else frozenset()


def is_known_package(name: str) -> bool:
    """Whether importing the module ``name`` runs no code of the user's."""
    package = name.partition(".")[0]
    listed = package in _MODULES and package not in _USUAL_NAMES
    return listed or package in sys.stdlib_module_names


@functools.cache
def is_plain_manager(qualified: str) -> bool:
    """Whether what this function returns is a context manager that suppresses no exception."""
    library = _library(qualified.partition(".")[0])
    return library is not None and qualified in library.managers
