"""Progress bars: they hand on what they iterate over."""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_BARS = (*names("tqdm", "tqdm trange"), *names("tqdm.auto", "tqdm trange"), *names("tqdm.std", "tqdm trange"))
_SOURCE = "tqdm documentation"

LIBRARY = Library(
    producers=(Producers(_BARS, "tqdm.tqdm", _SOURCE, size="unknown"),),
    reads=(Reads(_BARS, _SOURCE, result="view"),),
    methods=(
        Methods(
            "tqdm.tqdm",
            _SOURCE,
            once=True,
            reads=("close", "refresh", "set_description", "set_postfix", "update", "write"),
            acting=("close", "refresh", "set_description", "set_postfix", "update", "write"),
        ),
    ),
)
