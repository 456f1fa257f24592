"""Ray's core API, as the driver sees it.

These calls may start Ray, which :mod:`putfix.analysis.flow.effects` knows; here stands what they do to arguments.
Serializing an argument copies it, so ``ray.put`` and remote calls only read.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_CORE = "Ray reference, Core API"

LIBRARY = Library(
    producers=(
        Producers(("ray.put",), "ray.ObjectRef", _CORE, size="unknown"),
        Producers(("ray.wait",), "builtins.tuple", _CORE, size="unknown", parts=("builtins.list", "builtins.list")),
        Producers(("ray.get",), "builtins.list", _CORE, size="fetched"),
    ),
    reads=(
        Reads(
            (
                *names(
                    "ray", "get put wait kill cancel init shutdown is_initialized get_actor nodes cluster_resources"
                ),
                *names("ray", "available_resources timeline method remote get_gpu_ids get_runtime_context"),
            ),
            _CORE,
        ),
    ),
    methods=(Methods("ray.ObjectRef", _CORE, reads=("hex", "binary", "future", "task_id")),),
)

EFFECTS = {
    "ray.init": {"resets": True, "starts": True},
    "ray.shutdown": {"resets": True},
    "ray.is_initialized": {"depends": True},
    "ray.get": {"starts": True},
    "ray.put": {"starts": True},
    "ray.wait": {"starts": True},
    "ray.kill": {"starts": True},
    "ray.cancel": {"starts": True},
    "ray.get_actor": {"starts": True},
}
"""Which functions start Ray by themselves: those wrapped in ``ray/_private/auto_init_hook.py``."""

STARTING = frozenset({"ray.is_initialized", *(name for name, effect in EFFECTS.items() if "starts" in effect)})
"""Functions after which Ray runs, or that say that it does."""

NEUTRAL = frozenset({"ray.remote", "ray.method"})
"""Functions that neither start Ray nor ask whether it runs."""

ASKING = frozenset(names("ray", "is_initialized cluster_resources available_resources nodes timeline"))
"""Functions that behave differently where Ray does not run."""

RESETTING = ("ray.init", "ray.shutdown", "ray.util.connect", "ray.util.disconnect", "ray.client")
"""Functions that change whether and how Ray runs."""

TELLING = ("shutdown", "restart", "disconnect", "ray_init", "init_ray", "start_ray", "stop_ray")
"""Parts of the names of functions that start or stop Ray, in code that putfix cannot see."""

MAKES_ACTORS_SPECIAL = ("lifetime", "get_if_exists")
"""Options of actors that outlive the program, or that may be there already."""
