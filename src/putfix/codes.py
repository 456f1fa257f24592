"""The codes that findings go by: of the hoist, of the reasons against one, and of what would be better."""

from __future__ import annotations

HOIST = "hoist"
"""The code of a finding that has a hoist."""

REASONS = (
    "size-unknown may-be-a-reference contents-unknown changed may-be-changed may-be-unbound nested starred may-fail "
    "no-place crosses-try runs-later ray-may-not-run ray-init-later ray-not-importable may-not-be-ray actor-options "
    "writes-through "
    "declared-as-value may-be-overridden sent-in-each-call objects-out-of-view names-inspected "
    "other-cell later-cell in-magic measured-reference measured-changing"
).split()
"""Those of the functions in :mod:`putfix.analysis.decisions.obstacles`, in their order."""

ADVICE = ("never-used", "only-measured")
"""Those of the functions in :mod:`putfix.analysis.decisions.advice`."""

CODES = (HOIST, *REASONS, *ADVICE)
"""All that a comment or a setting may name."""

OF_A_RUN = frozenset({"measured-reference", "measured-changing"})
"""Those that only come with a trace."""
