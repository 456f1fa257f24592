"""Progress bars: they hand on what they iterate over."""

from putfix.knowledge.rows import Library, Reads, names

LIBRARY = Library(
    reads=(
        Reads(
            (*names("tqdm", "tqdm trange"), *names("tqdm.auto", "tqdm trange"), *names("tqdm.std", "tqdm trange")),
            "tqdm documentation",
            result="view",
        ),
    ),
)
