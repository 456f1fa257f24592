"""What Ray says of its object store, for benchmarks and tests: one node, and its statistics over gRPC."""

from __future__ import annotations

from typing import Any


def _statistics() -> Any:
    import ray
    from ray._private.internal_api import node_stats

    (node,) = ray.nodes()
    return node_stats(node["NodeManagerAddress"], node["NodeManagerPort"]).store_stats


def stored_bytes() -> int:
    """How many bytes Ray has put into its object store so far; what was taken out again counts, too."""
    return int(_statistics().cumulative_created_bytes)


def held_bytes() -> int:
    """How many bytes are in the object store now."""
    return int(_statistics().object_store_bytes_used)


def spilled_bytes() -> int:
    """How many bytes Ray has written to disk so far, since its object store was full."""
    return int(_statistics().spilled_bytes_total)
