"""Ray's core API, as the driver sees it.

These calls may start Ray, which :mod:`putfix.analysis.effects` knows; here stands what they do to arguments.
Serializing an argument copies it, so ``ray.put`` and remote calls only read.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_CORE = "Ray reference, Core API"

LIBRARY = Library(
    producers=(Producers(("ray.put",), "ray.ObjectRef", _CORE, size="unknown"),),
    reads=(
        Reads(
            (
                *names("ray", "put wait kill cancel init shutdown is_initialized get_actor nodes cluster_resources"),
                *names("ray", "available_resources timeline method remote get_gpu_ids get_runtime_context"),
            ),
            _CORE,
        ),
        Reads(("ray.get",), _CORE, result="view"),
    ),
    methods=(Methods("ray.ObjectRef", _CORE, reads=("hex", "binary", "future", "task_id")),),
)
