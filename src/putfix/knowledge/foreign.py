"""Libraries whose ``.remote(...)`` is not that of Ray's core, and parts of Ray that take no references.

Sources: the reference of each library; for Ray Serve and cross-language calls the Ray reference (a Serve
handle hands references on in local testing mode, cross-language calls refuse Python objects).
"""

LIBRARIES = ("modal", "unidist", "git", "fiber", "pykka", "beam", "mock", "unittest.mock")
"""Importing one of these makes every ``.remote`` of unknown origin doubtful."""

PARTS_OF_RAY = (
    "ray.serve",
    "ray.cross_language",
    "ray.java_function",
    "ray.java_actor_class",
    "ray.cpp_function",
    "ray.cpp_actor_class",
)

SERVE_ANNOTATIONS = ("DeploymentHandle", "RayServeHandle", "RayServeSyncHandle", "RayServeDeploymentHandle")


def is_foreign(qualified: str) -> bool:
    """Whether a qualified name belongs to a library or a part of Ray listed here."""
    return any(qualified == name or qualified.startswith(f"{name}.") for name in (*LIBRARIES, *PARTS_OF_RAY))
