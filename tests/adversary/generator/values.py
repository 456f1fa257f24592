"""The values that programs send: their kinds, how they are made, and where they are kept."""

from __future__ import annotations

from dataclasses import dataclass

ARRAYS = (
    "np.full((120, 120), {k}.0)",
    "np.full((120, 120), {k}.5)",
    "np.zeros((120, 120))",
    "np.ones((120, 120)) * {k}",
    "np.full((120, 120), {k}.0).copy()",
    "np.full((120, 120), {k}.25)",
    "np.eye(120) + {k}",
    "np.eye(120) * {k}.5",
    "np.eye(120) - {k}",
    "np.random.rand(120, 120)",
    "ray.get(ray.put(np.full((120, 120), {k}.0)))",
)
VARIED = ("np.eye(120) + {k}", "np.random.rand(120, 120)", "np.eye(120) * {k}.5")
"""Those whose order matters."""

FRESH = {
    "array": ARRAYS,
    "rows": (
        "[np.full((120, 120), {k}.0), np.full((120, 120), {k}.5)]",
        "[np.full((120, 120), {k}.0) for _ in range(2)]",
    ),
    "pair": ("(np.full((120, 120), {k}.0), {k})", "(np.full((120, 120), {k}.0), [{k}])"),
    "table": ('{{"a": np.full((120, 120), {k}.0)}}', '{{"a": np.full((120, 120), {k}.0), "b": {k}}}'),
    "list": ("[{k}.5] * 13_000", "[{k}.5, 1.5] * 6_500"),
    "bytes": ('b"{k}" * 110_000', '"{k}" * 110_000'),
}
"""How a new value of each kind is written."""

KINDS = ("array", "array", "array", "array", "array", "array", "rows", "rows", "pair", "table", "list", "bytes")


@dataclass(frozen=True)
class Value:
    """A place that holds a large value, as the program writes it.

    ``name`` where it is a plain variable of the body that the program may bind again; ``declare`` what a function
    inside of that body must say to bind it; ``outer`` where the body itself has to declare it.
    """

    path: str
    kind: str
    name: str = ""
    declare: str = "pass"
    rebindable: bool = True
    outer: bool = False

    @property
    def callee(self) -> str:
        """A task that takes it."""
        return "total" if self.kind == "array" else "look"

    def fits(self, callee: str) -> bool:
        """Whether ``callee`` takes it."""
        if callee in ("scribble", "smear") or callee.startswith("total"):
            return self.kind == "array"
        return callee != "grow" or self.kind in ("list", "rows")
